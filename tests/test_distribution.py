"""The frozen distribution: quantiles, agreement with quadrature and with the draws, and SciPy's manner."""

import doctest
import itertools
import pickle

import numpy as np
import pytest
from scipy import integrate
from scipy import stats as scipy_stats

from polyagamma import (
    PolyaGamma,
    polyagamma_cdf,
    polyagamma_cumulant,
    polyagamma_laplace,
    polyagamma_pdf,
    random_polyagamma,
)

PARAMETERS = [
    (h, z) for h in (1e-8, 1e-3, 0.4, 1.0, 1.5, 7.3, 100.0, 1e4, 1e6) for z in (0.0, 1.0, 9.0, 178.0, 1e4)
]


# ---- quantiles


@pytest.mark.parametrize(("h", "z"), PARAMETERS)
def test_quantiles_invert_the_tails(h, z):
    """Relative error of the round trip below 1e-10, or below what four ulp of x amount to, in either tail."""
    q = np.array([1e-250, 1e-30, 1e-5, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9])
    omega = PolyaGamma(h, z)
    for quantile, tail in ((omega.ppf, omega.cdf), (omega.isf, omega.sf)):
        x = quantile(q)
        rounding = 4 * np.finfo(float).eps * x * omega.pdf(x)
        assert np.all(np.abs(tail(x) - q) <= np.maximum(1e-10 * q, rounding))


@pytest.mark.parametrize(("h", "z"), PARAMETERS)
def test_quantiles_invert_from_x(h, z):
    omega = PolyaGamma(h, z)
    x = omega.mean() * np.array([0.5, 1.0, 2.0])
    tail = omega.cdf(x)
    kept = (tail > 1e-300) & (tail < 0.9)  # elsewhere the tail does not determine x
    np.testing.assert_allclose(omega.ppf(tail)[kept], x[kept], rtol=1e-8 if h < 1e-6 else 1e-11)


