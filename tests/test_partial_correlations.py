"""Coordinates of standard deviations and correlations in normal approximations, by definition."""

import numpy as np
import pytest
from scipy.integrate import quad

from polyagamma import LKJ, Exponential, HalfNormal, HalfT
from polyagamma.terms.group_columns import Group
from polyagamma.vi.additive_scales import BlockScales, log_density

PRIORS = [HalfNormal(1.5), HalfT(3, 2.5), Exponential(1.4), HalfNormal(0.5)]


def block(q, eta=2.0, correlated=True):
    """Return the coordinates of an intercept and q - 1 slopes."""
    slopes = np.random.default_rng(q).standard_normal((20, q - 1)) if q > 1 else None
    labels = [f"g{row % 5}" for row in range(20)]
    group = Group(labels, slopes, prior_sd=PRIORS[:q], prior_corr=LKJ(eta), correlated=correlated)
    return BlockScales(group.component().effects)


def points(scales, draws=3):
    return np.random.default_rng(1).normal(0, 0.8, (draws, scales.size))


def matrix(correlations, q):
    """Return the correlation matrix whose entries below the diagonal are these, row by row."""
    R = np.eye(q)
    R[np.tril_indices(q, -1)] = correlations
    return np.tril(R, -1) + np.tril(R, -1).T + np.eye(q)


def partial(R, i, j):
    """Return the correlation of i and j given what is before j, by an inverse matrix."""
    inverse = np.linalg.inv(R[np.ix_([*range(j), j, i], [*range(j), j, i])])
    return -inverse[-1, -2] / np.sqrt(inverse[-1, -1] * inverse[-2, -2])


def theta_of(natural, q):
    """Return the coordinates of standard deviations and correlations, by definition."""
    R = matrix(natural[q:], q)
    partials = [partial(R, i, j) for i in range(q) for j in range(i)] if len(natural) > q else []
    return np.concatenate([np.log(natural[:q]), np.arctanh(partials)])


def jacobian(function, x, step=4e-3):
    """Return derivatives by central differences of the sixth order, whose error here is below 1e-12."""
    moves = step * np.eye(len(x))
    weights = {1: 45 / 60, 2: -9 / 60, 3: 1 / 60}
    columns = [
        sum(w * (function(x + s * move) - function(x - s * move)) for s, w in weights.items()) / step
        for move in moves
    ]
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("q", [1, 2, 3, 4])
def test_coordinates_are_partial_correlations_by_definition(q):
    scales = block(q)
    for theta in points(scales):
        np.testing.assert_allclose(theta_of(scales.natural(theta), q), theta, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("eta", [0.7, 1.0, 3.5])
@pytest.mark.parametrize("q", [2, 3, 4])
def test_the_density_is_that_of_standard_deviations_and_correlations(q, eta):
    scales = block(q, eta)
    for theta in points(scales):
        values = scales.natural(theta)
        of_sds = sum(
            float(log_density(prior, sd))
            for prior, sd in zip(scales.effects.sd_priors, values[:q], strict=True)
        )
        of_correlations = (eta - 1) * np.linalg.slogdet(matrix(values[q:], q))[1]
        change = np.linalg.slogdet(jacobian(scales.natural, theta))[1]
        assert scales.log_prior(theta) == pytest.approx(of_sds + of_correlations + change, abs=1e-10)


@pytest.mark.parametrize("eta", [0.7, 1.0, 3.5])
@pytest.mark.parametrize("q", [2, 3, 5])
def test_the_density_of_correlations_integrates_to_one(q, eta):
    slopes = np.random.default_rng(q).standard_normal((20, q - 1))
    scales = BlockScales(Group(["a", "b"] * 10, slopes, prior_corr=LKJ(eta)).component().effects)
    origin, total = np.zeros(scales.size), LKJ(eta).log_normalizer(q)
    for i in range(q, scales.size):  # coordinates are independent
        along = np.eye(scales.size)[i]
        mass, _ = quad(
            lambda z, along=along: np.exp(scales.log_prior(z * along) - scales.log_prior(origin)), -40, 40
        )
        total += np.log(mass)
    assert total == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize(("q", "correlated"), [(1, False), (2, True), (3, True), (3, False), (4, True)])
def test_the_precision_is_the_inverse_of_the_covariance(q, correlated):
    scales = block(q, correlated=correlated)
    theta = points(scales)
    precision, log_determinant = scales.precision(theta)
    for one, own in enumerate(scales.natural(theta)):
        R = matrix(own[q:], q) if correlated else np.eye(q)
        covariance = R * np.outer(own[:q], own[:q])
        np.testing.assert_allclose(precision[one] @ covariance, np.eye(q), atol=1e-11)
        assert log_determinant[one] == pytest.approx(-np.linalg.slogdet(covariance)[1], abs=1e-11)


def test_correlations_close_to_one_keep_their_digits():
    scales, theta = block(3), np.array([0.0, 0.0, 0.0, 12.0, -12.0, 12.0])
    # log(1 - tanh(z)^2) = -2 |z| + 2 log 2 but for exp(-2 |z|); powers 2.5, 2.5 and 2.
    expected = scales.log_prior(np.zeros(6)) + 7 * (-24 + 2 * np.log(2))
    assert scales.log_prior(theta) == pytest.approx(expected, rel=1e-9)
    precision, log_determinant = scales.precision(theta)
    assert np.isfinite(precision).all()
    assert log_determinant == pytest.approx(3 * (24 - 2 * np.log(2)), rel=1e-9)
