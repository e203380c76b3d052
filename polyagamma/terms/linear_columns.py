"""Predictors with a coefficient each, as a part of an additive model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma.terms.component import Component, FixedColumns
from polyagamma.terms.effects import Entries
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import DEFAULT_PRIOR, MvNormal, Normal

FloatArray = NDArray[np.float64]


@public
@dataclass(frozen=True, eq=False)
class Linear:
    """Predictors with a coefficient each, for `PolyaGammaAdditive`.

    Parameters
    ----------
    X : array_like or data frame, shape (n, p)
        Without a column of ones: the model has the intercept.
    prior : Normal or MvNormal, optional
        Of the coefficients; by default ``Normal(0, 2.5, standardized=True)``, as for `PolyaGammaLogistic`.
    feature_names : sequence of str, optional
        By default those of the data frame, else ``x0``, ``x1``, ...
    name : str, default "linear"
        What mappings of new inputs call it.
    """

    X: Any
    prior: Normal | MvNormal = DEFAULT_PRIOR
    feature_names: Sequence[str] | None = None
    name: str = "linear"

    @property
    def rows(self) -> Any:
        """What has the model's rows."""
        return self.X

    def component(self, _weights: FloatArray | None = None) -> Component:
        """Return the checked component."""
        checks.instance("prior", self.prior, (Normal, MvNormal))
        predictors = Predictors.check(self.X, self.feature_names, intercept=True)
        return Columns(self.name, predictors, self.prior)


class Columns:
    """Predictors with a coefficient each; see `Component`."""

    effects = None
    code_columns: list[int] = []  # noqa: RUF012

    def __init__(self, name: str, predictors: Predictors, prior: Normal | MvNormal) -> None:
        self.name, self._predictors, self._prior = name, predictors, prior
        self.inputs, self.input_names = predictors.X, predictors.names

    def read(self, label: str, value: Any) -> FloatArray:
        """See `Component`."""
        return np.asarray(self._predictors.check_new(value, label))

    def pick(self, frame: Any) -> Any:
        """See `Component`."""
        return frame[self.input_names]

    def fixed(self) -> FixedColumns:
        """See `Component`."""
        return FixedColumns(self.input_names, self.inputs, self._prior)

    def fixed_values(self, inputs: FloatArray) -> FloatArray:
        """See `Component`: the predictors."""
        return inputs

    def entries(self, inputs: FloatArray) -> Entries:
        """See `Component`: there are none."""
        none = np.empty((len(inputs), 0))
        return Entries(none.astype(np.intp), none)

    def structure(self) -> tuple[str, list[FloatArray]]:
        """See `Component`."""
        return f"linear {self.input_names}", []

    def description(self) -> str:
        """See `Component`."""
        return f"linear, {self._prior}"
