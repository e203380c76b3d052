"""What all models have in common for the public: sampling, runs that go on, predictions, simulated data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from typing import ClassVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.arguments import shortened
from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.compact_backend import backend_in_memory
from polyagamma.mcmc.driver import Callback
from polyagamma.mcmc.folder_backend import (
    FolderBackend,
    naming,
    new_folder,
    read_checkpoint,
    require_free,
    stored_folder,
)
from polyagamma.mcmc.rounds import ROUND_SWEEPS
from polyagamma.mcmc.run_state import metadata
from polyagamma.mcmc.runs import Execution, iterate, new_run, require_room, stored_run
from polyagamma.mcmc.settings import Seed, Settings, seed_sequence
from polyagamma.mcmc.specification import ROWS, Specification
from polyagamma.models.approximated import Approximated, starting_values
from polyagamma.models.predict import simulated
from polyagamma.terms.term import Initial, Term
from polyagamma.traces import trace
from polyagamma.vi.approximation import Approximation

FloatArray = NDArray[np.float64]
State = dict[str, FloatArray]


class Model(Approximated):
    """A model of rows with a likelihood, whose linear predictors are a term.

    Parameters
    ----------
    likelihood : Likelihood
    term : Term
    """

    _name: ClassVar[str]

    def __init__(self, likelihood: Likelihood, term: Term) -> None:
        self._specification = Specification.of(self._name, likelihood, term)

    def __repr__(self) -> str:
        """Return what the model is and what it has been told, on one line."""
        rows, predictors = self._specification.term.predictors.X.shape
        words = self._specification.words()
        size = f"{words.pop('model')}: {counted(rows, 'row')}, {counted(predictors, 'predictor')}"
        told = (f"{name}={shortened(text)}" for name, text in words.items() if text not in ("none", "[]"))
        return f"<{', '.join([size, *told])}>"

    def _unchanged(self) -> Specification:
        """Return the model for a use of its rows; ValueError if the caller has changed X."""
        self._specification.require_unchanged()
        return self._specification

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
        initvals: Initial | Sequence[Initial] | None = None,
        init: Approximation | None = None,
        thin: int = 1,
        discard_tuned_samples: bool = True,
        var_names: Sequence[str] | None = None,
        store: str = "draws",
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
            At most 10 000; `thin` is at most a million, and `tune` at most 10**9.
        cores : int, optional
            Threads to use; by default as many as there are chains, if this process has as many CPUs. It
            changes the time, never the draws.
        random_seed : None, int, sequence of int, SeedSequence or Generator
            The same seed gives the same draws, whatever the number of cores.
        progressbar : bool, default True
            Whether to show a live display; there is none anyway without a terminal or notebook.
        kernel : {"auto", "gibbs", "hmc"}, default "auto"
            The transition kernel. ``"gibbs"``: Pólya-gamma data augmentation alone. ``"hmc"``: Hamiltonian
            trajectories with the Pólya-gamma variables marginalised, for linear models and for Gaussian
            processes with a fixed covariance function. ``"auto"``: the mix of both that warm-up finds best;
            the trace's attributes tell which. Sparse predictors have trajectories only.
        compute_log_likelihood : bool, default False
            Whether to add the group ``log_likelihood``, one value for each draw and row.
        initvals : mapping or list of them, optional
            Where to start: for each parameter a value, or one for each chain; or a mapping for each chain. By
            default the model chooses.
        init : Approximation, optional
            What `fit` of this model returned: chains start at draws from it. Only one of this and `initvals`.
        thin : int, default 1
            Sweeps for each draw that is kept.
        discard_tuned_samples : bool, default True
            False: keep the draws of warm-up, in groups ``warmup_posterior`` and ``warmup_sample_stats``. Not
            for runs on disk.
        var_names : sequence of str, optional
            The variables to keep, so as to save memory, or columns of them by the names that ArviZ's tables
            have: ``["beta[age]", "tau"]``. By default all parameters, which predictions need.
            ``"omega"``, the Pólya-gamma variables of the rows, and ``"f"`` of a sparse Gaussian process are
            kept only if they are named here.
        store : {"draws", "float32", "summary"}, default "draws"
            What to keep, in memory or at `checkpoint`. ``"float32"``: all draws in single precision.
            ``"summary"``: the draws of the variables in `var_names` (by default of those with at most 16
            numbers a draw), and of every variable mean, standard deviation, quantiles, the probability of
            being positive, effective sample size and R-hat in a group ``summary``, and up to 128 draws of
            each chain, evenly spaced, in a group ``summarized_draws``.
        callback : callable, optional
            Called about ten times a second with an object that has ``tuning``, ``sweeps``, ``total_sweeps``,
            ``draws``, ``total_draws``, ``acceptance`` and ``posterior``, the draws so far (to be read, not
            written to); the run ends if it returns something true.
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
        checks.function("callback", callback)
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
            store=store,
        )
        discard_tuned_samples = checks.truth("discard_tuned_samples", discard_tuned_samples)
        if not discard_tuned_samples and checkpoint is not None:
            raise ValueError("a run on disk cannot keep its warm-up: drop discard_tuned_samples=False")
        path = None if checkpoint is None else checks.folder("checkpoint", checkpoint)
        if path is not None:
            require_free(path)
        model = self._unchanged()
        if settings.log_likelihood:
            model.require_rows(
                "compute_log_likelihood=True", "leave it out, and pass the trace to log_likelihood_to"
            )
        if init is not None:
            initvals = starting_values(init, initvals, model, settings)
        model.require_known(settings)
        if path is None:
            require_room(model, settings, settings.draws, 0 if discard_tuned_samples else settings.tune)
        else:
            require_room(model, settings, 0, settings.every)
        state = new_run(model, settings, initvals)
        schema = model.schema(settings, state.chains)
        if path is None:
            warmup = None if discard_tuned_samples else schema.zeros(settings.chains, settings.tune)
            run = Execution(model, state, backend_in_memory(schema, state), warmup)
            return run.run_to_end(progressbar, callback)
        with new_folder(path) as place:
            backend = FolderBackend(place, schema, state, model.fingerprint())
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
        checks.function("callback", callback)
        model = self._unchanged()
        with stored_folder(checks.folder("checkpoint", checkpoint)) as path:
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
            What `sample` or `extend` returned, of this model, with all chains; draws may have been left out.
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
        TypeError, ValueError
            If an argument does not fit: `idata` also if it lacks a chain or a variable of its run.
        ResumeError
            If `idata` has no sampler state, or one of another model. It is a ValueError.
        """
        checks.function("callback", callback)
        model, old = self._unchanged(), trace.groups(idata)
        snapshot = trace.to_arrays(old["sampler_state"]) if "sampler_state" in old else {}
        done = int(metadata(snapshot)["run"]["draws"])
        state = stored_run(model, snapshot, done + checks.integer("draws", draws, 1), cores)
        require_room(model, state.settings, draws)
        schema = model.schema(state.settings, state.chains)
        backend = backend_in_memory(schema, state, old)
        trace.require_whole(old, backend.template())
        model.require_own({**idata.attrs, **old.get("posterior", xr.Dataset()).attrs}, other_data=False)
        return Execution(model, state, backend, before=old).run_to_end(progressbar, callback)

    def iter_draws(
        self,
        *,
        tune: int = 400,
        chains: int = 1,
        cores: int | None = None,
        random_seed: Seed = None,
        kernel: str = "auto",
        initvals: Initial | Sequence[Initial] | None = None,
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
        MemoryError
            If a draw of all chains cannot fit into memory.

        Examples
        --------
        >>> import numpy as np
        >>> from polyagamma import PolyaGammaLogistic
        >>> model = PolyaGammaLogistic(np.arange(6.0)[:, np.newaxis], [0, 0, 1, 0, 1, 1])
        >>> draws = model.iter_draws(random_seed=1)
        >>> next(draws)["beta"].shape
        (1, 1)
        """
        checks.function("until", until)
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
        model = self._unchanged()
        model.require_known(settings)
        require_room(model, settings, 1)  # slow sweeps come one by one
        draws = iterate(model, new_run(model, settings, initvals))
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
        model, trials = self._unchanged(), self._specification.likelihood.trials
        model.require_rows("sample_prior_predictive", "make a model of some of the rows")
        functions = model.likelihood.n_functions
        require_memory(8 * (1 + functions) * draws * len(trials), "the result", "ask for fewer draws")
        drawn = {**model.term.draw_prior(draws, rng), **model.likelihood.draw_prior(draws, rng)}
        prior = trace.dataset(drawn, model.coords)
        pieces = model.row_predictors(prior)
        y = simulated(model, pieces, trials, prior, (ROWS, model.rows), rng)
        groups = {"prior": prior, "prior_predictive": y, **model.data_groups()}
        return trace.to_trace(groups, trace.provenance() | model.description())


def counted(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number} {what}{'s' * (number != 1)}"


def up_to(draws: Iterator[State], until: Callable[[State], object]) -> Iterator[State]:
    """Yield draws up to the first for which `until` is true."""
    for draw in draws:
        yield draw
        if until(draw):
            return
