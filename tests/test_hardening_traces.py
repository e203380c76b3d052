"""A trace is used by the model that it is of: others are refused, parts of it are welcome."""

import copy
import pickle
from functools import cache

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from every_model import (
    CLASSES,
    COUNTS,
    FIXED,
    KERNEL,
    MODELS,
    OWN_KERNEL,
    TABLE,
    TRIALS,
    X,
    Y,
    every_model,
    new_rows,
)
from scipy.stats import norm
from sklearn.gaussian_process.kernels import RBF, Matern, WhiteKernel
from trace_groups import posterior_of

from polyagamma import (
    Gamma,
    HalfNormal,
    HilbertBasis,
    InverseGamma,
    MvNormal,
    Normal,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
    ResumeError,
    Ridge,
)
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"draws": 6, "tune": 9, "chains": 2, "random_seed": 5, "progressbar": False}
NEW = np.array([[0.3, -0.2], [1.5, 0.4]])
LABELS = np.array(["a", "b", "c"])
POINTS, TEN = X[:5], np.random.default_rng(3).standard_normal((24, 10))
NAMES = [f"n{j}" for j in range(10)]


@cache
def run(kind):
    """Return the trace of a model; f among its variables."""
    model = MODELS[kind]
    return model.sample(**SETTINGS, var_names=model._specification.parameters + f_on_request(model))


def f_on_request(model):
    return [name for name in model._specification.on_request if name == "f"]


def predict(model):
    """Return the method that averages over the draws."""
    return getattr(model, "predict_proba", None) or model.predict


def uses(model, idata, new):
    """Return all uses of a trace, by name."""
    found = {
        "predict": lambda: predict(model)(idata, new),
        "predict_draws": lambda: model.predict_draws(idata, new),
        "posterior predictive": lambda: model.sample_posterior_predictive(idata),
        "posterior predictive of new rows": lambda: model.sample_posterior_predictive(idata, new),
    }
    if isinstance(model, PolyaGammaNegativeBinomial):
        found["predict_exceedance"] = lambda: model.predict_exceedance(idata, new, 2)
        found["rootogram"] = lambda: model.rootogram(idata)
    if isinstance(model, PolyaGammaGP):
        found["predict_f"] = lambda: model.predict_f(idata, new)
        found["add_predictions"] = lambda: model.add_predictions(idata, new)
    return found


def assert_refused(model, idata, match, error=ValueError):
    """All uses but `extend`, which looks at the sampler's state first."""
    new = np.resize(NEW, (2, len(model.feature_names)))
    for use in uses(model, idata, new).values():
        with pytest.raises(error, match=match):
            use()


def logistic(*arguments, **more):
    return lambda: PolyaGammaLogistic(*arguments, **more)


def counts(*arguments, **more):
    return lambda: PolyaGammaNegativeBinomial(*arguments, **more)


def process(*arguments, **more):
    return lambda: PolyaGammaGP(*arguments, **more)


EXPOSED = {"exposure": TRIALS}


def multinomial(*arguments, **more):
    return lambda: PolyaGammaMultinomial(*arguments, **more)


def sequential(*arguments, **more):
    return lambda: PolyaGammaSequential(*arguments, **more)


