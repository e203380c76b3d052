"""Pareto-smoothed importance sampling by the installed ArviZ, of either generation."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation.optional import packages_for
from polyagamma.traces.trace import container

FloatArray = NDArray[np.float64]


class Smoothed(NamedTuple):
    """Importance weights that add up to one, (s,), and the shape k-hat of the tail of what they were."""

    weights: FloatArray
    khat: float

    @property
    def ess(self) -> float:
        """Effective number of draws."""
        return float(1 / np.sum(self.weights**2))


def smoothed(log_ratios: FloatArray) -> Smoothed:
    """Smooth the importance ratios of independent draws [1]_.

    Ratios that are all alike have no tail: k-hat is 0.

    References
    ----------
    .. [1] A. Vehtari, D. Simpson, A. Gelman, Y. Yao and J. Gabry (2024), "Pareto smoothed importance
       sampling", JMLR 25 (72), 1-58.
    """
    if np.ptp(log_ratios) < 1e-12:
        return Smoothed(np.full(len(log_ratios), 1 / len(log_ratios)), 0.0)
    with packages_for("importance weights"):
        if container() is None:
            stats = import_module("arviz_stats.base").array_stats
            log_weights, khat = stats.psislw(-log_ratios)  # of log densities that are left out
        else:
            log_weights, khat = import_module("arviz").psislw(log_ratios)
    weights = np.exp(np.asarray(log_weights, dtype=np.float64))
    return Smoothed(weights / weights.sum(), float(khat))
