"""
Words that matter
=================

Four hundred words, eight hundred texts, and eight words that make a reader like a text or not. Texts are a
sparse matrix: most words are in few of them. A normal prior leaves every rare word with a wide interval; a
regularized horseshoe draws the words that do not matter to zero and leaves those that do where they are.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy import sparse

from polyagamma import Normal, PolyaGammaLogistic, RegularizedHorseshoe

rng = np.random.default_rng(4)
frequency = np.clip(1.2 / np.arange(2, 402), 0.015, 0.3)  # of words, the common ones first
texts = sparse.csr_array(rng.random((800, 400)) < frequency)
TRUE = np.zeros(400)
matters = np.array([1, 4, 9, 14, 20, 26, 33, 41])
TRUE[matters] = [1.5, -1.5, 2, -2, 2, -2, 3, -3]
liked = rng.random(800) < 1 / (1 + np.exp(-(texts @ TRUE)))

priors = {
    "N(0, 1)": Normal(0, 1),
    "regularized horseshoe": RegularizedHorseshoe(expected=8, standardized=False),
}
traces = {
    name: PolyaGammaLogistic(texts, liked, prior=prior).sample(
        1500, tune=1000, random_seed=1, progressbar=False
    )
    for name, prior in priors.items()
}
words, entries = texts.shape[1], texts.nnz / texts.shape[0]
print(f"{words} words, {entries:.0f} in a text")

# %%
# The coefficients of the first eighty words, 90 % intervals:

figure, panels = plt.subplots(2, 1, figsize=(9, 5.5), sharex=True, sharey=True, layout="constrained")
shown = np.arange(80)
for axes, (name, idata) in zip(panels, traces.items()):
    low, middle, high = idata.posterior["beta"].quantile([0.05, 0.5, 0.95], ("chain", "draw")).to_numpy()
    axes.axhline(0, color="0.8", linewidth=1)
    axes.vlines(shown, low[shown], high[shown], color="#2a7fb8", linewidth=1.2)
    axes.plot(shown, middle[shown], "o", color="#1f3f5b", markersize=3)
    axes.plot(matters, TRUE[matters], "x", color="#c8553d", markersize=8, label="true, where not 0")
    width = np.median((high - low)[TRUE == 0])
    axes.set(title=f"{name}: median width where the truth is 0: {width:.2f}", ylabel="coefficient")
panels[0].legend(frameon=False)
panels[1].set_xlabel("word, the most frequent first")
plt.show()
