"""The estimators as scikit-learn's users have them: checks, pipelines, cross-validation, weights, pickle."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from joblib import effective_n_jobs
from scipy.stats import norm
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator

from polyagamma import (
    MvNormal,
    Normal,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    SamplingWarning,
)
from polyagamma.sklearn import PolyaGammaClassifier, PolyaGammaGPClassifier

FRAME, LABELS = load_breast_cancer(return_X_y=True, as_frame=True)
FRAME, LABELS = FRAME.iloc[:, :6], LABELS.to_numpy()
FAST = {"draws": 90, "tune": 100, "random_state": 0}  # too few for advice on mixing
SMALL = FRAME.iloc[::7], LABELS[::7]
GRADES = LABELS + (FRAME["mean texture"].to_numpy() > 18) * LABELS  # of three classes
WINE, GRAPES = load_wine(return_X_y=True, as_frame=True)
CLASSIFIERS = {
    "logistic": PolyaGammaClassifier(**FAST),
    "multinomial": PolyaGammaClassifier(**FAST),
    "gp": PolyaGammaGPClassifier(draws=30, tune=30, chains=2, random_state=0),
}
TARGETS = {"logistic": LABELS, "multinomial": GRADES, "gp": LABELS}
pytestmark = pytest.mark.filterwarnings(
    "ignore::polyagamma.SamplingWarning"
)  # of toy data that are separable


@pytest.fixture(params=CLASSIFIERS)
def case(request):
    return request.param


@pytest.fixture
def classifier(case):
    return clone(CLASSIFIERS[case])


@pytest.fixture
def small(case):
    return FRAME.iloc[::7], TARGETS[case][::7]


@pytest.mark.parametrize("name", ["logistic", pytest.param("gp", marks=pytest.mark.slow)])
def test_checks_of_scikit_learn(name):
    classifier = clone(CLASSIFIERS[name]).set_params(draws=20, tune=20, chains=1)
    assert get_tags(classifier).classifier_tags.multi_class
    results = check_estimator(classifier, on_skip=None)
    outcomes = {result["check_name"]: result["status"] for result in results}
    skipped = {name for name, status in outcomes.items() if status != "passed"}
    assert len(outcomes) > 40
    assert skipped <= {"check_array_api_input"}  # needs SCIPY_ARRAY_API


def test_fit_is_the_models_posterior():
    classifier = PolyaGammaClassifier(random_state=0).fit(FRAME, LABELS)
    maximum = LogisticRegression(C=1.0, max_iter=1000)
    scaled = StandardScaler().fit_transform(FRAME)
    agreement = classifier.predict(FRAME) == maximum.fit(scaled, LABELS).predict(scaled)
    assert agreement.mean() > 0.98
    assert classifier.score(FRAME, LABELS) > 0.9
    posterior = classifier.idata_.posterior
    assert posterior["beta"]["feature"].to_numpy().tolist() == FRAME.columns.tolist()
    np.testing.assert_allclose(classifier.coef_[0], posterior["beta"].mean(("chain", "draw")))
    np.testing.assert_allclose(classifier.intercept_[0], posterior["intercept"].mean())


@pytest.mark.parametrize(("X", "y"), [(FRAME, LABELS), (WINE, GRAPES)], ids=["two", "three"])
def test_pipeline_cross_validation_and_grid(X, y):
    pipeline = make_pipeline(StandardScaler(), PolyaGammaClassifier(**FAST)).set_output(transform="pandas")
    assert cross_val_score(pipeline, X, y, cv=3).min() > 0.85
    grid = {"polyagammaclassifier__prior": [Normal(0, 0.01), Normal(0, 2.5)]}
    search = GridSearchCV(pipeline, grid, cv=3, scoring="neg_log_loss").fit(X, y)
    assert search.best_params_["polyagammaclassifier__prior"].sigma == 2.5
    assert search.best_estimator_[-1].feature_names_in_.tolist() == X.columns.tolist()


def test_clone_and_pickle(classifier, small):
    assert clone(classifier).get_params() == classifier.get_params()
    fitted = classifier.fit(*small)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(fitted.predict_proba(FRAME), again.predict_proba(FRAME))
    anew = clone(fitted).fit(*small)
    np.testing.assert_array_equal(fitted.predict_proba(FRAME), anew.predict_proba(FRAME))


def test_weights_repeat_rows_to_the_bit(classifier, small):
    X, y = small
    counts = np.arange(len(y)) % 3
    weighted = clone(classifier).fit(X, y, sample_weight=counts)
    repeated = classifier.fit(X.iloc[np.repeat(np.arange(len(y)), counts)], np.repeat(y, counts))
    np.testing.assert_array_equal(weighted.predict_proba(X), repeated.predict_proba(X))
    assert weighted.idata_.posterior.equals(repeated.idata_.posterior)
    once = clone(classifier).fit(X, y, sample_weight=counts > 0)
    assert not np.array_equal(weighted.predict_proba(X), once.predict_proba(X))


def test_a_class_without_weight_is_none(classifier, small):
    X, y = small
    labels = np.where(np.arange(len(y)) < 5, 9, y)
    fitted = classifier.fit(X, labels, sample_weight=labels < 9)
    assert fitted.classes_.tolist() == np.unique(y).tolist()
    assert fitted.predict_proba(X).shape == (len(y), len(np.unique(y)))
    with pytest.raises(ValueError, match="two classes in rows of positive weight, got 1 class: add rows"):
        classifier.fit(X, labels, sample_weight=labels == 9)


@pytest.mark.parametrize("y", [LABELS, GRADES], ids=["two", "three"])
def test_constant_predictors_are_left_out(y):
    X = FRAME.assign(one=1.0)[["mean radius", "one", "mean texture"]]
    classifier = PolyaGammaClassifier(**FAST).fit(X, y)
    assert (classifier.coef_[:, 1] == 0).all()
    assert (classifier.coef_[:, [0, 2]] != 0).all()
    without = PolyaGammaClassifier(**FAST).fit(X.drop(columns="one"), y)
    np.testing.assert_array_equal(classifier.predict_proba(X), without.predict_proba(X.drop(columns="one")))
    with pytest.raises(ValueError, match="X has only constant columns"):
        classifier.fit(np.ones((10, 2)), LABELS[:10] * 0 + np.arange(10) % 2)


COLUMNS = FRAME.assign(one=1.0)[["mean radius", "one", "mean texture"]]
COV = np.array([[1.0, 0.3, 0.2], [0.3, 2.0, 0.4], [0.2, 0.4, 3.0]])
KEPT = COV[np.ix_([0, 2], [0, 2])]
PRIORS_OF_COLUMNS = {  # of three columns, and of the two that vary
    "sd": (Normal(0, [1.0, 2.0, 3.0]), Normal(0, [1.0, 3.0])),
    "list of means": (Normal([0.1, 0.2, 0.3], 2), Normal([0.1, 0.3], 2)),
    "standardized": (Normal(0, (1.0, 2.0, 3.0), standardized=True), Normal(0, [1.0, 3.0], standardized=True)),
    "series": (Normal(pd.Series([0.0, 5.0, 1.0]), 2), Normal([0.0, 1.0], 2)),
    "numbers": (Normal(0.1, 2), Normal(0.1, 2)),
    "covariance": (MvNormal([0.1, 0.2, 0.3], cov=COV), MvNormal([0.1, 0.3], cov=KEPT)),
    "precision": (MvNormal(0, tau=np.linalg.inv(COV)), MvNormal(0, cov=KEPT)),
    "default": (None, None),
}


@pytest.mark.parametrize("case", PRIORS_OF_COLUMNS)
def test_priors_of_columns_that_are_left_out(case):
    """A prior is of all columns, also where one of them is constant, as in a fold."""
    whole, part = PRIORS_OF_COLUMNS[case]
    fast = PolyaGammaClassifier(draws=20, tune=20, chains=1, random_state=0)
    fitted = clone(fast).set_params(prior=whole).fit(COLUMNS, LABELS)
    expected = clone(fast).set_params(prior=part).fit(COLUMNS.drop(columns="one"), LABELS)
    np.testing.assert_allclose(fitted.coef_[0, [0, 2]], expected.coef_[0], rtol=1e-6)
    assert fitted.coef_[0, 1] == 0


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        (Normal(0, [1.0, 2.0]), r"prior\.sigma must be one number or have shape \(3,\)"),
        (Normal([1.0, 2.0, 3.0, 4.0]), r"prior\.mu must be one number or have shape \(3,\)"),
        (Normal(0, [1.0, np.nan, 2.0]), r"prior\.sigma must be finite"),
        (MvNormal(0, cov=KEPT), r"prior\.cov must have shape \(3, 3\)"),
        (MvNormal([1.0, 2.0], cov=COV), r"prior\.mu must be one number or have shape \(3,\)"),
        (MvNormal(0, tau=-COV), r"prior\.tau must be positive definite"),
    ],
)
def test_priors_that_do_not_fit_all_columns(prior, message):
    with pytest.raises(ValueError, match=message):
        PolyaGammaClassifier(prior=prior).fit(COLUMNS, LABELS)


def test_number_of_jobs_does_not_change_the_result(classifier, small):
    one, two, every = (clone(classifier).set_params(n_jobs=n).fit(*small) for n in (None, 2, -1))
    assert one.idata_.posterior.equals(two.idata_.posterior)
    threads = [fitted.idata_.attrs["threads"] for fitted in (one, two, every)]
    assert threads == [1, 2, effective_n_jobs(-1)]


@pytest.mark.parametrize(("y", "zeros"), [(LABELS, [0.0]), (GRADES, [0.0] * 3)], ids=["two", "three"])
def test_no_intercept(y, zeros):
    classifier = PolyaGammaClassifier(**FAST, fit_intercept=False).fit(FRAME - FRAME.mean(), y)
    assert classifier.intercept_.tolist() == zeros
    assert "intercept" not in classifier.idata_.posterior


def test_labels_of_any_type(classifier, small):
    X, y = small
    words = ["ill", "well", "worn"][: y.max() + 1]
    fitted = classifier.fit(X, np.array(words)[y])
    assert fitted.classes_.tolist() == words
    assert set(fitted.predict(X)) == set(words)
    assert json.loads(fitted.idata_.attrs["classes"]) == words
    np.testing.assert_array_equal(fitted.idata_.observed_data["y"].sum(), y.sum())


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(
    ("y", "kind"), [(LABELS, PolyaGammaLogistic), (GRADES, PolyaGammaMultinomial)], ids=["two", "three"]
)
def test_classifier_is_the_model(y, kind, intercept):
    """Rows that all differ, in sorted order: the estimator has the model's very bits."""
    order = np.lexsort([y, *FRAME.to_numpy().T[::-1]])
    prior = Normal(0, 1.5, standardized=True)
    fitted = PolyaGammaClassifier(prior=prior, fit_intercept=intercept, kernel="gibbs", **FAST).fit(FRAME, y)
    model = kind(FRAME.iloc[order], y[order], prior=prior, intercept=intercept)
    seed = np.random.RandomState(0).randint(2**31, size=8).tolist()[:4]
    trace = model.sample(90, tune=100, kernel="gibbs", cores=1, random_seed=seed, progressbar=False)
    assert trace.posterior.equals(fitted.idata_.posterior)
    np.testing.assert_array_equal(fitted.predict_proba(FRAME), model.predict_proba(trace, FRAME))


