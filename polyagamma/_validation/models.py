"""Checks of responses, priors and settings of models, and the words of their errors."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from operator import index
from pathlib import Path
from typing import Any, NoReturn, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation.arguments import real_array, require_finite, require_positive, shown
from polyagamma._validation.rows import complete_labels, row_labels

FloatArray = NDArray[np.float64]
LARGEST_COUNT = 10**12  # of anything: larger ones are slips, and sums and products of this one are safe
LEAST_WEIGHT = 1e-100
MOST_OFFSET = 1e12  # above it they have no digits left for what predictors add
MOST_COUNT = 1e12  # of a row, weighted: a log-likelihood, which is of its size, has too few digits above
MOST_LISTED = 10  # classes in a message
SYMMETRY_TOLERANCE = 1e-8  # relative to the largest entry: rounding of a matrix computed in doubles


def integer(name: str, value: Any, least: int, most: int = LARGEST_COUNT) -> int:
    """Return `value` as an int, having checked that it is one, at least `least` and at most `most`."""
    try:
        number = index(value)
    except TypeError as error:
        raise TypeError(f"{name} must be an integer, got {shown(value)}: pass int({name})") from error
    if isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {value}: pass a number")
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}: pass a larger {name}")
    if number > most:
        raise ValueError(f"{name} must be at most {most}, got {number}: pass a smaller {name}")
    return number


def number(name: str, value: Any) -> float:
    """Return `value` as a float, having checked that it is one finite number."""
    array = real_array(name, value)
    if array.shape != () or array.dtype.kind == "b":
        raise TypeError(f"{name} must be one number, got {shown(value)}: pass float({name})")
    require_finite(name, array)
    return float(array)


def not_negative(name: str, value: Any) -> float:
    """Return `value` as a float, having checked that it is a finite number and not negative."""
    found = number(name, value)
    if found < 0:
        raise ValueError(f"{name} must be at least 0, got {plain(found)}: pass abs({name})")
    return found


def positive(name: str, value: Any) -> float:
    """Return `value` as a float, having checked that it is a finite number above 0."""
    found = number(name, value)
    if found <= 0:
        raise ValueError(f"{name} must be positive, got {plain(found)}: pass a number above 0")
    return found


def plain(number: float) -> str:
    """Return the shortest text that tells a number from all others, without a point where it is whole."""
    return repr(float(number)).removesuffix(".0")


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """Return `value`, having checked that it is allowed."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(
            f"{name} must be one of {list(allowed)}, got {shown(value)}: pass {name}={allowed[0]!r}"
        )
    return value


def instance(name: str, value: Any, types: tuple[type, ...]) -> None:
    """Raise TypeError unless `value` is of one of the types."""
    if not isinstance(value, types):
        expected = " or ".join(kind.__name__ for kind in types)
        example = f"{types[0].__name__}(0, 2.5)"
        raise TypeError(f"{name} must be {expected}, got {shown(value)}: pass for example {example}")


def per_row(name: str, value: ArrayLike, n_rows: int) -> FloatArray:
    """Return the `_vector` of a value for each row."""
    return _vector(name, value, n_rows, "row of X")


def sigma(name: str, value: ArrayLike, n_features: int) -> FloatArray:
    """Return prior standard deviations, one for each feature: positive, and such that the prior is proper."""
    numbers = _numbers(name, value)
    if np.isposinf(numbers).any():
        raise ValueError(
            f"{name} must be finite, got inf, which is a flat prior: pass a large number, for example "
            "Normal(0, 10, standardized=True)"
        )
    array = _vector(name, numbers, n_features, "coefficient")
    require_proper_sigma(name, array)
    return array


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
    array = _numbers(name, value)
    if array.shape not in {(), (size,)}:
        raise ValueError(
            f"{name} must be one number or have shape ({size},), one for each {of_what}, "
            f"got shape {array.shape}: {_cure_of_shape(name, array, size)}"
        )
    require_finite(name, array, row_labels(value))
    return np.array(np.broadcast_to(array, (size,)), dtype=np.float64)


