"""The one-dimensional problem of the Pólya-gamma literature: tell two Gaussians apart.

Points come from the densities p or q with equal chances; logistic regression on a polynomial basis
learns the class probability p(x) / (p(x) + q(x)). Saves a picture of posterior draws of the curve over the
truth.

    python examples/two_gaussians.py [folder]
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from command_line import output_folder
from scipy.stats import norm

from polyagamma import Normal, PolyaGammaLogistic

P, Q = norm(-0.7, 0.9), norm(1.0, 0.5)
POINTS, DEGREE, CURVES, SEED = 300, 5, 80, 7
RED, BLUE, INK = "#c8553d", "#2a7fb8", "#333333"


def simulate(rng):
    """Points (n,) and whether they come from p."""
    from_p = rng.random(POINTS) < 0.5
    return np.where(from_p, P.rvs(POINTS, random_state=rng), Q.rvs(POINTS, random_state=rng)), from_p


def basis(x):
    """Legendre polynomials of degrees 1 to `DEGREE`, on [-4, 4] mapped to [-1, 1]."""
    return np.polynomial.legendre.legvander(x / 4.0, DEGREE)[:, 1:]


def plot(x, from_p, grid, draws, path):
    """Draws of the class-probability curve, their mean and 90 % band, the truth and the data."""
    figure, (top, axes) = plt.subplots(
        2, 1, figsize=(9, 6.5), sharex=True, height_ratios=[1, 2.6], layout="constrained"
    )
    for density, colour, name in ((P, RED, "p(x)"), (Q, BLUE, "q(x)")):
        top.fill_between(grid, density.pdf(grid), color=colour, alpha=0.3, linewidth=0)
        top.plot(grid, density.pdf(grid), color=colour, label=name)
    top.set_yticks([])
    top.spines["left"].set_visible(False)
    top.set_ylim(0)
    top.legend(frameon=False, loc="upper left")
    top.set_title(f"{POINTS} points from two Gaussians, polynomial of degree {DEGREE}", loc="left")
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    axes.fill_between(grid, low, high, color="#e4dccb", linewidth=0, label="90 % posterior band")
    some = draws[:: len(draws) // CURVES]
    axes.plot(grid, some.T, color="#8c6d31", linewidth=0.5, alpha=0.35)
    axes.plot([], [], color="#8c6d31", linewidth=0.8, label="posterior draws")
    axes.plot(grid, draws.mean(axis=0), color="#5c4413", linewidth=2.0, label="posterior mean")
    truth = P.pdf(grid) / (P.pdf(grid) + Q.pdf(grid))
    axes.plot(grid, truth, color=INK, linewidth=2.0, linestyle=(0, (4, 2)), label="true p / (p + q)")
    for here, height, colour in ((from_p, 1.045, RED), (~from_p, -0.045, BLUE)):
        axes.plot(x[here], np.full(here.sum(), height), "|", color=colour, markersize=8, markeredgewidth=0.7)
    axes.set_xlim(grid[0], grid[-1])
    axes.set_ylim(-0.09, 1.09)
    axes.set_xlabel("x")
    axes.set_ylabel("probability that x comes from p")
    axes.legend(frameon=False, loc=(0.2, 0.3))
    figure.savefig(path)


def main(folder):
    """Sample and save the picture."""
    x, from_p = simulate(np.random.default_rng(SEED))
    model = PolyaGammaLogistic(basis(x), from_p, prior=Normal(0, 20))
    idata = model.sample(random_seed=SEED)
    grid = np.linspace(-3.6, 3.2, 400)
    draws = model.predict_draws(idata, basis(grid)).to_numpy().reshape(-1, len(grid))
    plot(x, from_p, grid, draws, folder / "two_gaussians.png")
    truth = P.pdf(grid) / (P.pdf(grid) + Q.pdf(grid))
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    inside = np.mean((low <= truth) & (truth <= high))
    print(f"the 90 % band covers the true curve at {inside:.0%} of x; wrote two_gaussians.png to {folder}")


if __name__ == "__main__":
    mpl.use("Agg")
    plt.rcParams |= {
        "axes.spines.top": False,
        "axes.spines.right": False,
        "savefig.dpi": 150,
        "font.size": 10,
    }
    main(output_folder(__doc__, "two_gaussians_run"))
