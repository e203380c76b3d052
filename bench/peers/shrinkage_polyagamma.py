"""This package with its defaults, under the regularized horseshoe."""

from types import SimpleNamespace

import numpy as np
import polyagamma_trace
import worker

from polyagamma import Normal, PolyaGammaLogistic, RegularizedHorseshoe


def sample(problem: SimpleNamespace):
    prior = RegularizedHorseshoe(expected=problem.expected, slab_scale=problem.slab_scale)
    model = PolyaGammaLogistic(
        problem.X, problem.y, prior=prior, intercept_prior=Normal(0, problem.intercept_scale)
    )
    posterior = polyagamma_trace.sample(model, problem, kernel=str(problem.kernel)).posterior
    alpha, log_tau = posterior.intercept.values[..., None], np.log(posterior.tau.values)[..., None]
    draws = np.concatenate([alpha, posterior.beta.values, log_tau], axis=-1)
    return draws, posterior.attrs["sampling_time"]


if __name__ == "__main__":
    worker.main(sample)
