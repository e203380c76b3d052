"""Cumulants and the Laplace transform against mpmath in 60 digits, and against each other."""

import math

import mpmath as mp
import numpy as np
import pytest

from polyagamma import PolyaGamma, polyagamma_cumulant, polyagamma_laplace, polyagamma_mean, polyagamma_var

# On both sides of the changes of method at 2 sqrt(2.5) and 40, and where closed forms cancel or overflow.
TILTS = [0.0, 1e-300, 1e-9, 1e-4, 0.01, 0.5, 1, 2, 3, 3.16, 3.17, 5, 12, 20, 39.9, 40, 40.1, 178, 1e3, 1e8]


def log_cosh_root(s):
    return mp.log(mp.cosh(mp.sqrt(s)))


def reference_cumulant(n, z):
    """(−1)ⁿ dⁿ/dtⁿ log E exp(−tω) of PG(1, z) at t = 0, or the sum of the gamma variables' for small z."""
    with mp.workdps(60):
        if z < 0.1:
            return mp.factorial(n - 1) / 2**n * mp.nsum(lambda k: gamma_rate(k, z) ** -n, [1, mp.inf])
        s = mp.mpf(z) ** 2 / 4
        exponent = (
            mp.taylor(lambda r: log_cosh_root(s * (1 + r)), 0, n)[n] / s**n
        )  # r keeps the step in scale
        return (-1) ** (n + 1) * exponent * mp.factorial(n) / 2**n


def gamma_rate(k, z):
    return mp.mpf(z) ** 2 / 4 + (k - mp.mpf(1) / 2) ** 2 * mp.pi**2


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_cumulants_agree_with_mpmath(n):
    """Relative error below 1e-13 (measured: 9e-14)."""
    expected = [float(reference_cumulant(n, z)) for z in TILTS]
    np.testing.assert_allclose(polyagamma_cumulant(n, 1.0, TILTS), expected, rtol=1e-13)
    np.testing.assert_allclose(polyagamma_cumulant(n, 7.3, TILTS), 7.3 * np.array(expected), rtol=1e-13)


def test_values_at_tilt_zero():
    np.testing.assert_allclose(
        polyagamma_cumulant([1, 2, 3, 4]), [1 / 4, 1 / 24, 1 / 60, 17 / 1680], rtol=1e-15
    )


@pytest.mark.parametrize("h", [1e-8, 1.0, 1e6])
def test_mean_and_variance_are_the_first_cumulants(h):
    z = np.array(TILTS)
    np.testing.assert_array_equal(polyagamma_mean(h, z), polyagamma_cumulant(1, h, z))
    np.testing.assert_array_equal(polyagamma_var(h, -z), polyagamma_cumulant(2, h, z))
    assert polyagamma_mean(h, 1e300) == pytest.approx(h / 2e300, rel=1e-15)
    assert polyagamma_var(h, 1e100) == pytest.approx(h / 2e300, rel=1e-15)
    assert polyagamma_var(h, 1e300) == 0.0  # below the smallest double


@pytest.mark.parametrize("z", TILTS)
def test_skewness_and_kurtosis_are_ratios_of_cumulants(z):
    h = 2.5
    second, third, fourth = (float(reference_cumulant(n, z)) for n in (2, 3, 4))
    skewness, kurtosis = PolyaGamma(h, z).stats("sk")
    assert skewness == pytest.approx(third / second**1.5 / math.sqrt(h), rel=2e-13)
    assert kurtosis == pytest.approx(fourth / second**2 / h, rel=2e-13)


@pytest.mark.parametrize("z", [41.0, 1e60, 1e100, 1e105, 1e110, 1e150, 1e200, 1e300, 1.7e308])
@pytest.mark.parametrize("h", [5e-324, 1e-300, 1.0, 1e100, 1e300, 1e308, 1.7e308])
def test_cumulants_are_right_wherever_they_are_doubles(h, z):
    """In the tail of z they are h Γ(n - 1/2) / Γ(1/2) / 2 / w**(2n - 1) / 2**n, w = z / 2, but for exp(-z).

    Relative error below 2e-15; of subnormal numbers the last digit (measured: 5e-16).
    """
    shape, half = mp.mpf(h), mp.mpf(z) / 2
    expected = [
        shape * mp.gamma(n - mp.mpf(1) / 2) / mp.sqrt(mp.pi) / 2 ** (n + 1) * half ** (1 - 2 * n)
        for n in (1, 2, 3, 4)
    ]
    found = polyagamma_cumulant([1, 2, 3, 4], h, z)
    np.testing.assert_allclose(found, [float(value) for value in expected], rtol=2e-15, atol=5e-324)
    deviation = PolyaGamma(h, z).std()
    np.testing.assert_allclose(deviation, float(mp.sqrt(expected[1])), rtol=2e-15, atol=5e-324)


