"""Sparse processes from batches: seconds to a log loss near that of the true probabilities, and of a step.

They are seconds of the processor; those of a run from disk are of the clock.

Run ``python bench/sparse_processes.py`` where package and scikit-learn are installed; with ``--gpytorch
PYTHON``, the interpreter of an environment with GPyTorch, its SVGP runs on the same rows (bench/README.md).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from harness import machine, report
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from polyagamma import PolyaGammaGP, SamplingWarning

PEERS = Path(__file__).parent / "peers"
sys.path.insert(0, str(PEERS))
import field  # noqa: E402

POINTS, ROWS_OF_MODEL, WANTED = 200, 5000, 1e-3
LOOKS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)  # iterations, of 50 batches each
RATES = (0.01, 0.03)  # of Adam


def model(n: int, learned: bool) -> tuple[PolyaGammaGP, tuple[field.Array, np.ndarray]]:
    """A model of the first rows, and all rows as data. A learned kernel starts at 4 * RBF(2)."""
    X, y = field.rows(n)
    start = ConstantKernel(4.0) * RBF(2.0)
    true = ConstantKernel(field.VARIANCE) * RBF(field.LENGTH)
    made = PolyaGammaGP(
        X[:ROWS_OF_MODEL],
        y[:ROWS_OF_MODEL],
        start if learned else true,
        inducing=POINTS,
        sample_kernel=learned,
    )
    return made, (X, y)


def ours(n: int, learned: bool, cores: int) -> dict[str, object]:
    """Seconds of fits that end after so many iterations, and their gaps, until one is small enough."""
    made, data = model(n, learned)
    X_test, p = field.tested()
    curve: list[dict[str, float]] = []
    for iterations in LOOKS:
        start = time.process_time()
        approximation = made.fit("svi", data=data, iterations=iterations, cores=cores, progressbar=False)
        seconds = time.process_time() - start
        found = field.gap(p, approximation.predict_proba(X_test)[:, 1])
        curve.append({"iterations": iterations, "seconds": seconds, "gap": found})
        if found < WANTED or approximation.converged:
            break
    start = time.process_time()
    ended = made.fit("svi", data=data, cores=cores, progressbar=False)
    seconds = time.process_time() - start
    return {
        "curve": curve,
        "seconds to the gap": curve[-1]["seconds"] if curve[-1]["gap"] < WANTED else None,
        "by itself": {
            "seconds": seconds,
            "iterations": len(ended.hist),
            "gap": field.gap(p, ended.predict_proba(X_test)[:, 1]),
            "kernel": str(ended.kernel_),
        },
    }


def theirs(python: Path, n: int, learned: bool, cores: int, seconds: float) -> dict[str, object]:
    """Seconds to the gap for each step size of Adam."""
    found: dict[str, object] = {}
    for rate in RATES:
        command = [python, "field_gpytorch.py", n, "--rate", rate, "--threads", cores]
        command += ["--seconds", seconds, *(() if learned else ("--fixed",))]
        done = subprocess.run([*map(str, command)], cwd=PEERS, capture_output=True, text=True, check=True)
        curve = [json.loads(line) for line in done.stdout.splitlines()]
        reached = [one["seconds"] for one in curve if one["gap"] < WANTED]
        found[f"Adam {rate}"] = {
            "seconds to the gap": reached[0] if reached else None,
            "least gap": min(one["gap"] for one in curve),
            "ms a step": 1e3 * curve[-1]["seconds"] / curve[-1]["steps"],
        }
        print(f"gpytorch, n = {n}, learned {learned}, rate {rate}: {found[f'Adam {rate}']}", flush=True)
    return found


def step(cores: int) -> dict[str, float]:
    """Milliseconds of a step of 500 rows with the kernel fixed: medians of the differences of two fits."""
    made, data = model(100_000, learned=False)
    seconds: dict[int, list[float]] = {2: [], 6: []}
    for _ in range(5):
        for iterations, of in seconds.items():
            start = time.process_time()
            made.fit("svi", data=data, iterations=iterations, cores=cores, progressbar=False)
            of.append(time.process_time() - start)
    return {"ms a step": 1e3 * float(np.median(seconds[6]) - np.median(seconds[2])) / 200}


def from_disk(n: int, cores: int) -> dict[str, object]:
    """From memory maps of n rows: until it ends by itself, then until as many rows were seen as there are."""
    with tempfile.TemporaryDirectory() as folder:
        X, y = field.rows(n)
        np.save(Path(folder) / "X.npy", X)
        np.save(Path(folder) / "y.npy", y)
        first = X[:ROWS_OF_MODEL].copy(), y[:ROWS_OF_MODEL].copy()
        del X, y
        data = tuple(np.load(Path(folder) / f"{name}.npy", mmap_mode="r") for name in ("X", "y"))
        made = PolyaGammaGP(*first, ConstantKernel(4.0) * RBF(2.0), inducing=POINTS)
        X_test, p = field.tested()
        start = time.perf_counter()
        ended = made.fit("svi", data=data, cores=cores, progressbar=False)
        by_itself = time.perf_counter() - start
        all_rows = ended
        while (left := n // (500 * 50) - len(all_rows.hist)) > 0:
            all_rows = all_rows.refine(left, progressbar=False)
        return {
            "seconds": by_itself,
            "gap": field.gap(p, ended.predict_proba(X_test)[:, 1]),
            "iterations": len(ended.hist),
            "seconds with as many batches as a pass has": time.perf_counter() - start,
            "gap then": field.gap(p, all_rows.predict_proba(X_test)[:, 1]),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--disk", type=int, default=0, help="rows of a run from disk, 10000000 say")
    parser.add_argument("--gpytorch", type=Path, help="interpreter of an environment with GPyTorch")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each of GPyTorch's four runs")
    parser.add_argument("--cores", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore", SamplingWarning)
    host = machine.describe(machine.pin(options.cores))
    print("\n".join(f"{key}: {value}" for key, value in host.items()), flush=True)
    figures: dict[str, object] = {"step": step(options.cores)}
    print(figures, flush=True)
    for n in options.rows:
        for learned in (False, True):
            name = f"{n} rows, kernel {'learned' if learned else 'fixed'}"
            both: dict[str, object] = {"ours": ours(n, learned, options.cores)}
            print(f"{name}: {both}", flush=True)
            if options.gpytorch is not None:
                both["gpytorch"] = theirs(options.gpytorch, n, learned, options.cores, options.seconds)
            figures[name] = both
    if options.disk:
        figures[f"{options.disk} rows from disk"] = from_disk(options.disk, options.cores)
        print(figures[f"{options.disk} rows from disk"], flush=True)
    print(f"\nstored in {report.write('sparse_processes', {'machine': host, 'figures': figures})}")


if __name__ == "__main__":
    main()
