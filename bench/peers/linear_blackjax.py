"""BlackJAX's NUTS on a linear model."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
from blackjax_nuts import nuts
from linear_model import LinearModel, main


def log_posterior(model: LinearModel):
    Z, scales, y, trials = (jnp.asarray(a) for a in (model.Z, model.scales, model.y, model.trials))

    def logdensity(beta):
        eta, z = Z @ beta, beta / scales
        return y @ eta - trials @ jax.nn.softplus(eta) - z @ z / 2

    return logdensity


def sample(model: LinearModel, problem: SimpleNamespace):
    return nuts(lambda: log_posterior(model), len(model.scales), problem)


if __name__ == "__main__":
    main(sample)