OTHER_X, OTHER_Y = X + np.array([0.1, 0.0]), 1 - Y
WEIGHTS = np.linspace(0.5, 1.5, 24)
SPARSE = {"inducing": POINTS}
ONES, BASELINE = np.ones((24, 3)), {"parametrization": "baseline"}
MIXED_UP = {  # a model, and others with the same variables
    "logistic": (
        logistic(X, Y),
        {
            "other X": logistic(OTHER_X, Y),
            "scaled X": logistic(2 * X, Y),
            "negative X": logistic(-X, Y),
            "X in another order": logistic(X[::-1], Y),
            "one number of X": logistic(np.where(np.arange(48).reshape(24, 2) == 7, 1.0, X), Y),
            "columns in another order": logistic(X[:, ::-1], Y),
            "fewer rows": logistic(X[:20], Y[:20]),
            "another fold": logistic(X[4:], Y[4:]),
            "more rows": logistic(np.r_[X, X[:1]], np.r_[Y, Y[:1]]),
            "other y": logistic(X, OTHER_Y),
            "one label": logistic(X, np.r_[OTHER_Y[:1], Y[1:]]),
            "other classes": logistic(X, np.array(["no", "yes"])[Y]),
            "classes by other numbers": logistic(X, Y + 1),
            "trials": logistic(X, COUNTS, trials=TRIALS),
            "weights": logistic(X, Y, weights=WEIGHTS),
            "offset": logistic(X, Y, offset=0.5),
            "prior": logistic(X, Y, prior=Normal(0, 1)),
            "joint prior": logistic(X, Y, prior=MvNormal(0, cov=np.eye(2))),
            "prior of the intercept": logistic(X, Y, intercept_prior=Normal(0, 1)),
            "prior with a scale": logistic(X, Y, prior=Ridge(0.7)),
            "no intercept": logistic(X, Y, intercept=False),
            "counts": counts(X, Y),
            "counts of a known dispersion": counts(X, Y, dispersion_prior=1),
            "other names": logistic(X, Y, feature_names=["a", "b"]),
            "names swapped": logistic(X, Y, feature_names=["x1", "x0"]),
        },
    ),
    "counts": (
        counts(X, COUNTS, **EXPOSED),
        {
            "other X": counts(OTHER_X, COUNTS, **EXPOSED),
            "columns in another order": counts(X[:, ::-1], COUNTS, **EXPOSED),
            "another fold": counts(X[4:], COUNTS[4:], exposure=TRIALS[4:]),
            "one count more": counts(X, COUNTS + (np.arange(24) == 5), **EXPOSED),
            "no exposure": counts(X, COUNTS),
            "other exposure": counts(X, COUNTS, exposure=TRIALS + 1),
            "exposure in other units": counts(X, COUNTS, exposure=TRIALS / 12),
            "exposure backwards": counts(X, COUNTS, exposure=TRIALS[::-1]),
            "exposure for an offset": counts(X, COUNTS, offset=TRIALS),
            "offset": counts(X, COUNTS, offset=0.5, **EXPOSED),
            "weights": counts(X, COUNTS, weights=WEIGHTS, **EXPOSED),
            "prior": counts(X, COUNTS, prior=Normal(0, 1), **EXPOSED),
            "prior of the intercept": counts(X, COUNTS, intercept_prior=Normal(0, 1), **EXPOSED),
            "prior of the dispersion": counts(X, COUNTS, dispersion_prior=HalfNormal(2), **EXPOSED),
            "gamma prior": counts(X, COUNTS, dispersion_prior=Gamma(1, 1), **EXPOSED),
            "inverse gamma prior": counts(X, COUNTS, dispersion_prior=InverseGamma(1, 1), **EXPOSED),
            "known dispersion": counts(X, COUNTS, dispersion_prior=1.0, **EXPOSED),
            "no intercept": counts(X, COUNTS, intercept=False, **EXPOSED),
            "other names": counts(X, COUNTS, feature_names=["a", "b"], **EXPOSED),
            "names swapped": counts(X, COUNTS, feature_names=["x1", "x0"], **EXPOSED),
            "logistic": logistic(X, Y),
            "binomial": logistic(X, COUNTS, trials=TRIALS),
        },
    ),
    "counts known": (
        counts(X, COUNTS, dispersion_prior=2.5),
        {
            "other dispersion": counts(X, COUNTS, dispersion_prior=2.6),
            "dispersion sampled": counts(X, COUNTS),
            "logistic": logistic(X, Y),
        },
    ),
    "gp": (
        process(X, Y, KERNEL),
        {
            "other X": process(OTHER_X, Y, KERNEL),
            "another fold": process(X[4:], Y[4:], KERNEL),
            "X in another order": process(X[::-1], Y, KERNEL),
            "other y": process(X, OTHER_Y, KERNEL),
            "other kernel": process(X, Y, 2.0 * Matern(1.0)),
            "smoother kernel": process(X, Y, 2.0 * Matern(1.0, nu=2.5)),
            "another start": process(X, Y, 3.0 * RBF(1.0)),
            "fixed kernel": process(X, Y, KERNEL, **FIXED),
            "mean": process(X, Y, KERNEL, mean=0.3),
            "function for a mean": process(X, Y, KERNEL, mean=lambda inputs: inputs[:, 0]),
            "jitter": process(X, Y, KERNEL, jitter=1e-5),
            "kernel_prior": process(X, Y, KERNEL, kernel_prior={"length_scale": norm(0, 0.5)}),
            "weights": process(X, Y, KERNEL, weights=WEIGHTS),
            "offset": process(X, Y, KERNEL, offset=0.5),
            "trials": process(X, COUNTS, KERNEL, trials=TRIALS),
            "other classes": process(X, np.array(["no", "yes"])[Y], KERNEL),
            "names": process(X, Y, KERNEL, feature_names=["a", "b"]),
        },
    ),
    "gp fixed": (
        process(X, Y, KERNEL, **FIXED),
        {
            "other kernel": process(X, Y, 2.0 * RBF(1.1), **FIXED),
            "a little other kernel": process(X, Y, 2.0 * RBF(1.0 + 1e-9), **FIXED),
            "python's kernel": process(X, Y, OWN_KERNEL, **FIXED),
            "noise": process(X, Y, KERNEL + WhiteKernel(0.1), **FIXED),
        },
    ),
    "classes": (
        process(X, LABELS[CLASSES], KERNEL),
        {
            "other classes": process(X, np.array(["a", "b", "d"])[CLASSES], KERNEL),
            "classes swapped": process(X, LABELS[2 - CLASSES], KERNEL),
            "numbers for classes": process(X, CLASSES, KERNEL),
            "other X": process(OTHER_X, LABELS[CLASSES], KERNEL),
            "two of them": process(X, LABELS[np.minimum(CLASSES, 1)], KERNEL),
            "four of them": process(X, np.r_[["d"], LABELS[CLASSES[1:]]], KERNEL),
        },
    ),
    "multinomial": (
        multinomial(X, LABELS[CLASSES]),
        {
            "other classes": multinomial(X, np.array(["a", "b", "d"])[CLASSES]),
            "classes swapped": multinomial(X, LABELS[2 - CLASSES]),
            "numbers for classes": multinomial(X, CLASSES),
            "two of them": multinomial(X, LABELS[np.minimum(CLASSES, 1)]),
            "other X": multinomial(OTHER_X, LABELS[CLASSES]),
            "another fold": multinomial(X[4:], LABELS[CLASSES[4:]]),
            "baseline": multinomial(X, LABELS[CLASSES], **BASELINE),
            "weights": multinomial(X, LABELS[CLASSES], weights=WEIGHTS),
            "offset": multinomial(X, LABELS[CLASSES], offset=ONES * [0, 0, 0.5]),
            "prior": multinomial(X, LABELS[CLASSES], prior=Normal(0, 1)),
            "prior of the intercept": multinomial(X, LABELS[CLASSES], intercept_prior=Normal(0, 1)),
            "no intercept": multinomial(X, LABELS[CLASSES], intercept=False),
            "counts": multinomial(X, pd.DataFrame(TABLE, columns=LABELS)),
            "sequential": sequential(X, LABELS[CLASSES]),
            "process": process(X, LABELS[CLASSES], KERNEL),
        },
    ),
    "multinomial table": (
        multinomial(X, TABLE, **BASELINE, baseline=1),
        {
            "another baseline": multinomial(X, TABLE, **BASELINE, baseline=2),
            "the first baseline": multinomial(X, TABLE, **BASELINE),
            "symmetric": multinomial(X, TABLE),
            "one count": multinomial(X, TABLE + (np.arange(72).reshape(24, 3) == 7), **BASELINE, baseline=1),
            "counts swapped": multinomial(X, TABLE[:, ::-1], **BASELINE, baseline=1),
            "names": multinomial(X, pd.DataFrame(TABLE, columns=LABELS), **BASELINE, baseline="b"),
        },
    ),
    "sequential": (
        sequential(X, CLASSES, classes=[0, 1, 2]),
        {
            "backwards": sequential(X, CLASSES, classes=[2, 1, 0]),
            "the last two swapped": sequential(X, CLASSES, classes=[0, 2, 1]),
            "the last swapped for one that does not occur": sequential(X, CLASSES, classes=[0, 1, 2, 3]),
            "offset": sequential(X, CLASSES, offset=0.1),
            "offset of one": sequential(X, CLASSES, offset=ONES[:, :2] * [0, 0.1]),
            "multinomial": multinomial(X, CLASSES, **BASELINE, baseline=2),
        },
    ),
    "fitc": (
        process(X, Y, KERNEL, **SPARSE),
        {
            "other points": process(X, Y, KERNEL, inducing=POINTS + 0.1),
            "points in another order": process(X, Y, KERNEL, inducing=POINTS[::-1]),
            "more points": process(X, Y, KERNEL, inducing=X[:6]),
            "dtc": process(X, Y, KERNEL, approximation="dtc", **SPARSE),
            "other X": process(OTHER_X, Y, KERNEL, **SPARSE),
            "another fold": process(X[4:], Y[4:], KERNEL, **SPARSE),
            "other y": process(X, OTHER_Y, KERNEL, **SPARSE),
            "full": process(X, Y, KERNEL),
        },
    ),
    "hilbert": (
        process(X, Y, KERNEL, inducing=HilbertBasis(3)),
        {
            "wider box": process(X, Y, KERNEL, inducing=HilbertBasis(3, 1.6)),
            "more functions": process(X, Y, KERNEL, inducing=HilbertBasis(4)),
            "box of other inputs": process(2 * X, Y, KERNEL, inducing=HilbertBasis(3)),
            "as many points": process(X, Y, KERNEL, inducing=X[:9]),
        },
    ),
}
PAIRS = [(kind, other) for kind, (_, others) in MIXED_UP.items() for other in others]


