"""Inducing points that stochastic steps leave out, and what is then the same as with all of them."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern

from polyagamma import PolyaGammaGP, ProcessApproximation
from polyagamma.vi import process_steps
from polyagamma.vi.inducing_evidence import CollapsedBound
from polyagamma.vi.kept_points import kept_points
from polyagamma.vi.process_batches import own_rows

RNG = np.random.default_rng(3)
N, M = 1000, 40
X = RNG.uniform(-2, 2, (N, 2))
F = 2 * np.sin(X[:, 0]) - X[:, 1]
LABELS = (expit(F) > RNG.random(N)).astype(int)
CLASSES = np.array(["a", "b", "c"])[(F > 1).astype(int) + (F + RNG.logistic(size=N) > -1)]
POINTS = RNG.uniform(-2, 2, (M, 2))
SMOOTH = ConstantKernel(2.0) * RBF([2.0, 2.5])
quiet = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")


def model(y=LABELS, **options):
    return PolyaGammaGP(X, y, SMOOTH, **({"inducing": POINTS, "sample_kernel": False} | options))


def left(kernel, points, kept):
    """Return the variances that some points leave to all."""
    matrix = kernel(points)
    some = matrix[np.ix_(kept, kept)]
    return matrix.diagonal() - np.einsum("ij,ij->j", matrix[kept], np.linalg.solve(some, matrix[kept]))


@pytest.mark.parametrize("share", [1e-3, 1e-6])
def test_kept_points_leave_the_others_a_share_and_each_other_more(share):
    kept = kept_points([SMOOTH], POINTS, share)
    assert 5 < len(kept) < 0.9 * M
    np.testing.assert_array_equal(kept, np.unique(kept))
    assert left(SMOOTH, POINTS, kept).max() < 2.0 * share * (1 + 1e-6)
    for one in kept:
        assert left(SMOOTH, POINTS, np.setdiff1d(kept, one))[one] > 2.0 * share / M


def test_rough_functions_and_points_far_apart_need_all_points():
    everything = np.arange(M)
    np.testing.assert_array_equal(kept_points([Matern(1.0, nu=0.5)], POINTS, 1e-6), everything)
    np.testing.assert_array_equal(kept_points([SMOOTH], 10 * POINTS, 1e-6), everything)


def test_points_are_kept_for_the_function_that_needs_most():
    rough = 1e-3 * RBF(1.5)  # its share counts, not its size
    both = kept_points([SMOOTH, rough], POINTS, 1e-6)
    assert len(kept_points([SMOOTH], POINTS, 1e-6)) < len(both) < M
    for kernel, variance in ((SMOOTH, 2.0), (rough, 1e-3)):
        assert left(kernel, POINTS, both).max() < 1.1e-6 * variance


@pytest.mark.parametrize("values", [np.nan, 0.0])
def test_all_are_kept_where_there_is_no_variance(values):
    kept = kept_points([lambda points: np.full((len(points),) * 2, values)], POINTS, 1e-6)
    np.testing.assert_array_equal(kept, np.arange(M))


def test_a_point_twice_counts_once():
    twice = model(inducing=np.concatenate([POINTS[:5], POINTS[:5]]), jitter=0.0)
    approx = twice.fit("svi", progressbar=False)
    assert len(approx.state.kept) == 5
    assert np.corrcoef(approx.predict_f(X)["mean"], F)[0, 1] > 0.8


@pytest.mark.parametrize("y", [LABELS, CLASSES], ids=["two", "three"])
@pytest.mark.parametrize("approximation", ["fitc", "dtc"])
def test_predictions_are_those_with_all_points(y, approximation, monkeypatch):
    made = model(y, approximation=approximation)
    approx = made.fit("svi", progressbar=False)
    assert len(approx.state.kept) < 0.9 * M
    assert approx.state.precision.shape[1:] == (len(approx.state.kept),) * 2
    monkeypatch.setattr(process_steps, "kept_points", lambda *given: np.arange(len(given[1])))
    full = made.fit("svi", progressbar=False)
    assert len(full.state.kept) == M
    new = RNG.uniform(-2, 2, (500, 2))
    found, expected = approx.predict_f(new), full.predict_f(new)
    sd = np.sqrt(expected["variance"].to_numpy())
    assert np.abs((found["mean"] - expected["mean"]).to_numpy() / sd).max() < 2e-3
    np.testing.assert_allclose(np.sqrt(found["variance"]), sd, rtol=2e-3)
    np.testing.assert_allclose(approx.predict_proba(new), full.predict_proba(new), atol=2e-4)


def test_the_bound_of_kept_points_is_that_of_all():
    given = model(sample_kernel=True)._inducing_model()
    rows, theta = own_rows(given, np.arange(N)), np.array([given.kernel.theta])
    all_points, some = CollapsedBound(given, rows, True), CollapsedBound(given, rows, False)
    for _ in range(10):
        (whole, (slopes,)), (part, (part_slopes,)) = (
            one.at(theta, given.basis.points) for one in (all_points, some)
        )
    assert part == pytest.approx(whole, abs=0.05)
    np.testing.assert_allclose(part_slopes.in_theta(), slopes.in_theta(), atol=0.2)
    # Differences of the bound see the derivatives that it has with the points that it keeps.
    step, found = 1e-4, np.empty(3)
    for d in range(3):
        ends = []
        for sign in (1, -1):
            for _ in range(10):
                value, _ = some.at(theta + sign * step * np.eye(3)[[d]], given.basis.points)
            ends.append(value)
        found[d] = (ends[0] - ends[1]) / (2 * step)
    np.testing.assert_allclose(part_slopes.in_theta(), found, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("y", [LABELS, CLASSES], ids=["two", "three"])
def test_draws_are_those_of_the_law_at_all_points(y):
    made = model(y)
    approx = made.fit("svi", progressbar=False)
    assert len(approx.state.kept) < 0.9 * M
    laws = approx.state.laws
    idata = approx.sample(2000)
    v = idata.posterior["v"].to_numpy().reshape(8000, -1, M)
    # Across what is kept there is the prior's variance, one. A sum of M variances of 8000 draws has a
    # standard error of at most sqrt(2 M / 8000) = 0.1.
    for own, drawn in zip(laws, v.swapaxes(0, 1), strict=True):
        expected = own.covariance().trace() + M - len(approx.state.kept)
        assert drawn.var(axis=0).sum() == pytest.approx(expected, abs=0.62)
    f = made.predict_f(idata, X[:20], random_seed=1).to_numpy().reshape(8000, -1)
    law = approx.predict_f(X[:20])
    mean, variance = law["mean"].to_numpy().ravel(), law["variance"].to_numpy().ravel()
    # 8000 draws of at most 60 functions and rows: 6.2 standard errors are a false alarm in 1e-7.
    assert np.abs((f.mean(axis=0) - mean) / np.sqrt(variance)).max() < 6.2 / np.sqrt(8000)
    assert np.abs(f.var(axis=0) / variance - 1).max() < 6.2 * np.sqrt(2 / 8000) + 2e-3


@quiet
@pytest.mark.parametrize("move", [False, True])
def test_saved_approximations_and_learned_kernels_keep_their_points(move, tmp_path):
    made = model(sample_kernel=True)
    short = made.fit("svi", iterations=2, batch=50, learn_inducing=move, progressbar=False)
    assert 0 < len(short.state.kept) < M
    assert short.inducing.shape == POINTS.shape
    short.save(tmp_path / "fit.npz")
    loaded = ProcessApproximation.load(tmp_path / "fit.npz", model(sample_kernel=True))
    np.testing.assert_array_equal(loaded.state.kept, short.state.kept)
    more, again = (one.refine(3, progressbar=False) for one in (short, loaded))
    np.testing.assert_array_equal(more.law.factor, again.law.factor)
    np.testing.assert_array_equal(more.predict_proba(X[:5]), again.predict_proba(X[:5]))
