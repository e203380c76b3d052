"""The posterior against quadrature in one and two dimensions, and the model's interface."""

import arviz as az
import numpy as np
import pandas as pd
import pytest
from chain_statistics import LIMIT, grid_posterior, mean_z, moments, sd_z
from scipy.special import expit

from polyagamma import MvNormal, Normal, PolyaGammaLogistic

DRAWS = {"draws": 10_000, "tune": 200, "chains": 4, "random_seed": 11, "progressbar": False}


def one_predictor(n=12, seed=3):
    rng = np.random.default_rng(seed)
    x = rng.normal(0.5, 1.5, n)
    return x[:, None], (rng.random(n) < expit(x - 0.3)).astype(int)


def log_likelihood(eta, y, trials, weights):
    return np.sum(weights * (y * eta - trials * np.logaddexp(0.0, eta)))


def normal_log_density(value, mu, sigma):
    return -0.5 * ((value - mu) / sigma) ** 2


X1, Y1 = one_predictor()
N1 = len(Y1)
RNG = np.random.default_rng(5)
TRIALS = RNG.integers(1, 30, N1)
COUNTS = RNG.binomial(TRIALS, 0.4)
WEIGHTS = RNG.uniform(0.1, 3.0, N1)
OFFSET = RNG.normal(0.0, 1.0, N1)
SEPARATED = (X1[:, 0] > np.median(X1)).astype(int)
ONES = np.ones(N1)

# y, model arguments, then trials, weights, offset, and the priors' (mu, sigma) of coefficient and intercept
WITH_INTERCEPT = {
    "binary": (Y1, {}, ONES, ONES, 0 * ONES, (0, 1), (0, 2)),
    "separated": (SEPARATED, {}, ONES, ONES, 0 * ONES, (0, 1), (0, 2)),
    "one class": (0 * Y1, {}, ONES, ONES, 0 * ONES, (0, 1), (0, 2)),
    "prior mean": (Y1, {}, ONES, ONES, 0 * ONES, (-1.5, 0.5), (3, 0.7)),
    "weights": (Y1, {"weights": WEIGHTS}, ONES, WEIGHTS, 0 * ONES, (0, 1), (0, 2)),
    "trials": (COUNTS, {"trials": TRIALS}, TRIALS, ONES, 0 * ONES, (0, 1), (0, 2)),
    "everything": (
        COUNTS,
        {"trials": TRIALS, "weights": WEIGHTS, "offset": OFFSET},
        TRIALS,
        WEIGHTS,
        OFFSET,
        (0.5, 0.8),
        (-1, 1.5),
    ),
}


@pytest.mark.filterwarnings("ignore:(a linear|only one class).*:polyagamma.SamplingWarning")
@pytest.mark.parametrize("kernel", ["gibbs", "hmc", "auto"])
@pytest.mark.parametrize("case", WITH_INTERCEPT)
def test_intercept_and_coefficient_against_quadrature(case, kernel):
    """Means and standard deviations of 40,000 draws within `LIMIT` MCSE; 4 comparisons a case and kernel."""
    y, arguments, trials, weights, offset, prior, intercept_prior = WITH_INTERCEPT[case]

    def log_density(theta):
        eta = offset + theta[0] + X1[:, 0] * theta[1]
        value = log_likelihood(eta, y, trials, weights) + normal_log_density(theta[1], *prior)
        return value + normal_log_density(theta[0], *intercept_prior)

    model = PolyaGammaLogistic(
        X1, y, **arguments, prior=Normal(*prior), intercept_prior=Normal(*intercept_prior)
    )
    posterior = model.sample(**DRAWS, kernel=kernel).posterior
    draws = [posterior["intercept"].to_numpy(), posterior["beta"].to_numpy()[..., 0]]
    mean, sd = moments(*grid_posterior(log_density, np.mean(draws, (1, 2)), np.std(draws, (1, 2))))
    scores = [score for j in (0, 1) for score in (mean_z(draws[j], mean[j]), sd_z(draws[j], sd[j]))]
    assert np.abs(scores).max() < LIMIT, scores


def test_one_coefficient_without_intercept_against_quadrature():
    """The whole distribution: 9 probabilities of 40,000 draws within `LIMIT` MCSE."""

    def log_density(theta):
        return log_likelihood(X1[:, 0] * theta[0], Y1, 1, 1) + normal_log_density(theta[0], 0, 1)

    posterior = PolyaGammaLogistic(X1, Y1, prior=Normal(0, 1), intercept=False).sample(**DRAWS).posterior
    assert "intercept" not in posterior
    draws = posterior["beta"].to_numpy()[..., 0]
    points, probability = grid_posterior(log_density, [draws.mean()], [draws.std()], size=400)
    below = np.cumsum(probability)
    for level in np.linspace(0.1, 0.9, 9):
        edge = np.searchsorted(below, level)
        middle = 0.5 * (points[edge, 0] + points[edge + 1, 0])
        assert abs(mean_z(draws < middle, below[edge])) < LIMIT


