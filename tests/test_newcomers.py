"""What newcomers stumbled over, each as they met it."""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import polyagamma
from polyagamma import Normal, PolyaGammaClassifier, PolyaGammaGP, PolyaGammaLogistic, SamplingWarning
from polyagamma.mcmc import forecast

RNG = np.random.default_rng(5)
N = 200
X = pd.DataFrame({"age": RNG.normal(60, 10, N), "bmi": RNG.normal(27, 4, N)}, index=np.arange(500, 500 + N))
ILL = X["age"] + RNG.logistic(0, 5, N) > 60
Y = pd.Series(np.where(ILL, "case", "control"), index=X.index)
SHORT = {"draws": 150, "tune": 100, "chains": 2, "random_seed": 1, "progressbar": False}

pytestmark = pytest.mark.filterwarnings("ignore:the chains have mixed poorly")


# ---- which label is the success


def slope(model):
    return float(model.sample(**SHORT).posterior["beta"].sel(feature="age").mean())


@pytest.mark.parametrize("make", [PolyaGammaLogistic, PolyaGammaGP])
def test_the_success_is_chosen_and_said(make):
    for arguments, expected in (({}, "control"), ({"success": "case"}, "case")):
        model = make(X, Y, **arguments)
        assert model.classes_[1] == expected
        assert f"success={expected}" in repr(model)
        idata = model.sample(draws=4, tune=4, chains=1, random_seed=1, progressbar=False)
        assert idata.posterior.attrs["success"] == expected
        ill = model.predict_proba(idata, X)[:, list(model.classes_).index("case")]
        assert model.predict(idata, X).tolist() == np.where(ill > 0.5, "case", "control").tolist()


def test_odds_ratios_are_those_of_the_success():
    assert slope(PolyaGammaLogistic(X, Y, success="case")) > 0.05
    assert slope(PolyaGammaLogistic(X, Y)) < -0.05
    assert slope(PolyaGammaLogistic(X, ILL, success=True)) == slope(PolyaGammaLogistic(X, ILL))
    assert slope(PolyaGammaLogistic(X, ILL.astype(int), success=0)) == slope(PolyaGammaLogistic(X, Y))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"y": Y, "success": "Case"},
            r"success must be one of .*\['case', 'control'\], got 'Case'",
        ),
        ({"y": ILL * 1, "success": 2}, r"success must be one of the classes \[0, 1\], got 2"),
        ({"y": ILL * 1, "trials": 1, "success": 1}, "success goes with labels, got trials too"),
    ],
)
@pytest.mark.parametrize("make", [PolyaGammaLogistic, PolyaGammaGP])
def test_successes_that_are_none_are_refused(make, arguments, message):
    with pytest.raises(ValueError, match=message):
        make(X, **arguments)


def test_no_class_of_three_is_the_success():
    with pytest.raises(ValueError, match="success needs two classes, got 3 in y"):
        PolyaGammaGP(X, np.arange(N) % 3, success=1)


def test_a_trace_of_the_other_success_is_refused():
    idata = PolyaGammaLogistic(X, Y).sample(**SHORT)
    with pytest.raises(ValueError, match="its success is control, here case"):
        PolyaGammaLogistic(X, Y, success="case").predict_proba(idata, X)


# ---- runs


def test_initial_values_of_each_chain_in_a_list():
    model = PolyaGammaLogistic(X, Y)
    one = {"intercept": 0.5, "beta": [0.1, -0.1]}
    listed = model.sample(**SHORT, initvals=[one, {**one, "intercept": 0.7}])
    arrays = model.sample(**SHORT, initvals={"intercept": [0.5, 0.7], "beta": [0.1, -0.1]})
    assert listed.posterior.equals(arrays.posterior)
    first = next(model.iter_draws(initvals=[one], random_seed=1))
    assert first["beta"].shape == (1, 2)


@pytest.mark.parametrize(
    ("initvals", "error", "message"),
    [
        ([{"intercept": 0.0, "beta": [0, 0]}], ValueError, "one mapping for each of the 2 chains, got 1"),
        ([{"beta": [0, 0]}, {"beta": [0, 0]}], ValueError, r"keys \['intercept', 'beta'\], got \['beta'\]"),
        ([{"beta": [0, 0]}, {"b": 0}], ValueError, r"each mapping in initvals must have the keys \['beta'\]"),
        ([1, 2], TypeError, "initvals must be a mapping with the keys"),
        ([{"beta": [0, 0]}, 2], TypeError, "each mapping in initvals must be a mapping"),
    ],
)
def test_lists_of_initial_values_that_do_not_fit(initvals, error, message):
    with pytest.raises(error, match=message):
        PolyaGammaLogistic(X, Y).sample(**SHORT, initvals=initvals)


class Clock:
    """A clock on which every look takes as long."""

    def __init__(self, seconds):
        self.now, self._seconds = 0.0, seconds

    def monotonic(self):
        self.now += self._seconds
        return self.now


@pytest.mark.parametrize(
    ("make", "cure"),
    [(PolyaGammaGP, "pass inducing=100 or so"), (PolyaGammaLogistic, "ask for fewer draws")],
)
def test_a_long_run_is_announced_once(monkeypatch, make, cure):
    monkeypatch.setattr(forecast, "time", Clock(5.0))
    settings = {"draws": 500, "tune": 0, "chains": 1, "random_seed": 1, "progressbar": False}
    with pytest.warns(SamplingWarning) as caught:
        make(X[:20], Y[:20]).sample(**settings, callback=lambda progress: progress.sweeps > 3)
    told = [str(one.message) for one in caught if "this run will take" in str(one.message)]
    assert len(told) == 1
    assert f"about {5 * 499 / 60:.0f} minutes more: its first sweeps took 5 s each." in told[0]
    assert cure in told[0]


