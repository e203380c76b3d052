"""Gaussian-process classification: log loss of predicted probabilities on rows that were held out.

Run ``python bench/gp_prediction.py --data FOLDER``; see bench/README.md.
"""

import gp_sets
import numpy as np
from harness import command_line, machine
from harness.environments import environment_python
from harness.launch import run
from logistic_sets import Array

TRAINING_ROWS = {"pima392": 313, "breast_cancer": 455, "banana": 2000}
SAMPLERS = {
    "polyagamma": ("polyagamma", "predict_polyagamma", {}),
    "polyagamma-150": ("polyagamma", "predict_polyagamma", {"inducing": 150}),
    "sklearn": ("sklearn", "predict_sklearn", {}),
    "gpytorch": ("gpytorch", "predict_gpytorch", {}),
}
"""Environment and adapter of each method, and what it is told besides the problem."""


def log_loss(probability: Array, y: Array) -> float:
    """Return the mean of −log p(y); 0 and 1 count as the nearest double."""
    p = np.clip(probability, np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log1p(-p)))


def main() -> None:
    options = command_line.parse(__doc__, list(TRAINING_ROWS), list(SAMPLERS))
    pythons = {name: environment_python(SAMPLERS[name][0], options.environments) for name in options.peers}
    machine.pin(options.cores)
    print("| set | method | log loss | fit and predict s |\n| --- | --- | --- | --- |")
    for name, (X, y) in gp_sets.load(options.data, options.sets).items():
        train, test = slice(TRAINING_ROWS[name]), slice(TRAINING_ROWS[name], None)
        problem = {"X": X[train], "y": y[train], "X_test": X[test], "cores": options.cores, "seed": 0}
        for method in options.peers:
            _, adapter, settings = SAMPLERS[method]
            outcome = run(pythons[method], adapter, problem | settings, options.timeout)
            cells = [name, method, outcome.failure or "", ""]
            if outcome.output is not None:
                cells[2:] = [f"{log_loss(outcome.output, y[test]):.4f}", f"{outcome.total_seconds:.3g}"]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
