"""Gaussian-process classification as an estimator."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._public import public
from polyagamma.models.gaussian_process import PolyaGammaGP
from polyagamma.sklearn.classifier import PosteriorClassifier
from polyagamma.sklearn.posterior import FloatArray
from polyagamma.terms.features import HilbertBasis
from polyagamma.terms.gaussian_process import Mean
from polyagamma.terms.kernels import Kernel


@partial(public, place="polyagamma.sklearn")
class PolyaGammaGPClassifier(PosteriorClassifier):
    """Gaussian-process classification, with probabilities averaged over the posterior of kernel and process.

    Parameters
    ----------
    kernel : kernel of scikit-learn, optional
        By default ``4 * RBF(s)``, s the root of the total variance of the columns of X. Of this and of the
        parameters down to `jitter`, `PolyaGammaGP` tells more.
    mean : float or callable, default 0
        Prior mean of the latent functions.
    kernel_prior : mapping of str to SciPy distribution, optional
        Priors of the **logs** of kernel parameters; by default ``norm(log(value), 1)``, value being that in
        `kernel`.
    inducing : int, "auto", array_like of shape (m, n_features) or HilbertBasis, optional
        Inducing points, how many of them to choose ("auto": found from n), or a basis: needed above a few
        thousand rows. By default the full process.
    approximation : {"fitc", "dtc"}, default "fitc"
    sample_kernel : bool, default True
        Whether to sample the kernel's free parameters.
    optimize : bool, default False
        Whether to start at, and with ``sample_kernel=False`` to stay at, the kernel that maximises a bound of
        the evidence; for two classes.
    jitter : float, default 1e-6
    draws, tune, chains : int, default 500, 400 and 4
        Draws kept of each chain, sweeps of warm-up, and chains.
    n_jobs : int, optional
        Threads; None means 1 and -1 as many as there are CPUs. It changes the time, never the result.
    random_state : int, RandomState instance or None, default None
        Also decides the draws of the latent functions in predictions, which therefore repeat.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
    idata_ : InferenceData or DataTree
        The trace. Equal rows of one class have become one row with the sum of their weights.
    model_ : PolyaGammaGP
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray, shape (n_features,)
        Where X was a data frame with names of columns.

    See Also
    --------
    PolyaGammaGP : the model itself, with trials, offsets and everything that one can do with a trace.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from polyagamma.sklearn import PolyaGammaGPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = PolyaGammaGPClassifier(draws=200, tune=200, random_state=1).fit(X[::3], y[::3])
    >>> classifier.predict_proba(X[:5]).shape
    (5, 3)
    """

    def __init__(
        self,
        kernel: Kernel | None = None,
        *,
        mean: Mean = 0.0,
        kernel_prior: Mapping[str, Any] | None = None,
        inducing: int | str | ArrayLike | HilbertBasis | None = None,
        approximation: str = "fitc",
        sample_kernel: bool = True,
        optimize: bool = False,
        jitter: float = 1e-6,
        draws: int = 500,
        tune: int = 400,
        chains: int = 4,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.kernel = kernel
        self.mean = mean
        self.kernel_prior = kernel_prior
        self.inducing = inducing
        self.approximation = approximation
        self.sample_kernel = sample_kernel
        self.optimize = optimize
        self.jitter = jitter
        self.draws = draws
        self.tune = tune
        self.chains = chains
        self.n_jobs = n_jobs
        self.random_state = random_state

    model_: PolyaGammaGP

    def _model(self, X: FloatArray, y: NDArray[Any], weights: FloatArray, names: list[str]) -> PolyaGammaGP:
        return PolyaGammaGP(
            X,
            y,
            self.kernel,
            mean=self.mean,
            weights=weights,
            kernel_prior=self.kernel_prior,
            inducing=self.inducing,
            approximation=self.approximation,
            sample_kernel=self.sample_kernel,
            optimize=self.optimize,
            jitter=self.jitter,
            feature_names=names,
        )

    def _probability(self, X: FloatArray) -> FloatArray:
        return self.model_.predict_proba(self.idata_, X, random_seed=self._prediction_seed)
