"""Spike-and-slab priors: what users pass, what is refused, what traces tell."""

import arviz as az
import numpy as np
import pandas as pd
import pytest
from chain_statistics import LIMIT
from scipy.sparse import csr_array
from scipy.special import betaln, expit
from scipy.stats import binom, norm, t

from polyagamma import (
    Beta,
    Exponential,
    HalfNormal,
    HalfT,
    Normal,
    PolyaGammaClassifier,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
    SpikeAndSlab,
    select_columns,
    shrinkage_factors,
)

RNG = np.random.default_rng(7)
X = pd.DataFrame(RNG.standard_normal((120, 5)) * [1, 2, 3, 1, 1], columns=["a", "b", "c", "d", "e"])
SD = X.std(ddof=0).to_numpy()
Y = (RNG.random(120) < expit(2.5 * X["a"])).to_numpy().astype(int)
CLASSES = np.arange(120) % 3
pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")


def core_arrays(prior, **options):
    return PolyaGammaLogistic(X, Y, prior=prior, **options)._specification.term.prior.core().arrays


def test_numbers_of_the_prior():
    assert core_arrays(SpikeAndSlab())["inclusion"].tolist() == [1.0, 1.0]
    assert core_arrays(SpikeAndSlab(expected=2))["inclusion"] == pytest.approx([1.0, 1.5])  # of mean 2/5
    assert core_arrays(SpikeAndSlab(expected=2, unshrunk=["e"]))["inclusion"] == pytest.approx([1.0, 1.0])
    assert core_arrays(SpikeAndSlab(inclusion=0.2))["inclusion"].tolist() == [0.2]
    assert core_arrays(SpikeAndSlab(inclusion=Beta(2, 7)))["inclusion"].tolist() == [2.0, 7.0]
    assert core_arrays(SpikeAndSlab())["slab"].tolist() == [2.5]
    assert core_arrays(SpikeAndSlab(slab=HalfNormal(2)))["slab"].tolist() == [0.0, 0.0, 2.0]
    assert core_arrays(SpikeAndSlab(slab=HalfT(3, 2)))["slab"].tolist() == [1.0, 3.0, 2.0]
    assert core_arrays(SpikeAndSlab(slab=Exponential(2)))["slab"].tolist() == [2.0, 0.0, 0.5]


def test_columns_and_units():
    arrays = core_arrays(SpikeAndSlab(unshrunk=["b"], unshrunk_prior=Normal(0.5, 2)))
    assert arrays["spiked"].tolist() == [0, 1, 0, 1, 1, 1]
    np.testing.assert_allclose(arrays["unit"], [0.1, SD[0], 1 / 2, *SD[2:]])
    assert arrays["mean"].tolist() == [0, 0, 0.5, 0, 0, 0]
    assert core_arrays(SpikeAndSlab(standardized=False))["unit"][1:].tolist() == [1.0] * 5


def test_a_trace_says_which_coefficients_are_not_zero():
    model = PolyaGammaLogistic(X, Y, prior=SpikeAndSlab(expected=1))
    posterior = model.sample(300, random_seed=1, progressbar=False).posterior
    assert set(posterior.data_vars) == {"intercept", "beta", "pi", "included"}
    assert posterior["included"].dims == ("chain", "draw", "feature")
    np.testing.assert_array_equal(posterior["included"], posterior["beta"] != 0)
    share = posterior["included"].mean(("chain", "draw"))
    assert share.sel(feature="a") == 1
    assert (share.sel(feature=["b", "c", "d", "e"]) < 0.5).all()
    assert abs(posterior["beta"].mean(("chain", "draw")).sel(feature="a") - 2.5) < 1
    assert posterior.attrs["kernel"] == "gibbs"


def test_names_where_columns_are_never_zero_and_the_slab_is_sampled():
    prior = SpikeAndSlab(inclusion=0.3, slab=HalfT(3, 1), unshrunk=["b"])
    posterior = (
        PolyaGammaLogistic(X, Y, prior=prior, intercept=False)
        .sample(150, random_seed=1, progressbar=False)
        .posterior
    )
    assert set(posterior.data_vars) == {"beta", "tau", "included"}
    assert posterior["shrunk_feature"].to_numpy().tolist() == ["a", "c", "d", "e"]
    assert posterior["tau"].dims == ("chain", "draw")
    assert (posterior["beta"].sel(feature="b") != 0).all()


