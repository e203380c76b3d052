"""The loop that a user writes: NumPy and the Pólya-gamma sampler of PyPI, chains in processes."""

import time
from multiprocessing import Pool
from types import SimpleNamespace

import numpy as np
import worker

from polyagamma import random_polyagamma

WARMUP = 1000


def gibbs(X, kappa, trials, precision, draws, beta, rng):
    """Return `draws` draws of the coefficients, shape (draws, p), and the generator as it then stands."""
    kept = np.empty((draws, len(beta)))
    for i in range(draws):
        omega = random_polyagamma(trials, X @ beta, random_state=rng)
        L = np.linalg.cholesky((X * omega[:, None]).T @ X + np.diag(precision))
        beta = np.linalg.solve(L.T, np.linalg.solve(L, X.T @ kappa) + rng.standard_normal(len(beta)))
        kept[i] = beta
    return kept, rng


def sample(problem: SimpleNamespace):
    X = np.column_stack([np.ones(len(problem.y)), problem.X])
    kappa = problem.y - problem.trials / 2
    precision = np.repeat([problem.intercept_scale, problem.scale], [1, X.shape[1] - 1]) ** -2.0
    starts = [
        (np.zeros(X.shape[1]), np.random.default_rng(seed))
        for seed in np.random.SeedSequence(problem.seed).spawn(problem.chains)
    ]
    with Pool(problem.cores) as pool:
        data = (X, kappa, problem.trials, precision)
        warm = pool.starmap(gibbs, [(*data, WARMUP, *start) for start in starts], chunksize=1)
        start = time.perf_counter()
        states = [(problem.draws, kept[-1], rng) for kept, rng in warm]
        chains = pool.starmap(gibbs, [(*data, *state) for state in states], chunksize=1)
        seconds = time.perf_counter() - start
    return np.stack([kept for kept, _ in chains]), seconds


if __name__ == "__main__":
    worker.main(sample)
