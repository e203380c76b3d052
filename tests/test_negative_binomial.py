"""Negative binomial regression: its density, dispersion, exposures and predictions, and who is refused.

That draws follow the posterior is shown by quadrature in the tests of the C++ core, and by calibration here.
"""

import numpy as np
import pytest
from every_model import COUNTS, MODELS, TRIALS, X
from scipy.stats import chi2, gamma, halfnorm, invgamma, nbinom, norm

from polyagamma import Gamma, HalfNormal, InverseGamma, Normal, PolyaGammaNegativeBinomial, SamplingWarning

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"tune": 60, "chains": 2, "random_seed": 1, "progressbar": False}
NEW = np.array([[0.3, -1.0], [2.0, 0.5], [-1.5, 0.1]])
PRIORS = {"prior": Normal(0.1, 0.8), "intercept_prior": Normal(-0.2, 2.0)}
LAWS = {
    "half-normal": (HalfNormal(0.7), lambda r: halfnorm.logpdf(r**-0.5, scale=0.7) + np.log(0.5 * r**-1.5)),
    "gamma": (Gamma(2.0, 0.5), lambda r: gamma.logpdf(r, 2.0, scale=2.0)),
    "inverse-gamma": (InverseGamma(1.5, 0.4), lambda r: invgamma.logpdf(r, 1.5, scale=0.4)),
}


def flat(idata, name):
    values = idata.posterior[name].to_numpy()
    return values.reshape(-1, *values.shape[2:])


def known_part(constant_data):
    return constant_data["offset"].to_numpy() + np.log(constant_data["exposure"].to_numpy())


def linear_predictors(idata, rows):
    return flat(idata, "intercept")[:, np.newaxis] + flat(idata, "beta") @ rows.T


def log_counts(y, eta, r):
    return nbinom.logpmf(y, r, 1 / (1 + np.exp(eta) / r))


@pytest.mark.parametrize("law", LAWS)
def test_lp_is_the_log_of_the_joint_density(law):
    prior, log_density = LAWS[law]
    model = PolyaGammaNegativeBinomial(X, COUNTS, exposure=TRIALS, dispersion_prior=prior, **PRIORS)
    idata = model.sample(40, **SETTINGS)
    r, eta = flat(idata, "r"), linear_predictors(idata, X) + np.log(TRIALS)
    expected = log_counts(COUNTS, eta, r[:, np.newaxis]).sum(axis=1) + log_density(r) + np.log(r)
    expected += norm.logpdf(flat(idata, "beta"), 0.1, 0.8).sum(axis=1)
    expected += norm.logpdf(flat(idata, "intercept"), -0.2, 2.0)
    np.testing.assert_allclose(idata.sample_stats["lp"].to_numpy().ravel(), expected, rtol=1e-10)


def test_log_density_of_a_known_dispersion():
    model = PolyaGammaNegativeBinomial(X, COUNTS, dispersion_prior=2.5, **PRIORS)
    idata = model.sample(40, **SETTINGS)
    assert set(idata.posterior.data_vars) == {"intercept", "beta"}
    expected = log_counts(COUNTS, linear_predictors(idata, X), 2.5).sum(axis=1)
    expected += norm.logpdf(flat(idata, "beta"), 0.1, 0.8).sum(axis=1)
    expected += norm.logpdf(flat(idata, "intercept"), -0.2, 2.0)
    np.testing.assert_allclose(idata.sample_stats["lp"].to_numpy().ravel(), expected, rtol=1e-10)


