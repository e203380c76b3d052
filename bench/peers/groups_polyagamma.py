"""This package with its defaults, on groups."""

from types import SimpleNamespace

import numpy as np
import polyagamma_trace
import worker
from groups_model import stacked

from polyagamma import LKJ, Group, HalfNormal, Linear, Normal, PolyaGammaAdditive


def sample(problem: SimpleNamespace):
    codes = problem.codes.astype(int)
    terms = [Linear(problem.X, prior=Normal(0, problem.scale))] if problem.X.shape[1] else []
    for k, column in enumerate(codes.T):
        slopes = problem.X[:, [problem.slope]] if k == 0 and problem.slope >= 0 else None
        sd, corr = HalfNormal(problem.sd_scale), LKJ(problem.lkj)
        terms.append(Group(column, slopes, prior_sd=sd, prior_corr=corr, name=f"g{k}"))
    model = PolyaGammaAdditive(terms, problem.y, intercept_prior=Normal(0, problem.intercept_scale))
    posterior = polyagamma_trace.sample(model, problem).posterior
    beta = [posterior["intercept"].values[..., None]]
    if problem.X.shape[1]:
        beta.append(posterior["beta"].values)
    sds, correlation, effects = [], [], []
    for k in range(codes.shape[1]):
        names = [f"1|g{k}"]
        if k == 0 and problem.slope >= 0:
            names.append(next(name for name in posterior if name.endswith("|g0") and name != "1|g0"))
            correlation.append(posterior["g0_corr"].values[..., 0])
        sds += [posterior[f"{name}_sigma"].values for name in names]
        effects.append(np.stack([posterior[name].values for name in names], axis=-1))
    return stacked(np.concatenate(beta, axis=-1), sds, correlation, effects), posterior.attrs["sampling_time"]


if __name__ == "__main__":
    worker.main(sample)
