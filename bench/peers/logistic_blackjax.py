"""BlackJAX's NUTS after window adaptation, both with their defaults."""

from types import SimpleNamespace

import blackjax
import jax
import jax.numpy as jnp
import worker
from jax_chains import over_chains, run_compiled

WARMUP = 1000


def log_posterior(problem: SimpleNamespace):
    X, y, trials = jnp.asarray(problem.X), jnp.asarray(problem.y), jnp.asarray(problem.trials)

    def logdensity(position):
        eta = position["intercept"] + X @ position["beta"]
        z = jnp.append(position["intercept"] / problem.intercept_scale, position["beta"] / problem.scale)
        return y @ eta - trials @ jax.nn.softplus(eta) - z @ z / 2

    return logdensity


def sample(problem: SimpleNamespace):
    mapped = over_chains(problem)
    logdensity = log_posterior(problem)
    start = {"intercept": jnp.zeros(()), "beta": jnp.zeros(problem.X.shape[1])}

    def warm_up(key):
        (state, parameters), _ = blackjax.window_adaptation(blackjax.nuts, logdensity).run(key, start, WARMUP)
        return state, parameters

    def draw(chain):
        (state, parameters), key = chain
        step = blackjax.nuts(logdensity, **parameters).step

        def advance(state, key):
            state, _ = step(key, state)
            return state, jnp.append(state.position["intercept"], state.position["beta"])

        return jax.lax.scan(advance, state, jax.random.split(key, problem.draws))[1]

    keys = jax.random.split(jax.random.PRNGKey(problem.seed), 2 * problem.chains)
    warm, _ = run_compiled(mapped(warm_up), keys[: problem.chains])
    return run_compiled(mapped(draw), (warm, keys[problem.chains :]))


if __name__ == "__main__":
    worker.main(sample)
