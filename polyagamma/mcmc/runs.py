"""How a run of a model is made, driven to its end, and turned into a trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.mcmc import diagnostics
from polyagamma.mcmc.augmentation import AugmentedChains
from polyagamma.mcmc.chains import functions_at_once, make_chains, memory, starting_points
from polyagamma.mcmc.compact_backend import CompactBackend, bytes_of_draws
from polyagamma.mcmc.compaction import SUMMARIZED_DRAWS, SUMMARY, Compaction
from polyagamma.mcmc.driver import Callback, Driver
from polyagamma.mcmc.folder_backend import FolderBackend
from polyagamma.mcmc.forecast import Forecast
from polyagamma.mcmc.interrupt import Interrupt, interruptible
from polyagamma.mcmc.memory_backend import MemoryBackend
from polyagamma.mcmc.notices import how_to_add, notice
from polyagamma.mcmc.progress import Silent, display
from polyagamma.mcmc.rounds import Arrays, BatchSize, Chains, RunLog
from polyagamma.mcmc.run_state import RunState, metadata, require_same_model, stored_settings
from polyagamma.mcmc.settings import Settings, bit_generators
from polyagamma.mcmc.specification import Specification
from polyagamma.terms.term import Initial
from polyagamma.traces import trace


def new_run(
    model: Specification, settings: Settings, initvals: Initial | Sequence[Initial] | None
) -> RunState:
    """Return a run that starts."""
    generators = bit_generators(settings)

    def started() -> Chains:
        chains = _chains(model, settings, generators)
        own = generators[: settings.chains]
        chains.start(starting_points(model.likelihood, model.term, initvals, settings, own))
        return chains

    return RunState(settings, generators, interruptible(started), RunLog())


def stored_run(model: Specification, snapshot: Arrays, draws: int | None, cores: int | None) -> RunState:
    """Return the run of a snapshot of this model, ready to go on until it has `draws` draws in all."""
    meta = metadata(snapshot)
    require_same_model(meta, model.fingerprint())
    settings, run = stored_settings(meta, cores)
    if draws is not None:
        settings = replace(settings, draws=checks.integer("draws", draws, max(run.draws, 1)))
    generators = bit_generators(settings)
    chains = interruptible(lambda: _chains(model, settings, generators))
    state = RunState(settings, generators, chains, run)
    state.restore(snapshot)
    return state


def _chains(model: Specification, settings: Settings, generators: list[np.random.BitGenerator]) -> Chains:
    own, rest = generators[: settings.chains], generators[settings.chains :]
    chains = make_chains(model.likelihood, model.term, settings, own)
    return AugmentedChains(chains, model.augmented_rows(), rest) if rest else chains


def require_room(model: Specification, settings: Settings, draws: int, whole: int = 0) -> None:
    """Raise MemoryError if a run that keeps so many draws of each chain in memory does not fit.

    `whole`: how many it has there as the chains tell them besides, those of warm-up or for the disk.
    """
    model.term.require_memory(settings.chain_threads, functions_at_once(model.likelihood, settings))
    statistics, matrices = memory(model.likelihood, model.term, settings)
    numbers = sum(int(np.prod(shape)) for shape in model.outputs(settings).values())
    others = 8 * (statistics + len(model.likelihood.y) * settings.log_likelihood)
    needed = bytes_of_draws(settings, numbers, model.numbers_kept(settings), draws)
    needed += 8 * numbers * whole + others * (draws + whole)
    require_memory(
        settings.chains * needed + matrices,
        f"a run of {settings.chains} chains with {draws + whole} draws of {numbers} numbers",
        "ask for fewer draws, chains or var_names, or for store='summary'"
        + ", or no log-likelihood" * settings.log_likelihood,
    )


@dataclass
class Execution:
    """A run of a model on its way to a trace.

    Attributes
    ----------
    model : Specification
    state : RunState
    backend : MemoryBackend, CompactBackend or FolderBackend
        Where its draws go.
    warmup : mapping of str to ndarray, optional
        Where those of warm-up go, if they are kept.
    before : mapping of str to Dataset, optional
        The groups of the trace that it adds to.
    """

    model: Specification
    state: RunState
    backend: MemoryBackend | CompactBackend | FolderBackend
    warmup: Arrays | None = None
    before: Mapping[str, xr.Dataset] | None = None

    def run_to_end(self, progressbar: bool, callback: Callback | None) -> trace.Trace:
        """Run to the end and return the trace.

        An error that ends the run, be it of the core, a kernel, a callback or the disk, stays what it is, so
        that callers catch what they know; the draws made before it come with it, as its attribute ``idata``.
        """
        trace.container()  # now, so that Ctrl-C need not wait for the import of ArviZ
        with Interrupt() as interrupt:
            try:
                with display(progressbar, self.state.settings.chains) as shown:
                    forecast = Forecast(shown, quicker(self.model))
                    Driver(self.state, self.backend, forecast, interrupt, callback, self.warmup).go()
                attrs = self._attributes()
                self.backend.close(attrs, resumable=True)
                groups = trace.append(self.before, self._groups(attrs))
                self._advise(groups)
                return trace.to_trace(groups, attrs)
            except BaseException as error:
                interrupt.let_finish()
                if self.state.run.draws > 0:
                    self._keep_draws(error)
                raise

    def _keep_draws(self, error: BaseException) -> None:
        """Let an error that ends the run carry the trace of what was drawn before.

        Written where no class of errors can refuse it, as frozen ones refuse to have attributes set.
        """
        made = f"The {self.state.run.draws} draws of each chain made before"
        try:
            vars(error)["idata"] = self._trace_until(error)
            note = f"{made} are a trace in this exception's .idata"
        except Exception as second:  # which must not take the place of the first
            note = f"{made} could not be kept: {described(second)}"
        vars(error).setdefault("__notes__", []).append(note)

    def _trace_until(self, error: BaseException) -> trace.Trace:
        attrs = self._attributes()
        with suppress(OSError):  # of a full disk: what cannot be written stays in memory
            self.backend.close(attrs, resumable=not self.state.mid_round)
        groups = trace.append(self.before, self._groups(attrs))
        return trace.to_trace(groups, attrs | {"error": described(error)})

    def _groups(self, attrs: trace.Attributes) -> dict[str, xr.Dataset]:
        """Return the groups of a run that has ended."""
        groups = {name: dataset.assign_attrs(attrs) for name, dataset in self.backend.groups().items()}
        if self.warmup is not None:
            schema = self.model.schema(self.state.settings, self.state.chains)
            tuned = Compaction(schema, self.state.settings).schema.datasets(self.warmup)
            groups |= {f"warmup_{name}": tuned[name] for name in ("posterior", "sample_stats")}
        groups |= self.model.data_groups()
        if not self.state.mid_round:
            groups["sampler_state"] = trace.from_arrays(self.state.snapshot(self.model.fingerprint()))
        return groups

    def _attributes(self) -> dict[str, str | int | float]:
        run = self.state.run
        times = {"tuning_time": run.tuning_time, "sampling_time": run.sampling_time}
        about_run = times | {"interrupted": int(run.interrupted)} | dict(self.state.chains.kernel_info)
        about_model = trace.provenance() | self.model.description()
        return about_model | self.state.settings.attributes() | about_run

    def _advise(self, groups: Mapping[str, xr.Dataset]) -> None:
        """Warn the caller of `sample`, `resume` or `extend` of what is wrong with a run."""
        run, messages = self.state.run, []
        if run.interrupted:
            made = f"{run.draws} draws of each chain"
            messages += [f"sampling was interrupted after {made}: the trace holds these"]
        elif run.draws:
            with self.backend.reading():
                messages += self._advice_on_mixing(groups)
                if self.state.settings.var_names is None:
                    all_variables = groups.get(SUMMARIZED_DRAWS, groups["posterior"])
                    messages += self.model.term.notices(self.model.likelihood, all_variables)
        for message in messages:
            notice(message)

    def _advice_on_mixing(self, groups: Mapping[str, xr.Dataset]) -> list[str]:
        how, sizes = how_to_add(self.backend.how_to_add), groups["sample_stats"].sizes
        if SUMMARY in groups:
            return diagnostics.advice_of_summary(groups[SUMMARY], sizes["draw"], sizes["chain"], how)
        return diagnostics.advice(groups["posterior"], how)


def quicker(model: Specification) -> str:
    """Return how a run of the model would take less time."""
    latent = model.term.process()
    if latent is not None and latent.process.covariance is not None:
        return "pass inducing=100 or so: the time of a full process grows with the cube of the rows"
    return "ask for fewer draws, or for more cores"


def iterate(model: Specification, state: RunState) -> Iterator[dict[str, NDArray[np.float64]]]:
    """Run over and over, a round at a time, and yield the draws."""
    schema, batch = model.schema(state.settings, state.chains), BatchSize()
    while True:
        settings, run = replace(state.settings, draws=batch.sweeps), RunLog()
        one = replace(state, settings=settings, run=run)
        backend = MemoryBackend(schema, one)
        with Interrupt() as interrupt:
            Driver(one, backend, Silent(), interrupt).go()
        if interrupt.requested:
            raise KeyboardInterrupt
        batch.update(run.draws, run.sampling_time)
        posterior = schema.label(backend.drawn())["posterior"]
        for draw in range(run.draws):
            yield {name: values[:, draw].copy() for name, (_, values) in posterior.items()}


def described(error: BaseException) -> str:
    """Return the type of an error and what it says, unless it fails to say it."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__
