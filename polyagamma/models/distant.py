"""Models of rows that are not in memory, from what the user wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import classes as class_checks
from polyagamma._validation import predictors as predictor_checks
from polyagamma._validation.arguments import shown
from polyagamma._validation.memory import available_memory
from polyagamma._validation.models import two_labels
from polyagamma.distributed.scan import Facts, look
from polyagamma.likelihoods.dispersion import DispersionPrior, Known
from polyagamma.likelihoods.elsewhere import (
    BinomialKind,
    ClassKind,
    CountKind,
    DistantBinomial,
    DistantCounts,
    DistantMultinomial,
    DistantSequential,
    RowKind,
    SoftmaxOf,
    weights_of_counts,
)
from polyagamma.likelihoods.sequential import SequentialLikelihood
from polyagamma.models.linear import GaussianPriors
from polyagamma.sources.distant import DistantX
from polyagamma.sources.given import is_elsewhere, row_table
from polyagamma.sources.table import RowTable
from polyagamma.terms.moments import Moments, row_blocks
from polyagamma.terms.predictors import Predictors

UNITS = {"": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


class DistantData:
    """Checked rows of a model that are not in memory.

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
        kind: RowKind,
        X: Any,
        y: Any,
        feature_names: Sequence[str] | None,
        memory_limit: int | str | None,
        **rows: Any,
    ) -> DistantData | None:
        """Check what the user gave; None if it is in memory and is to stay there."""
        if not is_elsewhere(X) and memory_limit is None:
            return None
        table = row_table(X, y, feature_names, kind.tables, **rows)
        return cls(table, look(table, kind), bytes_allowed(memory_limit))

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

    def binomial(self, success: Any) -> DistantBinomial:
        """Return the likelihood; TypeError or ValueError if y has not two labels."""
        labels, classes = self._facts.labels, np.array([0, 1])
        if labels is not None:
            classes, _ = two_labels(labels, len(labels), success)
        elif success is not None:
            raise ValueError(
                "success goes with labels, got trials too, where y counts the successes: drop one of them"
            )
        return DistantBinomial.of(classes).knowing(BinomialKind(classes), self._digest(), self._constant())

    def multinomial(self, baseline: Any, symmetric: bool) -> DistantMultinomial:
        """Return the likelihood of classes without an order; ValueError if labels or offsets do not fit."""
        classes, is_table = self._classes(None)
        reference = class_checks.baseline(baseline, classes, symmetric)
        self._require_offsets([(len(classes),)], "a column for each class")
        made = DistantMultinomial.of(classes, is_table, reference)
        return made.knowing(ClassKind(SoftmaxOf(reference), classes), self._digest(), self._constant())

    def sequential(self, order: Sequence[Any] | None) -> DistantSequential:
        """Return the likelihood of classes in an order; ValueError if labels or offsets do not fit."""
        classes, is_table = self._classes(order)
        self._require_offsets(
            [(), (len(classes) - 1,)], "one for each row, or for each class but the last too"
        )
        made = DistantSequential.of(classes, is_table)
        kind = ClassKind(SequentialLikelihood.check, classes)
        return made.knowing(kind, self._digest(), self._constant())

    def counts(self, dispersion: DispersionPrior) -> DistantCounts:
        """Return the likelihood of counts."""
        made = DistantCounts.of(dispersion)
        known = None if isinstance(dispersion, Known) else (*self._count_weights(), dispersion.core())
        constant = made.constant_of(self._facts.of_likelihood)
        return made.knowing(CountKind(dispersion), self._digest(), constant, known)

    def _classes(self, order: Sequence[Any] | None) -> tuple[NDArray[Any], bool]:
        """Return the labels, and whether rows are counts of all classes."""
        if (labels := self._facts.labels) is not None:
            return class_checks.observed(labels, None, len(labels), order).classes, False
        class_checks.no_order_of_tables(order)
        y = self._table.y
        return (np.arange(y.shape[1]) if y.names is None else np.array(y.names)), True

    def _constant(self) -> float:
        return float(self._facts.of_likelihood[0])

    def _require_offsets(self, columns: list[tuple[int, ...]], expected: str) -> None:
        sources = dict(self._table.sources())
        if "offset" in sources and sources["offset"].shape[1:] not in columns:
            raise ValueError(
                f"offset must have {expected}, got shape {sources['offset'].shape}: pass one that has"
            )

    def _count_weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Return distinct counts above 1, their weights, and the sum of these, as the core adds them up.

        Weights that are not whole are added in the order of the rows, which are gone through for it.
        """
        if self._facts.counts is not None:
            values, weights = self._facts.counts
            return values, weights, float(weights.sum())
        found: dict[float, float] = {}
        total = 0.0
        for own in row_blocks(self._table.n_rows):
            rows = self._table.read_without_predictors(own.start, own.stop)
            y = np.asarray(rows["y"], dtype=np.float64)
            weights = np.broadcast_to(np.asarray(rows["weights"], dtype=np.float64), y.shape)
            found = weights_of_counts(y, weights, found)
            total = float(np.cumsum([total, *weights[y > 1]])[-1])
        return np.array(list(found)), np.array(list(found.values())), total

    def _digest(self) -> NDArray[np.float64]:
        return np.frombuffer(bytes.fromhex(self._facts.digest), dtype=np.uint8).astype(np.float64)


def checked_predictors(
    distant: DistantData | None,
    X: Any,
    feature_names: Sequence[str] | None,
    priors: GaussianPriors,
    **rows: Any,
) -> Predictors:
    """Return the predictors of a linear model, wherever its rows are.

    Raises
    ------
    TypeError, ValueError
        If X does not fit, or y and the like have other rows; ValueError if the priors need rows in memory.
    """
    if distant is not None:
        priors.require_gaussian()
        return distant.predictors(feature_names, priors.has_intercept)
    predictors = Predictors.check(X, feature_names, priors.has_intercept, sparse=True)
    predictors.require_distinct_constants()
    predictor_checks.require_same_rows("X", X, **rows)
    return predictors


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
