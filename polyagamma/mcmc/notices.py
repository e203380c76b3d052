"""What users are told of models and runs: where warnings point, and in whose words they speak."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from polyagamma.mcmc.settings import SamplingWarning

PACKAGE = str(Path(__file__).parents[1] / "_")[:-1]  # with the separator that ends it
HowToAdd = Callable[[int], str]  # the call that adds a number of draws to each chain

_of_the_caller: ContextVar[HowToAdd | None] = ContextVar("_of_the_caller", default=None)


def notice(message: str) -> None:
    """Warn of something, at the line outside this package that led to it."""
    warnings.warn(message, SamplingWarning, stacklevel=_level_of_the_caller())


def _level_of_the_caller() -> int:
    """Return the `stacklevel` of the first frame outside this package, for a function that calls `warn`."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    return level


@contextmanager
def in_words_of(how_to_add: HowToAdd) -> Iterator[None]:
    """Let the advice of runs in this context say how the caller's own user adds draws."""
    token = _of_the_caller.set(how_to_add)
    try:
        yield
    finally:
        _of_the_caller.reset(token)


def how_to_add(own: HowToAdd) -> HowToAdd:
    """Return how to add draws: in the words of the context if it has some, else the run's own."""
    return _of_the_caller.get() or own
