"""PyMC models of classes as softmax models of this package."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma.models.multinomial import PolyaGammaMultinomial
from polyagamma.pymc.coefficients import Positions, quiet, symmetric
from polyagamma.pymc.conditional import Conditional, Factors
from polyagamma.pymc.draws import members_of_classes
from polyagamma.pymc.structure import GaussianBlock
from polyagamma.terms.priors import MvNormal

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Classes:
    """Softmax models whose classes have coefficients of their own, with the same design and prior.

    With a class without coefficients these are the coefficients of the baseline form. Without, only
    deviations from the classes' mean enter the likelihood; the mean, which is independent of them, has its
    prior: ``N(m, V / K)``.
    """

    model: PolyaGammaMultinomial
    members: list[NDArray[np.intp]]
    common: tuple[FloatArray, FloatArray] | None  # mean m, precision K V^-1 of the classes' mean

    def positions(self, posterior: xr.Dataset, rng: np.random.Generator) -> tuple[FloatArray, Positions]:
        """See `Engine`."""
        beta = posterior["beta"].transpose("chain", "draw", "class", "feature").to_numpy()
        if self.common is not None:
            mean, precision = self.common
            noise = rng.standard_normal((*beta.shape[:2], 1, beta.shape[3]))
            beta = beta + mean + noise @ np.linalg.inv(np.linalg.cholesky(precision))
        own = [member for member in self.members if member.size]
        b = np.empty((*beta.shape[:2], sum(map(len, own))))
        for k, member in enumerate(own):
            b[..., member] = beta[:, :, k]
        return b, {}


def classes(block: GaussianBlock, conditional: Conditional) -> Classes | None:
    """Return a softmax model with the same posterior; None if there is none."""
    likelihood, factors = block.likelihood, conditional.somewhere()
    members = members_of_classes(factors.design, conditional.names_of_coefficients(), str(likelihood.rv.name))
    own = [member for member in members if member.size]
    if not _alike(factors, members, own):
        return None
    assert likelihood.trials is not None
    some = likelihood.trials > 0
    first = own[0]
    mean, precision = _prior_of_class(factors, first)
    whole = len(own) == len(members)
    spread = symmetric(precision)
    model = quiet(
        PolyaGammaMultinomial,
        np.ascontiguousarray(factors.design[first][:, some, _class_of(members, first)].T),
        likelihood.y[some].astype(np.int64),
        offset=factors.offset[some],
        prior=MvNormal(np.zeros_like(mean) if whole else mean, tau=spread),
        parametrization="symmetric" if whole else "baseline",
        baseline=None if whole else next(k for k, member in enumerate(members) if not member.size),
    )
    return Classes(model, members, (mean, len(own) * spread) if whole else None)


def _class_of(members: list[NDArray[np.intp]], wanted: NDArray[np.intp]) -> int:
    return next(k for k, member in enumerate(members) if member is wanted)


def _prior_of_class(factors: Factors, own: NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
    precision = factors.precision[np.ix_(own, own)]
    return np.asarray(np.linalg.solve(precision, factors.shift[own]), np.float64), precision


def _alike(factors: Factors, members: list[NDArray[np.intp]], own: list[NDArray[np.intp]]) -> bool:
    """Whether all classes but at most one have coefficients, with one design and one prior."""
    if len(members) - len(own) > 1 or sum(map(len, own)) != len(factors.shift):
        return False
    if len({len(member) for member in own}) != 1:
        return False
    first, k = own[0], _class_of(members, own[0])
    design = factors.design[first, :, k]
    if int((np.ptp(design, axis=1) == 0).sum()) > 1:
        return False
    among = np.zeros_like(factors.precision, dtype=bool)
    for member in own:
        among[np.ix_(member, member)] = True
    if np.any(factors.precision[~among]):
        return False
    return all(
        np.array_equal(factors.design[member, :, _class_of(members, member)], design)
        and np.allclose(factors.shift[member], factors.shift[first], rtol=1e-12)
        and np.allclose(
            factors.precision[np.ix_(member, member)], factors.precision[np.ix_(first, first)], rtol=1e-12
        )
        for member in own
    )
