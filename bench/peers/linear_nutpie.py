"""Nutpie's NUTS on a PyMC model, both with their defaults."""

import time
from types import SimpleNamespace

import nutpie
import pymc as pm
from linear_model import LinearModel, main


def logistic(model: LinearModel) -> pm.Model:
    with pm.Model() as built:
        eta = model.Z @ pm.Normal("beta", 0, model.scales)
        if model.binary:
            pm.Bernoulli("y", logit_p=eta, observed=model.y)
        else:
            pm.Binomial("y", n=model.trials, logit_p=eta, observed=model.y)
    return built


def sample(model: LinearModel, problem: SimpleNamespace):
    compiled = nutpie.compile_pymc_model(logistic(model))
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
    return trace.posterior.beta.values, elapsed * gradients / (warmup + gradients)


if __name__ == "__main__":
    main(sample)
