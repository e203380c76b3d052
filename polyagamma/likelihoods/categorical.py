"""The categorical likelihood: one of more than two classes, whose probabilities are a softmax."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
