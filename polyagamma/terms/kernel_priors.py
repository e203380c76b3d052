"""Priors of the parameters of kernels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from polyagamma._validation.arguments import real_array, shown
from polyagamma._validation.ownership import own_copy
from polyagamma.terms.kernels import parameter_groups, without_addresses

FloatArray = NDArray[np.float64]


class LogParameterPrior:
    """Independent priors of the logs of the kernel's parameters, cut off at the kernel's bounds.

    Parameters
    ----------
    kernel : Kernel
    given : mapping of str to SciPy distribution, or sequence of them for the elements
        Frozen distributions of the **logs** of parameters. Those not given have ``N(log value, 1)``, value
        being that in `kernel`.
    """

    def __init__(self, kernel: Any, given: Mapping[str, Any]) -> None:
        if not isinstance(given, Mapping):
            raise TypeError(
                f"kernel_prior must be a mapping from names of kernel parameters, got {shown(given)}: pass, "
                "for instance, {'length_scale': scipy.stats.norm(0, 1)}"
            )
        groups = {group.name: group.where for group in parameter_groups(kernel)}
        unknown = [name for name in given if name not in groups]
        if unknown:
            raise ValueError(
                f"kernel_prior names {shown(unknown[0])}, which is no free parameter of the kernel: "
                f"its free parameters are {', '.join(groups) or 'none'}: use these names"
            )
        self._groups = groups
        self._mean = np.array(kernel.theta, dtype=np.float64)
        self._bounds = np.array(kernel.bounds, dtype=np.float64).reshape(-1, 2)
        self._given: list[tuple[int, Any]] = []
        for name, where in groups.items():
            if name in given:
                self._give(name, given[name], range(where.start, where.stop))

    def _give(self, name: str, distributions: Any, elements: Sequence[int]) -> None:
        several = isinstance(distributions, Sequence) and not isinstance(distributions, str)
        each = list(distributions) if several else [distributions] * len(elements)
        if len(each) != len(elements):
            raise ValueError(
                f"kernel_prior[{name!r}] must have one distribution, or one for each of {len(elements)} "
                f"elements, got {len(each)}: pass one for all, or the missing ones"
            )
        for element, distribution in zip(elements, each, strict=True):
            self._require_density(name, distribution, self._mean[element])
            if hasattr(distribution, "cdf"):
                self._mass(name, distribution, element)
            self._given.append((element, own_copy(f"kernel_prior[{name!r}]", distribution)))

    @property
    def normal(self) -> tuple[FloatArray, FloatArray] | None:
        """Return means, shape (d,), and bounds, (d, 2), of default priors; None if others have been given."""
        return None if self._given else (self._mean, self._bounds)

    def __str__(self) -> str:
        """Return what a trace says of the prior: of each parameter its distribution and the bounds."""
        given = {element: described(distribution) for element, distribution in self._given}
        default = {element: f"norm({mean:.6g}, 1)" for element, mean in enumerate(self._mean)}
        texts = (default | given).values()
        each = zip(texts, self._bounds, strict=True)
        return "; ".join(f"{text} in [{low:.6g}, {high:.6g}]" for text, (low, high) in each)

    @staticmethod
    def _require_density(name: str, distribution: Any, at: float) -> None:
        """Raise TypeError unless a distribution has a density of one number."""
        found = shown(distribution)
        if hasattr(distribution, "logpdf") and getattr(distribution, "dim", 1) == 1:
            try:
                value = real_array("logpdf", distribution.logpdf(at))
            except (TypeError, ValueError, AttributeError, LookupError) as error:
                found += f", whose logpdf of a number fails ({error})"
            else:
                if value.shape == ():
                    return
                found += f", whose logpdf of a number has shape {value.shape}"
        raise TypeError(
            f"kernel_prior[{name!r}] must be a frozen SciPy distribution of one variable, the log of the "
            f"parameter, got {found}: pass, for instance, scipy.stats.norm(0, 1)"
        )

    def _mass(self, name: str, distribution: Any, element: int) -> tuple[float, float]:
        """Return the distribution function at the bounds of a parameter; ValueError if nothing is between."""
        bounds = self._bounds[element]
        low, high = (float(distribution.cdf(bound)) for bound in bounds)
        if not low < high:
            raise ValueError(
                f"kernel_prior[{name!r}] has no mass between the kernel's bounds, {bounds[0]:g} and "
                f"{bounds[1]:g} for the log of the parameter: change one of them"
            )
        return low, high

    def _name(self, element: int) -> str:
        """Return the name of the parameter that an element of theta belongs to."""
        return next(name for name, where in self._groups.items() if where.start <= element < where.stop)

    def __call__(self, theta: FloatArray) -> float:
        """Return the log density at `theta`, -inf outside the bounds."""
        return float(self._densities(theta).sum())

    def _densities(self, theta: FloatArray) -> FloatArray:
        """Return the log density of each parameter."""
        values: FloatArray = -0.5 * (theta - self._mean) ** 2 - 0.5 * np.log(2 * np.pi)
        for element, distribution in self._given:
            values[element] = distribution.logpdf(theta[element])
        outside = (theta < self._bounds[:, 0]) | (theta > self._bounds[:, 1])
        values[outside | ~np.isfinite(values)] = -np.inf
        return values

    def inside(self, theta: FloatArray) -> FloatArray:
        """Return `theta` moved into the bounds."""
        return np.asarray(np.clip(theta, self._bounds[:, 0], self._bounds[:, 1]))

    def require_support(self, what: str, theta: FloatArray, cure: str) -> None:
        """Raise ValueError, naming the parameter, unless the density at `theta` is positive."""
        for i in np.flatnonzero(np.isneginf(self._densities(theta)))[:1]:
            name = self._name(int(i))
            low, high = np.exp(self._bounds[i])
            raise ValueError(
                f"{what} must be where the prior is positive, got {name} = {np.exp(theta[i]):.4g}, outside "
                f"its bounds ({low:.4g}, {high:.4g}) or its kernel_prior: {cure}"
            )

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
        """Return draws, shape (*size, d), by inverting distribution functions between the bounds.

        Raises
        ------
        TypeError, ValueError
            If a given distribution lacks ``cdf`` and ``ppf``, or has no mass between the bounds.
        """
        distributions = dict(self._given)
        values = np.empty((*size, len(self._mean)))
        for element in range(len(self._mean)):
            distribution = distributions.get(element, norm(self._mean[element], 1.0))
            if not (hasattr(distribution, "cdf") and hasattr(distribution, "ppf")):
                raise TypeError(
                    f"kernel_prior has {distribution!r}, from which nothing can be drawn: pass a frozen "
                    "distribution of SciPy"
                )
            low, high = self._mass(self._name(element), distribution, element)
            values[..., element] = distribution.ppf(rng.uniform(low, high, size))
        return values

    def start(self, theta: FloatArray, rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
        """Return starting points within one unit of `theta`, where the density is positive."""
        points = self.inside(theta + rng.uniform(-1.0, 1.0, (*size, len(theta))))
        for index in np.ndindex(*size):
            if not np.isfinite(self(points[index])):
                points[index] = self.inside(theta)
        return points


def described(distribution: Any) -> str:
    """Return a text that tells a distribution from others: the same in another process."""
    if hasattr(distribution, "dist"):  # a frozen distribution of SciPy
        return f"{distribution.dist.name}{distribution.args}{distribution.kwds or ''}"
    return without_addresses(f"{distribution!r}")
