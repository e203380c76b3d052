"""Sparse Gaussian processes: features that make a linear model of one, from inducing points or a basis."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.special import gammaln

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma.terms.kernels import Kernel, compiled

FloatArray = NDArray[np.float64]
MOST_DIMENSIONS = 3  # of a Hilbert-space basis: the number of functions grows exponentially


class Features(NamedTuple):
    """A process at some inputs: ``f = matrix @ v + sqrt(variance) * e`` with standard normal v and e."""

    matrix: FloatArray  # (n, m)
    variance: FloatArray  # (n,)


class InducingPoints:
    """Features of a process that is known through its values at inducing points.

    Parameters
    ----------
    points : ndarray, shape (m, p)
    independent : bool
        True: rows keep the variance that the inducing points leave them, independently of each other (FITC);
        False: training rows have none (DTC), new rows do.
    jitter : float
        As for `polyagamma.terms.kernels.TrainingCovariance`.
    """

    def __init__(self, points: FloatArray, independent: bool, jitter: float) -> None:
        self.points = points
        self.independent = independent
        self.jitter = jitter

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self.points)

    def at(self, points: FloatArray) -> InducingPoints:
        """Return the same with other points."""
        return InducingPoints(points, self.independent, self.jitter)

    def identity(self) -> list[FloatArray]:
        """Return what tells these features from others with the same kernel."""
        return [self.points, np.array([float(self.independent)])]

    def training(self, kernel: Kernel, X: FloatArray) -> Features:
        """Return the features of training rows.

        Raises
        ------
        numpy.linalg.LinAlgError
            If the kernel matrix of the inducing points is not positive definite.
        """
        features = self.new(kernel, X)
        return features if self.independent else Features(features.matrix, np.zeros(len(X)))

    def new(self, kernel: Kernel, X: FloatArray) -> Features:
        """Return the features of new rows; LinAlgError as for `training`."""
        return self.by_factor(cholesky(self.covariance(kernel), lower=True), kernel, X)

    def covariance(self, kernel: Kernel) -> FloatArray:
        """Return the kernel matrix of the points, with its jitter."""
        inducing = np.array(kernel(self.points), dtype=np.float64)
        inducing.flat[:: self.size + 1] *= 1.0 + self.jitter
        return inducing

    def by_factor(self, lower: FloatArray, kernel: Kernel, X: FloatArray) -> Features:
        """Return the features of new rows, given the lower factor of the points' covariance."""
        matrix = solve_triangular(lower, kernel(self.points, X), lower=True, overwrite_b=True).T
        left = kernel.diag(X) * (1.0 + self.jitter) - np.einsum("ij,ij->i", matrix, matrix)
        return Features(np.ascontiguousarray(matrix), np.maximum(left, 0.0))


@public
class HilbertBasis:
    """Features of a stationary process: Laplace eigenfunctions on a box, scaled by the spectral density.

    Parameters
    ----------
    n_basis : int, default 32
        Basis functions for each dimension; they are multiplied, so that p dimensions have ``n_basis**p``.
    boundary : float, default 1.5
        Half-width of the box as a multiple of the largest distance of an input from the middle of its range.

    Notes
    -----
    For ``RBF`` and ``Matern`` kernels (and a ``ConstantKernel`` times one of them) in at most three
    dimensions, along each of which the inputs vary. Predictions outside the box are refused; near its walls,
    where the functions vanish, they are drawn to the mean. The error is small where the box extends a few
    length scales beyond the data and the shortest wave, ``4 L / n_basis`` in a box of half-width L, is a
    fraction of a length scale [1]_ [2]_.

    References
    ----------
    .. [1] A. Solin and S. Särkkä (2020), "Hilbert space methods for reduced-rank Gaussian process
       regression", Statistics and Computing 30, 419-446, equations 41 and 60.
    .. [2] G. Riutort-Mayol, P.-C. Bürkner, M. R. Andersen, A. Solin and A. Vehtari (2023), "Practical Hilbert
       space approximate Bayesian Gaussian processes for probabilistic programming", Statistics and Computing
       33, 17.
    """

    def __init__(self, n_basis: int = 32, boundary: float = 1.5) -> None:
        self.n_basis = checks.integer("n_basis", n_basis, 1)
        self.boundary = checks.not_negative("boundary", boundary)
        if self.boundary <= 1.0:
            raise ValueError(f"boundary must be more than 1, got {self.boundary:g}: 1.5 suits most data")


