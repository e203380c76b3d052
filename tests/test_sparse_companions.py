"""Sparse processes from batches: bounds, gradients, steps against coordinate ascent, what users see."""

import signal
from itertools import islice

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, RationalQuadratic

from polyagamma import HilbertBasis, PolyaGammaGP, ProcessApproximation, SamplingWarning
from polyagamma.terms.features import InducingPoints
from polyagamma.vi.factors import inverse
from polyagamma.vi.inducing_rows import InducingFunctions
from polyagamma.vi.inducing_search import collapsed_bound, learned
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.process_batches import own_rows, process_batches
from polyagamma.vi.process_steps import NaturalGradients, rate_after
from polyagamma.vi.stochastic import law_of

RNG = np.random.default_rng(7)
N, M = 300, 12
X = RNG.uniform(-2, 2, (N, 2))
F = 2 * np.sin(2 * X[:, 0]) - X[:, 1]
LABELS = np.where(expit(F) > RNG.random(N), "yes", "no")
TRIALS, WEIGHTS = RNG.integers(1, 5, N), RNG.uniform(0.5, 2, N)
SUCCESSES = RNG.binomial(TRIALS, expit(F))
CLASSES = np.array(["a", "b", "c"])[(F > 1).astype(int) + (F + RNG.logistic(size=N) > -1)]
POINTS = RNG.uniform(-2, 2, (M, 2))
KERNELS = {
    "rbf": ConstantKernel(2.0) * RBF([0.8, 1.5]),
    "matern": ConstantKernel(2.0) * Matern(1.1, nu=1.5),
    "python": ConstantKernel(2.0) * RationalQuadratic(0.9, 1.3),
}
quiet = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")


def model(kernel="rbf", **options):
    options = {"inducing": POINTS, "mean": 0.2, "offset": 0.1 * X[:, 0]} | options
    return PolyaGammaGP(X, LABELS, KERNELS[kernel], **options)


def classes(**options):
    options = {"inducing": POINTS, "weights": WEIGHTS} | options
    return PolyaGammaGP(X, CLASSES, KERNELS["rbf"], **options)


def binomial(**options):
    options = {"inducing": POINTS, "trials": TRIALS, "weights": WEIGHTS} | options
    return PolyaGammaGP(X, SUCCESSES, KERNELS["rbf"], **options)


def everything(made):
    return own_rows(made._inducing_model(), np.arange(N))


def coordinate_ascent(made, iterations=200):
    """Return the optimal law of the points' values with all rows at once, in NumPy, and the bound there."""
    given, rows = made._inducing_model(), everything(made)
    features = given.basis.new(given.kernel, rows.X)
    matrix, left = features.matrix, features.variance if given.basis.independent else 0.0
    b, kappa, m = rows.likelihood.b, rows.likelihood.kappa[0], given.basis.size
    mean, covariance = np.zeros(m), np.eye(m)
    for _ in range(iterations):
        square = (
            (rows.known + matrix @ mean) ** 2 + np.einsum("ij,jk,ik->i", matrix, covariance, matrix) + left
        )
        c = np.sqrt(square)
        omega = b * np.tanh(c / 2) / (2 * c)
        covariance = np.linalg.inv(np.eye(m) + matrix.T @ (omega[:, np.newaxis] * matrix))
        mean = covariance @ matrix.T @ (kappa - omega * rows.known)
    square = (rows.known + matrix @ mean) ** 2 + np.einsum("ij,jk,ik->i", matrix, covariance, matrix) + left
    c = np.sqrt(square)
    bound = np.sum(kappa * (rows.known + matrix @ mean) - b * np.log(2 * np.cosh(c / 2)))
    bound -= 0.5 * (np.trace(covariance) + mean @ mean - m - np.linalg.slogdet(covariance)[1])
    return mean, covariance, bound


MADE = {
    "rbf": model,
    "dtc": lambda: model(approximation="dtc"),
    "matern": lambda: model("matern"),
    "python": lambda: model("python"),
    "binomial": binomial,
}


ROUNDS = 12  # calls, which go on from the laws of the last one, until these are at their optimum


def settled(bound, theta, points):
    """Return a bound, and its gradients, with the laws at their optimum."""
    for _ in range(ROUNDS):
        value, gradients = bound.at(theta, points)
    return value, gradients


