"""Posteriors of three real data sets against stored runs of an independent sampler."""

import json

import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from reference.make_logistic_reference import FILE, PROBLEMS

from polyagamma import MvNormal, Normal, PolyaGammaLogistic

REFERENCE = json.loads(FILE.read_text())
PRIORS = {
    "breast_cancer": {"prior": Normal(0, 2.5), "intercept_prior": Normal(0, 10)},
    "spector": {},
    "star98": {"prior": MvNormal(0, cov=np.eye(8)), "intercept_prior": Normal(0, 3)},
}


def sample(name, kernel):
    problem = PROBLEMS[name]()
    trials = {} if problem.trials.max() == 1 else {"trials": problem.trials}
    model = PolyaGammaLogistic(problem.X, problem.y, **trials, **PRIORS[name])
    posterior = model.sample(4000, random_seed=7, kernel=kernel, progressbar=False).posterior
    return [posterior["intercept"].to_numpy(), *np.moveaxis(posterior["beta"].to_numpy(), -1, 0)]


@pytest.mark.parametrize("kernel", ["gibbs", "auto"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_means_and_standard_deviations(name, kernel):
    """Two comparisons for each of 31, 4 and 9 coefficients, in MCSE of both runs together."""
    reference = REFERENCE[name]
    draws = sample(name, kernel)
    means = [mean_z(*args) for args in zip(draws, reference["mean"], reference["mcse_mean"], strict=True)]
    sds = [sd_z(*args) for args in zip(draws, reference["sd"], reference["mcse_sd"], strict=True)]
    assert np.abs(means).max() < LIMIT, means
    assert np.abs(sds).max() < LIMIT, sds
