"""Models of rows that are not in memory, from what the user wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import predictors as predictor_checks
from polyagamma._validation.arguments import shown
from polyagamma._validation.memory import available_memory
from polyagamma._validation.models import two_labels
from polyagamma.distributed.scan import Facts, look
from polyagamma.likelihoods.binomial import DistantBinomial
from polyagamma.sources.distant import DistantX
from polyagamma.sources.given import is_elsewhere, row_table
from polyagamma.sources.table import RowTable
from polyagamma.terms.moments import Moments
from polyagamma.terms.predictors import Predictors

UNITS = {"": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


class DistantData:
    """Checked rows of a binary or binomial model that are not in memory.

    Parameters
    ----------
    table : RowTable
    facts : Facts
    memory_limit : int
    """

    def __init__(self, table: RowTable, facts: Facts, memory_limit: int) -> None:
        self._table, self._facts, self._limit = table, facts, memory_limit

    @classmethod
    def check(
        cls,
        X: Any,
        y: Any,
        feature_names: Sequence[str] | None,
        memory_limit: int | str | None,
        **rows: Any,
    ) -> DistantData | None:
        """Check what the user gave; None if it is in memory and is to stay there."""
        if not is_elsewhere(X) and memory_limit is None:
            return None
        table = row_table(X, y, feature_names, **rows)
        return cls(table, look(table), bytes_allowed(memory_limit))

    @property
    def moments(self) -> Moments:
        """Of the columns of X."""
        return self._facts.moments

    def predictors(self, feature_names: Sequence[str] | None, intercept: bool) -> Predictors:
        """Return the predictors; ValueError if there are more coefficients than rows, or as for any X."""
        n, p = self._table.X.shape
        if p + intercept > n:
            raise ValueError(
                f"X must have as many rows as coefficients if it is not in memory, got {n} rows and "
                f"{p + intercept} coefficients: pass an array"
            )
        columns = self._table.X.names
        names = columns or [f"x{j}" for j in range(p)]
        if feature_names is not None:
            names = predictor_checks.feature_names(feature_names, p)
        predictor_checks.require_moderate("X", self._facts.largest, names)
        constants = {names[j]: value for j, value in self._facts.constants.items()}
        predictor_checks.no_second_constant(constants, intercept)
        X = DistantX(self._table, self._facts.digest, self._limit)
        return Predictors(X, names, columns, intercept, {}, None, of_all=self.moments)

    def likelihood(self, success: Any) -> DistantBinomial:
        """Return the likelihood; TypeError or ValueError if y has not two labels."""
        labels, digest = self._facts.labels, self._digest()
        if labels is None:
            if success is not None:
                raise ValueError(
                    "success goes with labels, got trials too, where y counts the successes: drop one of them"
                )
            return DistantBinomial.of(np.array([0, 1]), digest, self._facts.log_constant)
        classes, _ = two_labels(labels, len(labels), success)
        return DistantBinomial.of(classes, digest, self._facts.log_constant)

    def _digest(self) -> NDArray[np.float64]:
        return np.frombuffer(bytes.fromhex(self._facts.digest), dtype=np.uint8).astype(np.float64)


def bytes_allowed(limit: int | str | None) -> int:
    """Return a limit in bytes, by default half of the memory that is available."""
    if limit is None:
        return (available_memory() or 2**32) // 2
    if isinstance(limit, int) and limit > 0 and not isinstance(limit, bool):
        return limit
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", limit) if isinstance(limit, str) else None
    if found is None or found[2] not in UNITS:
        raise ValueError(
            f"memory_limit must be a number of bytes or a text such as '1 GiB', got {shown(limit)}: pass one "
            f"of the units {[unit for unit in UNITS if unit]}"
        )
    return int(float(found[1]) * UNITS[found[2]])
