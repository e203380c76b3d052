"""Clumsy arguments: each error names the argument, what was found, what is expected and the cure."""

import subprocess
import sys
from collections import OrderedDict
from functools import partial

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import halfnorm
from sklearn.gaussian_process.kernels import RBF

from polyagamma import (
    Gamma,
    HalfNormal,
    InverseGamma,
    Normal,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
    random_polyagamma,
)
from polyagamma.likelihoods.poisson import PoissonLikelihood
from polyagamma.sklearn import PolyaGammaClassifier, PolyaGammaGPClassifier

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
X = np.random.default_rng(0).standard_normal((6, 2))
Y = np.array([0, 1, 0, 1, 1, 0])
FRAME = pd.DataFrame(X, columns=["age", "dose"])
CLASSIFIERS = {
    "logistic": PolyaGammaLogistic,
    "gp": lambda X, y, **more: PolyaGammaGP(X, y, RBF(1.0), **more),
}
MODELS = {**CLASSIFIERS, "counts": PolyaGammaNegativeBinomial}
SHORT = {"draws": 3, "tune": 3, "chains": 1, "random_seed": 1, "progressbar": False}
RAGGED = [[1.0, 2.0]] * 5 + [[1.0]]


class Lazy:
    """As a lazy frame of polars: columns, but no values before it is collected."""

    def __init__(self, *_):
        pass

    @property
    def columns(self):
        raise AssertionError("resolving the columns is slow")

    def collect(self):
        return FRAME


class Table:
    """As a table of pyarrow: columns that are arrays, and names apart from them."""

    shape = X.shape
    column_names = ("age", "dose")

    def __init__(self, *_):
        self._columns = list(X.T)

    @property
    def columns(self):
        return self._columns

    def to_pandas(self):
        return FRAME


class Delayed:
    """As a data frame of dask: columns, but no number of rows before it is computed."""

    shape = (None, 2)
    columns = ("age", "dose")

    def compute(self):
        return FRAME


DATASET = xr.Dataset({"age": ("row", X[:, 0]), "dose": ("row", X[:, 1])})


class Distributed(Lazy):
    """As a data frame of Spark."""

    def toPandas(self):
        return FRAME