def test_a_quick_run_announces_nothing(monkeypatch):
    monkeypatch.setattr(forecast, "time", Clock(1.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "too few draws|the chains")
        PolyaGammaLogistic(X, Y).sample(100, tune=100, chains=1, random_seed=1, progressbar=False)


# ---- estimators


def test_warnings_speak_of_the_estimator_and_point_at_its_caller():
    with pytest.warns(SamplingWarning, match="too few draws") as caught:
        PolyaGammaClassifier(draws=30, tune=50, random_state=1).fit(X, Y)
    (warning,) = caught
    assert str(warning.message).endswith("PolyaGammaClassifier(draws=100)")
    assert warning.filename == __file__


def test_warnings_of_models_point_at_their_caller():
    with pytest.warns(SamplingWarning, match="standardize X") as caught:
        model = PolyaGammaLogistic(X * 1e8, Y, prior=Normal(0, 2.5))
    assert caught[0].filename == __file__
    with pytest.warns(SamplingWarning) as caught:
        model.extend(model.sample(4, tune=4, progressbar=False), 4, progressbar=False)
    assert {one.filename for one in caught} == {__file__}


def test_a_grid_over_parameters_of_priors():
    pipeline = make_pipeline(StandardScaler(), PolyaGammaClassifier(draws=100, tune=100, random_state=1))
    grid = {"polyagammaclassifier__prior__sigma": [0.01, 1.0]}
    search = GridSearchCV(pipeline, grid, cv=2, scoring="neg_log_loss").fit(X, Y)
    assert search.best_params_ == {"polyagammaclassifier__prior__sigma": 1.0}
    assert repr(search.best_estimator_[-1].prior) == "Normal(mu=0.0, sigma=1.0, standardized=True)"
    assert pipeline[-1].prior is None


def test_parameters_of_priors_that_are_given():
    prior = Normal(1.0, 2.0)
    classifier = PolyaGammaClassifier(prior=prior).set_params(prior__mu=0.0, draws=7)
    assert repr(classifier.prior) == "Normal(mu=0.0, sigma=2.0, standardized=False)"
    assert (classifier.draws, prior.mu) == (7, 1.0)
    classifier.set_params(prior__sigma=3.0, prior=Normal(5, 5))
    assert repr(classifier.prior) == "Normal(mu=5, sigma=3.0, standardized=False)"
    for wrong, message in {
        "prior__tau": r"prior__tau must be a parameter of the Normal in prior, one of \['mu', 'sigma',",
        "dispersion_prior__sigma": "PolyaGammaClassifier has no parameter 'dispersion_prior'",
        "priors": "Invalid parameter 'priors'",
    }.items():
        with pytest.raises(ValueError, match=message):
            classifier.set_params(**{wrong: 1.0})


def test_log_probabilities():
    classifier = PolyaGammaClassifier(draws=100, tune=100, random_state=1).fit(X, Y)
    np.testing.assert_array_equal(classifier.predict_log_proba(X), np.log(classifier.predict_proba(X)))
    model = classifier.model_
    expected = np.log(model.predict_proba(classifier.idata_, X))
    np.testing.assert_array_equal(model.predict_log_proba(classifier.idata_, X), expected)
    process = PolyaGammaGP(X, Y, inducing=4)
    idata = process.sample(4, tune=4, chains=1, random_seed=1, progressbar=False)
    expected = np.log(process.predict_proba(idata, X, random_seed=2))
    np.testing.assert_array_equal(process.predict_log_proba(idata, X, random_seed=2), expected)


# ---- names


def test_version_and_estimators_at_the_top():
    assert isinstance(polyagamma.__version__, str)
    assert {"__version__", "PolyaGammaClassifier", "PolyaGammaGPClassifier"} <= set(dir(polyagamma))
    assert polyagamma.PolyaGammaCountRegressor is polyagamma.sklearn.PolyaGammaCountRegressor


def test_estimators_without_scikit_learn():
    lines = "import sys; sys.modules['sklearn'] = None; from polyagamma import *; print('models')\n"
    lines += "from polyagamma import PolyaGammaClassifier"
    result = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True)
    assert result.stdout == "models\n"
    assert "needs scikit-learn: pip install 'polyagamma-gibbs[sklearn]'" in result.stderr


def test_models_say_what_they_are():
    text = repr(PolyaGammaLogistic(X, Y, prior=Normal(0, 1), intercept=False))
    assert text.startswith("<PolyaGammaLogistic: 200 rows, 2 predictors, prior=Normal(mu=0, sigma=1, ")
    assert text.endswith('success=control, classes=["case", "control"]>')
    assert "1 row, 1 predictor," in repr(polyagamma.PolyaGammaNegativeBinomial([[1.0]], [3], intercept=False))


def test_a_flat_prior_is_refused_with_a_cure_that_works():
    with pytest.raises(ValueError, match=r"prior.sigma must be finite, got inf.*flat prior: pass a large"):
        PolyaGammaLogistic(X, Y, prior=Normal(0, np.inf))
    with pytest.raises(ValueError, match=r"prior.sigma must be finite, got inf"):
        PolyaGammaLogistic(X, Y, prior=Normal(0, [1.0, np.inf]))
    PolyaGammaLogistic(X, Y, prior=Normal(0, 10, standardized=True))
