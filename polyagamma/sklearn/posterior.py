"""What all estimators share: rows become a model, which is sampled."""

from __future__ import annotations

from abc import ABC
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from polyagamma._validation import models as model_checks
from polyagamma._validation import predictors as checks
from polyagamma.models.gaussian_process import PolyaGammaGP
from polyagamma.models.logistic import PolyaGammaLogistic
from polyagamma.models.multinomial import PolyaGammaMultinomial
from polyagamma.models.negative_binomial import PolyaGammaNegativeBinomial
from polyagamma.sklearn.rows import check_columns

FloatArray = NDArray[np.float64]
Model = PolyaGammaLogistic | PolyaGammaMultinomial | PolyaGammaGP | PolyaGammaNegativeBinomial


class PosteriorEstimator(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn is untyped
    """Rows are checked in the manner of scikit-learn, and models sampled."""

    draws: int
    tune: int
    chains: int
    n_jobs: int | None
    random_state: int | np.random.RandomState | None

    def _sampler(self) -> dict[str, Any]:
        """Return arguments of ``model_.sample`` besides those that the estimators share."""
        return {}

    def _training_rows(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, **options: Any
    ) -> tuple[FloatArray, NDArray[Any], FloatArray]:
        """Return checked predictors, responses and weights, these not negative."""
        check_columns(X)
        checks.require_same_rows("X", X, y=y, sample_weight=sample_weight)
        complete = None if y is None else checks.complete_labels("y", y)
        data, target = validate_data(self, X, complete, dtype=np.float64, **options)
        if sample_weight is not None:
            sample_weight = model_checks.per_row("sample_weight", sample_weight, len(data))
        weights = _check_sample_weight(sample_weight, data, dtype=np.float64, ensure_non_negative=True)
        return data, target, weights

    def _new_rows(self, X: ArrayLike) -> FloatArray:
        """Return checked predictors for the fitted model."""
        check_is_fitted(self)
        check_columns(X)
        return np.asarray(validate_data(self, X, dtype=np.float64, reset=False))

    def _column_names(self) -> list[str]:
        """Return the names of the columns of the training data."""
        names = getattr(self, "feature_names_in_", [f"x{j}" for j in range(self.n_features_in_)])
        return [str(name) for name in names]

    def _sample(self, model: Model) -> None:
        """Set the attributes of a fit."""
        seed = check_random_state(self.random_state).randint(2**31, size=8).tolist()
        self._prediction_seed = seed[4:]
        self.model_ = model
        self.idata_ = model.sample(
            self.draws,
            tune=self.tune,
            chains=self.chains,
            cores=effective_n_jobs(self.n_jobs),
            random_seed=seed[:4],
            progressbar=False,
            **self._sampler(),
        )
