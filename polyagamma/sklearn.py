"""Estimators of scikit-learn; the sole importer of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from polyagamma.logistic import PolyaGammaLogistic
from polyagamma.priors import MvNormal, Normal

FloatArray = NDArray[np.float64]


class PolyaGammaClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Bayesian logistic regression of two classes, with probabilities averaged over the posterior.

    Parameters
    ----------
    prior : Normal or MvNormal, optional
        Prior of the coefficients; by default ``N(0, 2.5**2)`` on those of the standardized predictors. See
        `PolyaGammaLogistic`.
    intercept_prior : Normal, optional
        Prior of the intercept; by default ``N(0, 10**2)`` at the predictors' means.
    fit_intercept : bool, default True
    draws, tune, chains : int, default 500, 400 and 4
        Draws kept of each chain, sweeps of warm-up, and chains.
    kernel : {"auto", "gibbs", "hmc"}, default "auto"
    n_jobs : int, optional
        Threads; None means 1. It changes the time, never the result.
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

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> PolyaGammaClassifier:
        """Sample the posterior.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
        y : array_like, shape (n_samples,)
            Two labels.
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
        data, target = validate_data(self, X, y, dtype=np.float64)
        weights = _check_sample_weight(sample_weight, data, dtype=np.float64, ensure_non_negative=True)
        labels, used = self._labels(target, weights), weights > 0
        rows, labels, weights = _distinct_rows(data[used], labels, weights[used])
        self._varying = np.ptp(rows, axis=0) > 0
        if not self._varying.any():
            raise ValueError("X has only constant columns: add a predictor that varies")
        names = getattr(self, "feature_names_in_", np.array([f"x{j}" for j in range(data.shape[1])]))
        self.model_ = PolyaGammaLogistic(
            rows[:, self._varying],
            labels,
            weights=weights,
            prior=self.prior,
            intercept_prior=self.intercept_prior,
            intercept=self.fit_intercept,
            feature_names=[str(name) for name in names[self._varying]],
        )
        self.idata_ = self.model_.sample(
            self.draws,
            tune=self.tune,
            chains=self.chains,
            cores=1 if self.n_jobs is None else self.n_jobs,
            random_seed=check_random_state(self.random_state).randint(2**31, size=4).tolist(),
            kernel=self.kernel,
            progressbar=False,
        )
        self._summarize()
        return self

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the probabilities of the classes, averaged over the posterior.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples, 2)
        """
        check_is_fitted(self)
        data = validate_data(self, X, dtype=np.float64, reset=False)
        return self.model_.predict_proba(self.idata_, data[:, self._varying])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the more probable class of each row.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples,)
        """
        check_is_fitted(self)
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def _labels(self, y: NDArray[Any], weights: FloatArray) -> NDArray[np.int64]:
        """Set the classes and return those of the rows of positive weight, as 0 and 1."""
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(y)}: wrap the estimator in OneVsRestClassifier"
            )
        labels = labels[weights > 0]
        if len(np.unique(labels)) < 2:
            raise ValueError("y must have two classes in rows of positive weight, got 1 class: add rows")
        return np.asarray(labels)

    def _summarize(self) -> None:
        """Set the posterior means."""
        means = self.idata_["posterior"].mean(("chain", "draw"))
        self.coef_ = np.zeros((1, self.n_features_in_))
        self.coef_[0, self._varying] = means["beta"].to_numpy()
        self.intercept_ = np.atleast_1d(means["intercept"].to_numpy() if self.fit_intercept else 0.0)


def _distinct_rows(
    X: FloatArray, labels: NDArray[np.int64], weights: FloatArray
) -> tuple[FloatArray, NDArray[np.int64], FloatArray]:
    """Merge equal rows of one class, in sorted order: so a weight of 2 and two copies give the same bits."""
    both, where = np.unique(np.column_stack([X, labels]), axis=0, return_inverse=True)
    sums = np.bincount(where.ravel(), weights).astype(np.float64)
    return both[:, :-1], both[:, -1].astype(np.int64), sums
