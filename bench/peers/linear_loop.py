"""The user's loop on a linear model (Polson, Scott and Windle 2013)."""

from types import SimpleNamespace

import linear_model
import loop_chains
import numpy as np

from polyagamma import random_polyagamma


def sweep(model: linear_model.LinearModel, beta, rng):
    Z, kappa = model.Z, model.y - model.trials / 2
    omega = random_polyagamma(model.trials, Z @ beta, random_state=rng)
    Q = (Z * omega[:, None]).T @ Z + np.diag(model.scales**-2)
    return loop_chains.normal_draw(Q, Z.T @ kappa, rng)


def sample(model: linear_model.LinearModel, problem: SimpleNamespace):
    return loop_chains.sample(sweep, model, np.zeros(len(model.scales)), problem)


if __name__ == "__main__":
    linear_model.main(sample)
