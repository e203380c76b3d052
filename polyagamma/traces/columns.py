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


def variable_of(name: str, variables: Sequence[str]) -> str:
    """Return the variable that a name is, or may be a column of; StopIteration if there is none."""
    return name if name in variables else next(own for own in variables if name.startswith(f"{own}["))


class Columns:
    """Picks variables, and columns as variables of their own; where a column is, is looked up once.

    Parameters
    ----------
    coords : mapping
        Labels of dimensions.
    """

    def __init__(self, coords: Mapping[str, Labels]) -> None:
        self._coords = coords
        self._positions: dict[str, tuple[str, int]] = {}

    def picked(
        self, names: Sequence[str], variables: Variables
    ) -> dict[str, tuple[tuple[str, ...], NDArray[Any]]]:
        """Return what is named so, of a column a number for each draw."""
        found = {}
        for name in names:
            if name in variables:
                found[name] = variables[name]
            else:
                variable, position = self._position(name, variables)
                values = variables[variable][1]
                found[name] = DRAWS, values.reshape(*values.shape[:2], -1)[..., position]
        return found

    def _position(self, name: str, variables: Variables) -> tuple[str, int]:
        if name not in self._positions:
            [(variable, place)] = places(name, variables, self._coords)
            shape = variables[variable][1].shape[2:]
            self._positions[name] = variable, int(np.ravel_multi_index(place, shape))
        return self._positions[name]
