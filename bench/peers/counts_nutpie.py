"""Nutpie's NUTS on counts."""

from types import SimpleNamespace

import numpy as np
import pymc as pm
from counts_model import CountModel, main
from nutpie_nuts import nuts


def counts(model: CountModel) -> pm.Model:
    with pm.Model() as built:
        eta = model.log_exposure + model.Z @ pm.Normal("beta", 0, model.scales)
        r = pm.Gamma("r", model.shape, model.rate)
        pm.NegativeBinomial("y", mu=pm.math.exp(eta), alpha=r, observed=model.y.astype(int))
    return built


def sample(model: CountModel, problem: SimpleNamespace):
    posterior, seconds = nuts(counts(model), problem)
    return np.concatenate([posterior.beta.values, np.log(posterior.r.values)[..., None]], axis=-1), seconds


if __name__ == "__main__":
    main(sample)
