"""The first draws of every kind of model, for the guard of their stream."""

import warnings

import numpy as np
from every_model import KINDS, MODELS

RUNS = [(kind, kernel) for kind, (_, kernels) in KINDS.items() for kernel in kernels]
SETTINGS = {"draws": 2, "tune": 40, "chains": 2, "cores": 1, "random_seed": 11, "progressbar": False}


def last_draws(kind, kernel):
    """Return the last draw of each variable of a short run, its first numbers, and its lp."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few draws have not converged
        idata = MODELS[kind].sample(kernel=kernel, **SETTINGS)
    values = {str(name): array.to_numpy()[:, -1] for name, array in idata.posterior.data_vars.items()}
    values["lp"] = idata.sample_stats["lp"].to_numpy()[:, -1]
    return {name: np.ravel(array.reshape(2, -1)[:, :3]).tolist() for name, array in values.items()}
