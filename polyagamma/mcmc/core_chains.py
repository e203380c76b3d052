"""The chains of the compiled core, with their outputs by the names of terms and their errors in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polyagamma import _gibbs
from polyagamma.mcmc.rounds import Arrays, WrappedChains
from polyagamma.mcmc.settings import Settings
from polyagamma.terms.core_processes import core_covariance
from polyagamma.terms.kernels import TrainingCovariance
from polyagamma.terms.processes import LatentProcess, Process, not_positive_definite
from polyagamma.terms.term import LinearForm

FloatArray = NDArray[np.float64]
BitGenerators = Sequence[np.random.BitGenerator]


@dataclass(frozen=True)
class Rows:
    """Rows in Pólya-gamma form: b (n,); kappa and offsets (functions, n)."""

    b: FloatArray
    kappa: FloatArray
    offset: FloatArray


@dataclass(frozen=True)
class Mix:
    """Updates of a sweep, as the core knows them: steps of each, and every which sweep makes all of them."""

    steps: tuple[int, int, int, int, int]  # collapsed, whitened, surrogate, independent, trajectory
    complete_every: int


class LinearChains(WrappedChains):
    """Chains of the coefficients of a linear model.

    Parameters
    ----------
    linear : LinearForm
    rows : Rows
        With one function.
    initial : ndarray, shape (chains, k), optional
        Coefficients to start at; by default the core chooses.
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    _core: _gibbs.LogisticChains

    def __init__(
        self,
        linear: LinearForm,
        rows: Rows,
        initial: FloatArray | None,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        self._linear = linear
        model = _gibbs.LogisticModel(
            X=linear.X,
            centre=linear.centre,
            shape=rows.b,
            kappa=rows.kappa[0],
            offset=rows.offset[0],
            prior_mean=linear.prior.mean,
            prior_precision=linear.prior.precision,
            intercept=linear.intercept,
        )
        self._core = _gibbs.LogisticChains(
            model=model,
            bit_generators=bit_generators,
            initial=initial,
            tune=settings.tune,
            kernel=settings.kernel,
            threads=settings.threads,
        )

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`; NumericalError if a matrix cannot be factored."""
        if out is None:
            return self._core.run(sweeps)
        beta = self._coefficients(sweeps, out)
        self._core.run(sweeps, {"beta": beta} | {name: out[name] for name in self.stats if name in out})
        if self._linear.fitted is not None and self._linear.fitted in out:
            fitted = out[self._linear.fitted]
            for draw in np.ndindex(beta.shape[:-1]):  # the bits of a product depend on its size
                fitted[draw] = self._linear.X @ beta[draw]
        return None

    def _coefficients(self, sweeps: int, out: Arrays) -> FloatArray:
        """Return the place for the coefficients: that of the output, if it is asked for."""
        if self._linear.coefficients in out:
            return out[self._linear.coefficients]
        chains = len(next(iter(out.values())))
        return np.empty((chains, sweeps, len(self._linear.prior.mean)))


class FixedKernelChains(WrappedChains):
    """Hamiltonian trajectories of a full process with a fixed kernel.

    Parameters
    ----------
    process : Process
    covariance : TrainingCovariance
        Of the process.
    rows : Rows
        With one function.
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    _core: _gibbs.FixedKernelChains

    def __init__(
        self,
        process: Process,
        covariance: TrainingCovariance,
        rows: Rows,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        self._process = process
        self._core = _gibbs.FixedKernelChains(
            covariance=core_covariance(covariance, fixed=True),
            shape=rows.b,
            kappa=rows.kappa[0],
            offset=rows.offset[0],
            bit_generators=bit_generators,
            tune=settings.tune,
            threads=settings.threads,
        )

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`; FloatingPointError if the kernel matrix cannot be factored."""
        try:
            self._core.run(sweeps, out)
        except _gibbs.NumericalError as error:
            raise not_positive_definite(self._process, None) from error


class ProcessChains(WrappedChains):
    """Gibbs sampling of latent functions and kernel parameters.

    Parameters
    ----------
    latent : LatentProcess
    rows : Rows
    initial : ndarray, shape (chains, functions, d)
        Log kernel parameters to start at; d = 0 if they are fixed.
    mix : Mix
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    _core: _gibbs.ProcessChains

    def __init__(
        self,
        latent: LatentProcess,
        rows: Rows,
        initial: FloatArray,
        mix: Mix,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        self._process, self._sampled = latent.process, latent.prior is not None
        try:
            self._core = _gibbs.ProcessChains(
                process=latent.process.core(fixed=not self._sampled),
                shape=rows.b,
                kappa=rows.kappa,
                offset=rows.offset,
                log_prior=latent.prior,
                initial_theta=initial,
                bit_generators=bit_generators,
                tune=settings.tune,
                steps=mix.steps,
                complete_every=mix.complete_every,
                threads=settings.threads,
            )
        except _gibbs.NumericalError as error:
            raise not_positive_definite(self._process, None) from error

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`; FloatingPointError if the kernel matrix cannot be factored."""
        try:
            self._core.run(sweeps, out and {{"v": "whitened"}.get(name, name): out[name] for name in out})
        except _gibbs.NumericalError as error:
            theta = self._core.theta(error.args[1])[0] if self._sampled else None
            raise not_positive_definite(self._process, theta) from error


def linear_bytes(n_rows: int, n_coefficients: int, settings: Settings) -> int:
    """Return the memory of the chains of a linear model, besides X and the draws."""
    return _gibbs.memory_estimate(n_rows, n_coefficients, settings.chains, settings.tune)
