"""Bambi with its defaults: PyMC's NUTS on a formula."""

import time
from types import SimpleNamespace

import bambi as bmb
import pandas as pd
from groups_model import GroupModel, main, stacked


def sample(model: GroupModel, problem: SimpleNamespace):
    if model.slope is not None:
        raise SystemExit("bambi has no correlated slopes")
    columns = {f"x{j}": problem.X[:, j] for j in range(problem.X.shape[1])}
    factors = {f"g{k}": model.codes[:, k].astype(str) for k in model.independent}
    data = pd.DataFrame(columns | factors | {"y": model.y.astype(int)})
    text = " + ".join(["y ~ 1", *columns, *(f"(1|{name})" for name in factors)])
    normal, half = (
        bmb.Prior("Normal", mu=0, sigma=problem.scale),
        bmb.Prior("HalfNormal", sigma=problem.sd_scale),
    )
    priors = dict.fromkeys(columns, normal)
    priors["Intercept"] = bmb.Prior("Normal", mu=0, sigma=problem.intercept_scale)
    priors |= {f"1|{name}": bmb.Prior("Normal", mu=0, sigma=half) for name in factors}
    built = bmb.Model(text, data, family="bernoulli", priors=priors, center_predictors=False)
    start = time.perf_counter()
    trace = built.fit(
        draws=problem.draws,
        chains=problem.chains,
        cores=problem.cores,
        random_seed=problem.seed,
        progressbar=False,
        discard_tuned_samples=False,
    )
    elapsed = time.perf_counter() - start
    # Both phases are timed as one: the time is divided as the gradients were.
    warmup = float(trace.warmup_sample_stats.n_steps.sum())
    gradients = float(trace.sample_stats.n_steps.sum())
    posterior = trace.posterior
    beta = posterior[["Intercept", *columns]].to_array("all").transpose("chain", "draw", "all").values
    sds = [posterior[f"1|{name}_sigma"].values for name in factors]
    # Levels are in the order of their text.
    effects = [
        posterior[f"1|{name}"].sel({f"{name}__factor_dim": [str(level) for level in range(levels)]}).values
        for name, levels in zip(factors, model.levels, strict=True)
    ]
    return stacked(beta, sds, [], effects), elapsed * gradients / (warmup + gradients)


if __name__ == "__main__":
    main(sample)