@pytest.mark.parametrize("kind", ["counts", "counts gamma", "counts known"])
def test_log_likelihood_is_that_of_scipy_times_the_weight(kind):
    model = MODELS[kind]
    idata = model.sample(20, **SETTINGS, compute_log_likelihood=True)
    constant = idata.constant_data
    eta = linear_predictors(idata, X) + known_part(constant)
    r = flat(idata, "r")[:, np.newaxis] if "r" in idata.posterior else 2.5
    expected = constant["weights"].to_numpy() * log_counts(COUNTS, eta, r)
    found = idata.log_likelihood["y"].to_numpy().reshape(expected.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("r", [1e-3, 0.3, 5.0, 1e3, 1e8, 1e12])
def test_log_likelihood_at_any_dispersion(r):
    """Against sums over all smaller counts, without log gamma functions, which lose where r is large."""
    y = np.array([0.0, 1.0, 7.0, 1000.0])
    model = PolyaGammaNegativeBinomial(np.arange(4.0)[:, np.newaxis], y, dispersion_prior=r)
    eta = np.log(np.array([0.5, 2.0, 5.0, 900.0]))
    likelihood = model._specification.likelihood
    found = likelihood.log_likelihood(eta[np.newaxis, np.newaxis, np.newaxis], slice(None))[0, 0]
    rising = np.array([np.log1p(np.arange(count) / r).sum() for count in y])
    factorials = np.array([np.log(np.arange(1, count + 1)).sum() for count in y])
    expected = rising - factorials + y * eta - (y + r) * np.log1p(np.exp(eta) / r)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-8)


def test_dispersion_is_told_in_both_conventions():
    idata = MODELS["counts"].sample(20, **SETTINGS)
    np.testing.assert_allclose(idata.posterior["alpha"] * idata.posterior["r"], 1.0)


def test_exposure_is_an_offset():
    exposed = PolyaGammaNegativeBinomial(X, COUNTS, exposure=TRIALS, offset=0.3)
    shifted = PolyaGammaNegativeBinomial(X, COUNTS, offset=np.log(TRIALS) + 0.3)
    one, other = (model.sample(30, **SETTINGS) for model in (exposed, shifted))
    np.testing.assert_allclose(one.posterior["beta"], other.posterior["beta"], rtol=1e-9)
    np.testing.assert_array_equal(one.constant_data["exposure"], TRIALS)


def test_a_row_of_weight_two_counts_twice():
    """4000 draws, at least 300 effective: means differ by six standard errors at most."""
    twice = np.r_[np.arange(24), np.arange(24)]
    weighted = PolyaGammaNegativeBinomial(X, COUNTS, weights=2.0, **PRIORS)
    repeated = PolyaGammaNegativeBinomial(X[twice], COUNTS[twice], **PRIORS)
    one, other = (model.sample(2000, **SETTINGS) for model in (weighted, repeated))
    for name in ("intercept", "r"):
        a, b = flat(one, name), flat(other, name)
        assert abs(a.mean() - b.mean()) < 6 * np.sqrt(2) * a.std() / np.sqrt(
            300
        )  # 300 effective draws or more


def test_predictions_are_averages_over_the_draws():
    idata = MODELS["counts gamma"].sample(30, **SETTINGS)
    exposure, offset = np.array([1.0, 2.0, 0.5]), 0.4
    eta = linear_predictors(idata, NEW) + np.log(exposure) + offset
    model, rows = MODELS["counts gamma"], {"exposure": exposure, "offset": offset}
    np.testing.assert_allclose(model.predict(idata, NEW, **rows), np.exp(eta).mean(axis=0))
    draws = model.predict_draws(idata, NEW, **rows)
    assert draws.dims == ("chain", "draw", "obs_id")
    np.testing.assert_allclose(draws.to_numpy().reshape(eta.shape), np.exp(eta))
    r = flat(idata, "r")[:, np.newaxis]
    for count in (0, 1, 5):
        expected = nbinom.sf(count, r, 1 / (1 + np.exp(eta) / r)).mean(axis=0)
        np.testing.assert_allclose(model.predict_exceedance(idata, NEW, count, **rows), expected)


def test_simulated_counts_of_new_rows_have_their_moments():
    """2000 draws: means over draws of y against those of their means, with their own noise."""
    model = MODELS["counts known"]
    idata = model.sample(1000, **SETTINGS)
    new = model.sample_posterior_predictive(idata, NEW, exposure=[1.0, 3.0, 2.0], random_seed=3)
    y = new.predictions["y"].to_numpy().reshape(-1, 3)
    mean = model.predict_draws(idata, NEW, exposure=[1.0, 3.0, 2.0]).to_numpy().reshape(-1, 3)
    standard_error = np.sqrt((mean + mean**2 / 2.5).sum(axis=0))
    assert (np.abs((y - mean).sum(axis=0)) < 5.5 * standard_error).all()
    np.testing.assert_array_equal(new.predictions_constant_data["exposure"], [1.0, 3.0, 2.0])


