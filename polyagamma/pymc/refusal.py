"""What is said of models that cannot be taken."""

from __future__ import annotations

from polyagamma._public import public


class UnsupportedModelError(ValueError):
    """The model, or a part of it, has no Pólya-gamma form; the message says which, why, and what to do."""


public(UnsupportedModelError, "polyagamma.pymc")
