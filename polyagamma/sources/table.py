"""The rows of a model that are not in memory: predictors, and what was observed, in sources of one length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation.arguments import shown
from polyagamma.sources.source import Lazy, RowSource


@dataclass(frozen=True)
class RowTable:
    """Sources of the rows of a model; a number stands for all rows, None for what is not given."""

    X: RowSource
    y: RowSource
    trials: Any = None
    weights: Any = None
    offset: Any = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self.X.shape[0]

    def sources(self) -> Iterator[tuple[str, RowSource]]:
        """Yield what is a source, with its name."""
        for field in fields(self):
            if hasattr(value := getattr(self, field.name), "read"):
                yield field.name, value

    def require_one_length(self) -> None:
        """Raise ValueError if sources differ in length, or have the wrong number of dimensions."""
        if len(self.X.shape) != 2 or 0 in self.X.shape:
            raise ValueError(f"X must be 2-D with rows and columns, got shape {self.X.shape}: pass a matrix")
        for name, source in self.sources():
            expected = self.X.shape if name == "X" else self.X.shape[:1]
            if source.shape != expected:
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

    def lazy(self, first: int, last: int) -> dict[str, Any]:
        """Return the same for a Dask task, which calls `rows_of`."""
        return self._parts(lambda source: source.lazy(first, last))

    def _parts(self, part: Any) -> dict[str, Any]:
        sources = dict(self.sources())
        return {
            field.name: part(sources[field.name]) if field.name in sources else getattr(self, field.name)
            for field in fields(self)
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
