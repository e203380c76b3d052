"""Models of PyMC drawn by its bridge: their densities are PyMC's, and so are draws and labels."""

import pickle
import subprocess
import sys

import arviz as az
import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from pymc.step_methods.compound import Competence
from pymc_models import COORDS, COUNTS, GROUP, KIND, MIXED, TRIALS, WHOLE, WINS, N, X, Y
from scipy.special import gammaln, logsumexp
from slow_cases import mostly_slow

import polyagamma.pymc
from polyagamma.pymc import PolyaGammaGibbs
from polyagamma.pymc.conditional import Conditional
from polyagamma.pymc.engine import engine
from polyagamma.pymc.structure import GaussianBlock, Structure
from polyagamma.traces import trace

MODELS = WHOLE | MIXED
QUICK = ("logit_p", "binomial_with_offset", "counts_with_exposure", "table_of_classes", "groups_not_centred")
CXX = pytensor.config.cxx


@pytest.fixture(autouse=True)
def _evaluate_without_compiling():
    with pytensor.config.change_flags(mode="FAST_COMPILE", cxx=""):
        yield


def points(model, count, rng):
    """Return points with the same values of all variables, moved from PyMC's start."""
    start = model.initial_point()
    return [
        {name: np.asarray(value + rng.normal(0, 0.3, np.shape(value))) for name, value in start.items()}
        for _ in range(count)
    ]


def log_density(likelihood, factors, b):
    """The log-density of a block but for what does not depend on it, from the factors alone."""
    eta = np.tensordot(b, factors.design, 1) + factors.offset
    prior = factors.shift @ b - b @ factors.precision @ b / 2
    if likelihood.n_classes is not None:
        return prior + (likelihood.y * eta).sum() - likelihood.trials @ logsumexp(eta, axis=1)
    if likelihood.trials is not None:
        return prior + likelihood.y @ eta - likelihood.trials @ np.logaddexp(0, eta)
    r = factors.dispersion
    psi = eta if likelihood.relative else eta - np.log(r)
    return prior + likelihood.y @ psi - (likelihood.y + r) @ np.logaddexp(0, psi)


@pytest.mark.parametrize("name", mostly_slow(MODELS, *QUICK))
def test_factors_have_the_density_of_the_model(name):
    """Where the block alone differs, log-densities differ as PyMC's do, to rounding."""
    model = MODELS[name]()
    block = GaussianBlock.largest(Structure(model))
    conditional = Conditional(model, block)
    factors_at, logp = conditional.compiled({}), model.compile_logp()
    first, second = points(model, 2, np.random.default_rng(1))
    second |= {value.name: first[value.name] for value in conditional.others}
    ours = [
        log_density(block.likelihood, factors_at(point), conditional.flat(point)) for point in (first, second)
    ]
    theirs = [float(logp(point)) for point in (first, second)]
    assert abs(theirs[1] - theirs[0]) > 1e-3
    assert ours[1] - ours[0] == pytest.approx(theirs[1] - theirs[0], rel=1e-9)


WITH_OTHER_COORDINATES = {
    "groups_with_a_mean",  # which is integrated out, as are the classes' mean and effects of no row
    "classes_all_alike",
    "table_of_classes",
    "groups_not_all_seen",
}
QUOTIENTS = {  # of effects, which are sampled, and a scale: how many
    "groups_not_centred": {"sd_log__": len(COORDS["group"])},
    "crossed_groups": {"sd_place_log__": 4},
}


@pytest.mark.parametrize("name", mostly_slow(sorted(set(WHOLE) - WITH_OTHER_COORDINATES), *QUICK))
def test_a_model_of_the_package_has_the_density_of_pymc(name):
    """Log-densities of draws are PyMC's, but for a constant, and the Jacobian of other coordinates.

    Ours are of effects and scales; PyMC's of logs of scales, and of quotients of effects and scales.
    """
    model = WHOLE[name]()
    idata = polyagamma.pymc.sample(
        model,
        4,
        tune=4,
        chains=1,
        random_seed=1,
        progressbar=False,
        idata_kwargs={"include_transformed": True},
    )
    assert idata.posterior.attrs["sampler"].startswith("PolyaGamma")
    logp = model.compile_logp()
    draws = idata.posterior.isel(chain=0)
    theirs = [
        float(logp({v.name: draws[v.name].isel(draw=d).to_numpy() for v in model.value_vars}))
        for d in range(4)
    ]
    quotients = QUOTIENTS.get(name, {})
    jacobian = sum(
        (1 + quotients.get(scale, 0)) * draws[scale].to_numpy().reshape(4, -1).sum(1)
        for scale in draws.data_vars
        if scale.startswith("sd") and scale.endswith("_log__")
    )
    difference = idata.sample_stats["lp"].to_numpy()[0] + jacobian - theirs
    assert np.ptp(theirs) > 0.1
    np.testing.assert_allclose(difference, difference[0], rtol=0, atol=1e-8 * np.max(np.abs(theirs)))


