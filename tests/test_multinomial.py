"""Multinomial and sequential regression: densities, posteriors, classes, predictions, refusals."""

from decimal import Decimal
from itertools import product

import arviz as az
import numpy as np
import pandas as pd
import pytest
from chain_statistics import LIMIT, grid_posterior, mean_z, moments, sd_z
from every_model import LABELS, MODELS, TABLE, TRIALS, X
from scipy.linalg import helmert
from scipy.special import expit, log_softmax, roots_hermitenorm, softmax
from scipy.stats import multinomial, norm
from slow_cases import mostly_slow

from polyagamma import (
    MvNormal,
    Normal,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaSequential,
    SamplingWarning,
)
from polyagamma._gibbs import memory_estimate

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"tune": 60, "chains": 2, "random_seed": 1, "progressbar": False}
LONG = {"draws": 4000, "tune": 400, "chains": 2, "random_seed": 3, "progressbar": False}
KERNELS = ["auto", "hmc", "gibbs"]
NEW = np.array([[0.3, -1.0], [2.0, 0.5], [-1.5, 0.1]])
RNG = np.random.default_rng(8)
WEIGHTS, OFFSET = RNG.uniform(0.5, 2.0, 24), RNG.standard_normal((24, 3))
PRIORS = {"prior": Normal(0, 0.8), "intercept_prior": Normal(0, 2.0)}
SHIFTED = {"prior": Normal(0.1, 0.8), "intercept_prior": Normal(-0.2, 2.0)}
COVARIANCE = np.array([[1.0, 0.3], [0.3, 0.5]])
LAST = {"parametrization": "baseline", "baseline": 2}


def flat(idata, name):
    values = idata.posterior[name].to_numpy()
    return values.reshape(-1, *values.shape[2:])


def exponents(idata, rows):
    """Linear predictors (draws, classes with coefficients, rows)."""
    return flat(idata, "intercept")[..., np.newaxis] + flat(idata, "beta") @ rows.T


def stick_breaking(eta):
    """Probabilities (..., K, rows) of a sequential model, one factor after the other."""
    left, found = np.ones_like(eta[..., 0, :]), []
    for k in range(eta.shape[-2]):
        found.append(left * expit(eta[..., k, :]))
        left = left * (1 - expit(eta[..., k, :]))
    return np.stack([*found, left], axis=-2)


def with_zero(eta, place):
    return np.insert(eta, place, 0.0, axis=-2)


# ---- densities


def log_table(probability, table=TABLE):
    """Log-likelihoods of rows of counts (draws, rows)."""
    return np.moveaxis(multinomial.logpmf(table, TRIALS, np.moveaxis(probability, -2, -1)), -1, -1)


def log_prior(idata, priors, transform):
    value = norm.logpdf(transform(flat(idata, "beta")), priors["prior"].mu, priors["prior"].sigma)
    intercepts = transform(flat(idata, "intercept")[..., np.newaxis])
    of_intercepts = norm.logpdf(intercepts, priors["intercept_prior"].mu, priors["intercept_prior"].sigma)
    return value.sum(axis=(1, 2)) + of_intercepts.sum(axis=(1, 2))


def test_lp_of_the_symmetric_form_is_the_log_of_the_joint_density():
    """In orthonormal contrasts of classes, which Helmert's matrix has."""
    idata = PolyaGammaMultinomial(X, TABLE, weights=WEIGHTS, offset=OFFSET, **PRIORS).sample(40, **SETTINGS)
    expected = log_table(softmax(exponents(idata, X) + OFFSET.T, axis=1)) @ WEIGHTS
    expected += log_prior(idata, PRIORS, lambda values: helmert(3) @ values)
    np.testing.assert_allclose(idata.sample_stats["lp"].to_numpy().ravel(), expected, rtol=1e-9)
    np.testing.assert_allclose(flat(idata, "beta").sum(axis=1), 0.0, atol=1e-13)
    np.testing.assert_allclose(flat(idata, "intercept").sum(axis=1), 0.0, atol=1e-13)


@pytest.mark.parametrize("baseline", [0, 1, 2])
def test_lp_of_the_baseline_form_is_the_log_of_the_joint_density(baseline):
    form = {"parametrization": "baseline", "baseline": baseline}
    model = PolyaGammaMultinomial(X, TABLE, weights=WEIGHTS, offset=OFFSET, **form, **SHIFTED)
    idata = model.sample(40, **SETTINGS)
    assert idata.posterior["class"].to_numpy().tolist() == [k for k in range(3) if k != baseline]
    logits = with_zero(exponents(idata, X), baseline) + OFFSET.T
    expected = log_table(softmax(logits, axis=1)) @ WEIGHTS + log_prior(idata, SHIFTED, lambda x: x)
    np.testing.assert_allclose(idata.sample_stats["lp"].to_numpy().ravel(), expected, rtol=1e-9)


def test_lp_of_the_sequential_model_is_the_log_of_the_joint_density():
    model = PolyaGammaSequential(X, TABLE, weights=WEIGHTS, offset=OFFSET[:, :2], **SHIFTED)
    idata = model.sample(40, **SETTINGS)
    probability = stick_breaking(exponents(idata, X) + OFFSET[:, :2].T)
    expected = log_table(probability) @ WEIGHTS + log_prior(idata, SHIFTED, lambda x: x)
    np.testing.assert_allclose(idata.sample_stats["lp"].to_numpy().ravel(), expected, rtol=1e-9)


