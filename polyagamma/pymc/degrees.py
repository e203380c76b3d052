"""The degree of a graph as a polynomial of variables, by that of each operation in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytensor
from pytensor.compile.builders import OpFromGraph
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.raise_op import CheckAndRaise
from pytensor.scalar import basic as scalar
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.math import Dot

from polyagamma.pymc.graphs import depends, inputs_by_value

LINEAR = (scalar.Add, scalar.Sub, scalar.Neg, scalar.Identity, scalar.TrueDiv, scalar.Switch, scalar.Mul)
UNKNOWN = (
    NotImplementedError,
    TypeError,
    ValueError,
    pytensor.gradient.DisconnectedInputError,
    pytensor.gradient.NullTypeGradError,
)


class Degrees:
    """Degrees of graphs; infinite where a graph is no polynomial, as far as its operations tell.

    An operation that is linear in those of its inputs that depend on the variables keeps their degree. That
    is so where its Jacobian does not depend on them. So any operation with a derivative counts, without a
    list of them; but for those of elements, which may be steps, whose derivatives vanish.
    """

    def __init__(self) -> None:
        self._linear: dict[tuple[Variable, tuple[int, ...]], bool] = {}

    def of(self, graph: Variable, variables: Sequence[Variable]) -> float:
        """Return the degree of a graph in the variables, all at once."""
        return self._given(graph, dict.fromkeys(variables, 1))

    def _given(self, graph: Variable, known: dict[Variable, float]) -> float:
        """Return the degree of a graph, given those of variables in it."""
        ahead = [graph]
        while ahead:
            variable = ahead[-1]
            unknown = [one for one in inputs_by_value(variable) if one not in known]
            if variable in known or not unknown:
                ahead.pop()
                known.setdefault(variable, self._of_output(variable, known))
            else:
                ahead.extend(unknown)
        return known[graph]

    def _of_output(self, variable: Variable, known: dict[Variable, float]) -> float:
        inputs = inputs_by_value(variable)
        degrees = [known[one] for one in inputs]
        if not any(degrees):
            return 0
        owner = variable.owner
        if isinstance(owner.op, CheckAndRaise):
            return degrees[0]
        if len(inputs) < len(owner.inputs):  # values of one input, in the shape of another
            return max(degrees)
        if _is_product(owner):
            return sum(degrees)
        if isinstance(owner.op, OpFromGraph):
            inner = owner.op.inner_outputs[owner.outputs.index(variable)]
            return self._given(inner, dict(zip(owner.op.inner_inputs, degrees, strict=True)))
        power = _power(owner)
        if power:
            return power * degrees[0]
        return max(degrees) if self._is_linear(variable, degrees) else np.inf

    def _is_linear(self, variable: Variable, degrees: list[float]) -> bool:
        """Whether an operation is linear in its inputs of a degree above 0."""
        which = tuple(k for k, degree in enumerate(degrees) if degree)
        key = variable, which
        if key not in self._linear:
            self._linear[key] = _has_constant_jacobian(variable, which)
        return self._linear[key]


def _is_product(owner: Apply) -> bool:
    op = owner.op.core_op if isinstance(owner.op, Blockwise) else owner.op
    return isinstance(op, Dot) or _is_elemwise(owner, scalar.Mul)


def _power(owner: Apply) -> int:
    """Return the exponent of a whole power; 0 if an operation is none."""
    if _is_elemwise(owner, scalar.Sqr):
        return 2
    if not _is_elemwise(owner, scalar.Pow):
        return 0
    exponent = owner.inputs[1]
    while exponent.owner is not None and len(exponent.owner.inputs) == 1:  # axes added to a constant
        exponent = exponent.owner.inputs[0]
    if not isinstance(exponent, Constant) or np.size(exponent.data) != 1:
        return 0
    power = float(np.ravel(exponent.data)[0])
    return int(power) if power in (1, 2) else 0


def _is_elemwise(owner: Apply, *operations: type) -> bool:
    return isinstance(owner.op, Elemwise) and isinstance(owner.op.scalar_op, operations)


def _has_constant_jacobian(variable: Variable, which: tuple[int, ...]) -> bool:
    """Whether the Jacobian of an operation in some of its inputs does not depend on them."""
    owner = variable.owner
    if isinstance(owner.op, Elemwise) and not _is_elemwise(owner, *LINEAR, scalar.Cast):
        return False
    if not all(_is_float(one) for one in [variable, *(owner.inputs[k] for k in which)]):
        return False
    inputs = [one.type() if k in which else one for k, one in enumerate(owner.inputs)]
    again = owner.op.make_node(*inputs).outputs[owner.outputs.index(variable)]
    fresh = [inputs[k] for k in which]
    try:
        pulled = pytensor.grad(None, fresh, known_grads={again: again.type()}, disconnected_inputs="raise")
    except UNKNOWN:
        return False
    return not any(depends(one, fresh) for one in pulled)


def _is_float(variable: Variable) -> bool:
    return str(getattr(variable.type, "dtype", "")).startswith("float")
