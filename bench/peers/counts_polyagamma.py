"""This package with its defaults, on counts."""

from types import SimpleNamespace

import numpy as np
import polyagamma_trace
import worker

from polyagamma import Gamma, Normal, PolyaGammaNegativeBinomial


def sample(problem: SimpleNamespace):
    model = PolyaGammaNegativeBinomial(
        problem.X,
        problem.y,
        exposure=problem.exposure,
        prior=Normal(0, problem.scale),
        intercept_prior=Normal(0, problem.intercept_scale),
        dispersion_prior=Gamma(problem.dispersion_shape, problem.dispersion_rate),
    )
    posterior = polyagamma_trace.sample(model, problem).posterior
    intercept, log_r = posterior.intercept.values[..., None], np.log(posterior.r.values)[..., None]
    draws = np.concatenate([intercept, posterior.beta.values, log_r], axis=-1)
    return draws, posterior.attrs["sampling_time"]


if __name__ == "__main__":
    worker.main(sample)