@pytest.mark.parametrize("kind", [*MADE, "classes"])
def test_the_gradient_of_the_collapsed_bound(kind):
    # At the optimal laws the bound is stationary in them: differences of its values see its arguments alone.
    made = classes() if kind == "classes" else MADE[kind]()
    given, rows = made._inducing_model(), everything(made)
    q, d = given.likelihood.n_functions, len(given.kernel.theta)
    theta = np.array(given.kernel.theta) + 0.1 * np.arange(1, q + 1)[:, np.newaxis]
    points = given.basis.points
    bound = collapsed_bound(given, rows, True)
    _, gradients = settled(bound, theta, points)

    def at(where):
        shifted = theta + where[: q * d].reshape(q, d), points + where[q * d :].reshape(-1, 2)
        return settled(bound, *shifted)[0]

    moves = np.zeros((q * d + 4, q * d + points.size))
    moves[: q * d, : q * d] = np.eye(q * d)
    moves[q * d :, q * d :] = RNG.normal(size=(4, points.size)) / np.sqrt(points.size)
    slope = np.concatenate(
        [*(one.in_theta() for one in gradients), sum(one.in_points() for one in gradients).ravel()]
    )
    expected = [(at(1e-3 * move) - at(-1e-3 * move)) / 2e-3 for move in moves]
    np.testing.assert_allclose(moves @ slope, expected, rtol=1e-3, atol=2e-4)


@pytest.mark.parametrize("kind", MADE)
def test_the_collapsed_bound_is_that_of_coordinate_ascent(kind):
    made = MADE[kind]()
    given = made._inducing_model()
    bound = collapsed_bound(given, everything(made), True)
    value, _ = settled(bound, np.array([given.kernel.theta]), given.basis.points)
    assert value == pytest.approx(coordinate_ascent(made)[2], abs=1e-5)


@pytest.mark.parametrize("kind", MADE)
def test_steps_on_all_rows_end_at_the_optimum_of_coordinate_ascent(kind):
    made = MADE[kind]()
    given, batch = made._inducing_model(), everything(made)
    functions, law = InducingFunctions(given.basis, [given.kernel], 2), NormalLaw(np.zeros(M), np.eye(M))
    bounds = []
    for _ in range(200):
        value, (linear,), (weights,) = functions.sums(batch, [law])
        covariance = inverse(law.factor)
        divergence = np.trace(covariance) + law.mean @ law.mean - M - np.linalg.slogdet(covariance)[1]
        bounds.append(value - 0.5 * divergence)
        law = law_of(np.eye(M) + weights, linear)
    mean, covariance, bound = coordinate_ascent(made)
    np.testing.assert_allclose(law.mean, mean, atol=1e-6)
    np.testing.assert_allclose(inverse(law.factor), covariance, atol=1e-7)
    assert bounds[-1] == pytest.approx(bound, abs=1e-8)
    assert (np.diff(bounds) > -1e-9).all()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["matern", "classes"])
@pytest.mark.parametrize("move", [False, True])
def test_kernels_and_points_are_where_the_bound_is_large(kind, move):
    made = classes() if kind == "classes" else MADE[kind]()
    given, rows = made._inducing_model(), everything(made)
    kernels, points = learned(given, rows, move)
    bound = collapsed_bound(given, rows, True)
    start = settled(bound, np.array([given.kernel.theta] * len(kernels)), given.basis.points)[0]
    value, gradients = settled(bound, np.array([kernel.theta for kernel in kernels]), points)
    assert value > start + 0.5
    if move:
        kept, _ = settled(bound, np.array([one.theta for one in learned(given, rows, False)[0]]), POINTS)
        assert value > kept + 0.5
    else:
        np.testing.assert_array_equal(points, POINTS)
        assert max(np.abs(one.in_theta()).max() for one in gradients) < 0.1


def test_points_move_with_a_fixed_kernel():
    made = model(sample_kernel=False)
    given, rows = made._inducing_model(), everything(made)
    (kernel,), points = learned(given, rows, True)
    assert kernel is given.kernel
    bound, theta = collapsed_bound(given, rows, True), np.array([given.kernel.theta])
    assert settled(bound, theta, points)[0] > settled(bound, theta, POINTS)[0] + 0.5