def test_three_classes_have_the_coefficients_of_the_trace():
    """They add up to zero over classes, as those of scikit-learn's LogisticRegression do."""
    fitted = PolyaGammaClassifier(**FAST).fit(WINE, load_wine().target_names[GRAPES])
    assert fitted.coef_.shape == (3, WINE.shape[1])
    assert fitted.intercept_.shape == (3,)
    means = fitted.idata_.posterior.mean(("chain", "draw"))
    for place, name in enumerate(fitted.classes_):
        of_class = means.sel({"class": name})
        np.testing.assert_allclose(fitted.coef_[place], of_class["beta"].sel(feature=list(WINE.columns)))
        np.testing.assert_allclose(fitted.intercept_[place], of_class["intercept"])
    np.testing.assert_allclose(fitted.coef_.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(fitted.predict_proba(WINE).sum(axis=1), 1.0)


def test_three_classes_predict_as_well_as_the_maximum_does():
    """The log loss of rows held out, with scikit-learn's own defaults: the ratio is 1.1 here."""
    pipelines = (
        make_pipeline(StandardScaler(), estimator)
        for estimator in (PolyaGammaClassifier(**FAST), LogisticRegression(max_iter=1000))
    )
    ours, theirs = (
        log_loss(GRAPES, cross_val_predict(pipeline, WINE, GRAPES, cv=5, method="predict_proba"))
        for pipeline in pipelines
    )
    assert ours < 1.5 * theirs


def test_a_mean_that_classes_share_is_refused():
    with pytest.raises(ValueError, match=r"prior must have the mean 0 .*'baseline' to PolyaGammaMultinomial"):
        PolyaGammaClassifier(prior=Normal(0.1, 1.0)).fit(FRAME, GRADES)


@pytest.mark.parametrize("y", [LABELS, GRADES], ids=["two", "three"])
def test_chains_that_have_not_mixed_are_told_of(y):
    with pytest.warns(SamplingWarning, match="the chains have mixed poorly"):
        PolyaGammaClassifier(draws=100, tune=0, kernel="gibbs", random_state=0).fit(FRAME, y)


def test_three_classes_of_a_gaussian_process():
    X, y = load_iris(return_X_y=True, as_frame=True)
    words = load_iris().target_names[y]
    fitted = clone(CLASSIFIERS["gp"]).fit(X[::2], words[::2])
    assert fitted.score(X[1::2], words[1::2]) > 0.9
    np.testing.assert_allclose(fitted.predict_proba(X).sum(axis=1), 1.0)
    assert fitted.idata_.posterior["class"].to_numpy().tolist() == ["setosa", "versicolor", "virginica"]


def test_gaussian_process_is_the_model():
    """Rows that all differ, in sorted order: the estimator's trace is that of the model."""
    X, y = SMALL
    order = np.lexsort([y, *X.to_numpy().T[::-1]])
    parameters = {
        "kernel": 2.0 * RBF(3.0),
        "mean": 0.5,
        "inducing": 12,
        "approximation": "dtc",
        "jitter": 1e-5,
    }
    parameters |= {"kernel_prior": {"length_scale": norm(1, 0.1)}}
    fitted = clone(CLASSIFIERS["gp"]).set_params(**parameters).fit(X, y)
    model = PolyaGammaGP(X.iloc[order], y[order], **parameters)
    seed = np.random.RandomState(0).randint(2**31, size=8).tolist()
    trace = model.sample(30, tune=30, chains=2, random_seed=seed[:4], progressbar=False)
    assert trace.posterior.equals(fitted.idata_.posterior)
    np.testing.assert_allclose(
        fitted.predict_proba(X), model.predict_proba(trace, X, random_seed=seed[4:]), rtol=1e-12
    )
    assert (
        fitted.set_params(sample_kernel=False, optimize=True, inducing=None).fit(X, y).model_.kernel_
        != (parameters["kernel"])
    )


def test_gaussian_process_in_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), clone(CLASSIFIERS["gp"]).set_params(kernel=RBF(2.0)))
    grid = {"polyagammagpclassifier__kernel__length_scale": [1e-3, 2.0]}
    pipeline.set_params(polyagammagpclassifier__sample_kernel=False)
    search = GridSearchCV(pipeline, grid, cv=2, scoring="neg_log_loss").fit(*SMALL)
    assert search.best_params_ == {"polyagammagpclassifier__kernel__length_scale": 2.0}
    assert search.score(FRAME, LABELS) > -0.3


