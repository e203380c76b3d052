"""Linear predictors from the parameters of likelihoods: links taken back through what moves data."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt
from pytensor.compile.ops import ViewOp
from pytensor.graph.basic import Variable, equal_computations
from pytensor.scalar import basic as scalar
from pytensor.scalar.math import Sigmoid
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.special import LogSoftmax, Softmax
from pytensor.tensor.subtensor import AdvancedSubtensor, Subtensor
from pytensor.tensor.variable import TensorConstant

VIEWS = (DimShuffle, Reshape, SpecifyShape, Subtensor, AdvancedSubtensor)


def plain(graph: Variable) -> Variable:
    """Return what a graph is a copy or a cast of, such as that of a Deterministic."""
    while graph.owner is not None and (
        isinstance(graph.owner.op, ViewOp) or _is_elemwise(graph, scalar.Identity, scalar.Cast)
    ):
        graph = graph.owner.inputs[0]
    return graph


def logit(p: Variable) -> Variable:
    """Return the log odds of probabilities, whose graph is linear where their link is the logit."""
    found = _log_odds(p)
    return pt.log(p) - pt.log1p(-p) if found is None else found


def _log_odds(p: Variable) -> Variable | None:
    p = _unguarded(plain(p))
    if _is_elemwise(p, Sigmoid):
        return p.owner.inputs[0]
    if _is_elemwise(p, scalar.TrueDiv):
        above, below = p.owner.inputs
        rest = _remainder(below, above)
        return None if rest is None else log(above) - log(rest)
    if _is_elemwise(p, scalar.Sub) and _number(p.owner.inputs[0]) == 1:
        inner = _log_odds(p.owner.inputs[1])
        return None if inner is None else -inner
    if p.owner is not None and isinstance(p.owner.op, VIEWS):
        inner = _log_odds(p.owner.inputs[0])
        return None if inner is None else _moved(p, inner)
    return None


def _unguarded(p: Variable) -> Variable:
    """Return what a graph is but where rounding made it 0 or 1, as bambi guards probabilities."""
    while _is_elemwise(p, scalar.Switch):
        condition, value, inner = p.owner.inputs
        if not _is_elemwise(condition, scalar.EQ):
            return p
        compared, end = condition.owner.inputs
        near = _number(value) - _number(end)
        if not (_same(compared, inner) and _number(end) in (0, 1) and abs(near) <= 2 * np.finfo(float).eps):
            return p
        p = plain(inner)
    return p


def _number(graph: Variable) -> float:
    """Return the value of a constant scalar; NaN for anything else."""
    graph = unbroadcast(graph)
    is_scalar = isinstance(graph, TensorConstant) and np.size(graph.data) == 1
    return float(np.ravel(graph.data)[0]) if is_scalar else np.nan


def log(mu: Variable) -> Variable:
    """Return the logarithm of means: products and quotients of exponentials are sums of their exponents."""
    mu = plain(mu)
    if _is_elemwise(mu, scalar.Exp):
        return mu.owner.inputs[0]
    if _is_elemwise(mu, scalar.Mul):
        return sum((log(factor) for factor in mu.owner.inputs[1:]), log(mu.owner.inputs[0]))
    if _is_elemwise(mu, scalar.TrueDiv):
        return log(mu.owner.inputs[0]) - log(mu.owner.inputs[1])
    if mu.owner is not None and isinstance(mu.owner.op, VIEWS):
        return _moved(mu, log(mu.owner.inputs[0]))
    return pt.log(mu)


def log_odds_of_classes(p: Variable) -> Variable:
    """Return predictors whose softmax over the last axis are probabilities of classes."""
    p = plain(p)
    if p.owner is not None and isinstance(p.owner.op, Softmax) and _over_last_axis(p):
        return p.owner.inputs[0]
    if _is_elemwise(p, scalar.Exp):
        inner = plain(p.owner.inputs[0])
        if inner.owner is not None and isinstance(inner.owner.op, LogSoftmax) and _over_last_axis(inner):
            return inner.owner.inputs[0]
    if p.ndim > 1 and (_takes_rows(p) or _adds_axes_before(p)):
        return _moved(p, log_odds_of_classes(p.owner.inputs[0]))
    return pt.log(p)


def mean_of_counts(n: Variable, p: Variable) -> Variable | None:
    """Return mu where p is n / (mu + n), as PyMC writes the negative binomial distribution; else None."""
    p = plain(p)
    if _is_elemwise(p, scalar.TrueDiv) and _same(p.owner.inputs[0], n):
        return _remainder(p.owner.inputs[1], n)
    if _is_elemwise(p, Sigmoid):  # of log n - log mu, in PyMC 6
        difference = p.owner.inputs[0]
        if _is_elemwise(difference, scalar.Sub):
            of_n, of_mu = (unbroadcast(part) for part in difference.owner.inputs)
            if _is_elemwise(of_n, scalar.Log) and _is_elemwise(of_mu, scalar.Log):
                return of_mu.owner.inputs[0] if _same(of_n.owner.inputs[0], n) else None
    return None


def _remainder(total: Variable, part: Variable) -> Variable | None:
    """Return what a sum of two has besides a part; None if it is no such sum."""
    total = unbroadcast(total)
    if not _is_elemwise(total, scalar.Add) or len(total.owner.inputs) != 2:
        return None
    first, second = total.owner.inputs
    return first if _same(second, part) else second if _same(first, part) else None


def unbroadcast(graph: Variable) -> Variable:
    """Return a graph without copies, casts and added axes of length one."""
    graph = plain(graph)
    while graph.owner is not None and isinstance(graph.owner.op, DimShuffle):
        graph = plain(graph.owner.inputs[0])
    return graph


def _same(left: Variable, right: Variable) -> bool:
    left, right = unbroadcast(left), unbroadcast(right)
    return left is right or equal_computations([left], [right])


def _over_last_axis(graph: Variable) -> bool:
    axis = graph.owner.op.axis
    if axis is None:
        return bool(graph.ndim == 1)
    last = graph.ndim - 1
    return axis in (-1, last, (-1,), (last,))  # a tuple in PyTensor 3


def _takes_rows(graph: Variable) -> bool:
    """Whether a graph is p[rows], with nothing of later axes."""
    owner = graph.owner
    if owner is None or not isinstance(owner.op, AdvancedSubtensor):
        return False
    # of PyTensor 3, whose slices are no inputs
    first_axis_only = getattr(owner.op, "idx_list", None) in (None, (0,))
    return first_axis_only and len(owner.inputs) == 2 and bool(owner.inputs[0].ndim == graph.ndim)


def _adds_axes_before(graph: Variable) -> bool:
    owner = graph.owner
    if owner is None or not isinstance(owner.op, DimShuffle):
        return False
    kept = tuple(axis for axis in owner.op.new_order if axis != "x")
    return bool(owner.op.new_order[-len(kept) :] == kept == tuple(range(owner.inputs[0].ndim)))


def _is_elemwise(graph: Variable, *operations: type) -> bool:
    owner = graph.owner
    return owner is not None and isinstance(owner.op, Elemwise) and isinstance(owner.op.scalar_op, operations)


def _moved(graph: Variable, inner: Variable) -> Variable:
    """Return `inner` moved as the graph moves its first input."""
    return graph.owner.op.make_node(inner, *graph.owner.inputs[1:]).default_output()
