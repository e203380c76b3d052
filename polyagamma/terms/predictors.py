"""Predictors: names, centre and scale, and new rows to predict for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import predictors as checks
from polyagamma._validation.ownership import kept, read_only
from polyagamma._validation.rows import row_labels
from polyagamma._validation.sparse import compressed_rows, is_sparse
from polyagamma.sources.distant import DistantX
from polyagamma.terms import moments as row_moments
from polyagamma.terms.sparse_predictors import SparsePredictors
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]
Encode = Callable[[str, Any], Any]  # makes predictors of a new data frame, given what messages call it


@dataclass(frozen=True)
class Encoded:
    """Predictors that were made of a data frame, and how to make those of another one."""

    frame: Any
    encode: Encode

    @property
    def index(self) -> Any:
        """Labels of the rows."""
        return self.frame.index


@dataclass(frozen=True)
class Predictors:
    """Checked predictors of a model.

    Attributes
    ----------
    X : ndarray, SparsePredictors or DistantX, shape (n, p)
        As given: a copy if it is small, else a view of the caller's; both cannot be written to. Categorical
        columns have become indicators of their levels.
    names : list of str, length p
        Column names of the data frame, else ``x0, x1, ...``; of an indicator ``name[level]``.
    columns : list of str or None
        Column names of the data frame, which new data frames must have too.
    intercept : bool
        Whether the model has an intercept besides.
    levels : dict of str to list
        By column name the levels of a categorical column; the first, the reference, has no indicator.
    rows : ndarray, shape (n,), or None
        Labels of the rows, if X has an index with one for each; see `polyagamma.traces.trace.row_labels`.
    encode : callable, optional
        What makes them of the data frames that users have.
    of_all : Moments, optional
        Moments of the columns, if X is elsewhere.
    """

    X: Any  # one of three types, which most models know to be the first
    names: list[str]
    columns: list[str] | None
    intercept: bool
    levels: dict[str, list[Any]]
    rows: NDArray[Any] | None
    encode: Encode | None = None
    of_all: row_moments.Moments | None = field(default=None, kw_only=True)

    def with_more(self, X: NDArray[np.float64]) -> Predictors:
        """Return the predictors with more rows, which have been checked; none has a label."""
        return replace(self, X=read_only(np.concatenate([self.X, X])), rows=None)

    @classmethod
    def check(
        cls,
        X: Any,
        feature_names: Sequence[str] | None,
        intercept: bool,
        encode: bool = True,
        sparse: bool = False,
    ) -> Predictors:
        """Check what the user gave, and encode categorical columns unless `encode` is false.

        `sparse`: whether X may be sparse.

        Raises
        ------
        TypeError, ValueError
            See `polyagamma._validation.predictors.matrix`; also if the names do not fit, or values are beyond
            what double precision can square.
        """
        made = X.encode if isinstance(X, Encoded) else None
        X = X.frame if isinstance(X, Encoded) else X
        columns = checks.column_names("X", X)
        sparse = sparse and is_sparse(X)
        levels = checks.levels("X", X) if encode and not sparse else {}
        if levels and not intercept:
            raise ValueError(
                f"categorical columns need the intercept, which is that of their first levels, got "
                f"{list(levels)} with intercept=False: encode them yourself, or drop intercept=False"
            )
        array: Any = SparsePredictors(compressed_rows("X", X)) if sparse else checks.matrix("X", X, levels)
        size = array.shape[1] if columns is None else len(columns)
        if feature_names is not None:
            given = checks.feature_names(feature_names, size)
        else:
            given = columns or [f"x{j}" for j in range(size)]
        names = cls._expanded(given, columns, levels)
        checks.require_moderate("X", largest(array), names)
        rows = trace.row_labels(row_labels(X), len(array))
        own = array.frozen() if isinstance(array, SparsePredictors) else read_only(kept(array))
        return cls(own, names, columns, intercept, levels, rows, made)

    @staticmethod
    def _expanded(
        names: list[str], columns: list[str] | None, levels: Mapping[str, Sequence[Any]]
    ) -> list[str]:
        """Return a name for each column of the array, given those of the columns of the frame."""
        if not levels:
            return names
        expanded = []
        for name, column in zip(names, columns or names, strict=True):
            own = levels.get(column)
            expanded += [name] if own is None else [f"{name}[{level}]" for level in own[1:]]
        return checks.unique_names("the names of columns and levels", expanded)

    def arrays(self) -> list[FloatArray]:
        """Return the arrays that tell X from others."""
        return self.X.arrays() if isinstance(self.X, (SparsePredictors, DistantX)) else [self.X]

    def stored(self) -> FloatArray | None:
        """Return X as traces hold it; None if it is sparse or elsewhere: they hold dense arrays in memory."""
        return self.X if isinstance(self.X, np.ndarray) else None

    def require_distinct_constants(self) -> None:
        """Raise ValueError if two columns are constant, the intercept's being one of them.

        For linear models, where their coefficients could not be told apart.
        """
        if isinstance(self.X, SparsePredictors):
            constant = self.X.constant()
            values = self.X.first_row(constant)
        else:
            constant = np.flatnonzero(np.equal(self.X, self.X[0]).all(axis=0))
            values = self.X[0, constant]
        named = {self.names[j]: value for j, value in zip(constant, values, strict=True)}
        checks.no_second_constant(named, self.intercept)

    def moments(self, row_weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return weighted means and standard deviations of the columns (1 for a constant column)."""
        if isinstance(self.X, SparsePredictors):
            mean, variance = self.X.moments(row_weights / row_weights.sum())
        else:
            _, mean, variance = self.of_all or row_moments.moments(self.X, row_weights)
        return mean, np.where(variance > 0, np.sqrt(variance), 1.0)

    def check_new(self, X_new: Any, name: str = "X_new") -> Any:
        """Return other rows, of an argument of that name, as an array; sparse rows if these are.

        Raises
        ------
        TypeError, ValueError
            As for X; also if the number of columns differs, or a data frame's column names.
        """
        if self.encode is not None:
            X_new = self.encode(name, X_new)
        columns = checks.column_names(name, X_new)
        if None not in (columns, self.columns) and columns != self.columns:
            raise ValueError(
                f"{name} must have the columns of X in the same order, {self.columns}, got {columns}: "
                f"pass {name}[list(X.columns)]"
            )
        if isinstance(self.X, SparsePredictors):
            array: Any = SparsePredictors(compressed_rows(name, as_sparse(name, X_new)))
        else:
            array = checks.matrix(name, X_new, self.levels)
        if array.shape[1] != len(self.names):
            raise ValueError(
                f"{name} must have {len(self.names)} columns, one for each predictor, got {array.shape[1]}: "
                "pass the columns of X in the same order, without the intercept's"
            )
        return array


def as_sparse(name: str, X: Any) -> Any:
    """Return rows for a model with sparse predictors: as they are, or from an array that has been checked."""
    return X if is_sparse(X) else SparsePredictors(checks.matrix(name, X))


def largest(X: Any) -> FloatArray:
    """Return the largest absolute value of each column, (p,)."""
    if isinstance(X, SparsePredictors):
        return X.largest()
    return np.asarray(np.maximum(X.max(axis=0), -X.min(axis=0)))
