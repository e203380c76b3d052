"""NumPyro's NUTS with its defaults, or the target of acceptance of the problem.

Its warm-up and compilation are timed apart from the draws.
"""

from collections.abc import Callable
from types import SimpleNamespace

import jax
from jax_chains import configure, run_chains
from numpyro.infer import MCMC, NUTS


def nuts(model: Callable, problem: SimpleNamespace, warmup: int, collect: Callable):
    """Return ``collect(samples)`` of each chain, stacked, and the seconds that the draws took."""
    configure(problem)
    target = getattr(problem, "target", 0.8)
    kernel = NUTS(model, target_accept_prob=target)
    mcmc = MCMC(kernel, num_warmup=warmup, num_samples=problem.draws, progress_bar=False)

    def warm_up(key):
        mcmc.warmup(key)
        return mcmc.post_warmup_state

    def draw(state):
        mcmc.post_warmup_state = state
        mcmc.run(state.rng_key)
        return collect(mcmc.get_samples())

    keys = jax.random.split(jax.random.PRNGKey(problem.seed), problem.chains)
    state, _ = run_chains(warm_up, keys, problem.cores)
    return run_chains(draw, state, problem.cores)
