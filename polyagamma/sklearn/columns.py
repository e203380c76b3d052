"""The columns of X that have coefficients, and their priors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from polyagamma._validation import models as checks
from polyagamma.terms.priors import MvNormal, Normal

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class VaryingColumns:
    """The columns that vary in the training data, of so many: constant ones, as in a fold, are left out."""

    kept: NDArray[np.intp]
    n_features: int

    @classmethod
    def of(cls, X: Any) -> VaryingColumns:
        """Return those of X, dense or sparse; ValueError if there are none."""
        spread = X.max(axis=0) - X.min(axis=0)
        kept = np.flatnonzero(spread.toarray() if issparse(X) else spread)
        if not len(kept):
            raise ValueError("X has only constant columns: add a predictor that varies")
        return cls(kept, X.shape[1])

    def of_rows(self, X: Any) -> Any:
        """Return the columns of X, (n, n_features), that are kept."""
        return X[:, self.kept]

    def of_names(self, names: Sequence[str]) -> list[str]:
        """Return the names that are kept, given those of all columns."""
        return [names[j] for j in self.kept]

    def spread(self, coefficients: FloatArray) -> FloatArray:
        """Return the coefficients (..., n_features) of all columns: 0 for those that are left out."""
        every = np.zeros((*coefficients.shape[:-1], self.n_features))
        every[..., self.kept] = coefficients
        return every

    def of_prior(self, prior: Any) -> Any:
        """Return the prior of the coefficients that are kept, given that of all.

        Raises
        ------
        TypeError, ValueError
            If an array of the prior does not fit all columns.
        """
        if len(self.kept) == self.n_features or not isinstance(prior, (Normal, MvNormal)):
            return prior

        def own(name: str) -> Any:
            value = getattr(prior, name)
            if np.isscalar(value):
                return value
            return checks.per_feature(f"prior.{name}", value, self.n_features)[self.kept]

        if isinstance(prior, Normal):
            return Normal(own("mu"), own("sigma"), prior.standardized)
        prior.gaussian("prior", np.ones(self.n_features))  # checks the matrix
        cov = np.linalg.inv(np.asarray(prior.tau)) if prior.cov is None else np.asarray(prior.cov)
        return MvNormal(own("mu"), cov=cov[np.ix_(self.kept, self.kept)])
