"""Simulation-based calibration and Geweke's joint test of models of classes, both shown to find bugs."""

import numpy as np
import pytest
from scipy.special import expit, softmax
from scipy.stats import chi2

from polyagamma import Normal, PolyaGammaMultinomial, PolyaGammaSequential
from polyagamma.likelihoods.class_rows import ClassRows
from polyagamma.mcmc.chains import make_chains, starting_points
from polyagamma.mcmc.settings import Settings
from polyagamma.terms.class_coding import ByClass

KERNELS = ["gibbs", "hmc"]
N, K = 8, 3
SIGMA, INTERCEPT_SIGMA = 1.5, 1.0
X = np.random.default_rng(4).standard_normal((N, 1))
TRIALS = np.array([1, 3, 1, 2, 5, 1, 2, 4])
PRIORS = {"prior": Normal(0, SIGMA), "intercept_prior": Normal(0, INTERCEPT_SIGMA)}
pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of separated classes
FALSE_ALARM = 1e-7  # of one calibration, with the least p-value of its tests
Z_LIMIT = 6.5  # t with 59 degrees of freedom, up to twelve scores: false alarm 2e-7


class Law:
    """Parameters (classes, 2), intercept first, from the prior, as the posterior has them; data from them."""

    def __init__(self, form):
        self.form = form
        self.coded = K if form == "symmetric" else K - 1

    def prior_draw(self, rng):
        theta = rng.normal(0, [INTERCEPT_SIGMA, SIGMA], (self.coded, 2))
        return theta - theta.mean(axis=0) if self.form == "symmetric" else theta

    def standard_deviations(self):
        shrunk = np.sqrt(1 - 1 / K) if self.form == "symmetric" else 1.0
        return shrunk * np.array([INTERCEPT_SIGMA, SIGMA])

    def simulate(self, theta, rng):
        """Written out anew, class by class."""
        eta = theta[:, 0] + X * theta[:, 1]
        if self.form == "baseline":
            eta = np.column_stack([np.zeros(N), eta])
        if self.form != "sequential":
            return rng.multinomial(TRIALS, softmax(eta, axis=1))
        first = rng.binomial(TRIALS, expit(eta[:, 0]))
        second = rng.binomial(TRIALS - first, expit(eta[:, 1]))
        return np.column_stack([first, second, TRIALS - first - second])

    def model(self, y):
        if self.form == "sequential":
            return PolyaGammaSequential(X, y, **PRIORS)
        return PolyaGammaMultinomial(X, y, parametrization=self.form, **PRIORS)


def named(posterior):
    """Parameters of draws (..., classes, 2)."""
    intercept, beta = np.asarray(posterior["intercept"]), np.asarray(posterior["beta"])
    return np.concatenate([intercept[..., np.newaxis], beta], axis=-1)


def calibration_p_value(form, kernel, repetitions=160, thin=12, kept=63, bins=8):
    """Ranks of the true parameters among `kept` thinned draws; least p-value of chi-squared tests.

    Talts et al. (2018), "Validating Bayesian inference algorithms with simulation-based calibration".
    """
    law, rng = Law(form), np.random.default_rng(20)
    counts = np.zeros((law.coded, 2, bins))
    for seed in range(repetitions):
        theta = law.prior_draw(rng)
        trace = law.model(law.simulate(theta, rng)).sample(
            kept, thin=thin, tune=150, chains=1, kernel=kernel, random_seed=seed, progressbar=False
        )
        ranks = (named(trace.posterior)[0] < theta).sum(axis=0)
        np.add.at(counts, (*np.indices(ranks.shape), ranks * bins // (kept + 1)), 1)
    expected = repetitions / bins
    return chi2.sf(((counts - expected) ** 2 / expected).sum(axis=-1), bins - 1).min()


def joint_z_scores(form, kernel, iterations=6000):
    """Geweke (2004): data given parameters and one sweep given data, in turn, must keep the prior.

    z-scores of means and mean squares of all parameters, by batch means.
    """
    law, rng = Law(form), np.random.default_rng(21)
    generator = np.random.PCG64DXSM(22)
    theta, draws = law.prior_draw(rng), np.empty((iterations, law.coded, 2))
    settings = Settings.check(draws=1, tune=0, chains=1, thin=1, cores=1, kernel=kernel, random_seed=0)
    raw = np.empty((1, 1, 2 * (K - 1)))
    for iteration in range(iterations):
        parts = law.model(law.simulate(theta, rng))._specification
        start = {"intercept": theta[:, 0], "beta": theta[:, 1:]}
        chains = make_chains(parts.likelihood, parts.term, settings, [generator])
        chains.start(starting_points(parts.likelihood, parts.term, start, settings, [generator]))
        chains.run(1, {"beta": raw})
        told = {name: values for name, (_, values) in parts.term.variables({"beta": raw}).items()}
        theta = draws[iteration] = named(told)[0, 0]
    scaled = (draws / law.standard_deviations()).reshape(iterations, -1)
    functions = np.hstack([scaled, scaled**2 - 1.0])
    batches = functions.reshape(60, -1, functions.shape[1]).mean(axis=1)
    return batches.mean(axis=0) / (batches.std(axis=0, ddof=1) / np.sqrt(len(batches)))


def independent_differences(monkeypatch):
    """Differences to the last class as if they had independent priors: right in the other forms alone."""
    monkeypatch.setattr(ByClass, "between", lambda coding: np.eye(coding.predictors))


def backwards(monkeypatch):
    """Counts of the classes in the wrong order."""
    right = ClassRows.counts
    monkeypatch.setattr(ClassRows, "counts", lambda rows, positions: right(rows, positions)[::-1].copy())


def trials_of_one(monkeypatch):
    """Every row of as many trials as its first classes had."""
    right = ClassRows.core_of

    def wrong(rows, name, positions):
        core = right(rows, name, positions)
        return core._replace(arrays={**core.arrays, "trials": core.arrays["counts"].sum(axis=0) + 1.0})

    monkeypatch.setattr(ClassRows, "core_of", wrong)


FORMS = ["symmetric", "baseline", "sequential"]
BUGS = [
    ("symmetric", independent_differences),
    ("baseline", backwards),
    ("sequential", backwards),
    ("symmetric", trials_of_one),
    ("sequential", trials_of_one),
]


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["hmc", "gibbs"])
@pytest.mark.parametrize("form", FORMS)
def test_calibration(form, kernel):
    assert calibration_p_value(form, kernel) > FALSE_ALARM


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_calibration_of_the_mix(form):
    assert calibration_p_value(form, "auto") > FALSE_ALARM


@pytest.mark.slow
@pytest.mark.parametrize(("form", "bug"), BUGS)
def test_calibration_finds_bugs(form, bug, monkeypatch):
    bug(monkeypatch)
    assert calibration_p_value(form, "hmc") < FALSE_ALARM


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("form", FORMS)
def test_geweke_joint(form, kernel):
    assert np.abs(joint_z_scores(form, kernel)).max() < Z_LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("form", "bug"), BUGS)
def test_geweke_joint_finds_bugs(form, bug, kernel, monkeypatch):
    bug(monkeypatch)
    assert np.abs(joint_z_scores(form, kernel, iterations=1800)).max() > Z_LIMIT
