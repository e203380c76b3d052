"""Extremes of scale: what double precision cannot square or add is refused, by the name of the argument."""

import numpy as np
import pytest

from polyagamma import (
    Gamma,
    HalfNormal,
    InverseGamma,
    Normal,
    PolyaGamma,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
    polyagamma_cdf,
    polyagamma_laplace,
    polyagamma_mean,
    polyagamma_pdf,
    polyagamma_var,
)

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(2)
X = RNG.standard_normal((60, 2))
Y = (RNG.random(60) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
THREE = Y + (X[:, 1] > 0.5)
MODELS = {
    "logistic": PolyaGammaLogistic,
    "counts": PolyaGammaNegativeBinomial,
    "gp": PolyaGammaGP,
    "multinomial": lambda X, _, **more: PolyaGammaMultinomial(X, THREE, **more),
    "sequential": lambda X, _, **more: PolyaGammaSequential(X, THREE, **more),
}
LINEAR = ("logistic", "counts", "multinomial", "sequential")
SHARED_OFFSETS = [kind for kind in MODELS if kind != "multinomial"]  # where they would cancel
SETTINGS = {"tune": 100, "chains": 1, "random_seed": 1, "progressbar": False}
every_model = pytest.mark.parametrize("kind", MODELS)


@every_model
@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-200, 1e-170, 1e-151, 1e151, 1e160, 1e200, 1e300])
def test_columns_that_cannot_be_squared_are_named(kind, scale):
    rows = np.column_stack([X[:, 0], scale * np.sign(X[:, 1])])
    message = rf"X must have columns .* got {scale:.3g} as the largest of 'dose': scale that column".replace(
        "+", r"\+"
    )
    names = {"feature_names": ["age", "dose"]}
    with pytest.raises(ValueError, match=message):
        MODELS[kind](rows, Y, **names)


@pytest.mark.parametrize("kind", LINEAR)
@pytest.mark.parametrize("scale", [1e-140, 1e-100, 1e-30, 1e30, 1e100, 1e140])
def test_the_scale_of_a_column_is_that_of_its_coefficient(kind, scale):
    """The same draws to rounding, whatever the unit: priors are of standardised predictors."""
    one, other = (MODELS[kind](X * [unit, 1.0], Y).sample(50, **SETTINGS) for unit in (1.0, scale))
    expected = one.posterior["beta"].to_numpy() / [scale, 1.0]
    np.testing.assert_allclose(other.posterior["beta"].to_numpy(), expected, rtol=1e-6)


@every_model
@pytest.mark.parametrize("value", [1e-320, 1e-200, 1e-101, 1.1e12, 1e15, 1e30, 1e308])
def test_weights_beyond_double_precision(kind, value):
    with pytest.raises(ValueError, match=r"weights must be from 1e-100 to 1e\+12, got weights\[3\]"):
        MODELS[kind](X, Y, weights=np.where(np.arange(60) == 3, value, 1.0))


@pytest.mark.parametrize("kind", SHARED_OFFSETS)
@pytest.mark.parametrize("value", [1.1e12, -1e13, 1e16, 1e18, -1e300])
def test_offsets_beyond_double_precision(kind, value):
    with pytest.raises(ValueError, match=r"offset must be at most 1e\+12 in size, got offset\[5\]"):
        MODELS[kind](X, Y, offset=np.where(np.arange(60) == 5, value, 0.0))
    assert MODELS[kind](X, Y, offset=1e3) is not None


@pytest.mark.parametrize("value", [1.1e12, 1e15, 2.0**54, 1e20, 1e300])
@pytest.mark.parametrize("kind", ["logistic", "gp"])
def test_trials_beyond_double_precision(kind, value):
    with pytest.raises(ValueError, match=r"trials must be at most 1e\+12"):
        MODELS[kind](X, Y, trials=value)


