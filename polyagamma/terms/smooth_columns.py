"""A smooth function of a column, as a part of an additive model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._public import public
from polyagamma._validation import groups as checks
from polyagamma._validation import models as model_checks
from polyagamma.terms.component import (
    DEFAULT_SD,
    Component,
    FixedColumns,
    column_name,
    described,
    one_column,
    sd_priors,
)
from polyagamma.terms.effects import Effects, Entries
from polyagamma.terms.priors import DEFAULT_PRIOR, Normal
from polyagamma.terms.splines import PenalisedSpline

FloatArray = NDArray[np.float64]


@public
@dataclass(frozen=True, eq=False)
class Smooth:
    """A smooth function of a column, for `PolyaGammaAdditive`: a penalised cubic spline [1]_.

    The function is a line, one of the model's fixed effects, plus deviations from it ``Z u`` with
    ``u ~ N(0, s**2)`` and a sampled standard deviation s [2]_: it decides how smooth the function is. The
    mean square of the deviations over the rows is s**2 on average, so that s is on the scale of the linear
    predictor, whatever the units of x.

    Parameters
    ----------
    x : array_like, shape (n,)
        At least four distinct values.
    n_basis : int, default 20
        Number of B-splines, from 5 to 1000. More cost time, and change little: s does the smoothing.
    prior_sd : HalfNormal, HalfT or Exponential
        Of s.
    linear_prior : Normal, optional
        Of the slope of the line; by default ``Normal(0, 2.5, standardized=True)``.
    name : str, optional
        By default ``"s(x)"`` with the name of the column.

    Notes
    -----
    Beyond the least and the greatest x of the rows the function goes on as a line.

    References
    ----------
    .. [1] P. H. C. Eilers and B. D. Marx (1996), "Flexible smoothing with B-splines and penalties",
       Statistical Science 11, 89-121.
    .. [2] S. N. Wood (2017), "Generalized additive models", 2nd edition, section 5.8.
    """

    x: Any
    n_basis: int = 20
    prior_sd: Any = DEFAULT_SD
    linear_prior: Normal = DEFAULT_PRIOR
    name: str | None = None

    @property
    def rows(self) -> Any:
        """What has the model's rows."""
        return self.x

    def component(self, weights: FloatArray) -> Component:
        """Return the checked component."""
        default = f"s({column_name(self.x) or 'x'})"
        return SmoothColumns(self, default if self.name is None else self.name, weights)


class SmoothColumns:
    """A column that enters by a penalised spline; see `Component`."""

    code_columns: list[int] = []  # noqa: RUF012

    def __init__(self, smooth: Smooth, name: str, weights: FloatArray) -> None:
        self.name = name
        self._column = column_name(smooth.x) or name
        self.inputs = one_column(f"x of {name!r}", smooth.x)
        self.input_names = [name]
        n_basis = model_checks.integer("n_basis", smooth.n_basis, 5, 1000)
        checks.require_distinct(f"x of {name!r}", self.inputs)
        self._spline = PenalisedSpline.of(self.inputs[:, 0], weights, n_basis)
        self._prior = smooth.linear_prior
        model_checks.instance("linear_prior", self._prior, (Normal,))
        priors = sd_priors(f"prior_sd of {name!r}", smooth.prior_sd, 1)
        labels = list(range(self._spline.columns))
        self.effects: Effects | None = Effects.of_basis(name, f"{name}_basis", labels, priors)

    def read(self, label: str, value: Any) -> FloatArray:
        """See `Component`."""
        return one_column(label, value)

    def pick(self, frame: Any) -> Any:
        """See `Component`."""
        return frame[self._column]

    def fixed(self) -> FixedColumns:
        """See `Component`: the linear part."""
        return FixedColumns([self.name], self.inputs, self._prior)

    def fixed_values(self, inputs: FloatArray) -> FloatArray:
        """See `Component`: the column itself."""
        return inputs

    def entries(self, inputs: FloatArray) -> Entries:
        """See `Component`."""
        values = self._spline(inputs[:, 0])
        return Entries(np.broadcast_to(np.arange(values.shape[1]), values.shape), values)

    def structure(self) -> tuple[str, list[FloatArray]]:
        """See `Component`."""
        low, high = self._spline.low, self._spline.high
        return f"smooth {self.name} {self._spline.columns}", [np.array([low, high])]

    def description(self) -> str:
        """See `Component`."""
        assert self.effects is not None
        return (
            f"smooth of {self._spline.columns} columns, {described(self.effects)}, linear part {self._prior}"
        )
