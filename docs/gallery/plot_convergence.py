"""
A bad run, and its cure
=======================

Two predictors that are nearly the same, rare successes, and the plain Gibbs kernel: a run that should not
be trusted, and says so. What it looks like, and what helps.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from polyagamma import PolyaGammaLogistic

rng = np.random.default_rng(2)
common = rng.standard_normal(2000)
X = np.column_stack([common + 0.05 * rng.standard_normal(2000), common + 0.05 * rng.standard_normal(2000)])
y = rng.random(2000) < 1 / (1 + np.exp(5 - 1.5 * common))
model = PolyaGammaLogistic(X, y, feature_names=["left", "right"])

# %%
# The run warns, and says of which parameter and what to do:

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    bad = model.sample(300, tune=200, kernel="gibbs", random_seed=1, progressbar=False)
print(caught[0].message)

# %%
# The default kernel on the same data says nothing, since there is nothing to say:

good = model.sample(300, tune=400, random_seed=1, progressbar=False)


def autocorrelation(draws, lags=60):
    """Mean over the chains of (chains, draws)."""
    centred = draws - draws.mean()
    covariance = [np.mean(centred[:, : draws.shape[1] - lag] * centred[:, lag:]) for lag in range(lags)]
    return np.array(covariance) / covariance[0]


figure, panels = plt.subplots(
    2, 2, figsize=(9.5, 5), layout="constrained", width_ratios=[2, 1], sharex="col", sharey="col"
)
for (trace, lags), idata, name in zip(panels, (bad, good), ('kernel="gibbs"', 'kernel="auto"')):
    draws = idata.posterior["intercept"].to_numpy()
    trace.plot(draws.T, linewidth=0.7)
    trace.set(ylabel="intercept", title=name)
    lags.bar(range(60), autocorrelation(draws), color="#2a7fb8", width=1)
    lags.axhline(0, color="0.5", linewidth=0.8)
    lags.set_title("autocorrelation")
panels[1, 0].set_xlabel("draw")
panels[1, 1].set_xlabel("lag")
plt.show()

# %%
# What mixing cannot cure: the data hardly tell the two coefficients apart. Their sum is known, their
# difference is the prior's. That is no failure of the sampler, but of the question; drop one of the two,
# or ask about the sum.

beta = good.posterior["beta"]
for name, value in (("sum", beta.sum("feature")), ("difference", beta.diff("feature"))):
    print(name, value.quantile([0.03, 0.5, 0.97]).to_numpy().round(2))
