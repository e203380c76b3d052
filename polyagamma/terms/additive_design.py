"""The sparse design of an additive linear predictor: columns of fixed effects, and blocks of effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from polyagamma.terms.component import Component, FixedColumns, split_inputs
from polyagamma.terms.effects import Effects, Entries

FloatArray = NDArray[np.float64]


class Block(NamedTuple):
    """A component's block of effects, and where its columns and its scales are among those of all."""

    component: Component
    effects: Effects
    columns: slice
    scales: slice


@dataclass(frozen=True)
class AdditiveDesign:
    """Columns of an additive linear predictor: an intercept, fixed effects, then block after block.

    Attributes
    ----------
    components : list of Component
    intercept : bool
    centre : ndarray, shape (p,)
        Subtracted from the columns of fixed effects.
    """

    components: Sequence[Component]
    intercept: bool
    centre: FloatArray

    @property
    def fixed(self) -> list[FixedColumns]:
        """The fixed effects of the components that have any."""
        return [found for component in self.components if (found := component.fixed()) is not None]

    @property
    def feature_names(self) -> list[str]:
        """Names of the fixed effects but the intercept."""
        return [name for columns in self.fixed for name in columns.names]

    @property
    def n_fixed(self) -> int:
        """Number of fixed effects, with the intercept."""
        return self.intercept + len(self.centre)

    @property
    def blocks(self) -> list[Block]:
        """The blocks of effects."""
        found, column, scale = [], self.n_fixed, 0
        for component in self.components:
            if (effects := component.effects) is not None:
                columns = slice(column, column + effects.size)
                found.append(Block(component, effects, columns, slice(scale, scale + effects.n_scales)))
                column, scale = columns.stop, scale + effects.n_scales
        return found

    @property
    def size(self) -> int:
        """Number of columns."""
        return self.n_fixed + sum(block.effects.size for block in self.blocks)

    def unseen(self, X: FloatArray) -> list[int]:
        """Return how many levels inputs have in each block besides those of the model."""
        found = []
        for component, inputs in zip(self.components, split_inputs(self.components, X), strict=True):
            if (effects := component.effects) is not None:
                codes = inputs[:, component.code_columns]
                most = int(codes.max(initial=-1)) + 1
                found.append(max(0, most - effects.levels) if component.code_columns else 0)
        return found

    def matrix(self, X: FloatArray, unseen: Sequence[int] | None = None) -> csr_array:
        """Return the columns at the inputs X (m, k), with those of so many unseen levels behind each block.

        Its indices are sorted, and no row has two entries in one column. Values of 0 are kept.
        """
        pieces, column = [self._fixed_entries(X)], self.n_fixed
        more = iter(unseen or [0] * len(self.blocks))
        for component, inputs in zip(self.components, split_inputs(self.components, X), strict=True):
            if (effects := component.effects) is not None:
                positions, values = component.entries(inputs)
                pieces.append(Entries(positions + column, values))
                column += effects.size + next(more) * effects.columns
        indices = np.concatenate([piece.positions for piece in pieces], axis=1)
        values = np.concatenate([piece.values for piece in pieces], axis=1)
        indptr = np.arange(len(X) + 1, dtype=np.int64) * indices.shape[1]
        matrix = csr_array((values.ravel(), indices.ravel(), indptr), shape=(len(X), column))
        matrix.sum_duplicates()  # of rows that are members of a group twice
        return matrix

    def _fixed_entries(self, X: FloatArray) -> Entries:
        split = zip(self.components, split_inputs(self.components, X), strict=True)
        columns = [component.fixed_values(inputs) for component, inputs in split]
        values = np.concatenate([np.ones((len(X), int(self.intercept))), *columns], axis=1)
        values[:, int(self.intercept) :] -= self.centre
        return Entries(np.broadcast_to(np.arange(values.shape[1]), values.shape), values)
