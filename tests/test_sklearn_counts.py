"""The regressor of counts as scikit-learn's users have it: checks, exposures by metadata routing, weights."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import d2_tweedie_score
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator

from polyagamma import Gamma, HalfNormal, MvNormal, Normal, PolyaGammaNegativeBinomial
from polyagamma.sklearn import PolyaGammaCountRegressor

RNG = np.random.default_rng(12)
FRAME = pd.DataFrame(RNG.standard_normal((150, 3)), columns=["age", "income", "distance"])
EXPOSURE = RNG.uniform(1, 9, 150)
MEAN = EXPOSURE * np.exp(0.2 + 0.6 * FRAME["age"] - 0.4 * FRAME["income"])
COUNTS = RNG.poisson(MEAN * RNG.gamma(3.0, 1 / 3, 150))
FAST = {"draws": 90, "tune": 100, "random_state": 0}  # too few for advice on mixing
pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs


class OfAnyTarget(PolyaGammaCountRegressor):
    """Takes the targets of scikit-learn's checks, which are not whole, for counts in hundredths."""

    def fit(self, X, y, sample_weight=None, exposure=None):
        target = np.asarray(y)
        if target.dtype.kind == "f" and np.isfinite(target).all() and (target % 1 != 0).any():
            y = np.round(100 * target)
        return super().fit(X, y, sample_weight, exposure)

    def __sklearn_tags__(self):
        """Lines fit these targets better than exponentials do."""
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


FRACTIONS = dict.fromkeys(  # checks whose targets are no counts
    [
        "check_fit_check_is_fitted",
        "check_fit_idempotent",
        "check_n_features_in",
        "check_n_features_in_after_fitting",
        "check_regressor_data_not_an_array",
        "check_regressors_no_decision_function",
        "check_regressors_train",
    ],
    "targets that are not whole",
)


@pytest.fixture(scope="module")
def fitted():
    return PolyaGammaCountRegressor(**FAST).fit(FRAME, COUNTS, exposure=EXPOSURE)


@pytest.mark.parametrize(("kind", "failing"), [(PolyaGammaCountRegressor, FRACTIONS), (OfAnyTarget, {})])
def test_checks_of_scikit_learn(kind, failing):
    results = check_estimator(kind(draws=20, tune=20, chains=1), expected_failed_checks=failing, on_skip=None)
    outcomes = {result["check_name"]: result["status"] for result in results}
    others = {name for name, status in outcomes.items() if status != "passed"}
    assert len(outcomes) > 40
    assert others - set(failing) <= {"check_array_api_input"}  # needs SCIPY_ARRAY_API
    failed = {result["check_name"]: result["exception"] for result in results if result["status"] == "xfail"}
    assert all("whole numbers" in str(error) for error in failed.values()), failed
    assert set(failed) == set(failing)


def test_fit_is_the_models_posterior(fitted):
    """Rows that all differ, in sorted order: the estimator's trace is that of the model."""
    order = np.lexsort(FRAME.to_numpy().T[::-1])
    model = PolyaGammaNegativeBinomial(FRAME.iloc[order], COUNTS[order], exposure=EXPOSURE[order])
    seed = np.random.RandomState(0).randint(2**31, size=8).tolist()
    trace = model.sample(90, tune=100, chains=4, random_seed=seed[:4], progressbar=False)
    assert trace.posterior.equals(fitted.idata_.posterior)
    means = trace.posterior.mean(("chain", "draw"))
    np.testing.assert_allclose(fitted.coef_, means["beta"])
    assert fitted.intercept_ == pytest.approx(float(means["intercept"]))
    np.testing.assert_allclose(
        fitted.predict(FRAME, EXPOSURE), model.predict(trace, FRAME, exposure=EXPOSURE), rtol=1e-12
    )


def test_predictions_are_in_proportion_to_exposure(fitted):
    np.testing.assert_allclose(fitted.predict(FRAME, 3.0), 3 * fitted.predict(FRAME))
    np.testing.assert_allclose(fitted.predict(FRAME, EXPOSURE), EXPOSURE * fitted.predict(FRAME))


def test_parameters_reach_the_model():
    priors = {"prior": Normal(0, 0.5), "intercept_prior": Normal(1, 0.5), "dispersion_prior": Gamma(2, 1)}
    regressor = PolyaGammaCountRegressor(**FAST, **priors, kernel="gibbs").fit(FRAME, COUNTS)
    model = regressor.model_
    assert (model.prior, model.intercept_prior, model.dispersion_prior) == tuple(priors.values())
    assert regressor.idata_.attrs["kernel"] == "gibbs"
    known = PolyaGammaCountRegressor(**FAST, dispersion_prior=2.0, fit_intercept=False).fit(FRAME, COUNTS)
    assert set(known.idata_.posterior.data_vars) == {"beta"}
    assert known.intercept_ == 0.0