@cache
def own(kind):
    model = MIXED_UP[kind][0]()
    return model, model.sample(**SETTINGS, var_names=model._specification.parameters + f_on_request(model))


@pytest.mark.parametrize(("kind", "other"), PAIRS)
def test_the_trace_of_another_model_is_refused(kind, other):
    model, idata = MIXED_UP[kind][1][other](), own(kind)[1]
    assert_refused(model, idata, "idata (must|has no)", (ValueError, KeyError))
    with pytest.raises(ResumeError, match="made by a model with other data or another prior"):
        model.extend(idata, 2, progressbar=False)


@pytest.mark.parametrize("kind", MIXED_UP)
def test_the_same_model_made_again_takes_the_trace(kind):
    model, idata = MIXED_UP[kind][0](), own(kind)[1]
    for use in uses(model, idata, NEW).values():
        use()
    longer = model.extend(idata, 2, progressbar=False)
    assert longer.posterior.sizes["draw"] == 8


def test_labels_of_other_types_are_the_same_classes():
    idata = own("logistic")[1]
    for labels in (Y.astype(bool), Y.astype(float), Y.astype(np.int8)):
        assert PolyaGammaLogistic(X, labels).predict_proba(idata, NEW).shape == (2, 2)


THIRDS = np.arange(24) % 3
KINDS_OF_LABELS = {
    "texts": LABELS[THIRDS],
    "texts as objects": LABELS.astype(object)[THIRDS],
    "texts of pandas": pd.array(LABELS[THIRDS], dtype="string"),
    "categories": pd.Categorical(LABELS[THIRDS]),
    "bytes": np.array([b"a", b"b", b"c"])[THIRDS],
    "dates": np.array(["2020-01-01", "2021-01-01", "2022-01-01"], dtype="M8[D]")[THIRDS],
    "times": np.array([1, 2, 3], dtype="m8[s]")[THIRDS],
    "small integers": THIRDS.astype(np.int8),
    "large integers": THIRDS + 2**60,
    "floats": THIRDS.astype(float),
}


