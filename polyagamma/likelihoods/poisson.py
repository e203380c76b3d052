"""The Poisson likelihood: counts with a log link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from polyagamma._validation import models as checks
from polyagamma.likelihoods.likelihood import CoreForm, FloatArray, ObservedRows


@dataclass(frozen=True)
class PoissonLikelihood(ObservedRows):
    """Checked counts, weights and offsets, each (n,).

    It has one linear predictor, the logarithm of the mean, and no Pólya-gamma form: Hamiltonian trajectories
    alone move the coefficients.
    """

    @classmethod
    def check(
        cls, y: ArrayLike, weights: ArrayLike | None, offset: ArrayLike | None, n_rows: int
    ) -> PoissonLikelihood:
        """Check what the user gave; TypeError or ValueError name the argument."""
        counts = checks.per_row("y", y, n_rows)
        bad = (counts < 0) | (counts != np.floor(counts))
        if bad.any():
            row = int(np.argmax(bad))
            raise ValueError(
                f"y must be counts, got {checks.plain(counts[row])} in row {row}: pass integers that are not "
                "negative"
            )
        ones = np.ones(n_rows)
        return cls(np.empty(0), counts, ones, checks.weights(weights, n_rows), checks.offset(offset, n_rows))

    @property
    def n_functions(self) -> int:
        """See `Likelihood`."""
        return 1

    def polya_gamma(self) -> None:
        """See `Likelihood`: there is no such form."""

    def core(self) -> CoreForm:
        """See `Likelihood`."""
        return CoreForm("poisson", {"y": self.y, "weights": self.weights})

    def log_constant(self) -> float:
        """See `Likelihood`: the factorials."""
        return -float(self.weights @ gammaln(self.y + 1))

    def log_likelihood(self, eta: FloatArray, rows: slice) -> FloatArray:
        """See `Likelihood`."""
        eta = eta[..., 0, :]
        value = self.y[rows] * eta - np.exp(eta) - gammaln(self.y[rows] + 1)
        return np.asarray(self.weights[rows] * value)

    def mean(self, eta: FloatArray) -> FloatArray:
        """See `Likelihood`: the mean count."""
        return np.exp(eta)

    def class_probabilities(self, mean: FloatArray) -> FloatArray:
        """See `Likelihood`: there are no classes; the mean counts, (1, m)."""
        return mean

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:  # noqa: ARG002
        """See `Likelihood`: counts."""
        return np.asarray(rng.poisson(np.exp(eta[..., 0, :])))
