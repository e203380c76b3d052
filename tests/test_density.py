"""polyagamma_pdf and polyagamma_cdf: values, extremes, shapes, types and errors."""

import doctest
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import polyagamma.density
from polyagamma import PolyaGamma, polyagamma_cdf, polyagamma_mean, polyagamma_pdf, polyagamma_var

REFERENCE = np.genfromtxt(
    Path(__file__).parent / "reference" / "density_reference.csv", delimiter=",", names=True
)
FUNCTIONS = [polyagamma_pdf, polyagamma_cdf]


def error_of_logarithm(found, expected):
    """Absolute error where the logarithm is between -1 and 1 by nature, else relative."""
    return np.abs(found - expected) / np.maximum(1.0, np.abs(expected))


def worst(error):
    """The largest error and where it is, for the message of a failure."""
    i = int(np.argmax(np.where(np.isnan(error), np.inf, error)))
    return f"{error[i]:.2g} at {dict(zip(REFERENCE.dtype.names, REFERENCE[i].tolist(), strict=True))}"


# ---- values: density_reference.csv has 3,377 points of 360 pairs (h, z), computed in 50 and more digits


def test_reference_covers_the_extremes():
    pairs = np.unique(REFERENCE[["h", "z"]])
    assert len(pairs) >= 300
    assert {1e-8, 1e-3, 1, 1.5, 7.3, 50, 100, 1e4, 1e6} <= set(pairs["h"])
    assert {0, 1e-9, 1, 40, 178, 1000, 1e300} <= set(pairs["z"])


def test_density_agrees_with_reference_in_the_bulk():
    """Relative error below 1e-12 within eight standard deviations of the mean (measured: 2e-13)."""
    x, h, z, expected = (REFERENCE[name] for name in ("x", "h", "z", "logpdf"))
    near = np.abs(x - polyagamma_mean(h, z)) <= 8.1 * np.sqrt(polyagamma_var(h, z))
    near &= expected > -700  # not where the law is narrower than the spacing of doubles
    assert near.sum() > 2000
    error = np.where(near, np.abs(polyagamma_pdf(x, h, z, return_log=True) - expected), 0.0)
    assert error.max() < 1e-12, worst(error)
    np.testing.assert_allclose(polyagamma_pdf(x, h, z)[near], np.exp(expected[near]), rtol=1e-12)


def test_log_density_agrees_with_reference_in_the_tails():
    """Error of the logarithm below 1e-12 of its value (measured: 2e-14), where that is below -700 too."""
    found = polyagamma_pdf(REFERENCE["x"], REFERENCE["h"], REFERENCE["z"], return_log=True)
    error = error_of_logarithm(found, REFERENCE["logpdf"])
    assert error.max() < 1e-12, worst(error)
    assert REFERENCE["logpdf"].min() < -1e6


@pytest.mark.parametrize("name", ["logcdf", "logsf"])
def test_log_tails_agree_with_reference(name):
    """Relative error below 1e-11, also of the complement of a tiny tail (measured: 6e-12)."""
    found = getattr(PolyaGamma(REFERENCE["h"], REFERENCE["z"]), name)(REFERENCE["x"])
    expected = REFERENCE[name]
    error = np.where(expected == found, 0.0, np.abs(found - expected) / np.maximum(np.abs(expected), 1e-320))
    assert error.max() < 1e-11, worst(error)


@pytest.mark.parametrize(("name", "logarithm"), [("cdf", "logcdf"), ("sf", "logsf"), ("pdf", "logpdf")])
def test_functions_are_the_exponentials_of_their_logarithms(name, logarithm):
    omega = PolyaGamma(REFERENCE["h"], REFERENCE["z"])
    value = getattr(omega, name)(REFERENCE["x"])
    np.testing.assert_allclose(value, np.exp(getattr(omega, logarithm)(REFERENCE["x"])), rtol=1e-12)


def test_closed_form():
    """PG(1, 0) has P(X <= x) = erfc-series; its density at 1/4 by the theta series, twenty terms."""
    n = np.arange(20)
    x = 0.25
    terms = (-1.0) ** n * (2 * n + 1) / np.sqrt(2 * np.pi * x**3) * np.exp(-((2 * n + 1) ** 2) / (8 * x))
    assert polyagamma_pdf(x) == pytest.approx(terms.sum(), rel=1e-14)


# ---- range, monotonicity, extremes


@pytest.mark.parametrize("z", [0.0, 1e-9, 1.0, 3.5, 40.0, 1000.0])
@pytest.mark.parametrize("h", [1e-8, 1e-3, 0.3, 1.0, 1.001, 7.3, 100.0, 450.0, 1e4, 1e6, 1e12])
def test_distribution_function_is_monotone_and_within_0_and_1(h, z):
    """On 2,000 points from far left to far right; all ways of computing it occur, and where they meet."""
    mean, sd = polyagamma_mean(h, z), polyagamma_var(h, z) ** 0.5
    lowest = min(mean * 1e-3, h * h * 1e-3)
    x = np.union1d(np.linspace(mean - 40 * sd, mean + 100 * sd, 1000), np.geomspace(lowest, 10 * mean, 1000))
    omega = PolyaGamma(h, z)
    lower, upper = omega.cdf(x), omega.sf(x)
    for values in (lower, upper):
        assert values.min() >= 0
        assert values.max() <= 1
    # Adjacent points may be so close that rounding, which is below 1e-12, decides.
    assert np.all(np.diff(lower) >= -1e-12 * lower[1:])
    assert np.all(np.diff(upper) <= 1e-12 * upper[:-1])
    np.testing.assert_allclose(lower + upper, 1.0, rtol=1e-14)


