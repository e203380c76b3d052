"""Sets of a question: some are made, others are read from a folder that the user names."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Data = TypeVar("Data")


def makers(
    made: Mapping[str, Callable[[], Data]],
    stored: Mapping[str, Callable[[Path], Data]],
    folder: Path | None,
    names: list[str],
) -> dict[str, Callable[[], Data]]:
    """Return how to make each named set; say which stored sets `folder` doesn't hold and leave them out.

    A stored set `NAME` is in ``NAME.csv``, and `NAME:WHAT` in the same file.
    """
    found: dict[str, Callable[[], Data]] = {}
    for name in names:
        path = (folder or Path()) / f"{name.partition(':')[0]}.csv"
        if name in made:
            found[name] = made[name]
        elif folder and path.is_file():
            found[name] = partial(stored[name], path)
        else:
            print(f"{name}: left out ({path.name} is not in the folder that --data names)")
    return found


def standardised(X: Array) -> Array:
    """Return the columns of X with mean 0 and standard deviation 1."""
    return (X - X.mean(axis=0)) / X.std(axis=0)
