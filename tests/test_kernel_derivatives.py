"""Derivatives of functions of kernel values, against differences of scikit-learn's values."""

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, RationalQuadratic

from polyagamma.terms.kernels import compiled
from polyagamma.vi.kernel_derivatives import kernel_values

RNG = np.random.default_rng(5)
X = 100.0 + RNG.normal(size=(40, 2))  # far from zero
POINTS = np.concatenate([X[:3], 100.0 + RNG.normal(size=(4, 2))])  # some are rows
SLOPES, OWN = RNG.normal(size=(7, 40)), RNG.normal(size=40)
STEP = 1e-5
KERNELS = {
    "rbf": ConstantKernel(2.0) * RBF([0.8, 1.5]),
    "one length scale": RBF(1.2) * ConstantKernel(0.5),
    "no variance": RBF(0.7),
    "variance fixed": ConstantKernel(3.0, "fixed") * Matern([1.3, 0.6], nu=1.5),
    "length scale fixed": ConstantKernel(3.0) * Matern(1.3, "fixed", nu=2.5),
    "matern 1/2": ConstantKernel(2.0) * Matern([0.8, 1.5], nu=0.5),
    "matern 3/2": ConstantKernel(2.0) * Matern([0.8, 1.5], nu=1.5),
    "matern 5/2": ConstantKernel(2.0) * Matern([0.8, 1.5], nu=2.5),
    "any other": ConstantKernel(2.0) * RationalQuadratic(0.9, 1.3),
}


def function(kernel, points):
    """Return the function whose derivatives in values and variances are SLOPES and OWN."""
    return np.vdot(SLOPES, kernel(points, X)) + OWN @ kernel.diag(X)


@pytest.mark.parametrize("kind", KERNELS)
def test_values_and_derivatives_of_kernels(kind):
    kernel = KERNELS[kind]
    assert (compiled(kernel) is None) == (kind == "any other")
    found = kernel_values(kernel)(POINTS, X)
    np.testing.assert_allclose(found.values, kernel(POINTS, X), rtol=1e-12)

    steps = STEP * np.eye(len(kernel.theta))
    at = [
        [function(kernel.clone_with_theta(kernel.theta + s * step), POINTS) for s in (1, -1)]
        for step in steps
    ]
    expected = [(up - down) / (2 * STEP) for up, down in at]
    np.testing.assert_allclose(found.in_theta(SLOPES, OWN), expected, rtol=1e-6, atol=1e-6)

    expected = np.empty_like(POINTS)
    for place in np.ndindex(POINTS.shape):
        step = np.zeros_like(POINTS)
        step[place] = STEP
        expected[place] = (function(kernel, POINTS + step) - function(kernel, POINTS - step)) / (2 * STEP)
    np.testing.assert_allclose(found.in_points(SLOPES), expected, rtol=1e-6, atol=1e-6)
