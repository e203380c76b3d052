"""Kernel parameters that maximise the evidence, by variational expectation maximisation."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cholesky, solve_triangular
from scipy.optimize import Bounds, minimize

from polyagamma._validation.memory import require_memory
from polyagamma._validation.optional import packages_for
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.terms.features import Basis, Features
from polyagamma.terms.kernels import Kernel

FloatArray = NDArray[np.float64]
ITERATIONS = 50
TOLERANCE = 1e-3  # change of every log parameter
STEPS = 10  # of a search with derivatives by differences; the next iteration goes on from where it ends
LOW_RANK_MATRICES = 5  # (n, m), at once: the kernel, features, and these scaled
CURE = "optimise on a part of the rows, and pass the kernel_ of that model as kernel"
IMPOSSIBLE = 1e25  # minus the evidence of a kernel that is not positive definite


def maximise_evidence(
    kernel: Kernel, X: FloatArray, likelihood: BinomialLikelihood, offset: FloatArray, jitter: float
) -> Kernel:
    """Return the kernel with the parameters that maximise the Pólya-gamma variational bound of the evidence.

    Given the mean of omega the likelihood is that of Gaussian data ``kappa / omega`` with variance ``1 /
    omega``, and the bound is the evidence of Gaussian-process regression (Wenzel et al. 2019, section 3):
    scikit-learn maximises it. Then ``omega = b tanh(c / 2) / (2 c)`` with ``c**2 = E[eta**2]``.

    Parameters
    ----------
    kernel : kernel of scikit-learn
        Where the search starts; its bounds hold.
    X : ndarray, shape (n, p)
    likelihood : BinomialLikelihood
    offset : ndarray, shape (n,)
        Offsets plus prior mean.
    jitter : float
        As for `TrainingCovariance`.

    Raises
    ------
    MemoryError
        If the matrices do not fit.
    ImportError
        If scikit-learn is not installed.
    """
    with packages_for("optimize=True"):
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor

    matrices = 4 + 2 * len(kernel.theta)  # scikit-learn holds the derivatives by all parameters
    require_memory(8 * matrices * len(X) ** 2, f"optimize=True with n = {len(X)} rows", CURE)
    b, kappa = likelihood.b, likelihood.kappa[0]
    omega = b / 4
    for _ in range(ITERATIONS):
        regression = GaussianProcessRegressor(kernel, alpha=1 / omega + jitter * kernel.diag(X))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a parameter at its bound
            regression.fit(X, kappa / omega - offset)
        mean, sd = regression.predict(X, return_std=True)
        omega = mean_omega(b, (offset + mean) ** 2 + sd**2)
        change = np.abs(regression.kernel_.theta - kernel.theta).max()
        kernel = regression.kernel_
        if change < TOLERANCE:
            break
    return kernel


def maximise_low_rank_evidence(
    kernel: Kernel, basis: Basis, X: FloatArray, likelihood: BinomialLikelihood, offset: FloatArray
) -> Kernel:
    """Do what `maximise_evidence` does for the sparse process of a basis.

    Raises
    ------
    FloatingPointError
        If the kernel matrix of inducing points is not positive definite at the kernel given.
    MemoryError
        If the matrices do not fit.
    """
    what = f"optimize=True with n = {len(X)} rows and {basis.size} features"
    require_memory(8 * LOW_RANK_MATRICES * len(X) * basis.size, what, CURE)
    try:
        basis.training(kernel, X)
    except LinAlgError as error:
        raise FloatingPointError(
            f"at the kernel {kernel} the kernel matrix of the inducing points is not positive definite: pass "
            "points that are farther apart, or a larger jitter"
        ) from error
    b, kappa = likelihood.b, likelihood.kappa[0]
    omega = b / 4
    for _ in range(ITERATIONS):
        data = kappa / omega - offset
        theta = _search(kernel, basis, X, omega, data)
        change = np.abs(theta - kernel.theta).max()
        kernel = kernel.clone_with_theta(theta)
        regression = LowRankRegression(basis.training(kernel, X), omega, data)
        mean, variance = regression.moments()
        omega = mean_omega(b, (offset + mean) ** 2 + variance)
        if change < TOLERANCE:
            break
    return kernel


def mean_omega(b: FloatArray, square: FloatArray) -> FloatArray:
    """Return the mean of omega where eta**2 has the mean `square`."""
    c = np.sqrt(square)
    omega: FloatArray = b * np.tanh(c / 2) / (2 * c)
    return omega


class LowRankRegression:
    """Gaussian-process regression, ``data ~ N(matrix @ v + sqrt(variance) * e, 1 / omega)``.

    With D = variance + 1/omega, the factor L of ``B = I + matrix.T @ (matrix / D)`` gives the evidence by the
    matrix determinant lemma and Woodbury's identity, and the law of v (Quiñonero-Candela and Rasmussen 2005,
    JMLR 6, 1939, equations 24 and 27).

    Attributes
    ----------
    evidence : float
        Its logarithm, up to a constant.
    """

    def __init__(self, features: Features, omega: FloatArray, data: FloatArray) -> None:
        self._features, self._omega, self._data = features, omega, data
        noise = features.variance + 1 / omega
        scaled = features.matrix / np.sqrt(noise)[:, np.newaxis]
        self._factor = cholesky(np.eye(scaled.shape[1]) + scaled.T @ scaled, lower=True)
        white = data / np.sqrt(noise)
        self._mean = solve_triangular(self._factor, scaled.T @ white, lower=True)
        log_determinant = np.log(self._factor.diagonal()).sum() + 0.5 * np.log(noise).sum()
        self.evidence = float(0.5 * (self._mean @ self._mean - white @ white) - log_determinant)

    def moments(self) -> tuple[FloatArray, FloatArray]:
        """Return means and variances, (n,), of the process given the data."""
        matrix, own = self._features
        rows = solve_triangular(self._factor, matrix.T, lower=True)
        left = 1 / (1 + own * self._omega)
        mean = left * (self._mean @ rows + own * self._omega * self._data)
        return mean, left * own + left**2 * np.einsum("ji,ji->i", rows, rows)


def _search(kernel: Kernel, basis: Basis, X: FloatArray, omega: FloatArray, data: FloatArray) -> FloatArray:
    def minus_evidence(theta: FloatArray) -> float:
        try:
            features = basis.training(kernel.clone_with_theta(theta), X)
            return -LowRankRegression(features, omega, data).evidence
        except LinAlgError:
            return IMPOSSIBLE

    bounds = Bounds(*kernel.bounds.T)
    found = minimize(
        minus_evidence, kernel.theta, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}
    )
    return np.asarray(found.x, dtype=np.float64)