@pytest.mark.parametrize("labels", KINDS_OF_LABELS)
def test_classes_of_any_type_are_known_again(labels):
    y = KINDS_OF_LABELS[labels]
    first, again = (PolyaGammaGP(X, y, KERNEL) for _ in range(2))
    idata = first.sample(**SETTINGS)
    assert again.predict_proba(idata, NEW).shape == (2, 3)
    assert again.extend(idata, 2, progressbar=False).posterior.sizes["draw"] == 8
    other = PolyaGammaGP(X, y[::-1], KERNEL)
    with pytest.raises(ValueError, match="idata must be of this model"):
        other.predict_proba(idata, NEW)


def test_a_run_on_disk_is_of_columns_and_classes_too(tmp_path):
    own("logistic")[0].sample(**SETTINGS, checkpoint=tmp_path / "run")
    for other in ("other names", "names swapped", "other classes", "classes by other numbers"):
        with pytest.raises(ResumeError, match="made by a model with other data"):
            MIXED_UP["logistic"][1][other]().resume(tmp_path / "run", progressbar=False)


def test_integers_in_priors_are_the_same_numbers():
    first, again = (PolyaGammaLogistic(X, Y, prior=prior) for prior in (Normal(0, 1), Normal(0.0, 1.0)))
    assert again.predict_proba(first.sample(**SETTINGS), NEW).shape == (2, 2)
    near = PolyaGammaLogistic(X, Y, prior=Normal(0.01, 1.0))
    with pytest.raises(ValueError, match="other data or priors"):
        near.predict_proba(first.sample(**SETTINGS), NEW)


def test_the_message_says_what_differs():
    idata = own("gp")[1]
    with pytest.raises(ValueError, match=r"its process is FullProcess .*RBF.*, here FullProcess .*Matern"):
        MIXED_UP["gp"][1]["other kernel"]().predict_proba(idata, NEW)
    idata = own("logistic")[1]
    with pytest.raises(ValueError, match=r'its classes is \[0, 1\], here \["no", "yes"\]'):
        MIXED_UP["logistic"][1]["other classes"]().predict_proba(idata, NEW)
    with pytest.raises(
        ValueError, match=r"its prior is Normal\(.*, here Normal\(mu=0, sigma=1, .*other_data=True"
    ):
        MIXED_UP["logistic"][1]["prior"]().predict_proba(idata, NEW)