def test_a_joint_prior_of_the_coefficients_of_a_class():
    prior = MvNormal(0, cov=COVARIANCE)
    model = PolyaGammaMultinomial(X, LABELS, prior=prior, intercept=False)
    idata = model.sample(40, **SETTINGS)
    contrasts = helmert(3) @ flat(idata, "beta")
    log_p = log_softmax(flat(idata, "beta") @ X.T, axis=1)
    expected = log_p[:, np.searchsorted(["a", "b", "c"], LABELS), np.arange(24)].sum(axis=1)
    quadratic = np.einsum("ski,ij,skj->s", contrasts, np.linalg.inv(COVARIANCE), contrasts)
    expected -= 0.5 * quadratic + 2 * 0.5 * np.linalg.slogdet(2 * np.pi * COVARIANCE)[1]
    np.testing.assert_allclose(idata.sample_stats["lp"].to_numpy().ravel(), expected, rtol=1e-9)


@pytest.mark.parametrize("make", [PolyaGammaMultinomial, PolyaGammaSequential])
def test_log_likelihood_is_that_of_scipy_times_the_weight(make):
    link = stick_breaking if make is PolyaGammaSequential else lambda eta: softmax(eta, axis=1)
    offset = OFFSET[:, :2] if make is PolyaGammaSequential else OFFSET
    positions = np.searchsorted(["a", "b", "c"], LABELS)
    for y in (TABLE, LABELS):
        idata = make(X, y, weights=WEIGHTS, offset=offset).sample(20, **SETTINGS, compute_log_likelihood=True)
        probability = link(exponents(idata, X) + offset.T)
        expected = log_table(probability) if y is TABLE else np.log(probability[:, positions, np.arange(24)])
        found = idata.log_likelihood["y"]
        assert found.dims == ("chain", "draw", "obs_id")
        np.testing.assert_allclose(found.to_numpy().reshape(-1, 24), WEIGHTS * expected, rtol=1e-8)


@pytest.mark.parametrize("size", [30.0, 700.0, 1e5])
def test_log_likelihood_where_exponentials_overflow(size):
    """Two of three logits far away: the differences themselves are the logarithms."""
    y = np.array(["a", "b", "c"])
    eta = np.array([[size, size, size], [-size, -size, -size]])  # differences to the reference
    symmetric = PolyaGammaMultinomial(np.arange(3.0)[:, np.newaxis], y)._specification.likelihood
    found = symmetric.log_likelihood(eta[np.newaxis, np.newaxis], slice(None))[0, 0]
    np.testing.assert_allclose(found, [-np.exp(-size), -2 * size, -size], rtol=1e-12, atol=1e-15 * size)
    sequential = PolyaGammaSequential(np.arange(3.0)[:, np.newaxis], y)._specification.likelihood
    found = sequential.log_likelihood(eta[np.newaxis, np.newaxis], slice(None))[0, 0]
    np.testing.assert_allclose(found, [-np.exp(-size), -2 * size, -size], rtol=1e-12, atol=1e-15 * size)


@pytest.mark.parametrize("kernel", KERNELS)
def test_offsets_of_seven_hundred(kernel):
    """Half of the rows have offsets that make their class certain: they tell nothing."""
    far = np.where(np.arange(24)[:, np.newaxis] < 12, 700.0 * np.equal.outer(LABELS, ["a", "b", "c"]), 0.0)
    model = PolyaGammaMultinomial(X, LABELS, offset=far, **PRIORS)
    idata = model.sample(40, kernel=kernel, **SETTINGS)
    log_p = log_softmax(exponents(idata, X) + far.T, axis=1)
    expected = log_p[:, np.searchsorted(["a", "b", "c"], LABELS), np.arange(24)].sum(axis=1)
    expected += log_prior(idata, PRIORS, lambda values: helmert(3) @ values)
    np.testing.assert_allclose(idata.sample_stats["lp"].to_numpy().ravel(), expected, rtol=1e-9)


# ---- posteriors

FEW = np.array([[0.5], [-1.2], [2.0], [0.1], [-0.7], [1.4]])
FEW_COUNTS = np.array([[2, 0, 1], [0, 3, 0], [4, 1, 2], [1, 1, 0], [0, 2, 2], [3, 0, 0]])


def assert_moments(draws, points, probability):
    """Means and standard deviations of draws (chains, draws, k)."""
    for j, (mean, sd) in enumerate(zip(*moments(points, probability), strict=True)):
        assert abs(mean_z(draws[..., j], mean)) < LIMIT
        assert abs(sd_z(draws[..., j], sd)) < LIMIT


def log_rows(logits, table):
    return (table.T * log_softmax(logits, axis=0)).sum()


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("form", ["symmetric", "baseline"])
def test_posterior_of_three_classes(form, kernel):
    """One coefficient a class, 8000 draws: both free numbers against quadrature."""
    sigma, offset = 1.5, np.linspace(-1, 1, 18).reshape(6, 3)
    contrasts = helmert(3).T if form == "symmetric" else np.eye(3)[:, 1:]

    def log_density(free):
        logits = (contrasts @ free)[:, np.newaxis] * FEW.T + offset.T
        return log_rows(logits, FEW_COUNTS) + norm.logpdf(free, 0, sigma).sum()

    points, probability = grid_posterior(log_density, (0, 0), (0.5, 0.5), size=70)
    model = PolyaGammaMultinomial(
        FEW, FEW_COUNTS, prior=Normal(0, sigma), intercept=False, offset=offset, parametrization=form
    )
    draws = model.sample(kernel=kernel, **LONG).posterior["beta"].to_numpy()[..., 0]
    shown = draws @ contrasts if form == "symmetric" else draws
    assert_moments(shown, points, probability)


