"""Rows of a process in batches that are learned from in turn, and rows that are held out meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from polyagamma.vi.inducing_rows import Batch, InducingModel
from polyagamma.vi.streams import CURE, batches_of, checked_batch, lengths_of, naming_the_batch

FloatArray = NDArray[np.float64]
ORDER = 0  # seed of the order of the rows
HELD_OUT, SHARE = 2000, 10  # rows at most, and one row of so many at most


class ProcessBatches(Protocol):
    """Batches that can be gone through again and again.

    Attributes
    ----------
    n : int
        Rows, with those held out.
    held_out : list of Batch
    """

    n: int
    held_out: list[Batch]

    def __iter__(self) -> Iterator[Batch]:
        """Go through the rows that are not held out."""


def process_batches(given: InducingModel, data: Any, batch: int, steps: int) -> ProcessBatches:
    """Return the rows of the model, or those of `data`, in batches; TypeError or ValueError if none are.

    The same rows are held out whatever the number of `steps` that have been made; the others' order depends
    on it, so that more steps do not see the first batches again.
    """
    rng = np.random.default_rng([ORDER, steps])
    if data is None:
        return OwnRows(given, batch, rng)
    if isinstance(data, tuple) and len(data) >= 2 and not isinstance(data[0], tuple):
        return ArraySlices(given, data, batch, rng)
    return IterableBatches(given, data, batch)


def held_out_of(n: int) -> int:
    """Return how many of n rows to hold out: at least one."""
    if n == 0:
        raise ValueError(f"data must have rows, got none: {CURE}")
    return max(1, min(HELD_OUT, n // SHARE))


def chosen_order(n: int) -> NDArray[np.int64]:
    """Return an order of n things by chance, always the same, of which the first are held out."""
    return np.random.default_rng(ORDER).permutation(n)


class OwnRows:
    """The rows of a model, in an order of chance."""

    def __init__(self, given: InducingModel, batch: int, rng: np.random.Generator) -> None:
        self._given, self._batch, self._rng = given, batch, rng
        self.n = len(given.likelihood.y)
        order, held = chosen_order(self.n), held_out_of(self.n)
        self.held_out = list(self._cut(order[:held]))
        self._order = order[held:] if self.n > 1 else order

    def __iter__(self) -> Iterator[Batch]:
        """See `ProcessBatches`."""
        return self._cut(self._rng.permutation(self._order))

    def _cut(self, order: NDArray[np.int64]) -> Iterator[Batch]:
        for first in range(0, len(order), self._batch):
            yield own_rows(self._given, order[first : first + self._batch])


def own_rows(given: InducingModel, rows: NDArray[np.int64]) -> Batch:
    """Return some of the rows of a model."""
    likelihood = given.likelihood.rows(rows)
    X = np.ascontiguousarray(given.model.term.predictors.X[rows])
    return Batch(X, likelihood, likelihood.offset + given.mean.at_rows[rows])


class ArraySlices:
    """Slices of arrays, in memory or not, in an order of chance."""

    def __init__(self, given: InducingModel, data: Any, batch: int, rng: np.random.Generator) -> None:
        self._given, self._data, self._rng = given, data, rng
        self.n = lengths_of(data)
        held = held_out_of(self.n)
        self._size = min(batch, held)
        order, count = chosen_order(-(-self.n // self._size)), -(-held // self._size)
        self.held_out = [self._slice(which) for which in order[:count]]
        self._order = order[count:] if len(order) > count else order

    def __iter__(self) -> Iterator[Batch]:
        """See `ProcessBatches`."""
        return map(self._slice, self._rng.permutation(self._order))

    def _slice(self, which: int) -> Batch:
        rows = slice(which * self._size, (which + 1) * self._size)
        return checked(self._given, which, tuple(None if one is None else one[rows] for one in self._data))


class IterableBatches:
    """An iterable's batches as they come; the first rows are held out."""

    def __init__(self, given: InducingModel, data: Any, batch: int) -> None:
        self._given, self._batch, self._again = given, batch, batches_of(data, batch)
        self.n = sum(len(one.X) for one in self._checked())
        held = held_out_of(self.n)
        self.held_out = list(self._first(held))
        self._skipped = held if self.n > 1 else 0

    def __iter__(self) -> Iterator[Batch]:
        """See `ProcessBatches`."""
        return self._from(self._skipped)

    def _first(self, missing: int) -> Iterator[Batch]:
        for one in self._from(0):
            some = part(one, slice(0, missing))
            yield some
            missing -= len(some.X)
            if missing == 0:
                return

    def _from(self, skipped: int) -> Iterator[Batch]:
        for one in self._checked():
            for first in range(min(skipped, len(one.X)), len(one.X), self._batch):
                yield part(one, slice(first, first + self._batch))
            skipped = max(0, skipped - len(one.X))

    def _checked(self) -> Iterator[Batch]:
        for index, given in enumerate(self._again()):
            yield checked(self._given, index, given)


def checked(given: InducingModel, index: int, rows: Any) -> Batch:
    """Return a batch; TypeError or ValueError, which say which it is, if it does not fit."""
    with naming_the_batch(index):
        X, likelihood = checked_batch(given.model, rows)
        return Batch(np.ascontiguousarray(X), likelihood, given.mean.at_new(X))


def part(batch: Batch, rows: slice) -> Batch:
    """Return some rows of a batch."""
    return Batch(batch.X[rows], batch.likelihood.rows(rows), batch.known[rows])
