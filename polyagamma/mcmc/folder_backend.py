"""A run on disk: its draws (see `polyagamma.traces.store`) and a checkpoint to go on from.

A checkpoint counts the draws it belongs to, and is replaced in one piece after they have been written. So
whatever happens in between, the last checkpoint and the draws it counts are whole, and a resumed run makes
the rest anew.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma.mcmc.rounds import Arrays, RunLog
from polyagamma.mcmc.run_state import ResumeError, RunState, metadata
from polyagamma.mcmc.trace_schema import TraceSchema
from polyagamma.traces import trace
from polyagamma.traces.store import DrawStore, one_chunk_at_a_time

DRAWS, CHECKPOINT = "draws.zarr", "checkpoint.npz"


def read_checkpoint(path: Path) -> dict[str, NDArray[Any]]:
    """Return the checkpoint in the folder `path`.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ResumeError
        If it is truncated, damaged, foreign or of another version.
    """
    file = path / CHECKPOINT
    if not file.is_file():
        raise FileNotFoundError(
            f"checkpoint {path} has no {CHECKPOINT}: pass the folder that sample(checkpoint=...) wrote to"
        )
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            snapshot = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ResumeError(f"{file} is damaged or no checkpoint ({error}): sample anew elsewhere") from error
    metadata(snapshot)
    return snapshot


def write_checkpoint(path: Path, snapshot: dict[str, NDArray[Any]]) -> None:
    """Put a checkpoint into the folder `path`: the old one stays until the new one is whole on disk."""
    new = path / f"{CHECKPOINT}.new"
    with new.open("wb") as file:
        np.savez(file, **snapshot)  # type: ignore[arg-type]  # it takes the names for options
        file.flush()
        os.fsync(file.fileno())
    new.replace(path / CHECKPOINT)


def require_free(path: Path) -> None:
    """Raise FileExistsError if there is something at `path` already: nothing is ever overwritten."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FileExistsError(
            f"checkpoint {path} exists: continue that run with resume(), or pass another folder"
        )


class FolderBackend:
    """Writes the draws of a run to disk, `every` at a time, and a checkpoint with them.

    Parameters
    ----------
    path : Path
    schema : TraceSchema
    state : RunState
    fingerprint : str
        Of the model.
    """

    def __init__(self, path: Path, schema: TraceSchema, state: RunState, fingerprint: str) -> None:
        self._path, self._schema, self._state, self._fingerprint = path, schema, state, fingerprint
        self._every = state.settings.every
        self._buffer = schema.zeros(state.settings.chains, self._every)
        self._written, self._filled, self._saved_at = state.run.draws, 0, state.chains.sweeps_done
        sampled = list(schema.label(schema.zeros(1, 1)))
        self._store = DrawStore(path / DRAWS, sampled, self._every)

    def create(self, data: Mapping[str, xr.Dataset]) -> None:
        """Make the folder, with the data's groups and a first checkpoint; FileExistsError if it is there."""
        require_free(self._path)
        self._path.mkdir(parents=True, exist_ok=True)
        self._store.create(self._schema.datasets(self._buffer), data)
        self._save()

    def reopen(self) -> None:
        """Go on after the draws that the checkpoint counts, having checked that they are whole.

        Raises
        ------
        ResumeError
            If some are missing or damaged.
        """
        try:
            self._store.open()
            self._store.require_whole(self._written)
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            raise ResumeError(
                f"the draws in {self._path} are damaged ({error}): sample anew elsewhere"
            ) from error
        self._store.resize(self._written)

    def room(self, draws: int) -> Arrays:
        """Return places for the next draws, up to the next checkpoint."""
        end = min(self._filled + draws, self._every - self._written % self._every)
        return {name: array[:, self._filled : end] for name, array in self._buffer.items()}

    def after_round(self, run: RunLog) -> None:
        """Write the draws made, and a checkpoint, if it is time."""
        self._filled = run.draws - self._written
        if self._filled and run.draws % self._every == 0:
            self._write()
            self._save()
        elif run.draws == 0 and self._state.chains.sweeps_done - self._saved_at >= self._every:
            self._save()

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of the draws written so far; values are read when they are used."""
        return self._store.groups()

    def close(self, attrs: trace.Attributes, resumable: bool) -> None:
        """Write the rest of the draws, and note how the run went.

        A run that is not `resumable`, since its chains failed, keeps its last checkpoint; the draws behind it
        are there to be read, and made again by a run that goes on from it.
        """
        if self._filled:
            self._write()
        if resumable:
            self._save()
        self._store.finish(attrs)

    def reading(self) -> AbstractContextManager[Any]:
        """Return a context in which to read many draws."""
        return one_chunk_at_a_time()

    def how_to_add(self, draws: int) -> str:
        """Return the call that adds draws to each chain."""
        return f"model.resume({str(self._path)!r}, draws={self._written + draws})"

    def _write(self) -> None:
        """Write the draws in the buffer."""
        raw = {name: array[:, : self._filled] for name, array in self._buffer.items()}
        self._store.append(self._schema.label(raw), self._written)
        self._written, self._filled = self._written + self._filled, 0

    def _save(self) -> None:
        write_checkpoint(self._path, self._state.snapshot(self._fingerprint))
        self._saved_at = self._state.chains.sweeps_done
