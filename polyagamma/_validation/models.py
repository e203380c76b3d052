"""Checks of responses, priors and settings of models, and the words of their errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation.arguments import real_array, require_finite, require_positive
from polyagamma._validation.predictors import no_missing_objects, unmasked

FloatArray = NDArray[np.float64]
SYMMETRY_TOLERANCE = 1e-8  # relative to the largest entry: rounding of a matrix computed in doubles


def integer(name: str, value: Any, least: int) -> int:
    """Return `value` as an int, having checked that it is one and at least `least`."""
    try:
        number = index(value)
    except TypeError as error:
        raise TypeError(f"{name} must be an integer, got {value!r}: pass int({name})") from error
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}: pass a larger {name}")
    return number


def not_negative(name: str, value: Any) -> float:
    """Return `value` as a float, having checked that it is a finite number and not negative."""
    number = float(_vector(name, value, 1, "model")[0])
    if number < 0:
        raise ValueError(f"{name} must be at least 0, got {number:g}: pass abs({name})")
    return number


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """Return `value`, having checked that it is allowed."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {list(allowed)}, got {value!r}: pass {name}={allowed[0]!r}")
    return value


def instance(name: str, value: Any, types: tuple[type, ...]) -> None:
    """Raise TypeError unless `value` is of one of the types."""
    if not isinstance(value, types):
        expected = " or ".join(kind.__name__ for kind in types)
        example = f"{types[0].__name__}(0, 2.5)"
        raise TypeError(f"{name} must be {expected}, got {value!r}: pass for example {example}")


def per_row(name: str, value: ArrayLike, n_rows: int) -> FloatArray:
    """Return the `_vector` of a value for each row."""
    return _vector(name, value, n_rows, "row of X")


def per_feature(name: str, value: ArrayLike, n_features: int) -> FloatArray:
    """Return the `_vector` of a value for each feature."""
    return _vector(name, value, n_features, "coefficient")


def _vector(name: str, value: ArrayLike, size: int, of_what: str) -> FloatArray:
    """Return `value` as a new float64 array of shape (size,), all finite; a scalar is repeated.

    Raises
    ------
    TypeError
        If `value` is not real.
    ValueError
        If it has another shape, or a value is missing, NaN or infinite.
    """
    array = real_array(name, unmasked(name, value))
    if array.shape not in {(), (size,)}:
        raise ValueError(
            f"{name} must be one number or have shape ({size},), one for each {of_what}, "
            f"got shape {array.shape}"
        )
    require_finite(name, array)
    return np.array(np.broadcast_to(array, (size,)), dtype=np.float64)