@pytest.mark.parametrize("form", ["cov", "tau"])
def test_full_gaussian_prior_against_quadrature(form):
    """A strong correlation and a mean away from zero, two predictors, no intercept; 4 comparisons."""
    X = np.column_stack([X1[:, 0], np.sin(3 * X1[:, 0])])
    mu, cov = np.array([1.0, -2.0]), np.array([[1.0, -1.7], [-1.7, 4.0]])
    tau = np.linalg.inv(cov)

    def log_density(theta):
        return log_likelihood(X @ theta, Y1, 1, 1) - 0.5 * (theta - mu) @ tau @ (theta - mu)

    prior = MvNormal(mu, **{form: {"cov": cov, "tau": tau}[form]})
    posterior = PolyaGammaLogistic(X, Y1, prior=prior, intercept=False).sample(**DRAWS).posterior
    draws = posterior["beta"].to_numpy()
    points = grid_posterior(log_density, draws.mean((0, 1)), draws.std((0, 1)))
    mean, sd = moments(*points)
    scores = [score(draws[..., j], t[j]) for j in (0, 1) for score, t in ((mean_z, mean), (sd_z, sd))]
    assert np.abs(scores).max() < LIMIT, scores


def test_default_prior_is_on_the_standardised_predictors():
    """Raw predictors far from zero; 4 comparisons with quadrature in the standardised coordinates."""
    X = 500.0 + 40.0 * X1

    def log_density(theta):
        eta = theta[0] + (X[:, 0] - X.mean()) * theta[1]
        return (
            log_likelihood(eta, Y1, 1, 1)
            + normal_log_density(theta[1] * X.std(), 0, 2.5)
            + normal_log_density(theta[0], 0, 10)
        )

    posterior = PolyaGammaLogistic(X, Y1).sample(**DRAWS).posterior
    beta = posterior["beta"].to_numpy()[..., 0]
    draws = [posterior["intercept"].to_numpy() + beta * X.mean(), beta]
    mean, sd = moments(*grid_posterior(log_density, np.mean(draws, (1, 2)), np.std(draws, (1, 2))))
    scores = [score for j in (0, 1) for score in (mean_z(draws[j], mean[j]), sd_z(draws[j], sd[j]))]
    assert np.abs(scores).max() < LIMIT, scores


def test_log_posterior_is_the_log_joint_density():
    model = PolyaGammaLogistic(
        X1, COUNTS, trials=TRIALS, weights=WEIGHTS, prior=Normal(1, 2), intercept_prior=Normal(0, 3)
    )
    trace = model.sample(5, tune=2, chains=2, random_seed=1, progressbar=False, compute_log_likelihood=True)
    from scipy.stats import binom, norm

    beta, intercept = trace.posterior["beta"].to_numpy(), trace.posterior["intercept"].to_numpy()
    eta = intercept[..., None] + beta @ X1.T
    log_like = WEIGHTS * binom.logpmf(COUNTS, TRIALS, expit(eta))
    np.testing.assert_allclose(trace.log_likelihood["y"], log_like, rtol=1e-10)
    log_prior = norm.logpdf(beta, 1, 2).sum(-1) + norm.logpdf(intercept, 0, 3)
    np.testing.assert_allclose(trace.sample_stats["lp"], log_like.sum(-1) + log_prior, rtol=1e-10)


def test_aggregated_rows_have_the_same_posterior_as_single_rows():
    """Each of 3 × 2 distinct rows 20 times, alone and as counts, default priors; 6 comparisons."""
    rng = np.random.default_rng(8)
    distinct = np.array([[0.0, 1.0], [2.0, 1.5], [3.0, 0.0], [1.0, 7.0]])
    counts = rng.binomial(20, [0.2, 0.5, 0.7, 0.9])
    X = np.repeat(distinct, 20, axis=0)
    y = np.concatenate([np.arange(20) < count for count in counts])
    arguments = {"draws": 4000, "tune": 100, "progressbar": False}
    single = PolyaGammaLogistic(X, y).sample(random_seed=1, **arguments).posterior
    binomial = PolyaGammaLogistic(distinct, counts, trials=20).sample(random_seed=2, **arguments).posterior
    for a, b in zip(coefficients(single), coefficients(binomial), strict=True):
        assert abs(mean_z(a, b.mean(), az.mcse(b, method="mean"))) < LIMIT
        assert abs(sd_z(a, b.std(), az.mcse(b, method="sd"))) < LIMIT


def coefficients(posterior):
    beta = posterior["beta"].to_numpy()
    return [posterior["intercept"].to_numpy(), *np.moveaxis(beta, -1, 0)]


def test_integer_weights_repeat_rows():
    """Weight 3 against three copies of each row; exact equality of what the core is given is not needed."""
    repeated = PolyaGammaLogistic(np.repeat(X1, 3, axis=0), np.repeat(Y1, 3)).sample(**DRAWS).posterior
    weighted = PolyaGammaLogistic(X1, Y1, weights=3.0).sample(**DRAWS).posterior
    for a, b in zip(coefficients(repeated), coefficients(weighted), strict=True):
        assert abs(mean_z(a, b.mean(), az.mcse(b, method="mean"))) < LIMIT
        assert abs(sd_z(a, b.std(), az.mcse(b, method="sd"))) < LIMIT