@pytest.mark.parametrize("kernel", KERNELS)
def test_posterior_of_two_classes(kernel):
    """One coefficient: against quadrature in one dimension, and against logistic regression."""
    sigma, y = 2.0, FEW_COUNTS[:, :2] + np.array([1, 0])

    def log_density(free):
        half = free[0] / np.sqrt(2)
        return log_rows(np.outer([half, -half], FEW), y) + norm.logpdf(free[0], 0, sigma)

    points, probability = grid_posterior(log_density, (0,), (0.6,))
    model = PolyaGammaMultinomial(FEW, y, prior=Normal(0, sigma), intercept=False)
    draws = model.sample(kernel=kernel, **LONG).posterior["beta"].to_numpy()[..., 0]
    np.testing.assert_allclose(draws[..., 0], -draws[..., 1])
    assert_moments(draws[..., :1] * np.sqrt(2), points, probability)


@pytest.mark.parametrize("make", [PolyaGammaMultinomial, PolyaGammaSequential])
def test_two_classes_are_logistic_regression(make):
    """All three models of the same data and priors: 8000 draws each, means and standard deviations.

    The first of two classes is the baseline; a sequential model tells of the first instead of the second.
    """
    y = np.where(LABELS == "c", "yes", "no")
    form = {"parametrization": "baseline"} if make is PolyaGammaMultinomial else {}
    sign = 1 if make is PolyaGammaMultinomial else -1
    one = make(X, y, weights=WEIGHTS, **PRIORS, **form).sample(**LONG).posterior
    other = PolyaGammaLogistic(X, y, weights=WEIGHTS, **PRIORS).sample(**LONG).posterior
    for name in ("intercept", "beta"):
        left, right = sign * one[name].to_numpy()[:, :, 0], other[name].to_numpy()
        left, right = left.reshape(2, 4000, -1), right.reshape(2, 4000, -1)
        for j in range(left.shape[2]):
            assert abs(two_means(left[..., j], right[..., j])) < LIMIT
            assert abs(two_means(left[..., j] ** 2, right[..., j] ** 2)) < LIMIT


def two_means(left, right):
    """z-score of the difference of two means of draws (chains, draws)."""
    return (left.mean() - right.mean()) / np.hypot(
        left.std() / mean_z_unit(left), right.std() / mean_z_unit(right)
    )


def mean_z_unit(draws):
    """Square root of the effective sample size."""
    return draws.std() * abs(mean_z(draws, draws.mean() + 1.0))


@pytest.mark.parametrize("kernel", KERNELS)
def test_posterior_of_the_sequential_model(kernel):
    """Coefficients of both classes are independent: against quadrature in one dimension each."""
    sigma, later = 1.5, FEW_COUNTS[:, 1] + FEW_COUNTS[:, 2]
    model = PolyaGammaSequential(FEW, FEW_COUNTS, prior=Normal(0.2, sigma), intercept=False)
    draws = model.sample(kernel=kernel, **LONG).posterior["beta"].to_numpy()[..., 0]
    for stage, (stay, leave) in enumerate([(FEW_COUNTS[:, 0], later), (FEW_COUNTS[:, 1], FEW_COUNTS[:, 2])]):

        def log_density(free, stay=stay, leave=leave):
            eta = free[0] * FEW[:, 0]
            rows = -stay * np.logaddexp(0, -eta) - leave * np.logaddexp(0, eta)
            return rows.sum() + norm.logpdf(free[0], 0.2, sigma)

        points, probability = grid_posterior(log_density, (0,), (0.7,))
        assert_moments(draws[..., stage : stage + 1], points, probability)


def test_both_forms_agree_where_priors_are_matched():
    """Draws of the symmetric form, weighed by the ratio of the priors, have the means of the other.

    Differences to the last class have the precision ``(I - 11'/3) / s**2`` in one, ``I / s**2`` in the other,
    so that the ratio is at most 1. 8000 draws each.
    """
    sigma = 0.8
    prior = {"prior": Normal(0, sigma), "intercept": False}
    symmetric = PolyaGammaMultinomial(X, TABLE, **prior).sample(**LONG).posterior["beta"].to_numpy()
    baseline = PolyaGammaMultinomial(X, TABLE, **LAST, **prior).sample(**LONG).posterior["beta"].to_numpy()
    difference = symmetric[:, :, :2] - symmetric[:, :, 2:]
    log_ratio = -0.5 * (difference.sum(axis=2) ** 2 / 3).sum(axis=-1) / sigma**2
    weight = np.exp(log_ratio)[:, :, np.newaxis, np.newaxis]
    weight /= weight.mean()
    centred = weight * (difference - baseline.mean(axis=(0, 1)))  # of mean zero, if both agree
    for k in range(2):
        for j in range(2):
            error = np.hypot(
                centred[:, :, k, j].std() / mean_z_unit(centred[:, :, k, j]),
                baseline[:, :, k, j].std() / mean_z_unit(baseline[:, :, k, j]),
            )
            assert abs(centred[:, :, k, j].mean()) < LIMIT * error


