"""The categorical likelihood: one of more than two classes, whose probabilities are a softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import classes as class_checks
from polyagamma._validation import models as checks
from polyagamma.likelihoods.class_rows import SoftmaxRows
from polyagamma.likelihoods.likelihood import CoreForm, FloatArray, PolyaGammaForm


@dataclass(frozen=True)
class CategoricalLikelihood(SoftmaxRows):
    """Checked classes of the rows, as indices of labels (n,), and their weights (n,); one trial each.

    It has a linear predictor for each class. Given the others, that of a class is logistic.
    """

    @property
    def n_functions(self) -> int:
        """See `Likelihood`."""
        return len(self.classes)

    @property
    def b(self) -> FloatArray:
        """First parameters of the Pólya-gamma variables, (n,): the weights."""
        return self.weights

    @property
    def kappa(self) -> FloatArray:
        """Weight times (whether the row is of the class, less a half), (classes, n)."""
        return np.asarray(self.weights * (self.counts(np.arange(len(self.classes))) - 0.5))

    def polya_gamma(self) -> PolyaGammaForm:
        """See `Likelihood`."""
        return PolyaGammaForm(self.b, self.kappa)

    def core(self) -> CoreForm | None:
        """See `Likelihood`: coefficients of all classes are differences; see `MultinomialLikelihood`."""
        return None

    def logits(self, eta: FloatArray) -> FloatArray:
        """See `SoftmaxRows`."""
        return eta


def observed_categorical(
    classes: NDArray[Any], n: int, *, y: Any, trials: Any = None, weights: Any = None
) -> CategoricalLikelihood:
    """Return some of the rows of a model with these labels; TypeError or ValueError if one does not fit."""
    if trials is not None:
        raise ValueError(f"trials must be None for {len(classes)} classes, got some: leave them out")
    positions = class_checks.positions(y, classes, n)
    return CategoricalLikelihood(classes, positions, np.ones(n), checks.weights(weights, n), np.zeros(n))
