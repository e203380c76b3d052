"""PyMC's PolyaGamma, which imports `polyagamma` for its density, distribution function and draws.

The classes and the test of logp and logcdf run the checks of PyMC's own tests of the distribution
(tests/distributions/test_continuous.py, which its wheel lacks) with PyMC's own code for them, `pymc.testing`.
"""

import numpy as np
import pymc
import pytensor
import pytest
from pymc.testing import (
    BaseTestDistributionRandom,
    R,
    Rplus,
    assert_support_point_is_expected,
    check_logcdf,
    check_logp,
)

from polyagamma import polyagamma_cdf, polyagamma_mean, polyagamma_pdf, polyagamma_var, random_polyagamma

X = np.array([1e-3, 0.05, 0.3, 2.0, 30.0])
H = np.array([[0.3], [1.0], [7.0], [150.0]])
Z = -1.7


@pytest.fixture(autouse=True)
def _evaluate_without_compiling():
    with pytensor.config.change_flags(mode="FAST_COMPILE", cxx=""):
        yield


class DrawsAsPyMCTestsThem(BaseTestDistributionRandom):
    pymc_dist = pymc.PolyaGamma
    checks_to_run = (
        "check_pymc_params_match_rv_op",
        "check_pymc_draws_match_reference",
        "check_rv_size",
    )

    def __init_subclass__(cls, h, z):
        cls.pymc_dist_params = cls.expected_rv_op_params = cls.reference_dist_params = {"h": h, "z": z}

    def reference_dist(self):
        def ours(size, h, z):
            bit_generator = self.get_random_state()._bit_generator
            return random_polyagamma(h, z, size=size, random_state=bit_generator)

        return ours


class TestDrawsOfTheDefault(DrawsAsPyMCTestsThem, h=1.0, z=0.0):
    """The parameters of PyMC's test."""


class TestDrawsFarFromTheDefault(DrawsAsPyMCTestsThem, h=3.7, z=-250.0):
    """Where other packages fail."""


@pytest.mark.parametrize(
    ("check", "ours"), [(check_logp, polyagamma_pdf), (check_logcdf, polyagamma_cdf)], ids=["logp", "logcdf"]
)
def test_logp_and_logcdf_as_pymc_tests_them(check, ours):
    check(
        pymc.PolyaGamma,
        Rplus,
        {"h": Rplus, "z": R},
        lambda value, h, z: ours(value, h, z, return_log=True),
        decimal=6,
    )


@pytest.mark.parametrize(
    ("h", "z", "size", "expected"),
    [
        (1.0, 0.0, None, 0.25),
        (1.0, np.arange(3.0), None, [0.25, np.tanh(0.5) / 2, np.tanh(1.0) / 4]),
        (np.array([1.0, 2.0]), 4.0, (3, 2), np.tile([np.tanh(2.0) / 8, np.tanh(2.0) / 4], (3, 1))),
    ],
)
def test_support_point_as_pymc_tests_it(h, z, size, expected):
    with pymc.Model() as model:
        pymc.PolyaGamma("x", h=h, z=z, size=size)
    assert_support_point_is_expected(model, np.asarray(expected))


def test_a_sampler_may_propose_what_the_prior_allows_but_the_distribution_does_not():
    with pymc.Model() as model:
        h = pymc.Normal("h", 1.0, 1.0)
        pymc.PolyaGamma("x", h=h, z=0.5, observed=[0.1, 0.3])
    assert model.compile_logp()({"h": np.array(-0.5)}) == -np.inf
    assert np.isfinite(model.compile_logp()({"h": np.array(0.5)}))


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
