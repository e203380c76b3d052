"""Prior specifications and the arrays they stand for."""

import numpy as np
import pytest

from polyagamma import MvNormal, Normal
from polyagamma.terms.priors import Gaussian, join

SD = np.array([1.0, 10.0, 0.01])


def test_normal_is_exact_on_the_coefficients_as_given():
    gaussian = Normal([1, 2, 3], 2.5).gaussian("prior", SD)
    np.testing.assert_array_equal(gaussian.mean, [1, 2, 3])
    np.testing.assert_allclose(gaussian.precision, np.full(3, 1 / 6.25))


def test_standardized_normal_divides_by_the_predictors_standard_deviations():
    gaussian = Normal(1, [2, 3, 4], standardized=True).gaussian("prior", SD)
    np.testing.assert_allclose(gaussian.mean, 1 / SD)
    np.testing.assert_allclose(gaussian.precision, (SD / [2, 3, 4]) ** 2)


def test_covariance_and_precision_say_the_same():
    root = np.random.default_rng(0).standard_normal((3, 3))
    cov = root @ root.T + np.eye(3)
    by_cov = MvNormal(0, cov=cov).gaussian("prior", SD)
    by_tau = MvNormal(0, tau=np.linalg.inv(cov)).gaussian("prior", SD)
    np.testing.assert_allclose(by_cov.precision, by_tau.precision, rtol=1e-10)
    np.testing.assert_array_equal(by_cov.precision, by_cov.precision.T)


def test_wildly_different_units_are_not_singular():
    units = np.multiply.outer([1e-9, 1.0, 1e9], [1e-9, 1.0, 1e9])
    cov = units * [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
    precision = MvNormal(0, cov=cov).gaussian("prior", SD).precision
    np.testing.assert_allclose((precision * units) @ (cov / units), np.eye(3), atol=1e-12)


def test_blocks_join():
    diagonal = join(Gaussian(np.zeros(1), np.ones(1)), Gaussian(np.ones(2), np.array([2.0, 3.0])))
    np.testing.assert_array_equal(diagonal.precision, [1, 2, 3])
    full = join(Gaussian(np.zeros(1), np.ones(1)), Gaussian(np.ones(2), np.array([[2.0, 1.0], [1.0, 3.0]])))
    np.testing.assert_array_equal(full.precision, [[1, 0, 0], [0, 2, 1], [0, 1, 3]])
    np.testing.assert_array_equal(full.mean, [0, 1, 1])


@pytest.mark.parametrize("precision", [np.array([0.25, 4.0]), np.array([[2.0, -1.2], [-1.2, 1.0]])])
def test_log_normalizer_and_draws(precision):
    """Against SciPy's density, and the covariance of 200,000 draws within 6 standard errors."""
    from scipy.stats import multivariate_normal

    gaussian = Gaussian(np.array([1.0, -2.0]), precision)
    cov = np.linalg.inv(np.diag(precision) if precision.ndim == 1 else precision)
    expected = multivariate_normal(gaussian.mean, cov).logpdf(gaussian.mean)
    assert gaussian.log_normalizer() == pytest.approx(expected, rel=1e-12)
    centred = gaussian.draw(np.random.default_rng(3), (400, 500)).coefficients.reshape(-1, 2) - gaussian.mean
    products = centred[:, :, None] * centred[:, None, :]
    z = (products.mean(axis=0) - cov) / (products.std(axis=0) / np.sqrt(len(centred)))
    assert np.abs(z).max() < 6


def test_repr_is_what_makes_it():
    assert repr(Normal(0, 2.5)) == "Normal(mu=0, sigma=2.5, standardized=False)"
