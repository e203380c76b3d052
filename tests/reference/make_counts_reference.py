"""Long reference runs of posteriors of counts, by a sampler that shares nothing with the package.

NumPyro's NUTS in double precision, its own negative binomial and priors. Writes ``counts_reference.json``
beside this file: posterior means and standard deviations of the intercept, the coefficients and log r, with
their Monte Carlo standard errors. Run: ``python tests/reference/make_counts_reference.py``; it needs NumPyro
(``pip install numpyro``), which the tests do not, and a quarter of an hour.
"""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import statsmodels.api as sm

sys.path.insert(0, str(Path(__file__).parent.parent))

from reference.make_logistic_reference import standardize, summary

FILE = Path(__file__).with_name("counts_reference.json")
CHAINS, WARMUP, DRAWS = 8, 1000, 4000
SEED = 20_261_128


class Problem(NamedTuple):
    X: np.ndarray  # (n, p), without a column of ones
    y: np.ndarray  # (n,)
    known: np.ndarray  # (n,) what is added to the log mean: the offset and the logarithm of the exposure
    weights: np.ndarray  # (n,)
    sd: np.ndarray  # (p + 1,) prior standard deviations, the intercept's first
    dispersion: tuple  # the name of its prior, and the parameters


def rand_hie():
    """4000 rows of 20,190, drawn once, 9 standardised predictors."""
    data = sm.datasets.randhie.load_pandas()
    some = np.random.default_rng(1).choice(len(data.endog), 4000, replace=False)
    X = standardize(data.exog.to_numpy(dtype=float)[some])
    return problem(X, data.endog.to_numpy(dtype=float)[some], dispersion=("Gamma", 1.0, 0.1))


def cancer():
    """301 counties, their size standardised; exposed are 445 to 88,456 persons."""
    data = sm.datasets.cancer.load_pandas().data
    population = data["population"].to_numpy(dtype=float)
    X = standardize(np.log(population)[:, np.newaxis])
    y = data["cancer"].to_numpy(dtype=float)
    return problem(X, y, known=np.log(population), dispersion=("HalfNormal", 1.0))


def sparse():
    """1000 rows, r = 0.05: five of six counts are zero."""
    return simulated(1000, 3, mean=0.75, r=0.05, dispersion=("Gamma", 1.0, 0.1))


def large():
    """500 rows, counts with means near 1000."""
    return simulated(500, 3, mean=1000.0, r=5.0, dispersion=("InverseGamma", 0.4, 0.3))


def nearly_poisson():
    """300 rows with means near 2 and little more variance than Poisson's: log r is skewed."""
    return simulated(300, 2, mean=2.0, r=50.0, dispersion=("HalfNormal", 1.0))


def weighted():
    """200 rows with weights from 0.3 to 3 and offsets."""
    rng = np.random.default_rng(5)
    made = simulated(200, 2, mean=4.0, r=1.5, dispersion=("Gamma", 2.0, 0.5))
    return made._replace(weights=rng.uniform(0.3, 3.0, 200), known=rng.normal(scale=0.3, size=200))


def simulated(n, p, *, mean, r, dispersion):
    rng = np.random.default_rng([n, p])
    X = rng.standard_normal((n, p))
    rates = mean * np.exp(X @ np.linspace(-0.5, 0.5, p)) * rng.gamma(r, 1 / r, n)
    return problem(X, rng.poisson(rates).astype(float), dispersion=dispersion)


def problem(X, y, *, known=0.0, dispersion):
    """N(0, 2.5^2) for coefficients, N(0, 10^2) for the intercept where predictors are 0."""
    n, p = X.shape
    return Problem(X, y, np.zeros(n) + known, np.ones(n), np.r_[10.0, np.full(p, 2.5)], dispersion)


PROBLEMS = {make.__name__: make for make in (rand_hie, cancer, sparse, large, nearly_poisson, weighted)}


def nuts(problem):
    """Draws of (intercept, coefficients, log r), shape (chains, draws, p + 2)."""
    import jax
    import numpyro
    import numpyro.distributions as dist
    from numpyro.infer import MCMC, NUTS

    numpyro.enable_x64()
    design = np.column_stack([np.ones(len(problem.X)), problem.X])
    name, *parameters = problem.dispersion

    def model():
        theta = numpyro.sample("theta", dist.Normal(0.0, problem.sd).to_event(1))
        of_dispersion = numpyro.sample("dispersion", getattr(dist, name)(*parameters))
        r = of_dispersion**-2 if name == "HalfNormal" else of_dispersion
        numpyro.deterministic("log_r", jax.numpy.log(r))
        mean = jax.numpy.exp(problem.known + design @ theta)
        with numpyro.handlers.scale(scale=problem.weights):
            numpyro.sample("y", dist.NegativeBinomial2(mean, r), obs=problem.y)

    sampler = MCMC(
        NUTS(model),
        num_warmup=WARMUP,
        num_samples=DRAWS,
        num_chains=CHAINS,
        chain_method="vectorized",
        progress_bar=False,
    )
    sampler.run(jax.random.PRNGKey(SEED))
    samples = sampler.get_samples(group_by_chain=True)
    return np.concatenate([samples["theta"], samples["log_r"][..., np.newaxis]], axis=-1)


if __name__ == "__main__":
    reference = {}
    for name, make in PROBLEMS.items():
        print(name, flush=True)
        reference[name] = summary(nuts(make()))
    FILE.write_text(json.dumps(reference, indent=1) + "\n")