@pytest.mark.parametrize("order", [[1, 2, 0], [2, 1, 0]])
def test_the_symmetric_form_knows_no_order_of_classes(order):
    """8000 draws each: means and mean squares, class by class."""
    one = PolyaGammaMultinomial(X, TABLE, **PRIORS).sample(**LONG).posterior["beta"].to_numpy()
    other = PolyaGammaMultinomial(X, TABLE[:, order], **PRIORS).sample(**LONG).posterior["beta"].to_numpy()
    for place, k in enumerate(order):
        for j in range(2):
            left, right = one[:, :, k, j], other[:, :, place, j]
            assert abs(two_means(left, right)) < LIMIT
            assert abs(two_means(left**2, right**2)) < LIMIT


@pytest.mark.parametrize("make", [PolyaGammaMultinomial, PolyaGammaSequential])
@pytest.mark.parametrize("kernel", KERNELS)
def test_labels_are_tables_of_one_trial(make, kernel):
    labels, table = (make(X, y) for y in (LABELS, pd.get_dummies(LABELS)))
    one, other = (model.sample(30, kernel=kernel, **SETTINGS).posterior for model in (labels, table))
    for name in ("intercept", "beta"):
        np.testing.assert_array_equal(one[name], other[name])
    assert labels.classes_.tolist() == table.classes_.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("make", [PolyaGammaMultinomial, PolyaGammaSequential])
def test_a_row_of_weight_two_counts_twice(make):
    """Rows that repeat are merged to such rows: the same draws, to rounding."""
    twice = np.r_[np.arange(24), np.arange(24)]
    weighted, repeated = make(X, TABLE, weights=2.0), make(X[twice], TABLE[twice])
    one, other = (model.sample(30, **SETTINGS) for model in (weighted, repeated))
    np.testing.assert_allclose(one.posterior["beta"], other.posterior["beta"], rtol=1e-6, atol=1e-8)


def test_threads_change_no_bit():
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((5000, 3))
    y = (rows + rng.gumbel(size=rows.shape)).argmax(axis=1)
    for make in (PolyaGammaMultinomial, PolyaGammaSequential):
        runs = [
            make(rows, y).sample(10, tune=20, chains=3, cores=cores, random_seed=1, progressbar=False)
            for cores in (1, 2, 3)
        ]
        for other in runs[1:]:
            assert other.posterior.equals(runs[0].posterior)


# ---- many coefficients


def many_coefficients():
    """Return a model with 44 × 47 of them, more than there is a square matrix for."""
    rng = np.random.default_rng(12)
    rows, labels = rng.standard_normal((90, 46)), rng.permutation(np.arange(90) % 45)
    return PolyaGammaMultinomial(rows, labels, **PRIORS)


def test_many_coefficients_move_in_coordinates_that_are_a_product():
    idata = many_coefficients().sample(5, **SETTINGS | {"tune": 20})
    assert idata.posterior.attrs["metric"] == "kronecker"
    rows = idata.constant_data["X"].to_numpy()
    labels = np.eye(45)[idata.observed_data["y"].to_numpy().astype(int)]
    probability = softmax(exponents(idata, rows), axis=1)
    expected = np.einsum("dki,ik->d", np.log(probability), labels)
    expected += log_prior(idata, PRIORS, lambda values: helmert(45) @ values)
    np.testing.assert_allclose(idata.sample_stats["lp"].to_numpy().ravel(), expected, rtol=1e-9)
    assert MODELS["multinomial"].sample(5, **SETTINGS).posterior.attrs["metric"] == "full"


def test_many_coefficients_need_no_square_matrix():
    """But for data augmentation, which is in the coordinates of others."""
    size = {"n_rows": 90, "n_coefficients": 44 * 47, "chains": 2, "tune": 60, "predictors": 44}
    square = 8 * size["n_coefficients"] ** 2
    assert memory_estimate(**size) < square < memory_estimate(**size, along_trajectories=False)


def test_threads_and_breaks_change_no_bit_of_many_coefficients():
    model = many_coefficients()
    common = {"tune": 10, "chains": 3, "random_seed": 1, "progressbar": False}
    whole = model.sample(10, **common, cores=1)
    assert model.sample(10, **common, cores=3).posterior.equals(whole.posterior)
    begun = model.sample(4, **common)
    assert model.extend(begun, 6, progressbar=False).posterior.equals(whole.posterior)


# ---- classes

CATEGORIES = pd.Categorical(LABELS, categories=["c", "unused", "a", "b"], ordered=True)
ORDERS = {
    "sorted": (LABELS, {}, ["a", "b", "c"]),
    "of a categorical": (CATEGORIES, {}, ["c", "a", "b"]),
    "of a series": (pd.Series(CATEGORIES), {}, ["c", "a", "b"]),
    "of an index": (pd.CategoricalIndex(CATEGORIES), {}, ["c", "a", "b"]),
    "categories without an order": (CATEGORIES.as_unordered(), {}, ["a", "b", "c"]),
    "told": (LABELS, {"classes": ["b", "c", "a"]}, ["b", "c", "a"]),
    "told of a categorical": (CATEGORIES, {"classes": ("b", "c", "a")}, ["b", "c", "a"]),
    "told, with one that does not occur": (LABELS, {"classes": ["b", "d", "c", "a"]}, ["b", "d", "c", "a"]),
    "columns": (TABLE, {}, [0, 1, 2]),
    "columns of a frame": (pd.DataFrame(TABLE, columns=["z", "y", "x"]), {}, ["z", "y", "x"]),
    "columns with numbers": (pd.DataFrame(TABLE, columns=[30, 10, 20]), {}, [30, 10, 20]),
}


