"""Shrinkage priors: what users pass, what is refused, and what traces tell."""

import arviz as az
import numpy as np
import pandas as pd
import pytest

from polyagamma import (
    Bridge,
    Horseshoe,
    Laplace,
    Normal,
    PolyaGammaClassifier,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    RegularizedHorseshoe,
    Ridge,
    StudentT,
    select_columns,
    shrinkage_factors,
)

RNG = np.random.default_rng(7)
X = pd.DataFrame(RNG.standard_normal((120, 5)) * [1, 2, 3, 1, 1], columns=["a", "b", "c", "d", "e"])
Y = (RNG.random(120) < 1 / (1 + np.exp(-2.5 * X["a"]))).to_numpy().astype(int)
GROUPS = {"first": ["a", "b"], "second": ["c", "d"]}
pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")


def core_arrays(prior, **options):
    return PolyaGammaLogistic(X, Y, prior=prior, **options)._specification.term.prior.core().arrays


def test_the_expected_number_sets_the_scale():
    """P0/(p − p0) · 2/√n; rows of several trials count as so many, and as many as their weights say."""
    odds = 2 / (5 - 2)
    assert core_arrays(Horseshoe(expected=2))["tau0"] == pytest.approx(odds * 2 / np.sqrt(120))
    prior = RegularizedHorseshoe(expected=1.5, unshrunk=["e"], groups=GROUPS)
    assert core_arrays(prior)["tau0"] == pytest.approx([1.5 / 2.5 * 2 / np.sqrt(120)] * 2)
    heavy = core_arrays(Horseshoe(expected=2), trials=2, weights=3.0)["tau0"]
    assert heavy == pytest.approx(odds * 2 / np.sqrt(720))
    counts = PolyaGammaNegativeBinomial(X, Y, prior=Horseshoe(expected=2))
    assert counts._specification.term.prior.core().arrays["tau0"] == pytest.approx(odds / np.sqrt(120))


def test_columns_and_groups():
    prior = Laplace(scale={"first": 0.5, "second": 2.0}, groups=GROUPS, unshrunk=["e"])
    arrays = core_arrays(prior)
    assert arrays["group"].tolist() == [-1, 0, 0, 1, 1, -1]
    assert arrays["tau0"].tolist() == [0.5, 2.0]
    sd = X.std(ddof=0).to_numpy()
    np.testing.assert_allclose(arrays["unit"][1:5], sd[:4])
    np.testing.assert_allclose(arrays["unit"][5], sd[4] / 2.5)
    assert core_arrays(Laplace(standardized=False))["unit"][1:].tolist() == [1.0] * 5


def test_a_categorical_column_stands_for_its_indicators():
    frame = X[["a"]].assign(color=pd.Categorical(np.arange(120) % 3, categories=[0, 1, 2]))
    model = PolyaGammaLogistic(frame, Y, prior=Horseshoe(unshrunk=["color"]))
    assert model._specification.term.prior.core().arrays["group"].tolist() == [-1, 0, -1, -1]


@pytest.mark.parametrize(("tune", "least"), [(50, 300), (400, 1900)])
def test_tau_mixes_as_the_coefficients_do(tune, least):
    """Effective draws of log tau, of 4 x 1000; before it moved with its scales there were 900 and 1000.

    After a warm-up too short for proposals from anywhere it is drawn given coefficients too: 20 if not.
    """
    rng = np.random.default_rng(3)
    Z = rng.standard_normal((1000, 100))
    y = rng.random(1000) < 1 / (1 + np.exp(-Z[:, :10] @ rng.normal(scale=1.5, size=10)))
    model = PolyaGammaLogistic(Z, y, prior=RegularizedHorseshoe(expected=10))
    posterior = model.sample(tune=tune, random_seed=1, progressbar=False).posterior
    assert float(az.ess(np.log(posterior["tau"]))["tau"]) > least


def test_traces_name_scales():
    prior = RegularizedHorseshoe(expected=1, slab_df=4, groups=GROUPS, unshrunk=["e"])
    idata = PolyaGammaLogistic(X, Y, prior=prior).sample(150, random_seed=1, progressbar=False)
    posterior = idata.posterior
    assert posterior["tau"].dims == ("chain", "draw", "group")
    assert posterior["group"].to_numpy().tolist() == ["first", "second"]
    assert posterior["slab"].dims == ("chain", "draw")
    assert posterior["shrunk_feature"].to_numpy().tolist() == ["a", "b", "c", "d"]
    assert posterior.attrs["scale_updates"] == "surrogate transition"
    plain = PolyaGammaLogistic(X, Y, prior=StudentT()).sample(150, random_seed=1, progressbar=False)
    assert plain.posterior["lam"].dims == ("chain", "draw", "feature")
    assert (
        "lam" not in PolyaGammaLogistic(X, Y, prior=Ridge()).sample_prior_predictive(2, random_seed=1).prior
    )


