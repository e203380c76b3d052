"""Nutpie's NUTS under the regularized horseshoe."""

from types import SimpleNamespace

import numpy as np
import pymc as pm
from nutpie_nuts import nuts
from shrinkage_model import ShrinkageModel, main


def horseshoe(model: ShrinkageModel) -> pm.Model:
    p = model.X.shape[1]
    with pm.Model() as built:
        alpha = pm.Normal("alpha", 0, model.intercept_scale)
        free = pm.HalfCauchy("tau", model.tau0) * pm.HalfCauchy("lam", 1, shape=p)
        z = pm.Normal("z", shape=p)
        beta = pm.Deterministic("beta", z * free / pm.math.sqrt(1 + (free / model.slab) ** 2))
        pm.Bernoulli("y", logit_p=alpha + model.X @ beta, observed=model.y)
    return built


def sample(model: ShrinkageModel, problem: SimpleNamespace):
    posterior, seconds = nuts(horseshoe(model), problem)
    alpha, log_tau = posterior.alpha.values[..., None], np.log(posterior.tau.values)[..., None]
    return np.concatenate([alpha, posterior.beta.values, log_tau], axis=-1), seconds


if __name__ == "__main__":
    main(sample)
