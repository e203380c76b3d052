"""
Class probabilities of two Gaussians
====================================

Points come from the densities p or q with equal chances. Logistic regression on a polynomial basis learns
the class probability p(x) / (p(x) + q(x)), which is known here: the posterior band should hold it, and
does where there are data. Outside of the data polynomials go where they like, and the band says so.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm

from polyagamma import Normal, PolyaGammaLogistic

P, Q = norm(-0.7, 0.9), norm(1.0, 0.5)
rng = np.random.default_rng(7)
from_p = rng.random(300) < 0.5
x = np.where(from_p, P.rvs(300, random_state=rng), Q.rvs(300, random_state=rng))


def basis(x):
    """Legendre polynomials of degrees 1 to 5."""
    return np.polynomial.legendre.legvander(x / 4.0, 5)[:, 1:]


model = PolyaGammaLogistic(basis(x), from_p, success=True, prior=Normal(0, 20))
idata = model.sample(random_seed=7, progressbar=False)

# %%
# A probability curve for each posterior draw:

grid = np.linspace(-3.6, 3.2, 400)
draws = model.predict_draws(idata, basis(grid)).stack(sample=("chain", "draw"))
truth = P.pdf(grid) / (P.pdf(grid) + Q.pdf(grid))
low, high = draws.quantile([0.05, 0.95], "sample").to_numpy()
print(f"the 90 % band holds the true curve at {np.mean((low <= truth) & (truth <= high)):.0%} of x")

RED, BLUE, BROWN = "#c8553d", "#2a7fb8", "#8c6d31"
figure, (top, axes) = plt.subplots(
    2, 1, figsize=(8, 5.8), sharex=True, height_ratios=[1, 2.6], layout="constrained"
)
for density, colour, name in ((P, RED, "p"), (Q, BLUE, "q")):
    top.fill_between(grid, density.pdf(grid), color=colour, alpha=0.3, linewidth=0)
    top.plot(grid, density.pdf(grid), color=colour, label=name)
top.set(ylabel="density", ylim=0)
top.legend(frameon=False)
axes.fill_between(grid, low, high, color=BROWN, alpha=0.2, linewidth=0, label="90 % band")
axes.plot(grid, draws[:, ::80], color=BROWN, linewidth=0.4, alpha=0.4)
axes.plot([], [], color=BROWN, linewidth=0.8, label="posterior draws")
axes.plot(grid, draws.mean("sample"), color="#5c4413", linewidth=2, label="posterior mean")
axes.plot(grid, truth, "--", color="#333333", linewidth=2, label="p / (p + q)")
for here, height, colour in ((from_p, 1.045, RED), (~from_p, -0.045, BLUE)):
    axes.plot(x[here], np.full(here.sum(), height), "|", color=colour, markersize=8, markeredgewidth=0.7)
axes.set(xlabel="x", ylabel="probability that x comes from p", xlim=(grid[0], grid[-1]), ylim=(-0.09, 1.09))
axes.legend(frameon=False, loc=(0.04, 0.1))
plt.show()
