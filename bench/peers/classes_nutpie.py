"""Nutpie's NUTS on classes."""

from types import SimpleNamespace

import numpy as np
import pymc as pm
from classes_model import ClassModel, main
from nutpie_nuts import nuts


def classes(model: ClassModel) -> pm.Model:
    with pm.Model() as built:
        beta = pm.Normal("beta", 0, model.scales, shape=model.shape)
        logits = pm.math.concatenate([np.zeros((len(model.y), 1)), model.Z @ beta.T], axis=1)
        pm.Categorical("y", logit_p=logits, observed=model.y)
    return built


def sample(model: ClassModel, problem: SimpleNamespace):
    posterior, seconds = nuts(classes(model), problem)
    return posterior.beta.values.reshape(problem.chains, problem.draws, -1), seconds


if __name__ == "__main__":
    main(sample)
