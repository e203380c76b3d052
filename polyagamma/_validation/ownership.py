"""What models and traces keep of what others hold too: copies, and views of large arrays."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_COPIED = 1 << 20  # bytes: below, a copy costs nothing; above, X would be held once more


def kept(array: NDArray[Any]) -> NDArray[Any]:
    """Return a copy of a small array, and a read-only view of a large one."""
    return array.copy() if array.nbytes <= MOST_COPIED else read_only(array)


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return a view that cannot be written to, nor be made writeable, as other views of such an array can."""
    return np.asarray(array.data.toreadonly())


def own_copy(name: str, value: Any) -> Any:
    """Return a deep copy of an object, so that the caller may change his own; TypeError if there is none."""
    try:
        return deepcopy(value)
    except Exception as error:
        raise TypeError(
            f"{name} must be an object that copy.deepcopy copies, since the model keeps a copy, got "
            f"{value!r} ({type(error).__name__}: {error}): give it a method __deepcopy__"
        ) from error
