"""Checks of the arguments of variates and densities, and the words of their errors.

Every check costs at most a reduction or two over the argument and allocates nothing of its size; the index
of the first bad value is looked for only once an error is certain.
"""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from math import prod
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

RealArray = NDArray[Any]  # of a boolean, integer or floating dtype that float64 can hold

# The kernel behind each `method`. The last four are names that the PyPI package `polyagamma` uses for
# algorithms of its own; here they are exact, like everything else.
KERNELS = {
    "strip": "strip",
    "inverse_gaussian": "inverse_gaussian",
    "devroye": "strip",
    "alternate": "inverse_gaussian",
    "saddle": "inverse_gaussian",
    "gamma": "inverse_gaussian",
}

# How to read tables that NumPy cannot read, by a method or property that tells them: a Dataset of xarray, a
# frame of Spark, a lazy frame of polars, a collection of dask, a table of pyarrow.
TABLES = {
    "data_vars": "to_dataframe()",
    "toPandas": "toPandas()",
    "collect": "collect()",
    "compute": "compute()",
    "column_names": "to_pandas()",
}

THREADS_VARIABLE = "POLYAGAMMA_NUM_THREADS"

ITERATED_DIMENSIONS, MOST_DIMENSIONS = 32, 64  # of NumPy's iterators, and of its arrays
MOST_ELEMENTS = sys.maxsize // 8  # of an array of doubles

_DISGUISES = (str, bytes, bytearray, np.datetime64, np.timedelta64)
_PIECE = 1 << 16  # elements looked at in one go by the checks that need a temporary array


# ---- parameters


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
    ValueError
        If an element is masked: NumPy would forget the mask.
    """
    if (position := first_masked(value)) is not None:
        raise ValueError(
            f"{name} must not have masked elements, got {_place(name, position)} = masked: drop or replace "
            "such values"
        )
    array = as_array(name, value)
    if array.dtype.kind == "O":
        _refuse_disguises(name, array)
    try:
        if array.dtype.kind == "O" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
            with np.errstate(over="ignore"):  # becomes inf, for the caller's check to find
                array = array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        _refuse_type(name, f"{describe(value)} ({error})", error)
    if value is None or array.dtype.kind not in "biuf":
        _refuse_type(name, f"{describe(value)} (dtype {array.dtype})")
    return array


def _refuse_disguises(name: str, array: NDArray[Any]) -> None:
    """Raise TypeError if an array of objects has text, dates or times, of which NumPy makes numbers."""
    elements = array.ravel()  # NumPy's iterators do not take as many dimensions as its arrays
    disguises = {kind for kind in set(map(type, elements)) if issubclass(kind, _DISGUISES)}
    if disguises:
        first = next(i for i, element in enumerate(elements) if type(element) in disguises)
        index = tuple(int(i) for i in np.unravel_index(first, array.shape))
        _refuse_type(name, f"{_place(name, index)} = {shown(elements[first])}")


def as_array(name: str, value: Any) -> NDArray[Any]:
    """Return `value` as an array of whatever NumPy makes of it.

    Raises
    ------
    TypeError
        If that is nothing: of ragged lists, and of tables that NumPy cannot read.
    """
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, OverflowError) as error:
        refuse_tables(name, value)
        raise TypeError(
            f"{name} must be an array, or nested lists whose rows have equal lengths, got {describe(value)} "
            f"({error}): correct the rows, or convert it with numpy.asarray"
        ) from error
    if array.dtype.kind == "O" and array.ndim == 0:
        refuse_tables(name, value)
    return array


def refuse_tables(name: str, value: object) -> None:
    """Raise TypeError, saying how to convert it, if `value` is a table that NumPy cannot read."""
    for method, cure in TABLES.items():
        if hasattr(type(value), method):  # of the type: columns of a data frame are attributes of it, too
            raise TypeError(
                f"{name} must be an array or a data frame in memory, got a {type(value).__name__}: "
                f"pass {name}.{cure}"
            )


def first_masked(value: object) -> tuple[int, ...] | None:
    """Return where a masked array has its first masked element; None if there is none."""
    if type(value) is np.ndarray or not isinstance(value, np.ndarray):  # saves the import of numpy.ma
        return None
    if not np.ma.is_masked(value):
        return None
    return tuple(np.argwhere(np.ma.getmaskarray(value))[0].tolist())


def require_positive(name: str, array: RealArray) -> None:
    """Raise ValueError, naming the first bad value and its index, unless 0 < `array` < inf everywhere."""
    if not _lies_above(0, array):
        _refuse_value(name, array, ~((array > 0) & (array < np.inf)), "be positive and finite")


def require_finite(name: str, array: RealArray, rows: Any = None) -> None:
    """Raise ValueError, naming the first bad value and its index, unless `array` is finite everywhere.

    `rows` is the index of a data frame or series, whose label of the row is named too.
    """
    if not _lies_above(-np.inf, array):
        _refuse_value(name, array, ~np.isfinite(array), "be finite", rows)


def require_integers(name: str, array: RealArray, largest: int, purpose: str) -> None:
    """Raise ValueError, naming the first bad value and its index, unless all are integers <= `largest`."""
    if not all(_are_integers(piece, largest).all() for piece in _pieces(array)):
        expected = f"consist of integers up to {largest} for {purpose}"
        _refuse_value(name, array, ~_are_integers(array, largest), expected)


def parameters(h: ArrayLike, z: ArrayLike) -> tuple[RealArray, RealArray]:
    """Return h and z as arrays of real numbers (not broadcast), having checked h > 0 and both finite."""
    h_array, z_array = real_array("h", h), real_array("z", z)
    require_positive("h", h_array)
    require_finite("z", z_array)
    return h_array, z_array


def broadcast_shape(**arrays: RealArray) -> tuple[int, ...]:
    """Return the shape that the named arrays broadcast to; ValueError that lists their shapes if none."""
    shape = _broadcast(*(array.shape for array in arrays.values()))
    if shape is None:
        raise ValueError(
            f"{_names(arrays)} must broadcast against each other, got {_shapes(arrays)}: "
            "make their shapes equal, or 1 where they differ"
        )
    return shape


def _broadcast(*shapes: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape that shapes broadcast to, None if there is none; NumPy's ends at 32 dimensions."""
    longest = max(shapes, key=len)
    if all(shape in ((), longest) for shape in shapes):  # as nearly always, and faster
        return longest
    axes = [set(axis) - {1} for axis in zip_longest(*map(reversed, shapes), fillvalue=1)]
    if any(len(lengths) > 1 for lengths in axes):
        return None
    return tuple(lengths.pop() if lengths else 1 for lengths in reversed(axes))


