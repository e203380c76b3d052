"""Rules of quadrature under the standard normal law, in one dimension and in several."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Rule = tuple[FloatArray, FloatArray]
NODES, SHARES = np.polynomial.hermite_e.hermegauss(20)
SHARES = SHARES / SHARES.sum()
DRAWS = 256  # points of a sequence, each with its mirror image
EACH_WAY = {1: 20, 2: 12, 3: 8}  # nodes of Gauss-Hermite rules, by dimension


def one_by_one(q: int) -> Rule:
    """Return nodes (s, q) and shares (s,) for sums of functions of one coordinate each."""
    return np.repeat(NODES[:, np.newaxis], q, axis=1), SHARES


@lru_cache(maxsize=8)
def normal_rule(q: int) -> Rule:
    """Return nodes (s, q) and shares (s,) for functions of all coordinates.

    Up to three of them: a product of Gauss-Hermite rules. Of more: points of a Sobol sequence with their
    mirror images, made uncorrelated, so that polynomials of the third degree have no error.
    """
    if q not in EACH_WAY:
        points = normal_points(q)
        root = np.linalg.cholesky(points.T @ points / len(points))
        return np.linalg.solve(root, points.T).T.copy(), np.full(len(points), 1 / len(points))
    nodes, shares = np.polynomial.hermite_e.hermegauss(EACH_WAY[q])
    grid = np.stack(np.meshgrid(*[nodes] * q, indexing="ij"), axis=-1).reshape(-1, q)
    product = np.prod(np.meshgrid(*[shares / shares.sum()] * q, indexing="ij"), axis=0).ravel()
    return grid, product


@lru_cache(maxsize=8)
def normal_points(q: int) -> FloatArray:
    """Return points (2 * DRAWS, q) that are spread as the standard normal law is."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    half = ndtri(qmc.Sobol(q, seed=0).random(DRAWS))
    return np.asarray(np.concatenate([half, -half]))
