"""Bayesian logistic regression on a real data set: is a breast tumour benign?

569 tumours, 30 measurements of cell nuclei (scikit-learn ships the data). Prints the ArviZ summary, writes
the trace as netCDF and saves three pictures: coefficients, trace, and how well the class probabilities are
calibrated.

    python examples/breast_cancer.py [folder]
"""

import arviz as az
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from command_line import output_folder
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedKFold

from polyagamma import PolyaGammaLogistic

BENIGN, MALIGNANT, INK = "#2a7fb8", "#c8553d", "#333333"
FOLDS, SEED = 8, 20_260_101


def load():
    """Measurements in units of their standard deviation, and the labels as words."""
    data = load_breast_cancer(as_frame=True)
    X = (data.data - data.data.mean()) / data.data.std()
    return X, data.target_names[data.target]


def cross_validated_draws(X, y):
    """P(malignant) of each tumour, from the posterior given the other folds: (draws, n)."""
    draws = np.empty((4 * 500, len(y)))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(X, y):
        model = PolyaGammaLogistic(X.iloc[train], y[train])
        idata = model.sample(500, random_seed=SEED, progressbar=False)
        draws[:, test] = model.predict_draws(idata, X.iloc[test]).to_numpy().reshape(len(draws), -1)
    return draws


def plot_coefficients(idata, path):
    """Medians, 50 % and 94 % intervals by predictor, sorted."""
    beta = idata["posterior"]["beta"].stack(sample=("chain", "draw"))
    beta = beta.sortby(beta.median("sample"))
    low, lower, middle, upper, high = np.quantile(beta, [0.03, 0.25, 0.5, 0.75, 0.97], axis=-1)
    rows = np.arange(len(middle))
    colours = np.where(low > 0, MALIGNANT, np.where(high < 0, BENIGN, "#8a8a8a"))
    figure, axes = plt.subplots(figsize=(7.5, 7.5), layout="constrained")
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.hlines(rows, low, high, color=colours, linewidth=1.4)
    axes.hlines(rows, lower, upper, color=colours, linewidth=4.5)
    axes.scatter(middle, rows, s=22, color="white", edgecolor=colours, linewidth=1.4, zorder=3)
    axes.set_yticks(rows, beta["feature"].to_numpy())
    axes.set_xlabel("coefficient: change of log odds of malignancy per standard deviation")
    axes.set_title(
        "Median, 50 % and 94 % intervals; coloured where the latter is on one side of 0", loc="left"
    )
    figure.savefig(path)


def plot_chains(idata, path):
    """Densities and traces of the intercept and of three coefficients, by chain."""
    posterior = idata["posterior"]
    panels = {"intercept": posterior["intercept"].to_numpy()}
    for name in ("worst texture", "worst area", "mean compactness"):
        panels[name] = posterior["beta"].sel(feature=name).to_numpy()
    figure, axes = plt.subplots(
        len(panels), 2, figsize=(10, 7.5), width_ratios=[1, 2.4], layout="constrained"
    )
    for (density, trace), (name, draws) in zip(axes, panels.items(), strict=True):
        edges = np.linspace(draws.min(), draws.max(), 40)
        for chain, shade in zip(draws, plt.cm.viridis(np.linspace(0.1, 0.8, len(draws))), strict=True):
            density.stairs(np.histogram(chain, edges, density=True)[0], edges, color=shade)
            trace.plot(chain, color=shade, linewidth=0.5, alpha=0.7)
        density.set_yticks([])
        density.set_ylabel(name)
    axes[0, 0].set_title("posterior, by chain", loc="left")
    axes[0, 1].set_title("draws", loc="left")
    axes[-1, 1].set_xlabel("draw")
    figure.savefig(path)


def plot_calibration(draws, malignant, path):
    """How often tumours are malignant by predicted probability, and the probability of each tumour."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
    plot_shares(left, draws.mean(axis=0), malignant)
    plot_sorted(right, draws, malignant)
    figure.savefig(path)


def plot_shares(axes, probability, malignant):
    """Share of malignant tumours in bins of probability, with the spread that chance allows."""
    edges = np.array([0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0])
    bins = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, len(edges) - 2)
    chance = np.random.default_rng(SEED).random((4000, len(probability))) < probability
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8)
    for b in range(len(edges) - 1):
        rows = bins == b
        centre, share = probability[rows].mean(), malignant[rows].mean()
        low, high = np.quantile(chance[:, rows].mean(axis=1), [0.05, 0.95])
        axes.vlines(centre, low - 0.008, high + 0.008, color="#bbbbbb", linewidth=9)
        axes.scatter(centre, share, s=40, color=MALIGNANT, zorder=3)
        below = {"xytext": (9, -3), "textcoords": "offset points", "ha": "left", "fontsize": 8}
        axes.annotate(f"n = {rows.sum()}", (centre, share), **below)
    axes.set_ylim(-0.1, 1.06)
    axes.set_xlim(-0.05, 1.15)
    axes.set_xlabel("predicted probability of malignancy (tumours held out)")
    axes.set_ylabel("share that is malignant")
    log_loss = -np.log(np.where(malignant, probability, 1 - probability)).mean()
    title = f"Log loss {log_loss:.3f}; grey: where chance puts 90 % of calibrated shares"
    axes.set_title(title, loc="left", fontsize=9.5)


def plot_sorted(axes, draws, malignant):
    """Probability of each tumour with its posterior interval, sorted; ticks show what it was."""
    order = np.argsort(draws.mean(axis=0))
    low, high = np.quantile(draws[:, order], [0.05, 0.95], axis=0)
    rank = np.arange(len(order))
    axes.fill_between(rank, low, high, color="#dddddd", linewidth=0, label="90 % posterior interval")
    axes.plot(rank, draws.mean(axis=0)[order], color=INK, linewidth=1.0, label="posterior mean")
    for label, colour, height, here in (
        ("malignant", MALIGNANT, 1.04, malignant[order]),
        ("benign", BENIGN, -0.04, ~malignant[order]),
    ):
        axes.plot(rank[here], np.full(here.sum(), height), "|", color=colour, markersize=7, label=label)
    axes.set_xlabel("tumours, sorted by probability")
    axes.set_ylabel("probability of malignancy (held out)")
    axes.set_title("How sure the model is of each tumour", loc="left", fontsize=9.5)
    axes.legend(loc="center left", frameon=False)


def main(folder):
    """Sample, print, write the trace and the pictures."""
    X, y = load()
    model = PolyaGammaLogistic(X, y, success="malignant")
    idata = model.sample(random_seed=SEED)
    print(az.summary(idata).to_string())
    seconds = idata["posterior"].attrs["sampling_time"]
    ess = min(float(values.min()) for values in az.ess(idata).values())
    print(f"\n{model.classes_[1]} is the success; {seconds:.2f} s of sampling, least ESS {ess:.0f}")
    idata.to_netcdf(str(folder / "trace.nc"))
    plot_coefficients(idata, folder / "coefficients.png")
    plot_chains(idata, folder / "trace.png")
    plot_calibration(cross_validated_draws(X, y), y == "malignant", folder / "calibration.png")
    print(f"wrote trace.nc, coefficients.png, trace.png and calibration.png to {folder}")


if __name__ == "__main__":
    mpl.use("Agg")
    plt.rcParams |= {"axes.spines.top": False, "axes.spines.right": False, "savefig.dpi": 150}
    main(output_folder(__doc__, "breast_cancer_run"))
