"""Nobody changes a model by changing what it was made of, nor by writing to what it hands out."""

import copy
import re
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from every_model import COUNTS, FIXED, KERNEL, MODELS, ROWS, TRIALS, X, Y, every_model
from scipy.stats import norm
from sklearn.gaussian_process.kernels import RBF, Matern
from slow_cases import mostly_slow
from trace_groups import posterior_of

from polyagamma import (
    MvNormal,
    Normal,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
)
from polyagamma._validation import ownership
from polyagamma.mcmc.digest import digest
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"draws": 6, "tune": 9, "chains": 2, "random_seed": 5, "progressbar": False}
NEW = np.array([[0.3, -0.2], [1.5, 0.4]])


def answers(model, idata):
    """Return what a model answers, to the last bit: a run, and predictions from another."""
    new = NEW[:, : len(model.feature_names)]
    predicted = model.sample_posterior_predictive(idata, new, random_seed=1)
    return model.sample(**SETTINGS).posterior, predicted.predictions


def assert_same_answers(model, idata, before):
    for found, expected in zip(answers(model, idata), before, strict=True):
        xr.testing.assert_equal(found, expected)


def swap_rows(array):
    array[[0, 1]] = array[[1, 0]]


CHANGES = {
    "one number": lambda array: array.__setitem__((0, ...), array[0] + 1),
    "signs": lambda array: np.negative(array, out=array),
    "order of rows": swap_rows,
    "order of all": lambda array: array.__setitem__(slice(None), array[::-1].copy()),
    "scale": lambda array: np.multiply(array, 2, out=array),
    "zeros": lambda array: array.fill(0),
    "NaN": lambda array: array.fill(np.nan),
}
MAKE = {
    "logistic": lambda inputs: PolyaGammaLogistic(inputs, Y),
    "counts": lambda inputs: PolyaGammaNegativeBinomial(inputs, COUNTS, exposure=TRIALS),
    "multinomial": lambda inputs: PolyaGammaMultinomial(inputs, Y),
    "gp": lambda inputs: PolyaGammaGP(inputs, Y, KERNEL),
    "gp fixed": lambda inputs: PolyaGammaGP(inputs, Y, KERNEL, **FIXED),
    "fitc": lambda inputs: PolyaGammaGP(inputs, Y, KERNEL, inducing=5),
    "default kernel": lambda inputs: PolyaGammaGP(inputs, Y),
}
each_change = pytest.mark.parametrize("change", CHANGES)
each_maker = pytest.mark.parametrize("kind", MAKE)


@pytest.fixture
def large(monkeypatch):
    """All arrays are large: what is large is not copied."""
    monkeypatch.setattr(ownership, "MOST_COPIED", 0)


@cache
def small_model(kind):
    inputs = X.copy()
    model = MAKE[kind](inputs)
    idata = model.sample(**SETTINGS)
    return inputs, model, idata, answers(model, idata)


@cache
def large_model(kind, folder):
    inputs = X.copy()
    model = MAKE[kind](inputs)
    idata = model.sample(**SETTINGS, checkpoint=folder / kind)
    return inputs, model, idata, model.extend(idata, 2, progressbar=False).posterior


@each_maker
@each_change
def test_a_small_X_may_change(kind, change):
    inputs, model, idata, before = small_model(kind)
    inputs[:] = X
    CHANGES[change](inputs)
    assert_same_answers(model, idata, before)
    np.testing.assert_array_equal(model.sample_prior_predictive(1).constant_data["X"], X)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.mark.usefixtures("large")
@each_maker
@each_change
def test_a_large_X_must_stay(kind, change, folder):
    """Each use of the rows is refused, until they are what they were."""
    inputs, model, idata, extended = large_model(kind, folder)
    CHANGES[change](inputs)
    uses = [
        lambda: model.sample(**SETTINGS),
        lambda: model.iter_draws(),
        lambda: model.extend(idata, 2, progressbar=False),
        lambda: model.resume(folder / kind, progressbar=False),
        lambda: model.sample_prior_predictive(2),
        lambda: model.sample_posterior_predictive(idata),
    ]
    if kind == "counts":
        uses += [lambda: model.rootogram(idata)]
    elif kind not in ("logistic", "multinomial"):  # whose coefficients predict new rows by themselves
        uses += [lambda: model.predict_proba(idata, NEW), lambda: model.predict_f(idata, NEW)]
    for use in uses:
        with pytest.raises(ValueError, match=r"X must stay what it was when the model was made.*X\.copy\(\)"):
            use()
    inputs[:] = X
    assert model.extend(idata, 2, progressbar=False).posterior.equals(extended)