def test_runs_where_the_data_decide_end_without_advice(recwarn):
    y = (X["a"] + 0.3 * np.random.default_rng(3).logistic(size=120) > 0).to_numpy()
    prior = SpikeAndSlab(inclusion=Beta(1, 1), slab=1.0, unshrunk=["c", "d", "e"])
    idata = PolyaGammaLogistic(X, y, prior=prior).sample(1000, random_seed=1, progressbar=False)
    assert (idata.posterior["included"].sel(shrunk_feature="a") == 1).all()
    assert not list(recwarn)


def test_columns_that_are_alike_share_their_effect_evenly():
    """Effects jump between them: by symmetry both are in as often. 4 x 2000 draws, |z| < 5.5 in MCSE.

    Neither both nor none of them are in but once in thousands of sweeps.
    """
    rng = np.random.default_rng(4)
    x = rng.standard_normal(200)
    twins = np.column_stack([x, x, rng.standard_normal((200, 3))])
    y = rng.random(200) < expit(1.5 * x)
    model = PolyaGammaLogistic(twins, y, prior=SpikeAndSlab(inclusion=1e-4))
    included = model.sample(2000, random_seed=5, progressbar=False).posterior["included"].to_numpy()
    difference = included[..., 0] - included[..., 1]
    assert (included[..., :2].sum(axis=-1) >= 1).all()
    assert az.ess(difference) > 1000
    assert abs(difference.mean()) < LIMIT * az.mcse(difference, method="mean")


def test_draws_of_the_prior():
    """Shares of what is in, and the distribution of tau: 20,000 draws, within six standard errors."""
    prior = SpikeAndSlab(inclusion=Beta(2, 3), slab=HalfT(4, 0.5), unshrunk=["e"])
    draws = PolyaGammaLogistic(X, Y, prior=prior).sample_prior_predictive(20_000, random_seed=2).prior
    error = 6 * np.sqrt(0.4 * 0.6 / 20_000)
    assert np.abs(draws["included"].mean(("chain", "draw")) - 0.4).max() < error
    assert abs((draws["tau"] < 0.5 * t.ppf(0.75, 4)).mean() - 0.5) < 6 * 0.5 / np.sqrt(20_000)
    beta = draws["beta"].to_numpy() * SD
    np.testing.assert_array_equal(beta[..., :4] != 0, draws["included"])
    z = (beta[..., :4] / draws["tau"].to_numpy()[..., np.newaxis])[beta[..., :4] != 0]
    assert abs((z**2).mean() - 1) < 6 * np.sqrt(2 / z.size)
    pairs = (draws["included"][..., 0] * draws["included"][..., 1]).mean()
    assert abs(pairs - 2 * 3 / (5 * 6)) < 6 * np.sqrt(0.2 * 0.8 / 20_000)


