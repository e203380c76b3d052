"""The estimator as scikit-learn's users have it: its checks, pipelines, cross-validation, weights, pickle."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from polyagamma import Normal, PolyaGammaLogistic
from polyagamma.sklearn import PolyaGammaClassifier

FRAME, LABELS = load_breast_cancer(return_X_y=True, as_frame=True)
FRAME, LABELS = FRAME.iloc[:, :6], LABELS.to_numpy()
FAST = {"draws": 90, "tune": 100, "random_state": 0}  # too few for advice on mixing


@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # the checks' toy data are separable
def test_checks_of_scikit_learn():
    results = check_estimator(PolyaGammaClassifier(draws=50, tune=50, chains=2, random_state=0), on_skip=None)
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


def test_pipeline_cross_validation_and_grid():
    pipeline = make_pipeline(StandardScaler(), PolyaGammaClassifier(**FAST))
    assert cross_val_score(pipeline, FRAME, LABELS, cv=3).min() > 0.85
    grid = {"polyagammaclassifier__prior": [Normal(0, 0.01), Normal(0, 2.5)]}
    search = GridSearchCV(pipeline, grid, cv=3, scoring="neg_log_loss").fit(FRAME, LABELS)
    assert search.best_params_["polyagammaclassifier__prior"].sigma == 2.5


def test_clone_and_pickle():
    classifier = PolyaGammaClassifier(prior=Normal(0, 1), **FAST)
    assert clone(classifier).get_params()["draws"] == 90
    fitted = classifier.fit(FRAME, LABELS)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(fitted.predict_proba(FRAME), again.predict_proba(FRAME))
    np.testing.assert_array_equal(
        fitted.predict_proba(FRAME), clone(fitted).fit(FRAME, LABELS).predict_proba(FRAME)
    )


def test_weights_repeat_rows_to_the_bit():
    counts = np.arange(len(LABELS)) % 3
    weighted = PolyaGammaClassifier(**FAST).fit(FRAME, LABELS, sample_weight=counts)
    repeated = PolyaGammaClassifier(**FAST).fit(
        FRAME.iloc[np.repeat(np.arange(len(LABELS)), counts)], np.repeat(LABELS, counts)
    )
    np.testing.assert_array_equal(weighted.coef_, repeated.coef_)


def test_constant_predictors_are_left_out():
    X = FRAME.assign(one=1.0)[["mean radius", "one", "mean texture"]]
    classifier = PolyaGammaClassifier(**FAST).fit(X, LABELS)
    assert classifier.coef_[0, 1] == 0
    assert (classifier.coef_[0, [0, 2]] != 0).all()
    without = PolyaGammaClassifier(**FAST).fit(X.drop(columns="one"), LABELS)
    np.testing.assert_array_equal(classifier.predict_proba(X), without.predict_proba(X.drop(columns="one")))
    with pytest.raises(ValueError, match="X has only constant columns"):
        classifier.fit(np.ones((10, 2)), LABELS[:10] * 0 + np.arange(10) % 2)


def test_number_of_jobs_does_not_change_the_result():
    one, two = (PolyaGammaClassifier(**FAST, n_jobs=n).fit(FRAME, LABELS).coef_ for n in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_no_intercept():
    classifier = PolyaGammaClassifier(**FAST, fit_intercept=False).fit(FRAME - FRAME.mean(), LABELS)
    assert classifier.intercept_.tolist() == [0.0]
    assert "intercept" not in classifier.idata_.posterior


def test_labels_of_any_type():
    words = np.array(["ill", "well"])[LABELS]
    classifier = PolyaGammaClassifier(**FAST).fit(FRAME, words)
    assert classifier.classes_.tolist() == ["ill", "well"]
    assert set(classifier.predict(FRAME)) == {"ill", "well"}


def test_three_classes_one_against_the_rest():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=r"Only binary classification is supported.*OneVsRestClassifier"):
        PolyaGammaClassifier().fit(X, y)
    many = OneVsRestClassifier(PolyaGammaClassifier(**FAST))
    with pytest.warns(UserWarning, match="perfectly separates"):
        assert many.fit(X, y).score(X, y) > 0.9


def test_columns_of_new_data_are_checked():
    classifier = PolyaGammaClassifier(**FAST).fit(FRAME, LABELS)
    with pytest.raises(ValueError, match="feature names should match"):
        classifier.predict(FRAME[FRAME.columns[::-1]])
    with pytest.raises(ValueError, match="NaN"):
        classifier.predict(pd.DataFrame(np.nan, index=[0], columns=FRAME.columns))


def test_model_and_trace_go_on():
    classifier = PolyaGammaClassifier(**FAST).fit(FRAME, LABELS)
    assert isinstance(classifier.model_, PolyaGammaLogistic)
    longer = classifier.model_.extend(classifier.idata_, 5, progressbar=False)
    assert longer.posterior.sizes["draw"] == 95