@pytest.mark.parametrize("name", sorted(WITH_OTHER_COORDINATES))
def test_whole_models_need_no_step_of_pymc(name):
    idata = polyagamma.pymc.sample(WHOLE[name](), 3, tune=3, chains=2, random_seed=1, progressbar=False)
    assert ": all variables" in idata.posterior.attrs["sampler"]


def potential_of_a_scale():
    sd = pm.HalfNormal("sd", 1)
    pm.Potential("penalty", -3 * sd)
    return sd, 2.0


def data_of_a_scale():
    sd = pm.HalfNormal("sd", 1)
    pm.Normal("z", 0, sd, observed=X[:, 0])
    return sd, 2.0


def data_of_a_dispersion():
    alpha = pm.Exponential("alpha", 1)
    pm.Normal("z", 0, alpha, observed=X[:, 0])
    return pm.HalfNormal("sd", 1), alpha


def scale_sampled_otherwise():
    return pm.HalfNormal("sd", 1, default_transform=None), 2.0


@pytest.mark.parametrize(
    "build", [potential_of_a_scale, data_of_a_scale, data_of_a_dispersion, scale_sampled_otherwise]
)
def test_what_else_there_is_of_scales_is_not_left_out(build):
    """Such models take PyMC's steps, whose densities have everything."""
    with pm.Model() as model:
        sd, alpha = build()
        effect = pm.Normal("effect", 0, sd, shape=len(COORDS["group"]))
        pm.NegativeBinomial("y", mu=pm.math.exp(effect[GROUP]), alpha=alpha, observed=COUNTS)
    structure = Structure(model)
    block = GaussianBlock.largest(structure)
    assert engine(structure, block, Conditional(model, block)) is None


def moments_agree(left, right, names, limit=5):
    """Assert that means and variances agree within so many Monte Carlo standard errors."""
    for name in names:
        arrays = [run.posterior[name] for run in (left, right)]
        centre = arrays[1].mean(("chain", "draw"))
        for moment, values in (("mean", arrays), ("variance", [(one - centre) ** 2 for one in arrays])):
            errors = [az.mcse(value.to_dataset(name="x"), method="mean")["x"].to_numpy() for value in values]
            one, two = (value.mean(("chain", "draw")).to_numpy() for value in values)
            assert np.all(np.abs(one - two) <= limit * np.hypot(*errors) + 1e-12), (name, moment)


# One of each kind is a slow test; the others have a marker of their own: NUTS needs half a minute for each.
OF_EACH_KIND = (
    "logit_p",
    "counts_with_exposure",
    "classes_with_a_baseline",
    "slopes_of_groups",
    "unlike_classes",
)
AGAINST_NUTS = [
    pytest.param(name, marks=pytest.mark.slow if name in OF_EACH_KIND else pytest.mark.nuts)
    for name in MODELS
]


@pytest.mark.filterwarnings("ignore")  # of PyMC and its dependencies, in whatever version
@pytest.mark.parametrize("name", AGAINST_NUTS)
def test_draws_agree_with_nuts(name):
    """Means and variances of all variables within 5 MCSE, of 2 x 1000 draws each."""
    with pytensor.config.change_flags(mode="FAST_RUN", cxx=CXX):
        model = MODELS[name]()
        ours = polyagamma.pymc.sample(model, 1000, chains=2, cores=1, random_seed=1, progressbar=False)
        with model:
            nuts = pm.sample(
                1000, tune=1000, chains=2, cores=1, random_seed=2, progressbar=False, target_accept=0.95
            )
    assert set(ours.posterior.data_vars) == set(nuts.posterior.data_vars)
    moments_agree(ours, nuts, list(nuts.posterior.data_vars))


def test_advice_speaks_of_the_variables_of_the_model(caplog):
    """PyMC's own checks, and not this package's, which name what its models name."""
    polyagamma.pymc.sample(
        WHOLE["groups_centred"](), 100, tune=100, chains=2, random_seed=1, progressbar=False
    )
    assert "The effective sample size per chain is smaller than 100" in caplog.text
    caplog.clear()
    quiet = {"progressbar": False, "compute_convergence_checks": False}
    polyagamma.pymc.sample(WHOLE["groups_centred"](), 100, tune=100, chains=2, random_seed=1, **quiet)
    assert not caplog.text


def test_arguments_that_pymc_does_not_have_are_refused():
    with pytest.raises(TypeError, match="no argument 'burn'"):
        polyagamma.pymc.sample(WHOLE["logit_p"](), burn=3)
    with pytest.raises(TypeError, match=r"step is chosen here: .* PolyaGammaGibbs"):
        polyagamma.pymc.sample(WHOLE["logit_p"](), step=None)


