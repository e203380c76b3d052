"""Gaussian-process classification in two dimensions: two crescents that overlap.

Draws the data, samples f and the kernel's two length scales, and saves a picture of the posterior mean of
the class probability and of its standard deviation: what the data leave open.

    python examples/gp_banana.py [folder]
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from command_line import output_folder
from sklearn.gaussian_process.kernels import RBF

from polyagamma import PolyaGammaGP

CLASSES, N, SEED = ("#1f5a86", "#8f2f1b"), 250, 20_260_101
SIDE = 70


def simulate():
    """Points of two bent Gaussian clouds, and which cloud they are of."""
    rng = np.random.default_rng(SEED)
    y = rng.integers(2, size=N)
    angle = rng.normal(np.where(y == 1, 0.5 * np.pi, -0.5 * np.pi), 0.75)
    centre = np.where(y == 1, -0.5, 0.5)
    radius = 1.4 + 0.28 * rng.standard_normal(N)
    X = np.column_stack(
        [centre + radius * np.cos(angle), 0.35 * -np.sign(2 * y - 1) + radius * np.sin(angle)]
    )
    return X, y


def grid(X):
    """Axes and points of a square grid around the data."""
    low, high = X.min(axis=0) - 0.6, X.max(axis=0) + 0.6
    axes = [np.linspace(a, b, SIDE) for a, b in zip(low, high, strict=True)]
    return axes, np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)


def plot(axes, ticks, values, X, y, title, colours, limits):
    """A surface with its contour lines, and the data."""
    surface = axes.contourf(*ticks, values, levels=np.linspace(*limits, 21), cmap=colours)
    axes.scatter(*X.T, c=np.array(CLASSES)[y], s=14, edgecolor="white", linewidth=0.6)
    axes.set(xlabel="x", ylabel="y")
    axes.set_title(title, loc="left")
    axes.set_aspect("equal")
    return surface


def main():
    folder = output_folder(__doc__, "gp_banana_run")
    X, y = simulate()
    model = PolyaGammaGP(X, y, 9.0 * RBF([1.0, 1.0]), feature_names=["x", "y"])
    idata = model.sample(1500, random_seed=SEED)
    ticks, points = grid(X)
    draws = model.predict_draws(idata.sel(draw=slice(None, None, 15)), points, random_seed=SEED)
    mean = draws.mean(("chain", "draw")).to_numpy().reshape(SIDE, SIDE)
    sd = draws.std(("chain", "draw")).to_numpy().reshape(SIDE, SIDE)
    mpl.rcParams.update({"savefig.dpi": 150})
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4.6), layout="constrained")
    surfaces = [
        plot(left, ticks, mean, X, y, "Posterior mean of P(red)", "RdBu_r", (0.0, 1.0)),
        plot(right, ticks, sd, X, y, "Posterior standard deviation of P(red)", "Greys", (0.0, 0.5)),
    ]
    left.contour(*ticks, mean, levels=[0.5], colors="#333333", linewidths=1.2)
    for axes, surface in zip((left, right), surfaces, strict=True):
        figure.colorbar(surface, ax=axes, shrink=0.85)
    figure.savefig(folder / "banana.png")
    print(idata.posterior[model.kernel_parameters].mean(("chain", "draw")))
    print(f"wrote {folder / 'banana.png'}")


if __name__ == "__main__":
    main()
