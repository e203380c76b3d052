"""Which chains of the core suit a model; the only place that chooses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma.likelihoods.elsewhere import Elsewhere
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.core_chains import (
    AdditiveChains,
    BitGenerators,
    DistantChains,
    FixedProcessChains,
    LinearChains,
    Mix,
    ProcessChains,
    SparseChains,
    additive_bytes,
    distant_bytes,
    linear_bytes,
    sparse_bytes,
)
from polyagamma.mcmc.rounds import Chains
from polyagamma.mcmc.settings import Settings
from polyagamma.sources.distant import is_distant
from polyagamma.terms.processes import LatentProcess
from polyagamma.terms.sparse_predictors import is_sparse
from polyagamma.terms.term import Initial, Term

FloatArray = NDArray[np.float64]
MIXES = {
    "auto": Mix((1, 6, 1, 1, 1), 5),
    "sparse": Mix((1, 1, 1, 1, 1), 5),
    "softmax": Mix((1, 1, 1, 1, 1), 10),
    "gibbs": Mix((3, 0, 0, 0, 0), 1),
}
"""That of the full process was best for the least effective sample size per second on the Pima data, with one
length scale and with one for each predictor, and on the breast cancer data; a sparse process has many rows,
which determine its kernel; that of a softmax moves all its functions at once."""
LINEAR_STATISTICS, SPARSE_STATISTICS = 1, 3
ADDITIVE_STATISTICS, PROCESS_STATISTICS = 3, 5  # that chains tell of a draw, at most


def make_chains(
    likelihood: Likelihood, term: Term, settings: Settings, bit_generators: BitGenerators
) -> Chains:
    """Return the chains that suit a model; they have not started.

    Linear and additive models have samplers of their own, and linear ones another for sparse predictors. A
    process with a fixed kernel is moved along Hamiltonian trajectories: those of a linear model, if it is one
    (a process of low rank whose rows have no variances of their own), else those of its values. Every other
    process is sampled by Gibbs sampling.

    Parameters
    ----------
    likelihood : Likelihood
    term : Term
    settings : Settings
    bit_generators : sequence of BitGenerator

    Raises
    ------
    FloatingPointError
        If a matrix cannot be factored.
    ValueError
        If `settings` ask for a transition kernel that the model has not.
    """
    linear = term.linear()
    if linear is not None and is_distant(linear.X):
        assert isinstance(likelihood, Elsewhere)
        return DistantChains(linear, likelihood, settings, bit_generators)
    latent, rows = term.process(), likelihood.polya_gamma()
    offset = likelihood.offset + term.known
    if (additive := term.additive()) is not None:
        core = likelihood.core()
        assert core is not None
        return AdditiveChains(additive, core, offset, settings, bit_generators)
    if latent is None or _moves_along_trajectories(latent, likelihood, settings):
        core = likelihood.core()
        if core is not None and linear is not None:
            kind = SparseChains if is_sparse(linear.X) else LinearChains
            return kind(linear, core, offset, settings, bit_generators)
        assert latent is not None  # a term is a linear model or a process
        if rows is not None and (covariance := latent.process.covariance) is not None:
            return FixedProcessChains(
                latent.process, covariance, rows, offset[np.newaxis], settings, bit_generators
            )
    if settings.kernel == "hmc":
        raise ValueError(
            "kernel='hmc' needs sample_kernel=False, two classes and no approximation='fitc': pass 'auto'"
        )
    if rows is None:
        raise ValueError(
            f"Gaussian processes need a likelihood with a Pólya-gamma form, got {type(likelihood).__name__}"
        )
    functions = likelihood.n_functions
    mix = _mix(latent, functions, settings)
    return ProcessChains(latent, rows, np.tile(offset, (functions, 1)), mix, settings, bit_generators)


def _moves_along_trajectories(latent: LatentProcess, likelihood: Likelihood, settings: Settings) -> bool:
    return latent.prior is None and settings.kernel != "gibbs" and likelihood.n_functions == 1


def _mix(latent: LatentProcess, functions: int, settings: Settings) -> Mix:
    if settings.kernel == "gibbs":
        return MIXES["gibbs"]
    if functions > 1:
        return MIXES["softmax"]
    return MIXES["sparse" if latent.process.covariance is None else "auto"]


def starting_points(
    likelihood: Likelihood,
    term: Term,
    initvals: Initial | Sequence[Initial] | None,
    settings: Settings,
    bit_generators: BitGenerators,
) -> FloatArray | None:
    """Return where chains start, as the core takes it; None leaves it to the core.

    By default kernel parameters start near those of the kernel, from each chain's generator.

    Raises
    ------
    TypeError, ValueError
        If `initvals` do not fit.
    """
    initial, extras = None, np.empty((settings.chains, 0))
    if initvals is not None:
        initvals = checks.one_mapping("initvals", initvals, settings.chains)
        of_term, extras = likelihood.initial(initvals, settings.chains)
        initial = term.initial(of_term, settings.chains)
    latent, functions = term.process(), likelihood.n_functions
    if latent is None:
        return None if initial is None else np.column_stack([initial, extras])
    if latent.prior is None:
        return None
    if initial is not None:
        return np.repeat(initial[:, np.newaxis], functions, axis=1)
    theta = np.array(latent.process.kernel.theta, dtype=np.float64)
    generators = map(np.random.Generator, bit_generators)
    return np.array([latent.prior.start(theta, generator, (functions,)) for generator in generators])


def functions_at_once(likelihood: Likelihood, settings: Settings) -> int:
    """Return how many latent functions a chain moves at once."""
    return 1 if settings.kernel == "gibbs" else likelihood.n_functions


def memory(likelihood: Likelihood, term: Term, settings: Settings) -> tuple[int, int]:
    """Return how many statistics chains tell of a draw, and the bytes of all that they allocate."""
    latent, rows = term.process(), len(term.predictors.X)
    if (additive := term.additive()) is not None:
        return ADDITIVE_STATISTICS, additive_bytes(rows, additive, settings)
    if latent is None:
        linear = term.linear()
        assert linear is not None
        if is_distant(linear.X):
            return LINEAR_STATISTICS, distant_bytes(linear, settings)
        if is_sparse(linear.X):
            return SPARSE_STATISTICS, sparse_bytes(linear, settings)
        return LINEAR_STATISTICS, linear_bytes(rows, linear, settings)
    functions = functions_at_once(likelihood, settings)
    return PROCESS_STATISTICS, 8 * latent.process.doubles(
        settings.chain_threads, latent.prior is None, functions
    )
