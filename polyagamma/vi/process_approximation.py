"""What `fit(method="svi")` of a sparse process returns: its moments and probabilities at any inputs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_triangular

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.mcmc.specification import DATA, Specification
from polyagamma.traces import trace
from polyagamma.traces.trace import storable
from polyagamma.vi.inducing_rows import InducingModel, point_factor
from polyagamma.vi.iterates import FitCallback
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.predictive import class_probabilities
from polyagamma.vi.process_steps import ProcessLaw

FloatArray = NDArray[np.float64]
FORMAT = "polyagamma-gibbs process 3"


class Owner(Protocol):
    """The model that an approximation is of, as far as it asks it for something."""

    _specification: Specification

    def _refine_process(self, start: ProcessApproximation, **options: Any) -> ProcessApproximation:
        """Return an approximation that goes on from another."""

    def _inducing_model(self) -> InducingModel:
        """Return the process and its inducing points."""

    def _with_points(self, points: FloatArray) -> Owner:
        """Return the model with other inducing points."""


@dataclass(frozen=True)
class HowFitted:
    """How an approximation came about: scores, how it ended, batches, data of others, threads."""

    hist: FloatArray
    ended: str
    batch: int
    data: Any
    cores: int


@public
class ProcessApproximation:
    """A normal approximation of a sparse Gaussian process, as ``fit("svi")`` of a `PolyaGammaGP` returns it.

    Attributes
    ----------
    method : str
        ``"svi"``.
    hist : ndarray
        Mean log probability of the rows held out, for a trial, every 50 batches.
    converged : bool
        Whether the iterations ended by themselves.
    kernel_ : kernel, or tuple of kernels
        With the parameters that were found; one for each of more than two classes.
    inducing : ndarray, shape (m, p)
        The inducing points.
    model : PolyaGammaGP
        The model that `sample` draws for: the one that was fitted, with these points.
    fitted : HowFitted
        How it came about.
    state : ProcessLaw
        Where steps stand.
    law : NormalLaw, or tuple of NormalLaw
        That of the whitened values of the process at those inducing points that the others do not determine:
        N(0, I) is their prior; one for each of more than two classes.
    """

    method = "svi"

    def __init__(self, owner: Owner, state: ProcessLaw, fitted: HowFitted) -> None:
        self._owner, self.state, self.fitted = owner, state, fitted
        self._given = owner._inducing_model()
        moved = not np.array_equal(state.points, self._given.basis.points)
        self.model = owner._with_points(state.points) if moved else owner
        self._model, self.inducing = self.model._specification, state.points.copy()
        self._functions = state.functions(self._given, fitted.cores)
        several = len(state.kernels) > 1
        self.kernel_: Any = state.kernels if several else state.kernels[0]
        self.law: Any = state.laws if several else state.laws[0]

    def __repr__(self) -> str:
        """Return what it is, on one line."""
        kernels = "; ".join(map(str, self.state.kernels))
        return (
            f"<ProcessApproximation of {self._model.name}: {len(self.inducing)} inducing points, kernel "
            f"{kernels}, {self.state.steps} batches ({self.fitted.ended})>"
        )

    @property
    def hist(self) -> FloatArray:
        """Mean log probability of the rows held out, for a trial, every 50 batches."""
        return self.fitted.hist.copy()

    @property
    def converged(self) -> bool:
        """Whether the iterations ended by themselves."""
        return self.fitted.ended == "converged"

    def predict_f(self, X_new: ArrayLike) -> xr.Dataset:
        """Return mean and variance of the latent function at new inputs.

        Parameters
        ----------
        X_new : array_like or data frame, shape (m, p)

        Returns
        -------
        xarray.Dataset
            ``mean``, prior mean included, and ``variance``, with the dimension ``pred_id``, and before it
            ``class`` for more than two classes.

        Raises
        ------
        TypeError, ValueError
            If `X_new` does not fit.
        """
        X = self._inputs(X_new)
        mean, variance = self._moments(X)
        if len(mean) == 1:
            return xr.Dataset({"mean": ("pred_id", mean[0]), "variance": ("pred_id", variance[0])})
        dims, classes = ("class", "pred_id"), storable(self._model.likelihood.classes)
        return xr.Dataset({"mean": (dims, mean), "variance": (dims, variance)}, {"class": classes})

    def _moments(self, X: FloatArray) -> tuple[FloatArray, FloatArray]:
        mean, variance = self._functions.moments(X, self.state.laws)
        return mean + self._given.mean.at_new(X), variance

    def predict_proba(self, X_new: ArrayLike, offset: ArrayLike | None = None) -> FloatArray:
        """Return class probabilities of new rows: means under the law of the latent function.

        Parameters
        ----------
        X_new : array_like or data frame, shape (m, p)
        offset : float or array_like, shape (m,), optional
            Of two classes; of more it has no effect.

        Returns
        -------
        ndarray, shape (m, classes)

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        """
        mean, variance = self._moments(self._inputs(X_new))
        return class_probabilities(
            self._given.likelihood, mean + checks.offset(offset, mean.shape[1]), variance
        )

    def predict(self, X_new: ArrayLike, offset: ArrayLike | None = None) -> NDArray[Any]:
        """Return the most probable class of new rows; see `predict_proba`."""
        classes = self._model.likelihood.classes
        return np.asarray(classes[self.predict_proba(X_new, offset).argmax(axis=1)])

    def _inputs(self, X_new: ArrayLike) -> FloatArray:
        return np.ascontiguousarray(self._model.term.predictors.check_new(X_new, "X_new"))

    def sample(self, draws: int = 1000, *, chains: int = 4, random_seed: Seed = 0) -> trace.Trace:
        """Draw from the approximation.

        Parameters
        ----------
        draws : int, default 1000
            Of each chain; all are independent.
        chains : int, default 4
        random_seed : None, int, sequence of int, SeedSequence or Generator, default 0

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            As from `sample` of `model`, whose predictions take it. A kernel that was learned is the same in
            all draws.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        MemoryError
            If the draws do not fit into memory.
        """
        draws = checks.integer("draws", draws, 1)
        chains = checks.integer("chains", chains, 1, 10**4)
        size = len(self.state.points) * len(self.state.kernels)
        require_memory(16 * draws * chains * size, "the draws", "ask for fewer draws")
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        pairs = zip(self.state.kernels, self.state.laws, strict=True)
        v = np.concatenate([self._whitened(rng, draws * chains, *pair) for pair in pairs], axis=1)
        raw = {"v": v.reshape(chains, draws, size)}
        if self._given.learned:
            raw["theta"] = np.tile(self._theta.ravel(), (chains, draws, 1))
        attrs = trace.provenance() | self._model.description() | {"approximation": "svi draws"}
        data = self._model.data_groups()
        if self.fitted.data is not None:
            data = {}
            del attrs[DATA]
        posterior = self._model.posterior_of(raw).assign_attrs(attrs)
        return trace.to_trace({"posterior": posterior, **data}, attrs)

    def _whitened(self, rng: np.random.Generator, draws: int, kernel: Any, law: NormalLaw) -> FloatArray:
        """Return draws of the whitened values of a function at all points, (draws, m).

        With the factors L of all points and M of those kept, ``inv(M) @ L[kept]`` has orthonormal rows, along
        which the law is; across them there is the prior.
        """
        basis, kept = self._given.basis.at(self.state.points), self.state.kept
        along = solve_triangular(
            point_factor(kernel, basis.at(basis.points[kept])),
            point_factor(kernel, basis)[kept],
            lower=True,
        )
        v = rng.standard_normal((draws, basis.size))
        v += (law.draw(rng, draws)[0] - v @ along.T) @ along
        return v

    @property
    def _theta(self) -> FloatArray:
        """Log parameters of the kernels, (functions, d)."""
        return np.array([kernel.theta for kernel in self.state.kernels], dtype=np.float64)

    def refine(
        self, iterations: int, *, progressbar: bool = True, callback: FitCallback | None = None
    ) -> ProcessApproximation:
        """Return an approximation that comes from this one by more iterations, of 50 batches each.

        Parameters
        ----------
        iterations : int
            At most so many.
        progressbar, callback
            As for `fit`.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        """
        return self._owner._refine_process(
            self, iterations=iterations, progressbar=progressbar, callback=callback
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Write it to a file (``.npz``), which `load` reads.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        state, fitted = self.state, self.fitted
        about = {
            "format": FORMAT,
            "fingerprint": self._owner._specification.fingerprint(),
            "seen": state.seen,
            "steps": state.steps,
            "ended": fitted.ended,
            "batch": fitted.batch,
            "streamed": fitted.data is not None,
        }
        arrays = {"theta": self._theta, "points": state.points, "kept": state.kept, "hist": fitted.hist}
        with open(fspath(path), "wb") as file:
            np.savez(
                file,
                allow_pickle=False,
                about=np.array(json.dumps(about)),
                precision=state.precision,
                linear=state.linear,
                **arrays,
            )

    @classmethod
    def load(cls, path: str | PathLike[str], model: Any, *, data: Any = None) -> ProcessApproximation:
        """Read what `save` wrote.

        Parameters
        ----------
        path : path
        model : PolyaGammaGP
            With the same data, priors and inducing points as the one that it is of.
        data : tuple of array_like, or iterable, optional
            That of `fit`, if there were such data: `refine` goes through them.

        Raises
        ------
        OSError
            If there is no such file.
        TypeError
            If `model` is none.
        ValueError
            If the file is no such approximation, or that of another model.
        """
        if not hasattr(model, "_inducing_model"):
            raise TypeError(
                f"model must be a PolyaGammaGP, got {type(model).__name__}: pass the one that was fitted"
            )
        given = model._inducing_model()
        try:
            with np.load(fspath(path), allow_pickle=False) as stored:
                about = json.loads(str(stored["about"]))
                theta, hist = stored["theta"], stored["hist"]
                points, kept = stored["points"], stored["kept"]
                precision, linear = stored["precision"], stored["linear"]
            known, streamed = about["format"] == FORMAT, about["streamed"]
            seen, steps = int(about["seen"]), int(about["steps"])
            fitted = HowFitted(hist, about["ended"], about["batch"], data, 1)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"path must be that of a stored approximation of a process, got {fspath(path)!r}: pass what "
                "save() wrote"
            ) from error
        if not known or about["fingerprint"] != model._specification.fingerprint():
            raise ValueError(
                f"path must be that of an approximation of this model, got {fspath(path)!r} of another model "
                "or version: fit anew"
            )
        if streamed != (data is not None):
            needed = "the data that fit() had" if streamed else "no data, which fit() had not"
            raise ValueError(f"data must be what fit() had, got {type(data).__name__}: pass {needed}")
        kernels = tuple(given.kernel.clone_with_theta(own) for own in theta)
        state = ProcessLaw(kernels, points, kept, precision, linear, seen, steps)
        return cls(model, state, fitted)
