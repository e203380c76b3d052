"""Logistic regression on a large sparse X: what default runs reach under N(0, 1) and a regularized horseshoe.

Run ``python bench/sparse_predictors.py`` where the package is installed. There is no peer that finishes.
"""

import argparse
import resource
import time
import warnings

import arviz
import numpy as np
from harness import machine, report
from harness.data_sets import Array
from scipy import sparse
from scipy.special import expit

from polyagamma import Normal, PolyaGammaLogistic, RegularizedHorseshoe, SamplingWarning

ROWS, FILLED, SUCCESSES = 20_000, 0.005, 0.03
EFFECTS, LEAST, GREATEST = 20, 1.0, 3.0  # coefficients that are not zero, and their absolute values
LOOKED_AT = 300  # of the other coefficients, and of linear predictors
PRIORS = {
    "normal": Normal(0, 1),
    "horseshoe": RegularizedHorseshoe(expected=EFFECTS, standardized=False),
}


def made(columns: int, seed: int) -> tuple[sparse.csr_array, Array, Array]:
    """X of zeros and ones, y, and the columns of the effects."""
    rng = np.random.default_rng([seed, columns])
    X = sparse.random_array((ROWS, columns), density=FILLED, rng=rng, format="csr").ceil()
    effects = rng.choice(columns, EFFECTS, replace=False)
    beta = np.zeros(columns)
    beta[effects] = rng.choice([-1.0, 1.0], EFFECTS) * rng.uniform(LEAST, GREATEST, EFFECTS)
    eta = X @ beta
    return X, rng.random(ROWS) < expit(eta + intercept(eta)), effects


def intercept(eta: Array) -> float:
    """The intercept with which so many rows are successes, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(eta + middle).mean() < SUCCESSES else (low, middle)
    return low


def worst(draws: Array) -> dict[str, float]:
    """Of draws (chains, draws, quantities)."""
    both = [(float(arviz.ess(one)), float(arviz.rhat(one))) for one in np.moveaxis(draws, -1, 0)]
    ess, rhat = np.array(both).T
    return {"least effective draws": float(ess.min()), "greatest R-hat": float(rhat.max())}


def run(prior: str, columns: int, options: argparse.Namespace) -> dict[str, object]:
    X, y, effects = made(columns, options.data_seed)
    model = PolyaGammaLogistic(X, y, prior=PRIORS[prior])
    start = time.perf_counter()
    idata = model.sample(
        options.draws, tune=options.tune, random_seed=options.seed, cores=options.cores, progressbar=False
    )
    figures: dict[str, object] = {"seconds": time.perf_counter() - start}
    rng = np.random.default_rng(options.seed)
    beta = idata.posterior["beta"].to_numpy()
    rows = X[rng.choice(ROWS, LOOKED_AT, replace=False)].toarray()
    others = rng.choice(np.setdiff1d(np.arange(columns), effects), LOOKED_AT, replace=False)
    looked_at = {
        "effects": beta[..., effects],
        "other coefficients": beta[..., others],
        "linear predictor": beta @ rows.T + idata.posterior["intercept"].to_numpy()[..., None],
    }
    if "tau" in idata.posterior:
        looked_at["log tau"] = np.log(idata.posterior["tau"].to_numpy())[..., None]
    figures |= {name: worst(draws) for name, draws in looked_at.items()}
    figures["GB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--columns", type=int, nargs="+", default=[5000, 20_000])
    add("--priors", nargs="+", choices=PRIORS, default=list(PRIORS))
    add("--draws", type=int, default=1000)
    add("--tune", type=int, default=400)
    add("--seed", type=int, default=1, help="of the chains")
    add("--data-seed", type=int, default=7)
    add("--cores", type=int, default=2)
    options = parser.parse_args()
    warnings.simplefilter("ignore", SamplingWarning)
    host = machine.describe(machine.pin(options.cores)) | {"settings": vars(options)}
    print("\n".join(f"{key}: {value}" for key, value in host.items()), flush=True)
    figures = {}
    for prior in options.priors:
        for columns in options.columns:
            name = f"{prior}, {columns} columns"
            figures[name] = run(prior, columns, options)
            print(f"{name}: {figures[name]}", flush=True)
    print(f"\nstored in {report.write('sparse_predictors', {'machine': host, 'figures': figures})}")


if __name__ == "__main__":
    main()