# ---- the other arguments of a draw


def result_shape(size: object, out: Any, **arrays: RealArray) -> tuple[int, ...]:
    """Return the shape of the result: that of `out`, else `size`, else what the named arrays broadcast to.

    Raises
    ------
    TypeError
        If `size` is no shape, or `out` no array of float64.
    ValueError
        If `out` is read-only, or `size`, `out` and the arrays do not go together.
    """
    shape = broadcast_shape(**arrays)
    wanted = None if size is None else _shape(size)
    if out is not None:
        out_shape = _output_shape(out)
        if wanted not in (None, out_shape):
            raise ValueError(f"size must be the shape of out, {out_shape}, got {size}: leave size out")
        return _require_broadcast("out", out_shape, shape, arrays)
    return shape if wanted is None else _require_broadcast("size", wanted, shape, arrays)


def unaliased(array: RealArray, out: NDArray[np.float64]) -> RealArray:
    """Return `array`, or a copy if writing an element of `out` might change a later element of it.

    With more dimensions than NumPy's iterators walk through, the copy has the shape and the layout of `out`,
    so that the core needs no iterator.
    """
    if out.ndim > ITERATED_DIMENSIONS:
        return np.array(np.broadcast_to(array, out.shape), dtype=np.float64, order="C")
    if not np.may_share_memory(array, out) or _same_layout(array, out):
        return array
    return array.copy()


def kernel(method: object) -> str:
    """Return the kernel that `method` is a name of; ValueError if it is none."""
    if isinstance(method, str) and method in KERNELS:
        return KERNELS[method]
    names = ", ".join(map(repr, KERNELS))
    raise ValueError(f"method must be None or one of {names}, got {describe(method)}: leave it out")


def thread_count(threads: object) -> int:
    """Return the number of threads to draw with; for None, what the environment says, else 1."""
    if threads is None:
        return _thread_count_of_environment()
    count = _integer("threads", threads)
    if count < 1:
        raise ValueError(f"threads must be at least 1, got {count}: leave it out to draw on one thread")
    return count


def bad_random_state(random_state: object, error: Exception) -> Exception:
    """Return the exception for a `random_state` that numpy.random.default_rng refused with `error`."""
    return type(error)(
        "random_state must be None, a non-negative int, a SeedSequence, a BitGenerator, a Generator or a "
        f"RandomState, got {describe(random_state)} ({error}): pass numpy.random.default_rng(seed)"
    )


def _shape(size: object) -> tuple[int, ...]:
    shape = tuple(_integer("size", n) for n in size) if isinstance(size, (tuple, list)) else None
    shape = (_integer("size", size),) if shape is None else shape
    if any(n < 0 for n in shape):
        raise ValueError(f"size must not be negative, got {size}: pass the shape of the array to draw")
    if len(shape) > MOST_DIMENSIONS or prod(shape) > MOST_ELEMENTS:
        raise ValueError(
            f"size must have at most {MOST_DIMENSIONS} dimensions and {MOST_ELEMENTS} elements, "
            f"got {len(shape)} dimensions and {prod(shape)} elements: draw a part at a time"
        )
    return shape


