"""The log-likelihoods of additive models, with their derivatives in the linear predictor of each row."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.likelihoods.dispersion import Known
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.likelihoods.negative_binomial import NegativeBinomialLikelihood, log_rising

FloatArray = NDArray[np.float64]


class RowForm(Protocol):
    """A log-likelihood that is concave in linear predictors, given extras: parameters of its own.

    Attributes
    ----------
    extras : int
        Number of extras, each on the whole line.
    """

    extras: int

    def log_likelihood(self, eta: FloatArray, extras: FloatArray) -> FloatArray:
        """Return it but for constants, (...), at linear predictors (..., n) and extras (..., extras)."""

    def derivatives(self, eta: FloatArray, extras: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the first derivative in each linear predictor, and minus the second, both (n,)."""

    def log_prior(self, extras: FloatArray) -> FloatArray:
        """Return the log prior density of extras (..., extras), but for constants, (...)."""


class TrialRows:
    """Successes in trials; see `RowForm`."""

    extras = 0

    def __init__(self, likelihood: BinomialLikelihood) -> None:
        self._b, self._kappa = likelihood.b, likelihood.kappa[0]

    def log_likelihood(self, eta: FloatArray, extras: FloatArray) -> FloatArray:  # noqa: ARG002
        """See `RowForm`."""
        half = np.abs(eta) / 2
        return np.asarray(eta @ self._kappa - (half + np.log1p(np.exp(-2 * half))) @ self._b)

    def derivatives(self, eta: FloatArray, extras: FloatArray) -> tuple[FloatArray, FloatArray]:  # noqa: ARG002
        """See `RowForm`."""
        half = np.tanh(eta / 2)
        return self._kappa - self._b * half / 2, self._b * (1 - half**2) / 4

    def log_prior(self, extras: FloatArray) -> FloatArray:
        """See `RowForm`: there are none."""
        return np.zeros(extras.shape[:-1])


class CountRows:
    """Counts; the extra is the logarithm of their dispersion r, unless that is known. See `RowForm`.

    Given r it is ``y eta - (y + r) log(1 + exp(eta - log r))`` in each row, times its weight, and a constant.
    """

    def __init__(self, likelihood: NegativeBinomialLikelihood) -> None:
        self._y, self._weights = likelihood.y, likelihood.weights
        self._dispersion = likelihood.dispersion
        self._known = np.log(likelihood.dispersion.r) if isinstance(likelihood.dispersion, Known) else None
        self.extras = int(self._known is None)
        self._distinct, place = np.unique(likelihood.y, return_inverse=True)
        self._of_distinct = np.bincount(place, weights=likelihood.weights)

    def _log_r(self, extras: FloatArray) -> FloatArray:
        return extras if self._known is None else np.asarray([self._known])

    def log_likelihood(self, eta: FloatArray, extras: FloatArray) -> FloatArray:
        """See `RowForm`."""
        log_r = self._log_r(extras)
        r = np.exp(log_r)
        each = self._y * eta - (self._y + r) * np.logaddexp(0.0, eta - log_r)
        of_r = 0.0 if self._known is not None else log_rising(self._distinct, r) @ self._of_distinct
        return np.asarray(each @ self._weights + of_r)

    def derivatives(self, eta: FloatArray, extras: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `RowForm`."""
        log_r = self._log_r(extras)
        share, b = expit(eta - log_r), self._weights * (self._y + np.exp(log_r))
        return self._weights * self._y - b * share, b * share * (1 - share)

    def log_prior(self, extras: FloatArray) -> FloatArray:
        """See `RowForm`, and `DispersionPrior` for its form."""
        if self._known is not None:
            return np.zeros(extras.shape[:-1])
        shape, rate, scale = self._dispersion.core()
        log_r = extras[..., 0]
        return np.asarray(shape * log_r - rate * np.exp(log_r) - scale * np.exp(-log_r))


def row_form(likelihood: Likelihood) -> RowForm:
    """Return the form of a likelihood that an additive model may have."""
    if isinstance(likelihood, BinomialLikelihood):
        return TrialRows(likelihood)
    assert isinstance(likelihood, NegativeBinomialLikelihood)
    return CountRows(likelihood)
