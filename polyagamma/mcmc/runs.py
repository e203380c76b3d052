"""What a model must say of itself, and how its runs are made of that."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.mcmc import diagnostics
from polyagamma.mcmc.augmentation import AugmentedChains, Rows
from polyagamma.mcmc.driver import Callback, Loop
from polyagamma.mcmc.folder_backend import FolderSink
from polyagamma.mcmc.interrupt import interruptible
from polyagamma.mcmc.memory_backend import Labelled, Layout, MemorySink
from polyagamma.mcmc.progress import Silent, display
from polyagamma.mcmc.rounds import Arrays, Chains, Pace, Run
from polyagamma.mcmc.run_state import Job, metadata, require_same_model, stored_settings
from polyagamma.mcmc.settings import OMEGA, SamplingWarning, Settings, bit_generators
from polyagamma.traces import trace

Initial = Mapping[str, ArrayLike]


class ModelRuns(ABC):
    """A model that says how to start its chains and what their arrays mean; how they run is here."""

    _kernels: ClassVar[tuple[str, ...]]

    @abstractmethod
    def _start(
        self, settings: Settings, generators: list[np.random.BitGenerator], initvals: Initial | None
    ) -> Chains:
        """Return chains at their starting points."""

    @abstractmethod
    def _parameters(self) -> tuple[list[str], list[str]]:
        """Return the names of what a posterior has, and of what it has besides on request."""

    @abstractmethod
    def _outputs(self, settings: Settings) -> dict[str, tuple[int, ...]]:
        """Return names and shapes of what the chains tell of each draw, besides their statistics."""

    @abstractmethod
    def _label(self, raw: Arrays, settings: Settings) -> Labelled:
        """Return the groups of a trace that draws (chains, draws, ...) make."""

    @abstractmethod
    def _rows(self) -> Rows:
        """Return what the Pólya-gamma variables of the rows depend on, if each row has one."""

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

    def _notices(self, _posterior: xr.Dataset) -> list[str]:
        """Return what the user should know about the model, given its posterior."""
        return []

    def _new_job(self, settings: Settings, initvals: Initial | None) -> Job:
        """Return a run that starts, its arguments checked."""
        if settings.var_names is not None:
            always, on_request = self._parameters()
            checks.known_names("var_names", settings.var_names, always + on_request)
        generators = bit_generators(settings)
        return Job(settings, generators, self._chains(settings, generators, initvals), Run())

    def _stored_job(self, snapshot: Arrays, draws: int | None, cores: int | None) -> Job:
        """Return the job of a snapshot of this model, ready to go on until it has `draws` draws in all."""
        meta = metadata(snapshot)
        require_same_model(meta, self._fingerprint())
        settings, run = stored_settings(meta, cores)
        if draws is not None:
            settings = replace(settings, draws=checks.integer("draws", draws, max(run.draws, 1)))
        generators = bit_generators(settings)
        job = Job(settings, generators, self._chains(settings, generators, None), run)
        job.restore(snapshot)
        return job

    def _chains(
        self, settings: Settings, generators: list[np.random.BitGenerator], initvals: Initial | None
    ) -> Chains:
        own, rest = generators[: settings.chains], generators[settings.chains :]
        chains = interruptible(lambda: self._start(settings, own, initvals))
        return AugmentedChains(chains, self._rows(), rest) if rest else chains

    def _run(
        self,
        job: Job,
        sink: MemorySink | FolderSink,
        progressbar: bool,
        callback: Callback | None,
        *,
        warmup: Arrays | None = None,
        before: Mapping[str, xr.Dataset] | None = None,
    ) -> trace.Trace:
        """Run a job to its end and return its trace, behind the groups of the trace `before` it.

        An error that ends the run, be it of the core, a kernel, a callback or the disk, stays what it is, so
        that callers catch what they know; the draws made before it come with it, as its attribute ``idata``.
        """
        trace.container()  # now, so that Ctrl-C need not wait for the import of ArviZ
        with display(progressbar, job.settings.chains) as shown:
            loop = Loop(job, sink, shown, callback, warmup)
            try:
                loop.go()
            except BaseException as error:
                if job.run.draws > 0:
                    attrs = self._attributes(job)
                    groups = self._groups(job, sink, attrs, warmup, resumable=not loop.mid_round)
                    attrs |= {"error": f"{type(error).__name__}: {error}"}
                    keep_draws(error, job.run.draws, trace.to_trace(trace.append(before, groups), attrs))
                raise
        attrs = self._attributes(job)
        groups = trace.append(before, self._groups(job, sink, attrs, warmup, resumable=True))
        self._advise(job, sink, groups["posterior"])
        return trace.to_trace(groups, attrs)

    def _groups(
        self,
        job: Job,
        sink: MemorySink | FolderSink,
        attrs: trace.Attributes,
        warmup: Arrays | None,
        resumable: bool,
    ) -> dict[str, xr.Dataset]:
        """Return the groups of a run that has ended; `resumable`: so that its chains can go on."""
        sink.close(attrs, resumable)
        groups = {name: dataset.assign_attrs(attrs) for name, dataset in sink.groups().items()}
        if warmup is not None:
            tuned = self._layout(job).datasets(warmup)
            groups |= {f"warmup_{name}": tuned[name] for name in ("posterior", "sample_stats")}
        groups |= self._data_groups()
        if resumable:
            groups["sampler_state"] = trace.from_arrays(job.snapshot(self._fingerprint()))
        return groups

    def _iterate(self, job: Job) -> Iterator[dict[str, NDArray[np.float64]]]:
        """Run `job` over and over, a round at a time."""
        layout, pace = self._layout(job), Pace()
        while True:
            settings, run = replace(job.settings, draws=pace.sweeps), Run()
            one = replace(job, settings=settings, run=run)
            sink = MemorySink(layout, one)
            Loop(one, sink, Silent()).go()
            if run.interrupted:
                raise KeyboardInterrupt
            pace.update(run.draws, run.sampling_time)
            posterior = layout.label(sink.drawn())["posterior"]
            for draw in range(run.draws):
                yield {name: values[:, draw].copy() for name, (_, values) in posterior.items()}

    def _advise(self, job: Job, sink: MemorySink | FolderSink, posterior: xr.Dataset) -> None:
        """Warn the caller of `sample`, `resume` or `extend` of what is wrong with a run."""
        messages = []
        if job.run.interrupted:
            made = f"{job.run.draws} draws of each chain"
            messages += [f"sampling was interrupted after {made}: the trace holds these"]
        elif job.run.draws:
            with sink.reading():
                messages += diagnostics.advice(posterior, sink.how_to_add)
                messages += self._notices(posterior) if job.settings.var_names is None else []
        for message in messages:
            warnings.warn(message, SamplingWarning, stacklevel=4)

    def _layout(self, job: Job) -> Layout:
        settings = job.settings
        outputs = self._outputs(settings)
        if OMEGA in settings.requested:
            outputs[OMEGA] = self._rows().shape.shape
        return Layout(outputs, job.chains.stats, lambda raw: self._kept(raw, settings), self._coords())

    def _kept(self, raw: Arrays, settings: Settings) -> Labelled:
        """Return the groups that draws make, of the posterior only the parameters to keep."""
        groups = self._label({name: array for name, array in raw.items() if name != OMEGA}, settings)
        if settings.var_names is not None:
            parameters = dict(groups["posterior"])
            if OMEGA in raw:
                parameters[OMEGA] = ((*trace.DRAWS, "obs_id"), raw[OMEGA])
            groups["posterior"] = {name: parameters[name] for name in settings.var_names}
        return groups

    def _data_groups(self) -> dict[str, xr.Dataset]:
        return {name: trace.dataset(variables, self._coords()) for name, variables in self._data().items()}

    def _attributes(self, job: Job) -> dict[str, str | int | float]:
        run = job.run
        times = {"tuning_time": run.tuning_time, "sampling_time": run.sampling_time}
        about_run = times | {"interrupted": int(run.interrupted)} | dict(job.chains.kernel_info)
        return trace.provenance() | self._description() | job.settings.attributes() | about_run

    def _require_memory(self, settings: Settings, draws: int) -> None:
        per_draw, rest = self._bytes(settings)
        if OMEGA in settings.requested:
            per_draw += self._rows().shape.nbytes
        require_memory(
            settings.chains * draws * per_draw + rest,
            f"a run of {settings.chains} chains with {draws} draws of {per_draw} bytes",
            "ask for fewer draws, chains or var_names" + ", or no log-likelihood" * settings.log_likelihood,
        )


def keep_draws(error: BaseException, draws: int, idata: trace.Trace) -> None:
    """Let an error that ended a run carry the trace of what was drawn before."""
    error.idata = idata  # type: ignore[attr-defined]
    error.add_note(f"The {draws} draws of each chain made before are a trace in this exception's .idata")