@pytest.mark.usefixtures("large")
def test_a_large_X_is_not_copied_and_cannot_be_written_to():
    inputs = X.copy()
    model = PolyaGammaLogistic(inputs, Y)
    mine = model._specification.term.predictors.X
    assert np.shares_memory(mine, inputs)
    idata = model.sample(**SETTINGS)
    for array in (mine, idata.constant_data["X"].to_numpy()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert inputs.flags.writeable


def assign_element(array):
    array[0, 0] = 1.0


def assign_by_label(array):
    array.loc[{"feature": array["feature"][0]}] = 1.0


def assign_values(array):
    array.values[:] = 1.0


def add_in_place(array):
    array += 1.0


def make_writeable(array):
    array.to_numpy().flags.writeable = True


def make_a_view_writeable(array):
    view = array.to_numpy()[1:]
    view.flags.writeable = True


WRITES = [assign_element, assign_by_label, assign_values, add_in_place, make_writeable, make_a_view_writeable]
HANDS_OUT = {
    "sample": lambda model, _: model.sample(**SETTINGS),
    "extend": lambda model, _: model.extend(model.sample(**SETTINGS), 2, progressbar=False),
    "prior": lambda model, _: model.sample_prior_predictive(3, random_seed=1),
    "posterior predictive": lambda model, _: model.sample_posterior_predictive(model.sample(**SETTINGS)),
    "on disk": lambda model, folder: model.sample(**SETTINGS, checkpoint=folder / "run"),
}


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("source", HANDS_OUT)
@pytest.mark.parametrize("kind", mostly_slow(["counts", "gp"], "counts"))
def test_writing_to_a_large_X_of_a_trace(kind, source, write, tmp_path):
    """It is an error, or changes a copy: never the model or what the caller has."""
    inputs = X.copy()
    model = MAKE[kind](inputs)
    idata = HANDS_OUT[source](model, tmp_path)
    try:
        write(idata.constant_data["X"])
    except ValueError as error:
        assert re.search("read-only|is a view|WRITEABLE", str(error))  # noqa: PT017
    else:
        assert source == "on disk"  # its values are read from there
    np.testing.assert_array_equal(inputs, X)
    model.sample_prior_predictive(1)  # which compares X with its digest


def test_an_X_of_more_than_a_megabyte():
    """As users have it, with nothing changed: no copy, a trace that cannot be written to, and a digest."""
    inputs = np.random.default_rng(0).standard_normal((70_000, 2))
    counts = np.arange(70_000) % 4
    model = PolyaGammaNegativeBinomial(inputs, counts)
    idata = model.sample(2, tune=2, chains=1, random_seed=1, progressbar=False)
    assert np.shares_memory(idata.constant_data["X"].to_numpy(), inputs)
    with pytest.raises(ValueError, match="is a view"):  # in xarray's words
        idata.constant_data["X"][0, 0] = 1.0
    inputs[3, 1] += 1e-12
    for use in (lambda: model.extend(idata, 2), lambda: model.rootogram(idata), lambda: model.sample(2)):
        with pytest.raises(ValueError, match="X must stay what it was when the model was made"):
            use()


def test_a_digest_tells_what_sums_of_bits_do_not():
    even = X[:24]
    assert even.shape[0] % 2 == even.shape[1] % 2 == 0
    assert (
        len({digest(even), digest(-even), digest(even[::-1]), digest(even[:, ::-1]), digest(2 * even)}) == 5
    )
    crossed = np.array([[1.0, 2.0], [2.0, 1.0]])
    assert digest(crossed) != digest(crossed[::-1])
    assert digest(even) == digest(even.copy(order="F"))


@pytest.mark.parametrize("name", ["trials", "weights", "offset", "y"])
@pytest.mark.parametrize("model", [PolyaGammaLogistic, partial(PolyaGammaGP, kernel=KERNEL)])
def test_rows_may_change(name, model):
    rows = {"y": COUNTS.astype(float)} | {key: np.array(value, dtype=float) for key, value in ROWS.items()}
    made = model(X, **rows)
    idata = made.sample(**SETTINGS)
    before = answers(made, idata)
    rows[name][:] = 1
    assert_same_answers(made, idata, before)


@pytest.mark.parametrize(
    "labels", [np.array(["a", "b", "c"]), np.array([0, 1, 2]), np.array([0.0, 1.0, 2.0])]
)
def test_labels_may_change(labels):
    y = labels[np.arange(24) % 3]
    model = PolyaGammaGP(X, y, KERNEL)
    idata = model.sample(**SETTINGS)
    before = answers(model, idata)
    y[:] = labels[0]
    assert_same_answers(model, idata, before)
    model.classes_[:] = labels[0]
    np.testing.assert_array_equal(model.classes_, labels)


def set_length_scale(kernel):
    kernel.k2.length_scale = 9.0


def set_parameters(kernel):
    kernel.set_params(k2__length_scale=9.0)


def set_theta(kernel):
    kernel.theta = kernel.theta + 1


def replace_part(kernel):
    kernel.k2 = Matern(0.1)


def fix(kernel):
    kernel.k2.length_scale_bounds = "fixed"


def set_element(kernel):
    kernel.k2.length_scale[0] = 9.0


KERNEL_CHANGES = [set_length_scale, set_parameters, set_theta, replace_part, fix, set_element]

TWO = 2.0 * RBF(np.array([1.0, 1.0]))
PROCESSES = {
    "full": {},
    "fixed": FIXED,
    "fitc": {"inducing": 5},
    "optimized": {"optimize": True, "inducing": 3},
}


@cache
def answers_of_process(process):
    model = PolyaGammaGP(X, Y, TWO, **PROCESSES[process])
    idata = model.sample(**SETTINGS)
    return idata, answers(model, idata), model.kernel_parameters


@pytest.mark.parametrize("change", KERNEL_CHANGES)
@pytest.mark.parametrize("process", PROCESSES)
def test_a_kernel_may_change(change, process):
    """That which the caller gave, and that which the model shows."""
    idata, before, names = answers_of_process(process)
    kernel = copy.deepcopy(TWO)
    model = PolyaGammaGP(X, Y, kernel, **PROCESSES[process])
    change(kernel)
    change(model.kernel_)
    assert_same_answers(model, idata, before)
    assert model.kernel_parameters == names


@pytest.mark.parametrize("approximation", ["fitc", "dtc"])
@each_change
def test_inducing_points_may_change(approximation, change):
    points = X[:5].copy()
    model = PolyaGammaGP(X, Y, KERNEL, inducing=points, approximation=approximation)
    idata = model.sample(**SETTINGS)
    before = answers(model, idata)
    CHANGES[change](points)
    assert_same_answers(model, idata, before)


@pytest.mark.parametrize("name", ["y", "exposure", "weights", "offset"])
def test_rows_of_counts_may_change(name):
    """Counts, and what they are in proportion to; also those that a prediction was made for."""
    rows = {"y": COUNTS, "exposure": TRIALS, "weights": ROWS["weights"], "offset": ROWS["offset"]}
    rows = {key: np.array(value, dtype=float) for key, value in rows.items()}
    model = PolyaGammaNegativeBinomial(X, **rows)
    idata = model.sample(**SETTINGS)
    new = model.sample_posterior_predictive(idata, X, exposure=rows["exposure"], offset=rows["offset"])
    kept = copy.deepcopy(new.predictions_constant_data)
    before = answers(model, idata)
    rows[name][:] = 1
    assert_same_answers(model, idata, before)
    xr.testing.assert_identical(new.predictions_constant_data, kept)
    for value in new.predictions_constant_data.data_vars.values():
        value.to_numpy()[...] = 3
    if name != "y":
        assert (rows[name] == 1).all()


def test_priors_may_change():
    location, scale = np.array([0.0, 0.0]), np.eye(2)
    for prior, changed in [
        (Normal(location, 1), location),
        (Normal(0, scale[0] + 1), scale),
        (MvNormal(location, cov=scale), scale),
        (MvNormal(location, tau=scale), scale),
    ]:
        model = PolyaGammaLogistic(X, Y, prior=prior)
        idata = model.sample(**SETTINGS)
        before = answers(model, idata)
        changed += 7
        assert_same_answers(model, idata, before)
        changed -= 7


def test_priors_of_kernel_parameters_may_change():
    priors = [norm(0, 1), norm(0, 1)]
    given = {"length_scale": priors}
    model = PolyaGammaGP(X, Y, TWO, kernel_prior=given)
    idata = model.sample(**SETTINGS)
    before = answers(model, idata)
    priors[0].kwds, priors[0].args = {}, (5, 0.01)
    priors.clear()
    given.clear()
    assert_same_answers(model, idata, before)


def test_a_mean_that_has_changed_is_refused():
    level = [0.5]
    model = PolyaGammaGP(X, Y, KERNEL, mean=lambda inputs: level[0] * inputs[:, 0])
    idata = model.sample(**SETTINGS)
    assert model.predict_proba(idata, NEW).shape == (2, 2)
    level[0] = 0.6
    with pytest.raises(ValueError, match="mean must be the function that it was when the model was made"):
        model.predict_proba(idata, NEW)


def test_a_kernel_that_cannot_be_copied_is_refused():
    class Uncopied(RBF):
        def __deepcopy__(self, memo):
            raise RuntimeError("there is only one of me")

    with pytest.raises(
        TypeError, match=r"kernel must be an object that copy\.deepcopy copies.*only one of me"
    ):
        PolyaGammaGP(X, Y, Uncopied(1.0))


def test_names_may_change():
    names = ["a", "b"]
    model = PolyaGammaLogistic(X, Y, feature_names=names)
    names[0] = "c"
    model.feature_names[0] = "d"
    assert model.sample(**SETTINGS).posterior["feature"].to_numpy().tolist() == ["a", "b"]


@pytest.mark.parametrize(
    "convert", [pd.DataFrame, lambda a: xr.DataArray(a, dims=("r", "c")), np.asfortranarray, memoryview]
)
def test_other_containers_may_change(convert):
    array = X.copy()
    inputs = convert(array)
    model = PolyaGammaLogistic(inputs, Y)
    idata = model.sample(**SETTINGS)
    before = answers(model, idata)
    array[:] = 0
    if isinstance(inputs, np.ndarray):
        inputs[:] = 0
    assert_same_answers(model, idata, before)


@every_model
def test_writing_to_the_data_of_a_trace_changes_nothing_else(kind):
    model = MODELS[kind]
    first, prior = model.sample(**SETTINGS), model.sample_prior_predictive(3, random_seed=1)
    kept = copy.deepcopy(trace.groups(first))
    for idata in (first, prior):
        for group in (idata.constant_data, idata.observed_data):
            for values in group.data_vars.values():
                values.to_numpy()[...] = 7
    for idata in (model.sample(**SETTINGS), model.extend(first, 2, progressbar=False)):
        for group in ("constant_data", "observed_data"):
            xr.testing.assert_identical(trace.groups(idata)[group], kept[group])
    assert posterior_of(model.sample(**SETTINGS)).equals(kept["posterior"])


def test_traces_share_arrays_but_no_groups():
    model = MODELS["gp"]
    idata = model.sample(**SETTINGS)
    more = model.add_predictions(idata, NEW, random_seed=1)
    more.posterior["mine"] = more.posterior["f"] ** 2
    more.posterior.attrs["mine"] = 1
    assert "mine" not in idata.posterior
    assert "mine" not in idata.posterior.attrs
    assert np.shares_memory(more.posterior["f"].to_numpy(), idata.posterior["f"].to_numpy())


@every_model
def test_a_callback_cannot_write_to_the_draws(kind):
    model, refused = MODELS[kind], []

    def meddle(progress):
        for values in progress.posterior.data_vars.values():
            try:
                values.to_numpy()[...] = 7
            except ValueError as error:
                refused.append(str(error))
            else:  # a copy, made of what the chains tell
                assert not np.shares_memory(values.to_numpy(), progress.posterior[values.name].to_numpy())

    undisturbed = model.sample(**SETTINGS).posterior
    idata = model.sample(**SETTINGS, callback=meddle)
    xr.testing.assert_equal(idata.posterior, undisturbed)
    idata.posterior[model._specification.parameters[0]].to_numpy()[...] = (
        0  # the caller's own, once it is done
    )


def test_a_callback_that_fails_leaves_draws_that_can_be_written_to():
    def fail(progress):
        if progress.draws:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough") as caught:
        MODELS["logistic"].sample(**SETTINGS, callback=fail)
    caught.value.idata.posterior["beta"].to_numpy()[...] = 0


def test_a_callback_cannot_write_to_draws_on_disk(tmp_path):
    def meddle(progress):
        if progress.draws:
            progress.posterior["beta"].to_numpy()[...] = 7

    model = MODELS["logistic"]
    on_disk = model.sample(**SETTINGS, checkpoint=tmp_path / "run", every=2, callback=meddle)
    xr.testing.assert_equal(on_disk.posterior, model.sample(**SETTINGS).posterior)


def test_iterated_draws_are_copies():
    model = MODELS["logistic"]
    undisturbed = model.sample(**SETTINGS).posterior["beta"]
    settings = {name: SETTINGS[name] for name in ("tune", "chains", "random_seed")}
    for position, draw in zip(range(6), model.iter_draws(**settings), strict=False):
        np.testing.assert_array_equal(draw["beta"], undisturbed[:, position])
        draw["beta"][...] = 7


@pytest.mark.parametrize("kind", ["logistic", "gp"])
def test_new_rows_of_a_trace_are_copies(kind):
    model, new = MODELS[kind], NEW.copy()
    idata = model.sample_posterior_predictive(model.sample(**SETTINGS), new, random_seed=1)
    new[:] = 7
    np.testing.assert_array_equal(idata.predictions_constant_data["X"], NEW)
    idata.predictions_constant_data["X"].to_numpy()[...] = 3
    assert (new == 7).all()


def test_memory_of_trials_is_not_that_of_the_model():
    model = PolyaGammaLogistic(X, COUNTS, trials=TRIALS)
    likelihood = model._specification.likelihood
    idata = model.sample(**SETTINGS)
    for name in ("trials", "weights", "offset"):
        assert not np.shares_memory(idata.constant_data[name].to_numpy(), getattr(likelihood, name))
