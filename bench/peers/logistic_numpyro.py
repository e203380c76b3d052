"""NumPyro's NUTS with its defaults."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
import worker
from jax_chains import over_chains, run_compiled
from numpyro.infer import MCMC, NUTS

WARMUP = 1000


def model(X, y, trials, intercept_scale, scale):
    intercept = numpyro.sample("intercept", dist.Normal(0, intercept_scale))
    beta = numpyro.sample("beta", dist.Normal(0, scale).expand([X.shape[1]]).to_event(1))
    eta = intercept + X @ beta
    likelihood = dist.BernoulliLogits(eta) if (trials == 1).all() else dist.BinomialLogits(eta, trials)
    numpyro.sample("y", likelihood, obs=y)


def sample(problem: SimpleNamespace):
    mapped = over_chains(problem)
    data = (problem.X, problem.y, problem.trials, problem.intercept_scale, problem.scale)
    mcmc = MCMC(NUTS(model), num_warmup=WARMUP, num_samples=problem.draws, progress_bar=False)

    def warm_up(key):
        mcmc.warmup(key, *data)
        return mcmc.post_warmup_state

    def draw(state):
        mcmc.post_warmup_state = state
        mcmc.run(state.rng_key, *data)
        draws = mcmc.get_samples()
        return jnp.column_stack([draws["intercept"], draws["beta"]])

    keys = jax.random.split(jax.random.PRNGKey(problem.seed), problem.chains)
    state, _ = run_compiled(mapped(warm_up), keys)
    return run_compiled(mapped(draw), state)


if __name__ == "__main__":
    worker.main(sample)
