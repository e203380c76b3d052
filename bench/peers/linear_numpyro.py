"""NumPyro's NUTS with its defaults."""

from types import SimpleNamespace

import jax
import numpyro
import numpyro.distributions as dist
from jax_chains import over_chains, run_compiled
from linear_model import LinearModel, main
from numpyro.infer import MCMC, NUTS

WARMUP = 1000


def logistic(model: LinearModel):
    beta = numpyro.sample("beta", dist.Normal(0, model.scales).to_event(1))
    eta = model.Z @ beta
    likelihood = dist.BernoulliLogits(eta) if model.binary else dist.BinomialLogits(eta, model.trials)
    numpyro.sample("y", likelihood, obs=model.y)


def sample(model: LinearModel, problem: SimpleNamespace):
    mapped = over_chains(problem)
    mcmc = MCMC(NUTS(logistic), num_warmup=WARMUP, num_samples=problem.draws, progress_bar=False)

    def warm_up(key):
        mcmc.warmup(key, model)
        return mcmc.post_warmup_state

    def draw(state):
        mcmc.post_warmup_state = state
        mcmc.run(state.rng_key, model)
        return mcmc.get_samples()["beta"]

    keys = jax.random.split(jax.random.PRNGKey(problem.seed), problem.chains)
    state, _ = run_compiled(mapped(warm_up), keys)
    return run_compiled(mapped(draw), state)


if __name__ == "__main__":
    main(sample)
