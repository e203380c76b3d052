"""A run on disk: its draws (see `polyagamma.traces.store`) and a checkpoint to go on from.

A checkpoint counts the draws it belongs to, with their checksums, and is replaced in one piece after they
are on the disk itself. So whatever happens in between, the last checkpoint and the draws it counts are whole,
and a resumed run makes the rest anew.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation.memory import require_memory
from polyagamma._validation.rewording import Rewording
from polyagamma.mcmc.compaction import TOLD, Compaction
from polyagamma.mcmc.folder_lock import LOCK, FolderLock
from polyagamma.mcmc.rounds import Arrays, RunLog
from polyagamma.mcmc.run_state import ResumeError, RunState, beside, metadata
from polyagamma.mcmc.trace_schema import Labelled, TraceSchema
from polyagamma.traces import trace
from polyagamma.traces.durable import sync
from polyagamma.traces.store import DrawStore, Sums, has_draws, one_chunk_at_a_time, require_zarr

DRAWS, CHECKPOINT = "draws.zarr", "checkpoint.npz"
NEW_CHECKPOINT = f"{CHECKPOINT}.new"


def read_checkpoint(path: Path) -> dict[str, NDArray[Any]]:
    """Return the checkpoint in the folder `path`.

    Raises
    ------
    ResumeError
        If it is truncated, damaged, foreign or of another version.
    """
    file = path / CHECKPOINT
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            snapshot = {name: stored[name] for name in stored.files}
    except Exception as error:  # of any type: a damaged file says anything
        raise ResumeError(f"{file} is damaged or no checkpoint ({error}): sample anew elsewhere") from error
    with naming(file):
        metadata(snapshot)
    return snapshot


def write_checkpoint(path: Path, snapshot: dict[str, NDArray[Any]]) -> None:
    """Put a checkpoint into the folder `path`: the old one stays until the new one is whole on disk."""
    content = io.BytesIO()  # so that a full disk fails in one place, with its own error
    np.savez(content, **snapshot)  # type: ignore[arg-type]  # it takes the names for options
    new = path / NEW_CHECKPOINT
    try:
        with new.open("wb") as file:
            file.write(content.getbuffer())
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        new.unlink(missing_ok=True)
        raise
    new.replace(path / CHECKPOINT)
    sync(path)


def require_free(path: Path) -> None:
    """Raise FileExistsError if there is something at `path` already: nothing is ever overwritten.

    What a run leaves that ended before its first checkpoint does not count: it has no draws.
    """
    if not path.exists() or (path.is_dir() and _has_only_begun({file.name for file in path.iterdir()}, path)):
        return
    raise FileExistsError(
        f"checkpoint {path} exists: continue that run with resume(), or pass another folder"
    )


def _has_only_begun(names: set[str], path: Path) -> bool:
    """Return whether files of these names are what a run, which locks first, makes before it has draws."""
    begun = LOCK in names and names <= {LOCK, DRAWS, NEW_CHECKPOINT}
    return not names or (begun and not has_draws(path / DRAWS))


def new_folder(checkpoint: str | os.PathLike[str]) -> FolderLock:
    """Make the folder of a run and return its lock, a context with its absolute path.

    Raises
    ------
    ImportError
        If zarr is missing.
    FileExistsError
        If there is something already, or another run begins there.
    """
    require_zarr()
    path = Path(checkpoint).absolute()  # the working directory may change
    require_free(path)
    path.mkdir(parents=True, exist_ok=True)
    try:
        lock = FolderLock(path)
    except BlockingIOError as error:
        raise FileExistsError(f"checkpoint {path} exists: {error}, or pass another folder") from error
    try:
        require_free(path)  # another run may have begun and ended since
    except FileExistsError:
        lock.release()
        raise
    return lock


def stored_folder(checkpoint: str | os.PathLike[str]) -> FolderLock:
    """Return the lock of the folder of a stored run, a context with its absolute path.

    Raises
    ------
    ImportError
        If zarr is missing.
    FileNotFoundError
        If it has no checkpoint.
    ResumeError
        If another run works there, or nothing can be written there.
    """
    require_zarr()
    path = Path(checkpoint).absolute()
    if not (path / CHECKPOINT).is_file():
        raise FileNotFoundError(
            f"checkpoint {path} has no {CHECKPOINT}: pass the folder that sample(checkpoint=...) wrote to, "
            "or sample anew if that run ended before its first checkpoint"
        )
    try:
        return FolderLock(path)
    except BlockingIOError as error:
        raise ResumeError(str(error)) from error
    except OSError as error:
        raise ResumeError(
            f"the run in {path} cannot be written to ({error}): allow it, or copy the folder elsewhere"
        ) from error


def naming(place: Path) -> Rewording[ResumeError]:
    """Return a context whose ResumeErrors name the file or folder of the run."""
    return Rewording(ResumeError, lambda error: ResumeError(f"{place}: {error}"))


class FolderBackend:
    """Writes what is kept of the draws of a run to disk, `every` at a time, and a checkpoint with them.

    Summaries of the draws written are in memory and in the checkpoint, and beside the draws when a run ends.

    Parameters
    ----------
    path : Path
    schema : TraceSchema
    state : RunState
    fingerprint : str
        Of the model.
    """

    def __init__(self, path: Path, schema: TraceSchema, state: RunState, fingerprint: str) -> None:
        self._path, self._state, self._fingerprint = path, state, fingerprint
        self._compaction = Compaction(schema, state.settings)
        self._schema, self._summaries = self._compaction.schema, self._compaction.summaries
        self._every = state.settings.every
        self._buffer = schema.zeros(state.settings.chains, self._every)
        self._written, self._filled, self._saved_at = state.run.draws, 0, state.chains.sweeps_done
        self._sums: Sums = {}  # of the draws written
        self._unwritable = False
        sampled = list(self._schema.label(schema.zeros(1, 1)))
        self._store = DrawStore(path / DRAWS, sampled, self._every)

    def create(self, data: Mapping[str, xr.Dataset]) -> None:
        """Fill a free folder with the data's groups and a first checkpoint."""
        with self._writing():
            shutil.rmtree(self._path / DRAWS, ignore_errors=True)  # a beginning without draws
            self._store.create(self._schema.datasets(self._buffer), data)
            sync(self._path.parent)
            self._save()

    def reopen(self, snapshot: Arrays, data: Mapping[str, xr.Dataset]) -> None:
        """Go on after the draws that the checkpoint `snapshot` counts, having checked all that is there.

        Raises
        ------
        ResumeError
            If something is missing, damaged or of another run.
        """
        templates, self._sums = self._schema.datasets(self._buffer), metadata(snapshot)["sums"]
        try:
            self._store.open(templates, data, self._written, self._sums)
            if self._summaries is not None:
                self._summaries.set_state(beside(snapshot))
        except Exception as error:  # of any type: damaged metadata say anything
            raise ResumeError(
                f"the draws in {self._path} are damaged ({error}): sample anew elsewhere"
            ) from error
        with self._writing():
            self._store.drop(TOLD)  # of another number
            self._store.resize(self._written)

    def room(self, draws: int) -> Arrays:
        """Return places for the next draws, up to the next checkpoint."""
        end = min(self._filled + draws, self._every - self._written % self._every)
        return {name: array[:, self._filled : end] for name, array in self._buffer.items()}

    def after_round(self, run: RunLog) -> None:
        """Write the draws made, and a checkpoint, if it is time."""
        self._filled = run.draws - self._written
        with self._writing():
            if self._filled and run.draws % self._every == 0:
                self._write()
                self._save()
            elif run.draws == 0 and self._state.chains.sweeps_done - self._saved_at >= self._every:
                self._save()

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of the draws written so far; values are read when they are used.

        Of draws that could not be written, those and all before them in memory.
        """
        draws = self._draws()
        return draws if self._summaries is None else draws | self._summaries.groups()

    def _draws(self) -> dict[str, xr.Dataset]:
        if not (self._unwritable and self._filled):
            return self._store.groups()
        self._summarize(self._compaction.label(self._unwritten()))
        unwritten = self._schema.datasets(self._unwritten())
        size = sum(dataset.nbytes for dataset in unwritten.values()) * self._written // self._filled
        require_memory(2 * size, "all draws of the run", f"read those in {self._path / DRAWS} piece by piece")
        written = {
            group: trace.dataset(variables, self._schema.coords)
            for group, variables in self._store.read(self._written).items()
        }
        return trace.append(written, unwritten)

    def close(self, attrs: trace.Attributes, resumable: bool) -> None:
        """Write the rest of the draws, and note how the run went.

        A run that is not `resumable`, since its chains failed, keeps its last checkpoint; the draws behind it
        are there to be read, and made again by a run that goes on from it.
        """
        with self._writing():
            if self._filled:
                self._write()
            if resumable:
                self._save()
            self._store.finish(attrs, {} if self._summaries is None else self._summaries.told())

    def reading(self) -> AbstractContextManager[Any]:
        """Return a context in which to read many draws."""
        return one_chunk_at_a_time()

    def how_to_add(self, draws: int) -> str:
        """Return the call that adds draws to each chain."""
        return f"model.resume({str(self._path)!r}, draws={self._written + draws})"

    def _write(self) -> None:
        """Write the draws in the buffer."""
        labelled = self._compaction.label(self._unwritten())
        sums = self._store.append(self._compaction.kept(labelled), self._written, self._sums)
        self._sums = sums  # with the counts, and no call between them in which Ctrl-C could be acted on
        self._written, self._filled = self._written + self._filled, 0
        self._summarize(labelled)

    def _unwritten(self) -> Arrays:
        return {name: array[:, : self._filled] for name, array in self._buffer.items()}

    def _writing(self) -> Rewording[OSError]:
        """Return a context that says in errors of the disk which run it is, and how it goes on."""

        def noted(error: OSError) -> None:
            self._unwritable = True
            error.add_note(
                f"The run in {self._path} could not be written: make room there, or lift the limit. Then "
                f"model.resume({str(self._path)!r}) goes on from its last checkpoint; if it has none yet, "
                "sample anew"
            )

        return Rewording(OSError, noted)

    def _summarize(self, labelled: Labelled) -> None:
        if self._summaries is not None:
            self._summaries.add(labelled["posterior"])

    def _save(self) -> None:
        besides: Arrays = {}
        if self._summaries is not None:
            if self._summaries.draws != self._written:
                return  # Ctrl-C came while draws were added: those of the last checkpoint are whole
            besides = self._summaries.state()
        snapshot = self._state.snapshot(self._fingerprint, besides, sums=self._sums)
        write_checkpoint(self._path, snapshot)
        self._saved_at = self._state.chains.sweeps_done
