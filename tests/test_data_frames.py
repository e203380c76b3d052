"""Data frames: names, order of columns, missing values, categories; the same for every model."""

import numpy as np
import pandas as pd
import pytest
from sklearn.gaussian_process.kernels import RBF

from polyagamma import PolyaGammaGP, PolyaGammaLogistic
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(4)
N = 12
FRAME = pd.DataFrame({"age": RNG.standard_normal(N), "dose": np.arange(N), "smokes": np.arange(N) % 3 == 0})
Y = np.arange(N) % 2
SHORT = {"draws": 6, "tune": 6, "chains": 2, "random_seed": 1, "progressbar": False}
MODELS = {
    "logistic": PolyaGammaLogistic,
    "gp": lambda X, y, **arguments: PolyaGammaGP(X, y, 2.0 * RBF([1.0, 2.0, 3.0]), **arguments),
}


class Frame:
    """The least that a data frame of any library has."""

    def __init__(self, columns):
        self._columns = columns
        self.columns = list(columns)
        self.shape = (N, len(columns))

    def __getitem__(self, name):
        return self._columns[name]


@pytest.fixture(params=MODELS)
def make(request):
    return MODELS[request.param]


def test_names_become_coordinates(make):
    idata = make(FRAME, Y).sample(**SHORT)
    (variable,) = [name for name in ("beta", "length_scale") if name in idata.posterior]
    for array in (idata.posterior[variable], idata.constant_data["X"]):
        assert array["feature"].to_numpy().tolist() == ["age", "dose", "smokes"]
    np.testing.assert_array_equal(idata.constant_data["X"], FRAME.to_numpy(dtype=float))
    assert make(FRAME.to_numpy(dtype=float), Y).feature_names == ["x0", "x1", "x2"]
    assert make(FRAME, Y, feature_names=["a", "b", "c"]).feature_names == ["a", "b", "c"]
    assert make(FRAME.set_axis([0, 1.5, ("a", "b")], axis=1), Y).feature_names == ["0", "1.5", "('a', 'b')"]


def test_frames_of_any_library_and_arrays_are_the_same(make):
    ours = Frame({name: FRAME[name].to_numpy() for name in FRAME})
    inputs = (FRAME, ours, FRAME.to_numpy(dtype=float))
    posteriors = [trace.groups(make(X, Y).sample(**SHORT))["posterior"] for X in inputs]
    assert posteriors[0].equals(posteriors[1])
    assert posteriors[0].drop_vars("feature").equals(posteriors[2].drop_vars("feature"))


def test_columns_of_new_data(make):
    model = make(FRAME, Y)
    idata = model.sample(**SHORT)
    seed = {} if isinstance(model, PolyaGammaLogistic) else {"random_seed": 2}
    expected = model.predict_proba(idata, FRAME, **seed)
    np.testing.assert_array_equal(expected, model.predict_proba(idata, FRAME.to_numpy(dtype=float), **seed))
    wrong = {
        r"got \['smokes', 'dose', 'age'\]: pass X_new\[list\(X.columns\)\]": FRAME[["smokes", "dose", "age"]],
        r"got \['age', 'dose', 'drinks'\]": FRAME.rename(columns={"smokes": "drinks"}),
        r"got \['age', 'dose'\]": FRAME[["age", "dose"]],
        r"X_new must have 3 columns, one for each predictor, got 2": FRAME.to_numpy(dtype=float)[:, :2],
    }
    for message, X_new in wrong.items():
        for predict in (model.predict_proba, model.predict_draws):
            with pytest.raises(ValueError, match=message):
                predict(idata, X_new)
    np.testing.assert_array_equal(expected, model.predict_proba(idata, FRAME[list(FRAME.columns)], **seed))


def with_hole(hole, dtype=None):
    return FRAME.assign(dose=pd.Series([hole if row == 4 else row for row in range(N)], dtype=dtype))


def array_with_hole(hole, dtype):
    array = FRAME.to_numpy(dtype=dtype)
    array[4, 1] = hole
    return array


