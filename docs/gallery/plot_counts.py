"""
Counts that vary more than Poisson's, and a rootogram
=====================================================

Visits to a doctor: each person was watched for a time of its own, and people differ by more than their
predictors say. A Poisson model does not know that, and expects too few zeros and too few large counts.
The rootogram shows how often each count was observed and how often the model expects it, as square roots,
so that rare counts can be seen.
"""

import matplotlib.pyplot as plt
import numpy as np

from polyagamma import PolyaGammaNegativeBinomial

rng = np.random.default_rng(1)
months = rng.integers(1, 25, 600)
X = rng.standard_normal((600, 2))
visits = rng.poisson(months * np.exp(-1.5 + 0.6 * X[:, 0]) * rng.gamma(1.2, 1 / 1.2, 600))
names = ["age", "income"]

# %%
# A dispersion that is known to be huge is Poisson's law:

models = {
    "Poisson (r = 10⁶)": PolyaGammaNegativeBinomial(
        X, visits, exposure=months, feature_names=names, dispersion_prior=1e6
    ),
    "negative binomial": PolyaGammaNegativeBinomial(X, visits, exposure=months, feature_names=names),
}
figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True, layout="constrained")
for axes, (name, model) in zip(panels, models.items()):
    idata = model.sample(400, random_seed=2, progressbar=False)
    age = idata.posterior["beta"].sel(feature="age")
    print(f"{name}: coefficient of age {float(age.mean()):.2f} ± {float(age.std()):.2f}")
    found = model.rootogram(idata, largest=25)
    expected = np.sqrt(found["expected"])
    axes.bar(found["count"], np.sqrt(found["observed"]), color="0.8", label="observed")
    axes.fill_between(
        found["count"], *expected.quantile([0.025, 0.975], "sample"), color="#2a7fb8", alpha=0.3
    )
    axes.plot(
        found["count"],
        expected.mean("sample"),
        "o-",
        color="#2a7fb8",
        markersize=3,
        label="expected, 95 % band",
    )
    axes.set(title=name, xlabel="visits")
panels[0].set_ylabel("√ number of persons")
panels[1].legend(frameon=False)
plt.show()

# %%
# Both models estimate the same coefficients, but Poisson's is far too sure of them. The dispersion that
# was used to simulate is 1.2:

print(idata.posterior["r"].quantile([0.05, 0.5, 0.95]).to_numpy().round(2))