def _numbers(name: str, value: Any) -> NDArray[Any]:
    """Return numbers of rows or coefficients as `real_array` does, having checked that none is missing.

    Raises
    ------
    TypeError
        Also if they are categories, by the rule for columns of X.
    ValueError
        If one is missing.
    """
    complete_labels(name, value)
    if str(getattr(value, "dtype", "")) == "category":
        raise TypeError(f"{name} must hold real numbers, got categories: pass {name}.astype(float)")
    return real_array(name, value)


def _cure_of_shape(name: str, array: NDArray[Any], size: int) -> str:
    """Return how to make an array one of shape (size,)."""
    if array.size == size and max(array.shape, default=1) == size:
        return f"pass numpy.ravel({name})"
    return f"pass {size} value" + "s" * (size != 1)


def per_chain(name: str, value: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """Return `value` broadcast to `shape`, (chains, ...); ValueError unless that works and all are finite."""
    array = real_array(name, value)
    require_finite(name, array)
    try:
        return np.array(np.broadcast_to(array, shape), dtype=np.float64)
    except ValueError as error:
        raise ValueError(
            f"{name} must have shape {shape[1:]}, or {shape} with one for each chain, "
            f"got shape {array.shape}: pass the values of one chain, for all of them"
        ) from error


def one_mapping(name: str, value: Any, chains: int) -> Mapping[str, Any]:
    """Return a list with a mapping for each chain as one mapping, with values for each; others as they are.

    Raises
    ------
    TypeError, ValueError
        If a list has another length, or its members are not mappings with the same keys.
    """
    if not isinstance(value, (list, tuple)) or not any(isinstance(one, Mapping) for one in value):
        return cast(Mapping[str, Any], value)  # anything else is refused where the keys are known
    if len(value) != chains:
        raise ValueError(
            f"{name} must have one mapping for each of the {chains} chains, got {len(value)}: pass as many, "
            "or one mapping for all"
        )
    for one in value:
        same_keys(f"each mapping in {name}", one, list(value[0]) if isinstance(value[0], Mapping) else [])
    return {key: np.stack([real_array(f"{name}[{key!r}]", one[key]) for one in value]) for key in value[0]}


def require_mapping(name: str, value: Any, keys: Sequence[str]) -> None:
    """Raise TypeError unless `value` is a mapping; the message says which keys it should have."""
    if not isinstance(value, Mapping):
        raise TypeError(
            f"{name} must be a mapping with the keys {list(keys)}, got {shown(value)}: pass a dict"
        )


def same_keys(name: str, mapping: Mapping[str, Any], expected: Sequence[str]) -> None:
    """Raise TypeError or ValueError unless `mapping` is one that has just the expected keys."""
    require_mapping(name, mapping, expected)
    if set(mapping) != set(expected):
        raise ValueError(
            f"{name} must have the keys {list(expected)}, "
            f"got {list(mapping)}: pass all of them, and no others"
        )


def names(name: str, value: Any) -> tuple[str, ...]:
    """Return a sequence of names as a tuple; TypeError if it is none, as a single name is."""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        cure = f"[{value!r}]" if isinstance(value, str) else "a list of them"
        raise TypeError(f"{name} must be a list of names, got {shown(value)}: pass {cure}")
    strings = tuple(value)
    if not all(isinstance(one, str) for one in strings):
        raise TypeError(f"{name} must be a list of names, got {shown(value)}: pass strings")
    return strings


def known_names(name: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Raise ValueError unless `names` has at least one member, and all of them are in `known`."""
    if not names or not set(names) <= set(known):
        raise ValueError(
            f"{name} must be some of {list(known)}, got {list(names)}: pass one of these at least"
        )


def known_columns(name: str, columns: Mapping[str, int], variables: Sequence[str]) -> None:
    """Raise ValueError unless each name in `columns` is that of one column of the variables.

    `columns` tells how many columns are called so.
    """
    for given, count in columns.items():
        if count == 0:
            raise ValueError(
                f"{name} must be some of {list(variables)}, got {[given]}: pass one of these at least, or "
                "columns of parameters by their labels, as in 'beta[age]'"
            )
        if count > 1:
            raise ValueError(
                f"{name} must tell columns apart, got {given!r}, which are {count} of them: pass the whole "
                "variable, or labels without commas"
            )
        if "/" in given:
            raise ValueError(
                f"{name} must have no column with a slash, which the names of variables cannot have in "
                f"files, got {given!r}: pass the whole variable, or name that column otherwise"
            )


def truth(name: str, value: Any) -> bool:
    """Return `value` as a bool, having checked that it is one: text would be true whatever it says."""
    if not isinstance(value, (bool, np.bool_)) and not (isinstance(value, int) and value in (0, 1)):
        raise TypeError(f"{name} must be True or False, got {shown(value)}: pass one of the two")
    return bool(value)


def function(name: str, value: Any) -> None:
    """Raise TypeError unless `value` is callable, or None."""
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be callable, got {shown(value)}: pass a function of one argument")


def folder(name: str, value: Any) -> Path:
    """Return `value` as a path.

    Raises
    ------
    TypeError
        If it is neither text nor a path of text.
    ValueError
        If it is empty, which would name the current folder, or no name that a file can have.
    """
    try:
        text = os.fspath(value)
    except TypeError as error:
        raise TypeError(f"{name} must be a path, got {shown(value)}: pass a str or pathlib.Path") from error
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a path of text, got {shown(value)}: pass os.fsdecode({name})")
    if not text.strip() or "\0" in text:
        raise ValueError(f"{name} must name a folder, got {text!r}: pass for example {name}='run'")
    return Path(text)


def go_with(needed: str, **arguments: Any) -> None:
    """Raise ValueError if one of the arguments is given; `needed` says which one, not given, it goes with."""
    for name, value in arguments.items():
        if value is not None:
            raise ValueError(f"{name} needs {needed}, got {name} alone: pass {needed} too, or drop {name}")


def weights(value: ArrayLike | None, n_rows: int, counts: FloatArray | None = None) -> FloatArray:
    """Return the weights, 1 where none are given; ValueError unless they are positive.

    Of rows with counts, a ValueError too if these are too large when weighted.
    """
    array = per_row("weights", 1.0 if value is None else value, n_rows)
    require_positive("weights", array)
    cure = "scale them to a mean of 1"
    bad = (array < LEAST_WEIGHT) | (array > MOST_COUNT)
    if bad.any():
        _refuse("weights", array, bad, f"from {LEAST_WEIGHT:g} to {MOST_COUNT:g}", cure)
    if counts is not None and (bad := array * counts > MOST_COUNT).any():
        _refuse("weights", array, bad, f"at most {MOST_COUNT:g} over the counts of their rows", cure)
    return array


def offset(value: ArrayLike | None, n_rows: int) -> FloatArray:
    """Return the offsets, 0 where none are given."""
    array = per_row("offset", 0.0 if value is None else value, n_rows)
    bad = np.abs(array) > MOST_OFFSET
    if bad.any():
        cure = "one of 1000 is as good, and a larger one drowns what predictors add"
        _refuse("offset", array, bad, f"at most {MOST_OFFSET:g} in size", cure)
    return array


def trials(value: ArrayLike, n_rows: int) -> FloatArray:
    """Return the numbers of trials; ValueError unless all are positive integers."""
    array = per_row("trials", value, n_rows)
    bad = (array < 1) | (array != np.floor(array))
    if bad.any():
        _refuse("trials", array, bad, "positive integers", "drop rows without trials")
    bad = array > MOST_COUNT
    if bad.any():
        _refuse("trials", array, bad, f"at most {MOST_COUNT:g}", "count in larger units")
    return array


def observed(name: str, value: ArrayLike, n_rows: int) -> FloatArray:
    """Return numbers that were observed in the rows as floats (n,), all finite; one for all rows is none."""
    array = _of_rows(name, _numbers(name, value), n_rows)
    require_finite(name, array, row_labels(value))
    return array.astype(np.float64)


def successes(y: ArrayLike, n_trials: FloatArray) -> FloatArray:
    """Return the numbers of successes; ValueError unless they are integers from 0 to trials."""
    array = observed("y", y, len(n_trials))
    bad = (array < 0) | (array > n_trials) | (array != np.floor(array))
    if bad.any():
        row = int(np.argmax(bad))
        expected = f"an integer from 0 to trials[{row}] = {plain(n_trials[row])}"
        _refuse("y", array, bad, expected, "correct y or trials, and round numbers that are not whole")
    return array


def two_labels(y: Any, n_rows: int, success: Any = None) -> tuple[NDArray[Any], FloatArray]:
    """Return the labels of failure and success in y, and y as 0.0 and 1.0.

    By default the success is the second label in sorted order. Numbers and booleans of which only zeros, or
    only ones, occur stand for the classes 0 and 1.

    Raises
    ------
    TypeError
        If the labels cannot be sorted.
    ValueError
        If y has the wrong shape, missing values, or not two labels; or if `success` is none of them.
    """
    array, labels = _labelled(y, n_rows)
    if array.dtype.kind in "biuf" and np.isin(labels, [0, 1]).all():
        labels = np.array([0, 1], dtype=array.dtype)
    if len(labels) != 2:
        shown = ", ".join(map(repr, labels[:5].tolist())) + (", ..." if len(labels) > 5 else "")
        raise ValueError(
            f"y must have two labels, got {len(labels)} ({shown}): for counts of successes pass trials=, "
            "for more classes fit one class against the others"
        )
    if success is not None and position("success", success, labels) == 0:
        labels = labels[::-1].copy()
    return labels, (array == labels[1]).astype(np.float64)


def position(name: str, label: Any, labels: NDArray[Any]) -> int:
    """Return where a label is among all; ValueError, which lists them, if it is not."""
    for place, known in enumerate(labels.tolist()):
        if isinstance(label, (str, bytes)) == isinstance(known, (str, bytes)) and bool(
            np.all(known == label)
        ):
            return place
    raise ValueError(
        f"{name} must be one of the classes {listed(labels)}, got {shown(label)}: pass one of these"
    )


def listed(classes: NDArray[Any] | Sequence[Any]) -> str:
    """Return labels for a message."""
    labels = np.asarray(classes).tolist()
    text = ", ".join(map(repr, labels[:MOST_LISTED]))
    return f"[{text}]" if len(labels) <= MOST_LISTED else f"[{text}, ...] ({len(labels)} in all)"


def many_labels(y: Any, n_rows: int) -> tuple[NDArray[Any], FloatArray] | None:
    """Return the `class_labels` of y if there are more than two; else None.

    Raises
    ------
    TypeError, ValueError
        As for `class_labels`.
    """
    labels, positions = class_labels(y, n_rows)
    return (labels, positions) if len(labels) > 2 else None


def class_labels(y: Any, n_rows: int) -> tuple[NDArray[Any], FloatArray]:
    """Return the sorted labels in y, and y as indices of them.

    Raises
    ------
    TypeError, ValueError
        As for `two_labels`; also if more than two labels are numbers that are not whole.
    """
    array, labels = _labelled(y, n_rows)
    if len(labels) > 2 and array.dtype.kind == "f" and (labels != np.floor(labels)).any():
        raise ValueError(
            f"y must hold labels, got {len(labels)} numbers that are not whole: this is classification, not "
            "regression; pass for example y > 0"
        )
    for label in labels.tolist():
        if isinstance(label, str) and label.endswith("\0"):  # which files drop
            raise ValueError(f"y must not have labels that end in a NUL character, got {label!r}: rename it")
    return labels, np.searchsorted(labels, array).astype(np.float64)


def _of_rows(name: str, array: NDArray[Any], n_rows: int) -> NDArray[Any]:
    """Return the array, having checked that it has a value for each row."""
    if array.shape != (n_rows,):
        raise ValueError(
            f"{name} must have shape ({n_rows},), one value for each row of X, got shape {array.shape}: "
            f"{_cure_of_shape(name, array, n_rows)}"
        )
    return array


def _labelled(y: Any, n_rows: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the labels of the rows, and the distinct ones among them in sorted order."""
    array = _of_rows("y", complete_labels("y", y), n_rows)
    if array.dtype.kind == "c":
        raise TypeError("y must hold labels or real numbers, got complex numbers: pass y.real")
    if array.dtype.kind == "f":
        require_finite("y", array, row_labels(y))
    try:
        return array, np.unique(array)
    except (TypeError, ValueError) as error:  # the latter of labels that are arrays
        raise TypeError(
            f"y must have labels of one type that can be sorted ({error}): make all of them text with "
            "[str(label) for label in y]"
        ) from error


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
            f"got shape {array.shape}: pass a matrix of that shape, or Normal for independent coefficients"
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
    raise ValueError(f"{name} must be {expected}, got {name}[{index}] = {plain(array[index])}: {cure}")
