"""NumPyro's NUTS on classes."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from classes_model import ClassModel, main
from numpyro_nuts import nuts

WARMUP = 1000


def sample(model: ClassModel, problem: SimpleNamespace):
    def classes():
        prior = dist.Normal(jnp.zeros(model.shape), model.scales).to_event(2)
        eta = model.Z @ numpyro.sample("beta", prior).T
        logits = jnp.column_stack([jnp.zeros(len(eta)), eta])
        numpyro.sample("y", dist.Categorical(logits=logits), obs=model.y)

    def collect(samples):
        return samples["beta"].reshape(problem.draws, -1)

    return nuts(classes, problem, WARMUP, collect)


if __name__ == "__main__":
    main(sample)
