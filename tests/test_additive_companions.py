"""Laplace's approximation of additive models: densities, modes and laws by definition; chains."""

import numpy as np
import pytest
import xarray as xr
from scipy.special import expit
from test_partial_correlations import jacobian, theta_of

from polyagamma import (
    LKJ,
    Approximation,
    Exponential,
    Gamma,
    Group,
    HalfT,
    Linear,
    PolyaGammaAdditive,
    SamplingWarning,
    Smooth,
)

RNG = np.random.default_rng(8)
N, GROUPS = 200, 12
GROUP = RNG.integers(0, GROUPS, N)
SLOPE, TIME = RNG.standard_normal((N, 1)), RNG.uniform(0, 1, N)
EFFECTS = RNG.multivariate_normal([0, 0], [[1, 0.3], [0.3, 0.5]], GROUPS)
ETA = -0.3 + EFFECTS[GROUP, 0] + (0.8 + EFFECTS[GROUP, 1]) * SLOPE[:, 0]
Y = (RNG.random(N) < expit(ETA)).astype(int)
TRIALS, WEIGHTS = RNG.integers(1, 5, N), RNG.uniform(0.5, 2, N)
SUCCESSES = RNG.binomial(TRIALS, expit(ETA))
COUNTS = RNG.poisson(np.exp(1 + ETA / 2) * RNG.gamma(2.0, 0.5, N))
TWO_SLOPES = np.column_stack([SLOPE[:, 0], TIME])
quiet = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")
MODELS = {
    "intercepts": lambda: PolyaGammaAdditive([Linear(SLOPE), Group(GROUP, prior_sd=HalfT(3, 2.5))], Y),
    "slopes": lambda: PolyaGammaAdditive(
        [Linear(SLOPE), Group(GROUP, slopes=SLOPE, prior_corr=LKJ(2), prior_sd=Exponential(1))],
        SUCCESSES,
        family="binomial",
        trials=TRIALS,
        weights=WEIGHTS,
        offset=0.1 * ETA,
    ),
    "two slopes": lambda: PolyaGammaAdditive(
        [Linear(TWO_SLOPES), Group(GROUP, slopes=TWO_SLOPES, prior_corr=LKJ(1.5), prior_sd=HalfT(4, 1))],
        SUCCESSES,
        family="binomial",
        trials=TRIALS,
    ),
    "smooth": lambda: PolyaGammaAdditive([Group(GROUP), Smooth(TIME, n_basis=6)], Y),
    "counts": lambda: counts_of([Linear(SLOPE), Group(GROUP)], weights=WEIGHTS, exposure=1 + TIME),
    "counts, r known": lambda: counts_of([Linear(SLOPE), Group(GROUP)], dispersion_prior=2.5),
    "counts, no scales": lambda: counts_of([Linear(SLOPE)], dispersion_prior=Gamma(2, 0.5)),
}


def counts_of(terms, **options):
    return PolyaGammaAdditive(terms, COUNTS, family="negative_binomial", **options)


def differences(function, x, step=1e-4):
    """Return derivatives of a function by central differences, (..., len(x))."""
    moves = step * np.eye(len(x))
    return np.stack([(function(x + move) - function(x - move)) / (2 * step) for move in moves], axis=-1)


def rows_of(model):
    return model._core_rows(1)


@quiet
@pytest.mark.parametrize("kind", MODELS)
def test_the_density_is_that_of_chains(kind):
    model = MODELS[kind]()
    idata = model.sample(3, tune=20, chains=1, random_seed=1, progressbar=False)
    posterior, rows, term = idata.posterior, rows_of(model), model._specification.term
    coefficients = [term._fixed_coefficients(posterior)]
    theta, change = [], np.zeros(3)
    for block, own in zip(term._blocks, rows.blocks, strict=True):
        coefficients.append(term._coefficients(posterior, block))
        natural = term._scales(posterior, block)
        theta.append(np.array([theta_of(one, block.effects.columns) for one in natural]))
        np.testing.assert_allclose(own.natural(theta[-1]), natural, rtol=1e-12, atol=1e-14)
        change += [np.linalg.slogdet(jacobian(own.natural, one))[1] for one in theta[-1]]
    if "r" in posterior:
        theta.append(np.log(posterior["r"].to_numpy()[0])[:, np.newaxis])
    found = rows.log_joint(np.concatenate([*coefficients, *theta], axis=1)) - change
    np.testing.assert_allclose(found, idata.sample_stats["lp"].to_numpy()[0], rtol=1e-10)


