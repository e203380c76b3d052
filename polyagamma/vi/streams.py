"""Rows that come in batches, from memory, from disk, or from wherever an iterable has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation.arguments import shown
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.likelihoods.classification import ClassLikelihood, observed_rows
from polyagamma.mcmc.specification import Specification
from polyagamma.sources.given import is_elsewhere, row_table
from polyagamma.sources.table import RowTable
from polyagamma.vi.core_rows import Found, FoundThird, RowsInMemory

FloatArray = NDArray[np.float64]
CURE = "pass (X, y), or an iterable of (X, y[, trials, weights]) that can be gone through again"


class Stream:
    """Batches of the rows of a logistic model; see `RowSource`.

    Parameters
    ----------
    model : Specification
        Has the columns, classes and prior; its own rows are not among the batches.
    data : sequence of array_like, or iterable
        (X, y[, trials, weights]), of which slices are read; or an iterable of such batches.
    batch : int
        Rows of a slice.
    threads : int
    """

    extras, predictors, coupled, augments, streamed = 0, 1, False, True, True

    def __init__(self, model: Specification, data: Any, batch: int, threads: int) -> None:
        linear, likelihood = model.term.linear(), model.likelihood
        if (
            linear is None
            or model.term.process() is not None
            or not isinstance(likelihood, BinomialLikelihood)
        ):
            raise ValueError(f"data= is for PolyaGammaLogistic, got {model.name}: pass all rows to the model")
        self._model, self._linear = model, linear
        self._batches = batches_of(data, batch)
        self._threads, self.size = threads, len(linear.prior.mean)

    def __iter__(self) -> Iterator[RowsInMemory]:
        """Go through the batches.

        Raises
        ------
        TypeError, ValueError
            If a batch does not fit: the message says which it is.
        """
        for index, given in enumerate(self._batches()):
            with naming_the_batch(index):
                X, likelihood = checked_batch(self._model, given)
            yield RowsInMemory(self._linear, X, likelihood, likelihood.offset, self._threads)

    @cached_property
    def _looked_at(self) -> tuple[int, float]:
        """Number of rows, and what their log-likelihood leaves out: all batches are looked at once."""
        each = [(rows.n, rows.constant) for rows in self]
        if not each:
            raise ValueError(f"data must have rows, got none: {CURE}")
        return sum(n for n, _ in each), sum(constant for _, constant in each)

    @property
    def n(self) -> int:
        """Number of rows."""
        return self._looked_at[0]

    @property
    def constant(self) -> float:
        """What the log-likelihood leaves out."""
        return self._looked_at[1]

    def at_point(self, beta: FloatArray, weigh: bool = True, part: int = 1) -> Found:
        """See `RowSource`."""
        return cast(Found, self._sum(lambda rows: rows.at_point(beta, weigh, part)))

    def third_order(self, beta: FloatArray, factors: FloatArray) -> FoundThird:
        """See `RowSource`."""
        return cast(FoundThird, self._sum(lambda rows: rows.third_order(beta, factors)))

    def mean(self, beta: FloatArray, factors: FloatArray, nodes: FloatArray, shares: FloatArray) -> Found:
        """See `RowSource`."""
        return cast(Found, self._sum(lambda rows: rows.mean(beta, factors, nodes, shares)))

    def polya_gamma(self, beta: FloatArray, factors: FloatArray) -> Found:
        """See `RowSource`."""
        return cast(Found, self._sum(lambda rows: rows.polya_gamma(beta, factors)))

    def log_likelihoods(self, betas: FloatArray) -> FloatArray:
        """See `RowSource`."""
        return np.asarray(sum(rows.log_likelihoods(betas) for rows in self))

    def _sum(self, of: Callable[[RowsInMemory], tuple[Any, ...]]) -> Any:
        total: Any = None
        for rows in self:
            found = of(rows)
            total = found if total is None else tuple(map(added, total, found))
        return total


@contextmanager
def naming_the_batch(index: int) -> Iterator[None]:
    """Let errors of a batch say which it is."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise type(error)(f"data must fit in every batch, got in batch {index}: {error}") from error


def checked_batch(model: Specification, given: Any) -> tuple[FloatArray, ClassLikelihood]:
    """Return inputs of a batch (X, y[, trials, weights]) with a model's columns, and what is observed.

    Raises
    ------
    TypeError, ValueError
        If it does not fit.
    """
    if not isinstance(given, (tuple, list)) or not 2 <= len(given) <= 4:
        raise TypeError(f"a batch must be (X, y[, trials, weights]), got {shown(given)}: pass a tuple")
    X = model.term.predictors.check_new(given[0], "X")
    if len(X) == 0:
        raise ValueError("no rows: leave the batch out")
    assert isinstance(model.likelihood, ClassLikelihood)
    rows = dict(zip(("y", "trials", "weights"), given[1:], strict=False))
    return X, observed_rows(model.likelihood, len(X), **rows)


def added(one: Any, other: Any) -> Any:
    """Return a sum; None of what there is not."""
    return None if one is None else one + other


def batches_of(data: Any, batch: int) -> Callable[[], Iterable[Any]]:
    """Return what gives the batches, each time it is called from the first on; TypeError if it cannot."""
    if isinstance(data, tuple) and len(data) >= 2 and is_elsewhere(data[0]):
        table = row_table(data[0], data[1], **dict(zip(("trials", "weights"), data[2:], strict=False)))
        return lambda: slices_of_table(table, batch)
    if isinstance(data, tuple) and len(data) >= 2 and not isinstance(data[0], tuple):
        return lambda: slices_of(data, batch)
    if isinstance(data, Iterator):
        raise TypeError(f"data must be gone through several times, got an iterator, which cannot: {CURE}")
    if not isinstance(data, Iterable):
        raise TypeError(f"data must be batches of rows, got {shown(data)}: {CURE}")
    return lambda: data


def slices_of(arrays: Sequence[Any], batch: int) -> Iterator[tuple[Any, ...]]:
    """Yield slices of arrays, in memory or not; ValueError if they differ in length."""
    n = lengths_of(arrays)
    for first in range(0, n, batch):
        rows = slice(first, first + batch)
        yield tuple(None if one is None else one[rows] for one in arrays)


def lengths_of(arrays: Sequence[Any]) -> int:
    """Return the common length of arrays, some of them perhaps None; ValueError if they differ."""
    lengths = [
        None if one is None else (one.shape[0] if hasattr(one, "shape") else len(one)) for one in arrays
    ]
    n = lengths[0]
    if n is None or any(length not in (n, None) for length in lengths):
        raise ValueError(f"data must have as many of everything as rows of X, got {lengths}: {CURE}")
    return int(n)


def slices_of_table(table: RowTable, batch: int) -> Iterator[tuple[Any, ...]]:
    """Yield slices of rows that are not in memory."""
    for first in range(0, table.n_rows, batch):
        rows = table.read(first, min(first + batch, table.n_rows))
        yield rows["X"], rows["y"], rows.get("trials"), rows.get("weights")