def test_offsets_of_a_trace_are_those_that_were_given():
    """Exposures are beside them, not among them."""
    offset = np.linspace(-1, 1, 24)
    model = PolyaGammaNegativeBinomial(X, COUNTS, exposure=TRIALS, offset=offset)
    idata = model.sample(2, **SETTINGS)
    new = model.sample_posterior_predictive(idata, NEW, exposure=[1.0, 3.0, 2.0], offset=[0.1, 0.2, 0.3])
    np.testing.assert_array_equal(idata.constant_data["offset"], offset)
    np.testing.assert_array_equal(new.predictions_constant_data["offset"], [0.1, 0.2, 0.3])


def test_rootogram_counts_rows_with_their_weights():
    model = MODELS["counts gamma"]
    idata = model.sample(100, **SETTINGS)
    found = model.rootogram(idata, largest=6, draws=200)
    weights, r = idata.constant_data["weights"].to_numpy(), flat(idata, "r")
    eta = linear_predictors(idata, X) + known_part(idata.constant_data)
    for count in range(7):
        assert found["observed"].sel(count=count) == pytest.approx(weights[count == COUNTS].sum())
        expected = np.exp(log_counts(count, eta, r[:, np.newaxis])) @ weights
        np.testing.assert_allclose(found["expected"].sel(count=count), expected, rtol=1e-9)
    assert model.rootogram(idata, draws=7).sizes == {"count": COUNTS.max() + 1, "sample": 8}


@pytest.mark.parametrize("law", LAWS)
def test_prior_draws_of_the_dispersion_follow_its_prior(law):
    """20,000 draws, 20 bins of equal probability; chi-square beyond its 1 - 1e-7 quantile fails."""
    prior, _ = LAWS[law]
    frozen = {
        "half-normal": lambda r: halfnorm.cdf(r**-0.5, scale=0.7),
        "gamma": lambda r: gamma.cdf(r, 2.0, scale=2.0),
        "inverse-gamma": lambda r: invgamma.cdf(r, 1.5, scale=0.4),
    }[law]
    model = PolyaGammaNegativeBinomial(X, COUNTS, dispersion_prior=prior, intercept_prior=Normal(0, 0.5))
    idata = model.sample_prior_predictive(20_000, random_seed=4)
    counts = np.histogram(frozen(idata.prior["r"].to_numpy()[0]), bins=20, range=(0, 1))[0]
    assert ((counts - 1000.0) ** 2 / 1000).sum() < chi2.isf(1e-7, 19)
    assert set(idata.prior.data_vars) == {"intercept", "beta", "r", "alpha"}


def test_initial_values_of_the_dispersion():
    start = {"intercept": 0.1, "beta": [0.0, 0.2], "r": [0.5, 3.0]}
    idata = MODELS["counts"].sample(20, **SETTINGS, initvals=start)
    assert np.isfinite(idata.posterior["r"]).all()
    with pytest.raises(ValueError, match="initvals must have 'r', got \\['beta', 'intercept'\\]"):
        MODELS["counts"].sample(20, **SETTINGS, initvals={"intercept": 0.1, "beta": [0.0, 0.2]})
    with pytest.raises(ValueError, match="initvals\\['r'\\] must be positive, got -1"):
        MODELS["counts"].sample(20, **SETTINGS, initvals={**start, "r": -1.0})


@pytest.mark.filterwarnings("default::polyagamma.SamplingWarning")
def test_counts_that_are_all_zero_are_left_to_the_prior():
    model = PolyaGammaNegativeBinomial(X, np.zeros(24))
    with pytest.warns(SamplingWarning, match="all counts are zero"):
        idata = model.sample(200, tune=200, chains=4, random_seed=1, progressbar=False)
    assert flat(idata, "intercept").mean() < -1