def test_standard_deviations_are_roots_of_variances():
    np.testing.assert_allclose(PolyaGamma(7.3, TILTS).std() ** 2, polyagamma_var(7.3, TILTS), rtol=1e-15)


def test_skewness_and_kurtosis_do_not_underflow():
    """Those of the inverse Gaussian law, 3 sqrt(m/l) and 15 m/l with m/l = 2/(hz)."""
    skewness, kurtosis = PolyaGamma(2.0, 1e300).stats("sk")
    assert skewness == pytest.approx(3e-150, rel=1e-14)
    assert kurtosis == pytest.approx(15e-300, rel=1e-14)


# ---- Laplace transform


@pytest.mark.parametrize("t", [-4.9, -1.0, -1e-8, 0.0, 1e-20, 0.01, 0.6, 3.0, 1e4, 1e10, 1e200])
def test_laplace_transform_agrees_with_mpmath(t):
    """Relative error of the logarithm below 1e-13 (measured: 1e-14)."""
    with mp.workdps(60):
        origin = [mp.mpf(z) ** 2 / 4 for z in TILTS]
        expected = [float((log_cosh_root(s) - log_cosh_root(s + mp.mpf(t) / 2)).real) for s in origin]
    found = polyagamma_laplace(t, 1.0, TILTS, return_log=True)
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    np.testing.assert_allclose(
        polyagamma_laplace(t, 2.5, TILTS), np.exp(2.5 * np.array(expected)), rtol=1e-12
    )


@pytest.mark.parametrize("z", TILTS)
def test_laplace_transform_near_its_pole(z):
    """At t above -(z**2 + pi**2) / 2, both exact, by shares of it or by amounts from 0.1 down to 1e-16.

    Relative error of the logarithm below 2e-15 (measured: 4e-16).
    """
    with mp.workdps(80):
        origin = mp.mpf(z) ** 2 / 4
        pole = -2 * origin - mp.pi**2 / 2
        steps = [mp.mpf(10) ** -k for k in range(1, 17)]
        t = [float(pole * (1 - step)) for step in steps] + [float(pole + step) for step in steps]
        above = [one for one in t if one > pole]
        increase = [log_cosh_root(origin) - log_cosh_root(origin + mp.mpf(one) / 2) for one in above]
        expected = [float(one.real) for one in increase]
    assert len(above) >= 14
    for h in (1e-5, 1.0, 7.3):
        found = polyagamma_laplace(above, h, z, return_log=True)
        np.testing.assert_allclose(found, h * np.array(expected), rtol=2e-15)


def test_the_pole_itself():
    """The doubles on both sides of -pi**2 / 2, of which the one above is 3e-16 away."""
    above = -(np.pi**2) / 2
    with mp.workdps(50):
        expected = -mp.log(mp.cos(mp.sqrt(-mp.mpf(above) / 2)))
    assert polyagamma_laplace(above, return_log=True) == pytest.approx(float(expected), rel=1e-15)
    assert polyagamma_laplace(np.nextafter(above, -np.inf)) == np.inf
    assert polyagamma_laplace(-4.9348) == pytest.approx(2855286.0871297441116, rel=2e-15)


