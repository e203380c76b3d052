"""The categorical likelihood: one of more than two classes, whose probabilities are a softmax."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from polyagamma.likelihoods.likelihood import CoreForm, FloatArray, ObservedRows, PolyaGammaForm


@dataclass(frozen=True)
class CategoricalLikelihood(ObservedRows):
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
        is_class = self.y == np.arange(len(self.classes))[:, np.newaxis]
        return np.asarray(self.weights * (is_class - 0.5))

    def polya_gamma(self) -> PolyaGammaForm:
        """See `Likelihood`."""
        return PolyaGammaForm(self.b, self.kappa)

    def core(self) -> CoreForm | None:
        """See `Likelihood`: linear models have one linear predictor."""
        return None

    def log_likelihood(self, eta: FloatArray, rows: slice) -> FloatArray:
        """See `Likelihood`."""
        own_class = self.y[rows].astype(int).reshape((1,) * (eta.ndim - 1) + (-1,))
        own = np.take_along_axis(eta, own_class, axis=-2)
        return np.asarray(self.weights[rows] * (own[..., 0, :] - logsumexp(eta, axis=-2)))

    def mean(self, eta: FloatArray) -> FloatArray:
        """See `Likelihood`: that of each class."""
        return np.asarray(softmax(eta, axis=-2))

    def class_probabilities(self, mean: FloatArray) -> FloatArray:
        """See `Likelihood`."""
        return mean

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """See `Likelihood`: positions of classes."""
        if (trials != 1).any():
            raise ValueError(
                f"trials must be 1 for {len(self.classes)} classes, got {trials.max():g}: leave trials out"
            )
        below = softmax(eta, axis=-2).cumsum(axis=-2)[..., :-1, :]
        return np.asarray((rng.random(eta[..., :1, :].shape) > below).sum(axis=-2))
