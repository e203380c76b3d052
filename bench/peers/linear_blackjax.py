"""BlackJAX's NUTS after window adaptation, both with their defaults."""

from types import SimpleNamespace

import blackjax
import jax
import jax.numpy as jnp
from jax_chains import configure, run_chains
from linear_model import LinearModel, main

WARMUP = 1000


def log_posterior(model: LinearModel):
    Z, scales, y, trials = (jnp.asarray(a) for a in (model.Z, model.scales, model.y, model.trials))

    def logdensity(beta):
        eta, z = Z @ beta, beta / scales
        return y @ eta - trials @ jax.nn.softplus(eta) - z @ z / 2

    return logdensity


def sample(model: LinearModel, problem: SimpleNamespace):
    configure(problem)
    logdensity = log_posterior(model)

    def warm_up(key):
        adaptation = blackjax.window_adaptation(blackjax.nuts, logdensity)
        (state, parameters), _ = adaptation.run(key, jnp.zeros(len(model.scales)), WARMUP)
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


if __name__ == "__main__":
    main(sample)
