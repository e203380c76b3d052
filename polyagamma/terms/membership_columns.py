"""Groups of which each row belongs to several, as a part of an additive model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._public import public
from polyagamma._validation import groups as checks
from polyagamma._validation.predictors import matrix
from polyagamma.terms.component import DEFAULT_SD, Component, described, sd_priors
from polyagamma.terms.effects import Effects, Entries
from polyagamma.terms.levels import Levels

FloatArray = NDArray[np.float64]


@public
@dataclass(frozen=True, eq=False)
class MultiMembership:
    """Effects of groups of which each row belongs to several, for `PolyaGammaAdditive`.

    Parameters
    ----------
    labels : array_like, shape (n, k)
        The groups of each row.
    weights : array_like, shape (n, k), optional
        By which the effects are multiplied before they are added; by default 1 / k.
    prior_sd : HalfNormal, HalfT or Exponential
        Of the standard deviation of the effects.
    name : str, default "group"
    """

    labels: Any
    weights: ArrayLike | None = None
    prior_sd: Any = DEFAULT_SD
    name: str = "group"

    @property
    def rows(self) -> Any:
        """What has the model's rows."""
        return self.labels

    def component(self, _weights: FloatArray | None = None) -> Component:
        """Return the checked component."""
        return MembershipColumns(self, self.name)


class MembershipColumns:
    """Labels of several groups for each row, with weights; see `Component`."""

    def __init__(self, membership: MultiMembership, name: str) -> None:
        self.name = name
        labels = _matrix_of_labels(f"labels of {name!r}", membership.labels)
        flat = checks.labels(f"labels of {name!r}", labels.ravel())
        self._levels = Levels.of(name, None, flat)
        self._members = labels.shape[1]
        self.inputs = self._join(name, self._levels.codes(name, flat).codes, membership.weights)
        self.input_names = [f"{name}[{i}]" for i in range(self._members)]
        self.input_names += [f"weight of {column}" for column in self.input_names]
        self.code_columns = list(range(self._members))
        priors = sd_priors(f"prior_sd of {name!r}", membership.prior_sd, 1)
        self.effects: Effects | None = Effects.of_basis(f"1|{name}", name, self._levels.storable, priors)

    def _join(self, label: str, codes: NDArray[np.int64], weights: Any) -> FloatArray:
        by_row = codes.reshape(-1, self._members).astype(np.float64)
        if weights is None:
            return np.concatenate([by_row, np.full_like(by_row, 1 / self._members)], axis=1)
        values = matrix(f"weights of {label}", weights)
        if values.shape != by_row.shape:
            raise ValueError(
                f"weights of {label} must have the shape of its labels, {by_row.shape}, got {values.shape}: "
                "pass a weight for each label"
            )
        return np.concatenate([by_row, values], axis=1)

    def read(self, label: str, value: Any) -> FloatArray:
        """See `Component`: labels, or a pair of labels and weights."""
        labels, weights = value if isinstance(value, tuple) else (value, None)
        array = _matrix_of_labels(label, labels)
        if array.shape[1] != self._members:
            raise ValueError(
                f"{label} must have {self._members} labels for each row, got {array.shape[1]}: repeat labels "
                "of weight 0 where there are fewer"
            )
        codes = self._levels.codes(label, checks.labels(label, array.ravel())).codes
        return self._join(label, codes, weights)

    def pick(self, frame: Any) -> Any:  # noqa: ARG002
        """See `Component`: several columns have no name of their own."""
        raise KeyError(self.name)

    def fixed(self) -> None:
        """See `Component`: there are none."""

    def fixed_values(self, inputs: FloatArray) -> FloatArray:
        """See `Component`: there are none."""
        return np.empty((len(inputs), 0))

    def entries(self, inputs: FloatArray) -> Entries:
        """See `Component`: the weights of the row's groups."""
        level, weights = inputs[:, : self._members].astype(np.int64), inputs[:, self._members :]
        return Entries(np.maximum(level, 0), np.where(level < 0, 0.0, weights))

    def structure(self) -> tuple[str, list[FloatArray]]:
        """See `Component`."""
        return f"membership {self.name} {self._members} {self._levels.storable}", []

    def description(self) -> str:
        """See `Component`."""
        assert self.effects is not None
        return f"memberships of {self._members} groups, {described(self.effects)}"


def _matrix_of_labels(label: str, value: Any) -> NDArray[Any]:
    array = np.asarray(value)
    if array.ndim != 2:
        raise ValueError(
            f"{label} must be 2-D, with a column for each group of a row, got shape {array.shape}: pass "
            "labels of one group for each row to Group"
        )
    return array
