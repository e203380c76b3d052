"""What all estimators share: rows become a model, which is sampled."""

from __future__ import annotations

from abc import ABC
from dataclasses import fields, is_dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from polyagamma._validation import models as model_checks
from polyagamma._validation import predictors as checks
from polyagamma._validation.rows import complete_labels
from polyagamma.likelihoods.dispersion import DEFAULT_DISPERSION_PRIOR
from polyagamma.mcmc.notices import in_words_of
from polyagamma.models.additive import PolyaGammaAdditive
from polyagamma.models.gaussian_process import PolyaGammaGP
from polyagamma.models.logistic import PolyaGammaLogistic
from polyagamma.models.multinomial import PolyaGammaMultinomial
from polyagamma.models.negative_binomial import PolyaGammaNegativeBinomial
from polyagamma.sklearn.rows import check_columns
from polyagamma.terms.component import DEFAULT_SD
from polyagamma.terms.priors import DEFAULT_INTERCEPT_PRIOR, DEFAULT_PRIOR

FloatArray = NDArray[np.float64]
PRIORS: dict[str, Any] = {  # and what stands for None
    "prior": DEFAULT_PRIOR,
    "intercept_prior": DEFAULT_INTERCEPT_PRIOR,
    "dispersion_prior": DEFAULT_DISPERSION_PRIOR,
    "prior_sd": DEFAULT_SD,
}
Model = (
    PolyaGammaLogistic
    | PolyaGammaMultinomial
    | PolyaGammaGP
    | PolyaGammaNegativeBinomial
    | PolyaGammaAdditive
)


class PosteriorEstimator(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn is untyped
    """Rows are checked in the manner of scikit-learn, and models sampled."""

    draws: int
    tune: int
    chains: int
    n_jobs: int | None
    random_state: int | np.random.RandomState | None

    _takes_sparse: ClassVar[bool] = False

    @property
    def _sparse_formats(self) -> str | bool:
        return "csr" if self._takes_sparse else False

    def __sklearn_tags__(self) -> Tags:
        """Say whether predictors may be sparse."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self._takes_sparse
        return tags

    def _sampler(self) -> dict[str, Any]:
        """Return arguments of ``model_.sample`` besides those that the estimators share."""
        return {}

    def set_params(self, **params: Any) -> Self:
        """Set parameters, also those of priors by ``prior__sigma`` and the like, as grids of values do.

        Priors do not change: the estimator gets another one. Where it has none, the default is varied.

        Parameters
        ----------
        **params : dict

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        of_priors = {name: value for name, value in params.items() if name.partition("__")[0] in PRIORS}
        whole = {name: value for name, value in params.items() if name not in of_priors or "__" not in name}
        super().set_params(**whole)
        for name in of_priors.keys() - whole.keys():
            prior, _, parameter = name.partition("__")
            if prior not in self.get_params(deep=False):
                raise ValueError(f"{type(self).__name__} has no parameter {prior!r}: drop {name!r}")
            setattr(self, prior, varied(prior, getattr(self, prior), parameter, params[name]))
        return self

    def _training_rows(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, **options: Any
    ) -> tuple[Any, NDArray[Any], FloatArray]:
        """Return checked predictors, responses and weights, these not negative."""
        check_columns(X)
        checks.require_same_rows("X", X, y=y, sample_weight=sample_weight)
        complete = None if y is None else complete_labels("y", y)
        data, target = validate_data(
            self, X, complete, dtype=np.float64, accept_sparse=self._sparse_formats, **options
        )
        if sample_weight is not None:
            sample_weight = model_checks.per_row("sample_weight", sample_weight, data.shape[0])
        weights = _check_sample_weight(sample_weight, data, dtype=np.float64, ensure_non_negative=True)
        return data, target, weights

    def _new_rows(self, X: ArrayLike) -> Any:
        """Return checked predictors for the fitted model."""
        check_is_fitted(self)
        check_columns(X)
        return validate_data(self, X, dtype=np.float64, reset=False, accept_sparse=self._sparse_formats)

    def _column_names(self) -> list[str]:
        """Return the names of the columns of the training data."""
        names = getattr(self, "feature_names_in_", [f"x{j}" for j in range(self.n_features_in_)])
        return [str(name) for name in names]

    def _sample(self, model: Model) -> None:
        """Set the attributes of a fit."""
        seed = check_random_state(self.random_state).randint(2**31, size=8).tolist()
        self._prediction_seed = seed[4:]
        self.model_ = model
        with in_words_of(self._more_draws):
            self.idata_ = model.sample(
                self.draws,
                tune=self.tune,
                chains=self.chains,
                cores=effective_n_jobs(self.n_jobs),
                random_seed=seed[:4],
                progressbar=False,
                **self._sampler(),
            )

    def _more_draws(self, more: int) -> str:
        """Return how to get more draws from an estimator."""
        return f"{type(self).__name__}(draws={self.draws + more})"


def varied(name: str, prior: Any, parameter: str, value: Any) -> Any:
    """Return a prior, or the default that None stands for, with another value of a parameter.

    Raises
    ------
    ValueError
        If it has no such parameter.
    """
    prior = PRIORS[name] if prior is None else prior
    known = [field.name for field in fields(prior)] if is_dataclass(prior) else []
    if parameter not in known:
        raise ValueError(
            f"{name}__{parameter} must be a parameter of the {type(prior).__name__} in {name}, one of "
            f"{known}: vary one of these, or {name} itself"
        )
    return replace(prior, **{parameter: value})
