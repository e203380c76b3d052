"""Which chains of the core suit a model; the only place that chooses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polyagamma.likelihoods.likelihood import PolyaGammaLikelihood
from polyagamma.mcmc.core_chains import (
    BitGenerators,
    FixedKernelChains,
    LinearChains,
    Mix,
    ProcessChains,
    Rows,
    linear_bytes,
)
from polyagamma.mcmc.rounds import Chains, one_blas_thread
from polyagamma.mcmc.settings import Settings
from polyagamma.terms.processes import LatentProcess
from polyagamma.terms.term import Initial, Term

FloatArray = NDArray[np.float64]
MIXES = {"auto": Mix((1, 6, 1, 1, 1), 5), "sparse": Mix((1, 1, 1, 1, 1), 5), "gibbs": Mix((3, 0, 0, 0, 0), 1)}
"""That of the full process was best for the least effective sample size per second on the Pima data, with one
length scale and with one for each predictor, and on the breast cancer data; a sparse process has many rows,
which determine its kernel."""
LINEAR_STATISTICS, PROCESS_STATISTICS = 1, 5  # that chains tell of a draw, at most


def make_chains(
    likelihood: PolyaGammaLikelihood,
    term: Term,
    initvals: Initial | None,
    settings: Settings,
    bit_generators: BitGenerators,
) -> Chains:
    """Return the chains that suit a model, at their starting points.

    A linear model has a sampler of its own. A process with a fixed kernel is moved along Hamiltonian
    trajectories: those of a linear model, if it is one (a process of low rank whose rows have no variances of
    their own), else those of its values. Every other process is sampled by Gibbs sampling.

    Parameters
    ----------
    likelihood : PolyaGammaLikelihood
    term : Term
    initvals : mapping, optional
        Where to start, by the names of the term's parameters.
    settings : Settings
    bit_generators : sequence of BitGenerator

    Raises
    ------
    FloatingPointError
        If a fixed kernel's matrix is not positive definite.
    TypeError, ValueError
        If `initvals` do not fit, or `settings` ask for split HMC where there is none.
    """
    initial = None if initvals is None else term.initial(initvals, settings.chains)
    rows = Rows(
        likelihood.b,
        likelihood.kappa,
        np.tile(likelihood.offset + term.known, (likelihood.n_functions, 1)),
    )
    latent = term.process()
    if latent is None or _moves_along_trajectories(latent, rows, settings):
        if (linear := term.linear()) is not None:
            start = None if latent is not None else initial
            with one_blas_thread():
                return LinearChains(linear, rows, start, settings, bit_generators)
        assert latent is not None  # a term is a linear model or a process
        if (covariance := latent.process.covariance) is not None:
            return FixedKernelChains(latent.process, covariance, rows, settings, bit_generators)
    if settings.kernel == "hmc":
        raise ValueError(
            "kernel='hmc' needs sample_kernel=False, two classes and no approximation='fitc': pass 'auto'"
        )
    start = _start(latent, len(rows.kappa), initial, settings, bit_generators)
    return ProcessChains(latent, rows, start, _mix(latent, settings), settings, bit_generators)


def _moves_along_trajectories(latent: LatentProcess, rows: Rows, settings: Settings) -> bool:
    return latent.prior is None and settings.kernel != "gibbs" and len(rows.kappa) == 1


def _mix(latent: LatentProcess, settings: Settings) -> Mix:
    auto = "sparse" if latent.process.covariance is None else "auto"
    return MIXES["gibbs" if settings.kernel == "gibbs" else auto]


def _start(
    latent: LatentProcess,
    functions: int,
    initial: FloatArray | None,
    settings: Settings,
    bit_generators: BitGenerators,
) -> FloatArray:
    """Return log kernel parameters (chains, functions, d) to start at.

    By default these are near those of the kernel, from each chain's generator.
    """
    if latent.prior is None:
        return np.empty((settings.chains, functions, 0))
    if initial is not None:
        return np.repeat(initial[:, np.newaxis], functions, axis=1)
    theta = np.array(latent.process.kernel.theta, dtype=np.float64)
    generators = map(np.random.Generator, bit_generators)
    return np.array([latent.prior.start(theta, generator, (functions,)) for generator in generators])


def memory(term: Term, settings: Settings) -> tuple[int, int]:
    """Return how many statistics chains tell of a draw, and the bytes of all that they allocate."""
    latent = term.process()
    if latent is None:
        ((coefficients,),) = term.outputs((), False).values()
        return LINEAR_STATISTICS, linear_bytes(len(term.predictors.X), coefficients, settings)
    return PROCESS_STATISTICS, 8 * latent.process.doubles(settings.threads, latent.prior is None)
