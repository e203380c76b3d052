"""Every refusal of terms, names, families and new rows, and every notice of groups."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.gaussian_process.kernels import ExpSineSquared

from polyagamma import (
    LKJ,
    Exponential,
    Group,
    HalfNormal,
    HalfT,
    Linear,
    MultiMembership,
    MvNormal,
    Normal,
    PolyaGammaAdditive,
    Process,
    SamplingWarning,
    Smooth,
)

RNG = np.random.default_rng(3)
N = 24
G = np.arange(N) % 6
X = RNG.standard_normal((N, 2))
Y = RNG.integers(0, 2, N)
SETTINGS = {"draws": 4, "tune": 9, "chains": 1, "random_seed": 5, "progressbar": False}


def labels(index, value, dtype=object):
    array = G.astype(dtype)
    array[index] = value
    return array


def make(*terms, y=Y, **options):
    return PolyaGammaAdditive(list(terms), y, **options)


BAD_TERMS = {
    "none": (lambda: PolyaGammaAdditive([], Y), ValueError, "terms must have at least one of Linear, Group"),
    "text": (lambda: PolyaGammaAdditive("y ~ x", Y), TypeError, "pass PolyaGammaAdditive.from_formula"),
    "array": (lambda: PolyaGammaAdditive(X, Y), TypeError, "terms must be a list of Linear, Group, Smooth"),
    "matrix in list": (lambda: make(X), TypeError, r"terms\[0\] must be one of Linear, .*: pass Linear\(X\)"),
    "rows": (
        lambda: make(Group(G), Linear(X[:5])),
        ValueError,
        "'linear' must have as many rows .* 24, got 5",
    ),
    "y": (lambda: make(Group(G), y=Y[:3]), ValueError, r"y must have shape \(24,\)"),
    "NaN label": (
        lambda: make(Group(labels(3, np.nan, float))),
        ValueError,
        r"must be finite, got .*\[3\] = nan",
    ),
    "None label": (lambda: make(Group(labels(3, None))), ValueError, r"missing values, got .*\[3\] = None"),
    "mixed labels": (
        lambda: make(Group(labels(3, "a"))),
        TypeError,
        "labels of one type, got 0 in row 0 and 'a' in row 3: convert them",
    ),
    "complex labels": (lambda: make(Group(G + 0j)), TypeError, "must hold labels, got dtype complex128"),
    "matrix of labels": (lambda: make(Group(X)), ValueError, r"must be 1-D, .* got shape \(24, 2\)"),
    "NUL": (lambda: make(Group(labels(slice(None), "a\0"))), ValueError, "must not end in a NUL character"),
    "ambiguous": (
        lambda: make(Group(pd.DataFrame({"a": ["x:y", "x"] * 12, "b": ["z", "y:z"] * 12}))),
        ValueError,
        "differ as text, got 'x:y:z' twice: rename labels that contain ':'",
    ),
    "constant slope": (
        lambda: make(Group(G, slopes=np.full(N, 2.0), name="g")),
        ValueError,
        "slopes of 'g' must vary, got the constant 'x0' = 2, .* drop it, or pass intercept=False",
    ),
    "short slope": (
        lambda: make(Group(G, slopes=X[:5])),
        ValueError,
        "for each row of its labels, 24, got 5",
    ),
    "text slope": (lambda: make(Group(G, slopes=["a"] * N)), TypeError, "slopes of 'group' must be"),
    "no slope": (lambda: make(Group(G, intercept=False)), ValueError, "intercept=False needs slopes"),
    "correlated": (lambda: make(Group(G, correlated="no")), TypeError, "correlated must be True or False"),
    "sd": (lambda: make(Group(G, prior_sd=1.0)), TypeError, "prior_sd of 'group' must be HalfNormal, HalfT"),
    "sds": (
        lambda: make(Group(G, prior_sd=[HalfNormal(1)] * 2)),
        ValueError,
        "one for each of the 1 effects",
    ),
    "corr": (
        lambda: make(Group(G, prior_corr=2)),
        TypeError,
        r"prior_corr must be LKJ, got 2: pass LKJ\(2\)",
    ),
    "smooth of two": (
        lambda: make(Smooth(G % 2, name="s")),
        ValueError,
        "x of 's' must have at least 4 distinct values to be smoothed, got 2: pass it to Linear",
    ),
    "smooth of NaN": (
        lambda: make(Smooth(labels(2, np.nan, float))),
        ValueError,
        r"must be finite, got .*\[2\]",
    ),
    "smooth basis": (lambda: make(Smooth(X[:, 0], n_basis=4)), ValueError, "n_basis must be at least 5"),
    "process kernel": (lambda: make(Process(X, "rbf")), TypeError, "kernel must be a kernel of"),
    "process matrix": (
        lambda: make(Process(X, ExpSineSquared(1.0, 1.0), inducing=X)),  # no kernel in two dimensions
        ValueError,
        "kernel of 'process' must have a positive definite matrix at the inducing points",
    ),
    "process of a constant": (
        lambda: make(Process(np.ones((len(X), 1)))),
        ValueError,
        r"needs columns of X that vary, got X\[:, 0\] = 1 in every row",
    ),
    "process prior": (lambda: make(Process(X, prior_sd=-1)), TypeError, "prior_sd of 'process' must be"),
    "smooth prior": (
        lambda: make(Smooth(X[:, 0], linear_prior=MvNormal(0, np.eye(1)))),
        TypeError,
        "linear_prior must be Normal",
    ),
    "members": (
        lambda: make(MultiMembership(G)),
        ValueError,
        "must be 2-D, with a column for each group of a",
    ),
    "member weights": (
        lambda: make(MultiMembership(np.c_[G, G], weights=X[:, :1])),
        ValueError,
        r"must have the shape of its labels, \(24, 2\), got \(24, 1\)",
    ),
    "linear prior": (lambda: make(Linear(X, prior=2)), TypeError, "prior must be Normal or MvNormal, got 2"),
    "constant": (
        lambda: make(Linear(np.c_[X, np.ones(N)])),
        ValueError,
        "constant column besides the intercept",
    ),
    "twice": (
        lambda: make(Linear(X), Linear(X)),
        ValueError,
        "names of fixed effects must differ, got 'x0' more",
    ),
    "same names": (
        lambda: make(Group(G), Group(G % 3)),
        ValueError,
        "different names, got '1|group_sigma' twice: pass",
    ),
    "reserved": (
        lambda: make(Group(G, name="draw")),
        ValueError,
        "name of a dimension or parameter, got 'draw'",
    ),
    "slash": (lambda: make(Group(G, name="a/b")), ValueError, "must not have '/' in them"),
    "levels": (
        lambda: make(Group(G, name="g"), Group(G % 3, slopes=X[:, 0], intercept=False, name="g")),
        ValueError,
        "of the same name must have the same levels, got 'g' with others",
    ),
}


@pytest.mark.parametrize("case", BAD_TERMS)
def test_bad_terms(case):
    attempt, kind, message = BAD_TERMS[case]
    with pytest.raises(kind, match=message.replace("|", r"\|")):
        attempt()


BAD_OPTIONS = {
    "family": ({"family": "poisson"}, ValueError, r"family must be one of \['bernoulli', 'binomial', 'neg"),
    "trials": ({"trials": 2}, ValueError, "trials goes with family='binomial', got it with 'bernoulli'"),
    "no trials": ({"family": "binomial"}, ValueError, "family='binomial' needs trials, got none"),
    "exposure": ({"exposure": 2}, ValueError, "exposure goes with family='negative_binomial', got it with"),
    "dispersion": ({"dispersion_prior": HalfNormal(1)}, ValueError, "dispersion_prior goes with family="),
    "intercept prior": (
        {"intercept_prior": Normal(), "intercept": False},
        ValueError,
        "intercept_prior needs intercept=True",
    ),
    "intercept prior kind": ({"intercept_prior": 3}, TypeError, "intercept_prior must be Normal"),
    "weights": ({"weights": 0}, ValueError, "weights must be positive"),
}


@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_bad_options(case):
    options, kind, message = BAD_OPTIONS[case]
    with pytest.raises(kind, match=message):
        make(Group(G), **options)


@pytest.mark.parametrize("value", [0, -1, np.nan, np.inf, "a", None, [1, 2]], ids=repr)
@pytest.mark.parametrize("prior", [Exponential, LKJ, lambda value: HalfT(3, value), lambda v: HalfT(v, 1)])
def test_bad_parameters_of_priors(prior, value):
    with pytest.raises((TypeError, ValueError), match=r"(scale|df|rate|eta) must be"):
        prior(value)


def test_rows_in_another_order_are_refused():
    frame = pd.DataFrame({"g": G}, index=np.arange(N))
    with pytest.raises(ValueError, match="y must have the row labels of the first term in the same order"):
        make(Group(frame["g"]), y=pd.Series(Y, index=np.arange(N)[::-1]))


@pytest.fixture(scope="module")
def fitted():
    model = make(Linear(X), Group(G, slopes=X[:, 0], name="g"), Smooth(X[:, 1], name="s"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        return model, model.sample(**SETTINGS)


NEW = [X[:2], (G[:2], X[:2, 0]), X[:2, 1]]
BAD_ROWS = {
    "frame": (pd.DataFrame({"x0": [1.0]}), {}, KeyError, "X_new must have the columns of the model"),
    "array": (
        X,
        {},
        TypeError,
        r"X_new must be a data frame, or a list of \['linear', 'g', 's'\], got ndarray",
    ),
    "two of three": (NEW[:2], {}, ValueError, r"inputs of each of \['linear', 'g', 's'\], got 2 of them"),
    "keys": ({"linear": 1}, {}, ValueError, r"X_new must have the keys \['linear', 'g', 's'\]"),
    "no slopes": (
        [NEW[0], G[:2], NEW[2]],
        {},
        TypeError,
        r"must be a pair \(labels, slopes\), since 'g' has",
    ),
    "rows": (
        [NEW[0], NEW[1], X[:3, 1]],
        {},
        ValueError,
        r"X_new\['s'\] must have as many rows as .*, 2, got 3",
    ),
    "columns": ([X[:2, :1], *NEW[1:]], {}, ValueError, r"X_new\['linear'\] must have 2 columns"),
    "text": (
        [NEW[0], (["a", "b"], X[:2, 0]), NEW[2]],
        {},
        TypeError,
        "labels of the type of the model's, numb",
    ),
    "missing": (
        [NEW[0], ([1, None], X[:2, 0]), NEW[2]],
        {},
        ValueError,
        r"missing values, got .*\[1\] = None",
    ),
    "unseen": (
        [NEW[0], ([1, 9], X[:2, 0]), NEW[2]],
        {"unseen": "error"},
        ValueError,
        r"levels that the model has seen, got another one of 'g' in row 1: .*pass unseen='draw'",
    ),
    "unseen option": (NEW, {"unseen": "zero"}, ValueError, r"unseen must be one of \['draw', 'error'\]"),
    "groups": (
        NEW,
        {"groups": "new"},
        ValueError,
        r"groups must be one of \['conditional', 'marginal', 'zero'\]",
    ),
    "exposure": (NEW, {"exposure": 2}, ValueError, "exposure needs family='negative_binomial'"),
    "offset": (NEW, {"offset": [1, 2, 3]}, ValueError, "offset must be one number or have shape"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_bad_new_rows(fitted, case):
    model, idata = fitted
    new, options, kind, message = BAD_ROWS[case]
    for use in (model.predict, model.predict_draws, model.sample_posterior_predictive):
        with pytest.raises(kind, match=message):
            use(idata, new, **options)
    assert model.predict(idata, NEW).shape == (2,)


def test_bad_cells(fitted):
    model, idata = fitted
    for counts, by, message in (
        ([1, -1], None, r"counts must not be negative, got -1 in row 1"),
        ([1, 2, 3], None, r"counts must be one number or have shape \(2,\)"),
        ([0, 1], ["a", "b"], r"counts must not all be 0 in a group of by, got that in 'a'"),
        ([1, 1], ["a", "b", "c"], r"by must have a label for each cell, 2, got 3"),
    ):
        with pytest.raises(ValueError, match=message):
            model.poststratify(idata, NEW, counts, by=None if by is None else np.array(by))
    frame = pd.DataFrame({"x0": [0.0], "x1": [1.0], "g": [2], "s": [0.1]})
    with pytest.raises(
        KeyError, match=r"counts must name a column, one of \['x0', 'x1', 'g', 's'\], got 'm'"
    ):
        model.poststratify(idata, frame, "m")


NOTICES = {
    "one level": (lambda: make(Group(np.zeros(N), name="g")), "'g' has 1 level, which tell next to nothing"),
    "single rows": (
        lambda: make(Group(np.arange(N), name="g")),
        "each level of 'g' has one row with one trial",
    ),
    "separated": (
        lambda: make(Group(G, name="g"), y=G % 2),
        "every level of 'g' with several rows has one class",
    ),
    "confounded": (
        lambda: make(Group(G, name="g"), Group(np.array(list("fedcba"))[G], name="h")),
        "'g' and 'h' are the same groups under two names",
    ),
    "wide prior": (lambda: make(Linear(X, prior=Normal(0, 1e6))), "prior's standard deviation of the change"),
}


@pytest.mark.parametrize("case", NOTICES)
def test_notices(case):
    attempt, message = NOTICES[case]
    with pytest.warns(SamplingWarning, match=message) as caught:
        attempt()
    assert caught[0].filename == __file__


def test_notices_of_formulas_point_to_the_caller():
    frame = pd.DataFrame({"y": Y, "g": 0, "x": X[:, 0]})
    with pytest.warns(SamplingWarning) as caught:
        PolyaGammaAdditive.from_formula("y ~ x + (1 | g)", frame, prior=Normal(0, 1e6))
    assert [warning.filename for warning in caught] == [__file__] * 2


def test_no_notice_where_all_is_well():
    make(Group(G, name="g"), Group(np.arange(N) // 4, name="h"))  # pytest makes errors of warnings
    make(Group(np.arange(N), name="g"), y=Y, family="binomial", trials=3)
    nested = pd.DataFrame({"g": G, "h": np.arange(N) // 12})
    make(Group(G, name="g"), Group(nested))


def test_separated_rows_are_told_of():
    x = np.where(np.arange(40) < 20, -1.0, 1.0) + RNG.uniform(-0.1, 0.1, 40)
    model = PolyaGammaAdditive([Linear(x[:, np.newaxis]), Group(np.arange(40) % 4)], x > 0)
    with pytest.warns(SamplingWarning, match="perfectly separates the classes"):
        model.sample(**SETTINGS | {"draws": 50, "tune": 200})


def test_matrices_that_do_not_fit_are_refused_before_they_are_made(monkeypatch):
    levels = np.arange(3000)
    model = PolyaGammaAdditive([Group(levels // 2, name="a"), Group(levels // 3, name="b")], levels % 2)
    rest = 1 + 1000  # all but the 1500 levels of a
    monkeypatch.setattr("polyagamma._validation.memory.available_memory", lambda: 8 * rest**2)
    with pytest.raises(MemoryError, match="4 chains"):
        model.sample(10, tune=0, progressbar=False)
