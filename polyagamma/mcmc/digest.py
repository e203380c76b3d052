"""Digests of arrays, by which a run recognises the model that it is of, and its own state."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

ROWS_AT_ONCE = 1 << 16  # where a temporary of the length of the data would be large


def digest(*arrays: NDArray[np.float64]) -> str:
    """Return a digest of float64 arrays: of their bits; in matrices of the bits' sums and of a checksum.

    Sums alone do not tell X from -X, whose elements differ by 2**63 each, if it has even numbers of rows and
    columns.
    """
    whole = blake2b(digest_size=16)
    for array in arrays:
        bits = np.ascontiguousarray(array).view(np.uint64)  # unsigned sums wrap around: exact in any order
        whole.update(repr(array.shape).encode())
        for first in range(0, len(bits), ROWS_AT_ONCE):
            rows = bits[first : first + ROWS_AT_ONCE]
            whole.update((rows if rows.ndim < 2 else rows.sum(axis=-1)).astype("<u8").tobytes())
        if bits.ndim > 1:
            whole.update(bits.sum(axis=0).astype("<u8").tobytes())
            whole.update(crc32(bits.data).to_bytes(4, "little"))
    return whole.hexdigest()


def column_sums(array: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return the sums of a matrix's bits by column: nearly any change changes them, but for swaps of rows.

    A tenth of the time of a digest.
    """
    return np.asarray(np.ascontiguousarray(array).view(np.uint64).sum(axis=0))


def digest_of_state(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return a digest of named arrays of any kind: of names, dtypes, shapes and every bit."""
    whole = blake2b(digest_size=16)
    for name in sorted(arrays):
        array = np.asarray(arrays[name])
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        whole.update(f"{name} {array.dtype.str} {arrays[name].shape} ".encode())
        whole.update(array.tobytes())
    return whole.hexdigest()
