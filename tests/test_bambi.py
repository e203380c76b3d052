"""Models of bambi: labelled as bambi labels its own, and drawn from the same posterior.

The models are those of three of bambi's documented examples (logistic regression, negative binomial
regression, and a hierarchical binomial model), on simulated data of the same columns.
"""

import numpy as np
import pandas as pd
import pytensor
import pytest

bmb = pytest.importorskip("bambi", reason="bambi is not installed", exc_type=ImportError)

import polyagamma.bambi  # noqa: E402
from polyagamma.pymc import UnsupportedModelError  # noqa: E402

N = 100
RNG = np.random.default_rng(8)
AGE = RNG.uniform(20, 80, N)
PARTY = RNG.choice(["democrat", "independent", "republican"], N)
CLINTON = RNG.random(N) < 1 / (1 + np.exp(-(1 - 2 * (PARTY == "republican") - 0.02 * (AGE - 50))))
VOTES = pd.DataFrame({"vote": np.where(CLINTON, "clinton", "trump"), "age": AGE, "party_id": PARTY})
MATH = RNG.uniform(1, 99, N)
PROGRAM = RNG.choice(["Academic", "General", "Vocational"], N)
DAYS = RNG.poisson(np.exp(2 - 0.01 * MATH + 0.3 * (PROGRAM == "General")) * RNG.gamma(1.5, 1 / 1.5, N))
SCHOOL = pd.DataFrame({"daysabs": DAYS, "math": MATH, "prog": PROGRAM})
PLAYERS = pd.DataFrame({"player_id": [f"p{k}" for k in range(12)], "AB": RNG.integers(5, 40, 12)})
PLAYERS["H"] = RNG.binomial(PLAYERS["AB"], RNG.beta(6, 14, 12))


@pytest.fixture(autouse=True)
def _evaluate_without_compiling(request):
    slow = "slow" in request.keywords
    with pytensor.config.change_flags(**({} if slow else {"mode": "FAST_COMPILE", "cxx": ""})):
        yield


def votes():
    return bmb.Model("vote['clinton'] ~ party_id + party_id:age", VOTES, family="bernoulli")


def days():
    return bmb.Model("daysabs ~ 0 + prog + scale(math)", SCHOOL, family="negativebinomial")


def players():
    return bmb.Model("p(H, AB) ~ 1 + (1|player_id)", PLAYERS, family="binomial")


EXAMPLES = {"votes": votes, "days": days, "players": players}
pytestmark = pytest.mark.filterwarnings("ignore")  # of bambi and its dependencies, in whatever version


@pytest.mark.parametrize("name", EXAMPLES)
def test_results_are_labelled_as_bambi_labels_them(name):
    model = EXAMPLES[name]()
    ours = polyagamma.bambi.fit(model, 6, tune=4, chains=2, random_seed=1, progressbar=False)
    import pymc as pm

    model = EXAMPLES[name]()
    model.build()
    with model.backend.model:
        step = pm.Metropolis()
    theirs = model.fit(
        6,
        tune=4,
        chains=2,
        cores=1,
        random_seed=1,
        progressbar=False,
        step=step,
        compute_convergence_checks=False,
    )
    assert set(ours.posterior.data_vars) == set(theirs.posterior.data_vars)
    for variable, array in theirs.posterior.variables.items():
        assert ours.posterior[variable].dims == array.dims
        if variable in theirs.posterior.coords:
            np.testing.assert_array_equal(ours.posterior[variable], array)
    assert ours.posterior.attrs["modeling_interface"] == "bambi"
    assert ours.posterior.attrs["sampler"].startswith(
        {
            "votes": "PolyaGammaLogistic: all",
            "days": "PolyaGammaGibbs: prog, ",
            "players": "PolyaGammaAdditive: all",
        }[name]
    )


def test_the_same_seed_gives_the_same_draws():
    first, again = (polyagamma.bambi.fit(votes(), 6, tune=4, random_seed=3, progressbar=False) for _ in "ab")
    assert first.posterior.equals(again.posterior)


def test_predictions_of_bambi_take_the_result():
    model = votes()
    idata = polyagamma.bambi.fit(model, 50, tune=50, chains=2, random_seed=1, progressbar=False)
    model.predict(idata)
    p = idata.posterior["p"].to_numpy()
    assert p.shape[-1] == N
    assert np.all((p > 0) & (p < 1))


@pytest.mark.parametrize("family", ["gaussian", "poisson"])
def test_other_families_are_refused(family):
    model = bmb.Model("daysabs ~ math", SCHOOL, family=family)
    with pytest.raises(UnsupportedModelError, match=f"family of the model is '{family}'"):
        polyagamma.bambi.fit(model)


def test_other_links_are_refused():
    model = bmb.Model("vote['clinton'] ~ age", VOTES, family="bernoulli", link="probit")
    with pytest.raises(UnsupportedModelError, match="log odds of 'vote' are not linear in 'Intercept'"):
        polyagamma.bambi.fit(model)


def test_other_priors_are_refused():
    priors = {"age": bmb.Prior("Laplace", mu=0, b=1)}
    model = bmb.Model("vote['clinton'] ~ age", VOTES, family="bernoulli", priors=priors)
    with pytest.raises(UnsupportedModelError, match="prior of 'age', Laplace, is not Gaussian"):
        polyagamma.bambi.fit(model)


def test_other_things_are_no_models():
    with pytest.raises(TypeError, match="model must be"):
        polyagamma.bambi.fit("y ~ x")


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_draws_agree_with_those_of_bambi(name):
    """Means and standard deviations of all variables within 5 MCSE, of 2 x 1500 draws each."""
    from test_pymc_bridge import moments_agree

    options = {"chains": 2, "cores": 1, "progressbar": False}
    ours = polyagamma.bambi.fit(EXAMPLES[name](), 1500, random_seed=1, **options)
    theirs = EXAMPLES[name]().fit(1500, tune=500, random_seed=2, target_accept=0.95, **options)
    moments_agree(ours, theirs, list(theirs.posterior.data_vars))
