r"""
Density ratios, with their uncertainty
======================================

If rows of p and of q are told apart by a classifier, its odds are the ratio of the densities: with as
many rows of each, :math:`p(x) / q(x) = P(p | x) / P(q | x) = e^{\eta(x)}`. Point estimates of ratios are
treacherous where one of the samples is thin. Posterior draws of :math:`\eta` are draws of the log ratio,
and say where it is known.

Between two Gaussians the log ratio is a quadratic, so that logistic regression on x and x² has the right
form, and a Gaussian process has to find it.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm
from sklearn.gaussian_process.kernels import RBF

from polyagamma import HilbertBasis, PolyaGammaGP, PolyaGammaLogistic

TRAIN, TARGET = norm(0.0, 1.0), norm(1.0, 0.7)
rng = np.random.default_rng(3)
x = np.concatenate([TARGET.rvs(250, random_state=rng), TRAIN.rvs(250, random_state=rng)])
is_target = np.arange(500) < 250


def square(x):
    return np.column_stack([x, x**2])


logistic = PolyaGammaLogistic(square(x), is_target)
parametric = logistic.sample(500, random_seed=1, progressbar=False)
process = PolyaGammaGP(x[:, np.newaxis], is_target, 9.0 * RBF(1.5), inducing=HilbertBasis(24, boundary=2.5))
smooth = process.sample(500, random_seed=1, progressbar=False)

# %%
# For comparison KLIEP (Sugiyama et al., 2008, Ann. Inst. Statist. Math. 60, 699), a point estimate: a mixture
# of bumps at rows of p, scaled to mean 1 over the rows of q, under which rows of p are most likely. Its
# weights are those of a mixture, so that the EM algorithm finds them.

centres, width = x[:100], 0.4


def bumps(x):
    return np.exp(-0.5 * ((x[:, np.newaxis] - centres) / width) ** 2)


scale = bumps(x[~is_target]).mean(axis=0)
shares = np.full(100, 0.01)
for _ in range(2000):
    parts = shares * bumps(x[is_target]) / scale
    shares = (parts / parts.sum(axis=1, keepdims=True)).mean(axis=0)


def kliep(x):
    return bumps(x) @ (shares / scale)


# %%
# Log ratios over a grid, against the true one:

grid = np.linspace(-3.2, 3.6, 200)
probability = logistic.predict_draws(parametric, square(grid)).to_numpy().reshape(-1, 200)
of_logistic = np.log(probability) - np.log1p(-probability)
of_process = process.predict_f(smooth, grid[:, np.newaxis], random_seed=2).to_numpy().reshape(-1, 200)
truth = TARGET.logpdf(grid) - TRAIN.logpdf(grid)

figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.8), sharey=True, layout="constrained")
for axes, draws, name, colour in (
    (panels[0], of_logistic, "logistic regression on x, x²", "#2a7fb8"),
    (panels[1], of_process, "Gaussian process", "#8c6d31"),
):
    axes.fill_between(
        grid,
        *np.quantile(draws, [0.05, 0.95], axis=0),
        color=colour,
        alpha=0.3,
        label="90 % band",
        linewidth=0,
    )
    axes.plot(grid, draws.mean(axis=0), color=colour, linewidth=2, label="posterior mean")
    axes.plot(grid, np.log(kliep(grid)), color="#5aa469", linewidth=1.2, label="KLIEP")
    axes.plot(grid, truth, "--", color="#333333", label="true log ratio")
    for sample, height, ink in ((x[is_target], -9.0, "#c8553d"), (x[~is_target], -9.6, "0.4")):
        axes.plot(sample, np.full(len(sample), height), "|", color=ink, markersize=6, markeredgewidth=0.6)
    axes.set(title=name, xlabel="x", ylim=(-10, 3.5), xlim=(grid[0], grid[-1]))
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.6, 0.1))
panels[0].set_ylabel("log p(x) / q(x)")
plt.show()

# %%
# The two agree where both samples have rows. On the left there are none of p: logistic regression goes on
# with its quadratic, which is right here by construction, and the process goes back to its prior, whose
# mean is 0 and which does not hold the truth. No method can know a ratio where one of the samples has no
# rows; a band is as good as the model.

# %%
# What the ratio is for: covariate shift. The mean of :math:`x^3` under p, estimated from rows of q with
# weights :math:`e^{\eta}`. Each posterior draw of the ratio gives an estimate; their spread is what is
# not known of the ratio.

own = x[~is_target]
eta = logistic.predict_draws(parametric, square(own)).to_numpy().reshape(-1, 250)
weights = eta / (1 - eta)
estimates = (weights * own**3).sum(axis=1) / weights.sum(axis=1)
exact = 1.0**3 + 3 * 1.0 * 0.7**2
print(f"unweighted {np.mean(own**3):.2f}; weighted {np.median(estimates):.2f}, 90 % interval", end=" ")
print(np.quantile(estimates, [0.05, 0.95]).round(2), f"; exact {exact:.2f}")
of_kliep = kliep(own)
print(f"KLIEP {(of_kliep * own**3).sum() / of_kliep.sum():.2f}, with no interval")
effective = weights.sum(axis=1) ** 2 / (weights**2).sum(axis=1)
print(f"effective number of rows behind it: {np.median(effective):.0f} of 250")