def per_chain(name: str, value: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """Return `value` broadcast to `shape`, (chains, ...); ValueError unless that works and all are finite."""
    array = real_array(name, value)
    require_finite(name, array)
    try:
        return np.array(np.broadcast_to(array, shape), dtype=np.float64)
    except ValueError as error:
        raise ValueError(
            f"{name} must have shape {shape[1:]}, or {shape} with one for each chain, got shape {array.shape}"
        ) from error


def same_keys(name: str, mapping: Mapping[str, Any], expected: Sequence[str]) -> None:
    """Raise ValueError unless `mapping` has just the expected keys."""
    if set(mapping) != set(expected):
        raise ValueError(f"{name} must have the keys {list(expected)}, got {list(mapping)}")


def known_names(name: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Raise ValueError unless `names` has at least one member, and all of them are in `known`."""
    if not names or not set(names) <= set(known):
        raise ValueError(f"{name} must be some of {list(known)}, got {list(names)}")


def weights(value: ArrayLike | None, n_rows: int) -> FloatArray:
    """Return the weights, 1 where none are given; ValueError unless all are positive."""
    array = per_row("weights", 1.0 if value is None else value, n_rows)
    require_positive("weights", array)
    return array


def offset(value: ArrayLike | None, n_rows: int) -> FloatArray:
    """Return the offsets, 0 where none are given."""
    return per_row("offset", 0.0 if value is None else value, n_rows)


def trials(value: ArrayLike, n_rows: int) -> FloatArray:
    """Return the numbers of trials; ValueError unless all are positive integers."""
    array = per_row("trials", value, n_rows)
    bad = (array < 1) | (array != np.floor(array))
    if bad.any():
        _refuse("trials", array, bad, "positive integers", "drop rows without trials")
    return array


def successes(y: ArrayLike, n_trials: FloatArray) -> FloatArray:
    """Return the numbers of successes; ValueError unless they are integers from 0 to trials."""
    array = _response("y", y, len(n_trials)).astype(np.float64)
    require_finite("y", array)
    bad = (array < 0) | (array > n_trials) | (array != np.floor(array))
    if bad.any():
        row = int(np.argmax(bad))
        expected = f"an integer from 0 to trials[{row}] = {n_trials[row]:g}"
        _refuse("y", array, bad, expected, "correct y or trials")
    return array


def two_labels(y: Any, n_rows: int) -> tuple[NDArray[Any], FloatArray]:
    """Return the two sorted labels in y, and y as 0.0 and 1.0, the second label being the success.

    Numbers and booleans of which only zeros, or only ones, occur stand for the classes 0 and 1.

    Raises
    ------
    TypeError
        If the labels cannot be sorted.
    ValueError
        If y has the wrong shape, missing values, or not two labels.
    """
    array = _response("y", y, n_rows, numeric=False)
    if array.dtype.kind == "f":
        require_finite("y", array)
    labels = _sorted_labels(array)
    if array.dtype.kind in "biuf" and np.isin(labels, [0, 1]).all():
        labels = np.array([0, 1], dtype=array.dtype)
    if len(labels) != 2:
        shown = ", ".join(map(repr, labels[:5].tolist())) + (", ..." if len(labels) > 5 else "")
        raise ValueError(
            f"y must have two labels, got {len(labels)} ({shown}): for counts of successes pass trials=, "
            "for more classes fit one class against the others"
        )
    return labels, (array == labels[1]).astype(np.float64)


def many_labels(y: Any, n_rows: int) -> tuple[NDArray[Any], FloatArray] | None:
    """Return the sorted labels in y, and y as indices of them, if there are more than two; else None.

    Raises
    ------
    TypeError, ValueError
        As for `two_labels`; also if labels are numbers that are not whole.
    """
    array = _response("y", y, n_rows, numeric=False)
    if array.dtype.kind == "f":
        require_finite("y", array)
    labels = _sorted_labels(array)
    if len(labels) <= 2:
        return None
    if array.dtype.kind == "f" and (labels != np.floor(labels)).any():
        raise ValueError(
            f"y must hold labels, got {len(labels)} numbers that are not whole: this is classification, not "
            "regression"
        )
    return labels, np.searchsorted(labels, array).astype(np.float64)


def _response(name: str, y: Any, n_rows: int, numeric: bool = True) -> NDArray[Any]:
    y = unmasked(name, y)
    array = real_array(name, y) if numeric else np.asarray(y)
    if array.shape != (n_rows,):
        raise ValueError(
            f"{name} must have shape ({n_rows},), one value for each row of X, got shape {array.shape}"
        )
    return array


def _sorted_labels(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind == "c":
        raise TypeError("y must hold labels or real numbers, got complex numbers: pass y.real")
    no_missing_objects("y", array)
    try:
        return np.unique(array)
    except TypeError as error:
        raise TypeError(f"y must have labels of one type that can be sorted ({error})") from error


def require_proper_sigma(name: str, sigma: FloatArray) -> None:
    """Raise ValueError unless ``1 / sigma**2`` is positive and finite: the prior must be proper."""
    require_positive(name, sigma)
    with np.errstate(over="ignore", under="ignore"):
        bad = ~((sigma**-2.0 > 0) & (sigma**-2.0 < np.inf))
    if bad.any():
        _refuse(name, sigma, bad, "between 1e-150 and 1e150", "rescale the predictors")


def positive_definite(name: str, value: ArrayLike, size: int) -> FloatArray:
    """Return `value` as a symmetric positive definite matrix of shape (size, size).

    Raises
    ------
    TypeError
        If `value` is not real.
    ValueError
        If it has another shape, a value is NaN or infinite, or it is not symmetric (up to 1e-8 of its largest
        entry) or not positive definite.
    """
    array = real_array(name, value)
    if array.shape != (size, size):
        raise ValueError(
            f"{name} must have shape ({size}, {size}), one row and column for each coefficient, "
            f"got shape {array.shape}"
        )
    require_finite(name, array)
    array = np.array(array, dtype=np.float64)
    asymmetry = np.abs(array - array.T)
    if asymmetry.max() > SYMMETRY_TOLERANCE * np.abs(array).max():
        i, j = np.unravel_index(int(np.argmax(asymmetry)), array.shape)
        raise ValueError(
            f"{name} must be symmetric, got {name}[{i}, {j}] = {array[i, j]} and {name}[{j}, {i}] = "
            f"{array[j, i]}: pass ({name} + {name}.T) / 2"
        )
    array = 0.5 * (array + array.T)
    least = _least_eigenvalue(array)
    if least <= np.finfo(np.float64).eps * size:
        raise ValueError(
            f"{name} must be positive definite (the prior must be proper), got a matrix whose smallest "
            f"eigenvalue, once scaled to a unit diagonal, is {least:.3g}: add to its diagonal"
        )
    return array


def _least_eigenvalue(symmetric: FloatArray) -> float:
    """Return that of the matrix scaled to a unit diagonal, so that units of predictors play no part."""
    diagonal = np.diag(symmetric)
    if diagonal.min() <= 0:
        return float(diagonal.min())
    root = np.sqrt(diagonal)
    return float(np.linalg.eigvalsh(symmetric / root / root[:, np.newaxis])[0])


def _refuse(name: str, array: FloatArray, bad: NDArray[np.bool_], expected: str, cure: str) -> NoReturn:
    index = int(np.argmax(bad))
    raise ValueError(f"{name} must be {expected}, got {name}[{index}] = {array[index]:g}: {cure}")
