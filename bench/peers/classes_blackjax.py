"""BlackJAX's NUTS on classes."""

from types import SimpleNamespace

import jax.numpy as jnp
from blackjax_nuts import nuts
from classes_model import ClassModel, main
from jax.scipy.special import logsumexp


def log_posterior(model: ClassModel):
    Z, scales = jnp.asarray(model.Z), jnp.asarray(model.scales)
    own = (jnp.arange(len(Z)), jnp.asarray(model.y))

    def logdensity(theta):
        beta = theta.reshape(model.shape)
        eta = jnp.column_stack([jnp.zeros(len(Z)), Z @ beta.T])
        return (eta[own] - logsumexp(eta, axis=1)).sum() - ((beta / scales) ** 2).sum() / 2

    return logdensity


def sample(model: ClassModel, problem: SimpleNamespace):
    n_others, p = model.shape
    return nuts(lambda: log_posterior(model), n_others * p, problem)


if __name__ == "__main__":
    main(sample)
