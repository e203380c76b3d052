"""Coefficients of PyMC models in models of this package: their priors, and those in no predictor."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from polyagamma.mcmc.settings import SamplingWarning
from polyagamma.pymc.conditional import Factors
from polyagamma.terms.priors import MvNormal, Normal

FloatArray = NDArray[np.float64]
Positions = dict[str, FloatArray]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Coefficients:
    """Coefficients of which some are in a predictor, and others are parents of those."""

    factors: Factors
    active: NDArray[np.intp]
    passive: NDArray[np.intp]

    @classmethod
    def of(cls, factors: Factors) -> Coefficients:
        """Tell them apart by the design."""
        used = factors.design.any(axis=1)
        return cls(factors, np.flatnonzero(used), np.flatnonzero(~used))

    @property
    def design(self) -> FloatArray:
        """That of the active coefficients, (active, n)."""
        return self.factors.design[self.active]

    @property
    def has_two_constants(self) -> bool:
        """Whether two columns are constant, which models of this package refuse."""
        return int((np.ptp(self.design, axis=1) == 0).sum()) > 1

    def prior(self) -> Normal | MvNormal:
        """Return the prior of those in the predictor, the others integrated out."""
        precision = self.factors.precision
        mean = np.linalg.solve(precision, self.factors.shift)[self.active]
        if not np.any(precision - np.diag(np.diag(precision))):
            return Normal(mean, np.diag(precision)[self.active] ** -0.5)
        if not self.passive.size:
            return MvNormal(mean, tau=symmetric(precision))
        cov = np.asarray(np.linalg.inv(precision), np.float64)
        return MvNormal(mean, cov=symmetric(cov[np.ix_(self.active, self.active)]))

    def completed(self, drawn: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return all coefficients from draws (..., active), the others drawn given them."""
        b = np.zeros((*drawn.shape[:-1], len(self.factors.shift)))
        b[..., self.active] = drawn
        if self.passive.size:
            rows = self.factors.precision[self.passive]
            shift = self.factors.shift[self.passive] - b @ rows.T
            root = np.linalg.inv(np.linalg.cholesky(rows[:, self.passive]))  # root.T @ root inverts it
            b[..., self.passive] = (shift @ root.T + rng.standard_normal(shift.shape)) @ root
        return b


def symmetric(matrix: FloatArray) -> FloatArray:
    """Return a matrix without the rounding errors that make it unsymmetric."""
    return 0.5 * (matrix + matrix.T)


def quiet(make: Callable[..., Made], *arguments: Any, **options: Any) -> Made:
    """Make a model without advice on its priors, which speaks of this package's own arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        return make(*arguments, **options, intercept=False)
