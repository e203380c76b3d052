"""Questions about PyTensor's graphs: what depends on what, and what is linear in what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pytensor
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor import Variable
from pytensor.compile.mode import Mode
from pytensor.graph.replace import graph_replace, vectorize_graph
from pytensor.graph.rewriting.utils import rewrite_graph
from pytensor.tensor.shape import Shape, Shape_i

FloatArray = NDArray[np.float64]
SIMPLIFICATIONS = ("canonicalize", "stabilize")


def depends(graph: Variable, variables: Iterable[Variable]) -> bool:
    """Whether the values of a graph depend on one of the variables, and not on their shapes alone."""
    wanted, seen, ahead = set(variables), set(), [graph]
    while ahead:
        variable = ahead.pop()
        if variable in wanted:
            return True
        if variable in seen or variable.owner is None or isinstance(variable.owner.op, Shape | Shape_i):
            continue
        seen.add(variable)
        ahead.extend(variable.owner.inputs)
    return False


def simplified(graph: Variable) -> Variable:
    """Return a graph of the same values, without what algebra cancels."""
    return rewrite_graph(graph, include=SIMPLIFICATIONS)


def linear_part(
    graph: Variable, variables: Sequence[Variable], directions: Sequence[Variable]
) -> Variable | None:
    """Return J d: the Jacobian J of a graph in the variables, times their directions.

    None if J depends on the variables: the graph is not linear in them. J' u is the gradient of u' graph, and
    J d that of d' J' u in u, which has u no more, but for its shape.
    """
    cotangent = graph.type()
    pulled = pytensor.grad((graph * cotangent).sum(), list(variables), disconnected_inputs="ignore")
    along = sum(((part * way).sum() for part, way in zip(pulled, directions, strict=True)), pt.constant(0.0))
    pushed = pytensor.grad(along, cotangent, disconnected_inputs="ignore")
    pushed = simplified(graph_replace(pushed, {cotangent: pt.zeros_like(graph)}, strict=False))
    return None if depends(pushed, variables) else pushed


def is_linear(graph: Variable, variables: Sequence[Variable]) -> bool:
    """Whether a graph is linear in variables, all at once; a constant may be added."""
    used = [variable for variable in variables if depends(graph, [variable])]
    return not used or linear_part(graph, used, [variable.type() for variable in used]) is not None


def gradient(scalar: Variable, variables: Sequence[Variable]) -> Variable:
    """Return the gradient of a scalar in the variables, as one vector."""
    parts = pytensor.grad(scalar, list(variables), disconnected_inputs="ignore")
    return pt.concatenate([part.ravel() for part in parts])


def is_quadratic(scalar: Variable, variables: Sequence[Variable]) -> bool:
    """Whether a scalar graph is a quadratic polynomial of the variables, all at once."""
    used = [variable for variable in variables if depends(scalar, [variable])]
    if not used:
        return True
    try:
        return is_linear(gradient(scalar, used), used)
    except (NotImplementedError, pytensor.gradient.NullTypeGradError):
        return False


def columns(
    linear: Variable, directions: Sequence[Variable], which: int, shapes: Sequence[tuple[int, ...]]
) -> Variable:
    """Return what a linear graph makes of the unit vectors of one of its directions, the others being zero.

    The unit vectors are the first axis of the result.
    """
    zeros = {
        way: pt.constant(np.zeros(shape, way.dtype))
        for k, (way, shape) in enumerate(zip(directions, shapes, strict=True))
        if k != which
    }
    alone = graph_replace(linear, zeros, strict=False) if zeros else linear
    way, shape = directions[which], shapes[which]
    size = int(np.prod(shape))
    units = np.eye(size, dtype=way.dtype).reshape(size, *shape)
    if not depends(alone, [way]):
        return pt.zeros((size, *(alone.shape[axis] for axis in range(alone.ndim))), dtype=alone.dtype)
    return vectorize_graph(alone, {way: pt.constant(units)})


def at_zero(graph: Variable, variables: Sequence[Variable], shapes: Sequence[tuple[int, ...]]) -> Variable:
    """Return the graph where the variables vanish."""
    zeros = {
        variable: pt.constant(np.zeros(shape, variable.dtype))
        for variable, shape in zip(variables, shapes, strict=True)
    }
    return graph_replace(graph, zeros, strict=False)


def values_of(
    graphs: Sequence[Variable], at: Mapping[Variable, FloatArray] | None = None
) -> list[FloatArray]:
    """Evaluate graphs once, at values of their inputs, and so without compiling them."""
    # PyTensor's own loops in Python take milliseconds here, a compiler seconds
    mode = Mode(linker="py", optimizer="fast_compile")
    given = at or {}
    function = pytensor.function(list(given), list(graphs), mode=mode, on_unused_input="ignore")
    return [np.asarray(value) for value in function(*given.values())]
