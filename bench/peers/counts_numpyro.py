"""NumPyro's NUTS on counts."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from counts_model import CountModel, main
from numpyro_nuts import nuts

WARMUP = 1000


def sample(model: CountModel, problem: SimpleNamespace):
    def counts():
        beta = numpyro.sample("beta", dist.Normal(0, model.scales).to_event(1))
        r = numpyro.sample("r", dist.Gamma(model.shape, model.rate))
        mean = jnp.exp(model.log_exposure + model.Z @ beta)
        numpyro.sample("y", dist.NegativeBinomial2(mean, r), obs=model.y)

    def collect(samples):
        return jnp.column_stack([samples["beta"], jnp.log(samples["r"])])

    return nuts(counts, problem, WARMUP, collect)


if __name__ == "__main__":
    main(sample)