PARTS = {
    "one chain": lambda idata: idata.isel(chain=[1]),
    "chains in another order": lambda idata: idata.isel(chain=[1, 0]),
    "later draws": lambda idata: idata.sel(draw=slice(3, None)),
    "one draw": lambda idata: idata.isel(draw=[2]),
    "thinned": lambda idata: idata.isel(draw=slice(None, None, 2)),
    "stacked and unstacked": lambda idata: trace.with_groups(
        idata, {"posterior": posterior_of(idata).stack(sample=("chain", "draw")).unstack("sample")}
    ),
    "other order of dimensions": lambda idata: trace.with_groups(
        idata, {"posterior": posterior_of(idata).transpose("draw", ...)}
    ),
    "single precision": lambda idata: trace.with_groups(
        idata, {"posterior": posterior_of(idata).astype(np.float32)}
    ),
    "copied": copy.deepcopy,
    "pickled": lambda idata: pickle.loads(pickle.dumps(idata)),
    "posterior alone": lambda idata: trace.to_trace({"posterior": posterior_of(idata)}, {}),
    "DataTree": lambda idata: trace.to_datatree(trace.groups(idata), {}),
    "DataTree of the posterior": lambda idata: xr.DataTree.from_dict({"posterior": posterior_of(idata)}),
    "part of a DataTree": lambda idata: trace.to_datatree(trace.groups(idata), {}).isel(chain=[0]),
    "attributes of the whole alone": lambda idata: trace.to_trace(
        {"posterior": posterior_of(idata).drop_attrs()}, idata.attrs
    ),
    "runs joined by chains": lambda idata: xr.DataTree.from_dict(
        {"posterior": xr.concat([posterior_of(idata), posterior_of(idata)], "chain")}
    ),
    "more variables": lambda idata: trace.with_groups(
        idata, {"posterior": posterior_of(idata).assign(mine=idata.posterior["draw"] * 1.0)}
    ),
    "with predictions": lambda idata: trace.with_groups(idata, {"predictions": xr.Dataset()}),
}


@pytest.mark.parametrize("kind", ["logistic", "counts", "gp", "classes", "fitc", "multinomial", "sequential"])
@pytest.mark.parametrize("part", PARTS)
def test_parts_of_a_trace_predict(kind, part):
    model, idata = MODELS[kind], PARTS[part](run(kind))
    draws = model.predict_draws(idata, NEW)
    posterior = trace.groups(idata)["posterior"]
    assert {dim: draws.sizes[dim] for dim in trace.DRAWS} == {
        dim: posterior.sizes[dim] for dim in trace.DRAWS
    }
    assert np.isfinite(draws).all()
    assert np.isfinite(predict(model)(idata, NEW)).all()


def changed(change):
    return lambda idata: trace.with_groups(idata, {"posterior": change(posterior_of(idata))})


def poked(value, name=None):
    def poke(posterior):
        name_of_it = name or next(iter(posterior.data_vars))
        values = posterior[name_of_it].to_numpy().copy()
        values.flat[-1] = value
        return posterior.assign({name_of_it: (posterior[name_of_it].dims, values)})

    return changed(poke)


BROKEN = {
    "no draws": (lambda idata: idata.isel(draw=slice(0)), "must have draws"),
    "no chains": (lambda idata: idata.isel(chain=[]), "must have draws"),
    "no dimension chain": (lambda idata: idata.isel(chain=0), r"by a list, as in idata\.isel\(chain=\[0\]\)"),
    "no dimension draw": (lambda idata: idata.isel(draw=0), r"by a list, as in idata\.isel\(chain=\[0\]\)"),
    "means": (changed(lambda p: p.mean(("chain", "draw"), keep_attrs=True)), "with the dimensions"),
    "stacked": (changed(lambda p: p.stack(sample=("chain", "draw"))), "unstack what is stacked"),
    "one more dimension": (changed(lambda p: p.expand_dims("run")), "with the dimensions"),
    "renamed dimension": (changed(lambda p: p.rename(draw="sweep")), "with the dimensions"),
    "NaN": (poked(np.nan), "must have finite draws, got .*= nan"),
    "infinite": (poked(np.inf), "must have finite draws, got .*= inf"),
    "text": (changed(lambda p: p.astype(str)), "must have real numbers"),
    "complex": (changed(lambda p: p.astype(complex)), "must have real numbers"),
    "no attributes": (
        lambda idata: trace.to_trace({"posterior": posterior_of(idata).drop_attrs()}, {}),
        "must say which model it is of",
    ),
}


