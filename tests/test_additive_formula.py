"""Formulas: which models they stand for, their encodings for new data, and their errors."""

import pickle

import numpy as np
import pandas as pd
import pytest
from test_imports import fresh_python

from polyagamma import (
    LKJ,
    Exponential,
    Group,
    HalfNormal,
    Linear,
    Normal,
    PolyaGammaAdditive,
    PolyaGammaLogistic,
    PolyaGammaNegativeBinomial,
    Smooth,
)

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(9)
N = 50
FRAME = pd.DataFrame(
    {
        "age": RNG.normal(40, 10, N),
        "urban": RNG.integers(0, 2, N),
        "sex": np.array(["f", "m"])[RNG.integers(0, 2, N)],
        "kind": np.array(["x", "y", "z"])[np.arange(N) % 3],
        "district": RNG.integers(0, 6, N),
        "school": np.array(["b", "a", "c"])[RNG.integers(0, 3, N)],
        "log_time": RNG.normal(0, 1, N),
        "n": RNG.integers(1, 5, N),
    },
    index=np.arange(N) + 100,
)
FRAME["y"] = RNG.integers(0, 2, N)
FRAME["k"] = RNG.binomial(FRAME["n"], 0.4)
SETTINGS = {"tune": 9, "chains": 1, "random_seed": 5, "progressbar": False}
Y, DISTRICT, SCHOOL = FRAME["y"], FRAME["district"], FRAME["school"]


def as_frame(**columns):
    return pd.DataFrame(columns, index=FRAME.index)


MALE = (FRAME["sex"] == "m").astype(float)
Z = (FRAME["kind"] == "z").astype(float)
SAME = {
    "y ~ age + (1 | district)": [Linear(FRAME[["age"]]), Group(DISTRICT)],
    "y ~ sex + (1 + urban | district)": [
        Linear(as_frame(**{"sex[m]": MALE})),
        Group(DISTRICT, slopes=FRAME[["urban"]]),
    ],
    "y ~ (urban | district)": [Group(DISTRICT, slopes=FRAME[["urban"]])],
    "y ~ (1 + urban || district)": [Group(DISTRICT, slopes=FRAME[["urban"]], correlated=False)],
    "y ~ (0 + urban | district)": [Group(DISTRICT, slopes=FRAME[["urban"]], intercept=False)],
    "y ~ (1 | school / district)": [Group(SCHOOL), Group(FRAME[["school", "district"]])],
    "y ~ (1 | school:district)": [Group(FRAME[["school", "district"]])],
    "y ~ (1 | school) + (1 | district)": [Group(SCHOOL), Group(DISTRICT)],
    "y ~ (sex | district)": [Group(DISTRICT, slopes=as_frame(**{"sex[m]": MALE}))],
    "y ~ (0 + sex | district)": [
        Group(DISTRICT, slopes=as_frame(**{"sex[f]": 1 - MALE, "sex[m]": MALE}), intercept=False)
    ],
    "y ~ age * sex + (1 | district)": [
        Linear(as_frame(**{"age": FRAME["age"], "sex[m]": MALE, "age:sex[m]": FRAME["age"] * MALE})),
        Group(DISTRICT),
    ],
    "y ~ s(age, n_basis=8) + (1 | district)": [Group(DISTRICT), Smooth(FRAME["age"], n_basis=8)],
    "y ~ np.log(age) + {urban * 2}": [
        Linear(as_frame(**{"np.log(age)": np.log(FRAME["age"]), "I(urban * 2)": 2 * FRAME["urban"]}))
    ],
}


@pytest.mark.parametrize("formula", SAME)
def test_formulas_stand_for_terms(formula):
    """The same draws, so the same designs, priors and names."""
    written = PolyaGammaAdditive(SAME[formula], Y)
    model = PolyaGammaAdditive.from_formula(formula, FRAME)
    left, right = (one.sample(3, **SETTINGS).posterior for one in (model, written))
    assert left.equals(right)
    new = FRAME.iloc[[3, 1, 2]]
    predicted = model._specification.term.predictors.check_new(new)
    np.testing.assert_array_equal(predicted, model._specification.term.predictors.X[[3, 1, 2]])


def test_formulas_without_intercept():
    model = PolyaGammaAdditive.from_formula("y ~ 0 + kind + (1 | school)", FRAME)
    posterior = model.sample(3, **SETTINGS).posterior
    assert "intercept" not in posterior
    assert posterior["feature"].to_numpy().tolist() == ["kind[x]", "kind[y]", "kind[z]"]
    assert (
        "intercept"
        in PolyaGammaAdditive.from_formula("y ~ (0 + urban | school)", FRAME).sample(3, **SETTINGS)[
            "posterior"
        ]
    )


