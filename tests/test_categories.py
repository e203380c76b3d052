"""Categorical columns of data frames, which linear models encode, and labels of rows, which traces keep."""

import arviz as az
import numpy as np
import pandas as pd
import pytest

from polyagamma import (
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
)
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(3)
N = 60
ROWS = np.arange(500, 500 + N)
SMOKER = pd.Series(RNG.permutation(np.repeat(["no", "yes", "ex"], N // 3)), index=ROWS)
GRADE = pd.Series(RNG.permutation(np.tile([1, 2, 3], N // 3)), index=ROWS)
FRAME = pd.DataFrame(
    {"age": RNG.normal(60, 10, N), "smoker": SMOKER, "male": RNG.random(N) < 0.5}, index=ROWS
)
NUMBERS = pd.DataFrame(
    {
        "age": FRAME["age"],
        "smoker[no]": (SMOKER == "no") * 1.0,
        "smoker[yes]": (SMOKER == "yes") * 1.0,
        "male": FRAME["male"] * 1.0,
    }
)
Y = pd.Series(RNG.integers(0, 2, N), index=ROWS)
SHORT = {"draws": 6, "tune": 6, "chains": 2, "random_seed": 1, "progressbar": False}
LINEAR = [PolyaGammaLogistic, PolyaGammaMultinomial, PolyaGammaSequential, PolyaGammaNegativeBinomial]
linear = pytest.mark.parametrize("make", LINEAR)


def predict(model, *arguments):
    return getattr(model, "predict_proba", None or model.predict)(*arguments)


@linear
def test_categories_are_the_indicators_of_their_levels(make):
    model, by_hand = make(FRAME, Y), make(NUMBERS, Y)
    assert model.feature_names == ["age", "smoker[no]", "smoker[yes]", "male"]
    idata, expected = (one.sample(**SHORT) for one in (model, by_hand))
    assert idata.posterior.equals(expected.posterior)
    assert idata.posterior.attrs["levels"] == "smoker: ex, no, yes (reference ex)"
    assert "levels=smoker: ex, no, yes (reference ex)" in repr(model)
    np.testing.assert_array_equal(idata.constant_data["X"], NUMBERS)
    new = FRAME[::-7].astype({"smoker": object})
    np.testing.assert_array_equal(predict(model, idata, new), predict(by_hand, expected, NUMBERS[::-7]))


ENCODED = {
    "text": (SMOKER.to_numpy(dtype=str), "ex, no, yes"),
    "objects": (SMOKER.astype(object), "ex, no, yes"),
    "strings": (SMOKER.astype("string"), "ex, no, yes"),
    "category": (SMOKER.astype("category"), "ex, no, yes"),
    "order of the type": (pd.Categorical(SMOKER, ["yes", "never", "ex", "no"]), "yes, ex, no"),
    "ordered": (pd.Categorical(GRADE, [3, 2, 1], ordered=True), "3, 2, 1"),
    "category of numbers": (pd.Categorical(GRADE), "1, 2, 3"),
    "category of floats": (pd.Categorical(GRADE / 2), "0.5, 1.0, 1.5"),
    "category of booleans": (pd.Categorical(FRAME["male"]), "False, True"),
    "category of dates": (
        pd.Categorical(np.where(FRAME["male"], pd.Timestamp("2026-01-02"), pd.Timestamp("2026-01-01"))),
        "2026-01-01 00:00:00, 2026-01-02 00:00:00",
    ),
}


@pytest.mark.parametrize("case", ENCODED)
def test_levels(case):
    column, expected = ENCODED[case]
    model = PolyaGammaLogistic(FRAME.assign(group=column)[["age", "group"]], Y)
    reference, *others = expected.split(", ")
    assert model.feature_names == ["age", *(f"group[{level}]" for level in others)]
    told = model.sample(**SHORT).posterior.attrs["levels"]
    assert told == f"group: {expected} (reference {reference})"


def test_names_of_features_are_those_of_columns():
    model = PolyaGammaLogistic(FRAME, Y, feature_names=["a", "b", "c"])
    assert model.feature_names == ["a", "b[no]", "b[yes]", "c"]


REFUSED = {
    "missing text": (
        SMOKER.where(ROWS != 504),
        r"\['g'\]\[4\] = (None|nan) \(row label 504\): drop such rows",
    ),
    "missing category": (
        SMOKER.where(~np.isin(ROWS, [504, 507])).astype("category"),
        r"\['g'\]\[4\] = nan \(row label 504\), and 1 more: drop such rows",
    ),
    "missing number": (pd.Categorical(GRADE.where(ROWS != 504)), r"\['g'\]\[4\] = nan \(row label 504\)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_missing_categories_are_refused(case):
    column, message = REFUSED[case]
    with pytest.raises(ValueError, match=r"^X\['g'\] must not have missing values, got X" + message):
        PolyaGammaLogistic(FRAME.assign(g=column), Y)
    whole = FRAME.assign(g=pd.Series(column, index=ROWS).ffill())
    model = PolyaGammaLogistic(whole, Y)
    idata = model.sample(**SHORT)
    with pytest.raises(ValueError, match=r"^X_new\['g'\] must not have missing values, got X_new" + message):
        model.predict_proba(idata, FRAME.assign(g=column))


@linear
def test_unseen_levels_are_refused_by_name(make):
    model = make(FRAME, Y)
    idata = model.sample(**SHORT)
    new = FRAME.assign(smoker=SMOKER.where(ROWS != 504, "cigars"))
    message = (
        r"the levels of X, \['ex', 'no', 'yes'\], got X_new\['smoker'\]\[4\] = 'cigars' \(row label 504\)"
    )
    with pytest.raises(ValueError, match=message):
        predict(model, idata, new)
    with pytest.raises(ValueError, match=r"got X_new\['smoker'\]\[0\] = 0 \(row label 500\), and 59 more"):
        predict(model, idata, FRAME.assign(smoker=0))


def test_columns_that_tell_nothing_or_name_the_rows():
    with pytest.raises(ValueError, match=r"X\['ward'\] must have two levels or more, got only 'north'"):
        PolyaGammaLogistic(FRAME.assign(ward="north"), Y)
    with pytest.raises(ValueError, match="levels that occur more than once, got 60 values that all differ"):
        PolyaGammaLogistic(FRAME.assign(name=[f"patient {row}" for row in ROWS]), Y)


def test_what_else_is_refused():
    with pytest.raises(ValueError, match=r"need the intercept.*got \['smoker'\] with intercept=False"):
        PolyaGammaLogistic(FRAME, Y, intercept=False)
    twice = FRAME.assign(**{"smoker[no]": 1.5 * (GRADE == 1)})
    with pytest.raises(
        ValueError, match=r"columns and levels must differ, got 'smoker\[no\]' more than once"
    ):
        PolyaGammaLogistic(twice, Y)
    with pytest.raises(TypeError, match=r"X\['smoker'\] must hold real numbers"):
        PolyaGammaGP(FRAME, Y)


def test_another_reference_is_another_model():
    of_yes = FRAME.assign(smoker=pd.Categorical(SMOKER, ["yes", "no", "ex"]))
    never = FRAME.assign(smoker=SMOKER.replace("ex", "former").to_numpy())
    model = PolyaGammaLogistic(FRAME, Y)
    idata = model.sample(**SHORT)
    for other, message in (
        (
            of_yes,
            r"'beta' whose feature is one of \['age', 'smoker\[no\]', 'smoker\[yes\]', 'male'\], expected",
        ),
        (
            never,
            r"other predictors.*its levels is smoker: ex, no, yes \(reference ex\), here smoker: former, no",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            PolyaGammaLogistic(other, Y).predict_proba(idata, other)
    again = PolyaGammaLogistic(FRAME.astype({"smoker": "category"}), Y)
    np.testing.assert_array_equal(again.predict_proba(idata, FRAME), model.predict_proba(idata, FRAME))


# ---- labels of rows


def test_labels_of_rows_are_kept():
    model = PolyaGammaLogistic(FRAME, Y)
    idata = model.sample(**SHORT, compute_log_likelihood=True, var_names=["intercept", "beta", "omega"])
    idata = model.sample_posterior_predictive(idata, random_seed=2)
    prior = model.sample_prior_predictive(4, random_seed=3)
    for group in ("observed_data", "constant_data", "log_likelihood", "posterior_predictive", "posterior"):
        assert idata[group]["obs_id"].to_numpy().tolist() == ROWS.tolist()
    assert prior["prior_predictive"]["obs_id"].to_numpy().tolist() == ROWS.tolist()
    new = model.sample_posterior_predictive(idata, FRAME[3:5], random_seed=2)
    for group in ("predictions", "predictions_constant_data"):
        assert new[group]["obs_id"].to_numpy().tolist() == [503, 504]
    assert model.predict_draws(idata, FRAME[3:5])["obs_id"].to_numpy().tolist() == [503, 504]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (range(N), range(N)),
        ([f"patient {row}" for row in range(N)], [f"patient {row}" for row in range(N)]),
        (
            pd.date_range("2026-01-01", periods=N),
            [f"{day}" for day in pd.date_range("2026-01-01", periods=N)],
        ),
        (
            pd.MultiIndex.from_product([["a", "b"], range(N // 2)]),
            [f"('{a}', {i})" for a in "ab" for i in range(30)],
        ),
        (np.arange(N) / 4, (np.arange(N) / 4).tolist()),
        ([0] * N, range(N)),
    ],
    ids=["range", "text", "dates", "two levels", "floats", "repeated"],
)
def test_labels_of_any_index(index, expected, tmp_path):
    frame = FRAME.set_axis(pd.Index(index), axis=0)[["age"]]
    model = PolyaGammaGP(frame, Y.to_numpy())
    idata = model.sample(4, tune=4, chains=1, random_seed=1, checkpoint=tmp_path / "run", every=2)
    assert idata.posterior["f"]["obs_id"].to_numpy().tolist() == list(expected)
    longer = model.resume(tmp_path / "run", draws=6)
    assert longer.posterior["f"]["obs_id"].to_numpy().tolist() == list(expected)
    assert (
        model.add_predictions(longer, frame[:2])["predictions"]["pred_id"].to_numpy().tolist()
        == list(expected)[:2]
    )


def test_a_trace_goes_through_a_file_with_its_labels(tmp_path):
    model = PolyaGammaGP(FRAME[["age"]], Y)
    idata = model.sample(**SHORT)
    idata.to_netcdf(tmp_path / "trace.nc")
    loaded = az.from_netcdf(tmp_path / "trace.nc")
    expected = model.predict_proba(idata, FRAME[["age"]], random_seed=2)
    np.testing.assert_array_equal(expected, model.predict_proba(loaded, FRAME[["age"]], random_seed=2))
    assert trace.groups(model.extend(loaded, 2))["posterior"].sizes["draw"] == 8