@pytest.mark.parametrize("kind", ["logistic", "counts", "gp", "classes", "fitc", "multinomial", "sequential"])
@pytest.mark.parametrize("fault", BROKEN)
def test_broken_traces_are_refused(kind, fault):
    breaks, match = BROKEN[fault]
    model, idata = MODELS[kind], breaks(run(kind))
    with pytest.raises(ValueError, match=f"idata .*{match}"):
        predict(model)(idata, NEW)
    with pytest.raises(ValueError, match=f"idata .*{match}"):
        model.sample_posterior_predictive(idata, NEW)
    if fault not in ("NaN", "infinite") or kind not in (
        "gp",
        "classes",
        "fitc",
    ):  # of variables that rows of the model need
        with pytest.raises(ValueError, match=f"idata .*{match}"):
            model.sample_posterior_predictive(idata)


SHORTENED = {
    "logistic": ("feature", "beta"),
    "counts": ("feature", "beta"),
    "gp": ("obs_id", "f"),
    "classes": ("class", "f"),
    "fitc": ("component", "v"),
    "multinomial": ("class", "beta"),
    "sequential": ("class", "beta"),
}


@pytest.mark.parametrize("kind", SHORTENED)
@pytest.mark.parametrize("how", ["dropped", "reversed", "relabelled", "doubled"])
def test_other_labels_are_refused(kind, how):
    dim, _ = SHORTENED[kind]
    change = {
        "dropped": lambda p: p.isel({dim: slice(1, None)}),
        "reversed": lambda p: p.isel({dim: slice(None, None, -1)}),
        "relabelled": lambda p: p.assign_coords({dim: [f"z{j}" for j in range(p.sizes[dim])]}),
        "doubled": lambda p: xr.concat([p, p], dim, data_vars="minimal"),
    }[how]
    idata = changed(change)(run(kind))
    with pytest.raises(ValueError, match=f"idata must be of this model, got '.*' whose {dim} is one of"):
        predict(MODELS[kind])(idata, NEW)
    with pytest.raises(ValueError, match=r"idata must have|idata must be of this model"):
        MODELS[kind].extend(idata, 2, progressbar=False)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_kernel_parameters_must_be_positive(value):
    with pytest.raises(ValueError, match=r"posterior\['length_scale'\] of idata"):
        MODELS["gp"].predict_proba(poked(value, "length_scale")(run("gp")), NEW)


@pytest.mark.parametrize("kind", ["counts", "counts gamma"])
@pytest.mark.parametrize(
    ("value", "match"),
    [
        (np.nan, "must have finite draws"),
        (np.inf, "must have finite draws"),
        (0.0, r"\['r'\] of idata must be pos"),
        (-1.0, r"\['r'\] of idata must be pos"),
    ],
)
def test_dispersions_must_be_positive(kind, value, match):
    """In all that needs them; mean counts of new rows do not."""
    model, idata = MODELS[kind], poked(value, "r")(run(kind))
    for use in (
        lambda: model.predict_exceedance(idata, NEW, 2),
        lambda: model.rootogram(idata),
        lambda: model.sample_posterior_predictive(idata),
        lambda: model.sample_posterior_predictive(idata, NEW),
    ):
        with pytest.raises(ValueError, match=match):
            use()


@every_model
def test_lacking_variables_are_named(kind):
    model = MODELS[kind]
    needed = model._specification.term.needed(new_rows=True) + model._specification.likelihood.needed
    for name in needed:
        idata = changed(lambda posterior, name=name: posterior.drop_vars(name))(run(kind))
        with pytest.raises(KeyError, match=f"no '{name}' in its posterior: pass what .*among var_names"):
            predict(model)(idata, new_rows(kind, NEW))
        with pytest.raises(
            ValueError, match="idata must have in its group posterior the variables of its run"
        ):
            model.extend(idata, 2, progressbar=False)


def test_only_some_variables_were_kept():
    idata = MODELS["logistic"].sample(**SETTINGS, var_names=["beta"])
    assert_refused(MODELS["logistic"], idata, "no 'intercept' in its posterior", KeyError)
    assert MODELS["logistic"].extend(idata, 2, progressbar=False).posterior.sizes["draw"] == 8
    idata = MODELS["ridge"].sample(**SETTINGS, var_names=["beta", "intercept"])
    assert MODELS["ridge"].predict_proba(idata, NEW).shape == (2, 2)  # which need no tau


@pytest.mark.parametrize(
    "foreign",
    [None, 3, "run.nc", [1, 2], {}, {"posterior": {"beta": 1}}, np.ones(3), xr.Dataset(), xr.DataTree()],
)
def test_what_is_no_trace_is_refused(foreign):
    for kind in ("logistic", "counts", "gp"):
        with pytest.raises((KeyError, TypeError), match=r"idata has no '(beta|f)' in its posterior"):
            predict(MODELS[kind])(foreign, NEW)
        with pytest.raises((TypeError, ResumeError), match=r"pass (what sample|one that it wrote)"):
            MODELS[kind].extend(foreign, 2, progressbar=False)


