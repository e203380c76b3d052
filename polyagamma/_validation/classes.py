"""Checks of responses of several classes: labels, tables of counts, offsets and names of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.arguments import as_array, real_array, require_finite, shown
from polyagamma._validation.predictors import column_names, matrix
from polyagamma._validation.rows import unmasked

FloatArray = NDArray[np.float64]


class ObservedClasses(NamedTuple):
    """What was observed of K classes: labels (K,), positions (n,) or counts (n, K), trials (n,)."""

    classes: NDArray[Any]
    y: FloatArray
    trials: FloatArray


def observed(
    y: Any, trials: ArrayLike | None, n_rows: int, order: Sequence[Any] | None = None
) -> ObservedClasses:
    """Check labels, or a table of counts, of two or more classes.

    Parameters
    ----------
    y : array_like or data frame, shape (n,) or (n, K)
    trials : array_like, optional
        With a table only: its row sums.
    n_rows : int
    order : sequence, optional
        Of the labels; by default they are sorted.

    Raises
    ------
    TypeError, ValueError
        The message names the argument, and the row.
    """
    if not _is_table(y, n_rows):
        no_trials_with_labels(trials)
        classes, positions = _labels(y, n_rows, order)
        return ObservedClasses(classes, positions, np.ones(n_rows))
    no_order_of_tables(order)
    classes, counts = _table(y)
    return ObservedClasses(classes, counts, _row_sums(counts, trials))


def no_trials_with_labels(trials: ArrayLike | None) -> None:
    """Raise ValueError if there are trials, which a label for each row leaves no use for."""
    if trials is not None:
        raise ValueError(
            "trials needs a table of counts, got y with a label for each row: drop trials, or pass the "
            "counts of every class as y, (n, classes)"
        )


def no_order_of_tables(order: Sequence[Any] | None) -> None:
    """Raise ValueError if there is an order of labels, which the columns of a table have already."""
    if order is not None:
        raise ValueError(
            "classes goes with labels, got a table of counts, whose columns are the classes: drop it, and "
            "pass the columns in their order"
        )


def positions(y: Any, classes: NDArray[Any], n_rows: int) -> FloatArray:
    """Return labels as positions among those of a model, (n,); ValueError if one is none of them."""
    labels = np.asarray(y)
    if labels.shape != (n_rows,):
        raise ValueError(f"y must have shape ({n_rows},), one label for each row of X, got {labels.shape}")
    found = np.full(n_rows, np.nan)
    for place, label in enumerate(classes):
        found[labels == label] = place
    if (other := np.isnan(found)).any():
        row = int(np.argmax(other))
        raise ValueError(
            f"y must be one of the classes {checks.listed(classes)}, got {shown(labels[row])} in row {row}: "
            "correct y, or make the model with these classes"
        )
    return found


def order_of_categories(y: Any) -> list[Any] | None:
    """Return the labels of an ordered categorical that occur, in its order; None if y is none."""
    dtype: Any = getattr(y, "dtype", None)
    if not getattr(dtype, "ordered", False):
        return None
    occur = set(y)
    return [label for label in dtype.categories if label in occur]


def baseline(value: Any, classes: NDArray[Any], symmetric: bool) -> int:
    """Return the position of the baseline, by default the first class; ValueError if it is not among them.

    If the parametrization is symmetric it is the last, and none may be given.
    """
    if not symmetric:
        return 0 if value is None else checks.position("baseline", value, classes)
    if value is not None:
        raise ValueError(
            f"baseline needs parametrization='baseline', got {shown(value)} with 'symmetric', where no "
            "class is special: pass parametrization='baseline', or drop baseline"
        )
    return len(classes) - 1


def offsets(value: ArrayLike | None, n_rows: int, labels: Sequence[Any], why: str) -> FloatArray:
    """Return offsets with a column for each label, (n, labels), 0 where none are given.

    Parameters
    ----------
    value : array_like or data frame, shape (n, labels), optional
    n_rows : int
    labels : sequence
    why : str
        Why there must be so many columns, for the message.

    Raises
    ------
    TypeError, ValueError
        If shapes or column names do not fit, or a value is missing or beyond double precision.
    """
    shape = (n_rows, len(labels))
    if value is None:
        return np.broadcast_to(0.0, shape)
    names, own = column_names("offset", value), [str(label) for label in labels]
    array = real_array("offset", unmasked("offset", value))
    if array.shape != shape:
        raise ValueError(
            f"offset must have shape {shape}, a column for each of {checks.listed(labels)}, "
            f"got shape {array.shape}: {why}"
        )
    if names is not None and names != own:
        raise ValueError(f"offset must have the columns {own} in this order, got {names}: pass offset[{own}]")
    require_finite("offset", array)
    bad = np.abs(array) > checks.MOST_OFFSET
    if bad.any():
        cure = "one of 1000 is as good, and a larger one drowns what predictors add"
        _refuse("offset", array, bad, f"at most {checks.MOST_OFFSET:g} in size", cure)
    return np.array(array, dtype=np.float64)


def _is_table(y: Any, n_rows: int) -> bool:
    """Whether y has a column for each class; ValueError if it has but one, or another number of rows."""
    is_frame = column_names("y", y) is not None
    shape = tuple(y.shape) if is_frame else np.shape(as_array("y", y))
    if len(shape) < 2:
        return False
    if len(shape) == 2 and shape[0] == n_rows and shape[1] > 1:
        return True
    expected = f"({n_rows},), a label for each row of X, or ({n_rows}, K), counts of K classes"
    cure = "pass numpy.ravel(y)" if n_rows in shape and max(shape) == np.prod(shape) else "pass one of these"
    raise ValueError(f"y must have shape {expected}, got shape {shape}: {cure}")


def _labels(y: Any, n_rows: int, order: Sequence[Any] | None) -> tuple[NDArray[Any], FloatArray]:
    """Return labels, in the given order or sorted, and positions of the rows' labels among them."""
    labels, positions = checks.class_labels(y, n_rows)
    if len(labels) == 1:
        raise ValueError(
            f"y must have two classes or more, got only {labels.tolist()[0]!r}: add rows of other classes, "
            "or pass a table of counts with a column for each class"
        )
    if order is None:
        return labels, positions
    ordered = _ordered(order)
    places = np.array([_place(label, ordered) for label in labels.tolist()], dtype=np.float64)
    return ordered, places[positions.astype(np.intp)]