def test_quantiles_at_the_ends():
    omega = PolyaGamma(2.0, 1.0)
    q = [0.0, 1.0, -1e-9, 1 + 1e-9, np.nan]
    np.testing.assert_array_equal(omega.ppf(q), [0.0, np.inf, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(omega.isf(q), [np.inf, 0.0, np.nan, np.nan, np.nan])
    assert omega.support() == (0.0, np.inf)


def test_quantiles_of_a_law_narrower_than_the_spacing_of_doubles():
    """PG(1, 1e300) is concentrated on 5e-301 to 150 digits."""
    np.testing.assert_allclose(PolyaGamma(1.0, 1e300).ppf([1e-9, 0.5, 1 - 1e-9]), 5e-301, rtol=1e-15)


def test_median_and_interval():
    omega = PolyaGamma([1.0, 50.0], 2.0)
    np.testing.assert_array_equal(omega.median(), omega.ppf(0.5))
    low, high = omega.interval(0.9)
    np.testing.assert_allclose(omega.cdf(low), 0.05, rtol=1e-10)
    np.testing.assert_allclose(omega.sf(high), 0.05, rtol=1e-10)
    assert PolyaGamma(1.0).interval(0.0) == (PolyaGamma(1.0).median(),) * 2
    assert all(type(end) is float for end in PolyaGamma(1.0).interval(0.5))


# ---- quadrature


@pytest.mark.parametrize(
    ("h", "z"), [(0.3, 0.0), (1.0, 0.0), (1.0, 4.0), (2.7, 1.0), (60.0, 0.0), (1e4, 3.0)]
)
def test_density_integrates_to_the_tails_and_moments(h, z):
    """Adaptive Gauss-Kronrod between quantiles: errors below 1e-10."""
    omega = PolyaGamma(h, z)
    ends = omega.ppf([1e-14, 1e-4, 0.1, 0.5, 0.9]), omega.isf([1e-4, 1e-9, 1e-14])
    knots = np.concatenate(ends)

    def integral(function):
        pieces = itertools.pairwise(knots)
        return np.array([integrate.quad(function, a, b, epsabs=0, epsrel=1e-11)[0] for a, b in pieces])

    np.testing.assert_allclose(integral(omega.pdf)[:4], np.diff(omega.cdf(knots))[:4], rtol=1e-10)
    np.testing.assert_allclose(integral(omega.pdf)[4:], -np.diff(omega.sf(knots))[4:], rtol=1e-10)
    mean = omega.mean()
    assert integral(lambda x: x * omega.pdf(x)).sum() == pytest.approx(mean, rel=1e-10)
    second = integral(lambda x: (x - mean) ** 2 * omega.pdf(x)).sum()
    assert second == pytest.approx(omega.var(), rel=1e-9)
    laplace = integral(lambda x: np.exp(-x / mean) * omega.pdf(x)).sum()
    assert laplace == pytest.approx(omega.laplace(1 / mean), rel=1e-10)


def test_densities_of_independent_variables_convolve():
    """PG(0.8, 1.5) + PG(2.3, 1.5) = PG(3.1, 1.5), at the quartiles."""
    first, second, both = PolyaGamma(0.8, 1.5), PolyaGamma(2.3, 1.5), PolyaGamma(3.1, 1.5)
    for x in both.ppf([0.25, 0.5, 0.75]):
        value, _ = integrate.quad(lambda y, x=x: first.pdf(y) * second.pdf(x - y), 0, x, epsabs=1e-13)
        assert value == pytest.approx(both.pdf(x), rel=1e-9)


# ---- draws


@pytest.mark.parametrize(("h", "z"), [(0.02, 0.0), (1.0, 1.0), (3.7, 0.0), (80.0, 5.0), (2000.0, 0.5)])
def test_draws_follow_the_distribution_function(h, z):
    """Kolmogorov-Smirnov test with 20,000 draws, five comparisons, p above 1e-7."""
    omega = PolyaGamma(h, z)
    draws = omega.rvs(size=20_000, random_state=20260)
    assert scipy_stats.kstest(draws, omega.cdf).pvalue > 1e-7


def test_draws_are_those_of_random_polyagamma():
    omega = PolyaGamma([1.0, 2.5], [[0.0], [3.0]])
    expected = random_polyagamma([1.0, 2.5], [[0.0], [3.0]], random_state=5)
    np.testing.assert_array_equal(omega.rvs(random_state=5), expected)
    assert omega.rvs(size=(4, 2, 2), random_state=5).shape == (4, 2, 2)
    assert type(PolyaGamma(1.0, 2.0).rvs(random_state=5)) is float
    assert type(PolyaGamma(np.array(1.0)).rvs(random_state=5)) is np.ndarray


# ---- SciPy's manner


def test_methods_are_the_functions():
    omega = PolyaGamma(2.5, -3.0)
    x = np.array([0.1, 0.4, 2.0])
    for return_log, pdf, cdf in ((False, omega.pdf, omega.cdf), (True, omega.logpdf, omega.logcdf)):
        np.testing.assert_array_equal(pdf(x), polyagamma_pdf(x, 2.5, -3.0, return_log))
        np.testing.assert_array_equal(cdf(x), polyagamma_cdf(x, 2.5, -3.0, return_log))
    np.testing.assert_array_equal(omega.laplace(x), polyagamma_laplace(x, 2.5, -3.0))
    assert omega.std() == omega.var() ** 0.5
    assert omega.stats() == (omega.mean(), omega.var())
    assert omega.stats("v") == omega.var() == polyagamma_cumulant(2, 2.5, -3.0)


@pytest.mark.parametrize("method", ["pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf", "laplace"])
def test_methods_broadcast(method):
    omega = PolyaGamma([1.0, 2.5, 9.0], [[0.0], [3.0]])
    values = getattr(omega, method)(0.3)
    assert values.shape == (2, 3)
    assert values[1, 2] == getattr(PolyaGamma(9.0, 3.0), method)(0.3)
    assert getattr(omega, method)(np.full((4, 1, 1), 0.3)).shape == (4, 2, 3)
    assert type(getattr(PolyaGamma(1.0, 2), method)(0.3)) is float
    assert getattr(PolyaGamma(1.0, 2), method)(np.array(0.3)).shape == ()


@pytest.mark.parametrize("method", ["mean", "var", "std", "median", "support", "stats"])
def test_summaries_broadcast(method):
    values = getattr(PolyaGamma([1.0, 2.5, 9.0], [[0.0], [3.0]]), method)()
    scalars = getattr(PolyaGamma(2.5, 3.0), method)()
    for value, scalar in zip(np.atleast_1d(values).reshape(-1, 2, 3), np.atleast_1d(scalars), strict=True):
        assert value[1, 1] == scalar


def test_parameters_are_frozen():
    h = np.array([1.0, 2.0])
    omega = PolyaGamma(h, 3)
    before = omega.mean()
    h[:] = 7.0
    np.testing.assert_array_equal(omega.h, [1.0, 2.0])
    np.testing.assert_array_equal(omega.mean(), before)
    with pytest.raises(ValueError, match="read-only"):
        omega.h[0] = 3.0
    with pytest.raises(AttributeError):
        omega.z = 3.0
    assert type(omega.z) is float


def test_repr_and_pickle():
    omega = PolyaGamma(2, -1.5)
    assert repr(omega) == "PolyaGamma(h=2.0, z=-1.5)"
    assert pickle.loads(pickle.dumps(omega)).pdf(0.4) == omega.pdf(0.4)


def test_errors():
    with pytest.raises(ValueError, match=r"h must be positive and finite, got h\[1\] = -1.0"):
        PolyaGamma([1.0, -1.0])
    with pytest.raises(ValueError, match="z must be finite, got z = nan"):
        PolyaGamma(1.0, np.nan)
    with pytest.raises(ValueError, match=r"h and z must broadcast.*\(2,\).*\(3,\)"):
        PolyaGamma(np.ones(2), np.ones(3))
    with pytest.raises(TypeError, match="q must be a real number"):
        PolyaGamma().ppf("a")
    for letters in ("", "mx", "e"):
        with pytest.raises(ValueError, match="moments must be letters"):
            PolyaGamma().stats(letters)


def test_examples():
    runner = doctest.DocTestRunner()
    for example in doctest.DocTestFinder().find(PolyaGamma, "PolyaGamma", module=False):
        runner.run(example)
    outcome = runner.summarize()
    assert outcome.attempted > 0
    assert outcome.failed == 0
