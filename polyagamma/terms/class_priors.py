"""The Gaussian prior of coefficients of several linear predictors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polyagamma.likelihoods.likelihood import CoreForm
from polyagamma.terms.class_coding import ByClass
from polyagamma.terms.priors import Draws, Gaussian

FloatArray = NDArray[np.float64]


class GaussianByClass(NamedTuple):
    """The coefficients of all classes are independent and have one prior, before they are coded.

    See `CoefficientPrior`; coefficients are those of linear predictors, one predictor after the other.
    """

    gaussian: Gaussian  # of a class: its mean is zero if the coding is symmetric
    coding: ByClass

    @property
    def mean(self) -> FloatArray:
        """Prior means, (predictors * p,)."""
        return np.tile(self.gaussian.mean, self.coding.predictors)

    @property
    def scales(self) -> Mapping[str, tuple[str, ...]]:
        """See `CoefficientPrior`: nothing is sampled."""
        return {}

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `CoefficientPrior`."""
        return {}

    @property
    def n_parameters(self) -> int:
        """See `CoefficientPrior`."""
        return 0

    def named(self, parameters: FloatArray) -> dict[str, FloatArray]:  # noqa: ARG002
        """See `CoefficientPrior`."""
        return {}

    def core(self) -> CoreForm:
        """See `CoefficientPrior`."""
        arrays = {"mean": self.mean, "precision": self.gaussian.precision, "between": self.coding.between()}
        return CoreForm("gaussian_of_predictors", arrays)

    def arrays(self) -> list[FloatArray]:
        """See `CoefficientPrior`."""
        return [self.coding.between(), *self.gaussian.arrays()]

    def log_normalizer(self) -> float:
        """Log of the density at the mean; of symmetric coefficients, in orthonormal contrasts of classes."""
        return self.coding.predictors * self.gaussian.log_normalizer()

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> Draws:
        """See `CoefficientPrior`."""
        by_class = self.gaussian.draw(rng, (*size, len(self.coding.labels))).coefficients
        return Draws(self.coding.flat(by_class), {})
