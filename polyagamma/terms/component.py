"""What an additive linear predictor asks of its parts.

A component keeps what it was given as columns of numbers, its inputs: predictors as they are, labels as codes
of levels. Of these it makes columns of fixed effects, or entries in a block of effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.predictors import column_names, matrix
from polyagamma.likelihoods.dispersion import HalfNormal
from polyagamma.terms.effects import Effects, Entries
from polyagamma.terms.priors import MvNormal, Normal
from polyagamma.terms.scale_priors import SdPrior

FloatArray = NDArray[np.float64]
DEFAULT_SD = HalfNormal(1)
NO_GROUP = -1  # the code of a row without effects of its groups


class FixedColumns(NamedTuple):
    """Columns of fixed effects: their names, values at the rows (n, p), and prior."""

    names: list[str]
    X: FloatArray
    prior: Normal | MvNormal


class Component(Protocol):
    """A checked part of the linear predictor.

    Attributes
    ----------
    name : str
        What mappings of new inputs call it.
    inputs : ndarray, shape (n, k)
        What the model keeps of its rows.
    input_names : list of str, length k
    """

    name: str
    inputs: FloatArray
    input_names: list[str]

    def read(self, label: str, value: Any) -> FloatArray:
        """Return the inputs of new rows, (m, k); TypeError or ValueError name the argument `label`."""

    def pick(self, frame: Any) -> Any:
        """Return what `read` takes from a data frame; KeyError if its columns are not there."""

    def fixed(self) -> FixedColumns | None:
        """Return its fixed effects, if it has any."""

    def fixed_values(self, inputs: FloatArray) -> FloatArray:
        """Return the columns of its fixed effects at some inputs, (m, p)."""

    @property
    def effects(self) -> Effects | None:
        """Its block of effects, if it has one."""

    @property
    def code_columns(self) -> list[int]:
        """Which inputs are codes of levels, for which there may be effects that were not seen."""

    def entries(self, inputs: FloatArray) -> Entries:
        """Return the entries of some inputs in the columns of its block; unseen levels are behind it."""

    def structure(self) -> tuple[str, list[FloatArray]]:
        """Return what predictions depend on besides a posterior; see `Term.structure`."""

    def description(self) -> str:
        """Return what a trace says of it."""


def split_inputs(components: Sequence[Component], X: FloatArray) -> list[FloatArray]:
    """Return the inputs of each component, given those of all, (m, k)."""
    ends = np.cumsum([component.inputs.shape[1] for component in components])
    return np.split(X, ends[:-1], axis=1)


def described(effects: Effects) -> str:
    """Return the priors of a block of effects in words."""
    priors = " ".join(f"{prior.name}({prior.df:g}, {prior.scale:g})" for prior in effects.sd_priors)
    return f"sd {priors}" + (f", {effects.lkj}" if effects.lkj is not None else "")


def sd_priors(name: str, value: Any, size: int) -> tuple[SdPrior, ...]:
    """Return the priors of standard deviations: one for all, or as many as there are."""
    if isinstance(value, (list, tuple)):
        if len(value) != size:
            raise ValueError(
                f"{name} must be one prior, or one for each of the {size} effects, got {len(value)}: pass one"
            )
        return tuple(SdPrior.check(f"{name}[{i}]", one) for i, one in enumerate(value))
    return (SdPrior.check(name, value),) * size


def column_name(value: Any) -> str | None:
    """Return the name of a column, if it has one."""
    name = getattr(value, "name", None)
    return None if name is None else str(name)


def one_column(label: str, value: Any) -> FloatArray:
    """Return numbers of rows as a column, (n, 1)."""
    if column_names(label, value) is not None:
        value = matrix(label, value)
    array = np.asarray(value)
    if array.ndim == 2 and array.shape[1] == 1:
        return matrix(label, array)
    return checks.observed(label, value, len(array) if array.ndim else -1)[:, np.newaxis]