REFUSED = {
    "negative": ({"y": [-1] + [0] * 23}, "y must be counts, which are not negative, got -1 in row 0"),
    "fraction": ({"y": [0] * 23 + [0.5]}, "y must be counts, which are whole numbers, got 0.5 in row 23"),
    "too large": ({"y": [2.0**54] + [0] * 23}, r"y must be at most 1e\+12, got 1\.8"),
    "missing": ({"y": [np.nan] + [0] * 23}, "y must be finite"),
    "no exposure": ({"exposure": 0.0}, "exposure must be positive, got 0 in row 0"),
    "negative exposure": ({"exposure": [1.0] * 23 + [-2.0]}, "exposure must be positive, got -2 in row 23"),
    "exposures of other rows": ({"exposure": [1.0, 2.0]}, "exposure must"),
    "dispersion zero": ({"dispersion_prior": 0.0}, "dispersion_prior must be positive, got 0"),
    "dispersion text": ({"dispersion_prior": "gamma"}, "dispersion_prior must be Gamma, InverseGamma"),
    "dispersion bool": ({"dispersion_prior": True}, "dispersion_prior must be Gamma, InverseGamma"),
    "dispersion normal": ({"dispersion_prior": Normal(0, 1)}, "dispersion_prior must be Gamma"),
    "prior text": ({"prior": "flat"}, "prior must be Normal"),
    "intercept prior without intercept": (
        {"intercept": False, "intercept_prior": Normal(0, 1)},
        "intercept_prior needs intercept=True",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_arguments_that_do_not_fit(case):
    changed, message = REFUSED[case]
    arguments = {"y": COUNTS, **changed}
    with pytest.raises((TypeError, ValueError), match=message):
        PolyaGammaNegativeBinomial(X, **arguments)


@pytest.mark.parametrize("law", [HalfNormal, lambda x: Gamma(x, 1.0), lambda x: InverseGamma(1.0, x)])
@pytest.mark.parametrize("value", [0.0, -1.0, np.inf, np.nan, "1"])
def test_priors_with_parameters_that_are_not_positive(law, value):
    with pytest.raises((TypeError, ValueError), match=r"(sigma|shape|scale) must"):
        law(value)


@pytest.mark.parametrize(
    "kernel", ["auto", *(pytest.param(kernel, marks=pytest.mark.slow) for kernel in ("gibbs", "hmc"))]
)
def test_calibration(kernel):
    """Parameters from the prior have uniform ranks among the draws of their posteriors (Talts et al. 2018).

    160 repetitions, 31 draws thinned by 4 (gibbs: 12), ranks in 8 bins; the least p-value of four chi-square
    tests is below 1e-7 with probability 4e-7 at most.
    """
    rng = np.random.default_rng(5)
    design = np.random.default_rng(6).standard_normal((12, 1))
    priors = {"prior": Normal(0, 0.7), "intercept_prior": Normal(0.5, 1), "dispersion_prior": Gamma(2, 1)}
    thin, ranks = 12 if kernel == "gibbs" else 4, []
    for repetition in range(160):
        truth = np.array([rng.normal(0.5, 1), rng.normal(0, 0.7), rng.gamma(2)])
        mean = np.exp(truth[0] + truth[1] * design[:, 0])
        y = rng.poisson(mean * rng.gamma(truth[2], 1 / truth[2], 12))
        idata = PolyaGammaNegativeBinomial(design, y, **priors).sample(
            31, tune=150, chains=1, thin=thin, kernel=kernel, random_seed=repetition, progressbar=False
        )
        draws = np.column_stack([flat(idata, "intercept"), flat(idata, "beta"), flat(idata, "r")])
        log_y = log_counts(y[0], draws[:, 0] + draws[:, 1] * design[0, 0], draws[:, 2])
        own = log_counts(y[0], truth[0] + truth[1] * design[0, 0], truth[2])
        ranks.append(np.append((draws < truth).sum(axis=0), (log_y < own).sum()))
    for rank in np.array(ranks).T:
        counts = np.bincount(rank // 4, minlength=8)
        assert ((counts - 20.0) ** 2 / 20).sum() < chi2.isf(1e-7, 7)
