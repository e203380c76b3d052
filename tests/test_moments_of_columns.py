"""Means and variances of columns, which blocks of rows have together."""

import numpy as np

from polyagamma.terms.moments import BLOCK_ROWS, moments


def test_blocks_have_the_moments_of_all_rows():
    rng = np.random.default_rng(1)
    n = 2 * BLOCK_ROWS + 17
    X, weights = rng.standard_normal((n, 2)) + np.linspace(0, 5, n)[:, np.newaxis], rng.uniform(1, 2, n)
    found = moments(X, weights)
    mean = np.average(X, axis=0, weights=weights)
    np.testing.assert_allclose(found.weight, weights.sum())
    np.testing.assert_allclose(found.mean, mean)
    np.testing.assert_allclose(found.variance, np.average((X - mean) ** 2, axis=0, weights=weights))