@quiet
@pytest.mark.parametrize("kind", MADE)
def test_predictions_are_those_of_the_law(kind):
    made = MADE[kind]()
    approx = made.fit("svi", iterations=4, batch=50, progressbar=False)
    new = RNG.uniform(-2, 2, (40, 2))
    features = made._inducing_model().basis.new(approx.kernel_, new)
    prior_mean = 0.2 if kind != "binomial" else 0.0
    f = approx.predict_f(new)
    np.testing.assert_allclose(f["mean"], prior_mean + features.matrix @ approx.law.mean, atol=1e-8)
    explained = np.einsum("ij,jk,ik->i", features.matrix, approx.law.covariance(), features.matrix)
    np.testing.assert_allclose(f["variance"], explained + features.variance, atol=1e-8)
    grid = np.linspace(-8, 8, 2001)
    weights = np.exp(-0.5 * grid**2) / np.exp(-0.5 * grid**2).sum()
    eta = f["mean"].to_numpy()[:, np.newaxis] + np.sqrt(f["variance"].to_numpy())[:, np.newaxis] * grid
    expected = expit(eta + 0.3) @ weights
    np.testing.assert_allclose(approx.predict_proba(new, 0.3)[:, 1], expected, atol=1e-6)
    assert set(approx.predict(new)) <= set(made.classes_)


def distances(made, law):
    """Return how far a law is from the optimum of coordinate ascent: means, in sds, and ratios of sds."""
    mean, covariance, _ = coordinate_ascent(made)
    sd = np.sqrt(np.diag(covariance))
    return np.abs((law.mean - mean) / sd).max(), np.sqrt(np.diag(law.covariance())) / sd


def test_steps_on_batches_come_near_the_optimum():
    # The mean of the last steps is that of some hundred of them: a fraction of an sd from the optimum.
    made = model(sample_kernel=False)
    given = made._inducing_model()
    search = NaturalGradients(given, process_batches(given, None, 27, 0), 1, None)
    *_, iterate = islice(search.iterates(), 40)
    error, ratio = distances(made, iterate.state.laws[0])
    assert error < 0.5
    np.testing.assert_allclose(ratio, 1.0, rtol=0.2)


def test_the_law_after_few_batches_is_that_of_their_rows():
    # Of 90 rows among 300: as many as 300 like them would make sds 0.5 to 0.8 times what they are.
    given = model(sample_kernel=False)._inducing_model()
    batches = process_batches(given, None, 30, 0)
    search = NaturalGradients(given, batches, 1, None)
    state, seen = search._beginning(), list(islice(batches, 3))
    functions = state.functions(given, 1)
    first = search._step(functions, state, seen[:1], rate_after(0))
    said = functions.sums(seen[0], state.laws)
    np.testing.assert_allclose(first.precision, np.eye(M) + said.precision, rtol=1e-12)
    for batch in seen:
        state = search._step(functions, state, [batch], rate_after(state.steps))
    assert state.seen == 90
    law = state.laws[0]
    for _ in range(100):
        said = [functions.sums(batch, [law]) for batch in seen]
        law = law_of(np.eye(M) + sum(one.precision[0] for one in said), sum(one.linear[0] for one in said))
    sd, expected = (np.sqrt(np.diag(one.covariance())) for one in (state.laws[0], law))
    np.testing.assert_allclose(sd, expected, rtol=0.1)
    assert np.abs((state.laws[0].mean - law.mean) / expected).max() < 0.5


def test_a_fit_of_few_rows_ends_at_the_optimum():
    made = model(sample_kernel=False)
    approx = made.fit("svi", batch=27, progressbar=False, iterations=200)
    assert approx.converged
    error, ratio = distances(made, approx.law)
    assert error < 0.01
    np.testing.assert_allclose(ratio, 1.0, rtol=0.01)
    assert str(approx.kernel_) == str(KERNELS["rbf"])