TABLES = {
    "distributed frame": (Distributed(), "toPandas()"),
    "lazy frame": (Lazy(), "collect()"),
    "table": (Table(), "to_pandas()"),
    "delayed frame": (Delayed(), "compute()"),
    "dataset": (DATASET, "to_dataframe()"),
}
MAKERS = {
    **CLASSIFIERS,
    "classifier": lambda X, y: PolyaGammaClassifier(draws=3, tune=3, chains=1).fit(X, y),
    "gp classifier": lambda X, y: PolyaGammaGPClassifier(RBF(1.0), draws=3, tune=3, chains=1).fit(X, y),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", TABLES)
def test_tables_that_are_not_read(case, model):
    table, cure = TABLES[case]
    kind = type(table).__name__
    expected = f"must be an array or a data frame in memory, got a {kind}: pass"
    with pytest.raises(TypeError) as error:
        MODELS[model](table, Y)
    assert str(error.value) == f"X {expected} X.{cure}"
    if case != "dataset":
        MODELS[model](getattr(table, cure[:-2])(), Y)
    fitted = MODELS[model](FRAME, Y)
    trace = fitted.sample(**SHORT)
    with pytest.raises(TypeError) as error:
        fitted.predict_draws(trace, table)
    assert str(error.value) == f"X_new {expected} X_new.{cure}"
    for name in ("y", "weights", "offset", "exposure" if model == "counts" else "trials"):
        if case in ("lazy frame", "dataset"):
            with pytest.raises(TypeError, match=rf"^{name} must be .*got a {kind}: pass {name}\.\w+\(\)"):
                MODELS[model](X, **{"y": Y, name: table})


@pytest.mark.parametrize("case", ["lazy frame", "table", "delayed frame"])
def test_tables_of_estimators(case):
    table, cure = TABLES[case]
    for name in ("classifier", "gp classifier"):
        with pytest.raises(TypeError) as error:
            MAKERS[name](table, Y)
        assert str(error.value).endswith(f"pass X.{cure}")


BAD_X = {
    "ragged": (RAGGED, TypeError, r"X must be an array, or nested lists .*inhomogeneous.*: correct the rows"),
    "a dict": ({"a": X[:, 0]}, TypeError, r"got a dict: pass pandas\.DataFrame\(X\)"),
    "an ordered dict": (OrderedDict(a=1), TypeError, r"got a OrderedDict: pass pandas\.DataFrame\(X\)"),
    "list of dicts": ([{"a": 1}] * 6, TypeError, "X must hold real numbers, got dtype object: convert"),
    "None": (None, ValueError, "X must not have missing values, got .*None: drop"),
    "a number": (3.0, ValueError, r"X must be 2-D .*got shape \(\): pass one row"),
    "a list": (
        [1, 2, 3],
        ValueError,
        r"got shape \(3,\): pass numpy\.asarray\(X\)\.reshape\(-1, 1\) for one predictor",
    ),
    "a series": (FRAME["age"], ValueError, r"got shape \(6,\): pass .* for one predictor"),
    "cube": (X[None], ValueError, r"got shape \(1, 6, 2\): pass one row"),
    "text": ("X.csv", TypeError, "X must hold real numbers, got dtype <U5: convert"),
    "bytes": (b"X", TypeError, "X must hold real numbers, got dtype .S1: convert"),
    "a set": ({1.0, 2.0}, TypeError, "X must hold real numbers, got dtype object: convert"),
    "a generator": (iter(X), TypeError, "X must hold real numbers, got dtype object: convert"),
    "a class": (pd.DataFrame, TypeError, "X must"),
    "empty": ([], ValueError, r"X must be 2-D .*got shape \(0,\)"),
    "no rows": (X[:0], ValueError, "at least one row and one column, got shape .*: pass"),
    "empty frame": (pd.DataFrame(), ValueError, "at least one row and one column, got shape .*: pass"),
    "same names": (
        FRAME.set_axis(["a", "a"], axis=1),
        ValueError,
        "names of X must differ.*: rename or drop",
    ),
}
BAD_Y = {
    "a column": (
        Y[:, None],
        ValueError,
        r"y must have shape \(6,\).*got shape \(6, 1\): pass numpy\.ravel\(y\)",
    ),
    "a row": (Y[None], ValueError, r"got shape \(1, 6\): pass numpy\.ravel\(y\)"),
    "a frame": (pd.DataFrame({"y": Y}), ValueError, r"got shape \(6, 1\): pass numpy\.ravel\(y\)"),
    "deep": (Y[:, None, None], ValueError, r"got shape \(6, 1, 1\): pass numpy\.ravel\(y\)"),
    "one-hot": (np.eye(6), ValueError, r"got shape \(6, 6\): pass 6 values"),
    "two columns": (np.ones((6, 2)), ValueError, r"got shape \(6, 2\): pass 6 values"),
    "of a square": (Y.reshape(2, 3), ValueError, r"got shape \(2, 3\): pass 6 values"),
    "short": (Y[:5], ValueError, r"got shape \(5,\): pass 6 values"),
    "long": (np.r_[Y, Y], ValueError, r"got shape \(12,\): pass 6 values"),
    "a number": (1, ValueError, r"got shape \(\): pass 6 values"),
    "text": ("010110", ValueError, r"got shape \(\): pass 6 values"),
    "a set": ({0, 1}, ValueError, r"got shape \(\): pass 6 values"),
    "a dict": (dict(enumerate(Y)), ValueError, r"got shape \(\): pass 6 values"),
    "a generator": (iter(Y), ValueError, r"got shape \(\): pass 6 values"),
    "None": (None, ValueError, r"got shape \(\): pass 6 values"),
    "ragged": (RAGGED, TypeError, "y must be an array, or nested lists .*: correct the rows"),
    "arrays as labels": (
        np.array([np.arange(k + 1) for k in range(6)], dtype=object),
        TypeError,
        r"labels of one type that can be sorted .*: make all of them text",
    ),
    "mixed objects": (np.array([0, "a"] * 3, dtype=object), TypeError, r"make all of them text with \[str"),
    "complex": (Y + 1j, TypeError, r"complex numbers: pass y\.real"),
    "infinite": (np.where(Y, np.inf, 0), ValueError, r"y must be finite, got y\[1\] = inf, and 2 more: drop"),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", BAD_X)
def test_predictors(case, model):
    bad, error, message = BAD_X[case]
    with pytest.raises(error, match=message):
        MODELS[model](bad, Y)


@pytest.mark.parametrize("model", CLASSIFIERS)
@pytest.mark.parametrize("case", BAD_Y)
def test_responses(case, model):
    bad, error, message = BAD_Y[case]
    with pytest.raises(error, match=message):
        MODELS[model](X, bad)


REAL = "must be a real number or an array of real numbers"
NO_LABELS = ("text", "a set", "a dict", "a generator", "None", "arrays as labels", "mixed objects", "complex")
BAD_COUNTS = {
    **{name: case for name, case in BAD_Y.items() if name not in NO_LABELS},
    **{name: (BAD_Y[name][0], TypeError, f"y {REAL}, got .*: convert") for name in NO_LABELS},
    "negative": (
        Y - 1,
        ValueError,
        "y must be counts, which are not negative, got -1 in row 0: pass the num",
    ),
    "rates": (Y + 0.5, ValueError, r"y must be counts, which are whole numbers, got 0\.5 in row 0: pass ev"),
    "almost whole": (Y * (1 + 1e-15), ValueError, r"got 1\.000000000000001 in row 1: pass events, and"),
    "huge": (
        Y * 2.0**54,
        ValueError,
        r"y must be at most 1e\+12, got 1\.8014398509481984e\+16 in row 1: count in",
    ),
    "unsigned": (np.full(6, 2**64 - 1, np.uint64), ValueError, r"y must be at most 1e\+12, got 1\.8446"),
    "integers of Python": ([2**70] + [0] * 5, ValueError, r"y must be at most 1e\+12, got 1\.18059"),
    "more than doubles": ([10**400] + [0] * 5, TypeError, f"y {REAL}, got"),
    "numbers as text": (Y.astype(str), TypeError, rf"y {REAL}.*: convert it with numpy\.asarray"),
    "a text among numbers": ([1, 0, "1", 0, 1, 0], TypeError, f"y {REAL}"),
    "a text among objects": (
        np.array([1, 0, "1", 0, 1, 0], object),
        TypeError,
        rf"y {REAL}.*, got y\[2\] = '1'",
    ),
    "bytes among objects": (
        np.array([1, 0, b"1", 0, 1, 0], object),
        TypeError,
        r"got y\[2\] = b'1': convert",
    ),
    "a date among objects": (
        np.array([1, np.datetime64(3, "D"), *"1111"], object),
        TypeError,
        r"y\[1\] = .*date",
    ),
    "dates": (np.full(6, "2026-01-01", "M8[D]"), TypeError, f"y {REAL}"),
    "times": (Y.astype("m8[s]"), TypeError, f"y {REAL}"),
    "categories": (pd.Categorical(Y), TypeError, r"y must hold real numbers, got categories: pass y\.astype"),
    "None among counts": (
        [1, 0, None, 0, 1, 0],
        ValueError,
        r"y must not have missing values, got y\[2\] = No",
    ),
    "NaN among counts": ([1, 0, np.nan, 0, 1, 0], ValueError, r"y must be finite, got y\[2\] = nan: drop"),
    "NA among counts": (
        pd.array([1, None, 0, 0, 1, 0]),
        ValueError,
        r"y must .*, got y\[1\] = (nan|<NA>): drop",
    ),
    "NaT": (np.array([1, pd.NaT, 0, 0, 1, 0], object), ValueError, r"missing values, got y\[1\] = NaT: drop"),
    "masked": (
        np.ma.array(Y, mask=Y == 1),
        ValueError,
        r"missing values, got y\[1\] = masked, and 2 more: drop",
    ),
}


@pytest.mark.parametrize("case", BAD_COUNTS)
def test_counts_as_responses(case):
    bad, error, message = BAD_COUNTS[case]
    with pytest.raises(error, match=message):
        PolyaGammaNegativeBinomial(X, bad)


BAD_EXPOSURES = {
    "zero": (0, ValueError, r"exposure must be positive, got 0 in row 0: drop rows without exposure"),
    "a zero": (Y, ValueError, "exposure must be positive, got 0 in row 0: drop rows without exposure"),
    "negative": ([1, 1, -2.5, 1, 1, 1], ValueError, r"exposure must be positive, got -2\.5 in row 2: drop"),
    "minus zero": (-0.0, ValueError, "exposure must be positive, got -0 in row 0: drop"),
    "NaN": (np.nan, ValueError, r"exposure must be finite, got exposure = nan: drop"),
    "a NaN": ([1, 1, 1, np.nan, 1, 1], ValueError, r"exposure must be finite, got exposure\[3\] = nan: drop"),
    "infinite": (
        [np.inf] * 6,
        ValueError,
        r"exposure must be finite, got exposure\[0\] = inf, and 5 more: drop",
    ),
    "None": ([1, None, 1, 1, 1, 1], ValueError, r"exposure must not have missing values, got exposure\[1\]"),
    "text": ("a year", TypeError, f"exposure {REAL}, got str 'a year'"),
    "a text": (
        np.array([1, "1", 1, 1, 1, 1], object),
        TypeError,
        rf"exposure {REAL}.* got exposure\[1\] = '1'",
    ),
    "complex": (1j, TypeError, f"exposure {REAL}"),
    "a column": (np.ones((6, 1)), ValueError, r"got shape \(6, 1\): pass numpy\.ravel\(exposure\)"),
    "a frame": (pd.DataFrame({"t": np.ones(6)}), ValueError, r"got shape \(6, 1\): pass numpy\.ravel\(exp"),
    "short": (np.ones(5), ValueError, r"exposure must be one number or have shape \(6,\).*: pass 6 values"),
    "empty": ([], ValueError, r"got shape \(0,\): pass 6 values"),
    "ragged": (RAGGED, TypeError, "exposure must be an array, or nested lists"),
    "categories": (pd.Categorical([1, 2] * 3), TypeError, "exposure must hold real numbers, got categories"),
    "a dict": ({"a": 1}, TypeError, f"exposure {REAL}"),
}


@pytest.fixture(scope="module")
def fitted_counts():
    model = PolyaGammaNegativeBinomial(X, Y)
    return model, model.sample(**SHORT)


@pytest.mark.parametrize("case", BAD_EXPOSURES)
def test_exposures(case, fitted_counts):
    """Of the rows of a model, and of new rows."""
    bad, error, message = BAD_EXPOSURES[case]
    model, idata = fitted_counts
    for use in (
        lambda: PolyaGammaNegativeBinomial(X, Y, exposure=bad),
        lambda: model.predict(idata, X, exposure=bad),
        lambda: model.predict_draws(idata, X, exposure=bad),
        lambda: model.predict_exceedance(idata, X, 1, exposure=bad),
        lambda: model.sample_posterior_predictive(idata, X, exposure=bad),
    ):
        with pytest.raises(error, match=message):
            use()


OF_PRIORS = "must be Gamma, InverseGamma, HalfNormal or a positive number, got"
BAD_DISPERSIONS = {
    "zero": (0, ValueError, "dispersion_prior must be positive, got 0: pass a number above 0"),
    "negative": (-1.5, ValueError, r"dispersion_prior must be positive, got -1\.5"),
    "NaN": (np.nan, ValueError, "dispersion_prior must be finite, got dispersion_prior = nan"),
    "infinite": (np.inf, ValueError, "dispersion_prior must be finite"),
    "small": (1e-200, ValueError, r"dispersion_prior must be from 1e-100 to 1e\+100, got 1e-200"),
    "large": (1e200, ValueError, r"dispersion_prior must be from 1e-100 to 1e\+100, got 1e\+200"),
    "text": ("1", TypeError, f"dispersion_prior {OF_PRIORS} str '1': pass"),
    "true": (True, TypeError, f"dispersion_prior {OF_PRIORS} bool True"),
    "a list": ([1.0], TypeError, rf"dispersion_prior {OF_PRIORS} list \[1\.0\]"),
    "an array": (np.array(2.0), TypeError, f"dispersion_prior {OF_PRIORS} ndarray array"),
    "complex": (2 + 0j, TypeError, f"dispersion_prior {OF_PRIORS} complex"),
    "a class": (HalfNormal, TypeError, f"dispersion_prior {OF_PRIORS} type <class"),
    "another prior": (Normal(0, 1), TypeError, rf"dispersion_prior {OF_PRIORS} Normal Normal\(mu=0"),
    "a law of SciPy": (halfnorm(), TypeError, f"dispersion_prior {OF_PRIORS} rv_continuous_frozen"),
}
BAD_PARAMETERS = {
    "zero": (0, ValueError, "{0} must be positive, got 0: pass a number above 0"),
    "negative": (-1, ValueError, "{0} must be positive, got -1"),
    "NaN": (np.nan, ValueError, "{0} must be finite, got {0} = nan"),
    "infinite": (np.inf, ValueError, "{0} must be finite, got {0} = inf"),
    "small": (1e-101, ValueError, r"{0} must be from 1e-100 to 1e\+100, got 1e-101: pass one that says"),
    "large": (1e101, ValueError, r"{0} must be from 1e-100 to 1e\+100, got 1e\+101"),
    "integer": (10**101, ValueError, r"{0} must be from 1e-100 to 1e\+100, got 1e\+101"),
    "true": (True, TypeError, "{0} must be one number, got True"),
    "a list": ([1.0], TypeError, r"{0} must be one number, got \[1\.0\]: pass float\({0}\)"),
    "two": (np.ones(2), TypeError, r"{0} must be one number, got array"),
    "text": ("1", TypeError, "{0} must be a real number"),
    "None": (None, TypeError, "{0} must be a real number"),
    "complex": (1j, TypeError, "{0} must be a real number"),
}
PARAMETERS = {
    "sigma": HalfNormal,
    "shape": lambda value: Gamma(value, 1),
    "rate": lambda value: Gamma(1, value),
    "shape of 1/r": lambda value: InverseGamma(value, 1),
    "scale": lambda value: InverseGamma(1, value),
}


@pytest.mark.parametrize("case", BAD_DISPERSIONS)
def test_priors_of_the_dispersion(case):
    bad, error, message = BAD_DISPERSIONS[case]
    with pytest.raises(error, match=message):
        PolyaGammaNegativeBinomial(X, Y, dispersion_prior=bad)


@pytest.mark.parametrize("case", BAD_PARAMETERS)
@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_of_priors_of_the_dispersion(name, case):
    bad, error, message = BAD_PARAMETERS[case]
    with pytest.raises(error, match=message.replace("{0}", name.split()[0])):
        PARAMETERS[name](bad)


@pytest.mark.parametrize("value", [np.float32(2), np.float64(2), np.array(2.0), np.int8(2), 2, 2.0])
def test_numbers_of_any_type_are_parameters(value):
    """Kept as numbers: an array may change."""
    prior = HalfNormal(value)
    assert (prior, repr(prior).rstrip("0.)")) == (HalfNormal(2), "HalfNormal(sigma=2")
    if isinstance(value, np.ndarray):
        value[...] = 5
        assert prior.sigma == 2


BAD_STARTS = {
    "no r": ({"intercept": 0, "beta": [0, 0]}, ValueError, r"initvals must have 'r', got \['beta', 'interc"),
    "r alone": ({"r": 1}, ValueError, r"initvals must have the keys \['intercept', 'beta'\]"),
    "alpha": (
        {"intercept": 0, "beta": [0, 0], "r": 1, "alpha": 1},
        ValueError,
        "initvals must have the keys",
    ),
    "zero": (
        {"intercept": 0, "beta": [0, 0], "r": 0},
        ValueError,
        r"initvals\['r'\] must be positive, got 0",
    ),
    "negative": ({"intercept": 0, "beta": [0, 0], "r": [1, -1]}, ValueError, r"must be positive, got -1"),
    "NaN": ({"intercept": 0, "beta": [0, 0], "r": np.nan}, ValueError, r"initvals\['r'\] must be finite"),
    "text": ({"intercept": 0, "beta": [0, 0], "r": "1"}, TypeError, r"initvals\['r'\] must be a real number"),
    "shape": (
        {"intercept": 0, "beta": [0, 0], "r": [1, 1, 1]},
        ValueError,
        r"initvals\['r'\] must have shape",
    ),
    "a list": ([0, 0, 1], TypeError, "initvals must be a mapping"),
    "text alone": ("r", TypeError, "initvals must be a mapping"),
    "empty": ({}, ValueError, "initvals must have 'r', got"),
}


@pytest.mark.parametrize("case", BAD_STARTS)
def test_starts_of_counts(case, fitted_counts):
    bad, error, message = BAD_STARTS[case]
    for use in (fitted_counts[0].sample, fitted_counts[0].iter_draws):
        with pytest.raises(error, match=message):
            use(chains=2, tune=3, random_seed=1, initvals=bad)


BAD_PREDICTIONS = {
    "other columns": (lambda m, t: m.predict(t, X[:, :1]), ValueError, "X_new must have 2 columns, one for"),
    "a row": (
        lambda m, t: m.predict(t, X[0]),
        ValueError,
        r"X_new must be 2-D .*reshape\(1, -1\) for one row",
    ),
    "NaN": (lambda m, t: m.predict(t, X * np.nan), ValueError, "X_new must be finite"),
    "None": (lambda m, t: m.predict(t, None), ValueError, "X_new must not have missing values"),
    "no rows": (lambda m, t: m.predict(t, X[:0]), ValueError, "X_new must have at least one row"),
    "count": (lambda m, t: m.predict_exceedance(t, X, -1), ValueError, "count must be at least 0, got -1"),
    "half a count": (
        lambda m, t: m.predict_exceedance(t, X, 0.5),
        TypeError,
        "count must be an integer, got",
    ),
    "large count": (
        lambda m, t: m.predict_exceedance(t, X, 2**64),
        ValueError,
        "count must be at most 10+, got",
    ),
    "largest": (lambda m, t: m.rootogram(t, largest=-1), ValueError, "largest must be at least 0, got -1"),
    "any largest": (lambda m, t: m.rootogram(t, largest=10**12), MemoryError, "pass a smaller largest"),
    "text": (lambda m, t: m.rootogram(t, largest="5"), TypeError, "largest must be an integer, got '5'"),
    "no draws": (lambda m, t: m.rootogram(t, draws=0), ValueError, "draws must be at least 1, got 0"),
    "offset": (lambda m, t: m.predict(t, X, offset=1e13), ValueError, r"offset must be at most 1e\+12"),
    "no trials": (lambda m, t: m.predict(t, X, trials=3), TypeError, "trials"),
}


@pytest.mark.parametrize("case", BAD_PREDICTIONS)
def test_predictions_of_counts(case, fitted_counts):
    use, error, message = BAD_PREDICTIONS[case]
    with pytest.raises(error, match=message):
        use(*fitted_counts)


OF_CLASSES = {"multinomial": PolyaGammaMultinomial, "sequential": PolyaGammaSequential}
OF_TABLES = {"one-hot", "two columns", "of a square"}  # which may be counts, or have other words


@pytest.mark.parametrize("model", OF_CLASSES)
@pytest.mark.parametrize("case", [case for case in BAD_Y if case not in OF_TABLES])
def test_responses_of_several_classes(case, model):
    bad, error, message = BAD_Y[case]
    with pytest.raises(error, match=message):
        OF_CLASSES[model](X, bad)


@pytest.mark.parametrize("model", OF_CLASSES)
@pytest.mark.parametrize("case", BAD_X)
def test_predictors_of_several_classes(case, model):
    bad, error, message = BAD_X[case]
    with pytest.raises(error, match=message):
        OF_CLASSES[model](bad, Y)


@pytest.mark.parametrize("model", OF_CLASSES)
@pytest.mark.parametrize("case", TABLES)
def test_tables_that_are_not_read_among_several_classes(case, model):
    table, cure = TABLES[case]
    with pytest.raises(
        TypeError, match=f"X must be an array or a data frame in memory, .*: pass X.{cure[:-2]}"
    ):
        OF_CLASSES[model](table, Y)
    for name in ("y", "offset"):
        if case in ("lazy frame", "dataset"):
            with pytest.raises(TypeError, match=rf"^{name} must be .*: pass {name}\.{cure[:-2]}"):
                OF_CLASSES[model](X, **{"y": Y, name: table})


@pytest.mark.parametrize("name", ["weights", "offset", "trials"])
@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (np.ones((6, 1)), ValueError, r"got shape \(6, 1\): pass numpy\.ravel\({0}\)"),
        (pd.DataFrame({"w": np.ones(6)}), ValueError, r"got shape \(6, 1\): pass numpy\.ravel\({0}\)"),
        (np.ones(5), ValueError, r"got shape \(5,\): pass 6 values"),
        (np.ones((2, 3)), ValueError, r"got shape \(2, 3\): pass 6 values"),
        (RAGGED, TypeError, "{0} must be an array, or nested lists"),
        ("a", TypeError, "{0} must be a real number or an array of real numbers.*: convert"),
        ({"a": 1}, TypeError, "{0} must be a real number or an array of real numbers.*: convert"),
        (["1"] * 5 + ["b"], TypeError, "{0} must be a real number or an array of real numbers.*: convert"),
        (1j, TypeError, "{0} must be a real number or an array of real numbers.*: convert"),
        (np.full(6, "2026-01-01", "M8[D]"), TypeError, "{0} must be a real number or an array.*: convert"),
        ([1, 1, np.nan, 1, 1, 1], ValueError, r"{0} must be finite, got {0}\[2\] = nan: drop"),
    ],
)
def test_values_of_rows(name, bad, error, message):
    for make in (CLASSIFIERS if name == "trials" else MODELS).values():
        with pytest.raises(error, match=message.replace("{0}", name)):
            make(X, Y, **{name: bad})


