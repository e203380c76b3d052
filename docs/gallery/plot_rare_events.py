"""
Rare events
===========

Ten thousand rows, some twenty events. Two questions: do the chains mix, and what do the data say? Plain
Pólya-gamma Gibbs sampling is exact but slow here, since the augmented data say much more than the data
do; the default kernel adds trajectories with the Pólya-gamma variables integrated out.
"""

import warnings

import arviz as az
import matplotlib.pyplot as plt
import numpy as np

from polyagamma import PolyaGammaLogistic, SamplingWarning

rng = np.random.default_rng(8)
X = rng.standard_normal((10_000, 2))
TRUE = np.array([-7.0, 0.8, 0.0])
events = rng.random(10_000) < 1 / (1 + np.exp(-(TRUE[0] + X @ TRUE[1:])))
model = PolyaGammaLogistic(X, events, feature_names=["matters", "does not"])
runs = {}
with warnings.catch_warnings():
    warnings.simplefilter("ignore", SamplingWarning)  # Gibbs sampling mixes poorly: that is the point
    for kernel in ("gibbs", "auto"):
        runs[kernel] = model.sample(400, tune=300, kernel=kernel, random_seed=1, progressbar=False)
print(f"{events.sum()} events")

# %%
# The intercept under both kernels, and what is known of the two coefficients:

figure, panels = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained", width_ratios=[1, 1, 1.2])
for axes, (kernel, idata) in zip(panels, runs.items()):
    draws = idata.posterior["intercept"]
    axes.plot(draws.to_numpy().T, linewidth=0.6)
    axes.set(
        title=f"{kernel}: {float(az.ess(draws.to_numpy())):.0f} effective of 1600",
        xlabel="draw",
        ylim=(-9.2, -5.4),
    )
panels[0].set_ylabel("intercept")
for row, name in enumerate(model.feature_names):
    draws = runs["auto"].posterior["beta"].sel(feature=name).to_numpy().ravel()
    low, middle, high = np.quantile(draws, [0.03, 0.5, 0.97])
    panels[2].plot([low, high], [row, row], color="#2a7fb8", linewidth=2)
    panels[2].plot(middle, row, "o", color="#2a7fb8")
    panels[2].plot(TRUE[1 + row], row, "x", color="#c8553d", markersize=9, label="true" if row == 0 else None)
panels[2].set(
    yticks=[0, 1], yticklabels=model.feature_names, xlabel="coefficient (94 % interval)", ylim=(-0.6, 1.6)
)
panels[2].legend(frameon=False)
plt.show()