@quiet
def test_threads_change_no_bit_and_draws_are_those_of_the_law():
    one, two = (
        model().fit("svi", iterations=3, batch=200, cores=cores, progressbar=False) for cores in (1, 2)
    )
    np.testing.assert_array_equal(one.law.factor, two.law.factor)
    np.testing.assert_array_equal(one.hist, two.hist)
    made = model()
    idata = one.sample(2000)
    v = idata.posterior["v"].to_numpy().reshape(-1, M)
    sd = np.sqrt(np.diag(one.law.covariance()))
    # 8000 draws, 12 means: 6 standard errors are a false alarm in 2e-8.
    assert np.abs((v.mean(axis=0) - one.law.mean) / sd).max() < 6 / np.sqrt(8000)
    probability = made.predict_proba(idata, X[:20], random_seed=1)
    # The standard error of a mean of 8000 probabilities is less than 0.5 / 89.
    np.testing.assert_allclose(probability, one.predict_proba(X[:20]), atol=6 * 0.5 / 89)


def columns(rows):
    return X[rows], LABELS[rows]


class Batches:
    """Batches that can be gone through several times."""

    def __init__(self, change=None):
        self.change = change

    def __iter__(self):
        for index in range(6):
            inputs, labels = columns(slice(50 * index, 50 * index + 50))
            if index == self.change:
                inputs = inputs.copy()
                inputs[7, 1] = np.nan
            yield inputs, labels


@quiet
def test_streams_hold_the_rows_once():
    made = model(offset=None)
    for data in (Batches(), columns(slice(None))):
        batches = process_batches(made._inducing_model(), data, 40, 0)
        assert batches.n == N
        held = np.concatenate([batch.X for batch in batches.held_out])
        seen = np.concatenate([held, *(batch.X for batch in batches)])
        np.testing.assert_array_equal(np.unique(seen, axis=0), np.unique(X, axis=0))
        assert len(seen) == N
        assert len(held) == 30
        approx = made.fit("svi", data=data, batch=40, iterations=5, progressbar=False)
        assert np.corrcoef(approx.predict_f(X)["mean"], F)[0, 1] > 0.8
        assert "observed_data" not in approx.sample(10)


def test_own_rows_are_all_there_once():
    batches = process_batches(model()._inducing_model(), None, 40, 0)
    rows = [*batches.held_out, *batches]
    seen = np.concatenate([batch.X for batch in rows])
    np.testing.assert_array_equal(np.sort(seen, axis=0), np.sort(X, axis=0))
    known = np.concatenate([batch.known for batch in rows])
    np.testing.assert_allclose(known, 0.2 + 0.1 * seen[:, 0])


@quiet
def test_more_steps_see_other_batches_and_hold_out_the_same():
    given = model(offset=None)._inducing_model()
    for data in (None, columns(slice(None))):
        one, more = (process_batches(given, data, 30, steps) for steps in (0, 100))
        np.testing.assert_array_equal(one.held_out[0].X, more.held_out[0].X)
        assert not np.array_equal(next(iter(one)).X, next(iter(more)).X)


@quiet
def test_memory_maps_are_read_by_slices(tmp_path):
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    options = {"batch": 30, "iterations": 2, "progressbar": False}
    made = model(offset=None)
    one = made.fit("svi", data=(mapped, LABELS), **options)
    other = made.fit("svi", data=(X, LABELS), **options)
    np.testing.assert_array_equal(one.law.mean, other.law.mean)
    trials = PolyaGammaGP(X[:50], SUCCESSES[:50], KERNELS["rbf"], inducing=POINTS, trials=TRIALS[:50])
    counted = trials.fit("svi", data=(X, SUCCESSES, TRIALS, WEIGHTS), **options)
    assert np.corrcoef(counted.predict_f(X)["mean"], F)[0, 1] > 0.8


@quiet
def test_saved_approximations_go_on_as_if_they_had_not_been(tmp_path):
    made = model()
    short = made.fit("svi", iterations=2, batch=50, progressbar=False)
    short.save(tmp_path / "fit.npz")
    loaded = ProcessApproximation.load(tmp_path / "fit.npz", model())
    np.testing.assert_array_equal(loaded.predict_proba(X[:5]), short.predict_proba(X[:5]))
    more, again = (one.refine(3, progressbar=False) for one in (short, loaded))
    np.testing.assert_array_equal(more.law.mean, again.law.mean)
    assert len(more.hist) == 5
    assert str(more.kernel_) == str(short.kernel_)
    assert "inducing points" in repr(more)
    with pytest.raises(ValueError, match="of another model"):
        ProcessApproximation.load(tmp_path / "fit.npz", model("matern"))
    with pytest.raises(ValueError, match="no data"):
        ProcessApproximation.load(tmp_path / "fit.npz", model(), data=Batches())
    with pytest.raises(TypeError, match="PolyaGammaGP"):
        ProcessApproximation.load(tmp_path / "fit.npz", None)
    (tmp_path / "no.npz").write_text("no")
    with pytest.raises(ValueError, match="stored approximation"):
        ProcessApproximation.load(tmp_path / "no.npz", model())