@pytest.mark.parametrize("case", ORDERS)
def test_order_of_classes(case):
    y, more, expected = ORDERS[case]
    model = PolyaGammaSequential(X, y, **more)
    assert model.classes_.tolist() == expected
    idata = model.sample(5, **SETTINGS)
    assert idata.posterior["class"].to_numpy().tolist() == expected[:-1]
    assert model.predict_proba(idata, NEW).shape == (3, len(expected))
    if np.ndim(y) == 1:
        observed = model.classes_[idata.observed_data["y"].to_numpy().astype(int)]
        assert observed.tolist() == list(y)
    else:
        assert idata.observed_data["class"].to_numpy().tolist() == expected
        np.testing.assert_array_equal(idata.observed_data["y"], np.asarray(y))


BASELINES = {
    "the first by default": (LABELS, None, "a"),
    "text": (LABELS, "c", "c"),
    "a number": (np.searchsorted(["a", "b", "c"], LABELS) + 3, 4, 4),
    "a number of NumPy": (np.searchsorted(["a", "b", "c"], LABELS), np.int64(1), 1),
    "a date": (
        np.array(["2020", "2021", "2022"], "M8[Y]")[TABLE.argmax(axis=1)],
        np.datetime64("2021"),
        None,
    ),
    "a column": (pd.DataFrame(TABLE, columns=["z", "y", "x"]), "y", "y"),
    "the first column": (pd.DataFrame(TABLE, columns=["z", "y", "x"]), None, "z"),
}


@pytest.mark.parametrize("case", BASELINES)
def test_baseline_is_a_label(case):
    y, baseline, expected = BASELINES[case]
    model = PolyaGammaMultinomial(X, y, parametrization="baseline", baseline=baseline)
    assert model.baseline == (np.datetime64("2021") if expected is None else expected)
    idata = model.sample(5, **SETTINGS)
    assert len(idata.posterior["class"]) == 2
    assert model.baseline not in idata.posterior["class"]
    assert PolyaGammaMultinomial(X, y).baseline is None


def test_dimensions_and_names():
    frame = pd.DataFrame(X, columns=["age", "dose"])
    idata = PolyaGammaMultinomial(frame, LABELS).sample(5, **SETTINGS)
    assert idata.posterior["intercept"].dims == ("chain", "draw", "class")
    assert idata.posterior["beta"].dims == ("chain", "draw", "class", "feature")
    assert idata.posterior["class"].to_numpy().tolist() == ["a", "b", "c"]
    assert idata.posterior["feature"].to_numpy().tolist() == ["age", "dose"]
    assert idata.constant_data["offset"].dims == ("obs_id", "class")
    assert idata.attrs["parametrization"] == "symmetric"


def test_a_class_with_a_single_row():
    y = LABELS.astype(object)
    y[5] = "rare"
    idata = PolyaGammaMultinomial(X, y).sample(20, **SETTINGS)
    assert idata.posterior["class"].to_numpy().tolist() == ["a", "b", "c", "rare"]
    assert np.isfinite(idata.posterior["beta"]).all()


THIRDS = np.arange(24) % 3
OTHER_LABELS = {
    "dates": np.array(["2020-01-01", "2021-01-01", "2022-01-01"], "M8[D]")[THIRDS],
    "times": np.array([1, 2, 3], "m8[s]")[THIRDS],
    "days": pd.Series(pd.to_datetime(["2020", "2021", "2022"], utc=True))[THIRDS].reset_index(drop=True),
    "decimals": np.array([Decimal(k) for k in range(3)])[THIRDS],
    "bytes": np.array([b"a", b"b", b"c"])[THIRDS],
    "large": THIRDS + 2**60,
}
QUICK = [(PolyaGammaMultinomial, "bytes"), (PolyaGammaSequential, "large"), (PolyaGammaGP, "dates")]


@pytest.mark.parametrize(
    ("make", "kind"),
    mostly_slow(product([PolyaGammaMultinomial, PolyaGammaSequential, PolyaGammaGP], OTHER_LABELS), *QUICK),
)
def test_labels_of_any_type_survive_files(make, kind, tmp_path):
    model = make(X, OTHER_LABELS[kind])
    idata = model.sample(4, **SETTINGS, checkpoint=tmp_path / "run", every=2)
    idata.to_netcdf(str(tmp_path / "run.nc"))
    resumed = model.resume(tmp_path / "run", draws=6, progressbar=False)
    for trace in (idata, az.from_netcdf(tmp_path / "run.nc"), resumed):
        assert model.predict_proba(trace, NEW).shape == (3, 3)


