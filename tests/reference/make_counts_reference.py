"""Long reference runs of posteriors of counts, by a sampler that shares nothing with the package.

That of ``make_logistic_reference.py``, in coefficients and log r, on SciPy's gamma functions. Writes
``counts_reference.json`` beside this file: posterior means and standard deviations of the intercept, the
coefficients and log r, with their Monte Carlo standard errors. Run:
``python tests/reference/make_counts_reference.py``.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import digamma, expit, gammaln

sys.path.insert(0, str(Path(__file__).parent.parent))

from reference.make_logistic_reference import hmc, standardize, summary

FILE = Path(__file__).with_name("counts_reference.json")
CHAINS, DRAWS, STEP = 8, 3000, 0.5
SEED = 20_261_128


class Problem(NamedTuple):
    X: np.ndarray  # (n, p), without a column of ones
    y: np.ndarray  # (n,)
    exposure: np.ndarray  # (n,)
    offset: np.ndarray  # (n,)
    weights: np.ndarray  # (n,)
    sd: np.ndarray  # (p + 1,) prior standard deviations, the intercept's first
    dispersion: tuple  # the name of its prior, and the parameters


def rand_hie():
    """1000 rows of 20,190, drawn once, 9 standardised predictors."""
    data = sm.datasets.randhie.load_pandas()
    some = np.random.default_rng(1).choice(len(data.endog), 1000, replace=False)
    X = standardize(data.exog.to_numpy(dtype=float)[some])
    return problem(X, data.endog.to_numpy(dtype=float)[some], dispersion=("Gamma", 1.0, 0.1))


def cancer():
    """301 counties, their size standardised; exposed are 445 to 88,456 persons."""
    data = sm.datasets.cancer.load_pandas().data
    population = data["population"].to_numpy(dtype=float)
    X = standardize(np.log(population)[:, np.newaxis])
    y = data["cancer"].to_numpy(dtype=float)
    return problem(X, y, exposure=population, dispersion=("HalfNormal", 1.0))


def sparse():
    """1000 rows, r = 0.05: five of six counts are zero."""
    return simulated(1000, 3, mean=0.75, r=0.05, dispersion=("Gamma", 1.0, 0.1))


def large():
    """500 rows, counts with means near 100: the reference kernel mixes slowly."""
    return simulated(500, 3, mean=100.0, r=5.0, dispersion=("InverseGamma", 0.4, 0.3))


def nearly_poisson():
    """300 rows with means near 2 and little more variance than Poisson's: log r is skewed."""
    return simulated(300, 2, mean=2.0, r=50.0, dispersion=("HalfNormal", 1.0))


def weighted():
    """200 rows with weights from 0.3 to 3 and offsets."""
    rng = np.random.default_rng(5)
    made = simulated(200, 2, mean=4.0, r=1.5, dispersion=("Gamma", 2.0, 0.5))
    return made._replace(weights=rng.uniform(0.3, 3.0, 200), offset=rng.normal(scale=0.3, size=200))


def simulated(n, p, *, mean, r, dispersion):
    rng = np.random.default_rng([n, p])
    X = rng.standard_normal((n, p))
    rates = mean * np.exp(X @ np.linspace(-0.5, 0.5, p)) * rng.gamma(r, 1 / r, n)
    return problem(X, rng.poisson(rates).astype(float), dispersion=dispersion)


def problem(X, y, *, exposure=1.0, dispersion):
    """N(0, 2.5^2) for coefficients, N(0, 10^2) for the intercept where predictors are 0."""
    n, p = X.shape
    sd = np.r_[10.0, np.full(p, 2.5)]
    return Problem(X, y, exposure * np.ones(n), np.zeros(n), np.ones(n), sd, dispersion)


PROBLEMS = {make.__name__: make for make in (rand_hie, cancer, sparse, large, nearly_poisson, weighted)}


def log_prior(rho, law, first, second=None):
    """Log prior density of rho = log r, its Jacobian included, and its derivative."""
    if law == "Gamma":
        return first * rho - second * np.exp(rho), first - second * np.exp(rho)
    if law == "InverseGamma":
        return -first * rho - second * np.exp(-rho), -first + second * np.exp(-rho)
    of_sigma = np.exp(-rho) / first**2  # half-normal r^(-1/2)
    return -0.5 * (rho + of_sigma), -0.5 * (1 - of_sigma)


def log_density(theta, problem):
    """Log posterior and its gradient for each row of theta (chains, p + 2), log r last."""
    beta, rho = theta[:, :-1], theta[:, -1:]
    D = np.column_stack([np.ones(len(problem.X)), problem.X])
    y, weights, r = problem.y, problem.weights, np.exp(rho)
    eta = beta @ D.T + problem.offset + np.log(problem.exposure)
    share = expit(eta - rho)  # of the mean in mean + r
    rows = gammaln(y + r) - gammaln(r) + y * (eta - rho) - (y + r) * np.logaddexp(0.0, eta - rho)
    of_eta = weights * (y - (y + r) * share)
    of_r = digamma(y + r) - digamma(r) - np.logaddexp(0.0, eta - rho)
    prior, of_prior = log_prior(rho[:, 0], *problem.dispersion)
    value = rows @ weights - 0.5 * ((beta / problem.sd) ** 2).sum(axis=1) + prior
    of_rho = (r * of_r) @ weights - of_eta.sum(axis=1) + of_prior
    return value, np.column_stack([of_eta @ D - beta / problem.sd**2, of_rho])


def laplace(problem):
    """Posterior mode, and a root of the inverse Hessian, by differences of the gradient."""

    def minus(theta):
        value, gradient = log_density(theta[np.newaxis], problem)
        return -value[0], -gradient[0]

    start = np.r_[np.log(problem.y.sum() / problem.exposure.sum()), np.zeros(problem.X.shape[1] + 1)]
    mode = minimize(minus, start, jac=True, method="BFGS").x
    steps = 1e-5 * np.eye(len(mode))
    hessian = np.array([(minus(mode + step)[1] - minus(mode - step)[1]) / 2e-5 for step in steps])
    return mode, np.linalg.inv(np.linalg.cholesky((hessian + hessian.T) / 2)).T


if __name__ == "__main__":
    reference = {}
    for name, make in PROBLEMS.items():
        print(name, flush=True)
        made = make()
        rng = np.random.default_rng(SEED)
        density = partial(log_density, problem=made)
        draws = hmc(density, *laplace(made), STEP, rng, n_chains=CHAINS, n_draws=DRAWS)
        reference[name] = summary(draws)
    FILE.write_text(json.dumps(reference, indent=1) + "\n")
