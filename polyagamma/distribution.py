"""The Pólya-gamma distribution with its parameters frozen, in SciPy's manner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma import _density
from polyagamma._public import public
from polyagamma._validation import arguments as checks
from polyagamma.density import (
    FloatOrArray,
    evaluate,
    exponential,
    polyagamma_cdf,
    polyagamma_cumulant,
    polyagamma_pdf,
)
from polyagamma.random import random_polyagamma

__all__ = ["PolyaGamma"]


@public
class PolyaGamma:
    """A Pólya-gamma distribution PG(h, z).

    It has the methods of a frozen distribution of `scipy.stats`; all of them broadcast their arguments
    against h and z, and return floats if those and the arguments are scalars, arrays otherwise.

    Parameters
    ----------
    h : float or array_like of float, default 1.0
        Shape of the distribution, positive; it need not be an integer.
    z : float or array_like of float, default 0.0
        Tilt of the distribution, any finite number. Only its magnitude matters.

    Raises
    ------
    TypeError
        If h or z does not consist of real numbers.
    ValueError
        If h is not positive and finite or z not finite anywhere, an element is masked, or their shapes do not
        broadcast.

    See Also
    --------
    polyagamma_pdf, polyagamma_cdf : The methods and their errors.
    random_polyagamma : The draws.

    Examples
    --------
    >>> from polyagamma import PolyaGamma
    >>> omega = PolyaGamma(h=2.0, z=1.0)
    >>> round(omega.mean(), 9)
    0.462117157
    >>> round(omega.cdf(omega.ppf(0.25)), 12)
    0.25
    """

    def __init__(self, h: ArrayLike = 1.0, z: ArrayLike = 0.0) -> None:
        arrays = checks.parameters(h, z)
        self._shape = checks.broadcast_shape(h=arrays[0], z=arrays[1])
        self._h, self._z = (_frozen(v, a) for v, a in zip((h, z), arrays, strict=True))

    @property
    def h(self) -> FloatOrArray:
        """Shape parameter, a float or a read-only array."""
        return self._h

    @property
    def z(self) -> FloatOrArray:
        """Tilt parameter, a float or a read-only array."""
        return self._z

    def __repr__(self) -> str:
        return f"PolyaGamma(h={self._h!r}, z={self._z!r})"

    def pdf(self, x: ArrayLike) -> FloatOrArray:
        """Return the density at x."""
        return polyagamma_pdf(x, self._h, self._z)

    def logpdf(self, x: ArrayLike) -> FloatOrArray:
        """Return the logarithm of the density at x."""
        return polyagamma_pdf(x, self._h, self._z, return_log=True)

    def cdf(self, x: ArrayLike) -> FloatOrArray:
        """Return the distribution function P(X <= x)."""
        return polyagamma_cdf(x, self._h, self._z)

    def logcdf(self, x: ArrayLike) -> FloatOrArray:
        """Return the logarithm of the distribution function at x."""
        return polyagamma_cdf(x, self._h, self._z, return_log=True)

    def sf(self, x: ArrayLike) -> FloatOrArray:
        """Return the survival function P(X > x), accurate where it is small too."""
        return self._evaluate(_density.sf_ufunc, ("x", x))

    def logsf(self, x: ArrayLike) -> FloatOrArray:
        """Return the logarithm of the survival function at x."""
        return self._evaluate(_density.logsf_ufunc, ("x", x))

    def ppf(self, q: ArrayLike) -> FloatOrArray:
        """Return the quantile: the x with cdf(x) = q; NaN unless 0 <= q <= 1."""
        return self._evaluate(_density.ppf_ufunc, ("q", q))

    def isf(self, q: ArrayLike) -> FloatOrArray:
        """Return the upper quantile: the x with sf(x) = q; NaN unless 0 <= q <= 1."""
        return self._evaluate(_density.isf_ufunc, ("q", q))

    def median(self) -> FloatOrArray:
        """Return the median."""
        return self.ppf(0.5)

    def interval(self, confidence: ArrayLike) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the ends of the interval with equal tails that has probability `confidence`.

        Parameters
        ----------
        confidence : float or array_like of float
            Probability of the interval, in [0, 1]; NaN results elsewhere.

        Returns
        -------
        (float or ndarray, float or ndarray)
            Lower and upper ends.
        """
        level = checks.real_array("confidence", confidence)
        tail = (1.0 - level) / 2
        outside = float(tail) if np.isscalar(confidence) else tail
        return self.ppf(outside), self.isf(outside)

    def support(self) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the ends of the support, 0 and infinity."""
        return self.ppf(0.0), self.isf(0.0)

    def mean(self) -> FloatOrArray:
        """Return the mean."""
        return polyagamma_cumulant(1, self._h, self._z)

    def var(self) -> FloatOrArray:
        """Return the variance."""
        return polyagamma_cumulant(2, self._h, self._z)

    def std(self) -> FloatOrArray:
        """Return the standard deviation."""
        return self._evaluate(_density.standard_deviation_ufunc)

    def stats(self, moments: str = "mv") -> FloatOrArray | tuple[FloatOrArray, ...]:
        """Return mean ("m"), variance ("v"), skewness ("s") and excess kurtosis ("k").

        Parameters
        ----------
        moments : str, default "mv"
            Which to return, in this order.

        Returns
        -------
        float or ndarray, or a tuple of them
            One for each letter; not in a tuple if there is only one letter.

        Raises
        ------
        ValueError
            If `moments` is not made of the letters m, v, s and k.
        """
        if not moments or set(moments) - set("mvsk"):
            raise ValueError(f"moments must be letters out of 'mvsk', got {moments!r}: pass for example 'mv'")
        functions: dict[str, Callable[[], FloatOrArray]] = {
            "m": self.mean,
            "v": self.var,
            "s": lambda: self._evaluate(_density.skewness_ufunc),
            "k": lambda: self._evaluate(_density.excess_kurtosis_ufunc),
        }
        values = tuple(functions[letter]() for letter in moments)
        return values if len(values) > 1 else values[0]

    def laplace(self, t: ArrayLike) -> FloatOrArray:
        """Return the Laplace transform E exp(-t X); see `polyagamma_laplace`."""
        return exponential(self._evaluate(_density.log_laplace_ufunc, ("t", t)))

    def rvs(self, size: int | tuple[int, ...] | None = None, random_state: Any = None) -> FloatOrArray:
        """Draw from the distribution; see `random_polyagamma`.

        Parameters
        ----------
        size : int or tuple of int, optional
            Shape of the result, which h and z must broadcast to. By default the shape of h and z.
        random_state : None, int, SeedSequence, BitGenerator, Generator or RandomState, optional
            Source of randomness.

        Returns
        -------
        float or ndarray of float64
            A float if h and z are scalars and `size` is not given.
        """
        return random_polyagamma(self._h, self._z, size=size, random_state=random_state)

    def _evaluate(self, ufunc: np.ufunc, *leading: tuple[str, ArrayLike]) -> FloatOrArray:
        return evaluate(ufunc, *leading, h=self._h, z=self._z)


def _frozen(value: ArrayLike, array: NDArray[Any]) -> FloatOrArray:
    """Return a float for a scalar, else a read-only copy."""
    if np.isscalar(value):
        return float(array)
    copy = array.astype(np.float64)
    copy.flags.writeable = False
    return copy