@pytest.mark.parametrize("kind", MODELS)
def test_coefficients_are_at_their_mode_and_have_its_curvature(kind):
    model = MODELS[kind]()
    rows, law = rows_of(model), model.fit(progressbar=False).law
    x, theta = law.mean[: rows.k], law.mean[rows.k :]

    def at(x):
        return rows.log_joint(np.concatenate([x, theta])[np.newaxis])[0]

    slope = differences(at, x)
    assert np.abs(slope).max() < 1e-3
    precision = law.factor[: rows.k, : rows.k] @ law.factor[: rows.k, : rows.k].T
    second = -differences(lambda x: differences(at, x, 1e-3), x, 1e-3)
    np.testing.assert_allclose(precision, second, atol=2e-4 * np.abs(second).max())


@pytest.mark.parametrize("kind", MODELS)
def test_scales_are_at_the_mode_of_their_marginal_density(kind):
    model = MODELS[kind]()
    rows, approx = rows_of(model), model.fit(progressbar=False)
    k, theta = rows.k, approx.law.mean[rows.k :]

    def marginal(theta):
        # log p(y, x, theta) - log N(x; mode, ...) at the mode
        at = rows.mode(theta, approx.law.mean[:k])
        density = rows.log_joint(np.concatenate([at.x, theta])[np.newaxis])[0]
        return density + 0.5 * k * np.log(2 * np.pi) - np.log(at.factor.diagonal()).sum()

    assert marginal(theta) == pytest.approx(approx.hist[-1], abs=1e-8)
    precision = np.linalg.inv(approx.law.covariance()[k:, k:])
    slope = differences(marginal, theta, 0.05)
    assert np.abs(np.linalg.solve(precision, slope) * np.sqrt(np.diag(precision))).max() < 0.02
    modes = differences(lambda theta: rows.mode(theta, approx.law.mean[:k]).x, theta, 0.05)
    crossing = approx.law.covariance()[:k, k:] @ precision  # how the mean of x moves with theta
    np.testing.assert_allclose(crossing, modes, atol=1e-6)
    assert (np.diff(approx.hist) >= 0).all()


@quiet
def test_means_are_near_those_of_chains_and_chains_start_from_it():
    model = MODELS["slopes"]()
    approx = model.fit(progressbar=False)
    idata = model.sample(1000, init=approx, random_seed=1, progressbar=False)
    for name in ("intercept", "beta", "1|group"):
        draws = idata.posterior[name]
        mean, sd = draws.mean(("chain", "draw")).to_numpy(), draws.std(("chain", "draw")).to_numpy()
        drawn = approx.sample(4000).posterior[name]
        # Errors of means of 4000 dependent and 16 000 independent draws are below .06 sd.
        assert np.abs((drawn.mean(("chain", "draw")).to_numpy() - mean) / sd).max() < 0.45
        np.testing.assert_allclose(drawn.std(("chain", "draw")).to_numpy() / sd, 1.0, atol=0.25)
    assert set(approx.initvals(2, np.random.SeedSequence(1))) == set(model._specification.parameters)
    assert idata.posterior.sizes["draw"] == 1000


@quiet
def test_counts_are_near_chains_and_start_them():
    model = MODELS["counts"]()
    approx = model.fit(progressbar=False)
    assert approx.mean.coords["coordinate"].to_numpy().tolist()[-2:] == ["log 1|group_sigma", "log r"]
    idata = model.sample(1000, init=approx, random_seed=1, progressbar=False)
    found = approx.sample(4000).posterior
    for name in ("intercept", "beta", "r"):
        logs = np.log if name == "r" else np.asarray
        ours, exact = (logs(one[name].to_numpy()) for one in (found, idata.posterior))
        # Errors of means of 4000 dependent and 16 000 independent draws are below .06 sd.
        assert abs(ours.mean() - exact.mean()) < 0.3 * exact.std()
        assert ours.std() == pytest.approx(exact.std(), rel=0.2)


def three_columns():
    """Return a model of an intercept and two slopes, correlated by 0.56, -0.39 and 0.29, of 10 groups."""
    rng = np.random.default_rng(8)
    group, X = np.arange(600) % 10, rng.standard_normal((600, 2))
    covariance = [[1, 0.5, -0.3], [0.5, 0.8, 0.2], [-0.3, 0.2, 0.6]]
    effects = rng.multivariate_normal(np.zeros(3), covariance, 10)[group]
    eta = -0.3 + effects[:, 0] + (0.8 + effects[:, 1]) * X[:, 0] + (effects[:, 2] - 0.4) * X[:, 1]
    y = rng.binomial(6, expit(eta))
    terms = [Linear(X), Group(group, slopes=X, prior_corr=LKJ(2))]
    return PolyaGammaAdditive(terms, y, family="binomial", trials=np.full(600, 6))


