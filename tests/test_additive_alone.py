"""A factor with nothing beside it: no intercept, no predictors, so that the rest of the design is empty."""

import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from scipy.special import roots_hermitenorm
from scipy.stats import halfnorm

from polyagamma import Group, HalfNormal, PolyaGammaAdditive

LEVELS = np.array([0, 0, 1, 1, 2])
SUCCESSES, TRIALS = np.array([3, 1, 0, 2, 5]), np.array([4, 3, 2, 6, 5])


def moments_of_sd():
    """The posterior mean and sd of the standard deviation, by quadrature."""
    nodes, weights = roots_hermitenorm(80)
    s, s_weights = np.polynomial.legendre.leggauss(200)
    s = 4.0 * (s + 1)
    density = s_weights * halfnorm.pdf(s)
    for level in range(3):
        eta = np.multiply.outer(s, nodes)[..., np.newaxis]
        rows = level == LEVELS
        terms = SUCCESSES[rows] * eta - TRIALS[rows] * np.logaddexp(0, eta)
        density = density * (np.exp(terms.sum(-1)) @ weights)
    density /= density.sum()
    mean = density @ s
    return mean, np.sqrt(density @ (s - mean) ** 2)


@pytest.mark.parametrize("kernel", ["auto", "gibbs", "hmc"])
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")
def test_posterior_of_a_factor_alone(kernel, capfd):
    """Of 4 x 2000 draws; and BLAS, which prints what it refuses, is not asked for empty systems."""
    model = PolyaGammaAdditive(
        [Group(LEVELS, prior_sd=HalfNormal(1))], SUCCESSES, family="binomial", trials=TRIALS, intercept=False
    )
    idata = model.sample(2000, kernel=kernel, random_seed=3, progressbar=False)
    sd = idata.posterior["1|group_sigma"].to_numpy()
    mean, spread = moments_of_sd()
    assert abs(mean_z(sd, mean)) < LIMIT
    assert abs(sd_z(sd, spread)) < LIMIT
    assert capfd.readouterr() == ("", "")
