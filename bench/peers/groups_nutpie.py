"""Nutpie's NUTS on a multilevel logistic regression."""

from types import SimpleNamespace

import pymc as pm
from groups_model import GroupModel, main, stacked
from nutpie_nuts import nuts


def groups(model: GroupModel) -> pm.Model:
    with pm.Model() as built:
        eta = model.Z @ pm.Normal("beta", 0, model.scales)
        if model.slope is not None:
            factor, _, sds = pm.LKJCholeskyCov(
                "factor", n=2, eta=model.lkj, sd_dist=pm.HalfNormal.dist(model.sd_scale, shape=2)
            )
            pm.Deterministic("sds", sds)
            pm.Deterministic("corr", factor[1, 0] / pm.math.sqrt(factor[1, 0] ** 2 + factor[1, 1] ** 2))
            noise = pm.Normal("noise", shape=(2, model.levels[0]))
            pairs = pm.Deterministic("pairs", (factor @ noise).T)
            eta += pairs[model.codes[:, 0], 0] + pairs[model.codes[:, 0], 1] * model.slope
        for k in model.independent:
            s = pm.HalfNormal(f"s{k}", model.sd_scale)
            effect = pm.Deterministic(f"u{k}", s * pm.Normal(f"z{k}", shape=model.levels[k]))
            eta += effect[model.codes[:, k]]
        pm.Bernoulli("y", logit_p=eta, observed=model.y)
    return built


def sample(model: GroupModel, problem: SimpleNamespace):
    posterior, seconds = nuts(groups(model), problem)
    independent = model.independent
    sds = [posterior[f"s{k}"].values for k in independent]
    effects = [posterior[f"u{k}"].values for k in independent]
    if model.slope is None:
        return stacked(posterior.beta.values, sds, [], effects), seconds
    sds, effects = [posterior.sds.values, *sds], [posterior.pairs.values, *effects]
    return stacked(posterior.beta.values, sds, [posterior["corr"].values], effects), seconds


if __name__ == "__main__":
    main(sample)