CUT = {
    "a chain": (lambda idata: idata.isel(chain=[0]), "whose chain is one of [0], expected [0, 1]"),
    "the first chain": (lambda idata: idata.isel(chain=[1]), "whose chain is one of [1], expected [0, 1]"),
    "order of chains": (lambda idata: idata.isel(chain=[1, 0]), "whose chain is one of [1, 0]"),
    "dimension chain": (lambda idata: idata.isel(chain=0), "with the dimensions"),
    "posterior": (lambda idata: without(idata, "posterior"), "in its group posterior the variables"),
    "sample_stats": (lambda idata: without(idata, "sample_stats"), "in its group sample_stats the variables"),
    "own variables": (PARTS["more variables"], "keep others in a group of their own"),
}


def without(idata, group):
    return trace.to_trace({name: g for name, g in trace.groups(idata).items() if name != group}, idata.attrs)


@pytest.mark.parametrize("kind", ["logistic", "counts", "gp", "classes", "fitc", "multinomial", "sequential"])
@pytest.mark.parametrize("cut", CUT)
def test_a_run_goes_on_with_all_its_chains(kind, cut):
    change, message = CUT[cut]
    with pytest.raises(ValueError, match="idata must") as caught:
        MODELS[kind].extend(change(run(kind)), 2, progressbar=False)
    assert message in str(caught.value)


