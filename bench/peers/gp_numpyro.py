"""NumPyro's NUTS on the whitened process and the logarithms of its kernel's two parameters."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
import rbf
import worker
from numpyro_nuts import nuts

WARMUP = 150


def sample(problem: SimpleNamespace):
    squared = rbf.squared_distances(problem.X)
    prior = dist.Normal(problem.log_kernel_mean, problem.log_kernel_sd).to_event(1)

    def process():
        log_kernel = numpyro.sample("log_kernel", prior)
        z = numpyro.sample("z", dist.Normal(0, 1).expand([len(squared)]).to_event(1))
        variance, lengthscale = jnp.exp(log_kernel)
        L = jnp.linalg.cholesky(rbf.correlation(squared, lengthscale, jnp))
        f = numpyro.deterministic("f", jnp.sqrt(variance) * L @ z)
        numpyro.sample("y", dist.BernoulliLogits(f), obs=problem.y)

    def collect(samples):
        return jnp.concatenate([samples["log_kernel"], samples["f"]], axis=1)

    return nuts(process, problem, WARMUP, collect)


if __name__ == "__main__":
    worker.main(sample)
