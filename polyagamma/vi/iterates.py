"""What iterative methods yield, and how their iterations are driven: display, callback, Ctrl-C, history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from polyagamma.mcmc.interrupt import Interrupt
from polyagamma.mcmc.notices import notice
from polyagamma.mcmc.progress import status_line
from polyagamma.vi.law import NormalLaw

FloatArray = NDArray[np.float64]


class Stage(Protocol):
    """What is told of where a method stands."""

    @property
    def bound(self) -> float:
        """See `Iterate`."""

    @property
    def shift(self) -> float:
        """See `Iterate`."""

    @property
    def converged(self) -> bool:
        """See `Iterate`."""

    @property
    def coordinates(self) -> FloatArray:
        """The mean of the coordinates."""


Reached = TypeVar("Reached", bound=Stage)


@dataclass(frozen=True)
class Iterate:
    """Where a method stands.

    Attributes
    ----------
    law : NormalLaw
    bound : float
        What the method maximises, there.
    shift : float
        How far the mean still is to move, in standard deviations; NaN where nothing tells.
    converged : bool
        Whether this is the last one.
    mean : ndarray, shape (k,), optional
        A better mean than that of the law, where one is known.
    """

    law: NormalLaw
    bound: float
    shift: float
    converged: bool = False
    mean: FloatArray | None = None

    @property
    def coordinates(self) -> FloatArray:
        """See `Stage`."""
        return self.law.mean


@dataclass(frozen=True)
class FitProgress:
    """What a callback is told after each iteration of `fit`.

    Attributes
    ----------
    iteration : int
        From 1 on.
    bound : float
        What the method maximises.
    shift : float
        How far the mean still is to move, in posterior standard deviations.
    mean : ndarray, shape (k,)
        Of the coordinates; a copy.
    """

    iteration: int
    bound: float
    shift: float
    mean: FloatArray


FitCallback = Callable[[FitProgress], Any]


@dataclass(frozen=True)
class EndedAt(Generic[Reached]):
    """How iterations ended: the last iterate, all bounds, and why."""

    last: Reached
    hist: FloatArray
    why: str  # "converged", "iterations", "callback", "interrupted" or "error"


Ended = EndedAt[Iterate]


def tell_early_end(ended: EndedAt[Any], iterations: int, may_go_on: bool = True) -> None:
    """Warn of iterations that ended before they had converged; `may_go_on`: whether more would help."""
    if ended.why == "iterations" and may_go_on:
        notice(f"fit() has not converged after {iterations} iterations: go on by approx.refine({iterations})")
    elif ended.why == "interrupted":
        notice(f"fit() was interrupted after {len(ended.hist)} iterations: this is the approximation so far")


def drive(
    steps: Iterator[Reached], method: str, iterations: int, progressbar: bool, callback: FitCallback | None
) -> EndedAt[Reached]:
    """Make up to so many iterations; Ctrl-C ends them after the one that is being made.

    An error carries what was reached before it, as its attribute ``ended``.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C comes twice.
    """
    hist: list[float] = []
    last, why = None, "iterations"
    with Interrupt() as interrupt, status_line(progressbar) as say:
        try:
            for last in steps:
                hist.append(last.bound)
                say(f"{method}: iteration {len(hist)}, bound {last.bound:.6g}, {last.shift:.2g} sd to go")
                told = FitProgress(len(hist), last.bound, last.shift, last.coordinates.copy())
                if callback is not None and callback(told):
                    why = "callback"
                elif last.converged:
                    why = "converged"
                elif interrupt.requested:
                    why = "interrupted"
                elif len(hist) < iterations:
                    continue
                break
        except Exception as error:
            if last is not None:
                vars(error)["ended"] = EndedAt(last, np.array(hist), "error")
            raise
    assert last is not None  # methods yield, or raise
    return EndedAt(last, np.array(hist), why)
