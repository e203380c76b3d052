"""Groups with varying intercepts and slopes, as a part of an additive model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._public import public
from polyagamma._validation import groups as checks
from polyagamma._validation import models as model_checks
from polyagamma._validation.predictors import column_names, matrix
from polyagamma.terms.component import DEFAULT_SD, Component, column_name, described, one_column, sd_priors
from polyagamma.terms.effects import Effects, Entries
from polyagamma.terms.levels import Levels
from polyagamma.terms.scale_priors import LKJ

FloatArray = NDArray[np.float64]
DEFAULT_CORRELATION = LKJ(2)


@public
@dataclass(frozen=True, eq=False)
class Group:
    """Effects of groups, drawn from a population: varying intercepts and slopes, for `PolyaGammaAdditive`.

    Level g has effects ``(a_g, b_g, ...) ~ N(0, S)``, of which a row in it adds ``a_g + b_g * slope + ...``
    to its linear predictor; ``S = diag(s) R diag(s)`` with sampled standard deviations s and correlations R.

    Parameters
    ----------
    labels : array_like or data frame, shape (n,)
        The group of each row: numbers or text. The groups of a data frame of several columns are their
        combinations, as ``a:b`` in formulas.
    slopes : array_like or data frame, shape (n,) or (n, k), optional
        Predictors whose effects vary from group to group. They vary around 0: give them to `Linear` too.
    intercept : bool, default True
        Whether there is an effect besides the slopes.
    correlated : bool, default True
        Whether effects of the same group are correlated; False is ``||`` in formulas.
    prior_sd : HalfNormal, HalfT, Exponential, or a sequence of them
        Of the standard deviations: one for all, or one for each effect.
    prior_corr : LKJ
        Of the correlation matrix.
    name : str, optional
        By default the name of the column, else ``"group"``.

    Examples
    --------
    >>> from polyagamma import Group, HalfT
    >>> Group(["a", "b", "a"], prior_sd=HalfT(3, 2.5), name="district").name
    'district'
    """

    labels: Any
    slopes: Any = None
    intercept: bool = True
    correlated: bool = True
    prior_sd: Any = DEFAULT_SD
    prior_corr: LKJ = DEFAULT_CORRELATION
    name: str | None = None

    @property
    def rows(self) -> Any:
        """What has the model's rows."""
        return self.labels

    def component(self, _weights: FloatArray | None = None) -> Component:
        """Return the checked component."""
        model_checks.truth("intercept", self.intercept)
        model_checks.truth("correlated", self.correlated)
        if not isinstance(self.prior_corr, LKJ):
            raise TypeError(f"prior_corr must be LKJ, got {self.prior_corr!r}: pass LKJ(2), say")
        if self.slopes is None and not self.intercept:
            raise ValueError("intercept=False needs slopes, got none: pass slopes, or drop intercept=False")
        columns = column_names("labels", self.labels)
        default = checks.SEPARATOR.join(columns) if columns else column_name(self.labels) or "group"
        return GroupColumns(self, default if self.name is None else self.name)