def test_score_is_that_of_poisson_regression():
    """D² as `PoissonRegressor` has it: of its own predictions it has to be its own score."""
    weights = np.arange(150) % 4 + 0.5
    poisson = PoissonRegressor(alpha=0).fit(FRAME, COUNTS / EXPOSURE, EXPOSURE * weights)
    regressor = PolyaGammaCountRegressor(**FAST).fit(FRAME, COUNTS, weights, EXPOSURE)
    found = regressor.score(FRAME, COUNTS, weights, EXPOSURE)
    regressor.predict = lambda X, exposure: exposure * poisson.predict(X)
    expected = poisson.score(FRAME, COUNTS / EXPOSURE, EXPOSURE * weights)
    assert regressor.score(FRAME, COUNTS, weights, EXPOSURE) == pytest.approx(expected, rel=1e-12)
    assert 0.2 < found < expected


def test_score_without_exposure_or_weights(fitted):
    expected = d2_tweedie_score(COUNTS, fitted.predict(FRAME), power=1)
    assert fitted.score(FRAME, COUNTS) == pytest.approx(expected)
    with pytest.raises(ValueError, match="y must be counts, which are not negative, got -1 in row 0"):
        fitted.score(FRAME, COUNTS - COUNTS - 1)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("routing")
def test_exposure_is_routed_through_pipelines():
    regressor = PolyaGammaCountRegressor(**FAST).set_fit_request(exposure=True, sample_weight=True)
    regressor.set_predict_request(exposure=True).set_score_request(exposure=True, sample_weight=True)
    pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), regressor)
    pipeline.set_output(transform="pandas")
    weights = np.arange(150) % 3
    pipeline.fit(FRAME, COUNTS, exposure=EXPOSURE, sample_weight=weights)
    assert pipeline[-1].feature_names_in_.tolist() == FRAME.columns.tolist()
    scaled = pipeline[:-1].transform(FRAME)
    direct = PolyaGammaCountRegressor(**FAST).fit(scaled, COUNTS, weights, EXPOSURE)
    np.testing.assert_array_equal(
        pipeline.predict(FRAME, exposure=EXPOSURE), direct.predict(scaled, EXPOSURE)
    )
    assert pipeline.score(FRAME, COUNTS, exposure=EXPOSURE, sample_weight=weights) == direct.score(
        scaled, COUNTS, weights, EXPOSURE
    )


@pytest.mark.usefixtures("routing")
def test_exposure_is_routed_through_cross_validation():
    regressor = PolyaGammaCountRegressor(**FAST).set_fit_request(exposure=True)
    regressor.set_score_request(exposure=True)
    found = cross_validate(regressor, FRAME, COUNTS, cv=3, params={"exposure": EXPOSURE})["test_score"]
    train, test = np.arange(50, 150), np.arange(50)
    fitted = clone(regressor).fit(FRAME.iloc[train], COUNTS[train], exposure=EXPOSURE[train])
    assert found[0] == fitted.score(FRAME.iloc[test], COUNTS[test], exposure=EXPOSURE[test])
    grid = {"prior": [Normal(0, 0.001), Normal(0, 2.5)]}
    search = GridSearchCV(regressor, grid, cv=3).fit(FRAME, COUNTS, exposure=EXPOSURE)
    assert search.best_params_["prior"].sigma == 2.5


def test_exposure_that_is_not_asked_for_is_not_routed():
    pipeline = make_pipeline(StandardScaler(), PolyaGammaCountRegressor(**FAST))
    assert cross_val_score(pipeline, FRAME, COUNTS, cv=3).max() > 0.3
    with sklearn.config_context(enable_metadata_routing=True), pytest.raises(ValueError, match="exposure"):
        pipeline.fit(FRAME, COUNTS, exposure=EXPOSURE)


def test_clone_and_pickle(fitted):
    regressor = PolyaGammaCountRegressor(dispersion_prior=HalfNormal(0.5), prior=Normal(0, 1), **FAST)
    assert repr(clone(regressor).get_params()) == repr(regressor.get_params())
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict(FRAME, EXPOSURE), fitted.predict(FRAME, EXPOSURE))
    anew = clone(fitted).fit(FRAME, COUNTS, exposure=EXPOSURE)
    np.testing.assert_array_equal(anew.predict(FRAME, EXPOSURE), fitted.predict(FRAME, EXPOSURE))
    assert PolyaGammaCountRegressor.__module__ == "polyagamma.sklearn"


