"""The chains of the compiled core, with their outputs by the names of terms and their errors in words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from polyagamma import _gibbs
from polyagamma._validation.rewording import Rewording
from polyagamma.distributed.cluster import ClusterPool, active_client
from polyagamma.distributed.estimate import CHAINS_AT_ONCE
from polyagamma.distributed.local import LocalPool
from polyagamma.distributed.plan import Plan
from polyagamma.distributed.pool import Pool, SharedRows
from polyagamma.likelihoods.elsewhere import Elsewhere
from polyagamma.likelihoods.likelihood import CoreForm, PolyaGammaForm
from polyagamma.mcmc.rounds import Arrays, WrappedChains, one_blas_thread
from polyagamma.mcmc.settings import Settings
from polyagamma.sources.dask_arrays import DaskSource
from polyagamma.terms.core_processes import core_covariance, core_log_prior
from polyagamma.terms.kernels import TrainingCovariance
from polyagamma.terms.processes import LatentProcess, Process, not_positive_definite
from polyagamma.terms.term import AdditiveForm, LinearForm

FloatArray = NDArray[np.float64]
BitGenerators = Sequence[np.random.BitGenerator]


@dataclass(frozen=True)
class Mix:
    """Updates of a sweep, as the core knows them: steps of each, and every which sweep makes all of them."""

    steps: tuple[int, int, int, int, int]  # collapsed, whitened, surrogate, independent, trajectory
    complete_every: int


class CoreChains(WrappedChains):
    """Chains of the core, whose numerical errors become FloatingPointErrors with a cure."""

    _core: _gibbs.Chains

    def start(self, initial: FloatArray | None) -> None:
        """Put the chains at their starting points; see `_gibbs.Chains.start`."""
        with one_blas_thread(), self._errors_in_words():
            self._core.start(initial)

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`."""
        with self._errors_in_words(self._core.sweeps_done):
            self._core.run(sweeps, out)

    def _errors_in_words(self, first: int | None = None) -> Rewording[_gibbs.NumericalError]:
        return Rewording(_gibbs.NumericalError, lambda error: self._in_words(error, first))

    @abstractmethod
    def _in_words(self, error: _gibbs.NumericalError, first: int | None) -> FloatingPointError:
        """Return what kept chains from going on after `first` sweeps (None: from starting), and the cure."""


class LinearChains(CoreChains):
    """Chains of the coefficients of a linear model.

    Parameters
    ----------
    linear : LinearForm
    likelihood : CoreForm
    offset : ndarray, shape (n,), or (predictors, n)
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    def __init__(
        self,
        linear: LinearForm,
        likelihood: CoreForm,
        offset: FloatArray,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        self._linear = linear
        rows = _gibbs.Likelihood(likelihood.name, likelihood.arrays)
        self._extras = rows.extras
        if settings.kernel == "gibbs" and not rows.augments:
            raise ValueError(
                "kernel='gibbs' needs a likelihood with a Pólya-gamma form, which "
                f"{likelihood.name!r} has not: pass kernel='hmc'"
            )
        if settings.kernel == "hmc" and linear.predictors > 1 and linear.prior.scales:
            raise ValueError(
                "kernel='hmc' needs priors without scales where rows have several linear predictors: pass "
                "kernel='gibbs'"
            )
        if settings.kernel == "hmc" and "included" in linear.prior.scales:
            raise ValueError(
                "kernel='hmc' needs coefficients that can move a little, which those of SpikeAndSlab at 0 "
                "cannot: pass kernel='auto'"
            )
        with one_blas_thread(), self._errors_in_words():
            self._core = self._make(rows, offset, settings, bit_generators)

    def _make(
        self, rows: _gibbs.Likelihood, offset: FloatArray, settings: Settings, bit_generators: BitGenerators
    ) -> _gibbs.Chains:
        linear, prior = self._linear, self._linear.prior.core()
        model = _gibbs.LinearModel(
            X=linear.X,
            centre=linear.centre,
            offset=offset if linear.predictors > 1 else offset.ravel(),
            likelihood=rows,
            prior=_gibbs.Prior(prior.name, len(linear.prior.mean), prior.arrays),
            intercept=linear.intercept,
        )
        return _gibbs.linear_chains(
            model=model,
            bit_generators=bit_generators,
            tune=settings.tune,
            kernel=settings.kernel,
            threads=settings.threads,
        )

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`."""
        if out is None:
            return super().run(sweeps)
        beta = self._coefficients(sweeps, out)
        told = {name: out[name] for name in (*self.stats, "parameters") if name in out}
        if "extras" in out:
            told["parameters"] = np.empty((len(beta), sweeps, self._extras + self._linear.prior.n_parameters))
        super().run(sweeps, {"beta": beta} | told)
        if "extras" in out:
            out["extras"][...] = told["parameters"][..., : self._extras]
            if "parameters" in out:
                out["parameters"][...] = told["parameters"][..., self._extras :]
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

    def _in_words(self, error: _gibbs.NumericalError, first: int | None) -> FloatingPointError:
        cure = f"centre and scale X, or use a narrower prior{', also of the dispersion' * (self._extras > 0)}"
        return scales_apart(error, first, "predictors or priors", cure)