def small(seed=1, **options):
    """A short run with a step of the bridge and one of PyMC."""
    model = WHOLE["groups_centred"]()
    with model:
        step = PolyaGammaGibbs([model["effect"], model["mean"]])
        return pm.sample(
            6,
            tune=3,
            step=[step, pm.Metropolis([model["sd"]])],
            chains=2,
            cores=1,
            random_seed=seed,
            progressbar=False,
            compute_convergence_checks=False,
            **options,
        )


@pytest.mark.slow
def test_a_step_is_labelled_and_reproducible():
    first, again, other = small(), small(), small(seed=2)
    assert first.posterior["effect"].dims == ("chain", "draw", "group")
    assert list(first.posterior["group"].to_numpy()) == COORDS["group"]
    assert np.isfinite(first.sample_stats["loglik"]).all()
    assert first.posterior.equals(again.posterior)
    assert not first.posterior.equals(other.posterior)


def test_a_whole_model_is_labelled_as_pymc_labels_it():
    model = WHOLE["matrix_operator"]()
    runs = [
        polyagamma.pymc.sample(
            model,
            5,
            tune=3,
            chains=2,
            random_seed=seed,
            progressbar=False,
            idata_kwargs={"log_likelihood": True},
        )
        for seed in (1, 1, 2)
    ]
    with model:
        pymc_own = pm.sample(
            5, tune=3, step=pm.Metropolis(), chains=2, cores=1, random_seed=1, progressbar=False,
            compute_convergence_checks=False,
        )  # fmt: skip
    ours, theirs = trace.groups(runs[0]), trace.groups(pymc_own)
    for name, array in theirs["posterior"].variables.items():
        assert ours["posterior"][name].dims == array.dims
        assert ours["posterior"][name].shape == array.shape
        assert ours["posterior"][name].dtype == array.dtype
    assert ours["observed_data"].equals(theirs["observed_data"])
    assert ours["log_likelihood"]["y"].shape == (2, 5, N)
    eta = ours["posterior"]["beta"].to_numpy() @ X.T
    np.testing.assert_allclose(ours["posterior"]["p"], 1 / (1 + np.exp(-eta)), rtol=1e-12)
    assert runs[0].posterior.equals(runs[1].posterior)
    assert not runs[0].posterior.equals(runs[2].posterior)


def test_only_variables_asked_for_are_kept():
    idata = polyagamma.pymc.sample(
        WHOLE["matrix_operator"](),
        200,
        tune=200,
        chains=1,
        random_seed=1,
        progressbar=False,
        var_names=["p"],
    )
    assert list(idata.posterior.data_vars) == ["p"]


def test_parents_are_drawn_given_their_effects():
    """Of 4000 draws, the mean given its effects has its exact moments within 5 standard errors."""
    idata = polyagamma.pymc.sample(WHOLE["groups_with_a_mean"](), 1000, random_seed=3, progressbar=False)
    effects = idata.posterior["effect"].to_numpy().reshape(-1, len(COORDS["group"]))
    precision = 1 + effects.shape[1] / 0.8**2
    expected = effects.sum(1) / 0.8**2 / precision
    z = (idata.posterior["mean"].to_numpy().ravel() - expected) * np.sqrt(precision)
    assert abs(z.mean()) < 5 / np.sqrt(len(z))
    assert abs((z**2).mean() - 1) < 5 * np.sqrt(2 / len(z))
    assert np.abs(np.corrcoef(z, effects.T)[0, 1:]).max() < 5 / np.sqrt(len(z))


def test_effects_of_no_row_have_their_prior():
    """Of 4000 draws, quotients of two such effects and the scale are standard normal within 5 s. e."""
    idata = polyagamma.pymc.sample(WHOLE["groups_not_all_seen"](), 1000, random_seed=3, progressbar=False)
    effect = idata.posterior["effect"] / idata.posterior["sd"]
    z = effect.isel(effect_dim_0=[0, -1]).to_numpy().reshape(-1, 2)
    assert np.abs(z.mean(0)).max() < 5 / np.sqrt(len(z))
    assert np.abs((z**2).mean(0) - 1).max() < 5 * np.sqrt(2 / len(z))


def test_the_mean_of_classes_has_its_prior():
    """Of 4000 draws, the classes' mean has the moments of N(0.5, 1/3) within 5 standard errors."""
    idata = polyagamma.pymc.sample(WHOLE["classes_all_alike"](), 1000, random_seed=3, progressbar=False)
    beta = (
        idata.posterior["beta"].transpose("chain", "draw", "predictor", "kind").to_numpy().reshape(-1, 3, 3)
    )
    z = (beta.mean(2) - 0.5) * np.sqrt(3)
    assert np.abs(z.mean(0)).max() < 5 / np.sqrt(len(z))
    assert np.abs((z**2).mean(0) - 1).max() < 5 * np.sqrt(2 / len(z))


