"""Sparse processes of several classes: errors of `fit("svi")` against chains of the same process.

Run ``python bench/class_processes.py`` where package and scikit-learn are installed (bench/README.md).
"""

import argparse
import time
import warnings

import numpy as np
from harness import machine, report
from sklearn.datasets import load_iris, load_wine
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from polyagamma import PolyaGammaGP, SamplingWarning

SETS = {"iris": load_iris, "wine": load_wine}
POINTS, DRAWS, TUNE = 40, 1000, 1000


def split(name: str) -> tuple[np.ndarray, ...]:
    """Standardised inputs and classes: two rows of three to learn from, and the others."""
    X, y = SETS[name](return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    order, n = np.random.default_rng(0).permutation(len(y)), 2 * len(y) // 3
    return X[order[:n]], y[order[:n]], X[order[n:]], y[order[n:]]


def log_loss(probability: np.ndarray, y: np.ndarray) -> float:
    return float(-np.log(probability[np.arange(len(y)), y]).mean())


def centred_errors(f: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> dict[str, float]:
    """Errors of f less its mean over classes, which no probability depends on: draws (classes, rows, s)."""
    draws, q = f - f.mean(axis=0), len(f)
    sd = draws.std(axis=2)
    error = np.abs(draws.mean(axis=2) - (mean - mean.mean(axis=0))) / sd
    centred = variance * (1 - 2 / q) + variance.sum(axis=0) / q**2
    low, middle, high = np.quantile(np.sqrt(centred) / sd, [0, 0.5, 1])
    return {
        "median error of f, sds": float(np.median(error)),
        "largest error of f, sds": float(error.max()),
        "least ratio of sds": float(low),
        "median ratio of sds": float(middle),
        "largest ratio of sds": float(high),
    }


def compared(name: str, learned: bool) -> dict[str, float]:
    """Errors at the rows that were left out."""
    X, y, X_new, y_new = split(name)
    kernel = ConstantKernel(4.0) * RBF(float(np.sqrt(X.shape[1])))
    model = PolyaGammaGP(X, y, kernel, inducing=POINTS, sample_kernel=learned)
    start = time.process_time()
    approximation = model.fit("svi", cores=1, progressbar=False)
    seconds = time.process_time() - start
    start = time.process_time()
    idata = model.sample(DRAWS, tune=TUNE, random_seed=1, cores=1, progressbar=False)
    of_chains = time.process_time() - start
    exact, found = model.predict_proba(idata, X_new, random_seed=2), approximation.predict_proba(X_new)
    f = model.predict_f(idata, X_new, random_seed=3).stack(s=("chain", "draw"))
    moments = approximation.predict_f(X_new)
    return {
        "seconds": seconds,
        "seconds of chains": of_chains,
        "mean error of a probability": float(np.abs(exact - found).mean()),
        "largest error of a probability": float(np.abs(exact - found).max()),
        "log loss": log_loss(found, y_new),
        "log loss of chains": log_loss(exact, y_new),
        **centred_errors(
            f.transpose("class", "pred_id", "s").to_numpy(),
            moments["mean"].to_numpy(),
            moments["variance"].to_numpy(),
        ),
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    warnings.simplefilter("ignore", SamplingWarning)
    host = machine.describe(machine.pin(1))
    print("\n".join(f"{key}: {value}" for key, value in host.items()), flush=True)
    figures: dict[str, dict[str, float]] = {}
    for name in SETS:
        for learned in (False, True):
            case = f"{name}, kernel {'learned' if learned else 'fixed'}"
            figures[case] = compared(name, learned)
            print(f"{case}: {figures[case]}", flush=True)
    print(f"\nstored in {report.write('class_processes', {'machine': host, 'figures': figures})}")


if __name__ == "__main__":
    main()
