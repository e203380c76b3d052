"""The core writes into the caller's arrays, so it takes none that it would have to convert, of any chains."""

import numpy as np
import pytest

from polyagamma import _gibbs

N, CHAINS, SWEEPS = 6, 2, 3
RNG = np.random.default_rng(0)
X = RNG.standard_normal((N, 2))
ROWS = {"b": np.ones(N), "kappa": RNG.choice([-0.5, 0.5], N)}
FUNCTIONS = {"b": ROWS["b"], "kappa": ROWS["kappa"][np.newaxis], "offset": np.zeros((1, N))}


def generators():
    return [np.random.PCG64(seed) for seed in range(CHAINS)]


def covariance():
    return _gibbs.StationaryCovariance(
        family=0, inputs=X, variance=(-1, 0.3), length_scales=[(-1, 0.0)], jitter=1e-6
    )


def linear():
    prior = _gibbs.Prior("gaussian", 2, {"mean": np.zeros(2), "precision": np.ones(2)})
    likelihood = _gibbs.Likelihood("binomial", ROWS)
    model = _gibbs.LinearModel(X=X, offset=np.zeros(N), likelihood=likelihood, prior=prior)
    return _gibbs.linear_chains(model=model, bit_generators=generators())


def process():
    return _gibbs.process_chains(
        process=_gibbs.FullProcess(n_rows=N, n_theta=0, covariance=covariance()),
        **FUNCTIONS,
        log_prior=None,
        bit_generators=generators(),
        tune=0,
        steps=(0, 0, 0, 0, 1),
        complete_every=1,
        threads=1,
    )


def fixed_process():
    return _gibbs.fixed_process_chains(
        covariance=covariance(), **FUNCTIONS, bit_generators=generators(), tune=0, threads=1
    )


def started(make):
    chains = make()
    chains.start(np.zeros((CHAINS, 0)) if make is process else None)
    return chains


every_kind = pytest.mark.parametrize(
    ("make", "name", "size"), [(linear, "beta", 2), (process, "f", N), (fixed_process, "f", N)]
)


@every_kind
def test_arrays_of_the_right_kind_are_filled(make, name, size):
    chains = started(make)
    padded = np.full((CHAINS, 2 * SWEEPS, size), np.nan)  # views are welcome
    out = {name: padded[:, SWEEPS:], "lp": np.full((CHAINS, SWEEPS), np.nan)}
    chains.run(SWEEPS, out)
    assert np.isfinite(padded[:, SWEEPS:]).all()
    assert np.isnan(padded[:, :SWEEPS]).all()
    assert np.isfinite(out["lp"]).all()


def others(shape):
    """Return what is no place for doubles of a shape."""
    return {
        "float32": np.zeros(shape, dtype=np.float32),  # was converted into a temporary, and that written to
        "integers": np.zeros(shape, dtype=np.int64),
        "too few sweeps": np.zeros((shape[0], shape[1] - 1, *shape[2:])),  # was written to past its end
        "too few chains": np.zeros((shape[0] - 1, *shape[1:])),
        "another dimension": np.zeros((*shape, 1)),
        "read-only": np.broadcast_to(0.0, shape),
        "a list": np.zeros(shape).tolist(),
        "nothing": None,
    }


@every_kind
@pytest.mark.parametrize("wrong", others((1, 1)))
@pytest.mark.parametrize("stat", [False, True])
def test_other_arrays_are_refused(make, name, size, wrong, stat):
    name, shape = ("lp", (CHAINS, SWEEPS)) if stat else (name, (CHAINS, SWEEPS, size))
    with pytest.raises(ValueError, match=rf"out\['{name}'\] has the wrong shape, dtype or strides"):
        started(make).run(SWEEPS, {name: others(shape)[wrong]})


@every_kind
def test_vectors_must_be_contiguous_and_of_the_right_size(make, name, size):
    for wrong in (np.zeros((size, SWEEPS, CHAINS)).T, np.zeros((CHAINS, SWEEPS, size - 1))):
        with pytest.raises(ValueError, match="wrong shape, dtype or strides"):
            started(make).run(SWEEPS, {name: wrong})


@pytest.mark.parametrize("make", [linear, process, fixed_process])
def test_names_that_chains_do_not_tell_are_refused(make):
    with pytest.raises(ValueError, match="a name that these chains do not tell"):
        started(make).run(SWEEPS, {"no such name": np.zeros((CHAINS, SWEEPS))})


@pytest.mark.parametrize("make", [linear, process, fixed_process])
def test_states_and_starting_points_of_other_chains_are_refused(make):
    chains = started(make)
    for state in ({}, {"sweeps_done": np.array([0])}, chains.state() | {"sweeps_done": np.arange(2)}):
        with pytest.raises(ValueError, match="state"):
            chains.set_state(state)
    with pytest.raises(ValueError, match="numbers for each chain"):
        chains.start(np.zeros((CHAINS, 99)))
    with pytest.raises(IndexError, match="no such chain"):
        chains.parameters(CHAINS)


def test_arrays_of_likelihoods_and_priors_must_fit():
    with pytest.raises(ValueError, match="there is no 'probit'"):
        _gibbs.Likelihood("probit", ROWS)
    with pytest.raises(ValueError, match="needs 'kappa'"):
        _gibbs.Likelihood("binomial", {"b": np.ones(N)})
    with pytest.raises(ValueError, match="kappa has the wrong shape"):
        _gibbs.Likelihood("binomial", {"b": np.ones(N), "kappa": np.ones(N - 1)})
    with pytest.raises(ValueError, match="does not take all"):
        _gibbs.Likelihood("binomial", {**ROWS, "c": np.ones(N)})
    with pytest.raises(ValueError, match="wrong sizes"):
        _gibbs.Prior("gaussian", 3, {"mean": np.zeros(2), "precision": np.ones(2)})
    prior = _gibbs.Prior("gaussian", 2, {"mean": np.zeros(2), "precision": np.ones(2)})
    poisson = _gibbs.Likelihood("poisson", {"y": np.ones(N), "weights": np.ones(N)})
    assert not poisson.augments
    with pytest.raises(ValueError, match="must have the rows of X"):
        _gibbs.LinearModel(X=X[1:], offset=np.zeros(N - 1), likelihood=poisson, prior=prior)
    with pytest.raises(ValueError, match="must have the coefficients of X"):
        _gibbs.LinearModel(X=X, offset=np.zeros(N), likelihood=poisson, prior=prior, intercept=True)
    model = _gibbs.LinearModel(X=X, offset=np.zeros(N), likelihood=poisson, prior=prior)
    with pytest.raises(ValueError, match="needs a likelihood with a Pólya-gamma form"):
        _gibbs.linear_chains(model=model, bit_generators=generators(), kernel="gibbs")
