"""Estimators of scikit-learn; the sole importer of its base classes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as model_checks
from polyagamma._validation import predictors as checks
from polyagamma._validation.arguments import as_array
from polyagamma._validation.optional import packages_for

with packages_for("polyagamma.sklearn"):
    from joblib import effective_n_jobs
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils import Tags, check_random_state, get_tags
    from sklearn.utils.multiclass import check_classification_targets, type_of_target
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

    from polyagamma.mcmc.rounds import one_blas_thread
    from polyagamma.models.gaussian_process import PolyaGammaGP
    from polyagamma.models.logistic import PolyaGammaLogistic
    from polyagamma.terms.features import HilbertBasis
    from polyagamma.terms.gaussian_process import Mean
    from polyagamma.terms.kernels import Kernel
    from polyagamma.terms.priors import MvNormal, Normal

FloatArray = NDArray[np.float64]
Model = PolyaGammaLogistic | PolyaGammaGP


class _PosteriorClassifier(ClassifierMixin, BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn is untyped
    """What the classifiers share: labelled rows become a model, its trace becomes probabilities."""

    draws: int
    tune: int
    chains: int
    n_jobs: int | None
    random_state: int | np.random.RandomState | None

    @abstractmethod
    def _model(self, X: FloatArray, y: NDArray[Any], weights: FloatArray, names: list[str]) -> Model:
        """Return the model of distinct rows, with the names of their columns."""

    @abstractmethod
    def _probability(self, X: FloatArray) -> FloatArray:
        """Return the probabilities of the classes for checked rows."""

    def _sampler(self) -> dict[str, Any]:
        """Return arguments of ``model_.sample`` besides those that the classifiers share."""
        return {}

    def _summarize(self) -> None:
        """Set further attributes from those of the fit."""

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Sample the posterior.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
            Real and finite: rows with missing values are refused, not dropped.
        y : array_like, shape (n_samples,)
            Labels.
        sample_weight : array_like, shape (n_samples,), optional
            Weights, not negative: a row of weight 2 counts as two rows, one of weight 0 as none.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        """
        _check_columns(X)
        checks.require_same_rows("X", X, y=y, sample_weight=sample_weight)
        complete = None if y is None else checks.complete_labels("y", y)
        data, target = validate_data(self, X, complete, dtype=np.float64)
        if sample_weight is not None:
            sample_weight = model_checks.per_row("sample_weight", sample_weight, len(data))
        weights = _check_sample_weight(sample_weight, data, dtype=np.float64, ensure_non_negative=True)
        used = weights > 0
        labels = self._labels(target, used)
        rows, labels, weights = _distinct_rows(data[used], labels, weights[used])
        names = getattr(self, "feature_names_in_", [f"x{j}" for j in range(data.shape[1])])
        seed = check_random_state(self.random_state).randint(2**31, size=8).tolist()
        self._prediction_seed = seed[4:]
        self.model_ = self._model(rows, self.classes_[labels], weights, [str(name) for name in names])
        self.idata_ = self.model_.sample(
            self.draws,
            tune=self.tune,
            chains=self.chains,
            cores=effective_n_jobs(self.n_jobs),
            random_seed=seed[:4],
            progressbar=False,
            **self._sampler(),
        )
        self._summarize()
        return self

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the probabilities of the classes, averaged over the posterior.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
            With the columns of the training data in the same order.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)

        Raises
        ------
        TypeError, ValueError
            If `X` does not fit.
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.
        """
        check_is_fitted(self)
        _check_columns(X)
        data = validate_data(self, X, dtype=np.float64, reset=False)
        with one_blas_thread():  # cross-validation has processes of its own
            return self._probability(data)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable class of each row.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
            As for `predict_proba`.

        Returns
        -------
        ndarray, shape (n_samples,)

        Raises
        ------
        TypeError, ValueError, sklearn.exceptions.NotFittedError
            As for `predict_proba`.
        """
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def _labels(self, y: NDArray[Any], used: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Set the classes and return those of the rows that are used, as indices."""
        check_classification_targets(y)
        self.classes_, labels = np.unique(y[used], return_inverse=True)
        if len(self.classes_) < 2:
            found = f"{len(self.classes_)} class" + "es" * (len(self.classes_) != 1)
            raise ValueError(f"y must have two classes in rows of positive weight, got {found}: add rows")
        if len(self.classes_) > 2 and not get_tags(self).classifier_tags.multi_class:
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(y)}: wrap the estimator in OneVsRestClassifier, or use "
                "PolyaGammaGPClassifier"
            )
        return np.asarray(labels)


class PolyaGammaClassifier(_PosteriorClassifier):
    """Bayesian logistic regression of two classes, with probabilities averaged over the posterior.

    Parameters
    ----------
    prior : Normal or MvNormal, optional
        Prior of the coefficients; by default ``N(0, 2.5**2)`` on those of the standardized predictors. See
        `PolyaGammaLogistic`. Its arrays have a value for each column of X: those of columns that are left out
        are, too.
    intercept_prior : Normal, optional
        Prior of the intercept; by default ``N(0, 10**2)`` at the predictors' means.
    fit_intercept : bool, default True
    draws, tune, chains : int, default 500, 400 and 4
        Draws kept of each chain, sweeps of warm-up, and chains.
    kernel : {"auto", "gibbs", "hmc"}, default "auto"
        The transition kernel, as for `PolyaGammaLogistic.sample`.
    n_jobs : int, optional
        Threads; None means 1 and -1 as many as there are CPUs. It changes the time, never the result.
    random_state : int, RandomState instance or None, default None

    Attributes
    ----------
    classes_ : ndarray, shape (2,)
    coef_ : ndarray, shape (1, n_features)
        Posterior means of the coefficients; 0 for predictors that are constant in the training data, which
        are left out.
    intercept_ : ndarray, shape (1,)
    idata_ : InferenceData or DataTree
        The trace. Equal rows of one class have become one row with the sum of their weights.
    model_ : PolyaGammaLogistic
    n_features_in_ : int
    feature_names_in_ : ndarray, shape (n_features_in_,)
        Where X was a data frame with names of columns.

    See Also
    --------
    PolyaGammaLogistic : the model itself, with trials, offsets and everything that one can do with a trace.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from polyagamma.sklearn import PolyaGammaClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> classifier = PolyaGammaClassifier(random_state=1).fit(X[:, :5], y)
    >>> classifier.predict_proba(X[:3, :5]).shape
    (3, 2)
    """

    def __init__(
        self,
        *,
        prior: Normal | MvNormal | None = None,
        intercept_prior: Normal | None = None,
        fit_intercept: bool = True,
        draws: int = 500,
        tune: int = 400,
        chains: int = 4,
        kernel: str = "auto",
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.prior = prior
        self.intercept_prior = intercept_prior
        self.fit_intercept = fit_intercept
        self.draws = draws
        self.tune = tune
        self.chains = chains
        self.kernel = kernel
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        """Two classes only."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _summarize(self) -> None:
        means = self.idata_["posterior"].mean(("chain", "draw"))
        self.coef_ = np.zeros((1, self.n_features_in_))
        self.coef_[0, self._varying] = means["beta"].to_numpy()
        self.intercept_ = np.atleast_1d(means["intercept"].to_numpy() if self.fit_intercept else 0.0)

    model_: PolyaGammaLogistic

    def _model(
        self, X: FloatArray, y: NDArray[Any], weights: FloatArray, names: list[str]
    ) -> PolyaGammaLogistic:
        self._varying = np.flatnonzero(np.ptp(X, axis=0))
        if not len(self._varying):
            raise ValueError("X has only constant columns: add a predictor that varies")
        return PolyaGammaLogistic(
            X[:, self._varying],
            y,
            weights=weights,
            prior=_prior_of(self._varying, X.shape[1], self.prior),
            intercept_prior=self.intercept_prior,
            intercept=self.fit_intercept,
            feature_names=[names[j] for j in self._varying],
        )

    def _sampler(self) -> dict[str, Any]:
        return {"kernel": self.kernel}

    def _probability(self, X: FloatArray) -> FloatArray:
        return self.model_.predict_proba(self.idata_, X[:, self._varying])


class PolyaGammaGPClassifier(_PosteriorClassifier):
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
    feature_names_in_ : ndarray, shape (n_features_in_,)
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


def _check_columns(X: ArrayLike) -> None:
    """Refuse what scikit-learn takes for numbers without a word: masks, and categories that are numbers.

    And what it cannot read, without saying what to do: tables, ragged lists.
    """
    checks.unmasked("X", X)
    if isinstance(X, (Mapping, list, tuple)):
        as_array("X", X)
    if checks.column_names("X", X) is not None:
        checks.matrix("X", X)


def _prior_of(columns: NDArray[np.intp], n_features: int, prior: Any) -> Any:
    """Return the prior of the coefficients of some columns, given that of all.

    Raises
    ------
    TypeError, ValueError
        If an array of the prior does not fit all columns.
    """
    if len(columns) == n_features or not isinstance(prior, (Normal, MvNormal)):
        return prior

    def own(name: str) -> Any:
        value = getattr(prior, name)
        if np.isscalar(value):
            return value
        return model_checks.per_feature(f"prior.{name}", value, n_features)[columns]

    if isinstance(prior, Normal):
        return Normal(own("mu"), own("sigma"), prior.standardized)
    prior.gaussian("prior", np.ones(n_features))  # checks the matrix
    cov = np.linalg.inv(np.asarray(prior.tau)) if prior.cov is None else np.asarray(prior.cov)
    return MvNormal(own("mu"), cov=cov[np.ix_(columns, columns)])


def _distinct_rows(
    X: FloatArray, labels: NDArray[np.int64], weights: FloatArray
) -> tuple[FloatArray, NDArray[np.int64], FloatArray]:
    """Merge equal rows of one class, in sorted order: so a weight of 2 and two copies give the same bits."""
    both, where = np.unique(np.column_stack([X, labels]), axis=0, return_inverse=True)
    sums = np.bincount(where.ravel(), weights).astype(np.float64)
    return both[:, :-1], both[:, -1].astype(np.int64), sums
