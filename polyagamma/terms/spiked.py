"""Spike-and-slab priors as arrays: coefficients of which some are exactly 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from polyagamma._gibbs import SCALE_FAMILIES
from polyagamma.likelihoods.likelihood import CoreForm
from polyagamma.terms.priors import Draws, Gaussian
from polyagamma.terms.scale_priors import SdPrior
from polyagamma.terms.shrunk import EVERY, SOME

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Spiked:
    """Coefficients that are 0 with probability 1 - pi, and else ``N(0, (tau / unit)**2)``.

    See `CoefficientPrior`.

    Attributes
    ----------
    gaussian : Gaussian
        At ``tau = 1``, with a diagonal precision, ``unit**2``.
    spiked : ndarray of bool, shape (p,)
        Which of them may be 0; the others are Gaussian.
    names : list of str
        Of the columns that may be 0.
    all_columns : bool
        Whether these are all that the predictors have.
    slab : SdPrior or float
        The prior of tau, or tau.
    inclusion : tuple of float
        Parameters of the beta prior of pi, or pi alone.
    """

    gaussian: Gaussian
    spiked: NDArray[np.bool_]
    names: list[str]
    all_columns: bool
    slab: SdPrior | float
    inclusion: tuple[float, ...]

    @property
    def mean(self) -> FloatArray:
        """See `CoefficientPrior`: of the coefficients that are never 0."""
        return self.gaussian.mean

    @property
    def feature_dim(self) -> str:
        """What the dimension of indicators is called."""
        return EVERY if self.all_columns else SOME

    @property
    def samples_tau(self) -> bool:
        """Whether tau is sampled."""
        return isinstance(self.slab, SdPrior)

    @property
    def samples_pi(self) -> bool:
        """Whether pi is sampled."""
        return len(self.inclusion) == 2

    @property
    def scales(self) -> dict[str, tuple[str, ...]]:
        """See `CoefficientPrior`."""
        numbers = {"tau": self.samples_tau, "pi": self.samples_pi}
        sampled: dict[str, tuple[str, ...]] = {name: () for name, sampled in numbers.items() if sampled}
        return sampled | {"included": (self.feature_dim,)}

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `CoefficientPrior`."""
        return {} if self.all_columns else {SOME: self.names}

    @property
    def n_parameters(self) -> int:
        """See `CoefficientPrior`."""
        return self.samples_tau + self.samples_pi + len(self.names)

    def named(self, parameters: FloatArray) -> dict[str, FloatArray]:
        """See `CoefficientPrior`."""
        *numbers, included = self.scales
        named = {name: parameters[..., place] for place, name in enumerate(numbers)}
        return named | {included: parameters[..., len(numbers) :]}

    def core(self) -> CoreForm:
        """See `CoefficientPrior`."""
        slab: list[float] = [self.slab] if isinstance(self.slab, float) else []
        if isinstance(self.slab, SdPrior):
            slab = [SCALE_FAMILIES.index(self.slab.name), self.slab.df, self.slab.scale]
        arrays = {
            "mean": self.gaussian.mean,
            "unit": np.sqrt(self.gaussian.precision),
            "spiked": self.spiked.astype(float),
            "slab": np.array(slab, dtype=float),
            "inclusion": np.array(self.inclusion),
        }
        return CoreForm("spike_and_slab", arrays)

    def arrays(self) -> list[FloatArray]:
        """See `CoefficientPrior`."""
        form = self.core()
        return [np.array([float(letter) for letter in form.name.encode()]), *form.arrays.values()]

    def log_normalizer(self) -> float:
        """See `CoefficientPrior`: the core has those of coefficients in the slab."""
        always = Gaussian(self.gaussian.mean[~self.spiked], self.gaussian.precision[~self.spiked])
        total = always.log_normalizer()
        if isinstance(self.slab, SdPrior):
            total += self.slab.log_normalizer()
        if self.samples_pi:
            total -= float(betaln(self.inclusion[0], self.inclusion[-1]))
        return total

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> Draws:
        """See `CoefficientPrior`."""
        tau = np.full(size, 0.0 if isinstance(self.slab, SdPrior) else self.slab)
        if isinstance(self.slab, SdPrior):
            tau = self.slab.draw(rng, tau.size).reshape(size)
        first, second = self.inclusion[0], self.inclusion[-1]
        pi = rng.beta(first, second, size) if self.samples_pi else np.full(size, first)
        included = rng.random((*size, len(self.names))) < pi[..., np.newaxis]
        sd = np.ones((*size, len(self.spiked)))
        sd[..., self.spiked] = tau[..., np.newaxis] * included
        noise = rng.standard_normal(sd.shape) * sd / np.sqrt(self.gaussian.precision)
        told = {"tau": tau, "pi": pi, "included": included.astype(float)}
        return Draws(self.gaussian.mean + noise, {name: told[name] for name in self.scales})
