"""What the package says of itself: its version, and where public classes are, whatever their modules."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar

Class = TypeVar("Class", bound=type)


def public(cls: Class, place: str = "polyagamma") -> Class:
    """Let a class that the package `place` exports say that it is there."""
    cls.__module__ = place
    return cls


def package_version() -> str:
    """Return the version of the installed package; "unknown" in a source tree that is not installed."""
    try:
        return version("polyagamma-gibbs")
    except PackageNotFoundError:
        return "unknown"
