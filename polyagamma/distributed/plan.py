"""How the rows of a model are shared out, and what a share of them answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma import _gibbs
from polyagamma.likelihoods.binomial import observed_binomial
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
    centre : ndarray, shape (p,), or None
    intercept : bool
    classes : ndarray
        Labels of failure and success.
    """

    n_rows: int
    n_coefficients: int
    centre: FloatArray | None
    intercept: bool
    classes: NDArray[Any]

    @cached_property
    def units(self) -> list[tuple[int, int]]:
        """The first row of each unit, and the one after its last: of neighbours a few are the same."""
        return _gibbs.row_units(self.n_rows, self.n_coefficients)

    @property
    def chained(self) -> bool:
        """Whether curvatures are added up from one share to the next."""
        return _gibbs.row_units_chained(self.n_rows, self.n_coefficients)

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
        return 8 * (end - begin) * (3 * self.n_coefficients + 8)

    def bytes_kept(self) -> int:
        """Return about what all shares take in files."""
        return 8 * self.n_rows * (self.n_coefficients + 3)


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
        self._observed = observed_binomial(plan.classes, last - first, **rows)
        self._core, self._version = self._plain(), None

    _version: str | None

    def __sizeof__(self) -> int:
        """Return about how many bytes it takes, which tell a scheduler what moving it would cost."""
        return 2 * self._X.nbytes + 64 * len(self._X)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_core"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._core, self._version = self._plain(), None

    def answer(self, request: Request) -> FloatArray | None:
        """Return the sums; None if the share does not have the coordinates and was not told them."""
        return answer_of(self._core, request) if self.moves_for(request) else None

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

    def keep(self, path: Path) -> None:
        """Write what `KeptShare` needs to a file."""
        arrays = self._observed.core().arrays
        with open(path, "wb") as file:
            for array in (arrays["b"], arrays["kappa"], self._core.predictor, self._core.matrix):
                file.write(np.ascontiguousarray(array).data)

    def _plain(self) -> _gibbs.RowShare:
        core = self._observed.core()
        rows = _gibbs.Likelihood(core.name, core.arrays)
        return row_share(self._plan, self._units, rows, self._X, self._observed.offset)


class KeptShare:
    """A share that has been kept in a file, in the coordinates that it had.

    Parameters
    ----------
    plan : Plan
    units : tuple of int
    path : Path
    """

    def __init__(self, plan: Plan, units: tuple[int, int], path: Path) -> None:
        first, last = plan.rows(*units)
        n = last - first
        with open(path, "rb") as file:
            b, kappa = np.fromfile(file, count=n), np.fromfile(file, count=n)
            rows = _gibbs.Likelihood("binomial", {"b": b, "kappa": kappa})
            self._core = row_share(plan, units, rows, None, np.zeros(n))
            for array in (self._core.predictor, self._core.matrix):
                file.readinto(array.data)

    def answer(self, request: Request) -> FloatArray:
        """Return the sums, in the coordinates of the file."""
        return answer_of(self._core, request)


def row_share(
    plan: Plan,
    units: tuple[int, int],
    likelihood: _gibbs.Likelihood,
    X: FloatArray | None,
    offset: FloatArray,
) -> _gibbs.RowShare:
    """Return the core's share of rows."""
    return _gibbs.RowShare(
        X=X,
        centre=plan.centre,
        offset=offset,
        likelihood=likelihood,
        intercept=plan.intercept,
        n_coefficients=plan.n_coefficients,
        n_rows=plan.n_rows,
        first_unit=units[0],
        last_unit=units[1],
    )


def answer_of(core: _gibbs.RowShare, request: Request) -> FloatArray:
    """Return what the core answers."""
    return np.asarray(getattr(core, request.name)(*request.arguments))
