"""The one look at all rows before a model of them is made: checks, labels, moments, a digest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma.distributed.cluster import active_client
from polyagamma.likelihoods.elsewhere import RowKind, Seen
from polyagamma.sources.dask_arrays import DaskSource
from polyagamma.sources.table import RowTable, rows_of
from polyagamma.terms.moments import Moments, block_moments, joined, row_blocks

FloatArray = NDArray[np.float64]
Counts = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class Refused:
    """What does not fit in a block of rows: the error of its check, and its row there."""

    error: TypeError | ValueError
    row: int


@dataclass(frozen=True)
class BlockFacts:
    """What is known of a block of rows."""

    labels: NDArray[Any] | None
    moments: Moments
    largest: FloatArray
    first_row: FloatArray
    constant: NDArray[np.bool_]
    constants: FloatArray
    counts: Counts | None
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
    of_likelihood : ndarray
        Sums that the likelihood's constant is made of.
    counts : tuple of ndarray, or None
        Distinct counts and their weights, if these add up exactly in any order.
    digest : str
    """

    labels: NDArray[Any] | None
    moments: Moments
    largest: FloatArray
    constants: dict[int, float]
    of_likelihood: FloatArray
    counts: Counts | None
    digest: str


def look(table: RowTable, kind: RowKind) -> Facts:
    """Return what is known of the rows of a table; TypeError or ValueError if some do not fit."""
    blocks = []
    for rows, block in zip(row_blocks(table.n_rows), _looked_at(table, kind), strict=True):
        if isinstance(block, Refused):
            raise _of_all_rows(table, rows.start, block)
        if block.bad is not None:
            _refuse(table, rows.start, block.bad)
        blocks.append(block)
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
        sum((block.constants for block in blocks), np.zeros_like(blocks[0].constants)),
        _all_counts([block.counts for block in blocks]),
        whole.hexdigest(),
    )


def _all_counts(blocks: list[Counts | None]) -> Counts | None:
    """Return the weights of counts of all blocks; None if one does not tell them."""
    told = [counts for counts in blocks if counts is not None]
    if len(told) < len(blocks):
        return None
    values, places = np.unique(np.concatenate([counts for counts, _ in told]), return_inverse=True)
    sums = np.bincount(places, np.concatenate([weights for _, weights in told]), len(values))
    return values, sums.astype(np.float64)


def _of_all_rows(table: RowTable, start: int, refused: Refused) -> TypeError | ValueError:
    """Return the error of a check, whose row is counted from that of all rows, with its block."""
    row = start + refused.row
    text = re.sub(rf"(\brow |\[){refused.row}\b", rf"\g<1>{row}", str(refused.error))
    return type(refused.error)(f"{text} (row {row} of all, in block {table.block_of(row)})")


def _refuse(table: RowTable, start: int, bad: tuple[str, int, int]) -> None:
    value, row, column = bad
    names = table.X.names or [f"x{j}" for j in range(table.X.shape[1])]
    raise ValueError(
        f"X must be finite, got {value} in block {table.X.block_of(start + row)}, row {start + row}, column "
        f"{names[column]!r}: drop such rows, or fill them in"
    )


def _looked_at(table: RowTable, kind: RowKind) -> Iterator[BlockFacts | Refused]:
    """Yield what is known of each block, looked at by workers if they have the rows."""
    rows = list(row_blocks(table.n_rows))
    client = active_client() if isinstance(table.X, DaskSource) else None
    if client is None or len(rows) == 1:  # whose bits depend on the threads of BLAS where it is looked at
        for own in rows:
            yield facts_of(kind, table.read(own.start, own.stop), own.stop - own.start, len(rows) == 1)
        return
    from dask.delayed import delayed

    tasks = [
        delayed(facts_of, pure=False)(
            kind,
            table.lazy(own.start, own.stop),
            own.stop - own.start,
            False,
            dask_key_name=f"polyagamma-look-{id(table):x}-{own.start}",
        )
        for own in rows
    ]
    yield from client.gather(client.compute(tasks))


def facts_of(kind: RowKind, parts: dict[str, Any], n: int, alone: bool) -> BlockFacts | Refused:
    """Return what is known of a block of rows, which may still have to be read."""
    rows = rows_of(parts, n)
    X = _numbers(rows.pop("X"))
    bad = _not_finite(X)
    clean = X if bad is None else np.nan_to_num(X, posinf=0.0, neginf=0.0)
    try:
        seen = kind.seen(n, **rows)
    except (TypeError, ValueError) as error:
        return Refused(error, _first_refused(kind, rows, n))
    return BlockFacts(
        seen.labels,
        block_moments(clean, seen.weights, alone),
        np.abs(clean).max(axis=0),
        clean[0].copy(),
        np.equal(clean, clean[0]).all(axis=0),
        seen.constants,
        seen.counts,
        _digest(X, rows["y"], seen),
        bad,
    )


def _first_refused(kind: RowKind, rows: dict[str, Any], n: int) -> int:
    """Return the first of some rows that a check refuses: rows before it fit by themselves."""
    fit, not_fit = 0, n
    while not_fit - fit > 1:
        middle = (fit + not_fit) // 2
        some = {name: value[:middle] if np.ndim(value) else value for name, value in rows.items()}
        try:
            kind.seen(middle, **some)
        except (TypeError, ValueError):
            not_fit = middle
        else:
            fit = middle
    return not_fit - 1


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


def _digest(X: FloatArray, y: Any, seen: Seen) -> bytes:
    whole = blake2b(digest_size=16)
    whole.update(X.data)
    labels = np.asarray(y)
    numbers = labels.dtype.kind in "biuf"
    whole.update((labels.astype(np.float64) if numbers else labels.astype(str)).tobytes())
    for array in seen.arrays:
        whole.update(np.ascontiguousarray(array).data)
    return whole.digest()