def test_more_predictors_than_rows_and_separation():
    """p = 40 > n = 12, perfectly separable: coefficients without data keep their prior's moments."""
    rng = np.random.default_rng(0)
    X = np.hstack([X1, rng.standard_normal((N1, 39))])
    null = np.linalg.svd(X)[2][-1]  # a direction that the data say nothing about
    model = PolyaGammaLogistic(X, SEPARATED, prior=Normal(0, 2), intercept_prior=Normal(0, 2))
    beta = model.sample(2000, tune=200, random_seed=1, progressbar=False).posterior["beta"].to_numpy()
    along = beta @ null
    assert abs(mean_z(along, 0.0)) < LIMIT
    assert abs(sd_z(along, 2.0)) < LIMIT


@pytest.mark.parametrize("kernel", ["gibbs", "auto"])
def test_wide_and_tall_designs_have_the_same_posterior(kernel):
    """p = 20 > n = 12 against the same rows and 30 of weight 1e-12; 42 comparisons of 16,000 draws each."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N1, 20))
    settings = {"draws": 4000, "kernel": kernel, "progressbar": False}
    wide = PolyaGammaLogistic(X, Y1, prior=Normal(0, 1)).sample(random_seed=1, **settings).posterior
    padded, weights = np.vstack([X, rng.standard_normal((30, 20))]), np.repeat([1.0, 1e-12], [N1, 30])
    y = np.concatenate([Y1, np.arange(30) % 2])
    model = PolyaGammaLogistic(padded, y, weights=weights, prior=Normal(0, 1))
    tall = model.sample(random_seed=2, **settings).posterior
    for a, b in zip(coefficients(wide), coefficients(tall), strict=True):
        assert abs(mean_z(a, b.mean(), az.mcse(b, method="mean"))) < LIMIT
        assert abs(sd_z(a, b.std(), az.mcse(b, method="sd"))) < LIMIT


LABELS = [
    ([0, 1], [0, 1]),
    ([False, True], [False, True]),
    (["ham", "spam"], ["ham", "spam"]),
    ([1, 2], [1, 2]),
    ([1.0, -1.0], [-1.0, 1.0]),
    ([True, False], [False, True]),
]


@pytest.mark.parametrize(("labels", "classes"), LABELS)
def test_second_sorted_label_is_the_success(labels, classes):
    y = np.asarray(labels)[Y1]
    model = PolyaGammaLogistic(X1, y)
    assert model.classes_.tolist() == classes
    observed = model.sample(4, tune=1, chains=1, progressbar=False).observed_data["y"].to_numpy()
    np.testing.assert_array_equal(observed, y == classes[1])


@pytest.mark.parametrize("wrap", [pd.Series, pd.Categorical, list, lambda y: pd.array(y, dtype="string")])
def test_labels_in_any_container(wrap):
    y = wrap(np.array(["no", "yes"])[Y1])
    assert PolyaGammaLogistic(X1, y).classes_.tolist() == ["no", "yes"]


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, np.float32, bool])
def test_predictors_of_any_real_dtype(dtype):
    X = (X1 > 0) if dtype is bool else np.abs(X1 * 4)
    settings = {"tune": 5, "random_seed": 1, "progressbar": False}
    cast = PolyaGammaLogistic(X.astype(dtype), Y1).sample(5, **settings).posterior["beta"]
    plain = PolyaGammaLogistic(X.astype(dtype).astype(float), Y1).sample(5, **settings).posterior["beta"]
    np.testing.assert_array_equal(cast, plain)


def test_data_are_not_changed_and_layout_plays_no_part():
    X = np.asfortranarray(np.column_stack([X1[:, 0], X1[:, 0] ** 2]))
    kept, wide = X.copy(), np.repeat(X, 2, axis=1)[:, ::2]
    settings = {"tune": 5, "random_seed": 1, "progressbar": False}
    draws = [PolyaGammaLogistic(x, Y1).sample(5, **settings).posterior["beta"] for x in (X, kept, wide)]
    np.testing.assert_array_equal(X, kept)
    np.testing.assert_array_equal(draws[0], draws[1])
    np.testing.assert_array_equal(draws[0], draws[2])


def test_initial_values_are_where_the_chains_start():
    """At |eta| = 1e6 the Pólya-gamma variables are so small that the next draw is far away, too."""
    model = PolyaGammaLogistic(X1, Y1, prior=Normal(0, 1), intercept_prior=Normal(0, 1e5))
    start = {"intercept": [1e6, 0.0], "beta": [0.0]}
    settings = {"tune": 0, "chains": 2, "random_seed": 1, "progressbar": False, "kernel": "gibbs"}
    intercept = model.sample(1, initvals=start, **settings).posterior["intercept"].to_numpy()
    assert abs(intercept[0, 0]) > 100 > 10 > abs(intercept[1, 0])
