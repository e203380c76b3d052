"""Models of PyMC that cannot be taken are refused, with the reason in words."""

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pymc_models import COUNTS, GROUP, TRIALS, WINS, N, X, Y

import polyagamma.pymc
from polyagamma.pymc import PolyaGammaGibbs, UnsupportedModelError

REFUSED = {}


@pytest.fixture(autouse=True)
def _evaluate_without_compiling():
    with pytensor.config.change_flags(mode="FAST_COMPILE", cxx=""):
        yield


def refused(reason):
    """Enter a model into the table, by what its refusal has to say."""

    def enter(build):
        REFUSED[build.__name__] = (build, reason)
        return build

    return enter


@refused("'b' enters the potential 'penalty'")
def potential():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.Potential("penalty", -pt.abs(b).sum())
    pm.Bernoulli("y", logit_p=X @ b, observed=Y)


@refused("the log odds of 'y' are not linear in 'b'")
def squared_coefficients():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.Bernoulli("y", logit_p=X @ b**2, observed=Y)


@refused("the log odds of 'y' are not linear in 'b'")
def clipped_predictor():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.Bernoulli("y", logit_p=pm.math.clip(X @ b, -30, 30), observed=Y)


@refused("the log odds of 'y' are not linear in 'b'")
def probit_link():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.Bernoulli("y", p=pm.math.invprobit(X @ b), observed=Y)


@refused("the log means of 'y' are not linear in 'b'")
def identity_link():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.NegativeBinomial("y", mu=X @ b + 30, alpha=1.0, observed=COUNTS)


@refused("the prior of 'b', Laplace, is not Gaussian")
def laplace_prior():
    b = pm.Laplace("b", 0, 1, shape=3)
    pm.Bernoulli("y", logit_p=X @ b, observed=Y)


@refused("the prior of 'a', StudentT, is not Gaussian")
def one_prior_of_two():
    a, b = pm.StudentT("a", 3), pm.Normal("b", 0, 1, shape=3)
    pm.Bernoulli("y", logit_p=a + X @ b, observed=Y)


@refused(r"not linear in 'b' \(PyMC samples it transformed, as 'b_log__'\)")
def transformed_coefficients():
    b = pm.HalfNormal("b", 1, shape=3)
    pm.Bernoulli("y", logit_p=X @ b, observed=Y)


@refused("'b' is shared: it also enters the likelihood of 'z'")
def shared_coefficients():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.Normal("z", X @ b, 1, observed=X[:, 0])
    pm.Bernoulli("y", logit_p=X @ b, observed=Y)


@refused("'y' is scaled by total_size")
def minibatches():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.Bernoulli("y", logit_p=X @ b, observed=Y, total_size=10 * N)


@refused("'y' has missing values, which PyMC imputes")
def imputed_y():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.Bernoulli("y", logit_p=X @ b, observed=np.ma.array(Y, mask=np.arange(N) < 2))


@refused("the likelihood of 'y' is Poisson, which has no Pólya-gamma form")
def poisson():
    b = pm.Normal("b", 0, 1, shape=3)
    pm.Poisson("y", pm.math.exp(X @ b), observed=COUNTS)


@refused("the model has no likelihood")
def no_likelihood():
    pm.Normal("b", 0, 1)


@refused("the model has 2 likelihoods, 'y', 'z'")
def two_likelihoods():
    pm.Bernoulli("y", logit_p=pm.Normal("a", 0, 1), observed=Y)
    pm.Bernoulli("z", logit_p=pm.Normal("b", 0, 1), observed=Y)


@refused("'b' enters the dispersion of 'y'")
def dispersion_with_the_same_coefficient():
    b = pm.Normal("b", 0, 1)
    pm.NegativeBinomial("y", mu=pm.math.exp(b * X[:, 0]), alpha=pm.math.exp(b), observed=COUNTS)


@refused("the numbers of trials of 'y' depend on variables that are sampled")
def trials_that_are_sampled():
    n = pm.Poisson("n", 10)
    pm.Binomial("y", n=n + TRIALS, p=pm.math.invlogit(pm.Normal("a", 0, 1)), observed=WINS)


@refused("'b' enters the log odds of several classes of 'y' at once")
def coefficient_of_several_classes():
    b = pm.Normal("b", 0, 1)
    pm.Categorical("y", logit_p=pt.stack([0 * X[:, 0], b * X[:, 0], b * X[:, 1]], axis=1), observed=GROUP % 3)


@refused("the prior of 'b' is not proper")
def flat_prior():
    b = pm.Flat("b", shape=3)
    pm.Bernoulli("y", logit_p=X @ b, observed=Y)


@refused("the prior of 'b', .*Mixture.*, is not Gaussian")
def mixture_as_prior():
    b = pm.NormalMixture("b", [0.5, 0.5], [0, 0], [0.1, 2], shape=3)
    pm.Bernoulli("y", logit_p=X @ b, observed=Y)


@refused("the prior of 'n', Poisson, depends on 'b' in another way")
def parent_of_something_else():
    b = pm.Normal("b", 0, 1)
    pm.Poisson("n", pm.math.exp(b))
    pm.Bernoulli("y", logit_p=b * X[:, 0], observed=Y)


@pytest.mark.filterwarnings("ignore::pymc.exceptions.ImputationWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_reason(name):
    build, reason = REFUSED[name]
    with pm.Model() as model:
        build()
    with pytest.raises(UnsupportedModelError, match=reason):
        polyagamma.pymc.sample(model, draws=2, tune=2, chains=1, progressbar=False)


def test_a_step_refuses_products_of_its_variables():
    with pm.Model():
        scale, z = pm.Normal("scale", 0, 1), pm.Normal("z", 0, 1, shape=3)
        pm.Bernoulli("y", logit_p=scale * (X @ z), observed=Y)
        with pytest.raises(UnsupportedModelError, match="products of 'scale', 'z': they are linear in each"):
            PolyaGammaGibbs([scale, z])


def test_a_step_refuses_what_no_likelihood_depends_on():
    with pm.Model():
        a, b = pm.Normal("a", 0, 1), pm.Normal("b", 0, 1)
        pm.Bernoulli("y", logit_p=a * X[:, 0], observed=Y)
        with pytest.raises(UnsupportedModelError, match="no likelihood depends on 'b'"):
            PolyaGammaGibbs([b])
