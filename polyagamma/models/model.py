"""What all models have in common for the public: sampling, runs that go on, predictions, simulated data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.driver import Callback
from polyagamma.mcmc.folder_backend import (
    FolderBackend,
    naming,
    new_folder,
    read_checkpoint,
    require_free,
    stored_folder,
)
from polyagamma.mcmc.memory_backend import MemoryBackend
from polyagamma.mcmc.rounds import ROUND_SWEEPS
from polyagamma.mcmc.run_state import metadata
from polyagamma.mcmc.runs import Execution, iterate, new_run, require_room, stored_run
from polyagamma.mcmc.settings import Seed, Settings, seed_sequence
from polyagamma.mcmc.specification import Specification
from polyagamma.models.predict import NewRows, simulated
from polyagamma.terms.term import Initial, Term
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]
State = dict[str, FloatArray]


class Model:
    """A model of rows with a likelihood, whose linear predictors are a term.

    Parameters
    ----------
    likelihood : Likelihood
    term : Term
    """

    _name: ClassVar[str]

    def __init__(self, likelihood: Likelihood, term: Term) -> None:
        self._specification = Specification(self._name, likelihood, term)

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels in sorted order."""
        return self._specification.likelihood.classes

    @property
    def feature_names(self) -> list[str]:
        """Names of the predictors."""
        return list(self._specification.term.predictors.names)

    def sample(
        self,
        draws: int = 1000,
        *,
        tune: int = 400,
        chains: int = 4,
        cores: int | None = None,
        random_seed: Seed = None,
        progressbar: bool = True,
        kernel: str = "auto",
        compute_log_likelihood: bool = False,
        initvals: Initial | None = None,
        thin: int = 1,
        discard_tuned_samples: bool = True,
        var_names: Sequence[str] | None = None,
        callback: Callback | None = None,
        checkpoint: str | PathLike[str] | None = None,
        every: int = 500,
    ) -> trace.Trace:
        """Draw from the posterior.

        Parameters
        ----------
        draws : int, default 1000
            Draws of each chain that are kept.
        tune : int, default 400
            Sweeps of each chain before them, which are not kept; the kernel adapts during them.
        chains : int, default 4
        cores : int, optional
            Threads to use; by default as many as there are chains, if this process has as many CPUs. It
            changes the time, never the draws.
        random_seed : None, int, sequence of int, SeedSequence or Generator
            The same seed gives the same draws, whatever the number of cores.
        progressbar : bool, default True
            Whether to show a live display; there is none anyway without a terminal or notebook.
        kernel : {"auto", "gibbs", "hmc"}, default "auto"
            The transition kernel. ``"gibbs"``: Pólya-gamma data augmentation alone. ``"hmc"``: Hamiltonian
            trajectories with the Pólya-gamma variables marginalised, for logistic models and for Gaussian
            processes with a fixed covariance function. ``"auto"``: the mix of both that warm-up finds best;
            the trace's attributes tell which.
        compute_log_likelihood : bool, default False
            Whether to add the group ``log_likelihood``, one value for each draw and row.
        initvals : mapping, optional
            Where to start: for each parameter a value, or one for each chain; by default the model chooses.
        thin : int, default 1
            Sweeps for each draw that is kept.
        discard_tuned_samples : bool, default True
            False: keep the draws of warm-up, in groups ``warmup_posterior`` and ``warmup_sample_stats``. Not
            for runs on disk.
        var_names : sequence of str, optional
            The variables to keep, so as to save memory; by default all parameters, which predictions need.
            ``"omega"``, the Pólya-gamma variables of the rows, and ``"f"`` of a sparse Gaussian process are
            kept only if they are named here.
        callback : callable, optional
            Called about ten times a second with an object that has ``tuning``, ``sweeps``, ``total_sweeps``,
            ``draws``, ``total_draws``, ``acceptance`` and ``posterior``, the draws so far; the run ends if it
            returns something true.
        checkpoint : path, optional
            A folder to make, into which the draws are written while the run lasts (``draws.zarr``, so that
            memory stays bounded) with a checkpoint to go on from: see `resume`. The trace then reads its
            values from there.
        every : int, default 500
            Draws (in warm-up: sweeps) between checkpoints: what a killed run loses at most.

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            The container of the installed ArviZ (DataTree since 1.0), with the groups ``posterior``,
            ``sample_stats``, ``observed_data``, ``constant_data``, and ``sampler_state``, from which `extend`
            goes on. After Ctrl-C it holds the draws made until then.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        FileExistsError
            If there is something at `checkpoint`.
        MemoryError
            If the draws cannot fit into memory.
        FloatingPointError
            If a matrix cannot be factored in double precision.
        KeyboardInterrupt
            If Ctrl-C comes before the first draw, or twice.

        Notes
        -----
        An exception that ends the run after the first draw, whatever its type and origin, has an attribute
        ``idata``: the trace of the draws made before.
        """
        settings = Settings.check(
            draws=draws,
            tune=tune,
            chains=chains,
            thin=thin,
            cores=cores,
            kernel=kernel,
            compute_log_likelihood=compute_log_likelihood,
            every=every,
            var_names=var_names,
            random_seed=random_seed,
        )
        if not discard_tuned_samples and checkpoint is not None:
            raise ValueError("a run on disk cannot keep its warm-up: drop discard_tuned_samples=False")
        if checkpoint is not None:
            require_free(Path(checkpoint))
        model = self._specification
        kept = settings.draws + (0 if discard_tuned_samples else settings.tune)
        require_room(model, settings, kept if checkpoint is None else settings.every)
        state = new_run(model, settings, initvals)
        schema = model.schema(settings, state.chains)
        if checkpoint is None:
            warmup = None if discard_tuned_samples else schema.zeros(settings.chains, settings.tune)
            run = Execution(model, state, MemoryBackend(schema, state), warmup)
            return run.run_to_end(progressbar, callback)
        with new_folder(checkpoint) as path:
            backend = FolderBackend(path, schema, state, model.fingerprint())
            backend.create(model.data_groups())
            return Execution(model, state, backend).run_to_end(progressbar, callback)

    def resume(
        self,
        checkpoint: str | PathLike[str],
        *,
        draws: int | None = None,
        cores: int | None = None,
        progressbar: bool = True,
        callback: Callback | None = None,
    ) -> trace.Trace:
        """Go on with a run that was interrupted, killed or finished, to the bits of an unbroken one.

        Parameters
        ----------
        checkpoint : path
            The folder that ``sample(checkpoint=...)`` wrote to; the model must have the same data and priors.
        draws : int, optional
            Draws of each chain in all; by default as many as were asked for first.
        cores, progressbar, callback
            As for `sample`.

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            As from `sample`, with all draws from the first.

        Raises
        ------
        FileNotFoundError
            If there is no checkpoint.
        ResumeError
            If it is damaged, foreign, of another version or of another model, or another run works there.
        """
        model = self._specification
        with stored_folder(checkpoint) as path:
            snapshot = read_checkpoint(path)
            with naming(path):
                state = stored_run(model, snapshot, draws, cores)
            schema = model.schema(state.settings, state.chains)
            backend = FolderBackend(path, schema, state, model.fingerprint())
            backend.reopen(snapshot, model.data_groups())
            return Execution(model, state, backend).run_to_end(progressbar, callback)

    def extend(
        self,
        idata: trace.Trace,
        draws: int = 1000,
        *,
        cores: int | None = None,
        progressbar: bool = True,
        callback: Callback | None = None,
    ) -> trace.Trace:
        """Add draws to a trace, to the bits of one longer run.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` or `extend` returned, of this model.
        draws : int, default 1000
            Draws of each chain to add.
        cores, progressbar, callback
            As for `sample`.

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            A new trace with the old draws and the new; `idata` stays as it is.

        Raises
        ------
        ResumeError
            If `idata` has no sampler state, or one of another model.
        """
        model, old = self._specification, trace.groups(idata)
        snapshot = trace.to_arrays(old["sampler_state"]) if "sampler_state" in old else {}
        done = int(metadata(snapshot)["run"]["draws"])
        state = stored_run(model, snapshot, done + checks.integer("draws", draws, 1), cores)
        require_room(model, state.settings, draws)
        backend = MemoryBackend(model.schema(state.settings, state.chains), state)
        return Execution(model, state, backend, before=old).run_to_end(progressbar, callback)

    def iter_draws(
        self,
        *,
        tune: int = 400,
        chains: int = 1,
        cores: int | None = None,
        random_seed: Seed = None,
        kernel: str = "auto",
        initvals: Initial | None = None,
        thin: int = 1,
        var_names: Sequence[str] | None = None,
        until: Callable[[State], object] | None = None,
    ) -> Iterator[State]:
        """Yield posterior draws one after another; nothing is kept.

        Parameters
        ----------
        tune, chains, cores, random_seed, kernel, initvals, thin, var_names
            As for `sample`, which gives the same draws for the same seed and chains.
        until : callable, optional
            Called with each draw; the first for which it returns something true is the last. By default there
            is no end.

        Yields
        ------
        dict of str to ndarray
            By parameter an array of shape (chains, ...): copies, to keep or change.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.

        Examples
        --------
        >>> import numpy as np
        >>> from polyagamma import PolyaGammaLogistic
        >>> model = PolyaGammaLogistic(np.arange(6.0)[:, np.newaxis], [0, 0, 1, 0, 1, 1])
        >>> draws = model.iter_draws(random_seed=1)
        >>> next(draws)["beta"].shape
        (1, 1)
        """
        settings = Settings.check(
            draws=ROUND_SWEEPS,
            tune=tune,
            chains=chains,
            thin=thin,
            cores=cores,
            kernel=kernel,
            var_names=var_names,
            random_seed=random_seed,
        )
        draws = iterate(self._specification, new_run(self._specification, settings, initvals))
        return draws if until is None else up_to(draws, until)

    def sample_prior_predictive(self, draws: int = 500, *, random_seed: Seed = None) -> trace.Trace:
        """Simulate parameters from the prior, and data from them, for the rows of the model.

        Parameters
        ----------
        draws : int, default 500
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Returns
        -------
        InferenceData or DataTree
            With the groups ``prior``, ``prior_predictive``, ``observed_data`` and ``constant_data``; a trace
            takes them over by ``idata.extend(...)`` (InferenceData) or ``idata.update(...)`` (DataTree).

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        MemoryError
            If the result cannot fit into memory.
        """
        draws = checks.integer("draws", draws, 1)
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        model, trials = self._specification, self._specification.likelihood.trials
        require_memory(16 * draws * len(trials), "the result", "ask for fewer draws")
        prior = trace.dataset(model.term.draw_prior(draws, rng), model.term.coords)
        pieces = model.row_predictors(prior)
        y = simulated(model.likelihood, pieces, trials, prior, "obs_id", rng)
        groups = {"prior": prior, "prior_predictive": y, **model.data_groups()}
        return trace.to_trace(groups, trace.provenance() | model.description())

    def sample_posterior_predictive(
        self,
        idata: trace.Trace,
        X_new: ArrayLike | None = None,
        *,
        offset: ArrayLike | None = None,
        trials: ArrayLike = 1,
        random_seed: Seed = None,
    ) -> trace.Trace:
        """Simulate data from each posterior draw.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : array_like or data frame, shape (m, p), optional
            By default the rows of the model, with their trials and offsets.
        offset, trials : float or array_like, shape (m,), optional
            Of the new rows.
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Returns
        -------
        InferenceData or DataTree
            The groups of `idata` and ``posterior_predictive``; for new rows instead ``predictions`` and
            ``predictions_constant_data``. Their ``y`` is what that in ``observed_data`` is: successes, or
            positions in ``classes_``. Weights play no part: a row stands for its trials once.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        KeyError
            If `idata` has no posterior of this model, or lacks a variable that is needed.
        MemoryError
            If the result cannot fit into memory.

        Notes
        -----
        A full Gaussian process draws f at new rows each by itself given f at the training rows; joint draws
        are what ``predict_f(joint=True)`` is for. A sparse one needs ``f`` among the `var_names` of its run
        to simulate the rows of the model.
        """
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        model, likelihood = self._specification, self._specification.likelihood
        if X_new is None:
            posterior = model.term.posterior(idata, new_rows=False)
            pieces = model.row_predictors(posterior)
            y = simulated(likelihood, pieces, likelihood.trials, posterior, "obs_id", rng)
            return trace.with_groups(idata, {"posterior_predictive": y})
        new = NewRows.check(model, idata, X_new, offset)
        n_trials = checks.trials(trials, len(new.X))
        pieces = new.linear_predictors(lambda: rng)
        y = simulated(likelihood, pieces, n_trials, new.posterior, model.term.new_rows, rng)
        constant = new.constant_data(trials=n_trials)
        return trace.with_groups(idata, {"predictions": y, "predictions_constant_data": constant})

    def predict_proba(
        self, idata: trace.Trace, X_new: ArrayLike, offset: ArrayLike | None = None
    ) -> FloatArray:
        """Return class probabilities of new rows, averaged over the posterior draws.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : array_like or data frame, shape (m, p)
            Predictors in the order of X. A data frame must have the same columns, if X was one.
        offset : float or array_like, shape (m,), optional

        Returns
        -------
        ndarray, shape (m, classes)
            Probabilities of ``classes_`` in one trial.

        Raises
        ------
        TypeError, ValueError
            If `X_new` or `offset` does not fit.
        KeyError
            If `idata` has no posterior of this model.
        """
        new = NewRows.check(self._specification, idata, X_new, offset)
        return new.average_probabilities(np.random.default_rng)

    def predict_draws(
        self, idata: trace.Trace, X_new: ArrayLike, offset: ArrayLike | None = None
    ) -> xr.DataArray:
        """Return the success probability of new rows for each posterior draw.

        Parameters
        ----------
        idata, X_new, offset
            As for `predict_proba`.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, obs_id)
            Probability of ``classes_[1]`` in one trial; its mean over draws is what `predict_proba` gives.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_proba`.
        MemoryError
            If the result cannot fit into memory.
        """
        new = NewRows.check(self._specification, idata, X_new, offset)
        return new.probability_draws(np.random.default_rng)


def up_to(draws: Iterator[State], until: Callable[[State], object]) -> Iterator[State]:
    """Yield draws up to the first for which `until` is true."""
    for draw in draws:
        yield draw
        if until(draw):
            return
