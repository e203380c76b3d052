"""Priors of standard deviations and correlations of group effects: what the user writes, and its arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

from polyagamma._public import public
from polyagamma._validation.arguments import describe
from polyagamma.likelihoods.dispersion import HalfNormal, parameter

FloatArray = NDArray[np.float64]


@public
@dataclass(frozen=True)
class HalfT:
    """A half-t prior of a standard deviation: the absolute value of ``scale`` times a t variable.

    ``HalfT(3, 2.5)`` is the default of brms.

    Parameters
    ----------
    df, scale : float
        Degrees of freedom, and scale; from 1e-100 to 1e100.

    Raises
    ------
    TypeError, ValueError
        If one is none, or not positive and within its limits.

    Examples
    --------
    >>> from polyagamma import HalfT
    >>> HalfT(3, 2.5)
    HalfT(df=3, scale=2.5)
    """

    df: float
    scale: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "df", parameter("df", self.df))
        object.__setattr__(self, "scale", parameter("scale", self.scale))


@public
@dataclass(frozen=True)
class Exponential:
    """An exponential prior of a standard deviation, with mean ``1 / rate``.

    Parameters
    ----------
    rate : float
        From 1e-100 to 1e100.

    Raises
    ------
    TypeError, ValueError
        If it is none, or not positive and within its limits.

    Examples
    --------
    >>> from polyagamma import Exponential
    >>> Exponential(1)
    Exponential(rate=1)
    """

    rate: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", parameter("rate", self.rate))


@public
@dataclass(frozen=True)
class LKJ:
    """A prior of a correlation matrix R, with density proportional to ``det(R)**(eta - 1)`` [1]_.

    ``LKJ(1)`` is uniform on all correlation matrices; the larger eta, the closer to no correlation.

    Parameters
    ----------
    eta : float
        From 1e-100 to 1e100.

    Raises
    ------
    TypeError, ValueError
        If it is none, or not positive and within its limits.

    References
    ----------
    .. [1] D. Lewandowski, D. Kurowicka and H. Joe (2009), "Generating random correlation matrices based on
       vines and extended onion method", Journal of Multivariate Analysis 100, 1989-2001.

    Examples
    --------
    >>> from polyagamma import LKJ
    >>> LKJ(2)
    LKJ(eta=2)
    """

    eta: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", parameter("eta", self.eta))

    def log_normalizer(self, size: int) -> float:
        """Return the log of the density at the unit matrix of that size ([1]_, section 3)."""
        k = np.arange(1, size)
        left = size - k
        shape = self.eta + (left - 1) / 2
        powers = ((2 * self.eta - 2 + left) * left).sum() * np.log(2.0)
        return -float(powers + (left * betaln(shape, shape)).sum())

    def draw(self, rng: np.random.Generator, draws: int, size: int) -> FloatArray:
        """Return draws of what is below the diagonal, row by row, (draws, size (size - 1) / 2).

        By independent partial correlations ([1]_, section 2.4): those of variables i > j given the first j
        are beta variables, and rows of the Cholesky factor are made of them.
        """
        factor = np.zeros((draws, size, size))
        factor[:, 0, 0] = 1.0
        for i in range(1, size):
            left = np.ones(draws)  # of the row's unit length
            for j in range(i):
                shape = self.eta + (size - 2 - j) / 2
                partial = 2 * rng.beta(shape, shape, draws) - 1
                factor[:, i, j] = partial * np.sqrt(left)
                left *= 1 - partial**2
            factor[:, i, i] = np.sqrt(left)
        matrix = factor @ factor.transpose(0, 2, 1)
        return matrix[:, *np.tril_indices(size, -1)]


class SdPrior(NamedTuple):
    """A prior of a standard deviation, as the core takes it."""

    name: str
    df: float
    scale: float

    @classmethod
    def check(cls, name: str, value: object) -> SdPrior:
        """Return the prior that the user means; TypeError names the argument."""
        if isinstance(value, HalfNormal):
            return cls("half_normal", 0.0, float(value.sigma))
        if isinstance(value, HalfT):
            return cls("half_t", float(value.df), float(value.scale))
        if isinstance(value, Exponential):
            return cls("exponential", 0.0, 1.0 / value.rate)
        raise TypeError(
            f"{name} must be HalfNormal, HalfT or Exponential, got {describe(value)}: pass HalfNormal(1), say"
        )

    def log_normalizer(self) -> float:
        """Return the log of the density at 0, from where the core takes it."""
        if self.name == "half_normal":
            return float(0.5 * np.log(2 / np.pi) - np.log(self.scale))
        if self.name == "exponential":
            return float(-np.log(self.scale))
        half = self.df / 2
        constant = gammaln(half + 0.5) - gammaln(half) - 0.5 * np.log(self.df * np.pi)
        return float(np.log(2.0) + constant - np.log(self.scale))

    def draw(self, rng: np.random.Generator, size: int) -> FloatArray:
        """Return draws of the standard deviation, (size,)."""
        if self.name == "exponential":
            return rng.exponential(self.scale, size)
        if self.name == "half_normal":
            return self.scale * np.abs(rng.standard_normal(size))
        return self.scale * np.abs(rng.standard_t(self.df, size))


def correlation_factor(correlations: FloatArray, size: int) -> FloatArray:
    """Return Cholesky factors (..., size, size) of correlation matrices, given what is below their diagonals.

    Raises
    ------
    ValueError
        If they are those of no correlation matrix.
    """
    matrix = np.zeros((*correlations.shape[:-1], size, size))
    below = np.tril_indices(size, -1)
    matrix[..., *below] = correlations
    matrix += np.swapaxes(matrix, -1, -2)
    matrix[..., np.arange(size), np.arange(size)] = 1.0
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as error:
        raise ValueError(
            "idata must have correlations that make a positive definite matrix: pass what sample() returned"
        ) from error
