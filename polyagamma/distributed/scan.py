"""The one look at all rows before a model of them is made: checks, labels, moments, a digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.rows import complete_labels
from polyagamma.distributed.cluster import active_client
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.sources.dask_arrays import DaskSource
from polyagamma.sources.table import RowTable, rows_of
from polyagamma.terms.moments import Moments, block_moments, joined, row_blocks

FloatArray = NDArray[np.float64]
MOST_LABELS = 100  # of a block, that are told


@dataclass(frozen=True)
class BlockFacts:
    """What is known of a block of rows."""

    labels: NDArray[Any] | None
    moments: Moments
    largest: FloatArray
    first_row: FloatArray
    constant: NDArray[np.bool_]
    log_constant: float
    digest: bytes
    bad: tuple[str, int, int] | None  # a value that is not finite, its row in the block, its column


@dataclass(frozen=True)
class Facts:
    """What is known of all rows.

    Attributes
    ----------
    labels : ndarray, or None
        That occur in y, if there are no trials.
    moments : Moments
    largest : ndarray, shape (p,)
        Absolute values.
    constants : dict of int to float
        Columns of one value, and that value.
    log_constant : float
        Of the likelihood.
    digest : str
    """

    labels: NDArray[Any] | None
    moments: Moments
    largest: FloatArray
    constants: dict[int, float]
    log_constant: float
    digest: str


def look(table: RowTable) -> Facts:
    """Return what is known of the rows of a table; TypeError or ValueError if some do not fit."""
    blocks = list(_looked_at(table))
    for rows, block in zip(row_blocks(table.n_rows), blocks, strict=True):
        if block.bad is not None:
            _refuse(table, rows.start, block.bad)
    labels = None
    if blocks[0].labels is not None:
        labels = np.unique(np.concatenate([block.labels for block in blocks if block.labels is not None]))
    first = blocks[0].first_row
    constant = np.all([block.constant & (block.first_row == first) for block in blocks], axis=0)
    whole = blake2b(digest_size=16)
    for block in blocks:
        whole.update(block.digest)
    return Facts(
        labels,
        joined([block.moments for block in blocks]),
        np.max([block.largest for block in blocks], axis=0),
        {int(j): float(first[j]) for j in np.flatnonzero(constant)},
        float(sum(block.log_constant for block in blocks)),
        whole.hexdigest(),
    )


def _refuse(table: RowTable, start: int, bad: tuple[str, int, int]) -> None:
    value, row, column = bad
    names = table.X.names or [f"x{j}" for j in range(table.X.shape[1])]
    raise ValueError(
        f"X must be finite, got {value} in block {table.X.block_of(start + row)}, row {start + row}, column "
        f"{names[column]!r}: drop such rows, or fill them in"
    )


def _looked_at(table: RowTable) -> Iterator[BlockFacts]:
    """Yield what is known of each block, looked at by workers if they have the rows."""
    rows = list(row_blocks(table.n_rows))
    client = active_client() if isinstance(table.X, DaskSource) else None
    if client is None or len(rows) == 1:  # whose bits depend on the threads of BLAS where it is looked at
        for own in rows:
            yield facts_of(table.read(own.start, own.stop), own.start, own.stop - own.start, len(rows) == 1)
        return
    from dask.delayed import delayed

    tasks = [
        delayed(facts_of, pure=False)(
            table.lazy(own.start, own.stop),
            own.start,
            own.stop - own.start,
            False,
            dask_key_name=f"polyagamma-look-{id(table):x}-{own.start}",
        )
        for own in rows
    ]
    yield from client.gather(client.compute(tasks))


def facts_of(parts: dict[str, Any], start: int, n: int, alone: bool) -> BlockFacts:
    """Return what is known of a block of rows, which may still have to be read."""
    rows = rows_of(parts, n)
    X = _numbers(rows["X"])
    bad = _not_finite(X)
    clean = X if bad is None else np.nan_to_num(X, posinf=0.0, neginf=0.0)
    try:
        labels, likelihood = _observed(rows, n)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{error} (rows are counted from row {start})") from error
    return BlockFacts(
        labels,
        block_moments(clean, likelihood.b, alone),
        np.abs(clean).max(axis=0),
        clean[0].copy(),
        np.equal(clean, clean[0]).all(axis=0),
        likelihood.log_constant(),
        _digest(X, rows["y"], likelihood),
        bad,
    )


def _numbers(X: NDArray[Any]) -> FloatArray:
    if X.dtype.kind not in "biuf":
        raise TypeError(
            f"X must hold real numbers, got dtype {X.dtype}: encode categories, or leave such columns out"
        )
    return np.ascontiguousarray(X, dtype=np.float64)


def _not_finite(X: FloatArray) -> tuple[str, int, int] | None:
    bad = ~np.isfinite(X)
    if not bad.any():
        return None
    row, column = np.argwhere(bad)[0].tolist()
    return str(X[row, column]), row, column


def _observed(rows: dict[str, Any], n: int) -> tuple[NDArray[Any] | None, BinomialLikelihood]:
    """Return the labels that occur, and the likelihood but for which of them is which."""
    if rows["trials"] is not None:
        trials = checks.trials(rows["trials"], n)
        y, labels, classes = checks.successes(rows["y"], trials), None, np.array([0, 1])
    else:
        given = complete_labels("y", rows["y"])
        if given.shape != (n,):
            raise ValueError(f"y must have one label for each row of X, shape ({n},), got {given.shape}")
        labels = np.unique(given)[:MOST_LABELS]
        y, trials, classes = np.zeros(n), np.ones(n), labels
    weights = checks.weights(rows["weights"], n, trials)
    return labels, BinomialLikelihood(classes, y, trials, weights, checks.offset(rows["offset"], n))


def _digest(X: FloatArray, y: Any, likelihood: BinomialLikelihood) -> bytes:
    whole = blake2b(digest_size=16)
    whole.update(X.data)
    labels = np.asarray(y)
    numbers = labels.dtype.kind in "biuf"
    whole.update((labels.astype(np.float64) if numbers else labels.astype(str)).tobytes())
    for array in (likelihood.trials, likelihood.weights, likelihood.offset):
        whole.update(np.ascontiguousarray(array).data)
    return whole.digest()
