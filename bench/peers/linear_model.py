"""The model that NUTS and the user's loop need to know: y ~ Binomial(trials, σ(Zβ)), β_j ~ N(0, scale_j²).

It is the logistic regression, where Z has a column of ones before X, and the Gaussian process f = Zβ with a
fixed kernel, where Z is the Cholesky factor of the kernel matrix and the scales are 1 (whitening).
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import design
import numpy as np
import rbf
import worker
from design import Array


@dataclass(frozen=True)
class LinearModel:
    Z: Array
    scales: Array
    y: Array
    trials: Array

    @property
    def binary(self) -> bool:
        return bool((self.trials == 1).all())


def build(problem: SimpleNamespace) -> LinearModel:
    if hasattr(problem, "lengthscale"):
        L = rbf.cholesky(problem)
        return LinearModel(L, np.ones(len(L)), problem.y, np.ones(len(L)))
    return LinearModel(*design.with_intercept(problem), problem.y, problem.trials)


def main(sample: Callable[[LinearModel, SimpleNamespace], tuple[Array, float]]) -> None:
    """Run an adapter whose `sample` returns draws of β; what is written are those, or of f for a process."""

    def sample_problem(problem: SimpleNamespace) -> tuple[Array, float]:
        model = build(problem)
        beta, seconds = sample(model, problem)
        return (beta @ model.Z.T if hasattr(problem, "lengthscale") else beta), seconds

    worker.main(sample_problem)
