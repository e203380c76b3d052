"""Checks of counts, and of what they were exposed to."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks

FloatArray = NDArray[np.float64]


def counts(name: str, value: ArrayLike, n_rows: int) -> FloatArray:
    """Return counts as floats (n,)."""
    array = checks.observed(name, value, n_rows)
    for bad, expected, cure in (
        (array < 0, "counts, which are not negative", "pass the numbers of events"),
        (array != np.floor(array), "counts, which are whole numbers", "pass events, and rates as exposure"),
        (array > checks.MOST_COUNT, f"at most {checks.MOST_COUNT:g}", "count in larger units"),
    ):
        if bad.any():
            _refuse(name, array, bad, expected, cure)
    return array


def exposure(value: ArrayLike | None, n_rows: int) -> FloatArray:
    """Return exposures as floats (n,), 1 where none are given."""
    array = checks.per_row("exposure", 1.0 if value is None else value, n_rows)
    if (bad := array <= 0).any():
        _refuse("exposure", array, bad, "positive", "drop rows without exposure")
    return array


def _refuse(name: str, array: FloatArray, bad: NDArray[np.bool_], expected: str, cure: str) -> NoReturn:
    row = int(np.argmax(bad))
    raise ValueError(f"{name} must be {expected}, got {checks.plain(array[row])} in row {row}: {cure}")