@pytest.mark.parametrize("z", [0.0, -3.0, 1e300])
@pytest.mark.parametrize("h", [1e-8, 1.0, 1e6])
def test_outside_the_support(h, z):
    x = np.array([-np.inf, -1.0, -1e-300, -0.0, 0.0, np.inf, np.nan])
    omega = PolyaGamma(h, z)
    np.testing.assert_array_equal(omega.pdf(x), [0, 0, 0, 0, 0, 0, np.nan])
    np.testing.assert_array_equal(omega.logpdf(x), [*[-np.inf] * 6, np.nan])
    np.testing.assert_array_equal(omega.cdf(x), [0, 0, 0, 0, 0, 1, np.nan])
    np.testing.assert_array_equal(omega.logcdf(x), [*[-np.inf] * 5, 0, np.nan])
    np.testing.assert_array_equal(omega.sf(x), [1, 1, 1, 1, 1, 0, np.nan])
    np.testing.assert_array_equal(omega.logsf(x), [0, 0, 0, 0, 0, -np.inf, np.nan])


def test_no_arguments_are_too_extreme():
    """Logarithms are numbers or -inf, and tails probabilities, for all positive doubles x and h and all z."""
    h = 10.0 ** np.arange(-300, 301, 25)
    z = np.r_[0.0, 10.0 ** np.arange(-300, 301, 25), 178.0, np.finfo(float).max]
    x = np.r_[5e-324, 10.0 ** np.arange(-305, 309, 13), np.finfo(float).max]
    x, h, z = np.meshgrid(x, h, z)
    omega = PolyaGamma(h, z)
    log_density = omega.logpdf(x)
    assert np.all(log_density < np.inf)  # and so not NaN
    for tail in (omega.logcdf(x), omega.logsf(x)):
        assert np.all(tail <= 0)


def test_density_depends_on_the_magnitude_of_the_tilt():
    x, h, z = REFERENCE["x"], REFERENCE["h"], REFERENCE["z"]
    for function in FUNCTIONS:
        np.testing.assert_array_equal(function(x, h, z), function(x, h, -z))


def test_density_is_the_exponential_tilt_of_that_at_zero():
    """f(x | h, z) = cosh(z/2)**h exp(-z**2 x / 2) f(x | h, 0): Polson, Scott & Windle (2013), equation 4."""
    x, h, z = np.meshgrid([0.01, 0.3, 1.0, 4.0], [0.2, 1.0, 3.7], [0.5, 2.0, 6.0])
    tilt = h * np.log(np.cosh(z / 2)) - z**2 * x / 2
    expected = polyagamma_pdf(x, h, 0.0, return_log=True) + tilt
    np.testing.assert_allclose(polyagamma_pdf(x, h, z, return_log=True), expected, rtol=1e-12, atol=1e-12)


# ---- what comes back


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("h", [2.0, 2, True, np.float64(2), np.float32(2), np.int64(2), Fraction(5, 2)])
def test_scalars_give_a_float(function, h):
    value = function(0.5, h, -1)
    assert type(value) is float
    assert value == function(np.array([0.5]), float(h), 1.0)[0]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("x", "h", "z", "shape"),
    [
        (np.array(0.5), 1.0, 0.0, ()),
        (0.5, np.array(1.0), 0.0, ()),
        (0.5, 1, np.array(0), ()),
        ([0.1, 0.2], 1.0, 0.0, (2,)),
        ([0.1, 0.2], [[1], [2], [3]], 0.0, (3, 2)),
        ([[0.1], [0.2]], 1.0, [0, 1, 2], (2, 3)),
        ([], 1.0, 0.0, (0,)),
        (np.ones((3, 1)), 1.0, np.ones((1, 0)), (3, 0)),
        (np.ones((4, 3))[::2, ::-1], np.float32(1), np.ones(3, np.int8), (2, 3)),
    ],
)
def test_arrays_broadcast_and_give_an_array(function, x, h, z, shape):
    for return_log in (False, True):
        values = function(x, h, z, return_log=return_log)
        assert type(values) is np.ndarray
        assert values.dtype == np.float64
        assert values.shape == shape
        one_by_one = [function(*map(float, each), return_log) for each in np.broadcast(x, h, z)]
        np.testing.assert_array_equal(values.ravel(), one_by_one)


def test_defaults():
    assert polyagamma_pdf(0.3) == polyagamma_pdf(0.3, 1.0, 0.0, return_log=False)
    assert polyagamma_cdf(0.3) == polyagamma_cdf(x=0.3, h=1.0, z=0.0, return_log=False)


# ---- errors


@pytest.mark.parametrize("return_log", [False, True])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_bad_parameters_give_nan(function, return_log):
    h = np.array([1.0, -1.0, 0.0, np.nan, np.inf, 1.0, 1.0, 1.0])
    z = np.array([0.0, 0.0, 0.0, 0.0, 0.0, np.nan, -np.inf, 0.0])
    values = function(0.5, h, z, return_log)
    assert np.isnan(values).tolist() == [False, *[True] * 6, False]
    for each in range(8):
        alone = function(0.5, float(h[each]), float(z[each]), return_log)
        np.testing.assert_array_equal(alone, values[each])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_bad_types_and_shapes_are_refused(function):
    with pytest.raises(TypeError, match="x must be a real number"):
        function("a")
    with pytest.raises(TypeError, match="z must be a real number"):
        function(0.5, 1.0, 1j)
    with pytest.raises(ValueError, match=r"x, h and z must broadcast.*x of shape \(2,\), h of shape \(3,\)"):
        function([1.0, 2.0], np.ones(3))


def test_examples():
    outcome = doctest.testmod(polyagamma.density)
    assert outcome.attempted > 0
    assert outcome.failed == 0