@quiet
def test_correlations_of_three_columns_are_near_those_of_chains():
    model = three_columns()
    approx = model.fit(progressbar=False)
    idata = model.sample(2000, init=approx, random_seed=1, progressbar=False)
    drawn, weighted = approx.sample(8000).posterior, approx.resample(4000).posterior
    assert list(drawn.data_vars) == list(idata.posterior.data_vars)
    assert idata.posterior["group_corr"].coords["group_corr_pair"].to_numpy().tolist() == [
        "1,x0",
        "1,x1",
        "x0,x1",
    ]
    for name, draws in idata.posterior.data_vars.items():
        mean, sd = draws.mean(("chain", "draw")).to_numpy(), draws.std(("chain", "draw")).to_numpy()
        # Six standard errors: dependent draws of chains are worth 2000 at least, 4000 weighted ones 600, so
        # that these differ by 0.28 sd at most. The law's means are modes, and lower where scales are skewed.
        skewed = name.endswith("_sigma") or name == "group_corr"
        for found, most in ((drawn, 0.55 if skewed else 0.25), (weighted, 0.28)):
            own = found[name]
            assert own.dims == draws.dims
            xr.testing.assert_identical(
                own.drop_vars(["chain", "draw"]).coords.to_dataset(),
                draws.drop_vars(["chain", "draw"]).coords.to_dataset(),
            )
            assert np.abs((own.mean(("chain", "draw")).to_numpy() - mean) / sd).max() < most
            np.testing.assert_allclose(own.std(("chain", "draw")).to_numpy() / sd, 0.95, atol=0.25)
    assert set(approx.initvals(2, np.random.SeedSequence(1))) == set(model._specification.parameters)


def test_partial_correlations_are_named_so():
    names = MODELS["two slopes"]().fit(progressbar=False).mean.coords["coordinate"].to_numpy().tolist()
    assert names[-3:] == [
        "atanh group_corr[1,x0]",
        "atanh group_corr[1,x1]",
        "atanh partial group_corr[x0,x1]",
    ]


@quiet
def test_names_and_predictions():
    model = MODELS["slopes"]()
    approx = model.fit(progressbar=False)
    names = approx.mean.coords["coordinate"].to_numpy().tolist()
    assert names[:2] == ["intercept", "beta[x0]"]
    assert [name.split()[0] for name in names[-3:]] == ["log", "log", "atanh"]
    drawn = approx.sample(4000).posterior
    mean = float(approx.mean.sel(coordinate="intercept"))
    assert float(drawn["intercept"].mean()) == pytest.approx(
        mean, abs=6 * float(drawn["intercept"].std()) / 126
    )
    assert approx.covariance.shape == (len(names), len(names))
    assert approx.khat < 1.5


@quiet
@pytest.mark.parametrize("kind", ["slopes", "two slopes"])
def test_saved_and_refined(tmp_path, kind):
    model = MODELS[kind]()
    short = model.fit(iterations=1, progressbar=False)
    short.save(tmp_path / "fit.npz")
    loaded = Approximation.load(tmp_path / "fit.npz", model)
    refined = loaded.refine(20, progressbar=False)
    np.testing.assert_allclose(refined.law.mean, model.fit(progressbar=False).law.mean, atol=0.02)
    independent = model.fit(covariance="mean_field", progressbar=False).law.covariance()
    np.testing.assert_allclose(independent, np.diag(np.diag(independent)), atol=1e-12)


def test_limits_are_said():
    with pytest.warns(SamplingWarning, match="has not converged after 1"):
        MODELS["slopes"]().fit(iterations=1)


def test_what_it_is_not_for_is_named():
    for kind in ("intercepts", "two slopes"):
        with pytest.raises(ValueError, match="method must be 'laplace'"):
            MODELS[kind]().fit("gaussian")
    with pytest.raises(ValueError, match="data= is for PolyaGammaLogistic"):
        MODELS["intercepts"]().fit(data=(SLOPE, Y))
    with pytest.raises(ValueError, match="got PolyaGammaAdditive"):
        MODELS["intercepts"]().fit().loo()
