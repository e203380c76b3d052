"""Predictions of additive models: known and new groups, marginal ones, and those of a population."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, roots_hermitenorm

from polyagamma import Group, Linear, MultiMembership, PolyaGammaAdditive, Smooth
from polyagamma.terms import term

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(7)
N = 60
FRAME = pd.DataFrame(
    {
        "age": RNG.normal(40, 10, N),
        "urban": RNG.integers(0, 2, N),
        "district": RNG.integers(0, 6, N),
        "school": np.array(["b", "a", "c"])[RNG.integers(0, 3, N)],
    }
)
Y = RNG.integers(0, 2, N)
SETTINGS = {"tune": 50, "chains": 2, "random_seed": 5, "progressbar": False}
LIMIT = 5.5  # standard errors


@pytest.fixture(scope="module")
def model():
    terms = [
        Linear(FRAME[["urban"]]),
        Group(FRAME["district"], slopes=FRAME[["urban"]]),
        Group(FRAME["school"]),
        Smooth(FRAME["age"], n_basis=6),
    ]
    return PolyaGammaAdditive(terms, Y)


@pytest.fixture(scope="module")
def idata(model):
    return model.sample(200, **SETTINGS)


def draws_of(idata, name):
    values = idata.posterior[name].to_numpy()
    return values.reshape(-1, *values.shape[2:])


def fixed_part(model, idata, frame):
    """Linear predictors of draws and rows without groups."""
    smooth = model._specification.term._design.components[3]
    beta = draws_of(idata, "beta")
    eta = draws_of(idata, "intercept")[:, np.newaxis] + beta @ frame[["urban", "age"]].to_numpy().T
    columns = smooth.entries(frame[["age"]].to_numpy(dtype=float)).values
    return eta + draws_of(idata, "s(age)") @ columns.T


def test_known_groups_have_their_effects(model, idata):
    frame = FRAME.iloc[:8]
    eta = fixed_part(model, idata, frame)
    district, urban = frame["district"].to_numpy(), frame["urban"].to_numpy()
    eta += draws_of(idata, "1|district")[:, district] + urban * draws_of(idata, "urban|district")[:, district]
    eta += draws_of(idata, "1|school")[:, frame["school"].map({"a": 0, "b": 1, "c": 2})]
    np.testing.assert_allclose(model.predict(idata, frame), expit(eta).mean(axis=0), rtol=1e-10)
    drawn = model.predict_draws(idata, frame)
    assert drawn.dims == ("chain", "draw", "obs_id")
    np.testing.assert_allclose(drawn.to_numpy().reshape(-1, 8), expit(eta), rtol=1e-10)


def test_new_rows_by_frame_name_and_position_are_the_same(model, idata):
    frame = FRAME.iloc[:4]
    inputs = [frame[["urban"]], (frame["district"], frame[["urban"]]), frame["school"], frame["age"]]
    expected = model.predict(idata, frame)
    np.testing.assert_array_equal(model.predict(idata, inputs), expected)
    names = ["linear", "district", "school", "s(age)"]
    np.testing.assert_array_equal(model.predict(idata, dict(zip(names, inputs, strict=True))), expected)


def test_rows_of_an_unseen_group_share_its_effect(model, idata):
    frame = FRAME.iloc[[0, 0, 0]].assign(school=["x", "x", "y"])
    draws = model.predict_draws(idata, frame, random_seed=1).to_numpy()
    np.testing.assert_array_equal(draws[..., 0], draws[..., 1])
    assert (draws[..., 0] != draws[..., 2]).all()
    again = model.predict_draws(idata, frame, random_seed=1).to_numpy()
    np.testing.assert_array_equal(again, draws)


@pytest.mark.parametrize("block", [5000, 1 << 21])
def test_effects_of_unseen_groups_are_those_of_the_population(model, idata, block, monkeypatch):
    """400 draws x 200 new districts: products of standardized effects within 5.5 standard errors."""
    monkeypatch.setattr(term, "BLOCK", block)
    frame = FRAME.iloc[np.zeros(400, dtype=int)].assign(district=100 + np.repeat(np.arange(200), 2))
    frame = frame.assign(urban=np.tile([0, 1], 200), school="a")
    drawn = model.predict_draws(idata, frame, random_seed=3).to_numpy().reshape(-1, 400)
    eta = np.log(drawn / (1 - drawn)) - fixed_part(model, idata, frame)
    eta -= draws_of(idata, "1|school")[:, [0]]
    effects = np.stack([eta[:, ::2], eta[:, 1::2] - eta[:, ::2]])  # intercept and slope
    sds = np.stack([draws_of(idata, "1|district_sigma"), draws_of(idata, "urban|district_sigma")])
    z = effects / sds[:, :, np.newaxis]
    r = draws_of(idata, "district_corr")
    error = 1 / np.sqrt(z[0].size)
    assert abs(z.mean(axis=(1, 2))).max() < LIMIT * error
    assert abs((z**2).mean(axis=(1, 2)) - 1).max() < LIMIT * np.sqrt(2) * error
    assert abs((z[0] * z[1]).mean() - r.mean()) < LIMIT * np.sqrt(2) * error
    assert abs((z[0] * z[1] * r).mean() - (r**2).mean()) < LIMIT * np.sqrt(2) * error


def test_marginal_predictions_integrate_over_the_population(model, idata):
    """Of 400 draws, 300 rows with fresh groups each, against Gauss-Hermite quadrature."""
    frame = FRAME.iloc[[3]].assign(urban=1)
    eta = fixed_part(model, idata, frame)[:, 0]
    s = [draws_of(idata, f"{name}_sigma") for name in ("1|district", "urban|district", "1|school")]
    r = draws_of(idata, "district_corr")[:, 0]
    variance = s[0] ** 2 + s[1] ** 2 + 2 * r * s[0] * s[1] + s[2] ** 2
    nodes, weights = roots_hermitenorm(80)
    inside = expit(eta[:, np.newaxis] + np.sqrt(variance)[:, np.newaxis] * nodes)
    exact = (inside @ weights) / weights.sum()
    many = pd.concat([frame] * 300).assign(district=np.arange(300), school=[f"s{i}" for i in range(300)])
    drawn = model.predict_draws(idata, many, groups="marginal", random_seed=2).to_numpy().reshape(-1, 300)
    error = drawn.std(axis=1).mean() / np.sqrt(drawn.size)
    assert abs(drawn.mean() - exact.mean()) < LIMIT * error
    one = {groups: model.predict_draws(idata, frame, groups=groups) for groups in ("marginal", "zero")}
    assert (one["marginal"] != one["zero"]).all()
    labels = many.assign(district=1, school="a")  # known, but rows are of others
    assert model.predict(idata, labels, groups="marginal", random_seed=2)[0] != pytest.approx(
        model.predict(idata, labels)[0]
    )


def test_groups_at_zero_are_left_out(model, idata):
    frame = FRAME.iloc[:5].assign(district=99)
    expected = expit(fixed_part(model, idata, frame)).mean(axis=0)
    np.testing.assert_allclose(model.predict(idata, frame, groups="zero"), expected, rtol=1e-10)


def test_what_predictions_need_depends_on_the_groups(model):
    names = ["intercept", "beta", "s(age)"]
    few = model.sample(20, **SETTINGS, var_names=names)
    assert model.predict(few, FRAME.iloc[:3], groups="zero").shape == (3,)
    with pytest.raises(KeyError, match=r"idata has no '1\|district' in its posterior"):
        model.predict(few, FRAME.iloc[:3])
    with pytest.raises(KeyError, match=r"idata has no '1\|district_sigma' in its posterior"):
        model.predict(few, FRAME.iloc[:3], groups="marginal")
    scales = ["1|district_sigma", "urban|district_sigma", "district_corr", "1|school_sigma"]
    more = model.sample(20, **SETTINGS, var_names=names + scales)
    assert model.predict(more, FRAME.iloc[:3], groups="marginal").shape == (3,)


def test_poststratification_weighs_cells(model, idata):
    cells = FRAME.iloc[:12].assign(people=np.arange(12) + 1.0, region=list("aabbccaabbcc"))
    draws = model.predict_draws(idata, cells).to_numpy()
    people = cells["people"].to_numpy()
    whole = model.poststratify(idata, cells, "people")
    assert whole.dims == ("chain", "draw")
    np.testing.assert_allclose(whole, draws @ people / people.sum(), rtol=1e-10)
    for by, dim in (("region", "region"), (cells["region"], "group"), (["region"], "region")):
        by_region = model.poststratify(idata, cells, people, by=by)
        assert by_region.dims == ("chain", "draw", dim)
        assert by_region[dim].to_numpy().tolist() == ["a", "b", "c"]
        b = cells["region"].to_numpy() == "b"
        expected = draws[..., b] @ people[b] / people[b].sum()
        np.testing.assert_allclose(by_region.sel({dim: "b"}), expected, rtol=1e-10)
    both = model.poststratify(idata, cells, people, by=["region", "school"])
    assert both.dims == ("chain", "draw", "region:school")


def test_poststratification_of_unseen_groups_uses_one_effect_for_all_cells(model, idata):
    cells = FRAME.iloc[[0, 0]].assign(school="new")
    once = model.poststratify(idata, cells.iloc[:1], [3], random_seed=1)
    twice = model.poststratify(idata, cells, [1, 2], random_seed=1)
    np.testing.assert_allclose(twice, once, rtol=1e-10)


def test_exposures_and_offsets_of_counts():
    exposure = RNG.uniform(1, 3, N)
    model = PolyaGammaAdditive(
        [Group(FRAME["district"])],
        RNG.poisson(exposure),
        family="negative_binomial",
        exposure=exposure,
        offset=0.1,
    )
    idata = model.sample(30, **SETTINGS)
    rate = np.exp(draws_of(idata, "intercept")[:, np.newaxis] + draws_of(idata, "1|district")[:, [2, 4]])
    new = {"district": [2, 4]}
    np.testing.assert_allclose(model.predict(idata, new), rate.mean(axis=0), rtol=1e-10)
    scaled = model.predict(idata, new, exposure=[2, 3], offset=0.5)
    np.testing.assert_allclose(scaled, rate.mean(axis=0) * [2, 3] * np.exp(0.5), rtol=1e-10)
    simulated = model.sample_posterior_predictive(idata, new, exposure=[2, 3], offset=0.5, random_seed=1)
    np.testing.assert_array_equal(simulated.predictions_constant_data["exposure"], [2, 3])
    np.testing.assert_allclose(simulated.predictions_constant_data["offset"], 0.5)
    assert idata.constant_data["X"].dims == ("obs_id", "input")
    assert set(idata.posterior) == {"intercept", "1|district", "1|district_sigma", "r", "alpha"}


def test_trials_of_new_rows():
    model = PolyaGammaAdditive([Group(FRAME["school"])], RNG.binomial(5, 0.4, N), family="binomial", trials=5)
    idata = model.sample(30, **SETTINGS)
    new = model.sample_posterior_predictive(idata, {"school": ["a", "new"]}, trials=[1, 50], random_seed=1)
    assert new.predictions["y"].to_numpy().max(axis=(0, 1)).tolist()[0] == 1
    np.testing.assert_array_equal(new.predictions_constant_data["X"], [[0], [3]])


def test_members_of_unseen_groups():
    labels = np.array(["a", "b", "c"])[RNG.integers(0, 3, (N, 2))]
    model = PolyaGammaAdditive([MultiMembership(labels, name="club")], Y)
    idata = model.sample(30, **SETTINGS)
    a, b = (draws_of(idata, "1|club")[:, [i]] for i in (0, 1))
    eta = draws_of(idata, "intercept")[:, np.newaxis] + 0.5 * a + 0.5 * b
    np.testing.assert_allclose(model.predict(idata, [[["a", "b"]]]), expit(eta).mean(axis=0), rtol=1e-10)
    weighted = model.predict(idata, [([["a", "b"]], [[0.9, 0.1]])])
    assert weighted != pytest.approx(model.predict(idata, [[["a", "b"]]]))
    draws = model.predict_draws(idata, [[["new", "a"], ["a", "new"]]], random_seed=1).to_numpy()
    np.testing.assert_allclose(draws[..., 0], draws[..., 1], rtol=1e-12)
