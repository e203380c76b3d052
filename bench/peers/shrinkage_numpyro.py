"""NumPyro's NUTS under the regularized horseshoe."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro_nuts import nuts
from shrinkage_model import ShrinkageModel, main

WARMUP = 1000


def sample(model: ShrinkageModel, problem: SimpleNamespace):
    p = model.X.shape[1]

    def horseshoe():
        alpha = numpyro.sample("alpha", dist.Normal(0, model.intercept_scale))
        tau = numpyro.sample("tau", dist.HalfCauchy(model.tau0))
        lam = numpyro.sample("lam", dist.HalfCauchy(jnp.ones(p)).to_event(1))
        z = numpyro.sample("z", dist.Normal(jnp.zeros(p), 1).to_event(1))
        free = tau * lam
        beta = numpyro.deterministic("beta", z * free / jnp.sqrt(1 + (free / model.slab) ** 2))
        numpyro.sample("y", dist.Bernoulli(logits=alpha + model.X @ beta), obs=model.y)

    def collect(samples):
        return jnp.column_stack([samples["alpha"], samples["beta"], jnp.log(samples["tau"])])

    return nuts(horseshoe, problem, WARMUP, collect)


if __name__ == "__main__":
    main(sample)
