r"""
From a poll to the opinion of every state
=========================================

A poll of 2000 has few people of most states, and too many of some ages. Multilevel regression and
poststratification (Park, Gelman and Bafumi, 2004, Political Analysis 12, 375) first lets states, regions and
ages share what they have in common, then weighs the probabilities of all kinds of people by their numbers in
the census. Here the truth is known, because it is simulated.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from polyagamma import PolyaGammaAdditive

rng = np.random.default_rng(8)
STATES, AGES = 50, ["18-29", "30-44", "45-64", "65+"]
region = np.repeat(["north", "south", "east", "west", "centre"], 10)

# %%
# A census, with a probability of a yes in each of its cells. States differ in size and in age.

cells = pd.MultiIndex.from_product([range(STATES), AGES, [0, 1]], names=["state", "age", "female"])
census = cells.to_frame(index=False)
census["region"] = region[census["state"]]
size = rng.lognormal(0, 1, STATES)
old = rng.normal(0, 0.5, STATES)
age = census["age"].map({name: k for k, name in enumerate(AGES)})
census["people"] = np.round(1e5 * size[census["state"]] * np.exp(old[census["state"]] * (age - 1.5)))

of_region = {"north": 0.5, "south": -0.5, "east": 0.3, "west": -0.1, "centre": -0.2}
of_state = rng.normal(0, 0.3, STATES)
eta = census["region"].map(of_region) + of_state[census["state"]] + 0.6 * (1.5 - age) + 0.3 * census["female"]
census["truth"] = 1 / (1 + np.exp(-eta))

# %%
# A poll in which the old answer three times as often for each step of age:

chance = census["people"] * 3.0**age
people = rng.choice(len(census), 2000, p=chance / chance.sum())
poll = census.loc[people, ["state", "region", "age", "female"]].reset_index(drop=True)
poll["yes"] = rng.random(2000) < census["truth"].to_numpy()[people]

model = PolyaGammaAdditive.from_formula("yes ~ female + (1 | age) + (1 | region) + (1 | state)", poll)
idata = model.sample(1000, random_seed=1, progressbar=False)
by_state = model.poststratify(idata, census, "people", by="state", random_seed=2)

# %%
# States from the smallest sample to the largest:


def mean_of(rows, values, weights):
    return (rows[values] * rows[weights]).sum() / rows[weights].sum()


truth = np.array([mean_of(rows, "truth", "people") for _, rows in census.groupby("state")])
sample = poll.groupby("state")["yes"].agg(["mean", "size"]).reindex(range(STATES))
order = np.argsort(sample["size"].fillna(0).to_numpy(), kind="stable")
low, middle, high = by_state.quantile([0.05, 0.5, 0.95], ("chain", "draw")).to_numpy()

figure, axes = plt.subplots(figsize=(9.5, 4.0), layout="constrained")
place = np.arange(STATES)
axes.vlines(place, low[order], high[order], color="#2a7fb8", alpha=0.5, linewidth=3, label="90 % interval")
axes.plot(place, middle[order], "o", color="#2a7fb8", markersize=4, label="poststratified")
axes.plot(
    place, sample["mean"].to_numpy()[order], "x", color="#c8553d", markersize=5, label="mean of the poll"
)
axes.plot(place, truth[order], "_", color="black", markersize=9, markeredgewidth=1.5, label="truth")
axes.set(xlabel="people polled in the state", ylabel="share of yes", ylim=(-0.03, 1.03), xlim=(-1, STATES))
axes.set_xticks(place[::3], sample["size"].fillna(0).astype(int).to_numpy()[order][::3])
axes.legend(ncols=4, frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.12))
plt.show()

# %%
# The same in numbers, over all states, and for the whole country:

error = np.sqrt(np.mean((middle - truth) ** 2))
raw = np.sqrt(np.nanmean((sample["mean"].to_numpy() - truth) ** 2))
covered = np.mean((low <= truth) & (truth <= high))
print(f"root mean square error: {raw:.3f} of the poll's means, {error:.3f} poststratified")
print(f"intervals that hold the truth: {covered:.0%}")

nation = model.poststratify(idata, census, "people", random_seed=2)
interval = nation.quantile([0.05, 0.95]).to_numpy()
exact = mean_of(census, "truth", "people")
print(f"country: poll {poll['yes'].mean():.3f}, poststratified {float(nation.mean()):.3f}", end=" ")
print(f"({interval[0]:.3f} to {interval[1]:.3f}), truth {exact:.3f}")

# %%
# The poll's mean of the country is not near the truth, however many answer: those who do are too old. What
# is left of the error in small states is that their own effects are hardly known, and the intervals say so.
