"""Gaussian-process classification: log loss of predicted probabilities on rows that were held out.

Fails if ours is worse than another method's by more than TOLERANCE, or a sparse process than the full
one. Run ``python bench/gp_prediction.py --data FOLDER``; see bench/README.md.
"""

import sys

import gp_sets
import numpy as np
from harness import command_line, machine, report
from harness.data_sets import Array
from harness.environments import contents, environment_python
from harness.launch import Run, run

TRAINING_ROWS = {"pima392": 313, "breast_cancer": 455, "banana": 2000}
DRAWS = {"pima392": 250, "breast_cancer": 250, "banana": 60}
"""Draws of each chain of the full process, and as many of warm-up: a sweep at n = 2000 takes seconds."""
SAMPLERS = {
    "polyagamma": ("polyagamma", "predict_polyagamma", {}),
    "polyagamma-150": ("polyagamma", "predict_polyagamma", {"inducing": 150, "draws": 250}),
    "sklearn": ("sklearn", "predict_sklearn", {}),
    "gpytorch": ("gpytorch", "predict_gpytorch", {}),
}
"""Environment and adapter of each method, and what it is told besides the problem."""
CHAINS = 2
BOUNDS = {"polyagamma": ("sklearn", "gpytorch"), "polyagamma-150": ("polyagamma",)}
"""Methods that each of ours may not be worse than by more than TOLERANCE; the sparse one on SPARSE_SET."""
SPARSE_SET, TOLERANCE = "banana", 0.005
Measured = dict[str, dict[str, float | str | None]]


def log_loss(probability: Array, y: Array) -> float:
    """Return the mean of −log p(y); 0 and 1 count as the nearest double."""
    p = np.clip(probability, np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log1p(-p)))


def measured(outcome: Run, y: Array) -> dict[str, float | str | None]:
    if outcome.output is None:
        return {"failure": outcome.failure}
    return {"log_loss": log_loss(outcome.output, y), "total_seconds": outcome.total_seconds}


def row(name: str, method: str, figures: dict[str, float | str | None]) -> str:
    if "failure" in figures:
        return f"| {name} | {method} | {figures['failure']} | |"
    return f"| {name} | {method} | {figures['log_loss']:.4f} | {figures['total_seconds']:.3g} |"


def complaints(name: str, by_method: Measured) -> list[str]:
    """Return a line for each bound that does not hold; a method of ours that failed breaks all of its."""
    lines = []
    for ours, others in BOUNDS.items():
        if ours not in by_method or (others == ("polyagamma",) and name != SPARSE_SET):
            continue
        loss = by_method[ours].get("log_loss", np.inf)
        lines += [
            f"{name}: {ours} {loss:.4f}, {other} {by_method[other]['log_loss']:.4f}"
            for other in others
            if "log_loss" in by_method.get(other, {}) and loss > by_method[other]["log_loss"] + TOLERANCE
        ]
    return lines


def main() -> None:
    options = command_line.parse(__doc__, list(TRAINING_ROWS), list(SAMPLERS))
    pythons = {name: environment_python(SAMPLERS[name][0], options.environments) for name in options.peers}
    host = machine.describe(machine.pin(options.cores))
    host |= {f"environment {one}": contents(one) for one in {SAMPLERS[name][0] for name in options.peers}}
    results: dict[str, Measured] = {}
    worse: list[str] = []
    print("| set | method | log loss | fit and predict s |\n| --- | --- | --- | --- |")
    for name, (X, y) in gp_sets.load(options.data, options.sets).items():
        train, test = slice(TRAINING_ROWS[name]), slice(TRAINING_ROWS[name], None)
        problem = {"X": X[train], "y": y[train], "X_test": X[test]}
        problem |= {"draws": DRAWS[name], "chains": CHAINS, "cores": options.cores, "seed": 0}
        results[name] = {}
        for method in options.peers:
            _, adapter, settings = SAMPLERS[method]
            outcome = run(pythons[method], adapter, problem | settings, options.timeout)
            results[name][method] = measured(outcome, y[test])
            print(row(name, method, results[name][method]), flush=True)
        worse += complaints(name, results[name])
    print(f"\nstored in {report.write('gp-prediction', {'machine': host, 'results': results})}")
    if worse:
        sys.exit("\n".join([f"log loss worse by more than {TOLERANCE}:", *worse]))


if __name__ == "__main__":
    main()