ALMOST = {
    "just above": (3.0000001, 3, r"from 0 to trials\[0\] = 3, got y\[0\] = 3\.0000001: correct"),
    "just below": (2.9999999, 3, r"got y\[0\] = 2\.9999999: correct"),
    "a last digit": (np.nextafter(3, 4), 3, r"got y\[0\] = 3\.0000000000000004: correct"),
    "large": (10**7 + 1, 10**7, r"= 10000000, got y\[0\] = 10000001: correct"),
    "fraction of a million": (1234567.5, 10**7, r"got y\[0\] = 1234567\.5: correct"),
    "tiny": (1e-9, 1, r"got y\[0\] = 1e-09: correct"),
}


@pytest.mark.parametrize("case", ALMOST)
def test_counts_are_told_to_the_last_digit(case):
    y, trials, message = ALMOST[case]
    for make in CLASSIFIERS.values():
        with pytest.raises(ValueError, match=message):
            make(X, np.full(6, y), trials=trials)
    if y != round(y):
        with pytest.raises(ValueError, match=rf"trials must be positive integers, got trials\[0\] = {y}"):
            PolyaGammaLogistic(X, Y, trials=y)
        with pytest.raises(ValueError, match=rf"y must be counts, which are whole numbers, got {y} in row 0"):
            PoissonLikelihood.check(np.full(6, y), None, None, 6)