class BasisFunctions:
    """A `HilbertBasis` around training inputs."""

    def __init__(self, basis: HilbertBasis, kernel: Kernel, X: FloatArray) -> None:
        dimensions = X.shape[1]
        if dimensions > MOST_DIMENSIONS:
            raise ValueError(
                f"inducing=HilbertBasis(...) needs X with at most {MOST_DIMENSIONS} columns, got "
                f"{dimensions}: pass inducing points"
            )
        if compiled(kernel) is None:
            raise ValueError(
                "inducing=HilbertBasis(...) needs an RBF or Matern kernel (nu 0.5, 1.5 or 2.5), or a "
                f"ConstantKernel times one, got {kernel}: pass inducing points"
            )
        low, high = X.min(axis=0), X.max(axis=0)
        if (low == high).any():
            constant = int(np.argmax(low == high))
            raise ValueError(
                f"inducing=HilbertBasis(...) needs columns of X that vary, got X[:, {constant}] = "
                f"{low[constant]:g} in every row: drop that column, or pass inducing points"
            )
        self.middle = (low + high) / 2
        self.boundary = basis.boundary
        self.half_width = self.boundary * (high - low) / 2
        grid = np.meshgrid(*[np.arange(1.0, basis.n_basis + 1)] * dimensions, indexing="ij")
        self.frequency = np.pi / 2 * np.stack([axis.ravel() for axis in grid], axis=-1) / self.half_width

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self.frequency)

    def identity(self) -> list[FloatArray]:
        """Return what tells these features from others with the same kernel."""
        return [self.frequency, self.middle, self.half_width]

    def training(self, kernel: Any, X: FloatArray) -> Features:
        """Return the features of training rows."""
        matrix = np.ones((len(X), self.size))
        for d, width in enumerate(self.half_width):
            shifted = X[:, d, np.newaxis] - self.middle[d] + width
            matrix *= np.sin(shifted * self.frequency[:, d]) / np.sqrt(width)
        matrix *= np.sqrt(spectral_density(kernel, self.frequency))
        return Features(matrix, np.zeros(len(X)))

    def new(self, kernel: Any, X: FloatArray) -> Features:
        """Return the features of new rows; ValueError if one is outside the box, where they mean nothing."""
        beyond = np.abs(X - self.middle) / self.half_width
        if (beyond > 1.0).any():
            row, column = np.unravel_index(int(np.argmax(beyond)), beyond.shape)
            wall, middle = self.half_width[column], self.middle[column]
            enough = 1.25 * self.boundary * beyond[row, column]
            raise ValueError(
                f"X_new must be inside the box of HilbertBasis(boundary={self.boundary:g}), from "
                f"{middle - wall:.6g} to {middle + wall:.6g} in column {column}, got {X[row, column]:.6g} in "
                f"row {row}: make the model with HilbertBasis(boundary={enough:.2g}) and more basis "
                "functions, or pass inducing points"
            )
        return self.training(kernel, X)


Basis = InducingPoints | BasisFunctions


def spectral_density(kernel: Any, frequency: FloatArray) -> FloatArray:
    """Return that of a kernel known to the core, at angular frequencies (m, p), as an array (m,).

    Rasmussen and Williams (2006), section 4.2.1.
    """
    known = compiled(kernel)
    assert known is not None
    p = frequency.shape[1]
    scale = np.broadcast_to(np.exp([value for _, value in known.length_scales]), p)
    square = ((frequency * scale) ** 2).sum(axis=1)
    volume = np.exp(known.variance[1]) * np.prod(scale)
    if known.family == 0:
        return np.asarray(volume * (2 * np.pi) ** (p / 2) * np.exp(-square / 2))
    nu = (0.5, 1.5, 2.5)[known.family - 1]
    log_constant = p * np.log(2 * np.sqrt(np.pi)) + gammaln(nu + p / 2) - gammaln(nu) + nu * np.log(2 * nu)
    return np.asarray(volume * np.exp(log_constant - (nu + p / 2) * np.log(2 * nu + square)))
