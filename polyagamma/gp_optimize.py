"""Kernel parameters that maximise the evidence, by variational expectation maximisation."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma.optional import scikit_learn_for
from polyagamma.response import BinomialResponse

FloatArray = NDArray[np.float64]
ITERATIONS = 50
TOLERANCE = 1e-3  # change of every log parameter


def maximise_evidence(
    kernel: Any, X: FloatArray, response: BinomialResponse, offset: FloatArray, jitter: float
) -> Any:
    """Return the kernel with the parameters that maximise the Pólya-gamma variational bound of the evidence.

    Given the mean of omega the likelihood is that of Gaussian data ``kappa / omega`` with variance ``1 /
    omega``, and the bound is the evidence of Gaussian-process regression (Wenzel et al. 2019, section 3):
    scikit-learn maximises it. Then ``omega = shape tanh(c / 2) / (2 c)`` with ``c**2 = E[eta**2]``.

    Parameters
    ----------
    kernel : kernel of scikit-learn
        Where the search starts; its bounds hold.
    X : ndarray, shape (n, p)
    response : BinomialResponse
    offset : ndarray, shape (n,)
        Offsets plus prior mean.
    jitter : float
        As for `TrainingCovariance`.
    """
    with scikit_learn_for("optimize=True"):
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor

    shape, kappa = response.shape, response.kappa[0]
    omega = shape / 4
    for _ in range(ITERATIONS):
        regression = GaussianProcessRegressor(kernel, alpha=1 / omega + jitter * kernel.diag(X))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a parameter at its bound
            regression.fit(X, kappa / omega - offset)
        mean, sd = regression.predict(X, return_std=True)
        c = np.sqrt((offset + mean) ** 2 + sd**2)
        omega = shape * np.tanh(c / 2) / (2 * c)
        change = np.abs(regression.kernel_.theta - kernel.theta).max()
        kernel = regression.kernel_
        if change < TOLERANCE:
            break
    return kernel