@pytest.mark.parametrize("make", [PolyaGammaMultinomial, PolyaGammaSequential, PolyaGammaGP])
def test_labels_that_files_would_change_are_refused(make):
    with pytest.raises(ValueError, match=r"y must not have labels that end in a NUL character, got 'b\\x00'"):
        make(X, np.array(["a", "b\0", "c"], dtype=object)[THIRDS])


def test_more_classes_than_rows():
    table = np.random.default_rng(1).integers(0, 3, (4, 9)) + 1
    for make in (PolyaGammaMultinomial, PolyaGammaSequential):
        idata = make(X[:4], table).sample(20, **SETTINGS)
        assert np.isfinite(idata.sample_stats["lp"]).all()


def test_more_coefficients_than_draws_of_a_window():
    """Covariances of the windows of warm-up have eigenvalues of zero, to rounding."""
    rng = np.random.default_rng(6)
    rows = rng.standard_normal((600, 9))
    model = PolyaGammaMultinomial(rows, rng.integers(0, 30, 600))
    idata = model.sample(5, tune=200, chains=1, random_seed=1, progressbar=False, kernel="hmc")
    assert np.isfinite(idata.sample_stats["lp"]).all()


def test_initial_values_have_classes():
    rng = np.random.default_rng(3)
    start = {"intercept": rng.standard_normal(3), "beta": rng.standard_normal((3, 2))}
    model = MODELS["multinomial"]
    common = {name: values + 5.0 for name, values in start.items()}
    one, other = (model.sample(5, **SETTINGS, initvals=values) for values in (start, common))
    np.testing.assert_allclose(one.posterior["beta"], other.posterior["beta"], rtol=1e-6)
    with pytest.raises(ValueError, match=r"initvals\['beta'\] must have shape \(2, 2\), or \(2, 2, 2\)"):
        MODELS["multinomial baseline"].sample(5, **SETTINGS, initvals=start)


# ---- predictions


@pytest.mark.parametrize("kind", ["multinomial", "multinomial baseline", "multinomial pair", "sequential"])
def test_probabilities_are_averages_over_the_draws(kind):
    model = MODELS[kind]
    idata = model.sample(30, **SETTINGS)
    K, rng = len(model.classes_), np.random.default_rng(4)
    offset = rng.standard_normal((3, K - 1 if kind == "sequential" else K))
    eta = flat(idata, "beta") @ NEW.T
    if "intercept" in idata.posterior:
        eta = eta + flat(idata, "intercept")[..., np.newaxis]
    if kind == "multinomial baseline":
        eta = with_zero(eta, 1)
    link = stick_breaking if kind == "sequential" else lambda values: softmax(values, axis=1)
    for known in (None, offset):
        expected = link(eta + (0.0 if known is None else known.T))
        found = model.predict_proba(idata, NEW, known)
        np.testing.assert_allclose(found, expected.mean(axis=0).T, rtol=1e-10)
        draws = model.predict_draws(idata, NEW, known)
        assert draws.dims == ("chain", "draw", "class", "obs_id")
        assert draws["class"].to_numpy().tolist() == model.classes_.tolist()
        np.testing.assert_allclose(draws.to_numpy().reshape(expected.shape), expected, rtol=1e-10)


def test_simulated_rows_are_what_was_observed():
    for kind in ("multinomial table", "sequential table"):
        model = MODELS[kind]
        idata = model.sample(20, **SETTINGS)
        more = model.sample_posterior_predictive(idata, random_seed=1)
        y = more.posterior_predictive["y"]
        assert y.dims == ("chain", "draw", "obs_id", "class")
        assert y["class"].to_numpy().tolist() == [0, 1, 2]
        np.testing.assert_array_equal(y.sum("class"), np.broadcast_to(TRIALS, (2, 20, 24)))
        new = model.sample_posterior_predictive(idata, NEW, trials=[1, 7, 40], random_seed=1)
        np.testing.assert_array_equal(new.predictions["y"].sum("class")[0, 0], [1, 7, 40])
        np.testing.assert_array_equal(new.predictions_constant_data["trials"], [1, 7, 40])
    idata = MODELS["multinomial"].sample(5, **SETTINGS)
    with pytest.raises(ValueError, match="trials must be 1 for 3 classes, got 5"):
        MODELS["multinomial"].sample_posterior_predictive(idata, NEW, trials=5)


def test_offsets_of_new_rows_are_kept_as_given():
    model = MODELS["multinomial table"]
    idata = model.sample(5, **SETTINGS)
    offset = np.arange(9.0).reshape(3, 3)
    new = model.sample_posterior_predictive(idata, NEW, offset=offset, random_seed=1)
    np.testing.assert_array_equal(new.predictions_constant_data["offset"], offset)
    with pytest.raises(
        ValueError, match=r"offset must have shape \(3, 3\), .* got shape \(\): an offset that"
    ):
        model.predict_proba(idata, NEW, 0.5)


def gauss_hermite(mix, link):
    """E[p] and E[p p'] of probabilities of normal variables mix @ z."""
    nodes, weights = roots_hermitenorm(80)
    z = np.stack(np.meshgrid(nodes, nodes, indexing="ij")).reshape(2, -1)
    p, w = link(mix @ z), np.multiply.outer(weights, weights).ravel()
    w = w / w.sum()
    return p @ w, (p * w) @ p.T


