"""Nutpie's NUTS on a PyMC model, both with their defaults, or the target of acceptance of the problem."""

import time
from types import SimpleNamespace

import nutpie
import pymc as pm


def nuts(model: pm.Model, problem: SimpleNamespace):
    """Return the posterior of `model`, and the seconds that its draws took."""
    compiled = nutpie.compile_pymc_model(model)
    start = time.perf_counter()
    trace = nutpie.sample(
        compiled,
        draws=problem.draws,
        chains=problem.chains,
        cores=problem.cores,
        seed=problem.seed,
        progress_bar=False,
        **({"target_accept": problem.target} if hasattr(problem, "target") else {}),
    )
    elapsed = time.perf_counter() - start
    # Nutpie times both phases as one: the time is divided as the gradients were.
    warmup = float(trace.warmup_sample_stats.n_steps.sum())
    gradients = float(trace.sample_stats.n_steps.sum())
    return trace.posterior, elapsed * gradients / (warmup + gradients)
