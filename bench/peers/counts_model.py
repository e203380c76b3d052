"""The negative binomial regression that NUTS and the user's loop need to know.

y ~ NB(μ, r) with mean μ = exposure · exp(Zβ) and variance μ + μ²/r; β_j ~ N(0, scale_j²) and
r ~ Gamma(shape, rate).
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import design
import numpy as np
import worker
from design import Array


@dataclass(frozen=True)
class CountModel:
    Z: Array
    scales: Array
    y: Array
    log_exposure: Array
    shape: float
    rate: float


def build(problem: SimpleNamespace) -> CountModel:
    prior = problem.dispersion_shape, problem.dispersion_rate
    return CountModel(*design.with_intercept(problem), problem.y, np.log(problem.exposure), *prior)


def main(sample: Callable[[CountModel, SimpleNamespace], tuple[Array, float]]) -> None:
    """Run an adapter whose `sample` returns draws of β and, last, log r."""
    worker.main(lambda problem: sample(build(problem), problem))
