"""Models in PyMC that its bridge takes, each in a spelling of its own, with few rows."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt

N, GROUPS = 80, 5
RNG = np.random.default_rng(20)
X = np.column_stack([RNG.standard_normal(N), RNG.standard_normal(N) * 2 + 5, RNG.integers(0, 2, N)])
CENTRED = X - X.mean(0)
GROUP = RNG.integers(GROUPS, size=N)
EFFECT = np.linspace(-1, 1, GROUPS)
SLOPE = np.array([1.2, -0.4, 0.8, 1.8, 0.2])
PLACE = RNG.integers(4, size=N)  # crossed with groups
ETA = SLOPE[GROUP] * X[:, 0] - 0.3 * CENTRED[:, 1] + EFFECT[GROUP] + 0.5 * PLACE
Y = (RNG.random(N) < 1 / (1 + np.exp(-ETA))).astype(int)
TRIALS = RNG.integers(0, 8, N)
WINS = RNG.binomial(TRIALS, 1 / (1 + np.exp(-ETA)))
EXPOSURE = RNG.uniform(0.5, 3, N)
COUNTS = RNG.poisson(EXPOSURE * np.exp(0.5 + 0.4 * X[:, 0] + EFFECT[GROUP]) * RNG.gamma(2, 0.5, N))
KIND = (np.column_stack([np.zeros(N), ETA, -X[:, 0]]) + RNG.gumbel(size=(N, 3))).argmax(1)
TABLE = np.array([RNG.multinomial(4, p) for p in RNG.dirichlet([2, 1, 1], 30)])
COORDS = {"predictor": ["a", "b", "c"], "group": list("vwxyz"), "kind": ["ash", "elm", "oak"]}

WHOLE, MIXED = {}, {}  # what a model of the package draws; what takes steps of PyMC too


def of(models):
    """Enter a function into models by its name; within it a model with coordinates is the context."""

    def enter(build):
        def make():
            with pm.Model(coords=COORDS) as model:
                build()
            return model

        models[build.__name__] = make
        return make

    return enter


@of(WHOLE)
def logit_p():
    beta = pm.Normal("beta", 0, 2, dims="predictor")
    pm.Bernoulli("y", logit_p=pm.Normal("intercept", 0, 3) + pm.math.dot(CENTRED, beta), observed=Y)


@of(WHOLE)
def matrix_operator():
    beta = pm.Normal("beta", [0, 1, 0], [1, 2, 0.5], dims="predictor")
    p = pm.Deterministic("p", pm.math.invlogit(X @ beta))
    pm.Bernoulli("y", p=p, observed=Y)


@of(WHOLE)
def separate_coefficients():
    a, b = pm.Normal("a", 1, 2), pm.Normal("b", 0, 1)
    pm.Bernoulli("y", p=1 / (1 + pm.math.exp(-(a + b * X[:, 0] - 0.3 * CENTRED[:, 1]))), observed=Y)


@of(WHOLE)
def data_containers():
    x, y = pm.Data("x", X), pm.Data("observed", Y)
    beta = pm.Normal("beta", 0, 1, shape=3)
    pm.Bernoulli("y", logit_p=(x - x.mean(axis=0)).dot(beta), observed=y)


@of(WHOLE)
def joint_prior():
    cov = np.array([[1, 0.5, 0], [0.5, 2, 0.3], [0, 0.3, 1]])
    beta = pm.MvNormal("beta", mu=[0.5, 0, 0], cov=cov, dims="predictor")
    pm.Bernoulli("y", logit_p=pt.sum(CENTRED * beta, axis=1), observed=Y)


@of(WHOLE)
def binomial_with_offset():
    beta = pm.Normal("beta", 0, 2, shape=2)
    eta = beta[0] + beta[1] * X[:, 0] + 0.1 * X[:, 1] - 0.5
    pm.Binomial("y", n=TRIALS, p=pm.math.sigmoid(eta), observed=WINS)


@of(WHOLE)
def probabilities_of_groups():
    rate = pm.Deterministic("rate", pm.math.invlogit(pm.Normal("theta", 0, 1.5, dims="group")), dims="group")
    pm.Binomial("y", n=TRIALS, p=rate[GROUP], observed=WINS)


@of(WHOLE)
def groups_with_a_mean():
    mean = pm.Normal("mean", 0, 1)
    effect = pm.Normal("effect", mean, 0.8, dims="group")
    pm.Bernoulli("y", logit_p=effect[GROUP] + 0.8 * X[:, 0], observed=Y)


@of(WHOLE)
def random_walk():
    level = pm.GaussianRandomWalk("level", sigma=0.5, init_dist=pm.Normal.dist(0, 1), dims="group")
    pm.Bernoulli("y", logit_p=level[GROUP], observed=Y)


@of(WHOLE)
def effects_that_sum_to_zero():
    effect = pm.ZeroSumNormal("effect", sigma=1, dims="group")
    pm.Bernoulli("y", logit_p=pm.Normal("intercept", 0, 2) + effect[GROUP], observed=Y)


@of(WHOLE)
def counts_with_exposure():
    beta = pm.Normal("beta", 0, 1, shape=2)
    mu = EXPOSURE * pm.math.exp(beta[0] + beta[1] * X[:, 0])
    pm.NegativeBinomial("y", mu=mu, alpha=pm.Gamma("alpha", 2, 0.5), observed=COUNTS)


@of(WHOLE)
def counts_with_exponential_dispersion():
    beta = pm.Normal("beta", 0, 1, shape=2)
    mu = pm.math.exp(np.log(EXPOSURE) + beta[0] + beta[1] * X[:, 0])
    pm.NegativeBinomial("y", mu=mu, alpha=pm.Exponential("alpha", 0.2), observed=COUNTS)


@of(WHOLE)
def counts_of_known_dispersion():
    intercept, slope = pm.Normal("intercept", 0, 1), pm.Normal("slope", 0, 1)
    mu = pm.math.exp(intercept) * pm.math.exp(slope * X[:, 0]) * EXPOSURE
    pm.NegativeBinomial("y", mu=mu, alpha=2.0, observed=COUNTS)


@of(WHOLE)
def classes_with_a_baseline():
    beta = pm.Normal("beta", 0, 1, shape=(2, 2))
    eta = pt.concatenate([np.zeros((N, 1)), X[:, :1] @ beta[:1] + beta[1]], axis=1)
    pm.Categorical("y", p=pm.math.softmax(eta, axis=-1), observed=KIND)


@of(WHOLE)
def classes_all_alike():
    intercept = pm.Normal("intercept", 0, 1, dims="kind")
    beta = pm.Normal("beta", 0.5, 1, dims=("predictor", "kind"))
    pm.Categorical("y", logit_p=intercept + pm.math.dot(CENTRED, beta), observed=KIND)


@of(WHOLE)
def table_of_classes():
    theta = pm.Normal("theta", 0, 1, shape=2)
    p = pm.math.softmax(pt.concatenate([[0.0], theta]))
    pm.Multinomial("y", n=4, p=p, shape=TABLE.shape, observed=TABLE)


@of(WHOLE)
def groups_centred():
    sd = pm.HalfNormal("sd", 1)
    effect = pm.Normal("effect", pm.Normal("mean", 0, 1), sd, dims="group")
    pm.Binomial("y", n=TRIALS, logit_p=effect[GROUP] + 0.8 * X[:, 0], observed=WINS)


@of(WHOLE)
def groups_not_centred():
    offset = pm.Normal("offset", 0, 1, dims="group")
    effect = pm.Deterministic("effect", pm.HalfNormal("sd", 1) * offset, dims="group")
    pm.Bernoulli("y", p=pm.math.invlogit(pm.Normal("mean", 0, 2) + effect[GROUP]), observed=Y)


@of(WHOLE)
def slopes_of_groups():
    sd = pm.Exponential("sd", 1, shape=2)
    effect = pm.Normal("effect", 0, sd, shape=(GROUPS, 2))
    eta = effect[GROUP, 0] + effect[GROUP, 1] * X[:, 0]
    pm.Binomial("y", n=TRIALS, logit_p=eta, observed=WINS)


@of(WHOLE)
def crossed_groups():
    sds = pm.HalfStudentT("sd_group", 3, 1), pm.HalfCauchy("sd_place", 1)
    group, place = (
        pm.Normal("group_effect", 0, sds[0], dims="group"),
        pm.Normal("place_effect", 0, 1, shape=4),
    )
    beta = pm.Normal("beta", 0, 1, dims="predictor")
    eta = pm.Normal("mean", 0, 2) + pm.math.dot(CENTRED, beta) + group[GROUP] + sds[1] * place[PLACE]
    pm.Binomial("y", n=TRIALS, logit_p=eta, observed=WINS)


@of(WHOLE)
def groups_with_a_predictor_of_their_own():
    gamma = pm.Normal("gamma", [0, 1], 1)
    mean = gamma[0] + gamma[1] * np.linspace(-1, 1, GROUPS)
    effect = pm.Normal("effect", mean + 0.2, pm.Exponential("sd", 2), dims="group")
    pm.Binomial("y", n=TRIALS, logit_p=effect[GROUP], observed=WINS)


@of(WHOLE)
def groups_not_all_seen():
    effect = pm.Normal("effect", 0, pm.HalfNormal("sd", 1), shape=GROUPS + 2)
    pm.Binomial("y", n=TRIALS, logit_p=effect[GROUP + 1], observed=WINS)


@of(WHOLE)
def counts_of_groups_with_exponential_dispersion():
    effect = pm.Normal("effect", 0, pm.HalfNormal("sd", 1), dims="group")
    mu = pm.math.exp(pm.Normal("mean", 0, 1) + effect[GROUP] + np.log(EXPOSURE))
    pm.NegativeBinomial("y", mu=mu, alpha=pm.Exponential("alpha", 0.2), observed=COUNTS)


@of(MIXED)
def counts_of_groups():
    effect = pm.Normal("effect", 0, pm.HalfNormal("sd", 1), dims="group")
    mu = EXPOSURE * pm.math.exp(pm.Normal("mean", 0, 1) + effect[GROUP])
    pm.NegativeBinomial("y", mu=mu, alpha=pm.HalfNormal("alpha", 5), observed=COUNTS)


@of(MIXED)
def counts_by_number_and_probability():
    beta = pm.Normal("beta", 0, 1, shape=2)
    alpha = pm.HalfNormal("alpha", 5)
    pm.NegativeBinomial("y", n=alpha, p=pm.math.invlogit(beta[0] + beta[1] * X[:, 0]), observed=COUNTS)


@of(MIXED)
def classes_with_a_scale():
    beta = pm.Normal("beta", 0, pm.HalfNormal("sd", 1), dims=("predictor", "kind"))
    pm.Categorical("y", logit_p=pm.math.dot(CENTRED, beta), observed=KIND)


@of(MIXED)
def effects_of_neighbours():
    steps = pm.Normal("steps", 0, 1, dims="group")
    level = pm.Deterministic("level", pt.cumsum(pm.HalfNormal("sd", 1) * steps), dims="group")
    pm.Binomial("y", n=TRIALS, logit_p=level[GROUP], observed=WINS)


@of(WHOLE)
def groups_in_groups():
    region = pm.Normal("region", 0, pm.HalfNormal("sd_region", 1), shape=2)
    effect = pm.Normal("effect", region[[0, 0, 1, 1, 1]], pm.HalfNormal("sd", 1), dims="group")
    pm.Binomial("y", n=TRIALS, logit_p=effect[GROUP], observed=WINS)


@of(MIXED)
def correlated_slopes():
    factor, _, _ = pm.LKJCholeskyCov("factor", n=2, eta=2, sd_dist=pm.HalfNormal.dist(1))
    effect = pm.Deterministic("effect", pm.Normal("z", 0, 1, shape=(GROUPS, 2)) @ factor.T)
    pm.Binomial("y", n=TRIALS, logit_p=effect[GROUP, 0] + effect[GROUP, 1] * X[:, 0], observed=WINS)


@of(MIXED)
def variance_that_is_sampled():
    rate = pm.HalfNormal("rate", 1)
    beta = pm.Normal("beta", 0, pt.sqrt(rate), dims="predictor")
    pm.Bernoulli("y", logit_p=CENTRED @ beta, observed=Y)


@of(MIXED)
def unlike_classes():
    a, b = pm.Normal("a", 0, 1), pm.Normal("b", 1, 2, shape=2)
    eta = pt.stack([np.zeros(N), a + 0 * X[:, 0], b[0] + b[1] * X[:, 0]], axis=1)
    pm.Categorical("y", p=pm.math.softmax(eta, axis=1), observed=KIND)
