"""Shrinkage priors as arrays: coefficients with scales of their own, and of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma.likelihoods.likelihood import CoreForm
from polyagamma.terms.class_coding import ONE_PREDICTOR, Coding
from polyagamma.terms.local_scales import Local
from polyagamma.terms.priors import Draws, Gaussian

FloatArray = NDArray[np.float64]
EVERY, SOME = "feature", "shrunk_feature"  # dimensions of local scales


@dataclass(frozen=True)
class Shrunk:
    """Coefficients ``N(mean, v / unit**2)``; see `CoefficientPrior`.

    Those of group g have ``v = 1 / (1 / (tau[g] lam)**2 + 1 / c**2)``; others have ``v = 1``.

    Attributes
    ----------
    gaussian : Gaussian
        At ``v = 1``, with a diagonal precision; of one linear predictor.
    group : ndarray of float, shape (p,)
        That of each coefficient, -1 for those that are not shrunk.
    groups : list of str, or None
        Their names; None if there is one without a name.
    tau0 : ndarray, shape (groups,)
        Scales of the half-Cauchy priors of tau.
    slab : tuple of float
        Scale and degrees of freedom of ``c``; scale 0 without a slab, degrees 0 if c is known.
    local : Local
        The distribution of lam.
    names : list of str
        Of the columns that are shrunk.
    all_columns : bool
        Whether these are all that the predictors have.
    information : ndarray of float
        Of all rows about each of these coefficients in its unit, were it alone: n σ⁻² in `factors`.
    coding : Coding
        Linear predictors have this prior each, with the same tau and c.
    """

    gaussian: Gaussian
    group: FloatArray
    groups: list[str] | None
    tau0: FloatArray
    slab: tuple[float, float]
    local: Local
    names: list[str]
    all_columns: bool
    information: FloatArray
    coding: Coding = ONE_PREDICTOR

    @property
    def mean(self) -> FloatArray:
        """Prior means, those of one linear predictor after the other."""
        return np.tile(self.gaussian.mean, self.coding.predictors)

    @property
    def feature_dim(self) -> str:
        """What the dimension of lam is called."""
        return EVERY if self.all_columns else SOME

    @property
    def scales(self) -> dict[str, tuple[str, ...]]:
        """See `CoefficientPrior`."""
        scales: dict[str, tuple[str, ...]] = {"tau": () if self.groups is None else ("group",)}
        if self.samples_slab:
            scales["slab"] = ()
        if not self.local.fixed:
            scales["lam"] = (*self.coding.coords, self.feature_dim)
        return scales

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `CoefficientPrior`."""
        coords: dict[str, list[Any]] = {} if self.groups is None else {"group": self.groups}
        if not self.local.fixed and self.feature_dim == SOME:
            coords[SOME] = self.names
        return coords

    @property
    def samples_slab(self) -> bool:
        """Whether c is sampled."""
        return self.slab[0] > 0 and self.slab[1] > 0

    @property
    def n_parameters(self) -> int:
        """See `CoefficientPrior`."""
        of_columns = 0 if self.local.fixed else self.coding.predictors * len(self.names)
        return len(self.tau0) + self.samples_slab + of_columns

    def named(self, parameters: FloatArray) -> dict[str, FloatArray]:
        """See `CoefficientPrior`."""
        count = len(self.tau0)
        named = {"tau": parameters[..., 0] if self.groups is None else parameters[..., :count]}
        if self.samples_slab:
            named["slab"] = parameters[..., count]
            count += 1
        if not self.local.fixed:
            lam = parameters[..., count:]
            named["lam"] = self.coding.named(lam)
        return named

    def factors(self, scales: Mapping[str, FloatArray]) -> FloatArray:
        """Return shrinkage factors (..., *classes, shrunk columns), given the scales as they are named."""
        of_group = self.group[self.group >= 0].astype(int)
        tau = scales["tau"][..., np.newaxis] if self.groups is None else scales["tau"]
        sd = tau[..., of_group] if self.groups is not None else tau * np.ones(len(of_group))
        if self.coding.coords:
            sd = sd[..., np.newaxis, :]
        if not self.local.fixed:
            sd = sd * scales["lam"]
        elif self.coding.coords:
            sd = sd * np.ones((self.coding.predictors, 1))
        if self.slab[0]:
            slab = np.asarray(scales.get("slab", self.slab[0]))
            sd = regularized(sd, slab.reshape(slab.shape + (1,) * (sd.ndim - slab.ndim)))
        return np.asarray(1.0 / (1.0 + self.information * sd**2))

    def core(self) -> CoreForm:
        """See `CoefficientPrior`."""
        of_each = {"mean": self.gaussian.mean, "unit": np.sqrt(self.gaussian.precision), "group": self.group}
        arrays = {name: np.tile(values, self.coding.predictors) for name, values in of_each.items()}
        arrays |= {"tau0": self.tau0, "slab": np.array(self.slab), "shape": np.array([self.local.shape])}
        return CoreForm(self.local.name, arrays)

    def arrays(self) -> list[FloatArray]:
        """See `CoefficientPrior`."""
        form = self.core()
        return [np.array([float(letter) for letter in form.name.encode()]), *form.arrays.values()]

    def log_normalizer(self) -> None:
        """See `CoefficientPrior`: ``lp`` is only up to a constant."""

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> Draws:
        """See `CoefficientPrior`."""
        predictors, shrunk = self.coding.predictors, self.group >= 0
        of_group = self.group[shrunk].astype(int)
        tau = self.tau0 * np.abs(rng.standard_cauchy((*size, len(self.tau0))))
        lam = self.local.draw(rng, (*size, predictors, int(shrunk.sum())))
        scale, degrees = self.slab
        slab = np.full(size, scale)
        if self.samples_slab:
            slab = scale * np.sqrt(degrees / rng.chisquare(degrees, size))
        sd = np.ones((*size, predictors, len(shrunk)))
        free = tau[..., np.newaxis, of_group] * lam
        sd[..., shrunk] = regularized(free, slab[..., np.newaxis, np.newaxis]) if scale else free
        noise = rng.standard_normal(sd.shape) * sd / np.sqrt(self.gaussian.precision)
        flat = (self.gaussian.mean + noise).reshape(*size, -1)
        told = {"tau": tau[..., 0] if self.groups is None else tau}
        if self.samples_slab:
            told["slab"] = slab
        if not self.local.fixed:
            told["lam"] = self.coding.named(lam.reshape(*size, -1))
        return Draws(flat, told)


def regularized(sd: Any, slab: Any) -> Any:
    """Return standard deviations bounded by a slab: ``1 / sqrt(1 / sd**2 + 1 / slab**2)``."""
    return sd / np.sqrt(1.0 + (sd / slab) ** 2)


def groups_of(members: dict[str, list[int]] | None, shrunk: Sequence[int], columns: int) -> FloatArray:
    """Return the group of each column, -1 for those that are not shrunk."""
    group = np.full(columns, -1.0)
    group[list(shrunk)] = 0.0
    for index, of_group in enumerate((members or {}).values()):
        group[of_group] = index
    return group
