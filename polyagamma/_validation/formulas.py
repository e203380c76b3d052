"""Checks of formulas and of the data frames that they speak of; the words of their errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from polyagamma._validation.arguments import describe, require_finite
from polyagamma._validation.rows import complete_labels

MOST_LISTED = 20  # columns in a message


def text(formula: Any) -> None:
    """Raise TypeError or ValueError unless a formula is a text that is not empty."""
    if not isinstance(formula, str):
        raise TypeError(f"formula must be text, got {describe(formula)}: pass for example 'y ~ x + (1 | g)'")
    if not formula.strip():
        raise ValueError("formula must not be empty, got '': pass for example 'y ~ x + (1 | g)'")


def syntax_error(formula: str, place: int, found: str) -> ValueError:
    """Return the error of a formula at a place, which its message shows."""
    line = formula.replace("\n", " ").replace("\t", " ")
    return ValueError(
        f"formula has an error of syntax at position {place}: {found}: correct it there\n"
        f"    {line}\n    {' ' * place}^"
    )


def formula_error(formula: str, found: str) -> ValueError:
    """Return the error of a formula that is well written, but means nothing."""
    return ValueError(f"formula {formula!r} cannot be used: {found}")


def frame(name: str, data: Any) -> Any:
    """Return a data frame as one of pandas; TypeError if it is none."""
    if hasattr(data, "to_pandas"):
        data = data.to_pandas()
    if not hasattr(data, "columns") or not hasattr(data, "iloc"):
        cure = f"pandas.DataFrame({name})" if isinstance(data, Mapping) else "a pandas.DataFrame"
        raise TypeError(f"{name} must be a data frame, got {type(data).__name__}: pass {cure}")
    if len(data) == 0:
        raise ValueError(f"{name} must have rows, got none: pass those that you have")
    return data


def frame_columns(name: str, data: Any, columns: Sequence[Any]) -> None:
    """Raise KeyError or ValueError unless a data frame has these columns, and they miss no value."""
    for column in columns:
        if column not in data.columns:
            known = list(data.columns)
            more = f", ... ({len(known)} in all)" if len(known) > MOST_LISTED else ""
            raise KeyError(
                f"{name} must have the column {column!r} of the formula, got {known[:MOST_LISTED]}{more}: "
                "correct its name"
            )
        label = f"{name}[{column!r}]"
        values = complete_labels(label, data[column])
        if values.dtype.kind == "f":
            require_finite(label, values)


def encoded(name: str, term: Any, data: Any) -> Any:
    """Return a term of a formula for new data; ValueError if a category was not in the model's."""
    try:
        return np.asarray(term.eval_new_data(data))
    except ValueError as error:
        raise ValueError(
            f"{name} must have the categories of the model's data in {term.name!r} ({error}): drop such "
            "rows, or let the categories be groups, (1 | ...)"
        ) from error


def known_priors(priors: Mapping[Any, Any], names: Sequence[str]) -> None:
    """Raise ValueError if a mapping of priors has one of a group or smooth that is not there."""
    for name in priors:
        if name not in names:
            raise ValueError(f"prior_sd must have keys among {list(names)}, got {name!r}: pass one of these")
