"""A run with all it needs to go on, and its form as arrays and plain metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._public import public
from polyagamma.mcmc.digest import digest_of_state
from polyagamma.mcmc.rounds import Arrays, Chains, RunLog
from polyagamma.mcmc.settings import Settings

FORMAT, VERSION = "polyagamma-gibbs run", 2
BESIDES = "besides."  # begins the names of arrays in a snapshot that are not of the chains


@public
class ResumeError(ValueError):
    """A stored run cannot go on here."""


@dataclass
class RunState:
    """The parts of a run.

    Attributes
    ----------
    settings : Settings
    generators : list of BitGenerator
        One for each chain, and one more for each to draw what is derived; the chains advance them.
    chains : Chains
    run : RunLog
    mid_round : bool
        Whether the chains are, or an error left them, in the middle of a round, so that they cannot go on.
    """

    settings: Settings
    generators: list[np.random.BitGenerator]
    chains: Chains
    run: RunLog
    mid_round: bool = field(default=False, init=False)
    _held: dict[str, Any] | None = field(default=None, init=False)

    def hold(self) -> None:
        """Remember where chains and generators stand, for `snapshot` to tell of until `release`."""
        self._held = self._standing()

    def release(self) -> None:
        """Forget what `hold` remembered."""
        self._held = None

    def _standing(self) -> dict[str, Any]:
        return {
            "generators": [generator.state for generator in self.generators],
            "chains": self.chains.state(),
        }

    def snapshot(
        self, fingerprint: str, besides: Arrays | None = None, **more: Any
    ) -> dict[str, NDArray[Any]]:
        """Return all that the run's future depends on, as arrays.

        Parameters
        ----------
        fingerprint : str
            Of the model, to recognise it by.
        besides : mapping of str to ndarray, optional
            Arrays that are not of the chains, for `beside` to find.
        **more
            What else is to be among the metadata.

        Returns
        -------
        dict of str to ndarray
            ``"meta"`` is a JSON text, and ``"digest"`` that of everything else.
        """
        standing = self._held or self._standing()
        meta = {
            "format": FORMAT,
            "version": VERSION,
            "fingerprint": fingerprint,
            "settings": self.settings.to_plain(),
            "run": asdict(self.run),
            "generators": standing["generators"],
            **more,
        }
        others = {f"{BESIDES}{name}": array for name, array in (besides or {}).items()}
        arrays = {"meta": np.array(json.dumps(meta)), **standing["chains"], **others}
        return {**arrays, "digest": np.array(digest_of_state(arrays))}

    def restore(self, snapshot: Arrays) -> None:
        """Put generators and chains into the state they had in `snapshot`.

        Raises
        ------
        ResumeError
            If it is not a state of such chains.
        """
        try:
            for generator, state in zip(self.generators, metadata(snapshot)["generators"], strict=True):
                generator.state = state
            others = ("meta", "digest", *(name for name in snapshot if name.startswith(BESIDES)))
            self.chains.set_state({name: array for name, array in snapshot.items() if name not in others})
        except (KeyError, TypeError, ValueError) as error:
            raise ResumeError(f"the stored state does not fit this model ({error}): sample anew") from error


def beside(snapshot: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays of a snapshot that are not of the chains."""
    return {name.removeprefix(BESIDES): snapshot[name] for name in snapshot if name.startswith(BESIDES)}


def metadata(snapshot: Arrays) -> dict[str, Any]:
    """Return the metadata of a snapshot.

    Raises
    ------
    ResumeError
        If it is none, of a version that this one cannot read, or not what `RunState.snapshot` made.
    """
    try:
        meta = json.loads(str(snapshot["meta"]))
        found = meta["format"], meta["version"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ResumeError("this is not a stored run of polyagamma-gibbs: pass one that it wrote") from error
    if found != (FORMAT, VERSION):
        raise ResumeError(
            f"the run is stored as {found}, this version reads {(FORMAT, VERSION)}: sample anew"
        )
    arrays = {name: array for name, array in snapshot.items() if name != "digest"}
    if str(snapshot.get("digest")) != digest_of_state(arrays):
        raise ResumeError("the stored run was damaged or changed since it was written: sample anew")
    return dict(meta)


def require_same_model(meta: Mapping[str, Any], fingerprint: str) -> None:
    """Raise ResumeError unless the run was one of the model with this fingerprint."""
    if meta.get("fingerprint") != fingerprint:
        raise ResumeError(
            "the run was made by a model with other data or another prior: resume it with the same X, y, "
            "trials, weights, offset, prior and intercept"
        )


def stored_settings(meta: Mapping[str, Any], cores: int | None) -> tuple[Settings, RunLog]:
    """Return the settings of a stored run, and how far it had come; ResumeError if they are incomplete."""
    try:
        settings, run = Settings.from_plain(meta["settings"]), RunLog(**meta["run"] | {"interrupted": False})
    except (KeyError, TypeError, ValueError) as error:
        raise ResumeError(f"the stored run lacks some of its settings ({error}): sample anew") from error
    return settings.with_cores(cores), run
