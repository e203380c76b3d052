"""Logistic and multinomial regression as an estimator."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._public import public
from polyagamma.models.logistic import PolyaGammaLogistic
from polyagamma.models.multinomial import PolyaGammaMultinomial
from polyagamma.sklearn.classifier import PosteriorClassifier
from polyagamma.sklearn.columns import VaryingColumns
from polyagamma.sklearn.posterior import FloatArray
from polyagamma.terms.priors import MvNormal, Normal
from polyagamma.terms.shrinkage import ShrinkagePrior

LinearClasses = PolyaGammaLogistic | PolyaGammaMultinomial


@partial(public, place="polyagamma.sklearn")
class PolyaGammaClassifier(PosteriorClassifier):
    """Bayesian logistic regression of two classes or more, with probabilities averaged over the posterior.

    Two classes are those of `PolyaGammaLogistic`. More are those of `PolyaGammaMultinomial` in its symmetric
    form, where no class is special.

    Parameters
    ----------
    prior : Normal, MvNormal or a shrinkage prior such as RegularizedHorseshoe, optional
        Prior of the coefficients, of each class if there are more than two; by default ``N(0, 2.5**2)`` on
        those of the standardized predictors. Its arrays have a value for each column of X: those of columns
        that are left out are, too. Of more than two classes a mean would cancel, and must be 0; shrinkage
        priors are for two classes.
    intercept_prior : Normal, optional
        Prior of the intercept, likewise; by default ``N(0, 10**2)`` at the predictors' means.
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
    model_ : PolyaGammaLogistic or PolyaGammaMultinomial
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray, shape (n_features,)
        Where X was a data frame with names of columns.

    See Also
    --------
    PolyaGammaLogistic : the model itself, with trials, offsets and everything that one can do with a trace.
    PolyaGammaMultinomial : that of more than two classes, also as differences to a baseline.

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

    def _summarize(self) -> None:
        means = self.idata_["posterior"].mean(("chain", "draw"))
        self.coef_ = self._columns.spread(np.atleast_2d(means["beta"].to_numpy()))
        self.intercept_ = (
            np.atleast_1d(means["intercept"].to_numpy()) if self.fit_intercept else np.zeros(len(self.coef_))
        )

    _takes_sparse = True
    model_: LinearClasses

    def _model(self, X: FloatArray, y: NDArray[Any], weights: FloatArray, names: list[str]) -> LinearClasses:
        self._columns = VaryingColumns.of(X)
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

    def _sampler(self) -> dict[str, Any]:
        return {"kernel": self.kernel}

    def _probability(self, X: FloatArray) -> FloatArray:
        return self.model_.predict_proba(self.idata_, self._columns.of_rows(X))