@pytest.mark.parametrize("h", [1e-300, 1.0, 1e5, 1e308])
@pytest.mark.parametrize("z", [0.0, 1.0, 800.0, 1e160, 1e300])
@pytest.mark.parametrize("t", [-1e300, -4.9348, 0.0, 1.0, 1e5, 1e300, np.inf])
def test_functions_raise_nothing_under_strict_error_states(h, z, t):
    with np.errstate(all="raise"):
        for return_log in (False, True):
            polyagamma_laplace(t, h, z, return_log=return_log)
        polyagamma_mean(h, z)
        polyagamma_var(h, z)
        if h < 1e6:
            polyagamma_pdf(abs(t), h, z)
            polyagamma_cdf(abs(t), h, z)


@pytest.mark.parametrize("h", [5e-324, 1e-300, 1.0, 1e308])
@pytest.mark.parametrize("z", [0.0, 1.0, 800.0, 1e160, 1.7e308])
def test_methods_raise_nothing_under_strict_error_states(h, z):
    law = PolyaGamma(h, z)
    with np.errstate(all="raise"):
        assert (np.isfinite(law.mean()), law.std() >= 0, law.var() >= 0) == (True, True, True)
        assert all(value >= 0 for value in law.stats("mvsk"))
        for t in (-np.inf, -1e308, -4.9348, -5e-324, 5e-324, 1e308, np.inf):
            assert law.laplace(t) >= 0
        for function in (polyagamma_laplace, law.laplace):
            assert np.isnan(function(np.nan))


# ---- counts

COUNTS = RNG.poisson(3 * np.exp(0.5 * X[:, 0]))
FLAT = {"prior": Normal(0, 1), "intercept_prior": Normal(0, 1e4)}


@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e-30, 1e-3, 1e3, 1e30, 1e200, 1e300])
def test_the_unit_of_an_exposure_is_that_of_the_intercept(unit, kernel):
    """The same posterior, moved: priors of the intercept are as good as flat here."""
    one, other = (
        PolyaGammaNegativeBinomial(X, COUNTS, exposure=scale * (1 + Y), **FLAT).sample(
            400, **SETTINGS | {"tune": 400}, kernel=kernel
        )
        for scale in (1.0, unit)
    )
    moved = other.posterior["intercept"] + np.log(unit)
    for name, found in (("intercept", moved), ("beta", other.posterior["beta"])):
        expected = one.posterior[name]
        distance = abs(found.mean(("chain", "draw")) - expected.mean(("chain", "draw")))
        assert (distance < 0.5 * expected.std(("chain", "draw"))).all()  # ESS above 100: 5.5 errors at most
    assert np.isfinite(other.posterior["r"]).all()


@pytest.mark.parametrize("exposure", [1e-300, 5e-324, 1e300, 1.7e308])
@pytest.mark.parametrize("offset", [0.0, 300.0, -300.0])
def test_predictions_of_extreme_exposures(exposure, offset):
    """Means may be infinite or zero; probabilities and counts are what they are then."""
    model = PolyaGammaNegativeBinomial(X, COUNTS)
    idata = model.sample(5, **SETTINGS)
    rows = {"exposure": exposure, "offset": offset}
    mean, above = model.predict(idata, X, **rows), model.predict_exceedance(idata, X, 10, **rows)
    y = model.sample_posterior_predictive(idata, X, **rows, random_seed=1).predictions["y"]
    size = np.log(exposure) + offset
    assert ((mean > 1e-3) == (size > 0)).all()
    assert ((above > 0.5) == (size > 0)).all()
    assert ((y > 1) == (size > 0)).all()


@pytest.mark.parametrize("value", [1.1e12, 1e13, 1e15, 2.0**53, 1e20, 1e300])
def test_counts_beyond_double_precision(value):
    with pytest.raises(ValueError, match=r"y must be at most 1e\+12, got .* in row 3: count in larger units"):
        PolyaGammaNegativeBinomial(X, np.where(np.arange(60) == 3, value, COUNTS))


