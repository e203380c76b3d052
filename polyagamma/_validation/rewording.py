"""Errors in other words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Generic, TypeVar

Error = TypeVar("Error", bound=BaseException)


class Rewording(AbstractContextManager[None], Generic[Error]):
    """Raises another error in place of those of a class; all others pass as they are.

    A class, since contexts made from generators set attributes of the errors that pass, which some errors
    refuse.

    Parameters
    ----------
    kind : type
    in_words : callable
        Returns the other error, or None to let one pass.
    """

    def __init__(self, kind: type[Error], in_words: Callable[[Error], BaseException | None]) -> None:
        self._kind, self._in_words = kind, in_words

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, self._kind) and (other := self._in_words(error)) is not None:
            raise other from error