def test_without_an_intercept_the_first_column_may_be_left_unshrunk():
    model = PolyaGammaLogistic(X, Y, prior=Horseshoe(expected=1, unshrunk=["a"]), intercept=False)
    posterior = model.sample(100, random_seed=1, progressbar=False).posterior
    assert posterior["lam"]["shrunk_feature"].to_numpy().tolist() == ["b", "c", "d", "e"]


def test_what_matters_is_left_and_the_rest_is_not():
    model = PolyaGammaLogistic(X, Y, prior=RegularizedHorseshoe(expected=1))
    idata = model.sample(500, random_seed=2, progressbar=False)
    factors = shrinkage_factors(model, idata)
    kappa = factors["kappa"].mean(("chain", "draw"))
    assert kappa.sel(feature="a") < 0.1
    assert (kappa.sel(feature=["b", "c", "d", "e"]) > 0.5).all()
    np.testing.assert_allclose(factors["m_eff"], (1 - factors["kappa"]).sum("feature"))
    assert abs(idata.posterior["beta"].mean(("chain", "draw")).sel(feature="a") - 2.5) < 1


@pytest.mark.parametrize("standardized", [True, False])
def test_factors_follow_from_the_scales(standardized):
    """Kappa = 1 / (1 + n/4 s² v), with s² v that of standardized predictors."""
    prior = RegularizedHorseshoe(slab_scale=1.2, standardized=standardized)
    model = PolyaGammaLogistic(X, Y, prior=prior)
    idata = model.sample(100, random_seed=3, progressbar=False)
    lam, tau = idata.posterior["lam"], idata.posterior["tau"]
    v = 1 / (1 / (tau * lam) ** 2 + 1 / 1.2**2)
    s = 1.0 if standardized else X.std(ddof=0).to_numpy()
    expected = (1 / (1 + 120 / 4 * s**2 * v)).transpose("chain", "draw", "feature")
    np.testing.assert_allclose(shrinkage_factors(model, idata)["kappa"], expected)


def test_factors_of_classes_and_of_ridges():
    y = np.arange(120) % 3
    for prior in (Ridge(groups=GROUPS, unshrunk=["e"]), Horseshoe(expected=1)):
        model = PolyaGammaMultinomial(X, y, prior=prior, parametrization="baseline")
        idata = model.sample(100, random_seed=3, progressbar=False)
        factors = shrinkage_factors(model, idata)
        assert factors["kappa"].shape[:3] == (4, 100, 2)
        assert factors["m_eff"].dims == ("chain", "draw")
    with pytest.raises(TypeError, match=r"model must have a shrinkage prior, got PolyaGammaLogistic without"):
        shrinkage_factors(PolyaGammaLogistic(X, Y), idata)
    with pytest.raises(KeyError, match=r"idata has no 'tau'"):
        shrinkage_factors(model, PolyaGammaLogistic(X, Y).sample(100, random_seed=1, progressbar=False))


@pytest.mark.parametrize("standardized", [True, False])
def test_selected_columns_are_those_of_the_definition(standardized):
    prior = RegularizedHorseshoe(expected=1, unshrunk=["c"], standardized=standardized)
    model = PolyaGammaLogistic(X, Y, prior=prior)
    idata = model.sample(200, tune=100, chains=2, random_seed=1, progressbar=False)
    names = ["a", "b", "d", "e"]
    sd = X[names].std(ddof=0).to_numpy()
    unit, h = (sd, 120 / 4) if standardized else (1.0, 120 / 4 * sd**2)
    b = idata.posterior["beta"].sel(feature=names).to_numpy() * unit
    selected = select_columns(model, idata)
    kept = np.abs(b) ** 3 * h > 1
    assert 0 < kept.mean() < 1
    assert selected["beta"]["feature"].to_numpy().tolist() == names
    np.testing.assert_allclose(selected["inclusion"], kept.mean(axis=(0, 1)))
    mean = b.mean(axis=(0, 1))
    expected = np.sign(mean) * np.maximum(np.abs(mean) - 1 / (h * mean**2), 0) / unit
    np.testing.assert_allclose(selected["beta"], expected, rtol=1e-10)
    with pytest.raises(TypeError, match="model must have a shrinkage prior"):
        select_columns(PolyaGammaLogistic(X, Y), idata)