class SparseChains(LinearChains):
    """Chains of the coefficients of a linear model with sparse predictors.

    Parameters are those of `LinearChains`.
    """

    def _make(
        self, rows: _gibbs.Likelihood, offset: FloatArray, settings: Settings, bit_generators: BitGenerators
    ) -> _gibbs.Chains:
        linear, prior = self._linear, self._linear.prior.core()
        if settings.kernel == "gibbs":
            raise ValueError(
                "kernel='gibbs' needs dense predictors, got a sparse X, whose coefficients move along "
                "trajectories: pass kernel='auto', or X.toarray()"
            )
        X, size = linear.X, linear.X.shape[1]
        model = _gibbs.SparseModel(
            indptr=X.indptr.astype(np.int64, copy=False),
            indices=X.indices.astype(np.int32, copy=False),
            values=np.empty(0) if (X.data == 1.0).all() else X.data,
            centre=np.zeros(size) if linear.centre is None else linear.centre,
            offset=offset if linear.predictors > 1 else offset.ravel(),
            likelihood=rows,
            prior=_gibbs.Prior(prior.name, len(linear.prior.mean), prior.arrays),
            intercept=linear.intercept,
        )
        return _gibbs.sparse_chains(
            model=model, bit_generators=bit_generators, tune=settings.tune, threads=settings.threads
        )


