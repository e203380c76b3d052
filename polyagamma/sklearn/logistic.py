"""Logistic and multinomial regression as an estimator."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.metrics import accuracy_score

from polyagamma._public import public
from polyagamma.mcmc.rounds import one_blas_thread
from polyagamma.models.additive import PolyaGammaAdditive
from polyagamma.models.classification import logarithm
from polyagamma.models.logistic import PolyaGammaLogistic
from polyagamma.models.multinomial import PolyaGammaMultinomial
from polyagamma.sklearn.classifier import DistinctRows, PosteriorClassifier
from polyagamma.sklearn.columns import VaryingColumns
from polyagamma.sklearn.groups import Factors
from polyagamma.sklearn.posterior import FloatArray
from polyagamma.terms.component import DEFAULT_SD
from polyagamma.terms.linear_columns import Linear
from polyagamma.terms.priors import DEFAULT_PRIOR, MvNormal, Normal
from polyagamma.terms.shrinkage import ShrinkagePrior

LinearClasses = PolyaGammaLogistic | PolyaGammaMultinomial


@partial(public, place="polyagamma.sklearn")
class PolyaGammaClassifier(PosteriorClassifier):
    """Bayesian logistic regression of two classes or more, with probabilities averaged over the posterior.

    Two classes are those of `PolyaGammaLogistic`. More are those of `PolyaGammaMultinomial` in its symmetric
    form, where no class is special. Rows of two classes may come in groups, each with an intercept of its
    own: then the model is `PolyaGammaAdditive`.

    Parameters
    ----------
    prior : Normal, MvNormal or a shrinkage prior such as RegularizedHorseshoe, optional
        Prior of the coefficients, of each class if there are more than two; by default ``N(0, 2.5**2)`` on
        those of the standardized predictors. Its arrays have a value for each column of X: those of columns
        that are left out are, too. Of more than two classes a mean would cancel, and must be 0; shrinkage
        priors are for two classes without groups.
    intercept_prior : Normal, optional
        Prior of the intercept, likewise; by default ``N(0, 10**2)`` at the predictors' means.
    prior_sd : HalfNormal, HalfT or Exponential, optional
        Prior of the standard deviations of groups; by default ``HalfNormal(1)``.
    fit_intercept : bool, default True
    draws, tune, chains : int, default 500, 400 and 4
        Draws kept of each chain, sweeps of warm-up, and chains.
    kernel : {"auto", "gibbs", "hmc"}, default "auto"
        The transition kernel, as for `sample` of the models.
    n_jobs : int, optional
        Threads; None means 1 and -1 as many as there are CPUs. It changes the time, never the result.
    random_state : int, RandomState instance or None, default None

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
    coef_ : ndarray, shape (1, n_features) or (n_classes, n_features)
        Posterior means of the coefficients; 0 for predictors that are constant in the training data, which
        are left out. There is one row for two classes; the rows of more add up to zero.
    intercept_ : ndarray, shape (1,) or (n_classes,)
    idata_ : InferenceData or DataTree
        The trace. Equal rows of one class have become one row with the sum of their weights.
    model_ : PolyaGammaLogistic, PolyaGammaMultinomial or PolyaGammaAdditive
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray, shape (n_features,)
        Where X was a data frame with names of columns.

    See Also
    --------
    PolyaGammaLogistic : the model itself, with trials, offsets and everything that one can do with a trace.
    PolyaGammaMultinomial : that of more than two classes, also as differences to a baseline.
    PolyaGammaAdditive : that of groups, with slopes, smooths and formulas.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from polyagamma.sklearn import PolyaGammaClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> classifier = PolyaGammaClassifier(random_state=1).fit(X[:, :5], y)
    >>> classifier.predict_proba(X[:4, :5]).shape
    (4, 3)
    """

    def __init__(
        self,
        *,
        prior: Normal | MvNormal | ShrinkagePrior | None = None,
        intercept_prior: Normal | None = None,
        prior_sd: Any = None,
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
        self.prior_sd = prior_sd
        self.fit_intercept = fit_intercept
        self.draws = draws
        self.tune = tune
        self.chains = chains
        self.kernel = kernel
        self.n_jobs = n_jobs
        self.random_state = random_state

    _takes_sparse = True
    model_: LinearClasses | PolyaGammaAdditive

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Sample the posterior.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
            Real and finite: rows with missing values are refused, not dropped.
        y : array_like, shape (n_samples,)
            Labels.
        sample_weight : array_like, shape (n_samples,), optional
            Weights, not negative: a row of weight 2 counts as two rows, one of weight 0 as none.
        groups : array_like or data frame, shape (n_samples,) or (n_samples, n_factors), optional
            Labels of the groups of rows, by one factor or several: each group has an intercept of its own,
            drawn from those of its factor. For two classes and dense X.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        """
        found = self._distinct(X, y, sample_weight, groups)
        self._columns = VaryingColumns.of(found.X)
        self._labels_of_factors = [labels[:1] for labels in found.factors.labels]
        if found.factors.names:
            self._sample(self._grouped(found))
        else:
            self._sample(self._model(found.X, found.y, found.weights, self._column_names()))
        self._summarize()
        return self

    def predict_proba(self, X: ArrayLike, groups: ArrayLike | None = None) -> FloatArray:
        """Return the probabilities of the classes, averaged over the posterior.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
            With the columns of the training data in the same order.
        groups : array_like or data frame, shape (n_samples,) or (n_samples, n_factors), optional
            As for `fit`. A group that was not there is drawn from the population; without `groups` all rows
            are of such groups.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.
        """
        data = self._new_rows(X)
        factors = Factors.of(X, groups, data.shape[0])
        expected, got = len(self._labels_of_factors), len(factors.names)
        if groups is not None and got != expected:
            raise ValueError(
                f"groups must have as many columns as they had in fit, {expected}, got {got}: pass the same "
                "factors"
            )
        with one_blas_thread():  # cross-validation has processes of its own
            if isinstance(self.model_, PolyaGammaAdditive):
                return self._probability_of_groups(self.model_, data, factors)
            return self._probability(data)

    def predict_log_proba(self, X: ArrayLike, groups: ArrayLike | None = None) -> FloatArray:
        """Return the logarithms of the probabilities of the classes.

        Parameters
        ----------
        X, groups
            As for `predict_proba`.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)

        Raises
        ------
        TypeError, ValueError, sklearn.exceptions.NotFittedError
            As for `predict_proba`.
        """
        return logarithm(self.predict_proba(X, groups))

    def predict(self, X: ArrayLike, groups: ArrayLike | None = None) -> NDArray[Any]:
        """Return the most probable class of each row.

        Parameters
        ----------
        X, groups
            As for `predict_proba`.

        Returns
        -------
        ndarray, shape (n_samples,)

        Raises
        ------
        TypeError, ValueError, sklearn.exceptions.NotFittedError
            As for `predict_proba`.
        """
        probabilities = self.predict_proba(X, groups)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def score(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> float:
        """Return the share of rows whose class is the most probable one.

        Parameters
        ----------
        X, groups
            As for `predict_proba`.
        y : array_like, shape (n_samples,)
            Labels.
        sample_weight : array_like, shape (n_samples,), optional

        Returns
        -------
        float

        Raises
        ------
        TypeError, ValueError, sklearn.exceptions.NotFittedError
            As for `predict_proba`.
        """
        return float(accuracy_score(y, self.predict(X, groups), sample_weight=sample_weight))

    def _summarize(self) -> None:
        means = self.idata_["posterior"].mean(("chain", "draw"))
        self.coef_ = self._columns.spread(np.atleast_2d(means["beta"].to_numpy()))
        self.intercept_ = (
            np.atleast_1d(means["intercept"].to_numpy()) if self.fit_intercept else np.zeros(len(self.coef_))
        )

    def _model(self, X: FloatArray, y: NDArray[Any], weights: FloatArray, names: list[str]) -> LinearClasses:
        two = len(self.classes_) == 2
        kind: type[LinearClasses] = PolyaGammaLogistic if two else PolyaGammaMultinomial
        return kind(
            self._columns.of_rows(X),
            y,
            weights=weights,
            prior=self._columns.of_prior(self.prior),
            intercept_prior=self.intercept_prior,
            intercept=self.fit_intercept,
            feature_names=self._columns.of_names(names),
        )

    def _grouped(self, found: DistinctRows) -> PolyaGammaAdditive:
        if len(self.classes_) > 2:
            raise ValueError(f"groups are for two classes, got {len(self.classes_)} in y: leave them out")
        if issparse(found.X):
            raise TypeError("groups need a dense X, got a sparse one: pass X.toarray(), or leave them out")
        prior_sd = DEFAULT_SD if self.prior_sd is None else self.prior_sd
        prior = DEFAULT_PRIOR if self.prior is None else self._columns.of_prior(self.prior)
        names = self._columns.of_names(self._column_names())
        return PolyaGammaAdditive(
            [Linear(self._columns.of_rows(found.X), prior, names), *found.factors.terms(prior_sd)],
            found.y,
            weights=found.weights,
            intercept=self.fit_intercept,
            intercept_prior=self.intercept_prior,
        )

    def _sampler(self) -> dict[str, Any]:
        return {"kernel": self.kernel}

    def _probability(self, X: FloatArray) -> FloatArray:
        model: Any = self.model_
        return np.asarray(model.predict_proba(self.idata_, self._columns.of_rows(X)))

    def _probability_of_groups(
        self, model: PolyaGammaAdditive, X: FloatArray, factors: Factors
    ) -> FloatArray:
        known = bool(factors.names)
        labels = factors.labels if known else [one.repeat(len(X)) for one in self._labels_of_factors]
        success = model.predict(
            self.idata_,
            [self._columns.of_rows(X), *labels],
            groups="conditional" if known else "marginal",
            random_seed=self._prediction_seed,
        )
        return np.column_stack([1 - success, success])
