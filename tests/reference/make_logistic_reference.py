"""Long reference runs of logistic posteriors, by a sampler that shares nothing with the package.

Hamiltonian Monte Carlo in NumPy: leapfrog steps in coordinates whitened by the Laplace approximation, the
step size jittered, all chains in lockstep. No Pólya-gamma variables, no code of the package. Writes
``logistic_reference.json`` beside this file: posterior means and standard deviations with their Monte Carlo
standard errors. Run: ``python tests/reference/make_logistic_reference.py``.
"""

import json
from pathlib import Path
from typing import NamedTuple

import arviz as az
import numpy as np
import statsmodels.api as sm
from scipy.special import expit
from sklearn.datasets import load_breast_cancer

# With numba, ArviZ 0.23 converts a one-element array to a float, an error in NumPy 2.4.
if hasattr(az, "Numba"):
    az.Numba.disable_numba()

FILE = Path(__file__).with_name("logistic_reference.json")
CHAINS, WARMUP, DRAWS = 16, 500, 6_000
SEED = 20_240_801


class Problem(NamedTuple):
    X: np.ndarray  # (n, p), without a column of ones
    y: np.ndarray  # (n,) successes
    trials: np.ndarray  # (n,)
    centre: np.ndarray  # (p,): the intercept's prior holds at this x
    sd: np.ndarray  # (p + 1,) prior standard deviations, the intercept's first
    step: float  # of the leapfrog


def standardize(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def breast_cancer():
    """569 rows, 30 standardised predictors, nearly separated; N(0, 2.5^2), intercept N(0, 10^2)."""
    X, y = load_breast_cancer(return_X_y=True)
    p = X.shape[1]
    return Problem(standardize(X), y, np.ones(len(y)), np.zeros(p), np.r_[10.0, np.full(p, 2.5)], step=0.2)


def spector():
    """32 rows, 3 raw predictors; the package's default prior, written out."""
    data = sm.datasets.spector.load_pandas()
    X = data.exog.to_numpy(dtype=float)
    sd = np.r_[10.0, 2.5 / X.std(axis=0)]
    return Problem(X, data.endog.to_numpy(), np.ones(len(X)), X.mean(axis=0), sd, step=0.4)


def star98():
    """303 rows of successes in many trials, 8 standardised predictors; N(0, 1), intercept N(0, 3^2)."""
    data = sm.datasets.star98.load_pandas().data
    X = standardize(data.iloc[:, 2:10].to_numpy(dtype=float))
    above, below = data["NABOVE"].to_numpy(), data["NBELOW"].to_numpy()
    return Problem(X, above, above + below, np.zeros(8), np.r_[3.0, np.ones(8)], step=0.6)


PROBLEMS = {"breast_cancer": breast_cancer, "spector": spector, "star98": star98}


def log_density(theta, D, problem):
    """Log posterior and its gradient for each row of theta (chains, p + 1)."""
    eta = theta @ D.T
    value = eta @ problem.y - np.logaddexp(0.0, eta) @ problem.trials
    value -= 0.5 * ((theta / problem.sd) ** 2).sum(axis=1)
    return value, (problem.y - problem.trials * expit(eta)) @ D - theta / problem.sd**2


def laplace(D, problem):
    """Posterior mode by Newton's method with halved steps, and a root of the inverse Hessian."""
    theta = np.zeros((1, D.shape[1]))
    for _ in range(100):
        probability = expit(theta @ D.T)[0]
        hessian = (D.T * (problem.trials * probability * (1 - probability))) @ D + np.diag(problem.sd**-2.0)
        value, gradient = log_density(theta, D, problem)
        step = np.linalg.solve(hessian, gradient[0])
        while log_density(theta + step, D, problem)[0] < value:
            step /= 2
        theta = theta + step
    return theta[0], np.linalg.inv(np.linalg.cholesky(hessian)).T


def hmc(log_density, mode, root, step_size, rng, n_chains=CHAINS, n_draws=DRAWS):
    """Draws from ``log_density(theta) -> value, gradient`` of rows theta, shape (chains, draws, dim)."""

    def target(u):
        value, gradient = log_density(mode + u @ root.T)
        return value, gradient @ root

    u = rng.standard_normal((n_chains, len(mode)))
    value, gradient = target(u)
    draws, accepted = np.empty((n_chains, n_draws, len(mode))), 0.0
    for iteration in range(WARMUP + n_draws):
        momentum = rng.standard_normal(u.shape)
        step = step_size * rng.uniform(0.8, 1.2)
        new, new_momentum, new_gradient = u, momentum, gradient
        for _ in range(max(1, round(1.5 / step_size))):
            half = new_momentum + 0.5 * step * new_gradient
            new = new + step * half
            new_value, new_gradient = target(new)
            new_momentum = half + 0.5 * step * new_gradient
        energy = new_value - value - 0.5 * (new_momentum**2 - momentum**2).sum(axis=1)
        accept = np.log(rng.random(n_chains)) < energy
        u = np.where(accept[:, None], new, u)
        value = np.where(accept, new_value, value)
        gradient = np.where(accept[:, None], new_gradient, gradient)
        if iteration >= WARMUP:
            draws[:, iteration - WARMUP] = mode + u @ root.T
            accepted += accept.mean() / n_draws
    print(f"accepted {accepted:.2f}")
    return draws


def sample(problem, rng):
    """Draws of (intercept at the centre, coefficients), shape (chains, draws, p + 1)."""
    D = np.column_stack([np.ones(len(problem.X)), problem.X - problem.centre])
    draws = hmc(lambda theta: log_density(theta, D, problem), *laplace(D, problem), problem.step, rng)
    draws[..., 0] -= draws[..., 1:] @ problem.centre
    return draws


def summary(draws):
    trace = az.convert_to_dataset(draws)["x"]
    numbers = {"mean": trace.mean(("chain", "draw")), "sd": trace.std(("chain", "draw"))}
    for what in ("mean", "sd"):
        numbers[f"mcse_{what}"] = az.mcse(trace, method=what)["x"]
    print(f"R-hat {az.rhat(trace)['x'].max().item():.4f}, ESS {az.ess(trace)['x'].min().item():.0f}")
    return {name: [float(f"{value:.10g}") for value in array.to_numpy()] for name, array in numbers.items()}


if __name__ == "__main__":
    reference = {}
    for name, make in PROBLEMS.items():
        print(name)
        reference[name] = summary(sample(make(), np.random.default_rng(SEED)))
    FILE.write_text(json.dumps(reference, indent=1) + "\n")
