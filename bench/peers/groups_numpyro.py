"""NumPyro's NUTS on a multilevel logistic regression."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from groups_model import GroupModel, main, stacked
from numpyro_nuts import nuts

WARMUP = 1000


def sample(model: GroupModel, problem: SimpleNamespace):
    def groups():
        eta = model.Z @ numpyro.sample("beta", dist.Normal(0, model.scales).to_event(1))
        if model.slope is not None:
            s = numpyro.sample("s", dist.HalfNormal(model.sd_scale).expand([2]).to_event(1))
            factor = numpyro.sample("factor", dist.LKJCholesky(2, model.lkj))
            noise = numpyro.sample("noise", dist.Normal().expand([model.levels[0], 2]).to_event(2))
            pairs = noise @ (s[:, None] * factor).T
            eta += pairs[model.codes[:, 0], 0] + pairs[model.codes[:, 0], 1] * model.slope
        for k in model.independent:
            s = numpyro.sample(f"s{k}", dist.HalfNormal(model.sd_scale))
            z = numpyro.sample(f"z{k}", dist.Normal().expand([model.levels[k]]).to_event(1))
            eta += s * z[model.codes[:, k]]
        numpyro.sample("y", dist.Bernoulli(logits=eta), obs=model.y)

    def collect(samples):
        parts = [samples["beta"]]
        if model.slope is not None:
            parts.append(samples["s"])
        parts += [samples[f"s{k}"][:, None] for k in model.independent]
        if model.slope is not None:
            parts.append(samples["factor"][:, 1, :1])
            pairs = samples["noise"] @ jnp.swapaxes(samples["s"][..., None] * samples["factor"], 1, 2)
            parts.append(pairs.reshape(len(pairs), -1))
        parts += [samples[f"s{k}"][:, None] * samples[f"z{k}"] for k in model.independent]
        return jnp.concatenate(parts, axis=1)

    draws, seconds = nuts(groups, problem, WARMUP, collect)
    draws = np.asarray(draws)
    p, with_slope = model.Z.shape[1], model.slope is not None
    n_sds = len(model.levels) + with_slope
    beta, sds, rest = np.split(draws, [p, p + n_sds], axis=-1)
    return stacked(beta, [sds], [rest[..., 0]] if with_slope else [], [rest[..., with_slope:]]), seconds


if __name__ == "__main__":
    main(sample)