def test_columns_of_new_data_are_checked(classifier, small):
    fitted = classifier.fit(*small)
    assert fitted.feature_names_in_.tolist() == FRAME.columns.tolist()
    assert fitted.n_features_in_ == 6
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(FRAME[FRAME.columns[::-1]])


def test_missing_values_and_categories_of_frames_are_refused(classifier):
    X, y = SMALL
    fitted = clone(classifier).fit(X, y)
    hole = X.assign(area=X["mean area"].where(np.arange(len(X)) != 3)).drop(columns="mean area")
    category = X.assign(grade=pd.Categorical(np.arange(len(X)) % 3))
    for use in (lambda bad: classifier.fit(bad, y), fitted.predict):
        with pytest.raises(
            ValueError,
            match=r"X\['area'\] must be finite, got X\['area'\]\[3\] = nan \(row label \d+\): drop",
        ):
            use(hole)
        with pytest.raises(TypeError, match=r"X\['grade'\] must hold .* dtype category: .*OneHotEncoder"):
            use(category)


def test_missing_values_of_arrays_are_refused(classifier):
    X, y = SMALL[0].to_numpy(), SMALL[1]
    fitted = clone(classifier).fit(X, y)
    masked = np.ma.masked_array(X, X[2, 1] == X)
    for use in (lambda bad: classifier.fit(bad, y), fitted.predict):
        with pytest.raises(ValueError, match="Input X contains NaN"):
            use(np.where(X[2, 1] == X, np.nan, X))
        with pytest.raises(ValueError, match=r"X must not have missing values, got X\[2, 1\] = masked"):
            use(masked)
    hole = np.ma.masked_array(np.ones(len(y)), np.arange(len(y)) == 4)
    with pytest.raises(ValueError, match=r"y must not have missing values, got y\[4\] = masked"):
        classifier.fit(X, np.ma.masked_array(y, hole.mask))
    with pytest.raises(ValueError, match=r"y must not have missing values, got y\[4\] = None"):
        classifier.fit(X, np.where(hole.mask, None, np.where(y, "a", "b")))
    with pytest.raises(ValueError, match=r"sample_weight must not have missing values, got .*\[4\] = masked"):
        classifier.fit(X, y, sample_weight=hole)


def test_model_and_trace_go_on():
    classifier = PolyaGammaClassifier(**FAST).fit(FRAME, LABELS)
    assert isinstance(classifier.model_, PolyaGammaLogistic)
    longer = classifier.model_.extend(classifier.idata_, 5, progressbar=False)
    assert longer.posterior.sizes["draw"] == 95
