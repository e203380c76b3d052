"""Settings of a run: counts, seeds, cores."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma._validation.arguments import shown

TRANSITION_KERNELS = ("auto", "gibbs", "hmc")
STORES = ("draws", "float32", "summary")
RANGES = {
    "draws": (1, checks.LARGEST_COUNT),
    "tune": (0, 10**9),
    "chains": (1, 10**4),
    "thin": (1, 10**6),
    "every": (1, checks.LARGEST_COUNT),
}
"""The least and the most of each count, of new runs and of stored ones; memory sets a limit besides."""
MOST_CORES = 10**4
OMEGA = "omega"  # the Pólya-gamma variables, as a trace calls them
Seed = int | Sequence[int] | np.random.SeedSequence | np.random.Generator | None


@public
class SamplingWarning(UserWarning):
    """Something about a model or a run that its user should know."""


@dataclass(frozen=True)
class Settings:
    """Checked arguments of a run."""

    draws: int
    tune: int
    chains: int
    thin: int
    threads: int
    kernel: str
    log_likelihood: bool
    every: int
    var_names: tuple[str, ...] | None
    seed: np.random.SeedSequence
    store: str = "draws"
    kept: tuple[str, ...] | None = None  # variables of a summary whose draws are stored, too

    @classmethod
    def check(
        cls,
        *,
        draws: int,
        tune: int,
        chains: int,
        thin: int,
        cores: int | None,
        kernel: str,
        random_seed: Seed,
        compute_log_likelihood: bool = False,
        every: int = 1,
        var_names: Sequence[str] | None = None,
        store: str = "draws",
    ) -> Settings:
        """Check what the user gave; TypeError or ValueError name the argument."""
        counts = checked_counts(
            {"draws": draws, "tune": tune, "chains": chains, "thin": thin, "every": every}
        )
        names = None if var_names is None else checks.names("var_names", var_names)
        summarizes = checks.one_of("store", store, STORES) == "summary"
        return cls(
            **counts,
            threads=threads(cores, counts["chains"]),
            kernel=checks.one_of("kernel", kernel, TRANSITION_KERNELS),
            log_likelihood=checks.truth("compute_log_likelihood", compute_log_likelihood),
            var_names=None if summarizes else names,
            seed=seed_sequence(random_seed, counts["chains"]),
            store=store,
            kept=names if summarizes else None,
        )

    @property
    def chain_threads(self) -> int:
        """How many threads have chains of their own, and so matrices."""
        return min(self.threads, self.chains)

    @property
    def picks_columns(self) -> bool:
        """Whether single columns of variables were asked for, of which less is kept than chains tell."""
        return any("[" in name for name in self.requested)

    @property
    def requested(self) -> tuple[str, ...]:
        """The variables that were asked for by name."""
        return self.var_names or ()

    def to_plain(self) -> dict[str, Any]:
        """Return everything but the threads as numbers, strings and lists."""
        plain = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "threads"}
        return plain | {"seed": seed_to_plain(self.seed)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Settings:
        """Return what `to_plain` was made from, with the default threads.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it was made from no settings.
        """
        lists = {name: plain.get(name) for name in ("var_names", "kept")}
        return cls(
            **dict(plain)
            | checked_counts(plain)
            | {name: None if names is None else tuple(names) for name, names in lists.items()}
            | {
                "seed": np.random.SeedSequence(**plain["seed"]),
                "threads": threads(None, plain["chains"]),
            }
        )

    def with_cores(self, cores: int | None) -> Settings:
        """Return these settings for other threads; TypeError or ValueError if `cores` does not fit."""
        return replace(self, threads=threads(cores, self.chains))

    def attributes(self) -> dict[str, str | int | float]:
        """Return what a trace says of its settings; by ArviZ's names where it has one."""
        seed = json.dumps(seed_to_plain(self.seed))
        return {"tuning_steps": self.tune, "thin": self.thin, "random_seed": seed, "threads": self.threads}


def checked_counts(given: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts of a run, each found to be an integer within its range."""
    return {name: checks.integer(name, given[name], least, most) for name, (least, most) in RANGES.items()}


def threads(cores: int | None, chains: int) -> int:
    """Return how many threads to use: as asked for, else one for each chain as far as there are CPUs."""
    return min(chains, available_cores()) if cores is None else checks.integer("cores", cores, 1, MOST_CORES)


def available_cores() -> int:
    """Return the number of CPUs this process may use (its affinity, where the system has one)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def seed_sequence(random_seed: Seed, chains: int) -> np.random.SeedSequence:
    """Return the one SeedSequence from which every random number of a run comes.

    Parameters
    ----------
    random_seed : None, int, sequence of int, SeedSequence or Generator
        None takes entropy from the system. A Generator is advanced by four draws, and a SeedSequence by a
        child for each chain, so that a second run with the same object differs.
    chains : int

    Raises
    ------
    TypeError
        If it is none of these, or negative.
    """
    if isinstance(random_seed, np.random.Generator):
        return np.random.SeedSequence(random_seed.integers(2**32, size=4).tolist())
    if isinstance(random_seed, np.random.SeedSequence):
        seed = np.random.SeedSequence(**seed_to_plain(random_seed))
        random_seed.spawn(chains)
        return seed
    try:
        return np.random.SeedSequence(random_seed)
    except (TypeError, ValueError) as error:
        raise TypeError(
            "random_seed must be None, a non-negative int, a sequence of them, a SeedSequence or a "
            f"Generator, got {shown(random_seed)}: pass an int"
        ) from error


def seed_to_plain(seed: np.random.SeedSequence) -> dict[str, Any]:
    """Return the arguments that make `seed` again."""
    entropy = np.asarray(seed.entropy, dtype=object)
    words = [int(word) for word in entropy.ravel()]
    return {
        "entropy": words if entropy.ndim else words[0],
        "spawn_key": [int(key) for key in seed.spawn_key],
        "n_children_spawned": seed.n_children_spawned,
    }


def bit_generators(settings: Settings) -> list[np.random.BitGenerator]:
    """Return the bit generators of a run; the same ones whenever it is called.

    There is one for each chain and, if Pólya-gamma variables are asked for, another for each to draw these.
    """
    seed = np.random.SeedSequence(**seed_to_plain(settings.seed))
    each = 2 if OMEGA in settings.requested else 1
    return [np.random.PCG64DXSM(child) for child in seed.spawn(each * settings.chains)]
