"""Where public classes say that they are: so pickles and texts survive a move of their modules."""

from __future__ import annotations

from typing import TypeVar

Class = TypeVar("Class", bound=type)


def public(cls: Class) -> Class:
    """Let a class that `polyagamma` exports say that it is there."""
    cls.__module__ = "polyagamma"
    return cls
