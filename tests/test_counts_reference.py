"""Posteriors of counts against stored runs of an independent sampler, and the kernels against each other."""

import json

import arviz as az
import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from reference.make_counts_reference import FILE, PROBLEMS

import polyagamma
from polyagamma import Normal, PolyaGammaNegativeBinomial

REFERENCE = json.loads(FILE.read_text())
DRAWS = {"gibbs": 3000, "hmc": 1500, "auto": 1500}  # of each of four chains


def sample(problem, kernel):
    """Draws (chains, draws) of the intercept, of each coefficient, and of log r."""
    law, *parameters = problem.dispersion
    model = PolyaGammaNegativeBinomial(
        problem.X,
        problem.y,
        exposure=problem.exposure,
        offset=problem.offset,
        weights=problem.weights,
        prior=Normal(0, problem.sd[1:]),
        intercept_prior=Normal(0, problem.sd[0]),
        dispersion_prior=getattr(polyagamma, law)(*parameters),
    )
    posterior = model.sample(DRAWS[kernel], random_seed=7, kernel=kernel, progressbar=False).posterior
    beta = np.moveaxis(posterior["beta"].to_numpy(), -1, 0)
    return [posterior["intercept"].to_numpy(), *beta, np.log(posterior["r"].to_numpy())]


def distances(draws, reference):
    """z-scores of all means and standard deviations, in MCSE of both runs together."""
    means = [mean_z(*args) for args in zip(draws, reference["mean"], reference["mcse_mean"], strict=True)]
    sds = [sd_z(*args) for args in zip(draws, reference["sd"], reference["mcse_sd"], strict=True)]
    return np.abs([*means, *sds])


@pytest.mark.parametrize("kernel", ["auto", "hmc"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_trajectories_agree_with_an_independent_sampler(name, kernel):
    """Two comparisons for each of 11, 3, 5, 5, 4 and 4 parameters."""
    found = distances(sample(PROBLEMS[name](), kernel), REFERENCE[name])
    assert found.max() < LIMIT, found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # it mixes slowly
@pytest.mark.parametrize("name", PROBLEMS)
def test_gibbs_agrees_with_both(name):
    """Two comparisons for each of as many parameters, and two of the kernels' means."""
    draws = {kernel: sample(PROBLEMS[name](), kernel) for kernel in DRAWS}
    found = distances(draws["gibbs"], REFERENCE[name])
    assert found.max() < LIMIT, found
    for kernel in ("auto", "hmc"):
        pairs = zip(draws["gibbs"], draws[kernel], strict=True)
        found = [mean_z(own, np.mean(other), az.mcse(other, method="mean")) for own, other in pairs]
        assert np.abs(found).max() < LIMIT, (kernel, found)
