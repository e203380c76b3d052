"""Approximations of logistic posteriors: time against scikit-learn's maximisation, errors against chains.

Run ``python bench/companions.py --data FOLDER`` where package and scikit-learn are installed; see
bench/README.md. ``--sets`` names some of the sets.
"""

import argparse
import multiprocessing
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from harness import data_sets, machine, report
from harness.data_sets import Array, standardised
from logistic_sets import MADE, Data, stored
from scaling import peak_bytes, problem
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from polyagamma import Normal, PolyaGammaLogistic, SamplingWarning

STORED = dict.fromkeys(("german_num", "pima392", "spambase", "mammography"), stored)
NAMES = (*STORED, "breast_cancer", "normal_1e4x50", "normal_1e5x20", "rare_1e4x5", "normal_1e6x50")
METHODS = {
    "laplace": {"method": "laplace"},
    "gaussian": {"method": "gaussian"},
    "cavi": {"method": "cavi"},  # with the covariance of Laplace's approximation
    "cavi, full": {"method": "cavi", "covariance": "full"},
    "cavi, mean field": {"method": "cavi", "covariance": "mean_field"},
}
SD = 2.5
MOST_ROWS = 100_000  # for chains and the slower methods
LEAST_SECONDS = 1.0  # of a comparison
GAP = 1e-3  # of log joint densities, between a mode and the peer's at a tight tolerance


def large() -> Data:
    X, y = problem(1_000_000, 50)
    return X, y.astype(float), np.ones(len(X))


def design(data: Data) -> tuple[Array, Array]:
    """A column of ones and standardised predictors: all coefficients have the same prior, for both sides."""
    X, y, _ = data
    return np.column_stack([np.ones(len(X)), standardised(X)]), y.astype(int)


def model(X: Array, y: Array) -> PolyaGammaLogistic:
    return PolyaGammaLogistic(X, y, prior=Normal(0, SD), intercept=False)


def peer(tolerance: float) -> LogisticRegression:
    return LogisticRegression(C=SD**2, fit_intercept=False, tol=tolerance, max_iter=10_000)


def interleaved(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float, int]:
    """Medians of milliseconds of the processor, of repeats in turn, and how many there were."""
    seconds: list[tuple[float, float]] = []
    while len(seconds) < 3 or np.sum(seconds) < LEAST_SECONDS:
        stamps = [time.process_time()]
        for work in (ours, theirs):
            work()
            stamps.append(time.process_time())
        seconds.append((stamps[1] - stamps[0], stamps[2] - stamps[1]))
    medians = 1e3 * np.median(seconds, axis=0)
    return float(medians[0]), float(medians[1]), len(seconds)


def log_joint(X: Array, y: Array, beta: Array) -> float:
    eta = X @ beta
    prior = beta @ beta / SD**2 + len(beta) * np.log(2 * np.pi * SD**2)
    return float(y @ eta - np.logaddexp(0, eta).sum() - 0.5 * prior)


def time_laplace(X: Array, y: Array) -> dict[str, float]:
    """Against lbfgs at its default tolerance; both must have found the mode."""
    fitted, theirs = model(X, y), peer(1e-4)
    ours, lbfgs, repeats = interleaved(
        lambda: fitted.fit(cores=1, progressbar=False), lambda: theirs.fit(X, y)
    )
    best = log_joint(X, y, peer(1e-10).fit(X, y).coef_[0])
    gap = best - fitted.fit(cores=1).hist[-1]
    if abs(gap) > GAP:
        sys.exit(f"the modes differ: log joint densities by {gap:g}")
    return {
        "laplace ms": ours,
        "lbfgs ms": lbfgs,
        "ratio": ours / lbfgs,
        "repeats": repeats,
        "lbfgs below the mode": best - log_joint(X, y, theirs.coef_[0]),
    }


def errors(X: Array, y: Array, draws: int) -> dict[str, dict[str, float]]:
    """Of each method: milliseconds, error of a mean and ratios of sds against chains, k-hat, ESS of 4000."""
    fitted = model(X, y)
    chains = fitted.sample(draws, random_seed=1, progressbar=False, cores=1)["posterior"]["beta"]
    mean, sd = chains.mean(("chain", "draw")).to_numpy(), chains.std(("chain", "draw")).to_numpy()
    found = {}
    for name, settings in METHODS.items():
        start = time.process_time()
        approximation = fitted.fit(**settings, cores=1, progressbar=False)
        seconds = time.process_time() - start
        ratios = np.sqrt(np.diag(approximation.covariance)) / sd
        found[name] = {
            "ms": 1e3 * seconds,
            "iterations": float(len(approximation.hist)),
            "error": float(np.max(np.abs(approximation.mean.to_numpy() - mean) / sd)),
            "least sd": float(ratios.min()),
            "largest sd": float(ratios.max()),
            "k-hat": approximation.khat,
            "ESS": approximation.ess,
        }
    return found


def _peak(answer: "multiprocessing.Queue[float]") -> None:
    model(*design(MADE["breast_cancer"]())).fit(cores=1)  # every import that any fit has
    before = peak_bytes()
    X, y = problem(1_000_000, 50)
    PolyaGammaLogistic(X, y, prior=Normal(0, SD)).fit(cores=1)
    answer.put((peak_bytes() - before) / X.nbytes)


def peak_memory() -> float:
    """Peak memory of a process that holds X and fits a model, in units of X."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=_peak, args=(answer,))
    process.start()
    ratio = answer.get()
    process.join()
    return ratio


def measured(X: Array, y: Array, draws: int) -> dict[str, object]:
    found: dict[str, object] = {"time": time_laplace(X, y)}
    if len(X) > MOST_ROWS:
        return found | {"memory / X": peak_memory()}
    return found | errors(X, y, draws if len(X) < MOST_ROWS else draws // 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the stored data sets")
    parser.add_argument("--sets", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--draws", type=int, default=5000, help="of each of 4 chains")
    options = parser.parse_args()
    warnings.simplefilter("ignore", SamplingWarning)
    host = machine.describe(machine.pin(1))
    print("\n".join(f"{key}: {value}" for key, value in host.items()), flush=True)
    figures: dict[str, object] = {}
    for name, make in data_sets.makers(
        MADE | {"normal_1e6x50": large}, STORED, options.data, list(options.sets)
    ).items():
        X, y = design(make())
        with threadpool_limits(1):
            figures[name] = measured(X, y, options.draws)
        print(f"{name}: {figures[name]}", flush=True)
    print(f"\nstored in {report.write('companions', {'machine': host, 'figures': figures})}")


if __name__ == "__main__":
    main()
