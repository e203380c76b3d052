"""Checks of additive models: their terms, names, families and new rows; and the words of their errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.arguments import describe, shown
from polyagamma._validation.groups import labels

FloatArray = NDArray[np.float64]
Rows = str | ArrayLike | None  # what has a value for each row, or the name of a column
FAMILIES = ("bernoulli", "binomial", "negative_binomial")
BELONG_TO = {  # arguments of a family alone
    "trials": "binomial",
    "exposure": "negative_binomial",
    "dispersion_prior": "negative_binomial",
}
RESERVED = ("chain", "draw", "feature", "obs_id", "input", "class", "y", "X", "lp")  # dimensions of traces


def parts(terms: Any, kinds: tuple[type, ...]) -> list[Any]:
    """Return the terms as a list; TypeError or ValueError unless there is one, and all are of these kinds."""
    names = ", ".join(kind.__name__ for kind in kinds)
    if isinstance(terms, (str, bytes, Mapping)) or not hasattr(terms, "__iter__") or hasattr(terms, "shape"):
        cure = "PolyaGammaAdditive.from_formula" if isinstance(terms, str) else "[Linear(X)], say"
        raise TypeError(f"terms must be a list of {names}, got {describe(terms)}: pass {cure}")
    found = list(terms)
    if not found:
        raise ValueError(f"terms must have at least one of {names}, got none: pass [Linear(X)], say")
    for position, part in enumerate(found):
        if not isinstance(part, kinds):
            raise TypeError(
                f"terms[{position}] must be one of {names}, got {describe(part)}: pass Linear(X), say"
            )
    return found


def require_rows(name: str, found: int, expected: int) -> None:
    """Raise ValueError unless a term has the rows of the first."""
    if found != expected:
        raise ValueError(
            f"the term {name!r} must have as many rows as the first, {expected}, got {found}: pass a value "
            "for each row"
        )


def require_names(parameters: Sequence[str], coords: Sequence[Mapping[str, list[Any]]]) -> None:
    """Raise ValueError if parameters have the same name, or dimensions have one of a trace's own."""
    taken: dict[str, list[Any]] = {}
    for name in parameters:
        if list(parameters).count(name) > 1:
            raise ValueError(f"terms must have effects of different names, got {name!r} twice: pass name=")
        if "/" in name or name.endswith("\0"):  # which files take for folders, or drop
            raise ValueError(
                f"names of terms must not have '/' in them or end in a NUL character, got {name!r}: pass "
                "name=, or give the column another name"
            )
    for one in coords:
        for dim, values in one.items():
            if dim in RESERVED or dim in parameters:
                raise ValueError(
                    f"terms must not have the name of a dimension or parameter, got {dim!r}: pass name="
                )
            if taken.setdefault(dim, values) != values:
                raise ValueError(
                    f"terms of the same name must have the same levels, got {dim!r} with others: pass name="
                )


def family(value: Any, **arguments: Any) -> str:
    """Return the family; ValueError if it is none, or an argument belongs to another one."""
    name = checks.one_of("family", value, FAMILIES)
    for argument, given in arguments.items():
        if given is not None and BELONG_TO[argument] != name:
            raise ValueError(
                f"{argument} goes with family={BELONG_TO[argument]!r}, got it with {name!r}: drop it, or "
                "pass that family"
            )
    if name == "binomial" and arguments["trials"] is None:
        raise ValueError(
            "family='binomial' needs trials, got none: pass the numbers of trials, or family='bernoulli' for "
            "single ones"
        )
    return name


def require_seen(name: str, codes: FloatArray, levels: int) -> None:
    """Raise ValueError if a row of codes (m, k) has a level that the model has not."""
    new = (codes >= levels).any(axis=1)
    if new.any():
        raise ValueError(
            f"X_new must have levels that the model has seen, got another one of {name!r} in row "
            f"{int(np.argmax(new))}: drop such rows, or pass unseen='draw' to draw their effects from the "
            "population"
        )


def cell_counts(cells: Any, counts: str | ArrayLike, n_rows: int) -> FloatArray:
    """Return how many of the population each cell stands for; ValueError unless none is negative."""
    array = checks.per_row("counts", of_cells("counts", cells, counts), n_rows)
    if (bad := array < 0).any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"counts must not be negative, got {checks.plain(array[row])} in row {row}: pass sizes of cells"
        )
    return array


def cell_groups(
    cells: Any, by: Any, n_rows: int, counts: FloatArray
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the sorted labels of the groups of cells, and which each cell is in, (m,)."""
    array = labels("by", of_cells("by", cells, by))
    if len(array) != n_rows:
        raise ValueError(f"by must have a label for each cell, {n_rows}, got {len(array)}: pass as many")
    positions, names = pd.factorize(array, sort=True)
    if not (total := np.bincount(positions, counts) > 0).all():
        empty = np.asarray(names).tolist()[int(np.argmin(total))]
        raise ValueError(f"counts must not all be 0 in a group of by, got that in {empty!r}: drop its cells")
    return np.asarray(names), np.asarray(positions)


def are_names(value: Any) -> bool:
    """Whether something is a list of texts."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def of_cells(name: str, cells: Any, value: Any) -> Any:
    """Return the column of a table that a text, or a list of texts, names; any other value as it is."""
    if not (isinstance(value, str) or are_names(value)) or not hasattr(cells, "columns"):
        return value
    try:
        return cells[value]
    except KeyError as error:
        raise KeyError(
            f"{name} must name a column, one of {list(cells.columns)}, got {shown(value)}: pass one of "
            "these, or an array"
        ) from error
