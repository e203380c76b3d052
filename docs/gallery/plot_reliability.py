"""
Are the probabilities right? A reliability diagram with bands
=============================================================

Of the rows to which a model gives a probability near 0.3, about 30 % should be successes. Probabilities
that are averaged over the posterior are tested on rows held out by cross-validation. The bands are what
the observed shares would do if the probabilities were right: bins with few rows scatter widely, and mean
nothing.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict

from polyagamma import Normal, PolyaGammaClassifier, SamplingWarning

# %%
# 150 rows and 12 predictors, of which few matter: too few rows for maximum likelihood, whose
# probabilities are too near 0 and 1. The default prior helps a little; one that expects small effects,
# more.

X, y = make_classification(
    150, 12, n_informative=4, n_redundant=0, flip_y=0.15, class_sep=1.0, random_state=3
)
settings = {"draws": 1000, "random_state": 1}
classifiers = {
    "maximum likelihood": LogisticRegression(C=np.inf, max_iter=2000),
    "default prior": PolyaGammaClassifier(**settings),
    "N(0, 0.5²)": PolyaGammaClassifier(prior=Normal(0, 0.5, standardized=True), **settings),
}
warnings.simplefilter("ignore", SamplingWarning)  # R-hat of a fold a little above 1.01 is of no account here
rng = np.random.default_rng(1)
edges = np.linspace(0, 1, 7)
middle = (edges[1:] + edges[:-1]) / 2
figure, panels = plt.subplots(
    2, 3, figsize=(10.5, 4.8), sharex=True, sharey="row", layout="constrained", height_ratios=[3, 1]
)
for (axes, counts), (name, classifier) in zip(panels.T, classifiers.items()):
    probability = cross_val_predict(classifier, X, y, cv=10, method="predict_proba")[:, 1]
    bins = np.clip(np.digitize(probability, edges) - 1, 0, 5)
    used = [k for k in range(6) if (bins == k).any()]
    again = rng.random((2000, len(y))) < probability
    share = np.array([[row[bins == k].mean() for k in used] for row in again])
    low, high = np.quantile(share, [0.05, 0.95], axis=0)
    axes.vlines(middle[used], low, high, color="#2a7fb8", linewidth=7, alpha=0.3, label="if right (90 %)")
    axes.plot(middle[used], [y[bins == k].mean() for k in used], "o", color="#c8553d", label="observed share")
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1)
    axes.set_title(f"{name}: log loss {log_loss(y, probability):.3f}")
    counts.bar(middle, np.bincount(bins, minlength=6), width=0.14, color="0.7")
    counts.set_xlabel("predicted probability")
panels[0, 0].set_ylabel("share of successes")
panels[1, 0].set_ylabel("rows")
panels[0, 0].legend(frameon=False, loc="upper left")
plt.show()