@pytest.mark.parametrize("kind", ["logistic", "counts", "gp", "classes", "fitc", "multinomial", "sequential"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_run_goes_on_from_finite_draws(kind, value):
    with pytest.raises(ValueError, match="idata must have finite draws"):
        MODELS[kind].extend(poked(value)(run(kind)), 2, progressbar=False)


def test_a_run_goes_on_without_some_of_its_draws():
    model, idata = MODELS["logistic"], run("logistic")
    whole = model.extend(idata, 3, progressbar=False).posterior
    later = model.extend(idata.isel(draw=slice(4, None)), 3, progressbar=False).posterior
    np.testing.assert_array_equal(later["beta"], whole["beta"][:, 4:])


def test_a_run_stopped_in_warm_up_has_no_draws_to_predict_from():
    model = MODELS["logistic"]
    idata = model.sample(**SETTINGS, callback=lambda _: True)
    assert idata.posterior.sizes["draw"] == 0
    assert_refused(model, idata, "idata must have draws")
    assert model.extend(idata, 6, progressbar=False).posterior.equals(run("logistic").posterior)


def test_renamed_columns_do_not_double():
    """Ten columns by other names would be twenty, half of them NaN."""
    model = PolyaGammaLogistic(TEN, Y)
    idata = model.sample(**SETTINGS)
    other = PolyaGammaLogistic(pd.DataFrame(TEN, columns=NAMES), Y)
    with pytest.raises(ResumeError, match="other data"):
        other.extend(idata, 2, progressbar=False)
    renamed = changed(lambda posterior: posterior.assign_coords(feature=NAMES))(idata)
    with pytest.raises(ValueError, match=r"whose feature is one of \['n0', .*expected \['x0', "):
        model.extend(renamed, 2, progressbar=False)


OTHER_DATA = [
    ("logistic", other)
    for other in (
        "other X",
        "fewer rows",
        "other y",
        "weights",
        "offset",
        "trials",
        "prior",
        "prior with a scale",
    )
] + [
    *[
        ("counts", other)
        for other in ("other X", "another fold", "one count more", "no exposure", "other exposure")
    ],
    *[
        ("counts", other)
        for other in ("offset", "weights", "prior", "prior of the dispersion", "gamma prior")
    ],
    *[("gp", other) for other in ("other y", "another start", "kernel_prior", "weights", "offset", "trials")],
    *[("fitc", other) for other in ("other X", "another fold", "other y")],
]


@pytest.mark.parametrize(("kind", "other"), OTHER_DATA)
def test_other_data_on_request(kind, other):
    """Predictions are those of the model that sampled."""
    (model, idata), another = own(kind), MIXED_UP[kind][1][other]()
    expected = model.sample_posterior_predictive(idata, NEW, random_seed=1).predictions["y"]
    found = another.sample_posterior_predictive(idata, NEW, random_seed=1, other_data=True).predictions["y"]
    np.testing.assert_array_equal(found, expected)
    assert len(predict(another)(idata, NEW, other_data=True)) == 2
    assert another.predict_draws(idata, NEW, other_data=True).shape == (2, 6, 2)
    if kind not in ("logistic", "counts"):
        assert another.predict_f(idata, NEW, other_data=True).shape == (2, 6, 2)
        assert "f" in another.add_predictions(idata, NEW, other_data=True).predictions
    with pytest.raises(ValueError, match="other_data needs X_new, got other_data alone"):
        another.sample_posterior_predictive(idata, other_data=True)


STILL_REFUSED = {
    "logistic": ["other classes", "classes by other numbers", "other names", "names swapped", "no intercept"],
    "counts": ["other names", "names swapped", "no intercept", "logistic", "binomial"],
    "counts known": ["logistic"],
    "gp": [
        "other X",
        "another fold",
        "other kernel",
        "smoother kernel",
        "fixed kernel",
        "mean",
        "jitter",
        "names",
    ],
    "gp fixed": ["a little other kernel", "other kernel", "python's kernel", "noise"],
    "classes": ["other classes", "numbers for classes", "other X"],
    "fitc": ["other points", "points in another order"],
    "hilbert": ["wider box", "box of other inputs", "as many points"],
}


@pytest.mark.parametrize(
    ("kind", "other"), [(kind, other) for kind in STILL_REFUSED for other in STILL_REFUSED[kind]]
)
def test_other_predictors_are_refused_even_so(kind, other):
    model, idata = MIXED_UP[kind][1][other](), own(kind)[1]
    with pytest.raises(ValueError, match="idata must be of this model"):
        predict(model)(idata, NEW, other_data=True)


@pytest.mark.parametrize(
    "more", [{"offset": 1.0}, {"offset": np.zeros(24)}, {"trials": 1}, {"trials": TRIALS}]
)
@pytest.mark.parametrize("kind", ["logistic", "gp"])
def test_what_is_said_of_new_rows_needs_them(kind, more):
    (name,) = more
    with pytest.raises(ValueError, match=f"{name} needs X_new, got {name} alone: pass X_new too"):
        MODELS[kind].sample_posterior_predictive(run(kind), **more)


@pytest.mark.parametrize(
    "more", [{"offset": 1.0}, {"offset": np.zeros(24)}, {"exposure": 1}, {"exposure": TRIALS}]
)
@pytest.mark.parametrize("kind", ["counts", "counts known"])
def test_what_is_said_of_new_counts_needs_rows(kind, more):
    (name,) = more
    with pytest.raises(ValueError, match=f"{name} needs X_new, got {name} alone: pass X_new too"):
        MODELS[kind].sample_posterior_predictive(run(kind), **more)


def test_a_posterior_of_unknown_origin_on_request():
    idata = BROKEN["no attributes"][0](run("logistic"))
    probability = MODELS["logistic"].predict_proba(idata, NEW, other_data=True)
    np.testing.assert_array_equal(probability, MODELS["logistic"].predict_proba(run("logistic"), NEW))


def test_a_kernel_that_does_not_say_its_name_is_known_again():
    class Bare:
        """What is asked of a kernel, and no more: its text has its place in memory."""

        def __init__(self, scale=1.0):
            self.theta, self.bounds = np.log([scale]), np.log([[1e-3, 1e3]])

        def clone_with_theta(self, theta):
            return Bare(float(np.exp(theta[0])))

        def __call__(self, left, right=None):
            return RBF(float(np.exp(self.theta[0])))(left, right)

        def diag(self, inputs):
            return np.ones(len(inputs))

    first, again, other = (PolyaGammaGP(X, Y, Bare(scale)) for scale in (1.0, 1.0, 1.5))
    idata = first.sample(**SETTINGS)
    assert again.predict_proba(idata, NEW).shape == (2, 2)
    assert again.extend(idata, 2, progressbar=False).posterior.sizes["draw"] == 8
    with pytest.raises(ValueError, match="other data or priors"):
        other.predict_proba(idata, NEW)


@pytest.mark.parametrize("kind", ["logistic", "counts", "gp", "classes", "hilbert"])
def test_files_say_which_model_they_are_of(kind, tmp_path):
    if kind == "classes":
        model, other = own(kind)[0], MIXED_UP[kind][1]["other X"]()
    else:
        model, other = own(kind)[0], next(iter(MIXED_UP[kind][1].values()))()
    idata = own(kind)[1]
    idata.to_netcdf(str(tmp_path / "run.nc"))
    tree = xr.open_datatree(tmp_path / "run.nc")
    on_disk = model.sample(**SETTINGS, checkpoint=tmp_path / "run")
    store = xr.open_datatree(tmp_path / "run" / "draws.zarr", engine="zarr", chunks=None)
    for read in (tree, on_disk, store):
        assert len(predict(model)(read, NEW)) == 2
        with pytest.raises(ValueError, match="idata must be of this model"):
            predict(other)(read, NEW)
    tree.close()
    store.close()