def test_the_tilt_next_to_the_pole():
    """The least z for which a double just below -pi**2 / 2 has a transform: 1e-31 away from its pole."""
    t = np.nextafter(-(np.pi**2) / 2, -np.inf)
    with mp.workdps(80):
        root = mp.sqrt(-(mp.pi**2) - 2 * mp.mpf(t))
        z = float(root) if float(root) > root else np.nextafter(float(root), 1.0)
        origin = mp.mpf(z) ** 2 / 4
        expected = log_cosh_root(origin) - log_cosh_root(origin + mp.mpf(t) / 2).real
    assert polyagamma_laplace(t, 1.0, z, return_log=True) == pytest.approx(float(expected), rel=1e-15)
    assert polyagamma_laplace(t, 1.0, np.nextafter(z, 0.0)) == np.inf


@pytest.mark.parametrize("h", [5e-324, 1e-300, 1.0, 1e300, 1.7e308])
@pytest.mark.parametrize("z", [41.0, 1e8, 1e100, 1e150, 2.6e154, 1e160, 1e300, 1.7e308])
def test_laplace_transform_of_large_tilts(h, z):
    """There it is exp(-h t / (z + sqrt(z**2 + 2 t))) but for exp(-z). Relative error of the log 2e-15."""
    t = np.array([-1e308, -1e16, -3.0, -1e-300, 5e-324, 1e-20, 0.6, 1e4, 1e200, 1.7e308])
    t = t[z + 2 * (t / z) > 1]  # not near the pole
    with mp.workdps(30):
        expected = [-h * mp.mpf(one) / (z + z * mp.sqrt(1 + 2 * mp.mpf(one) / mp.mpf(z) ** 2)) for one in t]
    found = polyagamma_laplace(t, h, z, return_log=True)
    np.testing.assert_allclose(found, [float(one) for one in expected], rtol=2e-15, atol=5e-324)


@pytest.mark.parametrize("z", [0.0, 1.0, 9.0, 178.0])
def test_derivatives_of_the_laplace_transform_are_the_cumulants(z):
    """Central differences of step 1e-2 sd: the error is about 1e-4 of the variance, 1e-5 of the mean."""
    step = 1e-2 / polyagamma_var(3.0, z) ** 0.5
    left, middle, right = polyagamma_laplace([-step, 0.0, step], 3.0, z, return_log=True)
    assert (left - right) / (2 * step) == pytest.approx(polyagamma_mean(3.0, z), rel=1e-4)
    assert (left - 2 * middle + right) / step**2 == pytest.approx(polyagamma_var(3.0, z), rel=1e-3)


def test_laplace_transform_at_its_limits():
    edge = -((1.0 + np.pi**2) / 2)
    t = [-np.inf, -1e300, edge - 1e-9, edge + 1e-9, 0.0, np.inf, np.nan]
    found = polyagamma_laplace(t, 2.0, 1.0)
    np.testing.assert_array_equal(np.isinf(found), [True, True, True, False, False, False, False])
    np.testing.assert_array_equal(found[[4, 5, 6]], [1.0, 0.0, np.nan])
    np.testing.assert_array_equal(
        polyagamma_laplace([0.0, 1.0, 1e300, -1e300], 1.0, 1e300, return_log=True), [0.0, -5e-301, -0.5, 0.5]
    )


# ---- types and errors


def test_scalars_give_floats_and_arrays_give_arrays():
    for value in (polyagamma_mean(2), polyagamma_var(2, 1), polyagamma_cumulant(3), polyagamma_laplace(1.0)):
        assert type(value) is float
    for value in (
        polyagamma_mean(np.array(2)),
        polyagamma_var(2, np.array(1)),
        polyagamma_cumulant(np.array(3)),
        polyagamma_laplace(np.array(1)),
    ):
        assert type(value) is np.ndarray
        assert value.shape == ()
    assert polyagamma_cumulant([[1], [2]], [1.0, 2.0, 3.0]).shape == (2, 3)


@pytest.mark.parametrize("n", [0, -1, 5, 1.5, np.nan, [1, 2, 7]])
def test_other_orders_are_refused(n):
    with pytest.raises(ValueError, match="n must"):
        polyagamma_cumulant(n)


@pytest.mark.parametrize("function", [polyagamma_mean, polyagamma_var])
def test_bad_parameters_are_refused(function):
    with pytest.raises(ValueError, match=r"h must be positive and finite, got h\[1\] = -2.0"):
        function([1.0, -2.0])
    with pytest.raises(ValueError, match="z must be finite, got z = inf"):
        function(1.0, np.inf)
