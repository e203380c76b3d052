"""BlackJAX's NUTS on counts."""

from types import SimpleNamespace

import jax.numpy as jnp
from blackjax_nuts import nuts
from counts_model import CountModel, main
from jax.scipy.special import gammaln


def log_posterior(model: CountModel):
    Z, scales, y, log_exposure = (
        jnp.asarray(a) for a in (model.Z, model.scales, model.y, model.log_exposure)
    )

    def logdensity(theta):
        beta, rho = theta[:-1], theta[-1]
        eta, r, z = log_exposure + Z @ beta, jnp.exp(rho), beta / scales
        rows = gammaln(y + r) - gammaln(r) + r * rho + y * eta - (y + r) * jnp.logaddexp(eta, rho)
        return rows.sum() - z @ z / 2 + model.shape * rho - model.rate * r

    return logdensity


def sample(model: CountModel, problem: SimpleNamespace):
    return nuts(lambda: log_posterior(model), len(model.scales) + 1, problem)


if __name__ == "__main__":
    main(sample)
