"""Bayesian optimisation by density ratio: regret of four searches on Branin's and Hartmann's functions.

A classifier tells the best share of the points from the others; its odds say where more of these are to be
found (L. C. Tiao, A. Klein, M. W. Seeger, E. V. Bonilla, C. Archambeau and F. Ramos (2021), "BORE: Bayesian
optimization by density-ratio estimation", ICML, 10289-10300). It knows the order of the values only. Two of
the searches are that: by the posterior mean of the probability, and by a single posterior draw (Thompson
sampling). The others are random points, and scikit-learn's Gaussian-process regression with the expected
improvement, which knows the values.

Run ``python bench/optimisation.py``; see bench/README.md.
"""

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern

from polyagamma import PolyaGammaGP, SamplingWarning

Array = NDArray[np.float64]
FIRST, CANDIDATES, SHARE, DRAWS = 10, 1000, 0.2, 30
HARTMANN_WIDTHS = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
HARTMANN_CENTRES = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def branin(u: Array) -> Array:
    x, y = 15 * u[:, 0] - 5, 15 * u[:, 1]
    bend = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    return np.asarray(bend**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10)


def hartmann(u: Array) -> Array:
    squares = (HARTMANN_WIDTHS * (u[:, np.newaxis] - HARTMANN_CENTRES) ** 2).sum(axis=2)
    return np.asarray(-np.exp(-squares) @ [1, 1.2, 3, 3.2])


@dataclass(frozen=True)
class Problem:
    """A function on the unit cube, its minimum, and how often it may be asked after the first points."""

    function: Callable[[Array], Array]
    inputs: int
    minimum: float
    steps: int


PROBLEMS = {"Branin": Problem(branin, 2, 0.397887, 30), "Hartmann, 6": Problem(hartmann, 6, -3.32237, 50)}


def candidates(X: Array, y: Array, rng: np.random.Generator) -> Array:
    """Return points of the whole cube, and points at all distances from the best five."""
    shape = (CANDIDATES, X.shape[1])
    near = X[np.argsort(y)[:5]][rng.integers(5, size=CANDIDATES)]
    near = near + rng.standard_normal(shape) * 10 ** rng.uniform(-3, -0.7, (CANDIDATES, 1))
    return np.concatenate([rng.random(shape), np.clip(near, 0, 1)])


@dataclass(frozen=True)
class Known:
    """Points and their values so far, and the points among which the next one is chosen."""

    X: Array
    y: Array
    to: Array
    rng: np.random.Generator


def log_ratios(known: Known) -> Array:
    """Return posterior draws of the log odds of being among the best."""
    best = known.y <= np.sort(known.y)[int(SHARE * len(known.y)) - 1]
    kernel = ConstantKernel(9.0, "fixed") * RBF(0.25 * np.sqrt(known.X.shape[1] / 2), "fixed")
    model = PolyaGammaGP(known.X, best, kernel, mean=-4.0)
    one, other = (int(seed) for seed in known.rng.integers(2**31, size=2))
    idata = model.sample(DRAWS, tune=0, chains=1, cores=1, random_seed=one, progressbar=False)
    return model.predict_f(idata, known.to, random_seed=other).to_numpy().reshape(DRAWS, -1)


def at_random(known: Known) -> int:
    return int(known.rng.integers(CANDIDATES))  # those of the whole cube come first


def by_mean_ratio(known: Known) -> int:
    return int(np.argmax(expit(log_ratios(known)).mean(axis=0)))


def by_drawn_ratio(known: Known) -> int:
    return int(np.argmax(log_ratios(known)[-1]))


def by_expected_improvement(known: Known) -> int:
    kernel = ConstantKernel(1.0) * Matern([0.3] * known.X.shape[1], (0.05, 10), nu=2.5)
    model = GaussianProcessRegressor(kernel, alpha=1e-6, normalize_y=True).fit(known.X, known.y)
    mean, sd = model.predict(known.to, return_std=True)
    gain = known.y.min() - mean
    return int(np.argmax(gain * norm.cdf(gain / sd) + sd * norm.pdf(gain / sd)))


SEARCHES: dict[str, Callable[[Known], int]] = {
    "random points": at_random,
    "density ratio, mean": by_mean_ratio,
    "density ratio, one draw": by_drawn_ratio,
    "regression, expected improvement": by_expected_improvement,
}


def regrets(problem: Problem, search: str, seed: int) -> Array:
    """Return how far the best value is from the minimum, after the first points and after each step."""
    rng = np.random.default_rng(seed)
    X = rng.random((FIRST, problem.inputs))
    y = problem.function(X)
    for _ in range(problem.steps):
        to = candidates(X, y, rng)
        X = np.concatenate([X, to[[SEARCHES[search](Known(X, y, to, rng))]]])
        y = np.append(y, problem.function(X[-1:]))
    return np.minimum.accumulate(y)[FIRST - 1 :] - problem.minimum


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    for ignored in (ConvergenceWarning, SamplingWarning, RuntimeWarning):
        warnings.simplefilter("ignore", ignored)
    columns = ["function", "search", "regret after a third", "after all", "quartiles", "s a step"]
    print("|", " | ".join(columns), "|\n" + "|---" * len(columns) + "|")
    for name, problem in PROBLEMS.items():
        for search in SEARCHES:
            started = time.perf_counter()
            found = np.array([regrets(problem, search, seed) for seed in range(options.seeds)])
            seconds = (time.perf_counter() - started) / (options.seeds * problem.steps)
            low, middle, high = np.quantile(found[:, -1], [0.25, 0.5, 0.75])
            third = np.median(found[:, problem.steps // 3])
            cells = [name, search, f"{third:.3f}", f"{middle:.4f}", f"{low:.4f}–{high:.4f}", f"{seconds:.3f}"]
            print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