def _output_shape(out: Any) -> tuple[int, ...]:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a numpy.ndarray, got {describe(out)}: pass numpy.empty(shape)")
    if out.dtype != np.float64:
        raise TypeError(f"out must have dtype float64, got {out.dtype}: draw first, convert afterwards")
    if not out.flags.writeable:
        raise ValueError("out must be writeable, got a read-only array: pass a copy of it")
    if out.ndim > ITERATED_DIMENSIONS and not out.flags.c_contiguous:
        raise ValueError(
            f"out must be C-contiguous with more than {ITERATED_DIMENSIONS} dimensions, got {out.ndim} "
            "dimensions: pass numpy.empty(shape)"
        )
    shape: tuple[int, ...] = out.shape
    return shape


def _require_broadcast(
    name: str, wanted: tuple[int, ...], shape: tuple[int, ...], arrays: dict[str, RealArray]
) -> tuple[int, ...]:
    if _broadcast(shape, wanted) != wanted:
        raise ValueError(
            f"{name} must have a shape that {_names(arrays)} broadcast to, got {wanted} for "
            f"{_shapes(arrays)}: leave it out, or give it the shape {shape}, led by any other dimensions"
        )
    return wanted


def _thread_count_of_environment() -> int:
    text = os.environ.get(THREADS_VARIABLE) or "1"
    if not (text.isdecimal() and int(text) > 0):
        raise ValueError(
            f"the environment variable {THREADS_VARIABLE} must be a positive integer, got {text!r}: "
            "set it to a number of threads, or unset it"
        )
    return int(text)


def _integer(name: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError as error:
        raise TypeError(f"{name} must be made of integers, got {describe(value)}: pass an int") from error


# ---- helpers


def _lies_above(bound: float, array: RealArray) -> bool:
    """Return whether bound < `array` < inf everywhere; NaN does not."""
    if array.size == 0:
        return True
    with np.errstate(invalid="ignore"):  # of NaN, which both reductions hand on
        least = np.minimum.reduce(array, axis=None)
        return bool(least > bound and np.maximum.reduce(array, axis=None) < np.inf)


def _pieces(array: RealArray) -> Iterator[RealArray]:
    flat = array.flat if array.ndim <= ITERATED_DIMENSIONS else array.reshape(-1)
    return (flat[start : start + _PIECE] for start in range(0, array.size, _PIECE))


def _are_integers(array: RealArray, largest: int) -> NDArray[np.bool_]:
    valid: NDArray[np.bool_] = (array <= largest) & (np.floor(array) == array)
    return valid


def _same_layout(array: RealArray, other: RealArray) -> bool:
    return (
        array.ctypes.data == other.ctypes.data
        and array.shape == other.shape
        and array.strides == other.strides
    )


def _names(arrays: dict[str, RealArray]) -> str:
    *most, last = arrays
    return f"{', '.join(most)} and {last}"


def _shapes(arrays: dict[str, RealArray]) -> str:
    return ", ".join(f"{name} of shape {array.shape}" for name, array in arrays.items())


def describe(value: object) -> str:
    """Return type and text of a value for a message."""
    return f"{type(value).__name__} {shown(value)}"


def shown(value: object) -> str:
    """Return the text of a value for a message, on one line and cut where it is long."""
    return shortened(repr(value))


def shortened(text: str) -> str:
    """Return a text on one line and cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def _refuse_type(name: str, found: str, cause: Exception | None = None) -> NoReturn:
    raise TypeError(
        f"{name} must be a real number or an array of real numbers, got {found}: "
        f"convert it with numpy.asarray({name}, dtype=float)"
    ) from cause


def _refuse_value(
    name: str, array: RealArray, bad: NDArray[np.bool_], expected: str, rows: Any = None
) -> NoReturn:
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(bad)), array.shape))
    found = f"{_place(name, index)} = {array[index].item()!r}{in_rows(rows, index, int(bad.sum()))}"
    raise ValueError(f"{name} must {expected}, got {found}: drop or replace such values")


def in_rows(rows: Any, position: Sequence[int], count: int) -> str:
    """Return what a message says of a bad element besides: the label of its row, and how many more there are.

    Parameters
    ----------
    rows : index of a data frame or series, or None
    position : sequence of int
        Of the element, the row first.
    count : int
        Of all bad elements.
    """
    more = f", and {count - 1} more" if count > 1 else ""
    if rows is None or not position:
        return more
    (label,) = rows[[position[0]]].tolist()
    return more if label == position[0] else f" (row label {label!r}){more}"


def _place(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name
