"""Weighted means and variances of columns, by blocks of rows, to the same bits whoever has these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BLOCK_ROWS = 1 << 16


class Moments(NamedTuple):
    """Weighted moments of some rows: their weight, and by column the mean and the variance."""

    weight: float
    mean: FloatArray
    variance: FloatArray


def row_blocks(n_rows: int) -> Iterator[slice]:
    """Yield the blocks of so many rows."""
    for first in range(0, n_rows, BLOCK_ROWS):
        yield slice(first, min(first + BLOCK_ROWS, n_rows))


def block_moments(X: FloatArray, weights: FloatArray, alone: bool) -> Moments:
    """Return the moments of a block; `alone`: of all rows there are, whose sums BLAS may make."""
    weight = weights.sum()
    share = weights / weight
    if alone:
        mean = share @ X
        variance = [share @ (column - centre) ** 2 for column, centre in zip(X.T, mean, strict=True)]
        return Moments(float(weight), mean, np.array(variance))
    mean = np.einsum("i,ij->j", share, X)  # whose bits depend on no number of threads
    return Moments(float(weight), mean, np.einsum("i,ij->j", share, (X - mean) ** 2))


def joined(blocks: Sequence[Moments]) -> Moments:
    """Return the moments of all blocks, added in their order."""
    if len(blocks) == 1:
        return blocks[0]
    total = sum(block.weight for block in blocks)
    mean = sum((block.weight / total * block.mean for block in blocks), np.zeros_like(blocks[0].mean))
    variance = np.zeros_like(mean)
    for block in blocks:
        variance += block.weight / total * (block.variance + (block.mean - mean) ** 2)
    return Moments(total, mean, variance)


def moments(X: FloatArray, weights: FloatArray) -> Moments:
    """Return the moments of all rows of an array."""
    blocks = list(row_blocks(len(X)))
    return joined([block_moments(X[rows], weights[rows], len(blocks) == 1) for rows in blocks])
