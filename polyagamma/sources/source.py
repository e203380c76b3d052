"""What a model asks of rows that are not in memory."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray


class RowSource(Protocol):
    """Rows of numbers in a fixed order: a matrix (n, p), or a column (n,).

    How they are cut into blocks where they are stored changes the time that reading takes, and nothing else.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, p) or (n,)."""

    @property
    def names(self) -> list[str] | None:
        """Names of the columns, if they have some."""

    def read(self, first: int, last: int) -> NDArray[Any]:
        """Return the rows from `first` to before `last`."""

    def lazy(self, first: int, last: int) -> Any:
        """Return the same as something that becomes these rows where a Dask task needs them."""

    def block_of(self, row: int) -> int:
        """Return in which of its blocks a row is stored."""

    def require_unchanged(self) -> None:
        """Raise ValueError if the source is no longer what it was, as far as can be seen quickly."""


class Lazy:
    """Rows of a source that a task reads where it runs."""

    def __init__(self, source: RowSource, first: int, last: int) -> None:
        self._source, self._rows = source, (first, last)

    def read(self) -> NDArray[Any]:
        """Return the rows."""
        return self._source.read(*self._rows)


def changed(name: str, found: object, before: object) -> ValueError:
    """Return the error of a source that has changed."""
    return ValueError(
        f"{name} must stay what it was when the model was made, got {found} where there was {before}: make a "
        "new model of the rows as they are now"
    )
