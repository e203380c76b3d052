"""What every adapter does besides sampling: read the problem, time the sampler, write what came of it.

An adapter is a script that runs in its sampler's own environment:
``python ADAPTER.py problem.npz output.npz timing.json``. It ends with ``worker.main(sample)``, where
``sample(problem)`` returns an array, draws of shape (chains, draws, dim) as a rule, and the seconds that it
took without compilation and warm-up. Everything an adapter imports at its top is outside the total time.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import distributions
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

Sampler = Callable[[SimpleNamespace], tuple[NDArray[np.floating], float]]


def read_problem(path: str) -> SimpleNamespace:
    """Return the arrays of the problem as attributes, scalars as Python numbers."""
    with np.load(path) as stored:
        values = {name: stored[name] for name in stored.files}
    return SimpleNamespace(**{name: v if v.ndim else v.item() for name, v in values.items()})


def main(sample: Sampler) -> None:
    problem_path, output_path, timing_path = sys.argv[1:]
    problem = read_problem(problem_path)
    start = time.perf_counter()
    output, sampling_seconds = sample(problem)
    total_seconds = time.perf_counter() - start
    np.savez(output_path, output=np.asarray(output, dtype=float))
    versions = {distribution.name: distribution.version for distribution in distributions()}
    with open(timing_path, "w") as file:
        timing = {"sampling_seconds": sampling_seconds, "total_seconds": total_seconds, "versions": versions}
        json.dump(timing, file)
