"""The rows of a model that are not in memory: predictors, and what was observed, in sources of one length."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation.arguments import shown
from polyagamma.sources.source import Lazy, RowSource


class RowTable:
    """Sources of the rows of a model.

    Parameters
    ----------
    X, y : RowSource
        y is None of rows to predict for.
    **others
        Trials, weights, offset and the like: sources, a number that stands for all rows, None for what is not
        given.
    """

    def __init__(self, X: RowSource, y: Any, **others: Any) -> None:
        self.X, self.y, self._others = X, y, others

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self.X.shape[0]

    def _all(self) -> dict[str, Any]:
        return {"X": self.X, "y": self.y, **self._others}

    def sources(self) -> Iterator[tuple[str, RowSource]]:
        """Yield what is a source, with its name."""
        for name, value in self._all().items():
            if hasattr(value, "read"):
                yield name, value

    def require_one_length(self, tables: Collection[str] = ()) -> None:
        """Raise ValueError if sources differ in length, or have columns that are not X or among `tables`."""
        if len(self.X.shape) != 2 or 0 in self.X.shape:
            raise ValueError(f"X must be 2-D with rows and columns, got shape {self.X.shape}: pass a matrix")
        for name, source in self.sources():
            expected = self.X.shape if name == "X" else self.X.shape[:1]
            is_table = name in tables and len(source.shape) == 2 and source.shape[1] > 1
            if (source.shape[:1] if is_table else source.shape) != expected:
                raise ValueError(
                    f"{name} must have one value for each row of X, shape {expected}, got {source.shape}: "
                    "pass rows of the same data"
                )

    def require_unchanged(self) -> None:
        """Raise ValueError if a source has changed, as far as can be seen quickly."""
        for _, source in self.sources():
            source.require_unchanged()

    def read(self, first: int, last: int) -> dict[str, Any]:
        """Return rows by name, and numbers for all rows."""
        return rows_of(self._parts(lambda source: source.read(first, last)), last - first)

    def read_without_predictors(self, first: int, last: int) -> dict[str, Any]:
        """Return the same but X."""
        parts = self._parts(lambda source: None if source is self.X else source.read(first, last))
        return rows_of({name: part for name, part in parts.items() if name != "X"}, last - first)

    def lazy(self, first: int, last: int) -> dict[str, Any]:
        """Return the same for a Dask task, which calls `rows_of`."""
        return self._parts(lambda source: source.lazy(first, last))

    def block_of(self, row: int) -> int:
        """Return in which block of y a row is stored."""
        return int(self.y.block_of(row))

    def _parts(self, part: Any) -> dict[str, Any]:
        sources = dict(self.sources())
        return {
            name: part(sources[name]) if name in sources else value for name, value in self._all().items()
        }


def rows_of(parts: dict[str, Any], rows: int) -> dict[str, NDArray[Any]]:
    """Return rows, read where they were lazy; ValueError if a source has fewer than it had."""
    found = {name: part.read() if isinstance(part, Lazy) else part for name, part in parts.items()}
    for name, value in found.items():
        if isinstance(value, np.ndarray) and value.ndim > 0 and len(value) != rows:
            raise ValueError(
                f"{name} must stay as long as it was when the model was made, got {len(value)} rows where "
                f"there were {rows} {shown(value.shape)}: make a new model of the rows as they are now"
            )
    return found
