"""Kernel parameters that maximise the variational bound of the evidence."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.gaussian_process.kernels import RBF

from polyagamma import HilbertBasis, PolyaGammaGP
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.terms.features import BasisFunctions, Features, InducingPoints
from polyagamma.vi.evidence import LowRankRegression, maximise_evidence, maximise_low_rank_evidence

RNG = np.random.default_rng(1)
X = RNG.standard_normal((25, 2))
Y = (RNG.random(25) < expit(2 * X[:, 0])).astype(int)
OFFSET = np.full(25, 0.2)
START = 4.0 * RBF(1.0)
BASES = [
    pytest.param(InducingPoints(X[:6], True, 1e-6), id="fitc"),
    pytest.param(InducingPoints(X[:6], False, 1e-6), id="dtc"),
    pytest.param(BasisFunctions(HilbertBasis(5), START, X), id="hilbert"),
]


def response():
    return BinomialLikelihood.check(2 * Y, np.full(25, 3), None, None, 25)


def covariance_of(features):
    return features.matrix @ features.matrix.T + np.diag(features.variance)


def variational_bound(K):
    """The bound at the best omega for this kernel (Wenzel et al. 2019, equation 8), by coordinate ascent."""
    shape, kappa = response().b, response().kappa[0]
    c = np.ones(len(K))
    for _ in range(500):
        omega = shape * np.tanh(c / 2) / (2 * c)
        total = K + np.diag(1 / omega)
        gain = np.linalg.solve(total, K).T
        mean = gain @ (kappa / omega - OFFSET)
        covariance = K - gain @ K
        c = np.sqrt((mean + OFFSET) ** 2 + np.diag(covariance))
    residual = kappa / omega - OFFSET
    evidence = -0.5 * (np.linalg.slogdet(total)[1] + residual @ np.linalg.solve(total, residual))
    rest = (
        0.5 * omega * c**2 - shape * np.log(2 * np.cosh(c / 2)) - 0.5 * np.log(omega) + kappa**2 / (2 * omega)
    )
    return evidence + rest.sum()


def assert_maximum(best, covariance):
    top = variational_bound(covariance(best))
    for step in ([0.2, 0], [-0.2, 0], [0, 0.2], [0, -0.2]):
        assert variational_bound(covariance(best.clone_with_theta(best.theta + step))) < top


def test_optimum_of_the_full_process_maximises_the_bound():
    assert_maximum(maximise_evidence(START, X, response(), OFFSET, 0.0), lambda kernel: kernel(X))


@pytest.mark.parametrize("basis", BASES)
def test_optimum_of_a_sparse_process_maximises_its_own_bound(basis):
    best = maximise_low_rank_evidence(START, basis, X, response(), OFFSET)
    assert_maximum(best, lambda kernel: covariance_of(basis.training(kernel, X)))


def test_low_rank_regression_is_the_dense_one():
    features = Features(RNG.standard_normal((25, 4)), RNG.uniform(0, 2, 25))
    omega, data = RNG.uniform(0.1, 1, 25), RNG.standard_normal(25)
    K = covariance_of(features)
    total = K + np.diag(1 / omega)
    regression = LowRankRegression(features, omega, data)
    evidence = -0.5 * (np.linalg.slogdet(total)[1] + data @ np.linalg.solve(total, data))
    assert regression.evidence == pytest.approx(evidence, rel=1e-12)
    mean, variance = regression.moments()
    np.testing.assert_allclose(mean, K @ np.linalg.solve(total, data), rtol=1e-10)
    np.testing.assert_allclose(variance, np.diag(K - K @ np.linalg.solve(total, K)), rtol=1e-10)


@pytest.mark.parametrize("inducing", [None, 5])
def test_models_take_the_optimum(inducing):
    model = PolyaGammaGP(X, Y, START, inducing=inducing, optimize=True, sample_kernel=False)
    assert np.abs(model.kernel_.theta - START.theta).max() > 0.05
    far = PolyaGammaGP(X, Y, model.kernel_, inducing=inducing, optimize=True, sample_kernel=False)
    np.testing.assert_allclose(far.kernel_.theta, model.kernel_.theta, atol=0.02)


def test_kernel_that_is_not_positive_definite_is_explained():
    points = np.repeat(X[:3], 2, axis=0)
    with pytest.raises(FloatingPointError, match=r"at the kernel 2\*\*2 \* RBF.* larger jitter"):
        PolyaGammaGP(X, Y, START, inducing=points, jitter=0.0, optimize=True)
