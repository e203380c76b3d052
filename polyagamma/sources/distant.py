"""The predictors of a model whose rows are not in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma.sources.table import RowTable

FloatArray = NDArray[np.float64]


class DistantX:
    """A matrix of predictors that is elsewhere: its size, its digest, and the table that it is part of.

    Parameters
    ----------
    table : RowTable
    digest : str
        Of all rows, in hexadecimal digits.
    memory_limit : int
        Bytes that its rows may take in this process.
    """

    def __init__(self, table: RowTable, digest: str, memory_limit: int) -> None:
        self.table, self.memory_limit = table, memory_limit
        self.shape = table.X.shape
        self._digest = np.frombuffer(bytes.fromhex(digest), dtype=np.uint8).astype(np.float64)

    def __len__(self) -> int:
        return self.shape[0]

    def arrays(self) -> list[FloatArray]:
        """Return what tells the rows from others; ValueError if the source has changed, as far as is seen."""
        self.table.require_unchanged()
        return [self._digest]


def is_distant(X: Any) -> bool:
    """Whether predictors are elsewhere."""
    return isinstance(X, DistantX)
