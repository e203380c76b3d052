"""
Separated classes
=================

Forty rows, and a threshold that tells the classes apart without an error. The likelihood grows with the
slope for ever: maximum likelihood has no answer. A posterior has one for every proper prior, and it is
worth seeing which part of it the prior decides about: the slope. Where the classes meet, the data say.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from polyagamma import Normal, PolyaGammaLogistic, SamplingWarning

x = np.linspace(-2, 2, 40)
y = x > 0.3
grid = np.linspace(-2, 2, 300)
figure, panels = plt.subplots(1, 3, figsize=(10, 3.3), sharey=True, layout="constrained")
for axes, sigma in zip(panels, (1.0, 2.5, 10.0)):
    model = PolyaGammaLogistic(x[:, np.newaxis], y, prior=Normal(0, sigma, standardized=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)  # says that the prior decides
        idata = model.sample(1000, random_seed=1, progressbar=False)
    draws = model.predict_draws(idata, grid[:, np.newaxis]).to_numpy().reshape(-1, 300)
    axes.plot(grid, draws[::100].T, color="#2a7fb8", linewidth=0.5, alpha=0.5)
    axes.plot(grid, draws.mean(axis=0), color="#1f3f5b", linewidth=2)
    axes.plot(x, y, "|", color="#c8553d", markersize=10)
    slope = idata.posterior["beta"]
    meeting = -idata.posterior["intercept"] / slope.isel(feature=0)
    axes.set_title(
        f"σ = {sigma:g}: slope {float(slope.median()):.1f}, meeting at {float(meeting.median()):.2f}",
        fontsize=10,
    )
    axes.set_xlabel("x")
panels[0].set_ylabel("P(success)")
plt.show()