class DistantChains(LinearChains):
    """Chains of the coefficients of a linear model whose rows are in files, or on the workers of a cluster.

    Parameters
    ----------
    linear : LinearForm
        X is a `DistantX`.
    likelihood : Elsewhere
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    def __init__(
        self, linear: LinearForm, likelihood: Elsewhere, settings: Settings, bit_generators: BitGenerators
    ) -> None:
        self._linear, self._extras = linear, int(likelihood.counted is not None)
        size, prior, X = len(linear.prior.mean), linear.prior.core(), linear.X
        plan = Plan(
            len(X), size + self._extras, linear.centre, linear.intercept, likelihood.kind, linear.predictors
        )
        client = active_client() if isinstance(X.table.X, DaskSource) else None
        with one_blas_thread(), self._errors_in_words():
            if client is None:
                pool: Pool = LocalPool(plan, X.table, X.memory_limit, settings.threads)
            else:
                pool = ClusterPool(plan, X.table, client)
            self._core = _gibbs.distant_chains(
                rows=SharedRows(plan, pool),
                n_rows=len(X),
                predictors=linear.predictors,
                coupled=likelihood.coupled,
                counts=likelihood.counted and _gibbs.DistantCounts(*likelihood.counted),
                prior=_gibbs.Prior(prior.name, size, prior.arrays),
                bit_generators=bit_generators,
                tune=settings.tune,
                kernel=settings.kernel,
            )


class AdditiveChains(CoreChains):
    """Chains of the coefficients and scales of an additive model.

    Parameters
    ----------
    additive : AdditiveForm
    likelihood : CoreForm
    offset : ndarray, shape (n,)
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    def __init__(
        self,
        additive: AdditiveForm,
        likelihood: CoreForm,
        offset: FloatArray,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        with one_blas_thread(), self._errors_in_words():
            model = _gibbs.AdditiveModel(
                indptr=additive.indptr,
                indices=additive.indices,
                values=additive.values,
                offset=np.ascontiguousarray(offset),
                likelihood=_gibbs.Likelihood(likelihood.name, likelihood.arrays),
                blocks=additive.blocks,
            )
            self._core = _gibbs.additive_chains(
                model=model,
                bit_generators=bit_generators,
                tune=settings.tune,
                kernel=settings.kernel,
                threads=settings.threads,
            )

    def _in_words(self, error: _gibbs.NumericalError, first: int | None) -> FloatingPointError:
        cure = "centre and scale predictors and slopes, or use narrower priors"
        return scales_apart(error, first, "predictors, slopes or priors", cure)


class FixedProcessChains(CoreChains):
    """Hamiltonian trajectories of a full process with a fixed kernel.

    Parameters
    ----------
    process : Process
    covariance : TrainingCovariance
        Of the process.
    rows : PolyaGammaForm
        Of one function.
    offset : ndarray, shape (1, n)
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    def __init__(
        self,
        process: Process,
        covariance: TrainingCovariance,
        rows: PolyaGammaForm,
        offset: FloatArray,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        self._process = process
        self._core = _gibbs.fixed_process_chains(
            covariance=core_covariance(covariance, fixed=True),
            b=rows.b,
            kappa=rows.kappa,
            offset=offset,
            bit_generators=bit_generators,
            tune=settings.tune,
            threads=settings.threads,
        )

    def _in_words(self, _error: _gibbs.NumericalError, _first: int | None) -> FloatingPointError:
        return not_positive_definite(self._process, None)


class ProcessChains(CoreChains):
    """Gibbs sampling of latent functions and kernel parameters.

    Parameters
    ----------
    latent : LatentProcess
    rows : PolyaGammaForm
    offset : ndarray, shape (functions, n)
    mix : Mix
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    def __init__(
        self,
        latent: LatentProcess,
        rows: PolyaGammaForm,
        offset: FloatArray,
        mix: Mix,
        settings: Settings,
        bit_generators: BitGenerators,
    ) -> None:
        self._process, self._sampled = latent.process, latent.prior is not None
        n_theta, prior = len(latent.process.kernel.theta), latent.prior
        with self._errors_in_words():
            self._core = _gibbs.process_chains(
                process=latent.process.core(fixed=not self._sampled),
                b=rows.b,
                kappa=rows.kappa,
                offset=offset,
                log_prior=None if prior is None else core_log_prior(prior, n_theta),
                bit_generators=bit_generators,
                tune=settings.tune,
                steps=mix.steps,
                complete_every=mix.complete_every,
                threads=settings.threads,
            )

    def _in_words(self, error: _gibbs.NumericalError, _first: int | None) -> FloatingPointError:
        if not self._sampled:
            return not_positive_definite(self._process, None)
        theta = self._core.parameters(error.args[1])[: len(self._process.kernel.theta)]
        return not_positive_definite(self._process, theta)


def scales_apart(error: _gibbs.NumericalError, first: int | None, what: str, cure: str) -> FloatingPointError:
    """Return in words that scales of `what` were too far apart; see `CoreChains._in_words`."""
    kind, chain, sweep, index = error.args
    found = {
        "not_positive_definite": f"the posterior precision is not positive definite in row {index}",
        "not_finite": f"the value at index {index} is not finite",
    }[kind]
    where = "the chains cannot start" if first is None else f"chain {chain} stopped at sweep {first + sweep}"
    return FloatingPointError(
        f"{where}: {found}. The scales of {what} are too far apart for double precision: {cure}"
    )


def additive_bytes(n_rows: int, additive: AdditiveForm, settings: Settings) -> int:
    """Return the memory of the chains of an additive model, besides the draws.

    The design, its rows arranged; for the approximation that chains share, and four times for each chain (its
    factors, and pseudo-data): the square of the columns that are not of the largest factor, that factor's
    blocks, and its products with the columns that its levels meet.
    """
    groups = [(block["levels"], block["columns"]) for block in additive.blocks if block["kind"] == "group"]
    levels, columns = max(groups, key=prod, default=(0, 0))
    coefficients = sum(block["levels"] * block["columns"] for block in additive.blocks)
    entries, rest = len(additive.values), coefficients - levels * columns
    met = columns * min(entries - columns * n_rows, levels * rest)
    matrices = rest**2 + levels * columns**2 + met
    design = 3 * entries + 16 * n_rows
    each = 12 * coefficients + 7 * n_rows + 4 * matrices
    return 8 * int(design + matrices + settings.chains * each)


def linear_bytes(n_rows: int, linear: LinearForm, settings: Settings) -> int:
    """Return the memory of the chains of a linear model, besides X and the draws."""
    size = len(linear.prior.mean)
    if linear.prior.scales and linear.predictors == 1:
        augmented = settings.kernel == "gibbs" or linear.prior.core().name in ("bridge", "spike_and_slab")
        wide = size > n_rows and not augmented
        return (
            wide_bytes(n_rows, size, settings.chains) if wide else shrunk_bytes(n_rows, size, settings.chains)
        )
    moved = settings.kernel != "gibbs" and not linear.prior.scales
    return _gibbs.memory_estimate(n_rows, size, settings.chains, settings.tune, linear.predictors, moved)


def shrunk_bytes(n_rows: int, size: int, chains: int) -> int:
    """Return the memory of the chains of a linear model whose prior has scales.

    The design, up to three eighths of it for rows that differ from most, and the square of its columns that
    chains share; of each chain four squares, for scales given pseudo-data four more, and vectors of rows.
    """
    squares = 1 + chains * (8 if size <= n_rows else 4)
    return 8 * (n_rows * (11 * size // 8 + 4 + 12 * chains) + squares * size**2)


def wide_bytes(n_rows: int, size: int, chains: int) -> int:
    """Return the memory of chains that move coefficients and scales in non-centred coordinates.

    The design three times while it is arranged; vectors of each chain's coordinates, two for a coefficient,
    with eight directions of a metric.
    """
    return 8 * (3 * n_rows * (size + chains) + 2 * size * (16 * chains + 8))


def distant_bytes(linear: LinearForm, settings: Settings) -> int:
    """Return the memory of chains of a linear model whose rows are elsewhere, besides shares and draws."""
    size = len(linear.prior.mean)
    sums = len(_gibbs.row_units(len(linear.X), size, linear.predictors)) * min(
        settings.chains, CHAINS_AT_ONCE
    )
    return 8 * ((12 + 2 * sums) * size**2 + settings.tune * settings.chains * size * 3 // 5)


def sparse_bytes(linear: LinearForm, settings: Settings) -> int:
    """Return the memory of the chains of a linear model with sparse predictors, besides X and the draws.

    X by rows and by columns; vectors of rows and coefficients of up to four chains in lockstep; vectors of
    each chain's coordinates, two for a coefficient if scales are sampled; eight directions of a metric.
    """
    entries, (n, p) = int(linear.X.nnz), linear.X.shape
    size = (1 + bool(linear.prior.scales)) * linear.predictors * (p + 1)
    matrix = 2 * entries * 12 + 8 * (n + p)
    vectors = 4 * linear.predictors * (n + p) + (16 * settings.chains + 8) * size
    return int(matrix + 8 * vectors)
