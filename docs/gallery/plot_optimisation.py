r"""
Bayesian optimisation with a classifier
=======================================

To minimise a function that is dear, call the best fifth of the points "good", and tell good from other by a
classifier. Its odds are the ratio of the density of good points to that of the others: where they are large,
better points are to be found. This is BORE (Tiao et al., 2021, ICML, 10289-10300). It needs the order of the
values and nothing else, so that outliers, steps and odd scales of the function do it no harm.

With a posterior there are two ways to choose the next point: by the posterior mean of the probability, or by
a single draw of the function, which is Thompson sampling. A classifier that gives a point estimate has only
the first.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from polyagamma import PolyaGammaGP, SamplingWarning

warnings.simplefilter("ignore", SamplingWarning)  # of thirty draws, which suffice for a choice
KERNEL = ConstantKernel(9.0, "fixed") * RBF(0.25, "fixed")
MINIMUM, STEPS = 0.397887, 30


def branin(u):
    """Branin's function on the unit square; it has three minima of the same depth."""
    x, y = 15 * u[:, 0] - 5, 15 * u[:, 1]
    bend = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    return bend**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10


def draws_of_log_odds(X, values, to, seed):
    good = values <= np.sort(values)[len(values) // 5 - 1]
    model = PolyaGammaGP(X, good, KERNEL, mean=-4.0)
    idata = model.sample(30, tune=0, chains=1, cores=1, random_seed=seed, progressbar=False)
    return model.predict_f(idata, to, random_seed=seed).to_numpy().reshape(30, -1)


# %%
# Candidates are points of the whole square, and points near to the best five. With a fixed kernel a chain
# needs no warm-up: thirty draws are enough for a choice.


def candidates(X, values, rng):
    near = X[np.argsort(values)[:5]][rng.integers(5, size=500)]
    near = near + rng.standard_normal((500, 2)) * 10 ** rng.uniform(-3, -0.7, (500, 1))
    return np.concatenate([rng.random((500, 2)), np.clip(near, 0, 1)])


def search(choose, seed):
    rng = np.random.default_rng(seed)
    X = rng.random((10, 2))
    for step in range(STEPS):
        to = candidates(X, branin(X), rng)
        f = draws_of_log_odds(X, branin(X), to, 1000 * seed + step)
        X = np.concatenate([X, to[[np.argmax(choose(f))]]])
    return X


def by_mean(f):
    return expit(f).mean(axis=0)


def by_one_draw(f):
    return f[-1]


found = {
    name: [search(choose, seed) for seed in range(5)]
    for name, choose in {"mean probability": by_mean, "one draw": by_one_draw}.items()
}

# %%
# One search, what it believes at its end, and the regret of all:

shown = found["mean probability"][1]
side = np.linspace(0, 1, 60)
grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
belief = expit(draws_of_log_odds(shown, branin(shown), grid, 1)).mean(axis=0).reshape(60, 60)

figure, (plane, regret) = plt.subplots(1, 2, figsize=(9.5, 4.0), layout="constrained")
image = plane.pcolormesh(side, side, belief, cmap="Blues", vmin=0, shading="gouraud")
plane.contour(side, side, np.log(branin(grid)).reshape(60, 60), 12, colors="0.5", linewidths=0.6)
plane.plot(*shown[:10].T, "o", color="0.3", markersize=4, label="first ten points")
plane.plot(*shown[10:].T, "o", color="#c8553d", markersize=4, label="chosen")
plane.set(xlim=(0, 1), ylim=(0, 1), title="probability that a point is good")
plane.legend(loc="upper right", fontsize=8)
figure.colorbar(image, ax=plane)

at_random = [np.random.default_rng(seed).random((10 + STEPS, 2)) for seed in range(40)]
for name, searches, colour in (
    ("random points", at_random, "0.5"),
    ("one draw", found["one draw"], "#8c6d31"),
    ("mean probability", found["mean probability"], "#2a7fb8"),
):
    best = np.array([np.minimum.accumulate(branin(X))[9:] - MINIMUM for X in searches])
    regret.plot(np.median(best, axis=0), color=colour, linewidth=2, label=name)
    if name != "random points":
        regret.plot(best.T, color=colour, linewidth=0.7, alpha=0.5)
regret.set(yscale="log", xlabel="points chosen", ylabel="best value so far, above the minimum")
regret.set_title("median and single searches")
regret.legend(frameon=False)
plt.show()

# %%
# A smooth function without noise, such as this one, is the home ground of regression: scikit-learn's process
# with the expected improvement uses the values, and ends nearer to the minimum.
# :doc:`Benchmarks </benchmarks>` compare all four over twenty seeds, and on a function of six
# inputs. Classify where values cannot be trusted to mean more than their order.
