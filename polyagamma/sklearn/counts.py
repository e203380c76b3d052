"""Negative binomial regression as an estimator."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.metrics import d2_tweedie_score
from sklearn.utils import Tags

from polyagamma._public import public
from polyagamma._validation import counts as count_checks
from polyagamma._validation import models as model_checks
from polyagamma._validation import predictors as checks
from polyagamma.likelihoods.dispersion import Gamma, HalfNormal, InverseGamma
from polyagamma.mcmc.rounds import one_blas_thread
from polyagamma.models.negative_binomial import PolyaGammaNegativeBinomial
from polyagamma.sklearn import rows
from polyagamma.sklearn.columns import VaryingColumns
from polyagamma.sklearn.posterior import FloatArray, PosteriorEstimator
from polyagamma.terms.priors import MvNormal, Normal
from polyagamma.terms.shrinkage import ShrinkagePrior


@partial(public, place="polyagamma.sklearn")
class PolyaGammaCountRegressor(RegressorMixin, PosteriorEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Bayesian negative binomial regression of counts, with mean counts averaged over the posterior.

    Parameters
    ----------
    prior : Normal, MvNormal or a shrinkage prior such as RegularizedHorseshoe, optional
        Prior of the coefficients; by default ``N(0, 2.5**2)`` on those of the standardized predictors. See
        `PolyaGammaNegativeBinomial`. Its arrays have a value for each column of X: those of columns that are
        left out are, too.
    intercept_prior : Normal, optional
        Prior of the intercept; by default ``N(0, 10**2)`` at the predictors' means.
    dispersion_prior : HalfNormal, Gamma, InverseGamma or float, optional
        Prior of the dispersion r, or r itself where it is known; by default ``HalfNormal(1)``, of
        ``1 / sqrt(r)``.
    fit_intercept : bool, default True
    draws, tune, chains : int, default 500, 400 and 4
        Draws kept of each chain, sweeps of warm-up, and chains.
    kernel : {"auto", "gibbs", "hmc"}, default "auto"
        The transition kernel, as for `PolyaGammaNegativeBinomial.sample`.
    n_jobs : int, optional
        Threads; None means 1 and -1 as many as there are CPUs. It changes the time, never the result.
    random_state : int, RandomState instance or None, default None

    Attributes
    ----------
    coef_ : ndarray, shape (n_features,)
        Posterior means of the coefficients of the log mean; 0 for predictors that are constant in the
        training data, which are left out.
    intercept_ : float
    idata_ : InferenceData or DataTree
        The trace. Equal rows have become one row with the sum of their weights.
    model_ : PolyaGammaNegativeBinomial
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray, shape (n_features,)
        Where X was a data frame with names of columns.

    See Also
    --------
    PolyaGammaNegativeBinomial : the model itself, with offsets and everything that one can do with a trace.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma.sklearn import PolyaGammaCountRegressor
    >>> rng = np.random.default_rng(1)
    >>> X, exposure = rng.standard_normal((200, 2)), rng.uniform(1, 5, 200)
    >>> y = rng.negative_binomial(2, 2 / (2 + exposure * np.exp(0.5 * X[:, 0])))
    >>> regressor = PolyaGammaCountRegressor(random_state=1).fit(X, y, exposure=exposure)
    >>> regressor.predict(X[:3], exposure=1).shape
    (3,)
    """

    def __init__(
        self,
        *,
        prior: Normal | MvNormal | ShrinkagePrior | None = None,
        intercept_prior: Normal | None = None,
        dispersion_prior: HalfNormal | Gamma | InverseGamma | float | None = None,
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
        self.dispersion_prior = dispersion_prior
        self.fit_intercept = fit_intercept
        self.draws = draws
        self.tune = tune
        self.chains = chains
        self.kernel = kernel
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        """Counts are not negative."""
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags

    _takes_sparse = True
    model_: PolyaGammaNegativeBinomial

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        exposure: ArrayLike | None = None,
    ) -> Self:
        """Sample the posterior.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
            Real and finite: rows with missing values are refused, not dropped.
        y : array_like, shape (n_samples,)
            Counts: whole numbers from 0 to 10**12.
        sample_weight : array_like, shape (n_samples,), optional
            Weights, not negative: a row of weight 2 counts as two rows, one of weight 0 as none.
        exposure : float or array_like, shape (n_samples,), optional
            What counts are in proportion to, positive (time, area, persons); by default 1.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        """
        data, target, weights = self._training_rows(X, y, sample_weight, y_numeric=True, ensure_min_samples=2)
        counts = count_checks.counts("y", target, len(target))
        exposed = _exposure(X, exposure, len(target))
        used = weights > 0
        observed = np.column_stack([counts, exposed])
        merged, values, sums = rows.distinct(data[used], observed[used], weights[used])
        self._sample(self._model(merged, values[:, 0], sums, values[:, 1]))
        means = self.idata_["posterior"].mean(("chain", "draw"))
        self.coef_ = self._columns.spread(means["beta"].to_numpy())
        self.intercept_ = float(means["intercept"]) if self.fit_intercept else 0.0
        return self

    def predict(self, X: ArrayLike, exposure: ArrayLike | None = None) -> FloatArray:
        """Return the mean counts, averaged over the posterior.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
            With the columns of the training data in the same order.
        exposure : float or array_like, shape (n_samples,), optional
            Of these rows, positive; by default 1.

        Returns
        -------
        ndarray, shape (n_samples,)

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.
        """
        data = self._new_rows(X)
        exposed = _exposure(X, exposure, data.shape[0])
        with one_blas_thread():  # cross-validation has processes of its own
            return self.model_.predict(self.idata_, self._columns.of_rows(data), exposure=exposed)

    def score(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        exposure: ArrayLike | None = None,
    ) -> float:
        """Return D², the share of Poisson's deviance that is explained, as `PoissonRegressor` does.

        It compares the predictions with those of one rate for all rows: 1 is best, and it can be negative.

        Parameters
        ----------
        X : array_like or data frame, shape (n_samples, n_features)
        y : array_like, shape (n_samples,)
            Counts.
        sample_weight : array_like, shape (n_samples,), optional
        exposure : float or array_like, shape (n_samples,), optional
            As for `predict`.

        Returns
        -------
        float

        Raises
        ------
        TypeError, ValueError, sklearn.exceptions.NotFittedError
            As for `predict`.
        """
        checks.require_same_rows("X", X, y=y, sample_weight=sample_weight)
        mean = self.predict(X, exposure)
        counts = count_checks.counts("y", y, len(mean))
        exposed = _exposure(X, exposure, len(mean))
        one = 1.0 if sample_weight is None else sample_weight
        weights = model_checks.per_row("sample_weight", one, len(mean))
        # Rates weighted by exposures have the deviance of the counts, and the rate of all as their mean.
        return float(
            d2_tweedie_score(counts / exposed, mean / exposed, sample_weight=weights * exposed, power=1)
        )

    def _model(
        self, X: FloatArray, y: FloatArray, weights: FloatArray, exposure: FloatArray
    ) -> PolyaGammaNegativeBinomial:
        self._columns = VaryingColumns.of(X)
        return PolyaGammaNegativeBinomial(
            self._columns.of_rows(X),
            y,
            exposure=exposure,
            weights=weights,
            prior=self._columns.of_prior(self.prior),
            intercept_prior=self.intercept_prior,
            dispersion_prior=self.dispersion_prior,
            intercept=self.fit_intercept,
            feature_names=self._columns.of_names(self._column_names()),
        )

    def _sampler(self) -> dict[str, Any]:
        return {"kernel": self.kernel}


def _exposure(X: ArrayLike, exposure: ArrayLike | None, n_rows: int) -> FloatArray:
    """Return checked exposures of the rows of X."""
    checks.require_same_rows("X", X, exposure=exposure)
    return count_checks.exposure(exposure, n_rows)
