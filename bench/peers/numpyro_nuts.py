"""NumPyro's NUTS with its defaults, its warm-up and compilation timed apart from the draws."""

from collections.abc import Callable
from types import SimpleNamespace

import jax
from jax_chains import over_chains, run_compiled
from numpyro.infer import MCMC, NUTS


def nuts(model: Callable, problem: SimpleNamespace, warmup: int, collect: Callable):
    """Return ``collect(samples)`` of each chain, stacked, and the seconds that the draws took."""
    mapped = over_chains(problem)
    mcmc = MCMC(NUTS(model), num_warmup=warmup, num_samples=problem.draws, progress_bar=False)

    def warm_up(key):
        mcmc.warmup(key)
        return mcmc.post_warmup_state

    def draw(state):
        mcmc.post_warmup_state = state
        mcmc.run(state.rng_key)
        return collect(mcmc.get_samples())

    keys = jax.random.split(jax.random.PRNGKey(problem.seed), problem.chains)
    state, _ = run_compiled(mapped(warm_up), keys)
    return run_compiled(mapped(draw), state)
