"""A likelihood that no public model has, added as docs/extending.md says."""

import json

import numpy as np
import pytest
from chain_statistics import LIMIT, grid_posterior, mean_z, moments, sd_z
from scipy.stats import poisson

from polyagamma.likelihoods.poisson import PoissonLikelihood
from polyagamma.models.counts import CountModel
from polyagamma.terms.linear import LinearTerm
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import Gaussian

RNG = np.random.default_rng(8)
X = RNG.standard_normal((30, 1))
OFFSET = RNG.uniform(-0.5, 0.5, 30)
Y = RNG.poisson(np.exp(0.4 + OFFSET + 0.7 * X[:, 0]))
WEIGHTS = RNG.uniform(0.5, 1.5, 30)
SETTINGS = {"random_seed": 3, "progressbar": False}


class PoissonRegression(CountModel):
    """Poisson regression with N(0, 2**2) priors."""

    _name = "PoissonRegression"

    def __init__(self, X, y, weights=None, offset=None):
        predictors = Predictors.check(X, None, intercept=True)
        n, p = predictors.X.shape
        prior = Gaussian(np.zeros(p + 1), np.full(p + 1, 0.25))
        likelihood = PoissonLikelihood.check(y, weights, offset, n)
        super().__init__(likelihood, LinearTerm(predictors, np.zeros(p), prior, {"prior": "N(0, 2)"}))


MODEL = PoissonRegression(X, Y, WEIGHTS, OFFSET)


def eta(point):
    return OFFSET + point[0] + X[:, 0] * point[1]


@pytest.mark.parametrize("kernel", ["auto", "hmc"])
def test_posterior_by_quadrature(kernel):
    """Means and standard deviations, 4 x 5,000 draws, |z| < 5.5 in MCSE; lp is the log joint density."""

    def log_density(point):
        return WEIGHTS @ poisson.logpmf(Y, np.exp(eta(point))) - point @ point / 8

    exact_mean, exact_sd = moments(*grid_posterior(log_density, (0.4, 0.7), (0.2, 0.2)))
    idata = MODEL.sample(5000, kernel=kernel, **SETTINGS)
    assert idata.attrs["kernel"] == "hmc"
    intercept, beta = idata.posterior["intercept"], idata.posterior["beta"][..., 0]
    for i, draws in enumerate((intercept, beta)):
        assert abs(mean_z(draws, exact_mean[i])) < LIMIT
        assert abs(sd_z(draws, exact_sd[i])) < LIMIT
    point = np.array([intercept[1, 7], beta[1, 7]])
    expected = log_density(point) - np.log(2 * np.pi * 4)
    assert idata.sample_stats["lp"][1, 7] == pytest.approx(expected, rel=1e-10)


def test_it_has_what_every_model_has(tmp_path):
    idata = MODEL.sample(30, compute_log_likelihood=True, checkpoint=tmp_path / "run", **SETTINGS)
    point = np.array([idata.posterior["intercept"][0, 4], idata.posterior["beta"][0, 4, 0]])
    expected = WEIGHTS * poisson.logpmf(Y, np.exp(eta(point)))
    np.testing.assert_allclose(idata.log_likelihood["y"][0, 4], expected, rtol=1e-10)
    longer = MODEL.sample(45, **SETTINGS).posterior
    assert MODEL.extend(idata, 15, progressbar=False).posterior.equals(longer)
    assert MODEL.resume(tmp_path / "run", draws=45, progressbar=False).posterior.equals(longer)
    for cores in (1, 2, 3):
        assert MODEL.sample(45, cores=cores, **SETTINGS).posterior.equals(longer)
    assert json.loads(idata.attrs["classes"]) == []


def test_predictions():
    idata = MODEL.sample(4000, **SETTINGS)
    means = np.exp(
        idata.posterior["intercept"].to_numpy()[..., np.newaxis]
        + idata.posterior["beta"].to_numpy() @ np.array([[0.5, -1.0]])
    )
    predicted = MODEL.predict(idata, [[0.5], [-1.0]])
    np.testing.assert_allclose(predicted, means.mean(axis=(0, 1)), rtol=1e-10)
    simulated = MODEL.sample_posterior_predictive(idata, [[0.5], [-1.0]], random_seed=4).predictions["y"]
    error = np.sqrt((means + means.var()).mean(axis=(0, 1)) / means[..., 0].size)  # of the mean count
    assert (abs(simulated.mean(("chain", "draw")) - means.mean(axis=(0, 1))) < 6 * error).all()


def test_repeated_rows_are_merged_into_one_of_their_weighted_mean():
    repeated = PoissonRegression(np.repeat(X[:5], 4, axis=0), Y[:20], WEIGHTS[:20])
    assert repeated.sample(10, tune=50, chains=1, **SETTINGS).posterior.sizes["draw"] == 10


def test_what_it_has_not_is_refused():
    with pytest.raises(ValueError, match="kernel='gibbs' needs a likelihood with a Pólya-gamma form"):
        MODEL.sample(kernel="gibbs", **SETTINGS)
    with pytest.raises(ValueError, match="'omega', which this likelihood has not"):
        MODEL.sample(var_names=["omega"], **SETTINGS)
    with pytest.raises(ValueError, match=r"y must be counts, which are whole numbers, got 0\.5 in row 2"):
        PoissonRegression(X[:3], [1, 0, 0.5])
