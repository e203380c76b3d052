"""Priors of the dispersion of counts: what the user writes, and what the core makes of it.

The dispersion r enters as ``rho = log r``, whose log density is ``shape * rho - rate * r - scale / r`` but
for a constant, whichever of them it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from polyagamma._public import public
from polyagamma._validation.arguments import describe
from polyagamma._validation.models import positive

FloatArray = NDArray[np.float64]
LEAST, MOST = 1e-100, 1e100  # of parameters: their squares are doubles


class DispersionPrior(Protocol):
    """A law of the dispersion r > 0."""

    def core(self) -> FloatArray:
        """Return (shape, rate, scale) for the core, or ``[log r]`` of a known r."""

    def log_normalizer(self) -> float:
        """Return what is missing for the log density of log r, or of nothing if r is known."""

    def draw(self, rng: np.random.Generator, size: int) -> FloatArray:
        """Return draws of r."""


@public
@dataclass(frozen=True)
class Gamma:
    """A gamma prior: ``p(r) ∝ r**(shape - 1) * exp(-rate * r)``.

    Parameters
    ----------
    shape, rate : float
        From 1e-100 to 1e100.

    Raises
    ------
    TypeError, ValueError
        If one is none, or not positive and within its limits.

    Examples
    --------
    >>> from polyagamma import Gamma
    >>> Gamma(1, 0.1)
    Gamma(shape=1, rate=0.1)
    """

    shape: float
    rate: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", parameter("shape", self.shape))
        object.__setattr__(self, "rate", parameter("rate", self.rate))

    def core(self) -> FloatArray:
        """See `DispersionPrior`."""
        return np.array([self.shape, self.rate, 0.0])

    def log_normalizer(self) -> float:
        """See `DispersionPrior`."""
        return float(self.shape * np.log(self.rate) - gammaln(self.shape))

    def draw(self, rng: np.random.Generator, size: int) -> FloatArray:
        """See `DispersionPrior`."""
        return rng.gamma(self.shape, 1 / self.rate, size)


@public
@dataclass(frozen=True)
class InverseGamma:
    """An inverse-gamma prior: ``p(r) ∝ r**(-shape - 1) * exp(-scale / r)``.

    Parameters
    ----------
    shape, scale : float
        From 1e-100 to 1e100.

    Raises
    ------
    TypeError, ValueError
        If one is none, or not positive and within its limits.

    Examples
    --------
    >>> from polyagamma import InverseGamma
    >>> InverseGamma(0.4, 0.3)
    InverseGamma(shape=0.4, scale=0.3)
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", parameter("shape", self.shape))
        object.__setattr__(self, "scale", parameter("scale", self.scale))

    def core(self) -> FloatArray:
        """See `DispersionPrior`."""
        return np.array([-self.shape, 0.0, self.scale])

    def log_normalizer(self) -> float:
        """See `DispersionPrior`."""
        return float(self.shape * np.log(self.scale) - gammaln(self.shape))

    def draw(self, rng: np.random.Generator, size: int) -> FloatArray:
        """See `DispersionPrior`."""
        return self.scale / rng.standard_gamma(self.shape, size)


@public
@dataclass(frozen=True)
class HalfNormal:
    """A half-normal prior of standard deviation parameter `sigma`; for a dispersion r, of ``1 / sqrt(r)``.

    ``1 / sqrt(r)`` is the coefficient of variation of the rates behind counts: 0 for Poisson counts.

    Parameters
    ----------
    sigma : float
        From 1e-100 to 1e100.

    Raises
    ------
    TypeError, ValueError
        If it is none, or not positive and within its limits.

    Examples
    --------
    >>> from polyagamma import HalfNormal
    >>> HalfNormal(1)
    HalfNormal(sigma=1)
    """

    sigma: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "sigma", parameter("sigma", self.sigma))

    def core(self) -> FloatArray:
        """See `DispersionPrior`: half-normal t = r**(-1/2), and ``|dt / d log r|`` is t / 2."""
        return np.array([-0.5, 0.0, 0.5 / self.sigma**2])

    def log_normalizer(self) -> float:
        """See `DispersionPrior`: of ``2 N(t; 0, sigma**2) t / 2``."""
        return float(-0.5 * np.log(2 * np.pi) - np.log(self.sigma))

    def draw(self, rng: np.random.Generator, size: int) -> FloatArray:
        """See `DispersionPrior`."""
        return (self.sigma * rng.standard_normal(size)) ** -2.0


@dataclass(frozen=True)
class Known:
    """A dispersion that is known; see `DispersionPrior`."""

    r: float

    def __str__(self) -> str:
        return f"{self.r:g}"

    def core(self) -> FloatArray:
        """See `DispersionPrior`."""
        return np.array([np.log(self.r)])

    def log_normalizer(self) -> float:
        """See `DispersionPrior`."""
        return 0.0

    def draw(self, rng: np.random.Generator, size: int) -> FloatArray:  # noqa: ARG002
        """See `DispersionPrior`."""
        return np.full(size, self.r)


def parameter(name: str, value: object) -> float:
    """Return a parameter of a prior, or a dispersion, having checked that powers of it are doubles."""
    number = positive(name, value)
    if not LEAST <= number <= MOST:
        raise ValueError(
            f"{name} must be from {LEAST:g} to {MOST:g}, got {number:g}: pass one that says what you know"
        )
    return value if isinstance(value, int) else number  # so that the prior is shown as it was written


def check(name: str, value: object) -> DispersionPrior:
    """Return the prior that the user means; TypeError or ValueError name the argument."""
    if isinstance(value, Gamma | InverseGamma | HalfNormal):
        return value
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return Known(parameter(name, value))
    raise TypeError(
        f"{name} must be Gamma, InverseGamma, HalfNormal or a positive number, got {describe(value)}: "
        "pass HalfNormal(1), say, or the dispersion itself if it is known"
    )


DEFAULT_DISPERSION_PRIOR = HalfNormal(1)