@pytest.mark.parametrize("form", ["symmetric", "baseline", "sequential"])
def test_prior_predictive_has_its_moments(form):
    """One row with x = 1, 20,000 draws of seven trials: means, variances and covariances of three counts."""
    arguments = {"X": [[1.0]], "y": [[2, 3, 2]], "prior": Normal(0, 1.5), "intercept": False}
    if form == "sequential":
        model, mix, link = PolyaGammaSequential(**arguments), np.eye(2), stick_breaking
    else:
        model = PolyaGammaMultinomial(**arguments, parametrization=form)
        mix = helmert(3).T if form == "symmetric" else np.eye(3)[:, 1:]
        link = lambda values: softmax(values, axis=0)  # noqa: E731
    mean, second = gauss_hermite(1.5 * mix, link)
    idata = model.sample_prior_predictive(20_000, random_seed=5)
    y = idata.prior_predictive["y"].to_numpy()[0, :, 0].astype(float)
    covariance = 7 * np.diag(mean) + 42 * second - 49 * np.outer(mean, mean)
    z = (y.mean(axis=0) - 7 * mean) / np.sqrt(np.diag(covariance) / 20_000)
    assert np.abs(z).max() < LIMIT
    products = (y - 7 * mean)[:, :, np.newaxis] * (y - 7 * mean)[:, np.newaxis]
    z = (products.mean(axis=0) - covariance) / (products.std(axis=0) / np.sqrt(20_000))
    assert np.abs(z).max() < LIMIT
    beta = idata.prior["beta"].to_numpy()[0, :, :, 0]
    sd = 1.5 * np.sqrt(2 / 3) if form == "symmetric" else 1.5
    assert np.abs(beta.std(axis=0) / sd - 1).max() < LIMIT / np.sqrt(40_000)


# ---- notices and refusals

SEPARATED = np.array(["low", "middle", "high"])[np.digitize(X[:, 0], [-0.5, 0.5])]


@pytest.mark.filterwarnings("default::polyagamma.SamplingWarning")
def test_separated_classes_are_left_to_the_prior():
    apart = np.digitize(X[:, :1] + 4 * np.sign(X[:, :1]) * (np.abs(X[:, :1]) > 0.4), [-2, 2]) * 3.0
    rows = np.column_stack([apart[:, 0] + 0.1 * X[:, 0], X[:, 1]])
    y = np.array(["low", "middle", "high"])[(apart[:, 0] / 3).astype(int)]
    with pytest.warns(SamplingWarning, match="linear functions of the predictors perfectly separate the cl"):
        PolyaGammaMultinomial(rows, y).sample(200, tune=300, chains=2, random_seed=1, progressbar=False)
    classes = ["low", "middle", "high"]
    with pytest.warns(SamplingWarning, match=r"separates .* after it each of \['low', 'middle'\]"):
        PolyaGammaSequential(rows, y, classes=classes).sample(
            200, tune=300, chains=2, random_seed=1, progressbar=False
        )


@pytest.mark.filterwarnings("default::polyagamma.SamplingWarning")
@pytest.mark.parametrize("make", [PolyaGammaMultinomial, PolyaGammaSequential])
def test_classes_that_nobody_has_are_left_to_the_prior(make):
    frame = pd.DataFrame(np.insert(TABLE, 1, 0, axis=1), columns=["a", "none", "b", "c"])
    with pytest.warns(
        SamplingWarning, match=r"no row has the class \['none'\]: the likelihood keeps growing"
    ):
        make(X, frame).sample(200, tune=300, chains=2, random_seed=1, progressbar=False)


def test_data_that_overlap_have_no_notice():
    for kind in ("multinomial", "sequential", "multinomial table", "sequential table"):
        likelihood = MODELS[kind]._specification.likelihood
        assert likelihood.notices(lambda rows: np.zeros((2, len(X[rows])))) == []


