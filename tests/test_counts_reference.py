"""Posteriors of counts against stored runs of an independent sampler, and the kernels against each other."""

import json
from itertools import combinations

import arviz as az
import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from reference.make_counts_reference import FILE, PROBLEMS

import polyagamma
from polyagamma import Normal, PolyaGammaNegativeBinomial

REFERENCE = json.loads(FILE.read_text())
DRAWS = {"gibbs": 3000, "hmc": 2000, "auto": 2000}  # of each of four chains
SLOWLY_MIXING = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # the reference kernel


def sample(problem, kernel):
    """Draws (chains, draws) of the intercept, of each coefficient, and of log r."""
    law, *parameters = problem.dispersion
    model = PolyaGammaNegativeBinomial(
        problem.X,
        problem.y,
        offset=problem.known,
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


@SLOWLY_MIXING
@pytest.mark.parametrize("name", PROBLEMS)
def test_kernels_agree_with_nuts_and_with_each_other(name):
    """Two comparisons for each of 11, 3, 5, 5, 4 and 4 parameters and each kernel, and one for each pair."""
    draws = {kernel: sample(PROBLEMS[name](), kernel) for kernel in DRAWS}
    for kernel, own in draws.items():
        found = distances(own, REFERENCE[name])
        assert found.max() < LIMIT, (kernel, found)
    for one, other in combinations(draws, 2):
        pairs = zip(draws[one], draws[other], strict=True)
        found = [mean_z(a, np.mean(b), az.mcse(b, method="mean")) for a, b in pairs]
        assert np.abs(found).max() < LIMIT, (one, other, found)
