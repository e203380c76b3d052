"""Extremes of scale: what double precision cannot square or add is refused, by the name of the argument."""

import numpy as np
import pytest

from polyagamma import (
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
@pytest.mark.parametrize("value", [1e-320, 1e-200, 1e-101, 1.1e30, 1e100, 1e308])
def test_weights_beyond_double_precision(kind, value):
    with pytest.raises(ValueError, match=r"weights must be from 1e-100 to 1e\+30, got weights\[3\]"):
        MODELS[kind](X, Y, weights=np.where(np.arange(60) == 3, value, 1.0))


@pytest.mark.parametrize("kind", SHARED_OFFSETS)
@pytest.mark.parametrize("value", [1.1e12, -1e13, 1e16, 1e18, -1e300])
def test_offsets_beyond_double_precision(kind, value):
    with pytest.raises(ValueError, match=r"offset must be at most 1e\+12 in size, got offset\[5\]"):
        MODELS[kind](X, Y, offset=np.where(np.arange(60) == 5, value, 0.0))
    assert MODELS[kind](X, Y, offset=1e3) is not None


@pytest.mark.parametrize("value", [2.0**54, 1e20, 1e300])
@pytest.mark.parametrize("kind", ["logistic", "gp"])
def test_trials_beyond_whole_numbers(kind, value):
    with pytest.raises(ValueError, match=r"trials must be at most 2\*\*53"):
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
