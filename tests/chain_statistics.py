"""How far chains are from the truth, in Monte Carlo standard errors."""

import arviz as az
import numpy as np

LIMIT = 5.5  # |z|: false alarm 4e-8 a comparison, below 1e-5 for the few hundred comparisons of the suite


def mean_z(draws, truth, truth_mcse=0.0):
    """z-score of the mean of draws (chains, draws)."""
    return (np.mean(draws) - truth) / np.hypot(az.mcse(np.asarray(draws), method="mean"), truth_mcse)


def sd_z(draws, truth, truth_mcse=0.0):
    """z-score of the standard deviation of draws (chains, draws)."""
    return (np.std(draws) - truth) / np.hypot(az.mcse(np.asarray(draws), method="sd"), truth_mcse)


def grid_posterior(log_density, centre, scale, width=9.0, size=160):
    """Quadrature of a density of one or two parameters on a box around its bulk.

    Returns points (m, k) and probabilities (m,): Gauss-Legendre nodes within centre ± width · scale.
    """
    nodes, node_weights = np.polynomial.legendre.leggauss(size)
    axes = [c + width * s * nodes for c, s in zip(centre, scale, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    weights = node_weights
    for _ in axes[1:]:
        weights = np.multiply.outer(weights, node_weights)
    log_values = np.array([log_density(point) for point in points])
    probability = weights.ravel() * np.exp(log_values - log_values.max())
    return points, probability / probability.sum()


def moments(points, probability):
    """Means and standard deviations of a quadrature."""
    mean = probability @ points
    return mean, np.sqrt(probability @ (points - mean) ** 2)