def test_selected_columns_of_classes():
    model = PolyaGammaMultinomial(
        X, np.arange(120) % 3, prior=Horseshoe(expected=1), parametrization="baseline"
    )
    idata = model.sample(100, random_seed=3, progressbar=False)
    selected = select_columns(model, idata)
    assert selected["beta"].dims == idata.posterior["beta"].dims[2:]
    assert selected["inclusion"].shape == (2, 5)


def test_draws_of_the_prior():
    """Medians of half-Cauchy scales, of the slab and of lam: 20,000 draws, within six standard errors."""
    prior = RegularizedHorseshoe(scale=0.3, slab_scale=2, slab_df=4)
    draws = PolyaGammaLogistic(X, Y, prior=prior).sample_prior_predictive(20_000, random_seed=2).prior
    error = 6 * np.pi / 2 / np.sqrt(20_000)
    assert abs(np.median(draws["tau"]) / 0.3 - 1) < error
    assert abs(np.median(draws["lam"][..., 0]) - 1) < error
    assert np.abs(draws["beta"] * X.std(ddof=0).to_numpy() / draws["slab"]).max() < 6
    bridge = PolyaGammaLogistic(X, Y, prior=Bridge(0.5, scale=1)).sample_prior_predictive(4000, random_seed=3)
    x = np.abs(bridge.prior["beta"] * X.std(ddof=0).to_numpy() / bridge.prior["tau"]).to_numpy() ** 0.5
    assert abs(x.mean() / 2 - 1) < 6 / np.sqrt(2 * x.size)  # a gamma variable of shape 2


