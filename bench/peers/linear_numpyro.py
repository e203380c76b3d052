"""NumPyro's NUTS on a linear model."""

from types import SimpleNamespace

import numpyro
import numpyro.distributions as dist
from linear_model import LinearModel, main
from numpyro_nuts import nuts

WARMUP = 1000


def sample(model: LinearModel, problem: SimpleNamespace):
    def logistic():
        beta = numpyro.sample("beta", dist.Normal(0, model.scales).to_event(1))
        eta = model.Z @ beta
        likelihood = dist.BernoulliLogits(eta) if model.binary else dist.BinomialLogits(eta, model.trials)
        numpyro.sample("y", likelihood, obs=model.y)

    return nuts(logistic, problem, WARMUP, lambda samples: samples["beta"])


if __name__ == "__main__":
    main(sample)
