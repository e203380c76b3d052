"""The regularized horseshoe that NUTS needs to know, non-centred.

logit P(y = 1) = α + Xβ, β_j = z_j / √(1/(τλ_j)² + 1/c²), z ~ N(0, 1), λ half-Cauchy,
τ half-Cauchy with scale τ₀ (Piironen and Vehtari 2017); α ~ N(0, intercept_scale²).
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import worker
from design import Array


@dataclass(frozen=True)
class ShrinkageModel:
    X: Array
    y: Array
    intercept_scale: float
    slab: float
    tau0: float


def build(problem: SimpleNamespace) -> ShrinkageModel:
    n, p = problem.X.shape
    tau0 = problem.expected / (p - problem.expected) * 2 / np.sqrt(n)
    return ShrinkageModel(problem.X, problem.y, problem.intercept_scale, problem.slab_scale, tau0)


def main(sample: Callable[[ShrinkageModel, SimpleNamespace], tuple[Array, float]]) -> None:
    """Run an adapter whose `sample` returns draws of α, β and log τ."""
    worker.main(lambda problem: sample(build(problem), problem))
