"""Which coefficients a posterior has of one linear predictor, or of one for each class but one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Coding(Protocol):
    """How coefficients that a posterior has are made of those of linear predictors."""

    @property
    def predictors(self) -> int:
        """Number of linear predictors, each with p coefficients."""

    @property
    def coords(self) -> dict[str, list[Any]]:
        """Dimensions that a coefficient has in a posterior, and their labels."""

    def named(self, flat: FloatArray) -> FloatArray:
        """Return coefficients (..., *labels, p), given those of linear predictors, (..., predictors * p)."""

    def flat(self, named: FloatArray) -> FloatArray:
        """Return the inverse of `named`."""


@dataclass(frozen=True)
class OnePredictor:
    """There is one linear predictor, with the very coefficients that the posterior has."""

    predictors = 1

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `Coding`."""
        return {}

    def named(self, flat: FloatArray) -> FloatArray:
        """See `Coding`."""
        return flat

    def flat(self, named: FloatArray) -> FloatArray:
        """See `Coding`."""
        return named


ONE_PREDICTOR = OnePredictor()


@dataclass(frozen=True)
class ByClass:
    """Classes have coefficients of their own.

    Attributes
    ----------
    labels : list
        Of the classes that have coefficients.
    symmetric : bool
        Whether these add up to zero over all classes. Linear predictors have the differences to the last
        class then; else they have these very coefficients.
    """

    labels: list[Any]
    symmetric: bool

    @property
    def predictors(self) -> int:
        """See `Coding`."""
        return len(self.labels) - self.symmetric

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `Coding`."""
        return {"class": self.labels}

    def named(self, flat: FloatArray) -> FloatArray:
        """See `Coding`."""
        each = flat.reshape(*flat.shape[:-1], self.predictors, flat.shape[-1] // self.predictors)
        if not self.symmetric:
            return each
        # One by one, since the bits of a sum along an axis depend on how many draws there are.
        mean = reduce(add, np.moveaxis(each, -2, 0))[..., np.newaxis, :] / len(self.labels)
        return np.concatenate([each - mean, -mean], axis=-2)

    def flat(self, named: FloatArray) -> FloatArray:
        """See `Coding`: what all classes have in common cancels in a symmetric one."""
        each = named[..., :-1, :] - named[..., -1:, :] if self.symmetric else named
        return each.reshape(*named.shape[:-2], self.predictors * named.shape[-1])

    def between(self) -> FloatArray:
        """Return the precision of a number of each linear predictor, those of the classes being N(0, 1).

        Differences of K such numbers to the last have the covariance ``I + 1 1'``.
        """
        identity = np.eye(self.predictors)
        return identity - 1.0 / len(self.labels) if self.symmetric else identity
