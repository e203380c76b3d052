"""The collapsed bound of the evidence of a process of several classes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular

from polyagamma.likelihoods.categorical import CategoricalLikelihood
from polyagamma.vi.feature_derivatives import Features, Gradient, Sites
from polyagamma.vi.inducing_rows import Batch, InducingModel
from polyagamma.vi.row_bounds import RowBound, tilted_bound

FloatArray = NDArray[np.float64]
INNER, INNER_TOLERANCE = 20, 1e-3  # renewals of all laws for a kernel, and how far they still move moments
SMALLEST, ROUNDING = 1e-3, 1e-12  # share of a step; relative fall of the bound that is none


class SoftmaxBound:
    """The bound of the log evidence at log kernel parameters, those of each class, and points.

    The laws of the functions are near those at which it is largest, where its derivatives in them vanish, so
    that those in kernels and points are partial ones. Means of all classes move together, by Newton's method
    with the curvature of the softmax, which couples them: class by class, what they have in common would
    follow slowly. A call goes on from the laws of the last one.
    """

    def __init__(self, given: InducingModel, rows: Batch) -> None:
        assert isinstance(rows.likelihood, CategoricalLikelihood)
        self._given, self._rows, self._likelihood = given, rows, rows.likelihood
        q = rows.likelihood.n_functions
        self._means = np.zeros((q, given.basis.size))
        self._variance = np.ones((q, len(rows.X)))

    def at(self, theta: FloatArray, points: FloatArray) -> tuple[float, list[Gradient]]:
        """Return the bound at log parameters (classes, d) and points (m, p), and the gradient of each class.

        LinAlgError if a matrix cannot be factored.
        """
        basis = self._given.basis.at(points)
        features = [Features(basis, self._rows.X, self._given.kernel_at(own)) for own in theta]
        arrays = [own.arrays() for own in features]
        matrices = [matrix for matrix, _ in arrays]
        for _ in range(INNER):
            bound = self._bound(matrices)
            move = newton_step(self._likelihood, bound, matrices, self._means)
            self._means += self._share(matrices, move) * move
            laws = [Spread.of(*pair) for pair in zip(matrices, bound.weights, strict=True)]
            before = self._variance
            self._variance = np.array(
                [left + law.explained for (_, left), law in zip(arrays, laws, strict=True)]
            )
            change = np.abs(products(matrices, move)).max(), np.abs(self._variance - before).max()
            if max(change) < INNER_TOLERANCE:
                break
        bound = self._bound(matrices)
        divergence = 0.5 * float(np.sum(self._means**2)) + sum(law.divergence for law in laws)
        sites = map(sites_of, matrices, bound.slopes, bound.weights)
        parts = zip(features, self._means, laws, sites, strict=True)
        return bound.value - divergence, [
            Gradient(own, mean, law.root.T @ law.root, site) for own, mean, law, site in parts
        ]

    def _bound(self, matrices: list[FloatArray], move: FloatArray | float = 0.0) -> RowBound:
        mean = self._rows.known + products(matrices, self._means + move)
        return tilted_bound(self._likelihood, mean, self._variance)

    def _share(self, matrices: list[FloatArray], move: FloatArray) -> float:
        """Return which share of a move of the means does not let the bound fall."""

        def bound(share: float) -> float:
            means = self._means + share * move
            return self._bound(matrices, share * move).value - 0.5 * float(np.sum(means**2))

        share, least = 1.0, bound(0.0)
        while share > SMALLEST and bound(share) < least - ROUNDING * abs(least):
            share /= 2
        return share


def products(matrices: list[FloatArray], values: FloatArray) -> FloatArray:
    """Return the functions in the rows, (q, n), given their values (q, m) at the points."""
    return np.array([matrix @ own for matrix, own in zip(matrices, values, strict=True)])


def newton_step(
    likelihood: CategoricalLikelihood, bound: RowBound, matrices: list[FloatArray], means: FloatArray
) -> FloatArray:
    """Return Newton's step of all means, (q, m), with the curvature of a softmax at the bound's shares."""
    q, m = means.shape
    share = likelihood.counts(np.arange(q)) - bound.slopes / likelihood.weights
    blocks = np.empty((q, m, q, m))
    for k in range(q):
        for j in range(k + 1):
            curvature = likelihood.weights * share[k] * ((k == j) - share[j])
            block = (matrices[k] * curvature[:, np.newaxis]).T @ matrices[j]
            blocks[k, :, j], blocks[j, :, k] = block, block.T
    precision = blocks.reshape(q * m, q * m)
    precision.flat[:: q * m + 1] += 1.0
    slope = [matrix.T @ own for matrix, own in zip(matrices, bound.slopes, strict=True)]
    factor = cho_factor(precision, lower=True, overwrite_a=True)
    return np.asarray(cho_solve(factor, (np.array(slope) - means).ravel())).reshape(q, m)


class Spread(NamedTuple):
    """The covariance of a function's values at the points, given the weights of its sites in rows."""

    white: FloatArray  # (n, m): features times the transposed root
    root: FloatArray  # (m, m): the covariance is root.T @ root
    divergence: float  # from the prior, but for the mean

    @classmethod
    def of(cls, matrix: FloatArray, weights: FloatArray) -> Spread:
        """Return the optimal one; LinAlgError if there is none."""
        weighted = matrix * np.sqrt(weights)[:, np.newaxis]
        factor = cholesky(np.eye(matrix.shape[1]) + weighted.T @ weighted, lower=True, overwrite_a=True)
        root = solve_triangular(factor, np.eye(len(factor)), lower=True)
        log_determinant = 2 * float(np.log(factor.diagonal()).sum())
        return cls(matrix @ root.T, root, 0.5 * (float(np.sum(root**2)) - len(root) + log_determinant))

    @property
    def explained(self) -> FloatArray:
        """Variances of the function in the rows, but for what the points leave, (n,)."""
        return np.asarray(np.einsum("ij,ij->i", self.white, self.white))


def sites_of(matrix: FloatArray, slopes: FloatArray, weights: FloatArray) -> Sites:
    """Return the sites of rows with such features."""
    weighted = matrix * np.sqrt(weights)[:, np.newaxis]
    return Sites(slopes, weights, matrix.T @ slopes, weighted.T @ weighted)