def test_weights_repeat_rows_to_the_bit():
    copies = np.arange(150) % 3
    weighted = PolyaGammaCountRegressor(**FAST).fit(FRAME, COUNTS, copies, EXPOSURE)
    rows = np.repeat(np.arange(150), copies)
    repeated = PolyaGammaCountRegressor(**FAST).fit(FRAME.iloc[rows], COUNTS[rows], None, EXPOSURE[rows])
    assert weighted.idata_.posterior.equals(repeated.idata_.posterior)


def test_rows_of_other_exposures_are_not_merged():
    """Two copies of each row, of exposures 1 and 3: neither is lost."""
    X, y, exposure = np.tile(FRAME, (2, 1)), np.tile(COUNTS, 2), np.repeat([1.0, 3.0], 150)
    regressor = PolyaGammaCountRegressor(**FAST).fit(X, y, exposure=exposure)
    assert regressor.idata_.constant_data["exposure"].to_numpy().tolist() == [1.0, 3.0] * 150


def test_number_of_jobs_does_not_change_the_result(fitted):
    two = clone(fitted).set_params(n_jobs=2).fit(FRAME, COUNTS, exposure=EXPOSURE)
    assert two.idata_.posterior.equals(fitted.idata_.posterior)
    assert two.idata_.attrs["threads"] == 2


def test_constant_predictors_are_left_out():
    X = FRAME.assign(one=1.0)[["one", "age", "income", "distance"]]
    cov = np.diag([9.0, 1.0, 2.0, 3.0])
    whole = PolyaGammaCountRegressor(**FAST, prior=MvNormal(0, cov=cov)).fit(X, COUNTS)
    part = PolyaGammaCountRegressor(**FAST, prior=MvNormal(0, cov=cov[1:, 1:])).fit(FRAME, COUNTS)
    assert whole.coef_[0] == 0
    np.testing.assert_array_equal(whole.coef_[1:], part.coef_)
    np.testing.assert_array_equal(whole.predict(X), part.predict(FRAME))
    with pytest.raises(ValueError, match="X has only constant columns: add a predictor that varies"):
        part.fit(np.ones((4, 2)), [0, 1, 2, 3])


def test_counts_are_a_regression_of_what_is_not_negative():
    tags = get_tags(PolyaGammaCountRegressor())
    assert tags.estimator_type == "regressor"
    assert tags.target_tags.positive_only


REFUSED = {
    "fraction": ({"y": COUNTS + 0.5}, "y must be counts, which are whole numbers"),
    "negative": ({"y": -1 - COUNTS}, "y must be counts, which are not negative"),
    "exposure zero": ({"exposure": 0.0}, "exposure must be positive, got 0 in row 0: drop rows"),
    "exposure negative": (
        {"exposure": np.r_[EXPOSURE[1:], -2.0]},
        "exposure must be positive, got -2 in row",
    ),
    "exposure missing": ({"exposure": np.r_[np.nan, EXPOSURE[1:]]}, "exposure must be finite"),
    "exposure masked": (
        {"exposure": np.ma.masked_less(EXPOSURE, EXPOSURE[0] + 1e-9)},
        "exposure must not have missing values",
    ),
    "exposures of other rows": ({"exposure": EXPOSURE[1:]}, r"exposure must be one number or have shape"),
    "exposures in another order": (
        {"exposure": pd.Series(EXPOSURE, np.arange(150)[::-1])},
        "exposure must have the row labels of X",
    ),
    "no weight": ({"sample_weight": np.zeros(150)}, "Sample weights must contain at least one non-zero"),
    "dispersion": ({"dispersion_prior": 0.0}, "dispersion_prior must be positive"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_arguments_that_do_not_fit(case):
    changed, message = REFUSED[case]
    arguments = {"y": COUNTS, **changed}
    regressor = PolyaGammaCountRegressor(dispersion_prior=arguments.pop("dispersion_prior", None), **FAST)
    with pytest.raises((TypeError, ValueError), match=message):
        regressor.fit(FRAME, **arguments)


@pytest.mark.parametrize("case", [case for case in REFUSED if case.startswith("exposure")])
def test_exposures_of_predictions_that_do_not_fit(case, fitted):
    changed, message = REFUSED[case]
    with pytest.raises((TypeError, ValueError), match=message):
        fitted.predict(FRAME, **changed)
    with pytest.raises((TypeError, ValueError), match=message):
        fitted.score(FRAME, COUNTS, **changed)