def test_responses():
    of = PolyaGammaAdditive.from_formula
    counts = of("prop(k, n) ~ (1 | school)", FRAME)
    assert counts.family == "binomial"
    data = counts.sample(3, **SETTINGS)
    np.testing.assert_array_equal(data.constant_data["trials"], FRAME["n"])
    np.testing.assert_array_equal(data.observed_data["y"], FRAME["k"])
    assert of("p(k, 4) ~ (1 | school)", FRAME).family == "binomial"
    assert of("sex ~ (1 | school)", FRAME).classes_.tolist() == ["f", "m"]
    female = of("sex['f'] ~ (1 | school)", FRAME).sample(3, **SETTINGS)
    np.testing.assert_array_equal(female.observed_data["y"], FRAME["sex"] == "f")
    by_column = of("k ~ (1 | school)", FRAME, family="binomial", trials="n").sample(3, **SETTINGS)
    assert by_column.posterior.equals(data.posterior)
    with pytest.raises(ValueError, match=r"trials are those of prop\(\) in the formula, got others: drop"):
        of("prop(k, n) ~ (1 | school)", FRAME, trials="n")


def test_offsets_of_formula_and_argument_are_added():
    formula = "k ~ offset(log_time) + (1 | school)"
    options = {"family": "negative_binomial", "exposure": "n", "offset": 0.2}
    model = PolyaGammaAdditive.from_formula(formula, FRAME, **options)
    idata = model.sample(5, **SETTINGS)
    np.testing.assert_allclose(idata.constant_data["offset"], FRAME["log_time"] + 0.2)
    new = FRAME.iloc[:4]
    ratio = model.predict(idata, new, offset=1.0) / model.predict(idata, new.assign(log_time=0.0))
    np.testing.assert_allclose(ratio, np.exp(new["log_time"] + 1))


def test_new_data_are_encoded_as_the_models():
    formula = "y ~ center(age) + scale(log_time) + bs(age, df=4) + (1 + kind | district)"
    predictors = PolyaGammaAdditive.from_formula(formula, FRAME)._specification.term.predictors
    for rows in ([4], [7, 2, 2]):
        np.testing.assert_allclose(predictors.check_new(FRAME.iloc[rows]), predictors.X[rows], atol=1e-12)
    unseen = predictors.check_new(FRAME.iloc[:2].assign(district=[77, 78]))
    assert unseen[:, predictors.names.index("district")].tolist() == [6, 7]


def test_priors_by_name():
    formula = "y ~ urban + s(age) + (1 | district) + (1 | school)"
    priors = {"district": Exponential(2), "s(age)": HalfNormal(3)}
    model = PolyaGammaAdditive.from_formula(
        formula, FRAME, prior=Normal(0, 1), prior_sd=priors, prior_corr=LKJ(1)
    )
    blocks = {block.effects.dim: block.effects.sd_priors[0] for block in model._specification.term._blocks}
    assert blocks["district"] == ("exponential", 0.0, 0.5)
    assert blocks["school"] == ("half_normal", 0.0, 1.0)
    assert blocks["s(age)_basis"] == ("half_normal", 0.0, 3.0)
    assert "Normal(mu=0, sigma=1" in model._specification.term.description()["prior"]
    with pytest.raises(
        ValueError, match=r"prior_sd must have keys among \['district', 'school', 's\(age\)'\], got"
    ):
        PolyaGammaAdditive.from_formula(formula, FRAME, prior_sd={"state": HalfNormal(1)})


BAD = {
    "y ~ age + (1 | school": (ValueError, r"at position 21: Expect '\)'.*\n.*\n {25}\^"),
    "y ~ age +* 3": (ValueError, r"at position 9: Don't know how to parse '\*'"),
    "y ~ 1 | school": (ValueError, r"at position 6: '\|' is not expected here; a group needs brackets"),
    "y ~ age ) + 1": (ValueError, r"at position 8: '\)' is not expected here"),
    "y ~ age $ 2": (ValueError, "at position 8: Unexpected character"),
    "y ~ `age": (ValueError, "at position 8: the quotation does not end"),
    "y + age": (ValueError, "there is no '~' behind a response"),
    "y ~ 1": (ValueError, "it has no terms: add one behind '~'"),
    "y ~ agee + (1 | school)": (KeyError, "data must have the column 'agee' of the formula, got"),
    "y ~ age + (1 | shool)": (KeyError, "data must have the column 'shool'"),
    "y ~ age + (ubran | school)": (KeyError, "data must have the column 'ubran'"),
    "y ~ s(agee)": (KeyError, "data must have the column 'agee'"),
    "yy ~ age": (KeyError, "data must have the column 'yy'"),
    "y ~ (1 | C(school))": (ValueError, r"'C\(school\)' right of a bar is no column"),
    "y ~ (1 | school | district)": (ValueError, "a group has two bars"),
    "y ~ (1 | school) * age": (ValueError, "cannot be used"),
    "y ~ s(age, k=5)": (ValueError, r"s\(\) takes a column and n_basis"),
    "prop(k) ~ age": (ValueError, r"prop\(\) takes two columns"),
    "": (ValueError, "formula must not be empty"),
}


