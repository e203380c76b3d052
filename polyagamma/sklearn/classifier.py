"""What the classifiers share."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from polyagamma.mcmc.rounds import one_blas_thread
from polyagamma.models.classification import logarithm
from polyagamma.sklearn import rows
from polyagamma.sklearn.groups import Factors
from polyagamma.sklearn.posterior import FloatArray, Model, PosteriorEstimator


class DistinctRows(NamedTuple):
    """Rows that differ: predictors, labels, the weights of all that are equal to them, and their groups."""

    X: Any
    y: NDArray[Any]
    weights: FloatArray
    factors: Factors


class PosteriorClassifier(ClassifierMixin, PosteriorEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """What the classifiers share: labelled rows become a model, its trace becomes probabilities."""

    @abstractmethod
    def _model(self, X: FloatArray, y: NDArray[Any], weights: FloatArray, names: list[str]) -> Model:
        """Return the model of distinct rows, with the names of their columns."""

    @abstractmethod
    def _probability(self, X: FloatArray) -> FloatArray:
        """Return the probabilities of the classes for checked rows."""

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
        found = self._distinct(X, y, sample_weight)
        self._sample(self._model(found.X, found.y, found.weights, self._column_names()))
        self._summarize()
        return self

    def _distinct(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, groups: ArrayLike | None = None
    ) -> DistinctRows:
        """Set the classes and return the checked rows, equal ones merged."""
        data, target, weights = self._training_rows(X, y, sample_weight)
        factors = Factors.of(X, groups, data.shape[0])
        used = weights > 0
        labels = self._labels(target, used)
        codes, levels = factors.codes(used)
        known = np.column_stack([labels.astype(float), codes])
        merged, kinds, sums = rows.distinct(data[used], known, weights[used])
        own = self.classes_[kinds[:, 0].astype(np.int64)]
        return DistinctRows(merged, own, sums, factors.at(kinds[:, 1:], levels))

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
        data = self._new_rows(X)
        with one_blas_thread():  # cross-validation has processes of its own
            return self._probability(data)

    def predict_log_proba(self, X: ArrayLike) -> FloatArray:
        """Return the logarithms of the probabilities of the classes.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
            As for `predict_proba`.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)

        Raises
        ------
        TypeError, ValueError, sklearn.exceptions.NotFittedError
            As for `predict_proba`.
        """
        return logarithm(self.predict_proba(X))

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
        return np.asarray(labels)