def test_callbacks_end_iterations_and_ctrl_c_gives_what_there_is():
    told = []

    def second(progress):
        told.append((progress.iteration, progress.bound))
        return progress.iteration == 2

    approx = model().fit("svi", batch=50, callback=second, progressbar=False)
    assert [iteration for iteration, _ in told] == [1, 2]
    assert [bound for _, bound in told] == approx.hist.tolist()
    assert not approx.converged

    def interrupt(_):
        signal.raise_signal(signal.SIGINT)

    with pytest.warns(SamplingWarning, match="interrupted after 1 iteration"):
        approx = model().fit("svi", batch=50, callback=interrupt, progressbar=False)
    assert approx.predict_proba(X[:3]).shape == (3, 2)


def test_what_does_not_fit_is_named():
    made = model(offset=None)
    with pytest.raises(ValueError, match=r"batch 4: .*X.7, 1. = nan"):
        made.fit("svi", data=Batches(change=4), progressbar=False)
    with pytest.raises(ValueError, match="batch 0: y must be one of"):
        made.fit("svi", data=[(X[:30], np.full(30, "perhaps"))], progressbar=False)
    with pytest.raises(ValueError, match="data must have rows"):
        made.fit("svi", data=[], progressbar=False)
    with pytest.raises(TypeError, match="several times"):
        made.fit("svi", data=iter(Batches()), progressbar=False)
    with pytest.raises(ValueError, match="covariance"):
        made.fit("svi", covariance="mean_field")
    with pytest.raises(ValueError, match="needs inducing points"):
        PolyaGammaGP(X[:30], LABELS[:30]).fit("svi")
    with pytest.raises(ValueError, match="needs inducing points"):
        PolyaGammaGP(X[:, :1], LABELS, inducing=HilbertBasis(8)).fit("svi")
    with pytest.raises(ValueError, match="learn_inducing goes with method='svi'"):
        made.fit("laplace", learn_inducing=True)
    several = classes(weights=None)
    with pytest.raises(ValueError, match=r"batch \d+: trials must be None for 3 classes"):
        several.fit("svi", data=(X, CLASSES, TRIALS), progressbar=False)
    with pytest.raises(ValueError, match=r"batch \d+: y must be one of .*'d'"):
        several.fit("svi", data=(X, np.where(F > 2, "d", CLASSES)), progressbar=False)
    with pytest.raises(FloatingPointError, match="not positive definite"):
        InducingFunctions(InducingPoints(np.zeros((2, 2)), True, 0.0), [RBF(1.0)], 1)
    with pytest.raises(ValueError, match="X_new"):
        made.fit("svi", batch=50, callback=bool, progressbar=False).predict_f(X[:, :1])


def test_errors_in_the_middle_carry_what_there_was():
    class Broken:
        passes = 0

        def __iter__(self):
            Broken.passes += 1
            yield from Batches(change=3 if Broken.passes > 12 else None)

    with pytest.raises(ValueError, match="batch 3") as caught:
        model(offset=None).fit("svi", data=Broken(), batch=50, progressbar=False)
    assert caught.value.approximation.predict_proba(X[:3]).shape == (3, 2)


@quiet
def test_data_frames_and_their_columns():
    frame = pd.DataFrame(X, columns=["east", "north"])
    made = PolyaGammaGP(frame, LABELS, KERNELS["rbf"], inducing=10)
    approx = made.fit("svi", iterations=1, batch=100, progressbar=False)
    assert approx.predict_proba(frame[:4]).shape == (4, 2)
    with pytest.raises(ValueError, match="X_new"):
        approx.predict_proba(frame[["north", "east"]].rename(columns={"north": "up"}))
