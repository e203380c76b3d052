"""The numbers of a Gaussian block given all other variables: its design, offsets, and prior."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.pytensorf import compile as compile_graphs
from pytensor.graph.basic import Variable

from polyagamma.pymc.graphs import at_each, depends, pullback, values_of
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
    """The factors of a block as a function of the other variables.

    Predictors, and the gradient of the prior's log-density, are linear in the block. So their values where it
    vanishes, and at each unit vector, are all there is to know. What does not depend on other variables is
    evaluated once.
    """

    def __init__(self, model: pm.Model, block: GaussianBlock) -> None:
        self._start = starting_values(model)
        self._block = block.values
        self.names = [value.name for value in block.values]
        self.shapes = [self._start[value].shape for value in block.values]
        self.others = [value for value in model.value_vars if value not in block.values]
        graphs = _graphs(block, self.shapes)
        fixed = {key: graph for key, graph in graphs.items() if not self._depends(block, key, graph)}
        self._known = _evaluated(fixed, self._start)
        self._unknown = {key: graph for key, graph in graphs.items() if key not in fixed}
        self._inputs = [v for v in self.others if any(depends(g, [v]) for g in self._unknown.values())]

    def _depends(self, block: GaussianBlock, key: str, graph: Variable) -> bool:
        """Whether a factor depends on others; what they only add to predictors drops out of moves."""
        if key == "moves":
            return any(depends(one, self.others) for one in _pulled_back(block))
        return depends(graph, self.others)

    def varies(self, factor: str) -> bool:
        """Whether a factor depends on other variables."""
        return factor in self._unknown

    def point(self, rng: np.random.Generator) -> dict[Variable, FloatArray]:
        """Return a point near PyMC's start, where nothing vanishes by accident."""
        return {
            value: np.asarray(start + rng.uniform(0.1, 0.5, start.shape), value.dtype)
            if value.dtype.startswith("float")
            else start
            for value, start in self._start.items()
        }

    def at(self, point: Mapping[Variable, FloatArray]) -> Factors:
        """Return the factors at a point, without compiling them."""
        return self._joined(self._known | _evaluated(self._unknown, point))

    def somewhere(self) -> Factors:
        """Return the factors at such a point."""
        return self.at(self.point(np.random.default_rng(0)))

    def shape_of(self, value: Variable) -> tuple[int, ...]:
        """Return the shape of a value variable."""
        return np.shape(self._start[value])

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

    def values(self, b: FloatArray) -> dict[Variable, FloatArray]:
        """Return coefficients (p,) by value variable."""
        shaped = self.shaped(b)
        return {value: np.asarray(shaped[value.name], value.dtype) for value in self._block}

    def shaped(self, coefficients: FloatArray) -> dict[str, FloatArray]:
        """Return coefficients (..., p) as value variables."""
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        parts = np.split(coefficients, np.cumsum(sizes)[:-1], axis=-1)
        leading = coefficients.shape[:-1]
        return {
            name: part.reshape((*leading, *shape))
            for name, part, shape in zip(self.names, parts, self.shapes, strict=True)
        }

    def _joined(self, found: Mapping[str, FloatArray]) -> Factors:
        moved, slopes = found["moves"], found["slopes"]
        bends = slopes[0] - slopes[1:]
        return Factors(
            moved[1:] - moved[0], found["offset"], 0.5 * (bends + bends.T), slopes[0], found["dispersion"]
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


def _graphs(block: GaussianBlock, shapes: list[tuple[int, ...]]) -> dict[str, Variable]:
    """Return graphs of other variables: values where the block vanishes, and then at each unit vector."""
    values, predictor = block.values, block.likelihood.predictor
    gradient = pytensor.grad(block.prior, values, disconnected_inputs="ignore")
    at = _zero_and_units(shapes)
    slopes = at_each([part.ravel() for part in gradient], values, at)
    [moves] = at_each([predictor], values, at)
    [offset] = at_each([predictor], values, [value[:1] for value in at])
    dispersion = block.likelihood.dispersion
    return {
        "moves": moves,
        "offset": offset[0],
        "slopes": pt.concatenate(slopes, axis=1),
        "dispersion": pt.constant(np.nan) if dispersion is None else dispersion,
    }


def _zero_and_units(shapes: list[tuple[int, ...]]) -> list[FloatArray]:
    """Return, for members of a block, their values where it vanishes and at each of its unit vectors."""
    sizes = [int(np.prod(shape)) for shape in shapes]
    points = np.vstack([np.zeros(sum(sizes)), np.eye(sum(sizes))])
    parts = np.split(points, np.cumsum(sizes)[:-1], axis=1)
    return [part.reshape(len(points), *shape) for part, shape in zip(parts, shapes, strict=True)]


def _pulled_back(block: GaussianBlock) -> list[Variable]:
    used = [value for value in block.values if depends(block.likelihood.predictor, [value])]
    return pullback(block.likelihood.predictor, used)


def _evaluated(
    graphs: Mapping[str, Variable], at: Mapping[Variable, FloatArray] | None = None
) -> dict[str, FloatArray]:
    arrays = values_of(list(graphs.values()), at)
    return {key: np.asarray(array, np.float64) for key, array in zip(graphs, arrays, strict=True)}
