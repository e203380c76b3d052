"""The chains of a Gaussian-process model: the core's, with errors in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError

from polyagamma import _gibbs
from polyagamma.mcmc.rounds import Arrays, Chains, WrappedChains
from polyagamma.mcmc.settings import Settings
from polyagamma.terms.kernels import LogParameterPrior, parameter_groups
from polyagamma.terms.processes import FullProcess, Process, SparseProcess

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Mix:
    """Moves of a sweep, as the core knows them: steps of each, and every which sweep makes all of them."""

    steps: tuple[int, int, int, int, int]  # collapsed, whitened, surrogate, independent, trajectory
    complete_every: int


MIXES = {"auto": Mix((1, 6, 1, 1, 1), 5), "sparse": Mix((1, 1, 1, 1, 1), 5), "gibbs": Mix((3, 0, 0, 0, 0), 1)}
"""That of the full process was best for the least effective sample size per second on the Pima data, with one
length scale and with one for each predictor, and on the breast cancer data; a sparse process has many rows,
which determine its kernel."""
BitGenerators = Sequence[np.random.BitGenerator]


@dataclass(frozen=True)
class ProcessRows:
    """Rows of a model: Pólya-gamma shapes (n,); kappa and offsets plus prior means (functions, n)."""

    shape: FloatArray
    kappa: FloatArray
    offset: FloatArray


def make_chains(
    process: Process,
    prior: LogParameterPrior | None,
    rows: ProcessRows,
    initial: FloatArray | None,
    settings: Settings,
    bit_generators: BitGenerators,
) -> Chains:
    """Return the chains that suit a model.

    With a fixed kernel these are Hamiltonian trajectories: of f, or of the features of a sparse process whose
    rows have no variances of their own, which is a linear model.

    Parameters
    ----------
    process : Process
    prior : LogParameterPrior or None
        None keeps the kernel parameters fixed.
    rows : ProcessRows
    initial : ndarray, shape (chains, d), optional
        Log kernel parameters to start at; by default near those of the process's kernel.
    settings : Settings
    bit_generators : sequence of BitGenerator

    Raises
    ------
    FloatingPointError
        If a fixed kernel's matrix is not positive definite.
    ValueError
        If `settings` ask for split HMC where there is none.
    """
    if prior is None and settings.kernel != "gibbs" and len(rows.kappa) == 1:
        if isinstance(process, FullProcess):
            return FixedKernelChains(process, rows, settings, bit_generators)
        if isinstance(process, SparseProcess):
            try:
                design = process.design()
            except LinAlgError as error:
                raise not_positive_definite(process, None) from error
            if design is not None:
                return LinearChains(process, design, rows, settings, bit_generators)
    if settings.kernel == "hmc":
        raise ValueError(
            "kernel='hmc' needs sample_kernel=False, two classes and no approximation='fitc': pass 'auto'"
        )
    return ProcessChains(process, prior, rows, initial, settings, bit_generators)


class ProcessChains(WrappedChains):
    """Gibbs sampling of process and kernel parameters; see `make_chains`."""

    _core: _gibbs.ProcessChains

    def __init__(
        self,
        process: Process,
        prior: LogParameterPrior | None,
        rows: ProcessRows,
        initial: FloatArray | None,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        self._process = process
        auto = "sparse" if isinstance(process, SparseProcess) else "auto"
        mix = MIXES["gibbs" if settings.kernel == "gibbs" else auto]
        self._sampled = prior is not None
        start = np.empty((settings.chains, len(rows.kappa), 0))
        if prior is not None and initial is None:
            start = random_start(process, prior, len(rows.kappa), bit_generators)
        elif initial is not None:
            start = np.repeat(initial[:, np.newaxis], len(rows.kappa), axis=1)
        try:
            self._core = _gibbs.ProcessChains(
                process=process.core(fixed=prior is None),
                shape=rows.shape,
                kappa=rows.kappa,
                offset=rows.offset,
                log_prior=prior,
                initial_theta=start,
                bit_generators=bit_generators,
                tune=settings.tune,
                steps=mix.steps,
                complete_every=mix.complete_every,
                threads=settings.threads,
            )
        except _gibbs.NumericalError as error:
            raise not_positive_definite(process, None) from error

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`; FloatingPointError if the kernel matrix cannot be factored."""
        try:
            self._core.run(sweeps, out and {{"v": "whitened"}.get(name, name): out[name] for name in out})
        except _gibbs.NumericalError as error:
            theta = self._core.theta(error.args[1])[0] if self._sampled else None
            raise not_positive_definite(self._process, theta) from error


class FixedKernelChains(WrappedChains):
    """Hamiltonian trajectories of a full process with a fixed kernel; see `make_chains`."""

    _core: _gibbs.FixedKernelChains

    def __init__(
        self, process: FullProcess, rows: ProcessRows, settings: Settings, bit_generators: BitGenerators
    ) -> None:
        self._process = process
        self._core = _gibbs.FixedKernelChains(
            covariance=process.core_covariance(fixed=True),
            shape=rows.shape,
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


class LinearChains(WrappedChains):
    """The sampler of logistic regression for a sparse process with a fixed kernel; see `make_chains`."""

    _core: _gibbs.LogisticChains

    def __init__(
        self,
        process: SparseProcess,
        design: FloatArray,
        rows: ProcessRows,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        self._process = process
        self._design = design
        size = design.shape[1]
        model = _gibbs.LogisticModel(
            X=design,
            shape=rows.shape,
            kappa=rows.kappa[0],
            offset=rows.offset[0],
            prior_mean=np.zeros(size),
            prior_precision=np.ones(size),
        )
        self._core = _gibbs.LogisticChains(
            model=model,
            bit_generators=bit_generators,
            tune=settings.tune,
            kernel=settings.kernel,
            threads=settings.threads,
        )

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`; NumericalError if a matrix cannot be factored."""
        if out is None:
            return self._core.run(sweeps)
        nu = self._coordinates(sweeps, out)
        self._core.run(sweeps, {"beta": nu} | {name: out[name] for name in self.stats})
        if "f" in out:
            for draw in np.ndindex(nu.shape[:-1]):  # the bits of a product depend on its size
                out["f"][draw] = self._design @ nu[draw]
        return None

    def _coordinates(self, sweeps: int, out: Arrays) -> FloatArray:
        """Return the place for nu: that of what is stored, if it is asked for, which is as large."""
        if self._process.variable in out:
            return out[self._process.variable]
        chains = len(next(iter(out.values())))
        return np.empty((chains, sweeps, self._design.shape[1]))


def random_start(
    process: Process, prior: LogParameterPrior, functions: int, bit_generators: BitGenerators
) -> FloatArray:
    """Return log parameters (chains, functions, d) near those of the kernel, from each chain's generator."""
    theta = np.array(process.kernel.theta, dtype=np.float64)
    starts = [prior.start(theta, np.random.Generator(bits), (functions,)) for bits in bit_generators]
    return np.array(starts)


def not_positive_definite(process: Process, theta: FloatArray | None) -> FloatingPointError:
    """Return the error of a kernel matrix that cannot be factored, at its own parameters or at others."""
    kernel = process.kernel
    theta = np.array(kernel.theta) if theta is None else theta
    values = ", ".join(
        f"{group.name} = {np.array2string(np.exp(theta[group.where]), precision=4, separator=', ')}"
        for group in parameter_groups(kernel)
    )
    return FloatingPointError(
        f"the kernel matrix is not positive definite, or not finite, at {values or kernel} with "
        f"jitter = {process.jitter:g}: pass a larger jitter, a kernel_prior or bounds that keep away "
        "from there, or inputs of like scale"
    )
