"""The user's loop on classes: each against all others in turn (Polson, Scott and Windle 2013, appendix)."""

from types import SimpleNamespace

import loop_chains
import numpy as np
from classes_model import ClassModel, main
from scipy.special import logsumexp

from polyagamma import random_polyagamma


def sweep(model: ClassModel, theta, rng):
    Z, beta = model.Z, theta.reshape(model.shape).copy()
    eta = np.column_stack([np.zeros(len(Z)), Z @ beta.T])
    for k in range(1, len(beta) + 1):
        others = logsumexp(np.delete(eta, k, axis=1), axis=1)
        omega = random_polyagamma(1.0, eta[:, k] - others, random_state=rng)
        Q = (Z * omega[:, None]).T @ Z + np.diag(model.scales**-2)
        linear = Z.T @ ((model.y == k) - 0.5 + omega * others)
        beta[k - 1] = loop_chains.normal_draw(Q, linear, rng)
        eta[:, k] = Z @ beta[k - 1]
    return beta.ravel()


def sample(model: ClassModel, problem: SimpleNamespace):
    n_others, p = model.shape
    return loop_chains.sample(sweep, model, np.zeros(n_others * p), problem)


if __name__ == "__main__":
    main(sample)
