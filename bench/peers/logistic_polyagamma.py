"""This package with its defaults."""

from types import SimpleNamespace

import numpy as np
import polyagamma_trace
import worker

from polyagamma import Normal, PolyaGammaLogistic


def sample(problem: SimpleNamespace):
    model = PolyaGammaLogistic(
        problem.X,
        problem.y,
        trials=problem.trials,
        prior=Normal(0, problem.scale),
        intercept_prior=Normal(0, problem.intercept_scale),
    )
    posterior = polyagamma_trace.sample(model, problem).posterior
    draws = np.concatenate([posterior.intercept.values[..., None], posterior.beta.values], axis=-1)
    return draws, posterior.attrs["sampling_time"]


if __name__ == "__main__":
    worker.main(sample)
