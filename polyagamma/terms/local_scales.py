"""Distributions of the scales that coefficients have of their own, by the core's names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
DrawScales = Callable[[np.random.Generator, tuple[int, ...]], FloatArray]


@dataclass(frozen=True)
class Local:
    """A distribution of scales.

    Attributes
    ----------
    name : str
        The core's.
    draw : callable
        Returns draws of a shape.
    shape : float
        Its parameter, if it has one.
    fixed : bool
        Whether all scales are 1.
    """

    name: str
    draw: DrawScales
    shape: float = 0.0
    fixed: bool = False


def _ones(_rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
    return np.ones(size)


def _half_cauchy(rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
    return np.abs(rng.standard_cauchy(size))


def _of_exponential(rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
    return np.asarray(np.sqrt(rng.exponential(2.0, size)))


RIDGE = Local("ridge", _ones, fixed=True)
HORSESHOE = Local("horseshoe", _half_cauchy)
LAPLACE = Local("laplace", _of_exponential)


def student_t(nu: float) -> Local:
    """Return the scales whose squares are inverse gamma ``(nu / 2, nu / 2)``."""
    return Local("student_t", partial(_of_chi_square, nu=nu), nu)


def bridge(exponent: float) -> Local:
    """Return the scales whose mixture of normals has the density ``exp(-abs(x)**exponent)``, below 2."""
    return Local("bridge", partial(_of_stable, exponent=exponent), exponent)


def _of_chi_square(rng: np.random.Generator, size: tuple[int, ...], nu: float) -> FloatArray:
    return np.asarray(np.sqrt(nu / rng.chisquare(nu, size)))


def _of_stable(rng: np.random.Generator, size: tuple[int, ...], exponent: float) -> FloatArray:
    """Return draws of the scales: of a variable x of the mixture, then given x."""
    x = rng.gamma(1.0 / exponent, size=size) ** (1.0 / exponent)
    return np.array([_tilted_scale(rng, exponent / 2, one) for one in x.ravel()]).reshape(size)


def _tilted_scale(rng: np.random.Generator, index: float, x: float) -> float:
    """Return a draw of the scale given x; see ``csrc/terms/other_scales.cpp``."""
    pieces = max(1, round(x ** (2 * index)))
    total = 0.0
    for _ in range(pieces):
        while True:
            piece = np.exp(_log_stable(rng, index) - np.log(pieces) / index)
            if rng.exponential() > x * x * piece:
                break
        total += piece
    return float(np.sqrt(0.5 / total))


def _log_stable(rng: np.random.Generator, index: float) -> float:
    """Return the log of a positive stable variable (Kanter 1975, Annals of Probability 3, 697)."""
    u, rest = np.pi * rng.uniform(), 1.0 - index
    log_a = np.log(np.sin(rest * u)) + (index * np.log(np.sin(index * u)) - np.log(np.sin(u))) / rest
    return float(rest / index * (log_a - np.log(rng.exponential())))
