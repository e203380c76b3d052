"""Checks of the arguments of variates and densities, and the words of their errors.

Every check costs at most a reduction or two over the argument and allocates nothing of its size; the index
of the first bad value is looked for only once an error is certain.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

RealArray = NDArray[Any]  # of a boolean, integer or floating dtype that float64 can hold


def real_array(name: str, value: ArrayLike) -> RealArray:
    """Return `value` as an array of real numbers, without a copy where it is one of at most 64 bits.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        What the caller passed.

    Returns
    -------
    ndarray
        Of a boolean, integer or floating dtype; wider types and objects have become float64.

    Raises
    ------
    TypeError
        If `value` does not consist of real numbers, or is ragged.
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
            with np.errstate(over="ignore"):  # becomes inf, for the caller's check to find
                array = array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        _refuse_type(name, f"{_describe(value)} ({error})", error)
    if value is None or array.dtype.kind not in "biuf":
        _refuse_type(name, f"{_describe(value)} (dtype {array.dtype})")
    return array


def require_positive(name: str, array: RealArray) -> None:
    """Raise ValueError, naming the first bad value and its index, unless 0 < `array` < inf everywhere."""
    if array.size and not (_least(array) > 0 and _greatest(array) < np.inf):
        _refuse_value(name, array, ~((array > 0) & (array < np.inf)), "positive and finite")


def require_finite(name: str, array: RealArray) -> None:
    """Raise ValueError, naming the first bad value and its index, unless `array` is finite everywhere."""
    if array.size and not (_least(array) > -np.inf and _greatest(array) < np.inf):
        _refuse_value(name, array, ~np.isfinite(array), "finite")


def parameters(h: ArrayLike, z: ArrayLike) -> tuple[RealArray, RealArray]:
    """Return h and z as arrays of real numbers (not broadcast), having checked h > 0 and both finite."""
    h_array, z_array = real_array("h", h), real_array("z", z)
    require_positive("h", h_array)
    require_finite("z", z_array)
    return h_array, z_array


def broadcast_shape(**arrays: RealArray) -> tuple[int, ...]:
    """Return the shape that the named arrays broadcast to; ValueError that lists their shapes if none."""
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError as error:
        raise ValueError(
            f"{_names(arrays)} must broadcast against each other, got {_shapes(arrays)}: "
            "make their shapes equal, or 1 where they differ"
        ) from error


def _least(array: RealArray) -> Any:
    """Return the minimum; NaN if there is one."""
    with np.errstate(invalid="ignore"):
        return np.minimum.reduce(array, axis=None)


def _greatest(array: RealArray) -> Any:
    """Return the maximum; NaN if there is one."""
    with np.errstate(invalid="ignore"):
        return np.maximum.reduce(array, axis=None)


def _names(arrays: dict[str, RealArray]) -> str:
    *most, last = arrays
    return f"{', '.join(most)} and {last}" if most else last


def _shapes(arrays: dict[str, RealArray]) -> str:
    return ", ".join(f"{name} of shape {array.shape}" for name, array in arrays.items())


def _describe(value: object) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _refuse_type(name: str, found: str, cause: Exception | None = None) -> NoReturn:
    raise TypeError(
        f"{name} must be a real number or an array of real numbers, got {found}: "
        f"convert it with numpy.asarray({name}, dtype=float)"
    ) from cause


def _refuse_value(name: str, array: RealArray, bad: NDArray[np.bool_], expected: str) -> NoReturn:
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(bad)), array.shape))
    place = f"{name}[{', '.join(map(str, index))}]" if index else name
    raise ValueError(
        f"{name} must be {expected}, got {place} = {array[index].item()!r}: drop or replace such values"
    )