def _ordered(order: Sequence[Any]) -> NDArray[Any]:
    """Return the labels of `classes` as an array, having checked that they differ."""
    if isinstance(order, (str, bytes)) or not hasattr(order, "__iter__"):
        raise TypeError(f"classes must be a list of labels, got {shown(order)}: pass all labels in order")
    ordered = as_array("classes", list(order))
    if ordered.ndim != 1 or len(ordered) < 2:
        raise ValueError(f"classes must be two labels or more, got {shown(order)}: pass all labels in order")
    labels = ordered.tolist()
    for place, label in enumerate(labels):
        if label in labels[:place]:
            raise ValueError(f"classes must differ, got {label!r} more than once: drop one of them")
    return ordered


def _place(label: Any, ordered: NDArray[Any]) -> int:
    try:
        return checks.position("y", label, ordered)
    except ValueError as error:
        raise ValueError(
            f"classes must have all labels in y, got {checks.listed(ordered)} without {label!r}: "
            "add it where it belongs, or drop such rows"
        ) from error


def _table(y: Any) -> tuple[NDArray[Any], FloatArray]:
    """Return the labels of the columns, and their counts (n, K)."""
    names, counts = column_names("y", y), matrix("y", y)
    for bad, expected, cure in (
        (counts < 0, "counts, which are not negative", "pass how often each class was observed"),
        (
            counts != np.floor(counts),
            "counts, which are whole numbers",
            "pass whole numbers, and shares as weights",
        ),
        (counts > checks.MOST_COUNT, f"counts of at most {checks.MOST_COUNT:g}", "count in larger units"),
    ):
        if bad.any():
            _refuse("y", counts, bad, expected, cure)
    return np.arange(counts.shape[1]) if names is None else _column_labels(y, names), counts


def _column_labels(y: Any, names: list[str]) -> NDArray[Any]:
    """Return the labels of columns as they are if they are all of one simple type, else as text."""
    labels = np.array(list(y.columns))
    return labels if labels.ndim == 1 and labels.dtype.kind in "biufUO" else np.array(names)


def _row_sums(counts: FloatArray, trials: ArrayLike | None) -> FloatArray:
    """Return the numbers of trials, (n,), having checked that they are what was told."""
    sums = np.asarray(counts.sum(axis=1))
    for bad, expected, cure in (
        (sums == 0, "rows whose counts are not all zero", "drop such rows, which tell nothing"),
        (
            sums > checks.MOST_COUNT,
            f"rows whose counts add up to at most {checks.MOST_COUNT:g}",
            "count in larger units",
        ),
    ):
        if bad.any():
            row = int(np.argmax(bad))
            raise ValueError(
                f"y must have {expected}, got a sum of {checks.plain(sums[row])} in row {row}: {cure}"
            )
    if trials is None:
        return sums
    told = checks.trials(trials, len(counts))
    if (bad := told != sums).any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"trials must be the row sums of y, got trials[{row}] = {checks.plain(told[row])} where "
            f"y[{row}] has {checks.plain(sums[row])}: correct y, or drop trials, which a table does not need"
        )
    return sums


def _refuse(name: str, array: NDArray[Any], bad: NDArray[np.bool_], expected: str, cure: str) -> NoReturn:
    row, column = np.argwhere(bad)[0].tolist()
    found = f"{name}[{row}, {column}] = {checks.plain(array[row, column])}"
    raise ValueError(f"{name} must be {expected}, got {found}: {cure}")
