"""Cost of logistic regression: a sweep against dsyrk, a gradient by rows, memory, two cores.

Run ``python bench/scaling.py`` where the package is installed; see bench/README.md. ``--rows 100000`` is a
short run.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path

import numpy as np
from harness import machine
from harness.report import RESULTS
from numpy.typing import NDArray
from scipy.linalg.blas import dsyrk
from threadpoolctl import threadpool_limits

from polyagamma import Normal, PolyaGammaLogistic

REPEATS = 9
SWEEP_SHAPES = ((10_000, 50), (100_000, 20))
TWO_CORES_SHAPES = ((1000, 25), (10_000, 50), (100_000, 20))
COLUMNS = 50
MAX_SCORE = 6.0
"""Largest difference of two posterior means, in Monte Carlo standard errors."""

Array = NDArray[np.float64]


def problem(n: int, p: int) -> tuple[Array, NDArray[np.bool_]]:
    """Normal predictors in blocks of rows (no temporary of the size of X), β ~ N(0, 4/p)."""
    rng = np.random.default_rng([7, n, p])
    X = np.empty((n, p))
    for first in range(0, n, 10_000):
        X[first : first + 10_000] = rng.standard_normal((min(10_000, n - first), p))
    eta = X @ rng.normal(scale=2 / np.sqrt(p), size=p)
    return X, rng.random(n) < 1 / (1 + np.exp(-eta))


def model(X: Array, y: NDArray[np.bool_]) -> PolyaGammaLogistic:
    return PolyaGammaLogistic(X, y, prior=Normal(0, 2.5), intercept_prior=Normal(0, 10))


def sample(fitted: PolyaGammaLogistic, draws: int, tune: int, kernel: str, chains: int = 1, cores: int = 1):
    return fitted.sample(
        draws, tune=tune, kernel=kernel, chains=chains, cores=cores, random_seed=1, progressbar=False
    )["posterior"]


def sweep_against_dsyrk(n: int, p: int) -> dict[str, float]:
    """Medians of interleaved repeats: a data-augmentation sweep, ω included, and dsyrk of the same X."""
    X, y = problem(n, p - 1)
    fitted = model(X, y)
    design = np.asfortranarray(np.column_stack([np.ones(n), X]).T)
    draws = max(3, 2_000_000 // (n * p) * 5)
    sweeps, products = [], []
    with threadpool_limits(1, user_api="blas"):
        for _ in range(REPEATS):
            sweeps.append(sample(fitted, draws, 3, "gibbs").attrs["sampling_time"] / draws)
            start = time.perf_counter()
            for _ in range(draws):
                dsyrk(1.0, design)
            products.append((time.perf_counter() - start) / draws)
    sweep, product = float(np.median(sweeps)), float(np.median(products))
    return {"sweep ms": 1e3 * sweep, "dsyrk ms": 1e3 * product, "ratio": sweep / product}


def kernels_agree(n: int, p: int) -> float:
    """Largest difference of posterior means between "gibbs" and "auto", in Monte Carlo standard errors."""
    import arviz as az

    fitted = model(*problem(n, p - 1))
    runs = [sample(fitted, 1000, 1000, kernel, chains=4) for kernel in ("gibbs", "auto")]
    means = [run["beta"].mean(("chain", "draw")).to_numpy() for run in runs]
    errors = [az.mcse(run[["beta"]])["beta"].to_numpy() for run in runs]
    return float(np.max(np.abs(means[0] - means[1]) / np.hypot(*errors)))


def gradient(n: int) -> dict[str, float]:
    """Milliseconds a gradient of one chain: a trajectory of one kick, with what else a draw costs."""
    fitted = model(*problem(n, COLUMNS))
    draws = max(4, 20_000_000 // (n * COLUMNS) * 20)
    seconds = []
    for _ in range(3):
        run = sample(fitted, draws, 60, "hmc")
        seconds.append(
            run.attrs["sampling_time"] / (draws * run.attrs["leapfrog_steps"] * run.attrs["trajectories"])
        )
    return {
        "rows": n,
        "ms a gradient": 1e3 * float(np.median(seconds)),
        "ns a row": 1e9 * float(np.median(seconds)) / n,
    }


def peak_bytes() -> int:
    """Peak resident memory of this process (Linux: since it was started, not of the process it came from)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _peak_memory(n: int, answer: "multiprocessing.Queue[float]") -> None:
    sample(model(*problem(1000, COLUMNS)), 2, 2, "auto")  # every import and workspace that any run has
    before = peak_bytes()
    X, y = problem(n, COLUMNS)
    sample(model(X, y), 5, 20, "auto", chains=4)
    answer.put((peak_bytes() - before) / X.nbytes)


def peak_memory(n: int) -> float:
    """Peak memory of a process that holds X and samples 4 chains, in units of X."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=_peak_memory, args=(n, answer))
    process.start()
    ratio = answer.get()
    process.join()
    return ratio


def two_cores(n: int, p: int) -> float:
    """Sampling time of 4 chains on one core by that on two, medians of interleaved repeats."""
    fitted = model(*problem(n, p - 1))
    draws = 400_000_000 // (n * p)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(REPEATS):
        for cores, times in seconds.items():
            times.append(sample(fitted, draws, 300, "auto", chains=4, cores=cores).attrs["sampling_time"])
    return float(np.median(seconds[1]) / np.median(seconds[2]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the largest design")
    largest = parser.parse_args().rows
    figures: dict[str, object] = {}

    def show(name: str, value: object) -> None:
        figures[name] = value
        print(f"{name}: {value}", flush=True)

    for shape in TWO_CORES_SHAPES:
        show(f"two cores / one {shape}", two_cores(*shape) if (os.cpu_count() or 1) > 1 else "one core only")
    host = machine.describe(machine.pin(1))
    print("\n".join(f"{key}: {value}" for key, value in host.items()), flush=True)
    score = kernels_agree(10_000, 50)
    show("means of gibbs and auto differ by at most (MCSE)", score)
    for shape in SWEEP_SHAPES:
        show(f"sweep {shape}", sweep_against_dsyrk(*shape))
    for n in (largest // 100, largest // 10, largest):
        show(f"gradient {n}", gradient(n))
    show(f"peak memory / X, {largest} × {COLUMNS}", peak_memory(largest))

    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"scaling-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps({"machine": host, "figures": figures}, indent=1) + "\n")
    print(f"stored in {path}")
    if score > MAX_SCORE:
        sys.exit("the kernels disagree")


if __name__ == "__main__":
    main()
