"""Normal approximations of multinomial regression: errors against chains of the same model.

Run ``python bench/class_companions.py`` where package, scikit-learn and statsmodels are installed.
"""

import argparse
import time
import warnings

import arviz
import numpy as np
from class_sets import anes96, fair, wine
from harness import machine, report
from harness.data_sets import Array, standardised
from sklearn.datasets import load_iris

from polyagamma import PolyaGammaMultinomial, SamplingWarning

SETS = {"wine": wine, "iris": lambda: load_iris(return_X_y=True), "anes96": anes96, "fair": fair}
DRAWS, TUNE = 5000, 1000


def errors(mean: Array, sd: Array, draws: Array) -> dict[str, float]:
    of_chains = draws.std(axis=0)
    error, ratio = np.abs(mean - draws.mean(axis=0)) / of_chains, sd / of_chains
    return {
        "largest error of a mean, sds": float(error.max()),
        "mean error of a mean, sds": float(error.mean()),
        "least ratio of sds": float(ratio.min()),
        "largest ratio of sds": float(ratio.max()),
    }


def compared(name: str) -> dict[str, dict[str, float]]:
    """Errors of intercepts and coefficients of standardised predictors, by method."""
    X, y = SETS[name]()
    model = PolyaGammaMultinomial(standardised(X), y)
    start = time.process_time()
    idata = model.sample(DRAWS, tune=TUNE, random_seed=1, cores=1, progressbar=False)
    seconds = time.process_time() - start
    parts = [idata.posterior[name].to_numpy().reshape(4 * DRAWS, -1) for name in ("intercept", "beta")]
    least = min(float(arviz.ess(idata, var_names=[name])[name].min()) for name in ("intercept", "beta"))
    figures = {"chains": {"seconds": seconds, "least effective draws": least}}
    for method in ("laplace", "gaussian"):
        start = time.process_time()
        fitted = model.fit(method, cores=1, progressbar=False)
        seconds = time.process_time() - start
        sd = np.sqrt(np.diag(fitted.covariance))
        figures[method] = {
            "seconds": seconds,
            **errors(fitted.mean.to_numpy(), sd, np.concatenate(parts, axis=1)),
            "k-hat": fitted.khat,
            "effective of 4000": fitted.ess,
        }
    return figures


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    warnings.simplefilter("ignore", SamplingWarning)
    host = machine.describe(machine.pin(1))
    print("\n".join(f"{key}: {value}" for key, value in host.items()), flush=True)
    figures = {}
    for name in SETS:
        figures[name] = compared(name)
        print(f"{name}: {figures[name]}", flush=True)
    print(f"\nstored in {report.write('class_companions', {'machine': host, 'figures': figures})}")


if __name__ == "__main__":
    main()
