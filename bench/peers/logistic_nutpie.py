"""Nutpie's NUTS on a PyMC model, both with their defaults."""

import time
from types import SimpleNamespace

import numpy as np
import nutpie
import pymc as pm
import worker


def build(problem: SimpleNamespace) -> pm.Model:
    with pm.Model() as model:
        intercept = pm.Normal("intercept", 0, problem.intercept_scale)
        beta = pm.Normal("beta", 0, problem.scale, shape=problem.X.shape[1])
        eta = intercept + problem.X @ beta
        if (problem.trials == 1).all():
            pm.Bernoulli("y", logit_p=eta, observed=problem.y)
        else:
            pm.Binomial("y", n=problem.trials, logit_p=eta, observed=problem.y)
    return model


def sample(problem: SimpleNamespace):
    compiled = nutpie.compile_pymc_model(build(problem))
    start = time.perf_counter()
    trace = nutpie.sample(
        compiled,
        draws=problem.draws,
        chains=problem.chains,
        cores=problem.cores,
        seed=problem.seed,
        progress_bar=False,
    )
    elapsed = time.perf_counter() - start
    # Nutpie times both phases as one: the time is divided as the gradients were.
    warmup = float(trace.warmup_sample_stats.n_steps.sum())
    gradients = float(trace.sample_stats.n_steps.sum())
    posterior = trace.posterior
    draws = np.concatenate([posterior.intercept.values[..., None], posterior.beta.values], axis=-1)
    return draws, elapsed * gradients / (warmup + gradients)


if __name__ == "__main__":
    worker.main(sample)
