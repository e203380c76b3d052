"""Questions about PyTensor's graphs: what depends on what, of which degree, and with which values.

Nothing here rewrites a graph, since rewriting those of second derivatives may take minutes or not end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pytensor
from numpy.typing import NDArray
from pytensor.compile.mode import Mode
from pytensor.graph.basic import Variable
from pytensor.graph.replace import vectorize_graph
from pytensor.scalar import basic as scalar
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.shape import Shape, Shape_i

FloatArray = NDArray[np.float64]


def depends(graph: Variable, variables: Iterable[Variable]) -> bool:
    """Whether the values of a graph depend on one of the variables, and not on their shapes alone."""
    wanted, seen, ahead = set(variables), set(), [graph]
    while ahead:
        variable = ahead.pop()
        if variable in wanted:
            return True
        if variable not in seen:
            seen.add(variable)
            ahead.extend(inputs_by_value(variable))
    return False


def inputs_by_value(variable: Variable) -> list[Variable]:
    """Return what the values of a variable are made of: no input of which the shape alone counts."""
    owner = variable.owner
    if owner is None or isinstance(owner.op, Shape | Shape_i):
        return []
    if isinstance(owner.op, Elemwise) and isinstance(owner.op.scalar_op, scalar.Second):
        return [owner.inputs[1]]
    return list(owner.inputs)


def pullback(graph: Variable, variables: Sequence[Variable]) -> list[Variable]:
    """Return the transposed Jacobian of a graph, times a direction that stands for any.

    Where the graph is linear in some of the variables, it does not depend on them.
    """
    direction = graph.type()
    gradients = pytensor.grad(
        None, list(variables), known_grads={graph: direction}, disconnected_inputs="ignore"
    )
    return list(gradients)


def at_each(
    graphs: Sequence[Variable], variables: Sequence[Variable], values: Sequence[FloatArray]
) -> list[Variable]:
    """Return graphs where variables have each of some values, which are along a first axis."""
    constants = {
        variable: pytensor.tensor.constant(np.asarray(value, variable.dtype))
        for variable, value in zip(variables, values, strict=True)
    }
    return [
        vectorize_graph(graph, {variable: constants[variable] for variable in variables}) for graph in graphs
    ]


def values_of(
    graphs: Sequence[Variable], at: Mapping[Variable, FloatArray] | None = None
) -> list[FloatArray]:
    """Evaluate graphs once, at values of their inputs, and so neither rewritten nor compiled."""
    given = at or {}
    mode = Mode(linker="py", optimizer=None)
    function = pytensor.function(list(given), list(graphs), mode=mode, on_unused_input="ignore")
    return [np.asarray(value) for value in function(*given.values())]
