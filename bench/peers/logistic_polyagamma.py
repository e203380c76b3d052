"""This package with its defaults."""

from types import SimpleNamespace

import arviz  # noqa: F401 (loaded here, so that its import stays outside the total time as every import does)
import numpy as np
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
    posterior = model.sample(
        problem.draws,
        chains=problem.chains,
        cores=problem.cores,
        random_seed=problem.seed,
        progressbar=False,
    ).posterior
    draws = np.concatenate([posterior.intercept.values[..., None], posterior.beta.values], axis=-1)
    return draws, posterior.attrs["sampling_time"]


if __name__ == "__main__":
    worker.main(sample)
