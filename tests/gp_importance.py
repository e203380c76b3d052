"""Posteriors of Gaussian-process models by importance sampling: dense matrices, no Pólya-gamma variables.

Kernel parameters come from a Student t distribution and, given them, latent functions from a widened Laplace
approximation (Rasmussen and Williams 2006, sections 3.4 and 3.7). Every weight is exact, so that the only
error is the Monte Carlo error, which is estimated.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from scipy.stats import multivariate_t

JITTER = 1e-6
WIDENING = 0.8  # of the curvature of the likelihood: tails at least as heavy as the posterior's
FREEDOM = 6
PER_KERNEL = 8  # latent functions


@dataclass
class Weighted:
    """Draws (kernels, functions, k) with weights (kernels, functions)."""

    values: np.ndarray
    weights: np.ndarray

    def mean(self, values):
        """Mean and its standard error, kernels being the independent units."""
        mean = np.einsum("sk,skj->j", self.weights, values) / self.weights.sum()
        residual = np.einsum("sk,skj->sj", self.weights, values - mean)
        return mean, np.sqrt((residual**2).sum(axis=0)) / self.weights.sum()

    def moments(self):
        """Means and standard deviations, each with its standard error."""
        mean, mean_error = self.mean(self.values)
        variance, variance_error = self.mean((self.values - mean) ** 2)
        sd = np.sqrt(variance)
        return (mean, mean_error), (sd, variance_error / (2 * sd))

    def effective_size(self):
        """How many independent kernels are worth as much."""
        total = self.weights.sum(axis=1)
        return total.sum() ** 2 / (total**2).sum()


class FullPrior:
    """Covariances of f at training inputs, of it with f at new inputs, and the latter's variance."""

    def __init__(self, kernel, X, X_new):
        self.kernel, self.X, self.X_new = kernel, X, X_new

    def __call__(self, theta):
        kernel = self.kernel.clone_with_theta(theta)
        K = kernel(self.X)
        return K + JITTER * np.diag(np.diag(K)), kernel(self.X, self.X_new), kernel.diag(self.X_new)


class LowRankPrior(FullPrior):
    """The same of inducing points (Quiñonero-Candela and Rasmussen 2005, equations 20a and 24)."""

    def __init__(self, kernel, points, fitc, X, X_new):
        super().__init__(kernel, X, X_new)
        self.points, self.fitc = points, fitc

    def __call__(self, theta):
        kernel = self.kernel.clone_with_theta(theta)
        inner = kernel(self.points)
        inner += JITTER * np.diag(np.diag(inner))
        left, right = kernel(self.X, self.points), kernel(self.points, self.X_new)
        Q = left @ np.linalg.solve(inner, left.T)
        own = kernel.diag(self.X) * (1 + JITTER) - np.diag(Q) if self.fitc else 1e-9 * kernel.diag(self.X)
        variance = kernel.diag(self.X_new) * (1 + JITTER)
        return Q + np.diag(own), left @ np.linalg.solve(inner, right), variance


class HilbertPrior(FullPrior):
    """The same of sines on an interval (Solin and Särkkä 2020, equation 20), for a Gaussian kernel."""

    def __init__(self, kernel, size, half_width, X, X_new):
        super().__init__(kernel, X, X_new)
        self.root = np.arange(1, size + 1) * np.pi / (2 * half_width)
        self.half_width = half_width
        self.middle = (X.min() + X.max()) / 2

    def basis(self, X):
        return np.sin(self.root * (X - self.middle + self.half_width)) / np.sqrt(self.half_width)

    def __call__(self, theta):
        variance, scale = np.exp(theta)
        density = variance * np.sqrt(2 * np.pi) * scale * np.exp(-0.5 * (scale * self.root) ** 2)
        old, new = self.basis(self.X), self.basis(self.X_new)
        K = (old * density) @ old.T
        return K + 1e-9 * np.diag(np.diag(K)), (old * density) @ new.T, (new**2 @ density)


def laplace(K, y):
    """Mode of f given labels 0 and 1 (Newton's method, halving steps), its K⁻¹f, and the curvature there."""

    def objective(a):
        f = K @ a
        return y @ f - np.logaddexp(0, f).sum() - 0.5 * a @ f

    a = np.zeros(len(y))
    for _ in range(100):
        f = K @ a
        p = expit(f)
        w = p * (1 - p)
        root = np.sqrt(w)
        b = w * f + y - p
        B = np.eye(len(y)) + root[:, np.newaxis] * K * root
        step = b - root * np.linalg.solve(B, root * (K @ b)) - a
        size = 1.0
        while objective(a + size * step) < objective(a) and size > 1e-6:
            size /= 2
        a = a + size * step
        if np.abs(step).max() < 1e-6:
            break
    return K @ a, a, w


def functions(K, y, rng):
    """Draws of f (PER_KERNEL, n) and the logs of likelihood times prior over proposal density."""
    mode, a, w = laplace(K, y)
    root = np.sqrt(WIDENING * w)
    B = np.eye(len(y)) + root[:, np.newaxis] * K * root
    L, C = np.linalg.cholesky(K), np.linalg.cholesky(B)
    prior = rng.standard_normal((PER_KERNEL, len(y))) @ L.T
    noise = rng.standard_normal((PER_KERNEL, len(y)))
    step = np.linalg.solve(B, (root * prior + noise).T).T * root
    d = prior - step @ K  # N(0, (K⁻¹ + root²)⁻¹) by Matheron's rule
    f = mode + d
    # log N(f; 0, K) - log N(d; 0, (K⁻¹ + root²)⁻¹), in which K⁻¹ cancels but for that of the mode
    log_ratio = -0.5 * a @ mode - d @ a + 0.5 * (d**2) @ root**2 - np.log(np.diag(C)).sum()
    return f, (y * f - np.logaddexp(0, f)).sum(axis=1) + log_ratio


def posterior(prior, y, log_prior, draws, kernels, rng):
    """Weighted (log parameters, f, probability at each new input).

    `draws` (s, d) of log parameters, wherever they come from, say where to look for the posterior.
    """
    proposal = multivariate_t(draws.mean(axis=0), 1.3 * np.atleast_2d(np.cov(draws.T)), df=FREEDOM, seed=rng)
    thetas = proposal.rvs(kernels).reshape(kernels, -1)
    values, log_weights = [], np.empty((kernels, PER_KERNEL))
    for s, theta in enumerate(thetas):
        K, cross, variance = prior(theta)
        f, log_ratio = functions(K, y, rng)
        gain = np.linalg.solve(K, cross)
        left = np.sqrt(np.maximum(variance - np.einsum("ij,ij->j", cross, gain), 0))
        new = f @ gain + left * rng.standard_normal((PER_KERNEL, len(left)))
        values.append(np.hstack([np.tile(theta, (PER_KERNEL, 1)), f, expit(new)]))
        log_weights[s] = log_ratio + log_prior(theta) - proposal.logpdf(theta)
    return Weighted(np.array(values), np.exp(log_weights - log_weights.max()))