@pytest.mark.parametrize("formula", BAD)
def test_bad_formulas(formula):
    kind, message = BAD[formula]
    with pytest.raises(kind, match=message):
        PolyaGammaAdditive.from_formula(formula, FRAME)


def test_bad_data_of_formulas():
    of = PolyaGammaAdditive.from_formula
    with pytest.raises(TypeError, match="formula must be text, got int 3"):
        of(3, FRAME)
    with pytest.raises(
        TypeError, match=r"data must be a data frame, got dict: pass pandas.DataFrame\(data\)"
    ):
        of("y ~ age", {"y": [0, 1]})
    with pytest.raises(ValueError, match=r"data\['age'\] must be finite, got data\['age'\]\[2\] = nan"):
        of("y ~ age", FRAME.assign(age=FRAME["age"].where(np.arange(N) != 2)))
    missing = FRAME["school"].where(np.arange(N) != 4)
    with pytest.raises(ValueError, match=r"data\['school'\] must not have missing values, got .*\[4\]"):
        of("y ~ (1 | school)", FRAME.assign(school=missing))
    with pytest.raises(KeyError, match=r"weights must name a column, one of .*, got 'w'"):
        of("y ~ age", FRAME, weights="w")
    model = of("y ~ sex + (1 | school)", FRAME)
    idata = model.sample(3, **SETTINGS)
    with pytest.raises(KeyError, match="X_new must have the column 'sex' of the formula"):
        model.predict(idata, FRAME[["school"]])
    with pytest.raises(ValueError, match=r"X_new must have the categories of the model's data in 'sex' .*q"):
        model.predict(idata, FRAME.iloc[:2].assign(sex="q"))
    with pytest.raises(TypeError, match="X_new must be a data frame, got list"):
        model.predict(idata, [[1], ["a"]])


def test_linear_models_of_formulas():
    formula = "prop(k, n) ~ center(age) + sex"
    model = PolyaGammaLogistic.from_formula(formula, FRAME, offset="log_time", prior=Normal(0, 1))
    X = as_frame(**{"center(age)": FRAME["age"] - FRAME["age"].mean(), "sex[m]": MALE})
    same = PolyaGammaLogistic(X, FRAME["k"], trials=FRAME["n"], offset=FRAME["log_time"], prior=Normal(0, 1))
    idata = model.sample(3, **SETTINGS)
    assert idata.posterior.equals(same.sample(3, **SETTINGS).posterior)
    rows = FRAME.iloc[[4, 2]]
    np.testing.assert_allclose(
        model.predict_proba(idata, rows), same.predict_proba(idata, X.iloc[[4, 2]]), rtol=1e-12
    )
    counts = PolyaGammaNegativeBinomial.from_formula("k ~ 0 + kind", FRAME, exposure="n")
    assert counts.feature_names == ["kind[x]", "kind[y]", "kind[z]"]
    assert "intercept" not in counts.sample(3, **SETTINGS).posterior
    for bad, message in (
        ("y ~ age + (1 | school)", r"groups and smooths need PolyaGammaAdditive\.from_formula"),
        ("y ~ age + offset(log_time)", r"offset\(\) is an argument of this model: pass offset="),
        ("y ~ 1", "it has no terms"),
    ):
        with pytest.raises(ValueError, match=message):
            PolyaGammaLogistic.from_formula(bad, FRAME)


def test_models_of_formulas_go_through_pickles():
    model = PolyaGammaAdditive.from_formula("y ~ np.log(age) + center(age) + (1 | school)", FRAME)
    idata = model.sample(3, **SETTINGS)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(idata, FRAME.iloc[:3]), model.predict(idata, FRAME.iloc[:3]))


def test_formulae_is_optional():
    printed, errors = fresh_python(
        "import sys",
        "sys.modules['formulae'] = None",
        "import numpy as np",
        "from polyagamma import Group, PolyaGammaAdditive",
        "PolyaGammaAdditive([Group(['a', 'b', 'c'] * 3)], [0, 1, 0] * 3)",
        "try: PolyaGammaAdditive.from_formula('y ~ (1 | g)', None)",
        "except ImportError as error: print(error)",
    )
    assert printed == "a formula needs formulae: pip install 'polyagamma-gibbs[formula]'\n", errors
