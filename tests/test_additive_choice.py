"""Which sweeps models of groups get; and that large crossed factors mix, which are too dear to factor."""

import warnings

import numpy as np
import pytest
from trace_groups import posterior_of

from polyagamma import Group, PolyaGammaAdditive
from polyagamma.mcmc import diagnostics

RNG = np.random.default_rng(12)


def crossed(n, *levels):
    codes = [RNG.integers(0, one, n) for one in levels]
    eta = sum(RNG.standard_normal(one)[code] for one, code in zip(levels, codes, strict=True))
    y = RNG.random(n) < 1 / (1 + np.exp(-eta))
    return PolyaGammaAdditive([Group(code, name=f"g{k}") for k, code in enumerate(codes)], y)


def sampled(model, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return posterior_of(model.sample(random_seed=1, progressbar=False, **settings))


@pytest.mark.parametrize(
    ("shape", "kernel", "updates"),
    [
        ((600, 20), "hmc", "surrogate transition"),
        ((9000, 3000), "gibbs", "collapsed"),  # three rows each: the approximation is a poor one
        ((900, 300, 250), "hmc", "given effects"),  # the factor of 250 columns takes longer than the rows
    ],
    ids=["a factor", "many small groups", "large crossed factors"],
)
def test_sweeps_that_suit_the_factors(shape, kernel, updates):
    posterior = sampled(crossed(*shape), draws=2, tune=60, chains=2)
    assert (posterior.attrs["kernel"], posterior.attrs["scale_updates"]) == (kernel, updates)


def test_a_poor_start_does_not_decide():
    """With the surrogate of the mode less than half of the transitions of a questionnaire are accepted, with
    one from draws nine in ten."""
    person, item = np.divmod(np.arange(300 * 24), 24)
    eta = RNG.standard_normal(300)[person] + RNG.standard_normal(24)[item]
    y = RNG.random(len(eta)) < 1 / (1 + np.exp(-eta))
    model = PolyaGammaAdditive([Group(person, name="person"), Group(item, name="item")], y)
    assert sampled(model, draws=2).attrs["scale_updates"] == "surrogate transition"


@pytest.mark.slow
def test_large_crossed_factors_mix():
    posterior = sampled(crossed(20_000, 800, 400), draws=600)
    assert posterior.attrs["scale_updates"] == "given effects"
    mixing = diagnostics.worst_mixing(posterior)
    assert mixing.rhat < 1.02
    assert mixing.ess > 300
