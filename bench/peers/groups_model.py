"""The multilevel logistic regression that NUTS needs to know, non-centred.

logit P(y = 1) = Zβ + Σ_k s_k z_k[code_k], z ~ N(0, 1), s_k ~ half-normal; with a slope, the effects of the
first factor are pairs with covariance diag(s) R diag(s), R ~ LKJ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import design
import numpy as np
import worker
from design import Array


@dataclass(frozen=True)
class GroupModel:
    Z: Array
    scales: Array
    y: Array
    codes: Array
    levels: list[int]
    slope: Array | None
    sd_scale: float
    lkj: float

    @property
    def independent(self) -> list[int]:
        """The factors whose effects are single numbers."""
        return list(range(len(self.levels)))[self.slope is not None :]


def build(problem: SimpleNamespace) -> GroupModel:
    codes = problem.codes.astype(int)
    slope = problem.X[:, problem.slope] if problem.slope >= 0 else None
    levels = [int(column.max()) + 1 for column in codes.T]
    Z, scales = design.with_intercept(problem)
    return GroupModel(Z, scales, problem.y, codes, levels, slope, problem.sd_scale, problem.lkj)


def stacked(beta: Array, sds: list[Array], correlation: list[Array], effects: list[Array]) -> Array:
    """Return draws (chains, draws, all): β, log sds, atanh of the correlation, effects."""
    logs = [np.log(sd).reshape(*beta.shape[:2], -1) for sd in sds]
    angles = [np.arctanh(one)[..., None] for one in correlation]
    return np.concatenate(
        [beta, *logs, *angles, *(one.reshape(*beta.shape[:2], -1) for one in effects)], axis=-1
    )


def main(sample: Callable[[GroupModel, SimpleNamespace], tuple[Array, float]]) -> None:
    worker.main(lambda problem: sample(build(problem), problem))
