"""Gaussian-process classification in one dimension: curves sampled from the posterior.

Labels are drawn with a known probability; the picture shows curves of the probability drawn from the
posterior, their mean and the truth, and the posterior of the kernel's parameters against its prior.

    python examples/gp_curves.py [folder]
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from command_line import output_folder
from scipy.special import expit
from scipy.stats import norm
from sklearn.gaussian_process.kernels import RBF

from polyagamma import PolyaGammaGP

BLUE, RED, INK, GREY = "#2a7fb8", "#c8553d", "#333333", "#8a8a8a"
N, SEED, CURVES = 150, 20_260_101, 40
GRID = np.linspace(-4.5, 4.5, 160)[:, np.newaxis]


def truth(x):
    """P(y = 1 | x)."""
    return expit(2.5 * np.sin(1.6 * x) + 0.5 * x)


def simulate():
    """Inputs between -4 and 4 with a gap, and their labels."""
    rng = np.random.default_rng(SEED)
    x = np.concatenate([rng.uniform(-4.0, 0.5, N // 2), rng.uniform(1.8, 4.0, N - N // 2)])
    return x[:, np.newaxis], (rng.random(N) < truth(x)).astype(int)


def plot_curves(axes, X, y, probability):
    """Sampled curves over their mean and the true probability; the data as ticks."""
    draws = probability.to_numpy().reshape(-1, len(GRID))
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    axes.fill_between(GRID[:, 0], low, high, color=BLUE, alpha=0.15, linewidth=0, label="90 % band")
    axes.plot(GRID, draws[:: len(draws) // CURVES].T, color=BLUE, linewidth=0.6, alpha=0.45)
    axes.plot([], [], color=BLUE, linewidth=0.8, label="posterior draws")
    axes.plot(GRID, draws.mean(axis=0), color=BLUE, linewidth=2.4, label="posterior mean")
    axes.plot(GRID, truth(GRID), color=INK, linewidth=1.4, linestyle="--", label="truth")
    axes.scatter(X, np.where(y == 1, 1.04, -0.04), marker="|", s=40, color=np.where(y == 1, RED, GREY))
    axes.set_xlabel("x")
    axes.set_ylabel("P(y = 1 | x)")
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, borderaxespad=0.2)


def plot_kernel(axes, draws, prior, name):
    """Histogram of the log of a kernel parameter over its prior density."""
    values = np.log(draws.to_numpy().ravel())
    axes.hist(values, bins=40, density=True, color=BLUE, alpha=0.6, label="posterior")
    at = np.linspace(*prior.interval(0.998), 200)
    axes.plot(at, prior.pdf(at), color=GREY, label="prior")
    axes.set_xlabel(f"log {name}")
    axes.set_yticks([])


def main():
    folder = output_folder(__doc__, "gp_curves_run")
    X, y = simulate()
    priors = {"constant_value": norm(np.log(4.0), 1.0), "length_scale": norm(0.0, 1.0)}
    model = PolyaGammaGP(X, y, 4.0 * RBF(1.0), kernel_prior=priors)
    idata = model.sample(random_seed=SEED)
    probability = model.predict_draws(
        idata.sel(draw=slice(None, None, 10)), GRID, joint=True, random_seed=SEED
    )
    mpl.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "savefig.dpi": 150})
    figure, axes = plt.subplot_mosaic(
        [["curves", "constant_value"], ["curves", "length_scale"]],
        width_ratios=[2.4, 1],
        figsize=(10, 4.5),
        layout="constrained",
    )
    plot_curves(axes["curves"], X, y, probability)
    for name, prior in priors.items():
        plot_kernel(axes[name], idata.posterior[name], prior, name.replace("_", " "))
    axes["constant_value"].legend(frameon=False)
    figure.savefig(folder / "curves.png")
    print(f"wrote {folder / 'curves.png'}")


if __name__ == "__main__":
    main()