EMPTY = np.where(np.arange(24)[:, np.newaxis] == 3, 0, TABLE)
BAD = np.where(np.arange(24)[:, np.newaxis] == 4, [[1, 1, -1]], TABLE)
LARGE = np.where(np.arange(24)[:, np.newaxis] == 4, [[1.0, 2.0**54, 1.0]], TABLE)
TOO_MANY = np.where(np.arange(24)[:, np.newaxis] == 4, [[6e11, 6e11, 1.0]], TABLE)
REFUSED = {
    "one class": ({"y": np.full(24, "a")}, "y must have two classes or more, got only 'a'"),
    "column": ({"y": LABELS[:, np.newaxis]}, r"got shape \(24, 1\): pass numpy.ravel\(y\)"),
    "frame of a column": ({"y": pd.DataFrame({"y": LABELS})}, r"got shape \(24, 1\): pass numpy.ravel\(y\)"),
    "row": ({"y": LABELS[np.newaxis]}, r"got shape \(1, 24\): pass numpy.ravel\(y\)"),
    "other rows": ({"y": LABELS[:9]}, r"y must have shape \(24,\)"),
    "table of other rows": ({"y": TABLE[:9]}, r"y must have shape \(24,\), a label .*, got shape \(9, 3\)"),
    "three dimensions": ({"y": TABLE[..., np.newaxis]}, r"got shape \(24, 3, 1\)"),
    "missing label": ({"y": [None, *LABELS[1:]]}, r"y must not have missing values, got y\[0\] = None"),
    "numbers": ({"y": X[:, 0]}, "y must hold labels, got 24 numbers that are not whole"),
    "trials of labels": ({"trials": 1}, "trials needs a table of counts, got y with a label for each row"),
    "negative": ({"y": BAD}, r"y must be counts, which are not negative, got y\[4, 2\] = -1"),
    "fraction": ({"y": TABLE + 0.5}, r"y must be counts, which are whole numbers, got y\[0, 0\] = "),
    "too large": ({"y": LARGE}, r"y must be counts of at most 1e\+12, got y\[4, 1\] = 1.8"),
    "too many": (
        {"y": TOO_MANY},
        r"y must have rows whose counts add up to at most 1e\+12, got .* in row 4",
    ),
    "empty row": ({"y": EMPTY}, "y must have rows whose counts are not all zero, got a sum of 0 in row 3"),
    "missing count": ({"y": np.where(BAD < 0, np.nan, BAD)}, r"y must be finite, got y\[4, 2\] = nan"),
    "None among counts": (
        {"y": np.where(BAD < 0, None, BAD)},
        r"y must not have missing values, got y\[4, 2\]",
    ),
    "table of text": ({"y": TABLE.astype(str)}, "y must hold real numbers, got dtype <U"),
    "ragged": ({"y": [[1, 2]] * 23 + [[1]]}, "y must be an array, or nested lists whose rows have equal"),
    "other trials": (
        {"y": TABLE, "trials": TRIALS + 1},
        r"trials must be the row sums of y, got trials\[0\] =",
    ),
    "bad trials": ({"y": TABLE, "trials": 0}, "trials must be positive integers"),
    "weight": ({"weights": 0.0}, "weights must be positive"),
    "prior": ({"prior": "flat"}, r"prior must be Normal or MvNormal or ShrinkagePrior, got 'flat'"),
    "intercept prior": (
        {"intercept": False, "intercept_prior": Normal(0, 1)},
        "intercept_prior needs intercept",
    ),
}
OF_MULTINOMIAL = {
    "parametrization": (
        {"parametrization": "basline"},
        r"parametrization must be one of \['symmetric', 'baseline'\], got 'basline'",
    ),
    "baseline of the symmetric form": (
        {"baseline": "a"},
        "baseline needs parametrization='baseline', got 'a' with 'symmetric'",
    ),
    "unknown baseline": (
        {"parametrization": "baseline", "baseline": "d"},
        r"baseline must be one of the classes \['a', 'b', 'c'\], got 'd'",
    ),
    "position for a baseline": (
        {"parametrization": "baseline", "baseline": 0},
        r"baseline must be one of the classes \['a', 'b', 'c'\], got 0",
    ),
    "shared offset": (
        {"offset": np.ones(24)},
        r"offset must have shape \(24, 3\), .* all classes share has no",
    ),
    "one offset": (
        {"offset": 1.0},
        r"offset must have shape \(24, 3\), .* got shape \(\): an offset that all",
    ),
    "offsets without the baseline": ({"offset": np.ones((24, 2))}, r"offset must have shape \(24, 3\)"),
    "offsets of other classes": (
        {"offset": pd.DataFrame(np.ones((24, 3)), columns=["b", "a", "c"])},
        r"offset must have the columns \['a', 'b', 'c'\] in this order, got \['b', 'a', 'c'\]",
    ),
    "offset": (
        {"offset": np.full((24, 3), 1e13)},
        r"offset must be at most 1e\+12 in size, got offset\[0, 0\]",
    ),
    "offset NaN": ({"offset": np.full((24, 3), np.nan)}, "offset must be finite"),
    "mean": (
        {"prior": Normal(1, 1)},
        "prior must have the mean 0 with parametrization='symmetric', .* pass mu=0",
    ),
    "mean of the intercept": (
        {"intercept_prior": Normal(1, 1)},
        "intercept_prior must have the mean 0 with .* or parametrization='baseline'",
    ),
    "joint mean": ({"prior": MvNormal([0, 1], cov=np.eye(2))}, "prior must have the mean 0"),
}
OF_SEQUENTIAL = {
    "classes": ({"classes": ["a", "b"]}, r"classes must have all labels in y, got \['a', 'b'\] without 'c'"),
    "text": ({"classes": "abc"}, "classes must be a list of labels, got 'abc'"),
    "one": ({"classes": ["a"]}, "classes must be two labels or more"),
    "twice": ({"classes": ["a", "b", "c", "a"]}, "classes must differ, got 'a' more than once"),
    "of a table": ({"y": TABLE, "classes": [0, 1, 2]}, "classes goes with labels, got a table of counts"),
    "offsets": (
        {"offset": np.ones((24, 3))},
        r"offset must have shape \(24, 2\), a column for each of \['a', 'b'\]",
    ),
    "offset": ({"offset": 1e13}, r"offset must be at most 1e\+12 in size"),
}
CASES = [
    *((make, case) for make in (PolyaGammaMultinomial, PolyaGammaSequential) for case in REFUSED.values()),
    *((PolyaGammaMultinomial, case) for case in OF_MULTINOMIAL.values()),
    *((PolyaGammaSequential, case) for case in OF_SEQUENTIAL.values()),
]


@pytest.mark.parametrize(("make", "case"), CASES)
def test_arguments_that_do_not_fit(make, case):
    changed, message = case
    with pytest.raises((TypeError, ValueError), match=message):
        make(X, **{"y": LABELS, **changed})
