"""This package with its defaults, on classes."""

from types import SimpleNamespace

import numpy as np
import polyagamma_trace
import worker

from polyagamma import Normal, PolyaGammaMultinomial

BASELINE = 0


def sample(problem: SimpleNamespace):
    model = PolyaGammaMultinomial(
        problem.X,
        problem.y,
        parametrization="baseline",
        baseline=BASELINE,
        prior=Normal(0, problem.scale),
        intercept_prior=Normal(0, problem.intercept_scale),
    )
    posterior = polyagamma_trace.sample(model, problem).posterior
    others = {"class": slice(-int(problem.y.max()), None)}  # all but the first, whose coefficients are 0
    intercept, beta = (posterior[name].isel(others).values for name in ("intercept", "beta"))
    draws = np.concatenate([intercept[..., None], beta], axis=-1)
    return draws.reshape(problem.chains, problem.draws, -1), posterior.attrs["sampling_time"]


if __name__ == "__main__":
    worker.main(sample)
