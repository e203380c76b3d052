"""How the rows of a model are shared out, and what a share of them answers."""

from __future__ import annotations

import mmap
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma import _gibbs
from polyagamma.likelihoods.elsewhere import RowKind
from polyagamma.sources.table import rows_of

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """What a share has to know of the model.

    Attributes
    ----------
    n_rows : int
        Of all shares.
    n_coefficients : int
        Of all linear predictors, and the likelihood's extras.
    centre : ndarray, shape (p,), or None
    intercept : bool
    kind : RowKind
        Of which likelihood the rows are.
    predictors : int
        Linear predictors of a row.
    """

    n_rows: int
    n_coefficients: int
    centre: FloatArray | None
    intercept: bool
    kind: RowKind
    predictors: int = 1

    @cached_property
    def units(self) -> list[tuple[int, int]]:
        """The first row of each unit, and the one after its last: of neighbours a few are the same."""
        return _gibbs.row_units(self.n_rows, self.n_coefficients, self.predictors)

    @property
    def chained(self) -> bool:
        """Whether curvatures are added up from one share to the next."""
        return _gibbs.row_units_chained(self.n_rows, self.n_coefficients, self.predictors)

    @property
    def columns(self) -> int:
        """Columns of the design."""
        return self.n_coefficients // self.predictors

    def rows(self, first: int, last: int) -> tuple[int, int]:
        """Return the rows of units `first` to before `last`."""
        own = self.units[first:last]
        return min(row for row, _ in own), max(row for _, row in own)

    def cut(self, shares: int) -> list[tuple[int, int]]:
        """Return the units of each of so many shares, or of as many as there are units."""
        units = len(self.units)
        shares = min(shares, units)
        ends = [share * units // shares for share in range(shares + 1)]
        return list(pairwise(ends))

    def bytes_of(self, first: int, last: int) -> int:
        """Return about what a share takes while it answers: X as it is read, as doubles, and in the core."""
        begin, end = self.rows(first, last)
        return 8 * (end - begin) * (3 * self.columns + 8 * self.predictors)

    def bytes_kept(self) -> int:
        """Return about what all shares take in files."""
        return 8 * self.n_rows * (self.columns + 3 * self.predictors)


@dataclass(frozen=True)
class Request:
    """What all shares are asked.

    Attributes
    ----------
    name : str
        Of the method of `_gibbs.RowShare`.
    arguments : tuple
    version : str or None
        Of the coordinates that the arguments are in; None: they are the coefficients.
    coordinates : tuple of ndarray, or None
        Centre and basis, for shares that do not have them.
    """

    name: str
    arguments: tuple[Any, ...]
    version: str | None
    coordinates: tuple[FloatArray, FloatArray] | None = None


class Share:
    """The rows of some units, in the core's layout, in the coordinates of the last request.

    Parameters
    ----------
    plan : Plan
    units : tuple of int
    parts : dict
        The rows by name, or what they are read from.
    """

    def __init__(self, plan: Plan, units: tuple[int, int], parts: dict[str, Any]) -> None:
        self._plan, self._units = plan, units
        first, last = plan.rows(*units)
        rows = rows_of(parts, last - first)
        self._X = np.ascontiguousarray(rows.pop("X"), dtype=np.float64)
        self._observed = plan.kind.observed(last - first, **rows)
        self._core, self._version = self._plain(), None

    _version: str | None

    def __sizeof__(self) -> int:
        """Return about how many bytes it takes, which tell a scheduler what moving it would cost."""
        return 2 * self._X.nbytes + 64 * self._plan.predictors * len(self._X)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_core"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._core, self._version = self._plain(), None

    def answer(self, request: Request) -> FloatArray | None:
        """Return the sums; None if the share does not have the coordinates and was not told them."""
        return answer_of(self._core, request) if self.moves_for(request) else None

    def answer_after(self, request: Request, before: FloatArray | None) -> FloatArray | None:
        """Return `before`, what other shares have answered, with what this one adds; None as for `answer`."""
        if before is None:
            return None
        return self.answer(replace(request, arguments=(*request.arguments, np.ravel(before))))

    def moves_for(self, request: Request) -> bool:
        """Go to the coordinates of a request, and return whether they are known."""
        if request.version == self._version:
            return True
        if request.version is None:
            self._core = self._plain()
        elif request.coordinates is None:
            return False
        else:
            self._core.assign(*request.coordinates)
        self._version = request.version
        return True

    def keep(self, path: Path) -> Kept:
        """Write what `KeptShare` needs to a file, and return what is where in it."""
        form = self._plan.kind.core(self._observed)
        rows = len(self._X)
        of_rows = {name: array for name, array in form.arrays.items() if array.shape[-1:] == (rows,)}
        others = {name: array for name, array in form.arrays.items() if name not in of_rows}
        arrays = {"matrix": self._core.matrix, "offset": self._core.predictor, **of_rows}
        with open(path, "wb") as file:
            for array in arrays.values():
                file.write(np.ascontiguousarray(array).data)
        return Kept(path, form.name, {name: array.shape for name, array in arrays.items()}, others)

    def _plain(self) -> _gibbs.RowShare:
        form, offset = self._plan.kind.core(self._observed), self._observed.offset
        return _gibbs.RowShare(
            X=self._X,
            centre=self._plan.centre,
            offset=offset.ravel() if self._plan.predictors == 1 else offset,
            likelihood=_gibbs.Likelihood(form.name, form.arrays),
            **core_arguments(self._plan, self._units),
        )


@dataclass(frozen=True)
class Kept:
    """A file with a share in the coordinates that it had.

    Attributes
    ----------
    path : Path
    name : str
        Of the core's likelihood.
    shapes : dict
        Of its arrays of doubles, one after the other: the matrix in the core's layout, the known part of the
        linear predictors, the arrays of the likelihood that have an entry for each row.
    settings : dict
        The other arrays of the likelihood.
    """

    path: Path
    name: str
    shapes: dict[str, tuple[int, ...]]
    settings: dict[str, FloatArray]

    def mapped(self) -> dict[str, FloatArray]:
        """Return the arrays, which are pages of the file: nothing is copied."""
        with open(self.path, "rb") as file:
            pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if hasattr(mmap, "MADV_WILLNEED"):
            pages.madvise(mmap.MADV_WILLNEED)  # of what memory does not have, while others are worked on
        arrays, first = {}, 0
        for name, shape in self.shapes.items():
            arrays[name] = np.frombuffer(pages, count=prod(shape), offset=8 * first).reshape(shape)
            first += prod(shape)
        return arrays


class KeptShare:
    """A share that has been kept in a file, in the coordinates that it had.

    Parameters
    ----------
    plan : Plan
    units : tuple of int
    kept : Kept
    """

    def __init__(self, plan: Plan, units: tuple[int, int], kept: Kept) -> None:
        arrays = kept.mapped()
        matrix, offset = arrays.pop("matrix"), arrays.pop("offset")
        self._core = _gibbs.RowShare(
            matrix=matrix,
            centre=plan.centre,
            offset=offset.ravel() if plan.predictors == 1 else offset,
            likelihood=_gibbs.Likelihood(kept.name, arrays | kept.settings),
            **core_arguments(plan, units),
        )

    def answer(self, request: Request) -> FloatArray:
        """Return the sums, in the coordinates of the file."""
        return answer_of(self._core, request)


def core_arguments(plan: Plan, units: tuple[int, int]) -> dict[str, Any]:
    """Return what the core's share of any rows is told of the plan."""
    return {
        "intercept": plan.intercept,
        "n_coefficients": plan.n_coefficients,
        "n_rows": plan.n_rows,
        "first_unit": units[0],
        "last_unit": units[1],
    }


def answer_of(core: _gibbs.RowShare, request: Request) -> FloatArray:
    """Return what the core answers."""
    return np.asarray(getattr(core, request.name)(*request.arguments))
