"""Levels of a grouping factor, and the codes of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polyagamma._validation import groups as checks
from polyagamma.traces import trace

IntArray = NDArray[np.int64]


class Codes(NamedTuple):
    """Codes of rows: positions of levels; beyond them, those of labels that were not seen."""

    codes: IntArray
    unseen: list[Any]


@dataclass(frozen=True)
class Levels:
    """Levels of a factor in their order: sorted, or that of the categories of a categorical column."""

    labels: NDArray[Any]

    @classmethod
    def of(cls, name: str, value: Any, array: NDArray[Any]) -> Levels:
        """Return the levels that occur among checked labels (n,) of `value`; TypeError if none sorts them."""
        order = checks.categories(value)
        occurring = pd.unique(array)
        if order is not None:
            known = set(occurring.tolist())
            return cls(np.array([label for label in order if label in known]))
        try:
            return cls(np.sort(occurring))
        except TypeError as error:
            raise TypeError(f"{name} must have labels that can be sorted ({error}): pass text") from error

    def __len__(self) -> int:
        return len(self.labels)

    def codes(self, name: str, array: NDArray[Any]) -> Codes:
        """Return the codes of checked labels (m,); TypeError if they are of another kind than the levels."""
        checks.require_same_kind(name, array, self.labels)
        codes = np.asarray(pd.Index(self.labels).get_indexer(pd.Index(array)), dtype=np.int64)
        new = codes < 0
        if not new.any():
            return Codes(codes, [])
        fresh, unseen = pd.factorize(array[new])
        codes[new] = len(self) + fresh
        return Codes(codes, list(unseen))

    @property
    def storable(self) -> list[Any]:
        """Labels as files can hold them."""
        return trace.storable(self.labels)