class GroupColumns:
    """Labels of groups, and slopes; see `Component`."""

    code_columns: list[int] = [0]  # noqa: RUF012

    def __init__(self, group: Group, name: str) -> None:
        self.name = name
        array = checks.labels(f"labels of {name!r}", group.labels)
        self._label_columns = column_names(f"labels of {name!r}", group.labels) or [name]
        self._levels = Levels.of(f"labels of {name!r}", group.labels, array)
        codes = self._levels.codes(name, array).codes[:, np.newaxis].astype(np.float64)
        self._slopes, slopes = self._checked_slopes(group, len(codes))
        self._intercept = group.intercept
        self.inputs = np.ascontiguousarray(np.concatenate([codes, slopes], axis=1))
        self.input_names = [name, *(f"{slope}|{name}" for slope in self._slopes)]
        self.effects: Effects | None = self._effects(group)

    def _checked_slopes(self, group: Group, n_rows: int) -> tuple[list[str], FloatArray]:
        if group.slopes is None:
            return [], np.empty((n_rows, 0))
        label = f"slopes of {self.name!r}"
        names, values = _slopes(label, group.slopes)
        checks.require_length(label, len(values), n_rows, "its labels")
        checks.require_slopes(repr(self.name), values, names, group.intercept)
        return names, values

    def _effects(self, group: Group) -> Effects:
        columns = (["1"] if self._intercept else []) + self._slopes
        correlated = group.correlated and len(columns) > 1
        names = tuple(f"{column}|{self.name}" for column in columns)
        lkj = group.prior_corr if correlated else None
        return Effects(
            kind="group",
            names=names,
            sds=tuple(f"{name}_sigma" for name in names),
            correlation=f"{self.name}_corr",
            pairs=_pairs(columns) if correlated else (),
            dim=self.name,
            labels=self._levels.storable,
            sd_priors=sd_priors(f"prior_sd of {self.name!r}", group.prior_sd, len(columns)),
            lkj=lkj,
        )

    def read(self, label: str, value: Any) -> FloatArray:
        """See `Component`: labels, or a pair of labels and slopes."""
        if not self._slopes:
            return self._codes(label, value)[:, np.newaxis]
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise TypeError(
                f"{label} must be a pair (labels, slopes), since {self.name!r} has slopes, got "
                f"{type(value).__name__}: pass both"
            )
        codes = self._codes(f"labels of {label}", value[0])
        names, slopes = _slopes(f"slopes of {label}", value[1])
        if len(names) != len(self._slopes):
            raise ValueError(
                f"slopes of {label} must have {len(self._slopes)} columns, {self._slopes}, got {len(names)}: "
                "pass as many, in this order"
            )
        checks.require_length(f"slopes of {label}", len(slopes), len(codes), "its labels")
        return np.concatenate([codes[:, np.newaxis], slopes], axis=1)

    def _codes(self, label: str, value: Any) -> FloatArray:
        return self._levels.codes(label, checks.labels(label, value)).codes.astype(np.float64)

    def pick(self, frame: Any) -> Any:
        """See `Component`."""
        labels = (
            frame[self._label_columns[0]] if len(self._label_columns) == 1 else frame[self._label_columns]
        )
        return (labels, frame[self._slopes]) if self._slopes else labels

    def fixed(self) -> None:
        """See `Component`: there are none."""

    def fixed_values(self, inputs: FloatArray) -> FloatArray:
        """See `Component`: there are none."""
        return np.empty((len(inputs), 0))

    def entries(self, inputs: FloatArray) -> Entries:
        """See `Component`: of the row's level, 1 for its intercept, and its slopes."""
        ones = [np.ones((len(inputs), 1))] if self._intercept else []
        values = np.concatenate([*ones, inputs[:, 1:]], axis=1)
        q, level = values.shape[1], inputs[:, :1].astype(np.int64)
        values = np.where(level < 0, 0.0, values)
        return Entries(np.maximum(level, 0) * q + np.arange(q), values)

    def structure(self) -> tuple[str, list[FloatArray]]:
        """See `Component`."""
        assert self.effects is not None
        return f"group {self.effects.names} {self.effects.labels} {self.effects.pairs}", []

    def description(self) -> str:
        """See `Component`."""
        assert self.effects is not None
        return f"groups, {described(self.effects)}"


def _pairs(columns: list[str]) -> tuple[str, ...]:
    """Return labels of what is below the diagonal of their correlation matrix, row by row."""
    return tuple(f"{columns[j]},{columns[i]}" for i in range(len(columns)) for j in range(i))


def _slopes(label: str, value: Any) -> tuple[list[str], FloatArray]:
    """Return names and values of slopes, a column or several."""
    columns = column_names(label, value)
    if columns is None and np.ndim(value) == 1:
        return [column_name(value) or "x0"], one_column(label, value)
    values = matrix(label, value)
    return columns or [f"x{j}" for j in range(values.shape[1])], values
