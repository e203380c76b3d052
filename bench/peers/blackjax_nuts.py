"""BlackJAX's NUTS after window adaptation, both with their defaults."""

from collections.abc import Callable
from types import SimpleNamespace

import blackjax
import jax
import jax.numpy as jnp
from jax_chains import configure, run_chains

WARMUP = 1000


def nuts(log_posterior: Callable, size: int, problem: SimpleNamespace):
    """Return draws from the log density that `log_posterior` makes, and the seconds that they took.

    Chains start at the origin. The density is made here, once the precision of its arrays is decided.
    """
    configure(problem)
    logdensity = log_posterior()

    def warm_up(key):
        adaptation = blackjax.window_adaptation(blackjax.nuts, logdensity)
        (state, parameters), _ = adaptation.run(key, jnp.zeros(size), WARMUP)
        return state, parameters

    def draw(chain):
        (state, parameters), key = chain
        step = blackjax.nuts(logdensity, **parameters).step

        def advance(state, key):
            state, _ = step(key, state)
            return state, state.position

        return jax.lax.scan(advance, state, jax.random.split(key, problem.draws))[1]

    keys = jax.random.split(jax.random.PRNGKey(problem.seed), 2 * problem.chains)
    warm, _ = run_chains(warm_up, keys[: problem.chains], problem.cores)
    return run_chains(draw, (warm, keys[problem.chains :]), problem.cores)
