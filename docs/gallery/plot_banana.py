"""
A Gaussian process on two crescents
===================================

Classes that no straight line tells apart: a Gaussian process with 40 inducing points, both length scales
sampled. The process knows what it does not know: far from the points its probabilities go back to one
half, and their standard deviation is large.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from sklearn.gaussian_process.kernels import RBF

from polyagamma import PolyaGammaGP

rng = np.random.default_rng(5)
red = rng.integers(2, size=300) == 1
angle = rng.normal(np.where(red, 0.5 * np.pi, -0.5 * np.pi), 0.75)
radius = 1.4 + 0.28 * rng.standard_normal(300)
X = np.column_stack(
    [np.where(red, -0.5, 0.5) + radius * np.cos(angle), np.where(red, -0.35, 0.35) + radius * np.sin(angle)]
)

model = PolyaGammaGP(X, red, 9.0 * RBF([1.0, 1.0]), inducing=40, feature_names=["x", "y"])
idata = model.sample(700, random_seed=1, progressbar=False)
print(idata.posterior["length_scale"].quantile([0.05, 0.5, 0.95], ("chain", "draw")).to_pandas().round(2))

# %%
# The probability on a grid, averaged over the posterior, and the standard deviation of its draws:

side = np.linspace(-3.2, 3.2, 60)
grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
some = idata.sel(draw=slice(None, None, 7))
mean = model.predict_proba(some, grid, random_seed=2)[:, 1].reshape(60, 60)
sd = model.predict_draws(some, grid, random_seed=2).std(("chain", "draw")).to_numpy().reshape(60, 60)

figure, panels = plt.subplots(1, 2, figsize=(9.5, 4.2), sharey=True, layout="constrained")
for axes, surface, label, colours, top in (
    (panels[0], mean, "posterior mean of P(red)", "RdBu_r", 1.0),
    (panels[1], sd, "its standard deviation", "Greys", 0.5),
):
    filled = axes.contourf(side, side, surface, np.linspace(0, top, 11), cmap=colours)
    axes.scatter(
        *X.T, c=red, cmap=ListedColormap(["#1f5a86", "#8f2f1b"]), s=14, edgecolor="white", linewidth=0.6
    )
    axes.set(xlabel="x", aspect="equal", xlim=(-3.2, 3.2), ylim=(-3.2, 3.2))
    figure.colorbar(filled, ax=axes, shrink=0.85, label=label)
panels[0].contour(side, side, mean, [0.5], colors="#333333", linewidths=1.2)
panels[0].set_ylabel("y")
plt.show()
