"""The multinomial regression that NUTS and the user's loop need to know.

P(y = k) ∝ exp(Zβ_k) with β_0 = 0: class 0 is the baseline. The β_kj of the other classes are independent,
N(0, scale_j²).
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import design
import numpy as np
import worker
from design import Array
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassModel:
    Z: Array
    scales: Array
    y: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of the coefficients: classes but the baseline, columns of Z."""
        return int(self.y.max()), len(self.scales)


def build(problem: SimpleNamespace) -> ClassModel:
    return ClassModel(*design.with_intercept(problem), problem.y)


def main(sample: Callable[[ClassModel, SimpleNamespace], tuple[Array, float]]) -> None:
    """Run an adapter whose `sample` returns draws of the coefficients, class after class in one row."""
    worker.main(lambda problem: sample(build(problem), problem))
