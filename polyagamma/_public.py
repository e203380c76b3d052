"""Where public classes say that they are: so pickles and texts survive a move of their modules."""

from __future__ import annotations

from typing import TypeVar

Class = TypeVar("Class", bound=type)


def public(cls: Class, place: str = "polyagamma") -> Class:
    """Let a class that the package `place` exports say that it is there."""
    cls.__module__ = place
    return cls
