"""What `fit` returns: a Gaussian approximation of a posterior, its draws, and how far they can be trusted."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from os import PathLike, fspath
from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.mcmc.notices import notice
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.mcmc.specification import DATA, ROWS, Specification
from polyagamma.traces import trace
from polyagamma.vi.additive import AdditiveRows
from polyagamma.vi.appending import with_rows
from polyagamma.vi.coordinates import coordinates_of
from polyagamma.vi.core_rows import CoreRows
from polyagamma.vi.importance import DRAWS, GREATEST_KHAT, LEAST_ESS, Check, check, in_words
from polyagamma.vi.iterates import FitCallback
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.leave_one_out import predicted, row_moments, without_own_row

FloatArray = NDArray[np.float64]
FORMAT = "polyagamma-gibbs approximation 1"
Posterior = CoreRows | AdditiveRows


class Owner(Protocol):
    """The model that an approximation is of, as far as it asks it for something."""

    _specification: Specification

    def _refine(self, start: NormalLaw, rows: Posterior, **options: Any) -> Approximation:
        """Return an approximation that starts from another law; see `FitSettings`."""

    def _core_rows(self, cores: int | None, data: Any = None) -> Posterior:
        """Return its log posterior, or that of other rows."""

    def _with_rows(self, X_new: ArrayLike, y_new: ArrayLike, **options: Any) -> Owner:
        """Return the model with more rows; ValueError unless it is a process."""


@dataclass(frozen=True)
class Fitted:
    """How an approximation came about: what `fit` was asked for, and how that ended."""

    method: str
    covariance: str
    hist: FloatArray
    ended: str


@public
class Approximation:
    """A Gaussian approximation of the posterior of a model, as `fit` returns it.

    Attributes
    ----------
    method : str
        How it was made.
    hist : ndarray
        What the method maximises, after each iteration: for ``"laplace"`` the log joint density of data and
        parameters, for the others a lower bound of the log evidence.
    converged : bool
        Whether the iterations ended by themselves.
    law : NormalLaw
        The normal law in the coordinates of the computation.

    Notes
    -----
    All that is random has a seed: the same approximation gives the same numbers.
    """

    def __init__(self, owner: Owner, rows: Posterior, law: NormalLaw, fitted: Fitted) -> None:
        self._owner, self._rows, self.law, self._fitted = owner, rows, law, fitted
        self._model = owner._specification
        self._checked: Check | None = None
        self._coordinates = coordinates_of(self._model)

    def __repr__(self) -> str:
        """Return what it is, on one line."""
        fitted = self._fitted
        return (
            f"<Approximation of {self._model.name}: {fitted.method}, {len(self.law.mean)} coordinates, "
            f"{len(fitted.hist)} iterations ({fitted.ended})>"
        )

    @property
    def model(self) -> Any:
        """The model that it is of: of a process whose kernel was to be found, the one with that kernel."""
        return self._owner

    @property
    def method(self) -> str:
        """How it was made."""
        return self._fitted.method

    @property
    def hist(self) -> FloatArray:
        """What the method maximises, after each iteration."""
        return self._fitted.hist.copy()

    @property
    def converged(self) -> bool:
        """Whether the iterations ended by themselves."""
        return self._fitted.ended == "converged"

    @property
    def mean(self) -> xr.DataArray:
        """Mean of each parameter as a trace has it, a dispersion by its logarithm, (coordinate,)."""
        return self._coordinates.mean(self.law.mean)

    @property
    def covariance(self) -> xr.DataArray:
        """Covariance of the same, a matrix with the dimensions ``coordinate`` and ``coordinate_``."""
        return self._coordinates.covariance(self.law.covariance())

    @property
    def covariance_of(self) -> str:
        """What kind of covariance it has: ``"full"``, ``"mean_field"`` or ``"laplace"``."""
        return self._fitted.covariance

    def _check(self) -> Check:
        """Return weighted draws, the same ones whenever it is called; warn the first time if they fail."""
        if self._checked is None:
            self._checked = check(self._rows, self.law, np.random.SeedSequence(0))
            if not self._checked.reliable:
                notice(f"{self._found(self._checked)}. {self._cure()}")
        return self._checked

    def _found(self, found: Check) -> str:
        said = in_words(found.smoothed.khat)
        if found.smoothed.khat <= GREATEST_KHAT:
            return f"{said}; but {DRAWS} weighted draws are worth only {found.smoothed.ess:.0f}"
        return said

    def _cure(self) -> str:
        best = self.method == "gaussian" or self._model.term.additive() is not None
        better = "" if best else "pass method='gaussian' to fit(), or "
        return f"For exact draws {better}start chains from it: model.sample(init=approx)"

    @property
    def khat(self) -> float:
        """Shape of the tail of the importance ratios of 4000 draws; above 0.7 a warning says what to do.

        Evaluated when it is first asked for: that takes about as long as 4000 evaluations of the
        log-likelihood, twice if draws of the normal law fail: then draws with the tails of a t distribution
        with 7 degrees of freedom are weighted, whose ratios are bounded more often.
        """
        return self._check().smoothed.khat

    @property
    def ess(self) -> float:
        """How many independent draws the 4000 weighted draws are worth."""
        return self._check().smoothed.ess

    def says(self) -> str:
        """Return what k-hat says of the approximation, in a sentence."""
        return self._found(self._check())

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
            With the groups ``posterior``, ``observed_data`` and ``constant_data`` of a trace of the model:
            all that takes a trace takes this one. Its attribute ``approximation`` says what it is.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        MemoryError
            If the draws do not fit into memory.
        """
        draws = checks.integer("draws", draws, 1)
        chains = checks.integer("chains", chains, 1, 10**4)
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        k = len(self.law.mean)
        require_memory(16 * draws * chains * k, "the draws", "ask for fewer draws")
        values = self.law.draw(rng, draws * chains)[0]
        return self._trace(values.reshape(chains, draws, k), "draws")

    def resample(self, draws: int = 1000, *, random_seed: Seed = 0) -> trace.Trace:
        """Draw from the posterior by importance: from 4000 weighted draws, with replacement.

        Parameters
        ----------
        draws : int, default 1000
            In one chain.
        random_seed : None, int, sequence of int, SeedSequence or Generator, default 0

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            As from `sample`.

        Raises
        ------
        TypeError
            If an argument does not fit.
        ValueError
            If the weights do not allow it: k-hat is above 0.7, or the draws are worth fewer than 400.
        """
        draws = checks.integer("draws", draws, 1)
        if not self._check().reliable:
            raise ValueError(
                f"resample() needs k-hat of at most {GREATEST_KHAT} and {LEAST_ESS:.0f} effective draws, got "
                f"{self.khat:.2f} and {self.ess:.0f}: {self._cure()}"
            )
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        which = rng.choice(DRAWS, draws, p=self._check().smoothed.weights)
        return self._trace(self._check().draws[which][np.newaxis], "importance")

    def loo(self) -> xr.Dataset:
        """Return predictive probabilities of each row of the model given the others, without a refit.

        Returns
        -------
        xarray.Dataset
            By row: ``probability`` of success in one trial, and ``log_probability`` of what was observed,
            weights included.

        Raises
        ------
        ValueError
            If the model is not one of two classes or trials, the rows are those of `data=`, or a row alone
            decides its own linear predictor.
        """
        likelihood = self._model.likelihood
        streamed, additive = self._rows.rows.streamed, self._model.term.additive() is not None
        if streamed or additive or not isinstance(likelihood, BinomialLikelihood):
            found = "data=" if streamed else self._model.name
            raise ValueError(
                "loo() is for the rows of a linear model or process of two classes or trials, got "
                f"{found}: compare models by sample(log_likelihood=True) and ArviZ"
            )
        mean, variance = row_moments(self._coordinates.linear, self.law)
        known = likelihood.offset + self._model.term.known
        probability, log_probability = predicted(
            likelihood, *without_own_row(likelihood, known + mean, variance)
        )
        return self._model.dataset(
            "observed_data",
            {"probability": ((ROWS,), probability), "log_probability": ((ROWS,), log_probability)},
        )

    def append(
        self,
        X_new: ArrayLike,
        y_new: ArrayLike,
        *,
        trials: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        offset: ArrayLike | None = None,
    ) -> Approximation:
        """Return the approximation of a process that has learned from more rows.

        Of a full process it takes time n**2 for each row, where `fit` takes n**3. Rows are learned from one
        after the other, each taken for a Gaussian that it is not quite: ``refine(5)`` goes on to what `fit`
        would give.

        Parameters
        ----------
        X_new, y_new, trials, weights, offset
            As for `PolyaGammaGP.append`.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit, or the approximation is not that of a Gaussian process.
        """
        grown = self._owner._with_rows(X_new, y_new, trials=trials, weights=weights, offset=offset)
        model, before = grown._specification, len(self._model.likelihood.y)
        rows = grown._core_rows(None)
        likelihood = model.likelihood
        assert isinstance(likelihood, BinomialLikelihood)
        new = slice(before, None)
        law = with_rows(
            self.law,
            np.ascontiguousarray(coordinates_of(model).linear.X[new]),
            likelihood.rows(new),
            (likelihood.offset + model.term.known)[new],
        )
        return Approximation(grown, rows, law, replace(self._fitted, ended="appended"))

    def _trace(self, values: FloatArray, kind: str) -> trace.Trace:
        attrs = trace.provenance() | self._model.description()
        attrs |= {"approximation": f"{self.method} {self.covariance_of} {kind}"}
        data = self._model.data_groups()
        if self._rows.rows.streamed:  # its data are not those of the model
            data = {}
            del attrs[DATA]
        posterior = self._coordinates.posterior(values).assign_attrs(attrs)
        return trace.to_trace({"posterior": posterior, **data}, attrs)

    def predict_proba(self, X_new: ArrayLike, **options: Any) -> FloatArray:
        """Return class probabilities of new rows, averaged over the draws of `sample`.

        Parameters
        ----------
        X_new, **options
            As for the model's own `predict_proba`.

        Returns
        -------
        ndarray, shape (m, classes)

        Raises
        ------
        TypeError
            Also if the model has no classes: its `predict` takes what `sample` returns.
        ValueError
            If an argument does not fit.
        """
        predict = getattr(self._owner, "predict_proba", None)
        if predict is None:
            raise TypeError(
                f"predict_proba() needs a model of classes, got {self._model.name}: pass sample() of this "
                "approximation to predict() of the model"
            )
        other = {"other_data": True} if self._rows.rows.streamed else {}
        return np.asarray(predict(self.sample(), X_new, **(other | options)))

    def initvals(self, chains: int, random_seed: np.random.SeedSequence) -> dict[str, FloatArray]:
        """Return where chains start: a draw for each, (chains, ...), by parameter."""
        draws = self.law.draw(np.random.default_rng(random_seed), chains)[0]
        posterior = self._coordinates.posterior(draws[:, np.newaxis])
        term = self._model.term
        wanted = term.needed(False) if term.additive() is None else term.parameters
        wanted = [*wanted, *self._model.likelihood.needed]
        return {name: posterior[name].to_numpy()[:, 0] for name in wanted}

    def require_of(self, model: Specification) -> None:
        """Raise ValueError unless it is an approximation of this very model."""
        if self._rows.rows.streamed or self._model.fingerprint() != model.fingerprint():
            raise ValueError(
                f"init must be an approximation of this model, got {self!r} of other data or priors: pass "
                "what fit() of this model returned"
            )

    def refine(
        self, iterations: int, *, progressbar: bool = True, callback: FitCallback | None = None
    ) -> Approximation:
        """Return an approximation that comes from this one by more iterations.

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
        more = self._owner._refine(
            method=self.method,
            covariance=self.covariance_of,
            iterations=iterations,
            progressbar=progressbar,
            callback=callback,
            start=self.law,
            rows=self._rows,
        )
        fitted = replace(more._fitted, hist=np.concatenate([self._fitted.hist, more._fitted.hist]))
        return Approximation(self._owner, more._rows, more.law, fitted)

    def save(self, path: str | PathLike[str]) -> None:
        """Write it to a file (``.npz``), which `load` reads.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        about = {
            "format": FORMAT,
            "fingerprint": self._model.fingerprint(),
            "method": self.method,
            "covariance": self.covariance_of,
            "ended": self._fitted.ended,
            "streamed": self._rows.rows.streamed,
        }
        arrays = {"mean": self.law.mean, "factor": self.law.factor, "hist": self._fitted.hist}
        with open(fspath(path), "wb") as file:
            np.savez(file, allow_pickle=False, about=np.array(json.dumps(about)), **arrays)

    @classmethod
    def load(cls, path: str | PathLike[str], model: Any, *, data: Any = None) -> Approximation:
        """Read what `save` wrote.

        Parameters
        ----------
        path : path
        model : PolyaGammaLogistic or another model
            With the same data and priors as the one that it is of.
        data : tuple of array_like, or iterable, optional
            That of `fit`, if there were such data; k-hat is about them.

        Raises
        ------
        OSError
            If there is no such file.
        TypeError
            If `model` is none.
        ValueError
            If the file is no approximation, or that of another model.
        """
        if not isinstance(getattr(model, "_specification", None), Specification):
            raise TypeError(
                f"model must be a model, got {type(model).__name__}: pass the one that was fitted"
            )
        fingerprint = model._specification.fingerprint()
        try:
            with np.load(fspath(path), allow_pickle=False) as stored:
                about = json.loads(str(stored["about"]))
                arrays = {name: stored[name] for name in ("mean", "factor", "hist")}
            known = about["format"] == FORMAT
            fitted = Fitted(about["method"], about["covariance"], arrays["hist"], about["ended"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"path must be that of a stored approximation, got {fspath(path)!r}: pass what save() wrote"
            ) from error
        if not known or about["fingerprint"] != fingerprint:
            raise ValueError(
                f"path must be that of an approximation of this model, got {fspath(path)!r} of another model "
                "or version: fit anew"
            )
        if about["streamed"] != (data is not None):
            needed = "the data that fit() had" if about["streamed"] else "no data, which fit() had not"
            raise ValueError(f"data must be what fit() had, got {type(data).__name__}: pass {needed}")
        return cls(model, model._core_rows(None, data), NormalLaw(arrays["mean"], arrays["factor"]), fitted)