@pytest.mark.slow
def test_pymc_chooses_the_steps_that_it_always_chose():
    code = """if True:
        import pymc as pm
        def chosen():
            return [method.__name__ for method in pm.STEP_METHODS]
        before = chosen()
        from polyagamma.pymc import PolyaGammaGibbs
        print(before == chosen(), PolyaGammaGibbs.competence(None, True).name)
    """
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.split() == ["True", "INCOMPATIBLE"], result.stderr
    assert PolyaGammaGibbs._competence([None], [True]) == [Competence.INCOMPATIBLE]


def test_pymc_is_not_imported_unasked():
    code = "import polyagamma, sys; polyagamma.PolyaGammaLogistic; print('pymc' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "False", result.stderr


def test_a_chain_goes_on_from_its_state():
    model = WHOLE["groups_centred"]()
    with model:
        step = PolyaGammaGibbs([model["effect"]], rng=5)
    point, _ = step.step(model.initial_point())
    saved = pickle.loads(pickle.dumps(step.sampling_state))
    expected, _ = step.step(point)
    moved, _ = step.step(expected)
    assert np.any(moved["effect"] != expected["effect"])
    step.sampling_state = saved
    again, _ = step.step(point)
    np.testing.assert_array_equal(again["effect"], expected["effect"])


def test_a_step_goes_through_pickles():
    import cloudpickle

    model = MIXED["counts_of_groups"]()
    with model:
        step = PolyaGammaGibbs([model["effect"], model["mean"]], rng=5)
    copy = cloudpickle.loads(cloudpickle.dumps(step))
    here, there = (one.step(model.initial_point())[0] for one in (step, copy))
    np.testing.assert_array_equal(here["effect"], there["effect"])


def test_rows_without_trials_count_for_nothing():
    def draws(rows):
        with pm.Model() as model:
            b = pm.Normal("b", 0, 1)
            pm.Binomial("y", n=TRIALS[rows], p=pm.math.invlogit(b * X[rows, 0]), observed=WINS[rows])
        return polyagamma.pymc.sample(
            model, 200, tune=200, chains=1, random_seed=1, progressbar=False
        ).posterior

    assert (TRIALS == 0).any()
    assert draws(np.arange(N)).equals(draws(np.flatnonzero(TRIALS)))


def bernoulli():
    b = pm.Normal("b", 0.5, 2)
    pm.Bernoulli("y", logit_p=b * X[:20, 0] + 0.3, observed=Y[:20])


def counts():
    b = pm.Normal("b", 0.5, 2)
    pm.NegativeBinomial("y", mu=pm.math.exp(b * X[:20, 0]), alpha=1.5, observed=COUNTS[:20])


def classes():
    b = pm.Normal("b", 0.5, 2)
    eta = pt.stack([0.2 * X[:20, 1], b * X[:20, 0], 0 * X[:20, 0]], axis=1)
    pm.Categorical("y", logit_p=eta, observed=KIND[:20])


@pytest.mark.slow
@pytest.mark.parametrize("build", [bernoulli, counts, classes])
def test_a_step_has_the_posterior_of_quadrature(build):
    """Mean and standard deviation of 4 x 500 draws."""
    with pm.Model() as model:
        build()
        step = PolyaGammaGibbs([model["b"]], rng=7)
    logp = model.compile_logp()
    grid = np.linspace(-5, 5, 201)
    weights = np.array([float(logp({"b": np.asarray(b)})) for b in grid])
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    mean = weights @ grid
    chains = np.empty((4, 500))
    for chain in chains:
        point = model.initial_point()
        for k in range(len(chain)):
            point, _ = step.step(point)
            chain[k] = point["b"]
    assert abs(mean_z(chains, mean)) < LIMIT
    assert abs(sd_z(chains, np.sqrt(weights @ (grid - mean) ** 2))) < LIMIT


def test_the_log_likelihood_of_a_step_is_that_of_its_draw():
    with pm.Model() as model:
        b = pm.Normal("b", 0, 1)
        pm.NegativeBinomial("y", mu=pm.math.exp(b * X[:, 0]), alpha=3.0, observed=COUNTS)
        step = PolyaGammaGibbs([b], rng=1)
    point, [stats] = step.step(model.initial_point())
    theirs = float(model.compile_logp(vars=[model["y"]])(point))
    constants = (gammaln(COUNTS + 3) - gammaln(3) - gammaln(COUNTS + 1)).sum()
    # PyMC 6 takes the logarithm of alpha=3 in single precision
    assert stats["loglik"] + constants == pytest.approx(theirs, rel=1e-7)


def test_the_group_data_are_used():
    """So that the models above test more than an intercept."""
    assert len(set(GROUP)) == len(COORDS["group"])
    assert set(Y) == {0, 1}