@pytest.mark.parametrize("kernel", ["auto", "hmc", "gibbs"])
@pytest.mark.parametrize("scale", [1e6, 1e9, 3e10])
def test_the_largest_counts(scale, kernel):
    """Counts of a gamma law times a large number: r is its shape, whatever the number.

    1 / r has a posterior standard deviation of about 0.17 of its mean with 60 rows.
    """
    rates = np.random.default_rng(5).gamma(2.0, 0.5, 60)
    settings = SETTINGS | {"tune": 400, "chains": 2}
    fits = [
        PolyaGammaNegativeBinomial(X, np.floor(rates * size), intercept_prior=Normal(np.log(size), 5)).sample(
            400, **settings, kernel=kernel
        )
        for size in (1e6, scale)
    ]
    first, second = (np.log(fit.posterior["r"]) for fit in fits)
    assert abs(float(first.mean() - second.mean())) < 0.5 * float(first.std())
    assert 0.5 * float(first.std()) < float(second.std()) < 2 * float(first.std())


LAWS = {
    "half-normal": lambda scale: HalfNormal(scale),
    "gamma": lambda scale: Gamma(2, scale),
    "inverse gamma": lambda scale: InverseGamma(2, scale),
    "shape": lambda scale: Gamma(scale, 1),
    "shape of 1/r": lambda scale: InverseGamma(scale, 1),
    "known": lambda scale: scale,
}


@pytest.mark.parametrize("scale", [1e-100, 1e-50, 1e-8, 1e8, 1e50, 1e100])
@pytest.mark.parametrize("law", LAWS)
def test_priors_of_the_dispersion_of_any_scale(law, scale):
    """Draws of prior and posterior are positive doubles, or the run says what is too far apart."""
    model = PolyaGammaNegativeBinomial(X, COUNTS, dispersion_prior=LAWS[law](scale))
    prior = model.sample_prior_predictive(20, random_seed=1)
    assert (prior.prior_predictive["y"] >= 0).all()
    groups = [prior.prior]
    try:
        groups.append(model.sample(20, **SETTINGS).posterior)
    except FloatingPointError as error:
        assert "use a narrower prior, also of the dispersion" in str(error)  # noqa: PT017
    for group in groups:
        for values in group.data_vars.values():
            assert np.isfinite(values).all()
        if "r" in group:
            assert (group["r"] > 0).all()
            assert (group["alpha"] > 0).all()


@pytest.mark.parametrize("weight", [1e-100, 1e-30, 1e-3, 1e6, 1e10])
def test_counts_of_any_weight(weight):
    """A weight of 1e-30 leaves the prior; with a large one, posteriors are narrow: sd 0.13 / sqrt(weight)."""
    model = PolyaGammaNegativeBinomial(X, COUNTS, weights=weight, dispersion_prior=2.0)
    intercept = model.sample(400, **SETTINGS | {"tune": 400, "chains": 2}).posterior["intercept"]
    sd = float(intercept.std()) * (np.sqrt(weight) if weight > 1e-3 else 1.0)
    assert (0.05 < sd < 0.4) if weight > 1e-3 else (5 < sd < 20)


WEIGHTED = {
    "logistic": lambda weights: PolyaGammaLogistic(X, Y * 10, trials=1000, weights=weights),
    "gp": lambda weights: PolyaGammaGP(X, Y * 10, trials=1000, weights=weights),
    "multinomial": lambda weights: PolyaGammaMultinomial(X, np.full((60, 3), 300.0), weights=weights),
    "sequential": lambda weights: PolyaGammaSequential(X, np.full((60, 3), 300.0), weights=weights),
    "counts": lambda weights: PolyaGammaNegativeBinomial(X, COUNTS + 900, weights=weights),
}


@pytest.mark.parametrize("kind", WEIGHTED)
@pytest.mark.parametrize("value", [1.2e9, 1e11, 1e12])
def test_weights_and_counts_beyond_double_precision(kind, value):
    """Each of them is small enough, and their product is not."""
    with pytest.raises(ValueError, match=r"weights must be at most 1e\+12 over the counts of their"):
        WEIGHTED[kind](np.where(np.arange(60) == 3, value, 1.0))
    assert WEIGHTED[kind](1e3) is not None
