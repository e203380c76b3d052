"""The linear term of a model with Gaussian priors, from what the user wrote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation import shrinkage as shrinkage_checks
from polyagamma.mcmc.notices import notice
from polyagamma.terms.class_coding import ByClass
from polyagamma.terms.class_priors import GaussianByClass
from polyagamma.terms.linear import LinearTerm
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import (
    DEFAULT_INTERCEPT_PRIOR,
    DEFAULT_PRIOR,
    Gaussian,
    MvNormal,
    Normal,
    extreme_scale,
    join,
)
from polyagamma.terms.shrinkage import Bridge, Setting, ShrinkagePrior
from polyagamma.terms.sparse_predictors import is_sparse
from polyagamma.terms.spike_slab import SpikeAndSlab

FloatArray = NDArray[np.float64]
OF_A_TRIAL = 0.25  # information about the log odds, at even odds


@dataclass(frozen=True)
class GaussianPriors:
    """Priors of coefficients and intercept, checked; the defaults where none were given."""

    coefficients: Normal | MvNormal | ShrinkagePrior
    intercept: Normal
    has_intercept: bool

    @classmethod
    def check(
        cls,
        prior: Normal | MvNormal | ShrinkagePrior | None,
        intercept_prior: Normal | None,
        intercept: bool,
    ) -> GaussianPriors:
        """Check what the user gave; TypeError or ValueError name the argument."""
        if intercept_prior is not None and not intercept:
            raise ValueError("intercept_prior needs intercept=True, got intercept=False: drop one of the two")
        own = cls(
            DEFAULT_PRIOR if prior is None else prior,
            DEFAULT_INTERCEPT_PRIOR if intercept_prior is None else intercept_prior,
            intercept,
        )
        checks.instance("prior", own.coefficients, (Normal, MvNormal, ShrinkagePrior))
        checks.instance("intercept_prior", own.intercept, (Normal,))
        return own

    def require_gaussian(self) -> None:
        """Raise ValueError if a prior has scales, whose samplers need all rows in memory."""
        if isinstance(self.coefficients, ShrinkagePrior):
            raise ValueError(
                "prior must be Normal or MvNormal for rows that are not in memory, got "
                f"{type(self.coefficients).__name__}: pass one of these"
            )

    def term(self, predictors: Predictors, weights: FloatArray, information: float = 1.0) -> LinearTerm:
        """Return the term of predictors whose rows weigh so much, (n,), in means and standard deviations.

        `information`: see `Setting`.
        """
        centre, joint, sd = self._gaussian(predictors, weights)
        setting = Setting(predictors, sd, float(weights.sum()), information)
        return LinearTerm(predictors, centre, self.coefficients.joint(joint, setting), self._description())

    def term_by_class(
        self, predictors: Predictors, weights: FloatArray, coding: ByClass, description: dict[str, str]
    ) -> LinearTerm:
        """Return the term in which classes have coefficients of their own, with this prior each.

        `description` is what a trace says of the coding.
        """
        centre, joint, sd = self._gaussian(predictors, weights)
        described = self._description() | description
        if isinstance(self.coefficients, SpikeAndSlab):
            shrinkage_checks.require_one_predictor("prior", self.coefficients)
        if isinstance(self.coefficients, ShrinkagePrior):
            shrinkage_checks.require_baseline("prior", self.coefficients, coding.symmetric)
            setting = Setting(predictors, sd, float(weights.sum()), OF_A_TRIAL, coding)
            shrunk = self.coefficients.joint(joint, setting)
            return LinearTerm(predictors, centre, shrunk, described, coding)
        if coding.symmetric and joint.mean.any():
            given = {"prior": self.coefficients, "intercept_prior": self.intercept}
            name = "intercept_prior" if self.has_intercept and joint.mean[0] else "prior"
            raise ValueError(
                f"{name} must have the mean 0 with parametrization='symmetric', where a mean that all "
                f"classes share cancels, got {given[name]}: pass mu=0, or parametrization='baseline' to "
                "PolyaGammaMultinomial"
            )
        return LinearTerm(predictors, centre, GaussianByClass(joint, coding), described, coding)

    def _gaussian(
        self, predictors: Predictors, weights: FloatArray
    ) -> tuple[FloatArray, Gaussian, FloatArray]:
        """Return the centre of the design, the prior of its coefficients, at unit scales, and the sd of X."""
        if is_sparse(predictors.X) and isinstance(self.coefficients, (MvNormal, Bridge, SpikeAndSlab)):
            raise ValueError(
                "prior must be one of independent coefficients for a sparse X, Normal or a shrinkage prior "
                "other than Bridge and SpikeAndSlab, got "
                f"{type(self.coefficients).__name__}: pass one of these"
            )
        mean, sd = predictors.moments(weights)
        coefficients = self.coefficients.gaussian("prior", sd)
        if (found := extreme_scale(coefficients, sd, predictors.names)) is not None:
            cure = "standardize X, or pass Normal(..., standardized=True)"
            notice(f"{found}: {cure}")
        if not self.has_intercept:
            return np.zeros_like(mean), coefficients, sd
        return *with_intercept(self.intercept, mean, coefficients), sd

    def _description(self) -> dict[str, str]:
        of_intercept = str(self.intercept) if self.has_intercept else "none"
        return {"prior": str(self.coefficients), "intercept_prior": of_intercept}


def with_intercept(
    intercept_prior: Normal, mean: FloatArray, coefficients: Gaussian
) -> tuple[FloatArray, Gaussian]:
    """Return the centre of the design, and the prior of its coefficients, that of the intercept first.

    The intercept's prior decides the centre: the predictors' means if it holds there, else 0. So the design's
    first coefficient is the very one that the prior is about.
    """
    centre = mean if intercept_prior.standardized else np.zeros_like(mean)
    return centre, join(intercept_prior.gaussian("intercept_prior", np.ones(1)), coefficients)
