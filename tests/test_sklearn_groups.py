"""Groups of rows as scikit-learn's users have them: a metadata of the classifier."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy.sparse import csr_array
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate

from polyagamma import Group, HalfNormal, Linear, PolyaGammaAdditive
from polyagamma.sklearn import PolyaGammaClassifier

RNG = np.random.default_rng(14)
N = 240
FRAME = pd.DataFrame(RNG.standard_normal((N, 2)), columns=["age", "income"])
SCHOOL = np.array(["ash", "birch", "cedar", "elm", "fir", "oak"])[RNG.integers(0, 6, N)]
TEACHER = RNG.integers(0, 15, N)
EFFECT = dict(zip(["ash", "birch", "cedar", "elm", "fir", "oak"], [-3, -2, -1, 1, 2, 3], strict=True))
ETA = FRAME["age"].to_numpy() + np.array([EFFECT[school] for school in SCHOOL])
Y = np.where(RNG.random(N) < 1 / (1 + np.exp(-ETA)), "yes", "no")
BOTH = pd.DataFrame({"school": SCHOOL, "teacher": TEACHER})
FAST = {"draws": 90, "tune": 100, "random_state": 0}  # too few for advice on mixing
pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs


@pytest.fixture(scope="module")
def fitted():
    return PolyaGammaClassifier(**FAST).fit(FRAME, Y, groups=BOTH)


def test_fit_is_the_models_posterior(fitted):
    """Rows that all differ, in sorted order: the estimator's trace is that of the model."""
    order = np.lexsort(FRAME.to_numpy().T[::-1])
    terms = [Linear(FRAME.iloc[order]), *(Group(BOTH[name].iloc[order]) for name in BOTH)]
    model = PolyaGammaAdditive(terms, Y[order])
    seed = np.random.RandomState(0).randint(2**31, size=8).tolist()
    idata = model.sample(90, tune=100, random_seed=seed[:4], progressbar=False)
    for name in ("beta", "1|school", "1|teacher_sigma"):
        np.testing.assert_array_equal(idata.posterior[name], fitted.idata_.posterior[name])
    assert fitted.coef_.shape == (1, 2)
    assert fitted.intercept_.shape == (1,)


def test_rows_have_the_effects_of_their_groups(fitted):
    new = FRAME.iloc[:2] * 0
    groups = pd.DataFrame({"school": ["ash", "oak"], "teacher": TEACHER[:2]})
    low, high = fitted.predict_proba(new, groups=groups)[:, 1]
    assert low < 0.3 < 0.7 < high
    assert fitted.predict(new, groups=groups).tolist() == ["no", "yes"]
    unknown = fitted.predict_proba(new, groups=groups.assign(school="yew"))[:, 1]
    assert (low < unknown).all()
    assert (unknown < high).all()
    np.testing.assert_allclose(fitted.predict_proba(new)[0], fitted.predict_proba(new)[1])
    assert fitted.score(FRAME, Y, groups=BOTH) > fitted.score(FRAME, Y) + 0.1
    log = fitted.predict_log_proba(new, groups=groups)
    np.testing.assert_allclose(np.exp(log).sum(axis=1), 1)


def test_weights_repeat_rows_to_the_bit():
    counts = np.arange(N) % 3
    weighted = PolyaGammaClassifier(**FAST).fit(FRAME, Y, sample_weight=counts, groups=SCHOOL)
    rows = np.repeat(np.arange(N), counts)
    repeated = PolyaGammaClassifier(**FAST).fit(FRAME.iloc[rows], Y[rows], groups=SCHOOL[rows])
    np.testing.assert_array_equal(weighted.idata_.posterior["1|group"], repeated.idata_.posterior["1|group"])
    again = pickle.loads(pickle.dumps(weighted))
    np.testing.assert_array_equal(
        weighted.predict_proba(FRAME, groups=SCHOOL), again.predict_proba(FRAME, groups=SCHOOL)
    )


def test_groups_are_routed_to_fit_and_to_the_splitter():
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = PolyaGammaClassifier(**FAST).set_fit_request(groups=True).set_score_request(groups=True)
        found = cross_validate(
            estimator, FRAME, Y, cv=GroupKFold(3), params={"groups": SCHOOL}, return_estimator=True
        )
        assert found["test_score"].min() > 0.4  # of groups that were not seen
        for one in found["estimator"]:
            assert one.idata_.posterior.sizes["group"] == 4  # the others are in the fold that is left out
        grid = GridSearchCV(estimator, {"prior_sd__sigma": [0.01, 2.0]}, cv=GroupKFold(3))
        grid.fit(FRAME, Y, groups=SCHOOL)
    assert isinstance(grid.best_estimator_.prior_sd, HalfNormal)


@pytest.mark.parametrize(
    ("X", "y", "groups", "kind", "message"),
    [
        (FRAME, np.arange(N) % 3, SCHOOL, ValueError, "groups are for two classes, got 3 in y"),
        (csr_array(FRAME.to_numpy()), Y, SCHOOL, TypeError, "groups need a dense X"),
        (
            FRAME.to_numpy(),
            Y,
            SCHOOL[:7],
            ValueError,
            "groups.* must have a value for each row of X, 240, got 7",
        ),
        (FRAME.to_numpy(), Y, np.r_[[np.nan], TEACHER[1:]], ValueError, "groups.*'group'.* must"),
        (
            FRAME.to_numpy(),
            Y,
            np.array([1, "a"] * (N // 2), object),
            TypeError,
            "must have labels of one type",
        ),
    ],
)
def test_groups_that_do_not_fit(X, y, groups, kind, message):
    with pytest.raises(kind, match=message):
        PolyaGammaClassifier(**FAST).fit(X, y, groups=groups)


def test_other_factors_than_those_of_the_fit_are_refused(fitted):
    with pytest.raises(ValueError, match="groups must have as many columns as they had in fit, 2, got 1"):
        fitted.predict(FRAME, groups=SCHOOL)
    plain = PolyaGammaClassifier(**FAST).fit(FRAME, Y)
    with pytest.raises(ValueError, match="groups must have as many columns as they had in fit, 0, got 1"):
        plain.predict_proba(FRAME, groups=SCHOOL)
