"""The loop that a user writes: NumPy and the Pólya-gamma sampler of PyPI, chains in processes."""

import time
from multiprocessing import Pool
from types import SimpleNamespace

import linear_model
import numpy as np

from polyagamma import random_polyagamma

WARMUP = 1000


def gibbs(model: linear_model.LinearModel, draws: int, beta, rng):
    """Return `draws` draws of the coefficients, shape (draws, p), and the generator as it then stands."""
    Z, kappa = model.Z, model.y - model.trials / 2
    kept = np.empty((draws, len(beta)))
    for i in range(draws):
        omega = random_polyagamma(model.trials, Z @ beta, random_state=rng)
        L = np.linalg.cholesky((Z * omega[:, None]).T @ Z + np.diag(model.scales**-2))
        beta = np.linalg.solve(L.T, np.linalg.solve(L, Z.T @ kappa) + rng.standard_normal(len(beta)))
        kept[i] = beta
    return kept, rng


def sample(model: linear_model.LinearModel, problem: SimpleNamespace):
    rngs = np.random.default_rng(problem.seed).spawn(problem.chains)
    with Pool(problem.cores) as pool:
        starts = [(model, WARMUP, np.zeros(len(model.scales)), rng) for rng in rngs]
        warm = pool.starmap(gibbs, starts, chunksize=1)
        start = time.perf_counter()
        states = [(model, problem.draws, kept[-1], rng) for kept, rng in warm]
        chains = pool.starmap(gibbs, states, chunksize=1)
        seconds = time.perf_counter() - start
    return np.stack([kept for kept, _ in chains]), seconds


if __name__ == "__main__":
    linear_model.main(sample)