REFUSED = {
    "zero": (SpikeAndSlab(expected=0), ValueError, r"prior.expected must be positive, got 0"),
    "too many": (
        SpikeAndSlab(expected=5),
        ValueError,
        r"prior.expected must be below the number of columns that are shrunk, 5, got 5: .* or inclusion=",
    ),
    "both": (
        SpikeAndSlab(expected=1, inclusion=0.2),
        ValueError,
        r"prior takes expected or inclusion, got both \(1, 0.2\)",
    ),
    "certain": (
        SpikeAndSlab(inclusion=1),
        ValueError,
        r"prior.inclusion must be above 0 and below 1, got 1: pass the probability .*, or unshrunk=",
    ),
    "impossible": (SpikeAndSlab(inclusion=0.0), ValueError, r"prior.inclusion must be above 0 and below 1"),
    "text": (SpikeAndSlab(inclusion="rare"), TypeError, r"prior.inclusion must be"),
    "negative": (SpikeAndSlab(slab=-1), ValueError, r"prior.slab must be positive, got -1"),
    "slab": (
        SpikeAndSlab(slab=Normal()),
        TypeError,
        r"prior.slab must be a positive number, HalfT, HalfNormal or Exponential, got .*: pass 2.5, or",
    ),
    "infinite": (SpikeAndSlab(slab=np.inf), ValueError, r"prior.slab must be finite"),
    "all": (SpikeAndSlab(unshrunk=list("abcde")), ValueError, r"prior.unshrunk must leave columns"),
    "unknown": (SpikeAndSlab(unshrunk=["z"]), ValueError, r"prior.unshrunk must have names of columns"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    prior, kind, message = REFUSED[case]
    with pytest.raises(kind, match=message):
        PolyaGammaLogistic(X, Y, prior=prior)


@pytest.mark.parametrize("numbers", [(0, 1), (1, -1), (1, 1e7), ("a", 1)])
def test_beta_priors_that_are_none(numbers):
    with pytest.raises((TypeError, ValueError), match=r"(alpha|beta) must be"):
        Beta(*numbers)


def test_models_that_cannot_have_it():
    for model in (PolyaGammaMultinomial, PolyaGammaSequential):
        with pytest.raises(ValueError, match=r"prior must be no SpikeAndSlab where rows have several linear"):
            model(X, CLASSES, prior=SpikeAndSlab())
    with pytest.raises(ValueError, match=r"for a sparse X, Normal or .* got SpikeAndSlab"):
        PolyaGammaLogistic(csr_array(X.to_numpy()), Y, prior=SpikeAndSlab())
    model = PolyaGammaLogistic(X, Y, prior=SpikeAndSlab())
    with pytest.raises(ValueError, match=r"kernel='hmc' needs coefficients that can move a little"):
        model.sample(10, kernel="hmc", random_seed=1, progressbar=False)
    with pytest.raises(ValueError, match=r"needs a prior without scales to sample, got SpikeAndSlab"):
        model.fit()
    for of_scales in (shrinkage_factors, select_columns):
        with pytest.raises(TypeError, match=r"got PolyaGammaLogistic with SpikeAndSlab: read 'included'"):
            of_scales(model, None)


def test_initial_values_are_coefficients():
    model = PolyaGammaLogistic(X, Y, prior=SpikeAndSlab(expected=1))
    start = {"intercept": 0.5, "beta": np.array([2.0, 0.0, 0.1, 0.0, 0.0])}
    idata = model.sample(100, initvals=start, random_seed=1, progressbar=False)
    assert idata.posterior.sizes["draw"] == 100


def log_prior(prior, posterior):
    """Log density of coefficients that are in, log tau and logit pi, and log probability of the set."""
    beta, included = posterior["beta"].to_numpy(), posterior["included"].to_numpy()
    q, p = included.sum(axis=-1), included.shape[-1]
    tau = posterior["tau"].to_numpy() if "tau" in posterior else np.full(q.shape, prior.slab)
    slab = norm.logpdf(beta, 0, tau[..., np.newaxis] / SD)
    total = np.where(included == 1, slab, 0.0).sum(axis=-1)
    total += norm.logpdf(posterior["intercept"] + (beta * X.mean().to_numpy()).sum(axis=-1), 0, 10)
    if "tau" in posterior:
        total += np.log(2 * t.pdf(tau, 3)) + np.log(tau)
    if "pi" not in posterior:
        return total + q * np.log(prior.inclusion) + (p - q) * np.log1p(-prior.inclusion)
    pi = posterior["pi"].to_numpy()
    a, b = prior.inclusion.alpha + q, prior.inclusion.beta + p - q
    normalizer = betaln(prior.inclusion.alpha, prior.inclusion.beta)
    return total + a * np.log(pi) + b * np.log1p(-pi) - normalizer


@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
@pytest.mark.parametrize(
    "prior",
    [SpikeAndSlab(inclusion=0.3, slab=1.5), SpikeAndSlab(inclusion=Beta(2, 3), slab=HalfT(3, 1))],
    ids=["known", "sampled"],
)
def test_lp_is_the_log_density(prior, kernel):
    idata = PolyaGammaLogistic(X, Y, prior=prior).sample(100, kernel=kernel, random_seed=4, progressbar=False)
    posterior = idata.posterior
    eta = posterior["intercept"].to_numpy()[..., np.newaxis] + posterior["beta"].to_numpy() @ X.to_numpy().T
    exact = binom.logpmf(Y, 1, expit(eta)).sum(axis=-1) + log_prior(prior, posterior)
    np.testing.assert_allclose(idata.sample_stats["lp"], exact, rtol=1e-9)


def test_counts_take_it():
    y = np.random.default_rng(6).poisson(np.exp(0.5 + X["a"]))
    model = PolyaGammaNegativeBinomial(X, y, prior=SpikeAndSlab(expected=1))
    posterior = model.sample(200, random_seed=1, progressbar=False).posterior
    assert (posterior["included"].mean(("chain", "draw")) > 0.5).to_numpy().tolist() == [True] + [False] * 4
    assert posterior["r"].dims == ("chain", "draw")


def test_estimators_take_it():
    classifier = PolyaGammaClassifier(prior=SpikeAndSlab(expected=1), draws=100, random_state=1)
    assert classifier.set_params(prior__expected=2).fit(X, Y).prior.expected == 2
    assert classifier.score(X, Y) > 0.7
