"""Nutpie's NUTS on a linear model."""

from types import SimpleNamespace

import pymc as pm
from linear_model import LinearModel, main
from nutpie_nuts import nuts


def logistic(model: LinearModel) -> pm.Model:
    with pm.Model() as built:
        eta = model.Z @ pm.Normal("beta", 0, model.scales)
        if model.binary:
            pm.Bernoulli("y", logit_p=eta, observed=model.y)
        else:
            pm.Binomial("y", n=model.trials, logit_p=eta, observed=model.y)
    return built


def sample(model: LinearModel, problem: SimpleNamespace):
    posterior, seconds = nuts(logistic(model), problem)
    return posterior.beta.values, seconds


if __name__ == "__main__":
    main(sample)