NAN = r"\['dose'\] must be finite, got \w+\['dose'\]\[4\] = nan: drop or replace"
MISSING = r"\['dose'\] must not have missing values, got \w+\['dose'\]\[4\] = {}: drop such rows, or fill"
HOLES = {
    "NaN": (with_hole(np.nan), NAN),
    "infinite": (with_hole(-np.inf), NAN.replace("nan", "-inf")),
    "NA of integers": (with_hole(None, "Int64"), NAN),
    "NA of booleans": (
        FRAME.assign(dose=pd.array([True] * 4 + [None] + [False] * 7)),
        MISSING.format("<NA>"),
    ),
    "NA": (with_hole(pd.NA, object), MISSING.format("<NA>")),
    "None": (with_hole(None, object), MISSING.format("None")),
    "NaN among objects": (with_hole(np.nan, object), MISSING.format("nan")),
    "masked column": (
        Frame({"age": FRAME["age"], "dose": np.ma.masked_equal(np.arange(N), 4), "smokes": FRAME["smokes"]}),
        MISSING.format("masked"),
    ),
    "NaN in an array": (array_with_hole(np.nan, float), r" must be finite, got \w+\[4, 1\] = nan"),
    "None in an array": (
        array_with_hole(None, object),
        r" must not have missing .*\[4, 1\] = None: drop",
    ),
    "masked array": (
        np.ma.masked_array(FRAME.to_numpy(dtype=float), array_with_hole(99, float) == 99),
        r" must not have missing .*\[4, 1\] = masked: drop such",
    ),
}


@pytest.mark.parametrize("case", HOLES)
def test_missing_predictors_are_refused(make, case):
    hole, message = HOLES[case]
    with pytest.raises(ValueError, match="^X" + message):
        make(hole, Y)
    model = make(FRAME, Y)
    with pytest.raises(ValueError, match="^X_new" + message):
        model.predict_proba(model.sample(**SHORT), hole)


def test_a_mask_that_masks_nothing_is_no_matter(make):
    open_mask = np.ma.masked_array(FRAME.to_numpy(dtype=float), False)
    assert make(open_mask, np.ma.masked_array(Y, False)).feature_names == ["x0", "x1", "x2"]


@pytest.mark.parametrize("hole", [np.nan, None, np.ma.masked], ids=["NaN", "None", "masked"])
@pytest.mark.parametrize("name", ["y", "weights", "offset", "trials"])
def test_missing_values_besides_predictors_are_refused(make, name, hole):
    values = {"y": Y, "weights": np.ones(N), "offset": np.zeros(N), "trials": np.ones(N)}
    values[name] = np.ma.masked_array(values[name], dtype=object if hole is None else float)
    values[name][4] = hole
    if hole is not np.ma.masked:
        values[name] = np.asarray(values[name])
    with pytest.raises(ValueError, match=rf"^{name} must .*got {name}\[4\] = (nan|None|masked): drop"):
        make(FRAME, **values)


COLUMNS_OF_OTHER_KINDS = {
    "words": (list("abcabcabcabc"), "str|object"),
    "category": (pd.Categorical(list("abcabcabcabc")), "category"),
    "category of numbers": (pd.Categorical(np.arange(N) % 3), "category"),
    "ordered category": (pd.Categorical(np.arange(N) % 3, ordered=True), "category"),
    "numbers as objects": (pd.Series(np.arange(N), dtype=object), "object"),
    "dates": (pd.date_range("2026-01-01", periods=N), "datetime64.*"),
    "times": (pd.to_timedelta(np.arange(N), unit="s"), "timedelta64.*"),
    "complex": (np.arange(N) + 1j, "complex128"),
}


CATEGORIES = ("words", "category", "category of numbers", "ordered category")  # that linear models encode


@pytest.mark.parametrize("case", COLUMNS_OF_OTHER_KINDS)
def test_columns_that_hold_no_numbers_are_refused(make, case):
    if case in CATEGORIES and make is PolyaGammaLogistic:
        pytest.skip("encoded: see test_categories.py")
    column, dtype = COLUMNS_OF_OTHER_KINDS[case]
    message = rf"X\['group'\] must hold real numbers, got dtype ({dtype}): convert .*astype.*OneHotEncoder"
    with pytest.raises(TypeError, match=message):
        make(FRAME.assign(group=column), Y)


def test_the_cures_work(make):
    words = FRAME.assign(smokes=np.where(FRAME["smokes"], "yes", "no"))
    assert make(pd.get_dummies(words, drop_first=True), Y).feature_names == ["age", "dose", "smokes_yes"]
    assert make(FRAME.astype(object).astype(float), Y).feature_names == ["age", "dose", "smokes"]
    whole = with_hole(np.nan).dropna()
    assert len(make(whole, Y[whole.index]).sample(**SHORT).observed_data["y"]) == N - 1


def test_labels_of_a_series(make):
    labels = pd.Series(pd.Categorical(np.where(Y, "ill", "well")))
    assert make(FRAME, labels).classes_.tolist() == ["ill", "well"]
