"""Single columns of variables, by the names that ArviZ's tables give them: ``beta[age]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma.traces.trace import DRAWS, Labels, Variables

Place = tuple[str, tuple[int, ...]]  # a variable, and where in a draw of it


def places(name: str, variables: Variables, coords: Mapping[str, Labels]) -> list[Place]:
    """Return the columns of this name: more than one if labels that have commas make them alike."""
    return [
        (variable, place)
        for variable, (dims, values) in variables.items()
        if name.startswith(f"{variable}[") and name.endswith("]")
        for place in _labelled(
            name[len(variable) + 1 : -1],
            [coords.get(dim, range(size)) for dim, size in zip(dims[2:], values.shape[2:], strict=True)],
        )
    ]


def _labelled(text: str, labels: Sequence[Labels]) -> Iterator[tuple[int, ...]]:
    if not labels:
        return
    for i, label in enumerate(labels[0]):
        if len(labels) == 1 and text == str(label):
            yield (i,)
        elif len(labels) > 1 and text.startswith(f"{label}, "):
            yield from ((i, *rest) for rest in _labelled(text[len(f"{label}, ") :], labels[1:]))


def _position(place: tuple[int, ...], values: NDArray[Any]) -> int:
    return int(np.ravel_multi_index(place, values.shape[2:]))


def variable_of(name: str, variables: Sequence[str]) -> str:
    """Return the variable that a name is, or may be a column of; StopIteration if there is none."""
    return name if name in variables else next(own for own in variables if name.startswith(f"{own}["))


def picked(
    names: Sequence[str], variables: Variables, coords: Mapping[str, Labels]
) -> dict[str, tuple[tuple[str, ...], NDArray[Any]]]:
    """Return variables, and columns as variables of their own, with a number for each draw."""
    found = {}
    for name in names:
        if name in variables:
            found[name] = variables[name]
        else:
            [(variable, place)] = places(name, variables, coords)
            values = variables[variable][1]
            found[name] = DRAWS, values.reshape(*values.shape[:2], -1)[..., _position(place, values)]
    return found
