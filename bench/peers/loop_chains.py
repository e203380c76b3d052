"""The loop that a user writes: NumPy and the Pólya-gamma sampler of PyPI, chains in processes."""

import time
from collections.abc import Callable
from multiprocessing import Pool
from types import SimpleNamespace

import numpy as np

WARMUP = 1000


def normal_draw(Q, linear, rng):
    """Return a draw of N(Q⁻¹ linear, Q⁻¹)."""
    L = np.linalg.cholesky(Q)
    return np.linalg.solve(L.T, np.linalg.solve(L, linear) + rng.standard_normal(len(linear)))


def gibbs(sweep: Callable, model: object, draws: int, start, rng):
    """Return the states after each of `draws` sweeps, shape (draws, dim), and the generator as it then is."""
    kept = np.empty((draws, len(start)))
    state = start
    for i in range(draws):
        state = kept[i] = sweep(model, state, rng)
    return kept, rng


def sample(sweep: Callable, model: object, start, problem: SimpleNamespace):
    """Return the draws of ``sweep(model, state, rng)`` after the warm-up, and the seconds that they took."""
    rngs = np.random.default_rng(problem.seed).spawn(problem.chains)
    with Pool(problem.cores) as pool:
        starts = [(sweep, model, WARMUP, start, rng) for rng in rngs]
        warm = pool.starmap(gibbs, starts, chunksize=1)
        began = time.perf_counter()
        states = [(sweep, model, problem.draws, kept[-1], rng) for kept, rng in warm]
        chains = pool.starmap(gibbs, states, chunksize=1)
        seconds = time.perf_counter() - began
    return np.stack([kept for kept, _ in chains]), seconds