MODEL = PolyaGammaLogistic(X, Y)
TRACE = MODEL.sample(**SHORT)
sample = partial(MODEL.sample, **SHORT)
SETTINGS = {
    "names as text": (partial(sample, var_names="beta"), TypeError, r"got 'beta': pass \['beta'\]"),
    "names as a number": (partial(sample, var_names=3), TypeError, "var_names must be a list .*got 3: pass"),
    "names that are none": (partial(sample, var_names=[1]), TypeError, r"got \[1\]: pass strings"),
    "nested names": (partial(sample, var_names=[["beta"]]), TypeError, r"got \[\['beta'\]\]: pass strings"),
    "unknown names": (
        partial(sample, var_names=["b"]),
        ValueError,
        r"got \['b'\]: pass one of these at least",
    ),
    "no names": (partial(sample, var_names=[]), ValueError, r"got \[\]: pass one of these at least"),
    "initvals as a list": (partial(sample, initvals=[0, 0]), TypeError, r"got \[0, 0\]: pass a dict"),
    "initvals as a number": (partial(sample, initvals=0.0), TypeError, r"got 0\.0: pass a dict"),
    "initvals of some": (
        partial(sample, initvals={"beta": 0}),
        ValueError,
        "pass all of them, and no others",
    ),
    "initvals of shape": (
        partial(sample, initvals={"beta": np.zeros((2, 3)), "intercept": 0}),
        ValueError,
        r"initvals\['beta'\] must have shape .*got shape \(2, 3\): pass",
    ),
    "initvals as text": (
        partial(sample, initvals={"beta": "a", "intercept": 0}),
        TypeError,
        r"initvals\['beta'\] must be a real number",
    ),
    "kernel object": (partial(sample, kernel=RBF(1.0)), ValueError, "kernel must be one of .*RBF.*: pass"),
    "kernel array": (partial(sample, kernel=np.ones(2)), ValueError, "kernel must be one of .*array.*: pass"),
    "kernel of none": (partial(sample, kernel=None), ValueError, "kernel must be one of .*None: pass"),
    "seed": (partial(sample, random_seed="one"), TypeError, "random_seed must be .*'one': pass an int"),
    "long seed": (partial(sample, random_seed=["a"] * 99), TypeError, r"\.\.\.: pass an int"),
    "callback": (partial(sample, callback=3), TypeError, "callback must be callable, got 3: pass a function"),
    "callback text": (partial(sample, callback="stop"), TypeError, "callback must be callable, got 'stop'"),
    "callback of extend": (
        lambda: MODEL.extend(TRACE, 3, callback=[]),
        TypeError,
        r"callback must be callable, got \[\]",
    ),
    "callback of resume": (
        lambda: MODEL.resume("nowhere", callback=1),
        TypeError,
        "callback must be callable, got 1",
    ),
    "until": (
        lambda: MODEL.iter_draws(until=100),
        TypeError,
        "until must be callable, got 100: pass a function",
    ),
    "feature names as text": (
        lambda: PolyaGammaLogistic(X, Y, feature_names="ab"),
        TypeError,
        "feature_names must be a list of names, got str 'ab': pass a list",
    ),
    "feature names as a number": (
        lambda: PolyaGammaLogistic(X, Y, feature_names=2),
        TypeError,
        "feature_names must be a list of names, got int 2: pass a list",
    ),
    "one feature name": (
        lambda: PolyaGammaLogistic(X, Y, feature_names=["a"]),
        ValueError,
        "for each of the 2 columns of X, got 1: pass as many",
    ),
    "set of feature names": (
        lambda: PolyaGammaLogistic(X, Y, feature_names={"a", "b"}),
        TypeError,
        "feature_names must be a list of names, got set .*: pass a list",
    ),
    "truth of an intercept": (
        lambda: PolyaGammaLogistic(X, Y, intercept="no"),
        TypeError,
        "intercept must be True or False, got 'no': pass one of the two",
    ),
    "truth of a sampled kernel": (
        lambda: PolyaGammaGP(X, Y, RBF(1.0), sample_kernel="False"),
        TypeError,
        "sample_kernel must be True or False, got 'False'",
    ),
    "truth of an optimum": (
        lambda: PolyaGammaGP(X, Y, RBF(1.0), optimize=None),
        TypeError,
        "optimize must be True or False, got None",
    ),
    "truth of a likelihood": (
        partial(sample, compute_log_likelihood="no"),
        TypeError,
        "compute_log_likelihood must be True or False, got 'no'",
    ),
    "truth of a warm-up": (
        partial(sample, discard_tuned_samples=np.ones(2)),
        TypeError,
        "discard_tuned_samples must be True or False, got array",
    ),
    "one new row": (
        lambda: MODEL.predict_proba(TRACE, [1.0, 2.0]),
        ValueError,
        r"X_new must be 2-D .*, numpy\.asarray\(X_new\)\.reshape\(1, -1\) for one row",
    ),
    "offset of three classes": (
        lambda: PolyaGammaGP(X, [0, 1, 2] * 2, RBF(1.0), offset=1.0),
        ValueError,
        "offset needs two classes or trials, got 3 classes in y: drop it",
    ),
    "no classes": (
        lambda: PolyaGammaGP(X, X[:, 0], RBF(1.0)),
        ValueError,
        "y must hold labels, got 6 numbers that are not whole: .* pass for example y > 0",
    ),
    "weights of an estimator": (
        lambda: PolyaGammaClassifier().fit(X, Y, sample_weight=[1, 2]),
        ValueError,
        r"sample_weight must be one number or have shape \(6,\).*: pass 6 values",
    ),
    "weights of an estimator as text": (
        lambda: PolyaGammaClassifier().fit(X, Y, sample_weight="a"),
        TypeError,
        "sample_weight must be a real number or an array",
    ),
    "ragged rows of an estimator": (
        lambda: PolyaGammaClassifier().fit(RAGGED, Y),
        TypeError,
        "X must be an array, or nested lists .*: correct the rows",
    ),
    "prior": (
        lambda: PolyaGammaLogistic(X, Y, prior=FRAME),
        TypeError,
        r"prior must be .*got .*: pass for ex",
    ),
    "prior of three": (
        lambda: PolyaGammaLogistic(X, Y, prior=Normal(0, [1, 2, 3])),
        ValueError,
        r"prior\.sigma must be one number .*got shape \(3,\): pass 2 values",
    ),
    "prior as a column": (
        lambda: PolyaGammaLogistic(X, Y, prior=Normal(0, [[1], [2]])),
        ValueError,
        r"got shape \(2, 1\): pass numpy\.ravel\(prior\.sigma\)",
    ),
    "ragged prior": (
        lambda: PolyaGammaLogistic(X, Y, prior=Normal(0, [[1], [2, 3]])),
        TypeError,
        r"prior\.sigma must be an array, or nested lists",
    ),
    "approximation": (
        lambda: PolyaGammaGP(X, Y, RBF(1.0), approximation=1),
        ValueError,
        r"approximation must be one of \['fitc', 'dtc'\], got 1: pass",
    ),
    "jitter": (
        lambda: PolyaGammaGP(X, Y, RBF(1.0), jitter=-1e-7),
        ValueError,
        r"jitter must be at least 0, got -1e-07: pass abs",
    ),
    "ragged variates": (lambda: random_polyagamma(RAGGED), TypeError, "h must be an array, or nested lists"),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings(case):
    call, error, message = SETTINGS[case]
    with pytest.raises(error, match=message):
        call()


FOLDERS = {
    "empty": ("", ValueError, "must name a folder, got '': pass for example"),
    "blank": (" ", ValueError, "must name a folder, got ' ': pass for example"),
    "NUL": ("a\0b", ValueError, r"must name a folder, got 'a\\x00b': pass for example"),
    "bytes": (b"run", TypeError, r"must be a path of text, got b'run': pass os\.fsdecode"),
    "a number": (3, TypeError, "must be a path, got 3: pass a str or pathlib.Path"),
    "a truth": (True, TypeError, "must be a path, got True: pass a str or pathlib.Path"),
    "a list": (["run"], TypeError, r"must be a path, got \['run'\]: pass a str or pathlib.Path"),
    "a frame": (FRAME, TypeError, "must be a path, got .*: pass a str or pathlib.Path"),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_folders(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder, error, message = FOLDERS[case]
    with pytest.raises(error, match=f"^checkpoint {message}"):
        sample(checkpoint=folder)
    with pytest.raises(error, match=f"^checkpoint {message}"):
        MODEL.resume(folder)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("model", CLASSIFIERS)
@pytest.mark.parametrize("more", [{"offset": 1.0}, {"trials": 3}, {"trials": 1}, {"offset": np.ones(6)}])
def test_rows_of_the_model_have_their_offsets_and_trials(more, model):
    fitted = MODELS[model](X, Y)
    (name,) = more
    with pytest.raises(ValueError, match=rf"^{name} needs X_new, got {name}.*: .*drop {name}"):
        fitted.sample_posterior_predictive(fitted.sample(**SHORT), **more)


IMPORTS = {
    "xarray": ("PolyaGammaLogistic", "PolyaGammaLogistic needs xarray: pip install 'xarray'"),
    "pandas": ("PolyaGammaGP", "PolyaGammaGP needs pandas: pip install 'pandas'"),
    "threadpoolctl": ("PolyaGammaGP", "PolyaGammaGP needs threadpoolctl: pip install 'threadpoolctl>=3.1'"),
    "sklearn": ("sklearn", "polyagamma.sklearn needs scikit-learn: pip install 'polyagamma-gibbs[sklearn]'"),
}


@pytest.mark.parametrize("package", IMPORTS)
def test_packages_that_are_missing(package):
    name, message = IMPORTS[package]
    lines = f"import sys; sys.modules[{package!r}] = None\nfrom polyagamma import {name}"
    result = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True)
    assert result.stderr.splitlines()[-1] == f"ImportError: {message}"


def test_packages_that_a_run_needs(monkeypatch, tmp_path):
    for package, arguments, message in (
        ("rich", {"progressbar": True}, r"rich: pip install 'rich>=13', or pass progressbar=False"),
        ("zarr", {"checkpoint": tmp_path / "run"}, r"zarr: pip install 'polyagamma-gibbs\[zarr\]'"),
    ):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(ImportError, match=message):
            MODEL.sample(**SHORT | arguments)
        monkeypatch.undo()
