"""How far an approximation is from the posterior, by the importance ratios of its own draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from polyagamma.traces.psis import Smoothed, smoothed
from polyagamma.vi.law import TAILS, NormalLaw

FloatArray = NDArray[np.float64]
DRAWS = 4000
GREATEST_KHAT, LEAST_ESS = 0.7, 400.0


class LogPosterior(Protocol):
    """What has the density that an approximation is one of."""

    def log_joint(self, draws: FloatArray) -> FloatArray:
        """Return the log joint density of data and coordinates, (s,), at draws (s, k)."""


@dataclass(frozen=True)
class Check:
    """Weighted draws of a law with the centre and scale of an approximation.

    Attributes
    ----------
    draws : ndarray, shape (s, k)
    smoothed : Smoothed
    tails : str
        Of what they are draws of; see `TAILS`.
    """

    draws: FloatArray
    smoothed: Smoothed
    tails: str

    @property
    def reliable(self) -> bool:
        """Whether weighted draws tell moments of the posterior."""
        return self.smoothed.khat <= GREATEST_KHAT and self.smoothed.ess >= LEAST_ESS


def check(rows: LogPosterior, law: NormalLaw, seed: np.random.SeedSequence) -> Check:
    """Return weighted draws of a law, or if they fail, of one with longer tails, if these do better.

    Posteriors have longer tails than normal laws, so that ratios may have no finite variance where they are
    nearly constant else; those to a t distribution have one.
    """
    checks = []
    for tails in TAILS:
        checks.append(_of(rows, law, tails, np.random.default_rng(seed)))
        if checks[-1].reliable:
            return checks[-1]
    return min(checks, key=lambda one: one.smoothed.khat)


def _of(rows: LogPosterior, law: NormalLaw, tails: str, rng: np.random.Generator) -> Check:
    draws, log_density = law.draw(rng, DRAWS, tails)
    return Check(draws, smoothed(rows.log_joint(draws) - log_density), tails)


def in_words(khat: float) -> str:
    """Return what a k-hat says of an approximation."""
    if khat <= 0.5:
        return (
            f"k-hat {khat:.2f}: the approximation is close to the posterior; weighted draws correct the rest"
        )
    if khat <= GREATEST_KHAT:
        return f"k-hat {khat:.2f}: the approximation is usable; weighted draws correct it"
    return (
        f"k-hat {khat:.2f}, above {GREATEST_KHAT}: the approximation misses a part of the posterior, and "
        "weighted draws do not make it good"
    )