REFUSED = {
    "negative": (Horseshoe(expected=-1), ValueError, r"prior.expected must be positive, got -1"),
    "too many": (
        Horseshoe(expected=5),
        ValueError,
        r"prior.expected must be below the number of columns that are shrunk, 5, got 5: pass how many",
    ),
    "both": (Horseshoe(expected=1, scale=1), ValueError, r"prior takes expected or scale, got both \(1, 1\)"),
    "scale": (Laplace(scale=0.0), ValueError, r"prior.scale must be positive, got 0"),
    "scale for groups": (Laplace(scale={"u": 1}), ValueError, r"prior.scale needs groups="),
    "unknown": (
        Horseshoe(unshrunk=["z"]),
        ValueError,
        r"prior.unshrunk must have names of columns, such as \['a', .*\], got 'z'",
    ),
    "one name": (Horseshoe(unshrunk="a"), TypeError, r"prior.unshrunk must be a list of names, got 'a'"),
    "twice": (Horseshoe(unshrunk=["a", "a"]), ValueError, r"prior.unshrunk must name each column once"),
    "all": (Horseshoe(unshrunk=list("abcde")), ValueError, r"prior.unshrunk must leave columns"),
    "no mapping": (Ridge(groups=["a"]), TypeError, r"prior.groups must be a mapping of names of groups"),
    "overlap": (
        Ridge(groups={"u": list("abcde"), "v": ["a"]}),
        ValueError,
        r"prior.groups must have each column once, got 'a' in 'u' and 'v'",
    ),
    "uncovered": (
        Ridge(groups=GROUPS),
        ValueError,
        r"prior.groups must have all columns that are shrunk, got none with \['e'\]: add them to a group, or",
    ),
    "unshrunk in a group": (
        Ridge(groups={"u": list("abcde")}, unshrunk=["a"]),
        ValueError,
        r"prior.groups must have shrunk columns, got 'a' of unshrunk in 'u'",
    ),
    "exponent": (
        Bridge(2.0),
        ValueError,
        r"prior.exponent must be at least 0.1 and below 2, got 2: pass Ridge",
    ),
    "no exponent": (Bridge(0.0), ValueError, r"prior.exponent must be at least 0.1 and below 2, got 0"),
    "degrees": (StudentT(0), ValueError, r"prior.nu must be at least 0.1 and below 1000000, got 0"),
    "slab": (RegularizedHorseshoe(slab_scale=-2), ValueError, r"prior.slab_scale must be at least 1e-50"),
    "slab degrees": (RegularizedHorseshoe(slab_df=0), ValueError, r"prior.slab_df must be positive, got 0"),
    "unshrunk prior": (
        Horseshoe(unshrunk_prior=2.5),
        TypeError,
        r"prior.unshrunk_prior must be Normal, got 2.5: pass for example Normal\(0, 2.5\)",
    ),
    "standardized": (Horseshoe(standardized="no"), TypeError, r"prior.standardized must be True or False"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    prior, kind, message = REFUSED[case]
    with pytest.raises(kind, match=message):
        PolyaGammaLogistic(X, Y, prior=prior)


def test_what_classes_cannot_have():
    y = np.arange(120) % 3
    with pytest.raises(
        ValueError, match=r"prior must be Normal or MvNormal with parametrization='symmetric'"
    ):
        PolyaGammaMultinomial(X, y, prior=Horseshoe())
    model = PolyaGammaMultinomial(X, y, prior=Horseshoe(), parametrization="baseline")
    with pytest.raises(ValueError, match=r"kernel='hmc' needs priors without scales"):
        model.sample(10, kernel="hmc", random_seed=1, progressbar=False)


def test_initial_values_are_coefficients():
    model = PolyaGammaLogistic(X, Y, prior=Horseshoe(expected=1), intercept_prior=Normal())
    start = {"intercept": 0.5, "beta": np.array([2.0, 0.0, 0.1, 0.0, 0.0])}
    idata = model.sample(100, initvals=start, random_seed=1, progressbar=False)
    assert idata.posterior.sizes["draw"] == 100


def log_joint(prior, posterior):
    """Log density of data, coefficients and logarithms of scales, but for a constant, from definitions."""
    sd = X.std(ddof=0).to_numpy()
    beta, tau = posterior["beta"].to_numpy() * sd, posterior["tau"].to_numpy()[..., np.newaxis]
    eta = posterior["intercept"].to_numpy()[..., np.newaxis] + posterior["beta"].to_numpy() @ X.to_numpy().T
    centre = posterior["intercept"].to_numpy() + posterior["beta"].to_numpy() @ X.mean().to_numpy()
    total = (Y * eta - np.logaddexp(0, eta)).sum(axis=-1) - 0.5 * (centre / 10) ** 2
    total += (np.log(tau) - np.log1p(tau**2))[..., 0]
    if isinstance(prior, Bridge):
        return total - (np.abs(beta / tau) ** prior.exponent + np.log(tau)).sum(axis=-1)
    lam = posterior["lam"].to_numpy() if "lam" in posterior else 1.0
    precision = 1 / (tau * lam) ** 2
    if isinstance(prior, RegularizedHorseshoe):
        slab = posterior["slab"].to_numpy()[..., np.newaxis]
        precision = precision + 1 / slab**2
        total += (-4 * np.log(slab) - 2 * prior.slab_scale**2 / slab**2)[..., 0]  # of log c, 4 degrees
    total += 0.5 * (np.log(precision) - precision * beta**2).sum(axis=-1)
    match prior:
        case Horseshoe() | RegularizedHorseshoe():
            total += (np.log(lam) - np.log1p(lam**2)).sum(axis=-1)
        case Laplace():
            total += (2 * np.log(lam) - 0.5 * lam**2).sum(axis=-1)
        case StudentT():
            total += (-prior.nu * np.log(lam) - 0.5 * prior.nu / lam**2).sum(axis=-1)
    return total


@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
@pytest.mark.parametrize(
    "prior",
    [Ridge(), Laplace(), StudentT(3), Bridge(0.5), Horseshoe(), RegularizedHorseshoe(slab_df=4)],
    ids=lambda prior: type(prior).__name__,
)
def test_lp_is_the_log_density(prior, kernel):
    idata = PolyaGammaLogistic(X, Y, prior=prior).sample(100, kernel=kernel, random_seed=4, progressbar=False)
    difference = idata.sample_stats["lp"].to_numpy() - log_joint(prior, idata.posterior)
    assert np.ptp(difference) < 1e-6


def test_estimators_take_shrinkage_priors():
    classifier = PolyaGammaClassifier(prior=RegularizedHorseshoe(expected=1), draws=100, random_state=1)
    assert classifier.set_params(prior__expected=2).fit(X, Y).prior.expected == 2
    assert classifier.score(X, Y) > 0.7
    with pytest.raises(
        ValueError, match=r"prior must be Normal or MvNormal with param.*'symmetric', got Ridge"
    ):
        PolyaGammaClassifier(prior=Ridge(), random_state=1).fit(X, np.arange(120) % 3)
