"""PyMC's PolyaGamma, which imports `polyagamma` for its density, distribution function and draws."""

import numpy as np
import pymc
import pytensor
import pytest

from polyagamma import polyagamma_cdf, polyagamma_mean, polyagamma_pdf, polyagamma_var, random_polyagamma

X = np.array([1e-3, 0.05, 0.3, 2.0, 30.0])
H = np.array([[0.3], [1.0], [7.0], [150.0]])
Z = -1.7


@pytest.fixture(autouse=True)
def _evaluate_without_compiling():
    with pytensor.config.change_flags(mode="FAST_COMPILE", cxx=""):
        yield


def test_logp():
    np.testing.assert_array_equal(
        pymc.logp(pymc.PolyaGamma.dist(H, Z), X).eval(), polyagamma_pdf(X, H, Z, return_log=True)
    )


def test_logcdf():
    np.testing.assert_array_equal(
        pymc.logcdf(pymc.PolyaGamma.dist(H, Z), X).eval(), polyagamma_cdf(X, H, Z, return_log=True)
    )


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_values_outside_the_support(value):
    assert pymc.logp(pymc.PolyaGamma.dist(2, 0), value).eval() == -np.inf
    assert pymc.logcdf(pymc.PolyaGamma.dist(2, 0), value).eval() == -np.inf


@pytest.mark.parametrize("size", [None, (), (3,), (2, 4)])
def test_size(size):
    drawn = pymc.draw(pymc.PolyaGamma.dist(2.5, 1.0, size=size), random_seed=1)
    assert drawn.shape == (size or ())
    assert np.all(drawn > 0)


def test_draws_are_ours():
    operator = pymc.PolyaGamma.rv_op
    drawn = operator.rng_fn(np.random.default_rng(7), H, np.array(Z), (4, 2000))
    np.testing.assert_array_equal(drawn, random_polyagamma(H, Z, size=(4, 2000), random_state=7))


def test_draws_have_the_distribution():
    """Of 2e4 draws each, mean and variance at 4 points within 5 standard errors (false alarm: 5e-6)."""
    n = 20_000
    drawn = pymc.draw(pymc.PolyaGamma.dist(H, Z, size=(4, n)), random_seed=2)
    mean, variance = polyagamma_mean(H, Z), polyagamma_var(H, Z)
    assert np.max(np.abs(drawn.mean(1, keepdims=True) - mean) / np.sqrt(variance / n)) < 5
    squares = (drawn - mean) ** 2
    error = squares.std(1, keepdims=True) / np.sqrt(n)
    assert np.max(np.abs(squares.mean(1, keepdims=True) - variance) / error) < 5
