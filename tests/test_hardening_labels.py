"""Missing labels of classes, and labels of rows that differ: refused by models and estimators alike."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from sklearn.gaussian_process.kernels import RBF

from polyagamma import (
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
    polyagamma_pdf,
)
from polyagamma.sklearn import PolyaGammaClassifier, PolyaGammaGPClassifier

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
N, HOLE = 8, 5
X = np.random.default_rng(1).standard_normal((N, 2))
Y = np.arange(N) % 2
WORDS = ["no" if label else "yes" for label in Y]
DAYS = np.where(Y, "2026-01-01", "2026-01-02")
SHORT = {"draws": 4, "tune": 4, "chains": 1}
MODELS = {
    "logistic": PolyaGammaLogistic,
    "gp": lambda X, y, **more: PolyaGammaGP(X, y, RBF(2.0), **more),
    "multinomial": PolyaGammaMultinomial,
    "sequential": PolyaGammaSequential,
    "classifier": lambda X, y, **more: PolyaGammaClassifier(**SHORT).fit(X, y, **more),
    "gp classifier": lambda X, y, **more: PolyaGammaGPClassifier(RBF(2.0), **SHORT).fit(X, y, **more),
}
ROWS = {name: MODELS[name] for name in ("logistic", "gp")}  # that take trials, weights and offsets


COUNTS = np.arange(N) % 3


def with_hole(values, hole, dtype=object):
    array = np.array(values, dtype=dtype)
    array[HOLE] = hole
    return array


def listed(values, hole):
    return [hole if row == HOLE else value for row, value in enumerate(values)]


HOLES = {
    "None among words": with_hole(WORDS, None),
    "NaN among words": with_hole(WORDS, np.nan),
    "NA among words": with_hole(WORDS, pd.NA),
    "NaT among words": with_hole(WORDS, pd.NaT),
    "NaT of NumPy among words": with_hole(WORDS, np.datetime64("NaT", "s")),
    "decimal NaN": with_hole([Decimal(int(label)) for label in Y], Decimal("NaN")),
    "decimal signalling NaN": with_hole([Decimal(int(label)) for label in Y], Decimal("sNaN")),
    "None among numbers": with_hole(Y, None),
    "NaN among numbers as objects": with_hole(Y, np.nan),
    "NA among numbers": with_hole(Y, pd.NA),
    "None among booleans": with_hole(Y == 1, None),
    "NaN among floats": with_hole(Y, np.nan, float),
    "NaN that became text": with_hole(WORDS, np.nan, str),
    "NaT that became text": with_hole(DAYS, "NaT", "U9"),
    "NA that became text": with_hole(WORDS, "<NA>", "U9"),
    "NaN that became bytes": with_hole(WORDS, b"nan", bytes),
    "NaT of dates": with_hole(DAYS, "NaT", "M8[D]"),
    "NaT of times": with_hole(Y, "NaT", "m8[s]"),
    "masked": np.ma.masked_array(Y, np.arange(N) == HOLE),
    "masked words": np.ma.masked_array(WORDS, np.arange(N) == HOLE),
    "list with None": listed(WORDS, None),
    "list with NaN": listed(WORDS, np.nan),
    "list of numbers with None": listed(Y.tolist(), None),
    "list of numbers with NaN": listed(Y.tolist(), np.nan),
    "tuple with NA": tuple(listed(WORDS, pd.NA)),
    "series of words": pd.Series(listed(WORDS, None)),
    "series of objects": pd.Series(listed(WORDS, np.nan), dtype=object),
    "series of strings": pd.Series(listed(WORDS, pd.NA), dtype="string"),
    "series of integers": pd.Series(listed(Y.tolist(), None), dtype="Int64"),
    "series of booleans": pd.Series(listed((Y == 1).tolist(), None), dtype="boolean"),
    "series of floats": pd.Series(listed(Y.tolist(), None), dtype="Float64"),
    "series of categories": pd.Series(pd.Categorical(listed(WORDS, None))),
    "series of categories that are numbers": pd.Series(pd.Categorical(listed(Y.tolist(), None))),
    "series of dates": pd.Series(pd.to_datetime(listed(DAYS.tolist(), None))),
    "series of dates of a zone": pd.Series(pd.to_datetime(listed(DAYS.tolist(), None), utc=True)),
    "series of times": pd.Series(pd.to_timedelta(listed(Y.tolist(), None), unit="s")),
    "series of periods": pd.Series(pd.PeriodIndex(listed(DAYS.tolist(), None), freq="D")),
    "categorical": pd.Categorical(listed(WORDS, None)),
    "index": pd.Index(listed(WORDS, None)),
    "array of pandas": pd.array(listed(WORDS, None), dtype="string"),
    "array of xarray": xr.DataArray(with_hole(WORDS, None), dims="row"),
}
if hasattr(np.dtypes, "StringDType"):
    HOLES["string of NumPy"] = np.array(listed(WORDS, np.nan), dtype=np.dtypes.StringDType(na_object=np.nan))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", HOLES)
def test_missing_labels(case, model):
    missing = rf"^y must (not have missing values|be finite), got y\[{HOLE}\] = .*: drop"
    with pytest.raises(ValueError, match=rf"{missing}|^Input y contains NaN"):
        MODELS[model](X, HOLES[case])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("words", [["None", "some"], ["nan!", "NaN"], ["", "x"], ["null", "NA"]], ids=str)
def test_words_that_are_no_missing_values_are_labels(model, words):
    assert MODELS[model](X, np.array(words)[Y]).classes_.tolist() == sorted(words)


FRAME = pd.DataFrame(X, columns=["a", "b"], index=[f"row {i}" for i in range(N)])
BACKWARDS = FRAME.index[::-1]
SHIFTED = pd.Index([f"row {i + 1}" for i in range(N)])
DATES = pd.date_range("2026-01-01", periods=N)
LEVELS = pd.MultiIndex.from_product([["a", "b", "c", "d"], [0, 1]])
MISALIGNED = {  # frame, index of what goes with it, first row that differs
    "backwards": (FRAME, BACKWARDS, 0),
    "shifted": (FRAME, SHIFTED, 0),
    "the last two": (FRAME, FRAME.index[[0, 1, 2, 3, 4, 5, 7, 6]], 6),
    "the default": (FRAME, pd.RangeIndex(N), 0),
    "of a default": (FRAME.reset_index(drop=True), FRAME.index, 0),
    "rows of a split": (FRAME.reset_index(drop=True), pd.Index([0, 1, 2, 4, 5, 6, 7, 9]), 3),
    "numbers for texts": (FRAME.set_axis([str(i) for i in range(N)]), pd.RangeIndex(N), 0),
    "dates": (FRAME.set_axis(DATES), DATES + pd.Timedelta(days=1), 0),
    "levels": (FRAME.set_axis(LEVELS), LEVELS.swaplevel(), 0),
    "levels backwards": (FRAME.set_axis(LEVELS), LEVELS[::-1], 0),
    "repeated": (FRAME.set_axis([0, 0, 0, 0, 1, 1, 1, 1]), [0, 0, 0, 1, 0, 1, 1, 1], 3),
    "one NaN": (FRAME.set_axis([0.0, 1, 2, 3, 4, 5, 6, np.nan]), [0.0, 1, 2, 3, 4, 5, np.nan, 6], 6),
}
CURE = r"pass {0}\.loc\[X\.index\], or numpy\.asarray\({0}\) if its order is that of X"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", MISALIGNED)
def test_row_labels_of_y(case, model):
    frame, index, row = MISALIGNED[case]
    y = pd.Series(WORDS, index=index)
    with pytest.raises(ValueError, match=rf"^y must have the row labels of X .* in row {row}, where .*: "):
        MODELS[model](frame, y)
    assert MODELS[model](frame, y.to_numpy()).classes_.tolist() == ["no", "yes"]


@pytest.mark.parametrize("case", ["backwards", "levels backwards"])
def test_the_cure_of_other_row_labels(case):
    frame, index, _ = MISALIGNED[case]
    y = pd.Series(np.arange(N) < 3, index=index)
    cured = PolyaGammaLogistic(frame, y.loc[frame.index])
    observed = cured.sample_prior_predictive(2, random_seed=1).observed_data["y"]
    assert observed.to_numpy().tolist() == [0] * 5 + [1] * 3


@pytest.mark.parametrize("model", ROWS)
@pytest.mark.parametrize("case", ["backwards", "the last two", "rows of a split"])
@pytest.mark.parametrize("name", ["trials", "weights", "offset"])
def test_row_labels_of_other_arguments(name, case, model):
    frame, index, row = MISALIGNED[case]
    values = pd.Series(np.ones(N), index=index)
    with pytest.raises(ValueError, match=rf"^{name} must .* in row {row}, .*" + CURE.format(name)):
        ROWS[model](frame, Y, **{name: values})
    ROWS[model](frame, Y, **{name: values.to_numpy()})


@pytest.mark.parametrize("case", MISALIGNED)
@pytest.mark.parametrize("name", ["y", "exposure", "weights", "offset"])
def test_row_labels_of_counts(name, case):
    frame, index, row = MISALIGNED[case]
    rows = {"y": COUNTS, name: pd.Series(COUNTS + (name != "y"), index=index)}
    with pytest.raises(ValueError, match=rf"^{name} must .* in row {row}, .*" + CURE.format(name)):
        PolyaGammaNegativeBinomial(frame, **rows)
    PolyaGammaNegativeBinomial(frame, **(rows | {name: rows[name].to_numpy()}))


def test_row_labels_of_exposures_of_new_rows():
    model = PolyaGammaNegativeBinomial(FRAME, pd.Series(COUNTS, index=FRAME.index))
    trace = model.sample(**SHORT, random_seed=1, progressbar=False)
    labelled = pd.Series(np.arange(1.0, N + 1), index=BACKWARDS)
    message = r"^{0} must have the row labels of X_new .*: pass {0}\.loc\[X_new\.index\]"
    for predict in (
        model.predict,
        model.predict_draws,
        model.sample_posterior_predictive,
        lambda trace, rows, **more: model.predict_exceedance(trace, rows, 1, **more),
    ):
        for name in ("exposure", "offset"):
            with pytest.raises(ValueError, match=message.format(name)):
                predict(trace, FRAME, **{name: labelled})
    expected = model.predict(trace, X) * np.arange(N, 0, -1)
    np.testing.assert_allclose(model.predict(trace, FRAME, exposure=labelled.loc[FRAME.index]), expected)


HOLES_AMONG_NUMBERS = [
    case
    for case in HOLES
    if ("number" in case or "integers" in case or case == "series of floats") and "categories" not in case
]


@pytest.mark.parametrize("hole", HOLES_AMONG_NUMBERS)
@pytest.mark.parametrize("name", ["y", "exposure", "weights", "offset"])
def test_missing_counts(name, hole):
    rows = {"y": COUNTS, name: HOLES[hole]}
    message = rf"^{name} must (not have missing values|be finite), got {name}\[{HOLE}\] = .*: drop"
    with pytest.raises(ValueError, match=message):
        PolyaGammaNegativeBinomial(X, **rows)


@pytest.mark.parametrize("name", ["y", "trials", "weights", "offset"])
@pytest.mark.parametrize("hole", ["None among numbers", "NA among numbers", "series of integers", "masked"])
def test_missing_numbers_of_rows(name, hole):
    """One rule for all that has a number for each row."""
    rows = {"y": Y, "trials": np.full(N, 2), name: HOLES[hole]}
    for make in ROWS.values():
        with pytest.raises(
            ValueError, match=rf"^{name} must (not have missing values|be finite), got .*: drop"
        ):
            make(X, **rows)


@pytest.mark.parametrize("text", ["1", b"1", np.datetime64(1, "D"), np.timedelta64(1, "s")], ids=repr)
@pytest.mark.parametrize("name", ["y", "trials", "weights", "offset"])
def test_numbers_in_disguise(name, text):
    """NumPy makes numbers of texts and dates, if they are among objects."""
    rows = {"y": Y, "trials": np.full(N, 2), name: with_hole(np.ones(N), text)}
    for make in ROWS.values():
        with pytest.raises(
            TypeError, match=rf"^{name} must be a real number or an array .*, got {name}\[5\] = "
        ):
            make(X, **rows)


@pytest.mark.parametrize("name", ["h", "z", "x"])
@pytest.mark.parametrize("text", ["1", b"1", np.datetime64(1, "D")], ids=repr)
def test_numbers_in_disguise_among_parameters(name, text):
    arguments = {"x": 0.2, "h": 1.0, "z": 0.5, name: [0.5, text, 1.0]}
    values = np.array(arguments[name], dtype=object)
    with pytest.raises(TypeError, match=rf"^{name} must be a real number or an array .*, got {name}\[1\] = "):
        polyagamma_pdf(**(arguments | {name: values}))


@pytest.mark.parametrize("model", ["classifier", "gp classifier"])
def test_row_labels_of_sample_weights(model):
    with pytest.raises(ValueError, match=r"^sample_weight must .*" + CURE.format("sample_weight")):
        MODELS[model](FRAME, Y, sample_weight=pd.Series(np.ones(N), index=BACKWARDS))


@pytest.mark.parametrize("model", ROWS)
def test_row_labels_of_new_rows(model):
    fitted = ROWS[model](FRAME, pd.Series(Y, index=FRAME.index))
    trace = fitted.sample(**SHORT, random_seed=1, progressbar=False)
    labelled = pd.Series(np.ones(N), index=BACKWARDS)
    message = r"^{0} must have the row labels of X_new .*: pass {0}\.loc\[X_new\.index\]"
    for predict in (fitted.predict_proba, fitted.predict_draws, fitted.sample_posterior_predictive):
        with pytest.raises(ValueError, match=message.format("offset")):
            predict(trace, FRAME, offset=labelled)
    with pytest.raises(ValueError, match=message.format("trials")):
        fitted.sample_posterior_predictive(trace, FRAME, trials=labelled)
    assert fitted.predict_proba(trace, FRAME, offset=labelled.loc[FRAME.index]).shape == (N, 2)


@pytest.mark.parametrize("model", ROWS)
def test_row_labels_of_arrays_of_xarray(model):
    inputs = xr.DataArray(X, dims=("row", "column"), coords={"row": np.arange(N)})
    y = xr.DataArray(Y, dims="row", coords={"row": np.arange(N)[::-1]})
    with pytest.raises(ValueError, match=r"^y must have the row labels of X .* got 7 in row 0"):
        ROWS[model](inputs, y)
    for fine in (y.sel(row=inputs["row"]), xr.DataArray(Y, dims="row"), y.to_numpy()):
        assert ROWS[model](inputs, fine).classes_.tolist() == [0, 1]


EQUAL = {  # indexes that hold the same labels
    "itself": (FRAME.index, FRAME.index),
    "a copy": (FRAME.index, pd.Index(FRAME.index.tolist())),
    "objects": (FRAME.index, FRAME.index.astype(object)),
    "other integers": (pd.RangeIndex(N), pd.Index(np.arange(N, dtype=np.int8))),
    "floats": (pd.RangeIndex(N), pd.Index(np.arange(N, dtype=float))),
    "dates without a frequency": (DATES, pd.DatetimeIndex(DATES.tolist())),
    "levels": (LEVELS, pd.MultiIndex.from_tuples(LEVELS.tolist())),
    "repeated": (pd.Index([1] * N), pd.Index([1] * N)),
    "NaN": (pd.Index([np.nan] * N), pd.Index([np.nan] * N)),
    "of other names": (pd.RangeIndex(N, name="a"), pd.RangeIndex(N, name="b")),
}


@pytest.mark.parametrize("case", EQUAL)
def test_equal_row_labels(case):
    rows, own = EQUAL[case]
    for make in ROWS.values():
        ones = pd.Series(np.ones(N), index=own)
        model = make(FRAME.set_axis(rows), pd.Series(WORDS, index=own), weights=ones, offset=ones)
        assert model.classes_.tolist() == ["no", "yes"]


@pytest.mark.parametrize("y", [WORDS, tuple(WORDS), np.array(WORDS), pd.Categorical(WORDS), pd.Index(WORDS)])
def test_labels_without_row_labels_are_taken_by_position(y):
    for make in MODELS.values():
        assert make(FRAME, y).classes_.tolist() == ["no", "yes"]


def test_series_for_an_array_are_taken_by_position():
    for make in MODELS.values():
        assert make(X, pd.Series(WORDS, index=BACKWARDS)).classes_.tolist() == ["no", "yes"]


@pytest.mark.parametrize("rows", [slice(0, N - 1), slice(1, N)])
def test_series_of_another_length_have_another_shape(rows):
    for make in ROWS.values():
        with pytest.raises(ValueError, match=r"y must have shape \(8,\), .* got shape \(7,\): pass 8 values"):
            make(FRAME, pd.Series(WORDS, index=FRAME.index).iloc[rows])
