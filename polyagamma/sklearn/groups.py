"""Groups of rows as estimators take them: a metadata, as the splitters of scikit-learn have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import groups as checks
from polyagamma._validation.predictors import column_names, require_same_rows
from polyagamma.terms.group_columns import Group

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Factors:
    """Factors of which each row has a level: their names, and a label for each row of each factor."""

    names: list[str]
    labels: list[NDArray[Any]]

    @classmethod
    def of(cls, X: Any, groups: ArrayLike | None, n_rows: int) -> Factors:
        """Return those of the rows of X: of one column, (n,), or several, (n, k).

        Raises
        ------
        TypeError, ValueError
            If labels are missing, of mixed types, or do not fit the rows.
        """
        if groups is None:
            return cls([], [])
        require_same_rows("X", X, groups=groups)
        names, columns = _columns(groups)
        labels = []
        for name, column in zip(names, columns, strict=True):
            labels.append(checks.labels(f"groups[{name!r}]", column))
            checks.require_length(f"groups[{name!r}]", len(labels[-1]), n_rows, "X")
        return cls(names, labels)

    def codes(self, used: NDArray[np.bool_]) -> tuple[FloatArray, list[NDArray[Any]]]:
        """Return codes of the labels of some rows, (n, k), and the labels that they stand for."""
        found = [np.unique(column[used], return_inverse=True) for column in self.labels]
        codes = [np.empty((int(used.sum()), 0)), *(where.reshape(-1, 1).astype(float) for _, where in found)]
        return np.concatenate(codes, axis=1), [levels for levels, _ in found]

    def at(self, codes: FloatArray, levels: list[NDArray[Any]]) -> Factors:
        """Return those of rows that have these codes."""
        columns = zip(levels, codes.T.astype(np.int64), strict=True)
        return Factors(self.names, [of[column] for of, column in columns])

    def terms(self, prior_sd: Any) -> list[Group]:
        """Return varying intercepts of the factors."""
        columns = zip(self.names, self.labels, strict=True)
        return [Group(labels, prior_sd=prior_sd, name=name) for name, labels in columns]


def _columns(groups: Any) -> tuple[list[str], list[Any]]:
    """Return the columns of a data frame or an array, and their names."""
    if (named := column_names("groups", groups)) is not None:
        return [str(name) for name in named], [groups[name] for name in groups.columns]
    array = np.asarray(groups)
    if array.ndim < 2:
        return [str(getattr(groups, "name", None) or "group")], [groups]
    return [f"group{j}" for j in range(array.shape[1])], list(array.T)
