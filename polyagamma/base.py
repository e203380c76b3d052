"""What all models share: sampling, and saving, resuming, extending and iterating runs."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma import _model_checks as checks
from polyagamma import diagnostics, trace
from polyagamma.folder import FolderSink, read_checkpoint
from polyagamma.job import Job, metadata, require_same_model, stored_settings
from polyagamma.memory import require_memory
from polyagamma.progress import Silent, display
from polyagamma.rounds import ROUND_SWEEPS, Arrays, Callback, Chains, Loop, Pace, Run
from polyagamma.sampling import SamplingWarning, Seed, Settings, bit_generators
from polyagamma.sinks import Labelled, Layout, MemorySink

Initial = Mapping[str, ArrayLike]


class GibbsModel(ABC):
    """A model whose posterior is sampled by chains of the compiled core.

    A model says how to start its chains and what their arrays mean; the rest is here.
    """

    _kernels: ClassVar[tuple[str, ...]]

    @abstractmethod
    def _start(
        self, settings: Settings, generators: list[np.random.BitGenerator], initvals: Initial | None
    ) -> Chains:
        """Return chains at their starting points."""

    @abstractmethod
    def _outputs(self) -> dict[str, tuple[int, ...]]:
        """Return names and shapes of what the chains tell of each draw, besides their statistics."""

    @abstractmethod
    def _label(self, raw: Arrays, settings: Settings) -> Labelled:
        """Return the groups of a trace that draws (chains, draws, ...) make."""

    @abstractmethod
    def _data(self) -> Labelled:
        """Return the groups ``observed_data`` and ``constant_data``."""

    @abstractmethod
    def _coords(self) -> dict[str, list[Any]]:
        """Return the labels of dimensions."""

    @abstractmethod
    def _description(self) -> dict[str, str]:
        """Return what a trace says of the model."""

    @abstractmethod
    def _fingerprint(self) -> str:
        """Return a digest of data and priors: of all that the posterior depends on."""

    @abstractmethod
    def _bytes(self, settings: Settings) -> tuple[int, int]:
        """Return the memory of one draw of one chain, and of everything else that a run allocates."""

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
            ``"gibbs"``: Pólya-gamma data augmentation alone. ``"hmc"``: Hamiltonian trajectories with the
            Pólya-gamma variables marginalised. ``"auto"``: the mix of both that warm-up finds best; the
            trace's attributes tell which.
        compute_log_likelihood : bool, default False
            Whether to add the group ``log_likelihood``, one value for each draw and row.
        initvals : mapping, optional
            Where to start: for each parameter a value, or one for each chain; by default the model chooses.
        thin : int, default 1
            Sweeps for each draw that is kept.
        callback : callable, optional
            Called about ten times a second with a `Progress`; the run ends if it returns something true.
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
            If Ctrl-C comes before the first draw.
        """
        settings = Settings.check(
            draws=draws,
            tune=tune,
            chains=chains,
            thin=thin,
            cores=cores,
            kernel=kernel,
            kernels=self._kernels,
            compute_log_likelihood=compute_log_likelihood,
            every=every,
            random_seed=random_seed,
        )
        self._require_memory(settings, settings.draws if checkpoint is None else settings.every)
        generators = bit_generators(settings)
        job = Job(settings, generators, self._start(settings, generators, initvals), Run())
        if checkpoint is None:
            return self._run(job, MemorySink(self._layout(job), job), progressbar, callback)
        sink = FolderSink(Path(checkpoint), self._layout(job), job, self._fingerprint())
        sink.create(self._data_groups())
        return self._run(job, sink, progressbar, callback)

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
            If it is damaged, foreign, of another version or of another model.
        """
        path = Path(checkpoint)
        job = self._stored_job(read_checkpoint(path), draws, cores)
        sink = FolderSink(path, self._layout(job), job, self._fingerprint())
        sink.reopen()
        return self._run(job, sink, progressbar, callback)

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
        old = trace.groups(idata)
        snapshot = trace.to_arrays(old["sampler_state"]) if "sampler_state" in old else {}
        done = int(metadata(snapshot)["run"]["draws"])
        job = self._stored_job(snapshot, done + checks.integer("draws", draws, 1), cores)
        self._require_memory(job.settings, draws)
        new = self._run(job, MemorySink(self._layout(job), job), progressbar, callback)
        return trace.to_trace(trace.append(old, trace.groups(new)), new.attrs)

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
    ) -> Iterator[dict[str, NDArray[np.float64]]]:
        """Yield posterior draws one after another, without end; nothing is kept.

        Parameters
        ----------
        tune, chains, cores, random_seed, kernel, initvals, thin
            As for `sample`, which gives the same draws for the same seed and chains.

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
            kernels=self._kernels,
            random_seed=random_seed,
        )
        generators = bit_generators(settings)
        return self._iterate(Job(settings, generators, self._start(settings, generators, initvals), Run()))

    def _iterate(self, job: Job) -> Iterator[dict[str, NDArray[np.float64]]]:
        """Run `job` over and over, a round at a time."""
        layout, pace = self._layout(job), Pace()
        while True:
            settings, run = replace(job.settings, draws=pace.sweeps), Run()
            sink = MemorySink(layout, replace(job, settings=settings, run=run))
            Loop(job.chains, settings, sink, Silent(), None, run).go()
            if run.interrupted:
                raise KeyboardInterrupt
            pace.update(run.draws, run.sampling_time)
            posterior = layout.label(sink.drawn())["posterior"]
            for draw in range(run.draws):
                yield {name: values[:, draw].copy() for name, (_, values) in posterior.items()}

    def _run(
        self, job: Job, sink: MemorySink | FolderSink, progressbar: bool, callback: Callback | None
    ) -> trace.Trace:
        """Run a job to its end and return its trace."""
        settings, run = job.settings, job.run
        sweeps = settings.tune + settings.thin * settings.draws
        with display(progressbar, settings.chains, sweeps) as shown:
            Loop(job.chains, settings, sink, shown, callback, run).go()
        attrs = self._attributes(job)
        sink.close(attrs)
        groups = {name: dataset.assign_attrs(attrs) for name, dataset in sink.groups().items()}
        self._advise(run, groups["posterior"])
        state = trace.from_arrays(job.snapshot(self._fingerprint()))
        return trace.to_trace(groups | self._data_groups() | {"sampler_state": state}, attrs)

    def _advise(self, run: Run, posterior: xr.Dataset) -> None:
        """Warn the caller of `sample`, `resume` or `extend` of what is wrong with a run."""
        if run.interrupted:
            made = f"{run.draws} draws of each chain"
            messages = [f"sampling was interrupted after {made}: the trace holds these"]
        elif run.draws:
            messages = [*diagnostics.advice(posterior), *self._notices(posterior)]
        else:
            messages = []
        for message in messages:
            warnings.warn(message, SamplingWarning, stacklevel=4)

    def _notices(self, _posterior: xr.Dataset) -> list[str]:
        """Return what the user should know about the model, given its posterior."""
        return []

    def _stored_job(self, snapshot: Arrays, draws: int | None, cores: int | None) -> Job:
        """Return the job of a snapshot of this model, ready to go on until it has `draws` draws in all."""
        meta = metadata(snapshot)
        require_same_model(meta, self._fingerprint())
        settings, run = stored_settings(meta, cores)
        if draws is not None:
            settings = replace(settings, draws=checks.integer("draws", draws, max(run.draws, 1)))
        generators = bit_generators(settings)
        job = Job(settings, generators, self._start(settings, generators, None), run)
        job.restore(snapshot)
        return job

    def _layout(self, job: Job) -> Layout:
        return Layout(
            self._outputs(), job.chains.stats, lambda raw: self._label(raw, job.settings), self._coords()
        )

    def _data_groups(self) -> dict[str, xr.Dataset]:
        return {name: trace.dataset(variables, self._coords()) for name, variables in self._data().items()}

    def _attributes(self, job: Job) -> dict[str, str | int | float]:
        run = job.run
        times = {"tuning_time": run.tuning_time, "sampling_time": run.sampling_time}
        about_run = times | {"interrupted": int(run.interrupted)} | dict(job.chains.kernel_info)
        return trace.provenance() | self._description() | job.settings.attributes() | about_run

    def _require_memory(self, settings: Settings, draws: int) -> None:
        per_draw, rest = self._bytes(settings)
        require_memory(
            settings.chains * draws * per_draw + rest,
            f"a run of {settings.chains} chains with {draws} draws of {per_draw} bytes",
            "ask for fewer draws or chains" + ", or no log-likelihood" * settings.log_likelihood,
        )
