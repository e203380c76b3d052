"""Sparse processes from batches: seconds to a log loss near that of the true probabilities, and of a step.

They are seconds of the processor; those of a run from disk are of the clock.

Run ``python bench/sparse_processes.py`` where package and scikit-learn are installed; with ``--gpytorch
PYTHON`` or ``--gpflow PYTHON``, the interpreters of environments with these packages, their SVGP runs on the
same rows (bench/README.md).
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

POINTS, ROWS_OF_MODEL = 200, 5000
LOOKS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)  # iterations, of 50 batches each
REPEATS = 9  # of each of our fits: the median of their seconds
ADAM = {f"Adam {rate}": ("--rate", rate) for rate in (0.01, 0.03)}
NATURAL = {f"natural {gamma}": ("--gamma", gamma, "--rate", 0.01) for gamma in (0.01, 0.03)}
PEERS_BY = {"gpytorch": ADAM, "gpflow": ADAM | NATURAL}  # and how they step


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
        times = []
        for _ in range(REPEATS):
            start = time.process_time()
            approximation = made.fit("svi", data=data, iterations=iterations, cores=cores, progressbar=False)
            times.append(time.process_time() - start)
        seconds = float(np.median(times))
        found = field.gap(p, approximation.predict_proba(X_test)[:, 1])
        curve.append({"iterations": iterations, "seconds": seconds, "gap": found})
        if found < field.WANTED or approximation.converged:
            break
    start = time.process_time()
    ended = made.fit("svi", data=data, cores=cores, progressbar=False)
    seconds = time.process_time() - start
    return {
        "curve": curve,
        **reached(curve),
        "by itself": {
            "seconds": seconds,
            "iterations": len(ended.hist),
            "gap": field.gap(p, ended.predict_proba(X_test)[:, 1]),
            "kernel": str(ended.kernel_),
        },
    }


def reached(curve: list[dict[str, float]]) -> dict[str, float | None]:
    """Seconds at the first look at which the gap is small enough, and where the curve between looks crosses.

    Between looks, of which there are few at ours, the gap is taken to be a power of the seconds.
    """
    after = next((i for i, look in enumerate(curve) if look["gap"] < field.WANTED), None)
    if after is None:
        return {"seconds to the gap": None, "seconds between looks": None}
    first = curve[after]["seconds"]
    crossing = first
    if after > 0:
        logs = np.log([[look[of] for of in ("gap", "seconds")] for look in curve[after - 1 : after + 1]])
        crossing = float(np.exp(np.interp(np.log(field.WANTED), *logs[::-1].T)))
    return {"seconds to the gap": first, "seconds between looks": crossing}


def theirs(
    package: str, python: Path, n: int, learned: bool, options: argparse.Namespace
) -> dict[str, object]:
    """Seconds to the gap for each way of a package to step."""
    found: dict[str, object] = {}
    for how, steps in PEERS_BY[package].items():
        command = [python, f"field_{package}.py", n, *steps, "--threads", options.cores]
        command += ["--seconds", options.seconds, *(() if learned else ("--fixed",))]
        done = subprocess.run([*map(str, command)], cwd=PEERS, capture_output=True, text=True, check=False)
        if done.returncode:
            found[how] = "failed: " + done.stderr.strip().splitlines()[-1]
            print(f"{package}, n = {n}, learned {learned}, {how}: {found[how]}", flush=True)
            continue
        curve = [json.loads(line) for line in done.stdout.splitlines()]
        found[how] = {
            **reached(curve),
            "least gap": min(one["gap"] for one in curve),
            "ms a step": 1e3 * curve[-1]["seconds"] / curve[-1]["steps"],
        }
        print(f"{package}, n = {n}, learned {learned}, {how}: {found[how]}", flush=True)
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
    for package in PEERS_BY:
        parser.add_argument(f"--{package}", type=Path, help=f"interpreter of an environment with {package}")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each run of a package")
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
            for package in PEERS_BY:
                if (python := getattr(options, package)) is not None:
                    both[package] = theirs(package, python, n, learned, options)
            figures[name] = both
    if options.disk:
        figures[f"{options.disk} rows from disk"] = from_disk(options.disk, options.cores)
        print(figures[f"{options.disk} rows from disk"], flush=True)
    print(f"\nstored in {report.write('sparse_processes', {'machine': host, 'figures': figures})}")


if __name__ == "__main__":
    main()
