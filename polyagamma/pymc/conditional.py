"""The numbers of a Gaussian block given all other variables: its design, offsets, and prior."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.pytensorf import compile as compile_graphs
from pytensor import Variable

from polyagamma.pymc.graphs import at_zero, columns, depends, gradient, linear_part, simplified, values_of
from polyagamma.pymc.observed import starting_values
from polyagamma.pymc.structure import GaussianBlock

FloatArray = NDArray[np.float64]


class Factors(NamedTuple):
    """What a block of p coefficients b is, given the other variables.

    Predictors are ``design.T @ b + offset``; the log-density of the prior is
    ``shift @ b - b @ precision @ b / 2``, but for a constant.
    """

    design: FloatArray  # (p, n) or (p, n, K)
    offset: FloatArray  # (n,) or (n, K)
    precision: FloatArray  # (p, p)
    shift: FloatArray  # (p,)
    dispersion: FloatArray  # () or (n,); NaN where there is none


class Conditional:
    """The factors of a block as a function of the other variables."""

    def __init__(self, model: pm.Model, block: GaussianBlock) -> None:
        self._start = starting_values(model)
        self.names = [value.name for value in block.values]
        self.shapes = [self._start[value].shape for value in block.values]
        self.others = [value for value in model.value_vars if value not in block.values]
        graphs = _graphs(block, self.shapes)
        self._known = _evaluated({key: g for key, g in graphs.items() if not depends(g, self.others)})
        self._unknown = {key: graph for key, graph in graphs.items() if key not in self._known}
        self._inputs = [v for v in self.others if any(depends(g, [v]) for g in self._unknown.values())]

    @property
    def is_constant(self) -> bool:
        """Whether no factor but the dispersion depends on other variables."""
        return set(self._unknown) <= {"dispersion"}

    def somewhere(self) -> Factors:
        """Return the factors at a point near PyMC's start, where nothing vanishes by accident."""
        rng = np.random.default_rng(0)
        point = {
            value: start + rng.uniform(0.1, 0.5, start.shape).astype(value.dtype)
            if value.dtype.startswith("float")
            else start
            for value, start in self._start.items()
        }
        return self._joined(self._known | _evaluated(self._unknown, point))

    def compiled(self, compile_kwargs: Mapping[str, Any]) -> Callable[[Mapping[str, FloatArray]], Factors]:
        """Return the function from points to factors: of what depends on them alone."""
        if not self._unknown:
            return Known(self._joined(self._known))
        options = {"on_unused_input": "ignore"} | dict(compile_kwargs)
        return FactorsAt(self, compile_graphs(self._inputs, list(self._unknown.values()), **options))

    def completed(self, found: list[FloatArray]) -> Factors:
        """Return the factors from the values of what depends on other variables."""
        return self._joined(self._known | dict(zip(self._unknown, found, strict=True)))

    def arguments(self, point: Mapping[str, FloatArray]) -> list[FloatArray]:
        """Return what those values are a function of."""
        return [point[value.name] for value in self._inputs]

    def names_of_coefficients(self) -> list[str]:
        """Return the name of the variable of each coefficient."""
        return [
            name
            for name, shape in zip(self.names, self.shapes, strict=True)
            for _ in range(int(np.prod(shape)))
        ]

    def flat(self, point: Mapping[str, FloatArray]) -> FloatArray:
        """Return the block's coefficients at a point, (p,)."""
        return np.concatenate([np.ravel(point[name]) for name in self.names]).astype(np.float64)

    def shaped(self, coefficients: FloatArray) -> dict[str, FloatArray]:
        """Return coefficients (..., p) as value variables."""
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        parts = np.split(coefficients, np.cumsum(sizes)[:-1], axis=-1)
        leading = coefficients.shape[:-1]
        return {
            name: part.reshape(*leading, *shape)
            for name, part, shape in zip(self.names, parts, self.shapes, strict=True)
        }

    def _joined(self, found: Mapping[Any, FloatArray]) -> Factors:
        members = range(len(self.names))
        return Factors(
            np.concatenate([found["design", k] for k in members]),
            found["offset"],
            np.concatenate([found["precision", k] for k in members]),
            found["shift"],
            found["dispersion"],
        )


@dataclass(frozen=True)
class Known:
    """The function from points to factors where they are constant."""

    factors: Factors

    def __call__(self, point: Mapping[str, FloatArray]) -> Factors:  # noqa: ARG002
        """Return the factors."""
        return self.factors


class FactorsAt:
    """A compiled function from points to factors; a class, so that it can be sent to other processes."""

    def __init__(self, conditional: Conditional, function: Callable[..., list[FloatArray]]) -> None:
        self._conditional, self._function = conditional, function

    def __call__(self, point: Mapping[str, FloatArray]) -> Factors:
        """Return the factors at a point."""
        return self._conditional.completed(self._function(*self._conditional.arguments(point)))


def _graphs(block: GaussianBlock, shapes: list[tuple[int, ...]]) -> dict[Any, Variable]:
    """Return the factors as graphs of the other variables, by name, and by member of the block."""
    values, predictor = block.values, block.likelihood.predictor
    ways = [value.type() for value in values]
    slope = linear_part(predictor, values, ways)
    curvature = linear_part(gradient(block.prior, values), values, ways)
    assert slope is not None  # since the block was checked
    assert curvature is not None
    dispersion = block.likelihood.dispersion
    graphs: dict[Any, Variable] = {
        "offset": at_zero(predictor, values, shapes),
        "shift": at_zero(gradient(block.prior, values), values, shapes),
        "dispersion": pt.constant(np.nan) if dispersion is None else dispersion,
    }
    for k in range(len(values)):
        graphs["design", k] = at_zero(columns(slope, ways, k, shapes), values, shapes)
        graphs["precision", k] = -at_zero(columns(curvature, ways, k, shapes), values, shapes)
    return {key: simplified(graph) for key, graph in graphs.items()}


def _evaluated(
    graphs: Mapping[Any, Variable], at: Mapping[Variable, FloatArray] | None = None
) -> dict[Any, FloatArray]:
    arrays = values_of(list(graphs.values()), at)
    return {key: np.asarray(array, np.float64) for key, array in zip(graphs, arrays, strict=True)}
