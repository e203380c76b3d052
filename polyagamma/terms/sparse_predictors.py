"""Sparse predictors: a matrix in compressed rows, which never becomes dense."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from polyagamma._validation.ownership import kept, read_only

FloatArray = NDArray[np.float64]


class SparsePredictors(csr_array):
    """Rows of predictors of which few are not zero, in canonical form: sorted, each entry once, none zero.

    It has what models use of an array: `shape`, ``len``, rows by slices, and products.
    """

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.shape[0])

    def arrays(self) -> list[FloatArray]:
        """Return the arrays that tell it from others, as float64."""
        shape = np.array(self.shape, dtype=np.float64)
        return [shape, self.data, self.indices.astype(np.float64), self.indptr.astype(np.float64)]

    def frozen(self) -> SparsePredictors:
        """Return the same matrix, whose arrays cannot be written to: copies if they are small, else views."""
        for name in ("data", "indices", "indptr"):
            setattr(self, name, read_only(kept(getattr(self, name))))
        return self

    def moments(self, share: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return weighted means and variances of the columns, for shares of the rows that sum to 1."""
        mean = np.asarray(self.T @ share)
        squares = csr_array((self.data**2, self.indices, self.indptr), shape=self.shape)
        # Of a column with many zeros nothing cancels; of one without, as much as of any sum of squares.
        shifted = np.asarray(squares.T @ share) - mean**2
        return mean, np.maximum(shifted, 0.0)

    def largest(self) -> FloatArray:
        """Return the largest absolute value of each column, (p,)."""
        size = np.zeros(self.shape[1])
        np.maximum.at(size, self.indices, abs(self.data))
        return size

    def constant(self) -> NDArray[np.intp]:
        """Return the columns whose values are all the same."""
        counts = np.bincount(self.indices, minlength=self.shape[1])
        full = np.flatnonzero(counts == len(self))
        same = full[[np.ptp(self[:, [j]].data) == 0.0 for j in full]] if len(full) else full
        return np.sort(np.concatenate([np.flatnonzero(counts == 0), same]))

    def first_row(self, columns: NDArray[np.intp]) -> FloatArray:
        """Return the values of some columns in the first row."""
        row = np.zeros(self.shape[1])
        own = slice(*self.indptr[:2])
        row[self.indices[own]] = self.data[own]
        return row[columns]


def is_sparse(X: Any) -> bool:
    """Return whether predictors are sparse."""
    return isinstance(X, SparsePredictors)
