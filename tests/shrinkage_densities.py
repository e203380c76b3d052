"""Shrinkage priors by numerical integration: what the samplers are compared with."""

import numpy as np
from numpy.polynomial.legendre import leggauss

from polyagamma import Bridge, Horseshoe, Laplace, RegularizedHorseshoe, Ridge, StudentT

SCALE = 0.8
PRIORS = {
    "ridge": Ridge(SCALE, standardized=False),
    "laplace": Laplace(scale=SCALE, standardized=False),
    "student": StudentT(3.0, scale=SCALE, standardized=False),
    "bridge": Bridge(0.5, scale=SCALE, standardized=False),
    "bridge 1.3": Bridge(1.3, scale=SCALE, standardized=False),
    "horseshoe": Horseshoe(scale=SCALE, standardized=False),
    "regularized": RegularizedHorseshoe(scale=SCALE, slab_scale=1.5, standardized=False),
}
NODES, WEIGHTS = leggauss(400)
LOG_LAMBDA = 30.0 * NODES  # of log lam
LAMBDA = np.exp(LOG_LAMBDA)


def log_marginal(name, beta, tau):
    """Log density of coefficients given tau, lam integrated out, but for a constant in both."""
    x = np.abs(beta) / tau
    prior = PRIORS[name]
    match name:
        case "ridge":
            return -0.5 * x**2 - np.log(tau)
        case "laplace":
            return -x - np.log(tau)
        case "student":
            return -0.5 * (prior.nu + 1) * np.log1p(x**2 / prior.nu) - np.log(tau)
        case "bridge" | "bridge 1.3":
            return -(x**prior.exponent) - np.log(tau)
    density = mixture(beta, tau, prior.slab_scale if name == "regularized" else np.inf)
    return np.log(max(density, 1e-300))


def mixture(beta, tau, slab):
    """Density of a coefficient given tau: of normals, lam half-Cauchy, on a grid of log lam."""
    variance = 1.0 / (1.0 / (tau * LAMBDA) ** 2 + 1.0 / slab**2)
    density = np.exp(-0.5 * beta**2 / variance) / np.sqrt(variance)
    return float(WEIGHTS @ (density * LAMBDA / (1.0 + LAMBDA**2)))
