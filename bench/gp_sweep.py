"""The full Gaussian process: one Gibbs sweep in units of one `dpotrf` of the same size, in turns.

Run ``python bench/gp_sweep.py`` in an environment that has this package and scikit-learn.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
from harness import machine, report
from scipy.linalg.lapack import dpotrf
from sklearn.gaussian_process.kernels import RBF
from threadpoolctl import threadpool_limits

from polyagamma import PolyaGammaGP
from polyagamma.mcmc.chains import make_chains
from polyagamma.mcmc.settings import Settings, bit_generators

SIZES, REPEATS = (500, 1000, 2000), 15
KERNEL = 4.0 * RBF(1.0)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(n: int) -> tuple[float, float, float]:
    """Return the medians of milliseconds of a sweep (ω included) and of dpotrf, and of their ratio."""
    rng = np.random.default_rng(n)
    X = rng.uniform(-n / 100, n / 100, (n, 1))
    model = PolyaGammaGP(X, rng.random(n) < 0.5, KERNEL, sample_kernel=False)
    settings = Settings.check(draws=1, tune=0, chains=1, thin=1, cores=1, kernel="gibbs", random_seed=0)
    parts = model._specification
    chains = make_chains(parts.likelihood, parts.term, None, settings, bit_generators(settings))
    matrix = np.asfortranarray(KERNEL(X) + 4.0 * np.eye(n))
    chains.run(2)
    pairs = [
        (seconds(lambda: chains.run(1)), seconds(lambda: dpotrf(matrix, lower=1, overwrite_a=0)))
        for _ in range(REPEATS)
    ]
    sweeps, factors = zip(*pairs, strict=True)
    medians = statistics.median(sweeps), statistics.median(factors)
    return 1e3 * medians[0], 1e3 * medians[1], statistics.median(s / f for s, f in pairs)


def main() -> None:
    host = machine.describe(machine.pin(1))
    results = {}
    print("| n | sweep ms | dpotrf ms | ratio |\n| --- | --- | --- | --- |")
    with threadpool_limits(1):
        for n in SIZES:
            sweep, factor, ratio = measure(n)
            print(f"| {n} | {sweep:.2f} | {factor:.2f} | {ratio:.2f} |", flush=True)
            results[n] = {"sweep_ms": sweep, "dpotrf_ms": factor, "ratio": ratio}
    print(f"\nstored in {report.write('gp-sweep', {'machine': host, 'results': results})}")


if __name__ == "__main__":
    main()
