"""Degrees of PyTensor's graphs: of everything linear, and of what only looks so."""

import numpy as np
import pymc as pm
import pytensor
import pytensor.sparse
import pytensor.tensor as pt
import pytest
import scipy.sparse
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op

from polyagamma.pymc.certificate import require_density
from polyagamma.pymc.conditional import Conditional
from polyagamma.pymc.degrees import Degrees
from polyagamma.pymc.refusal import UnsupportedModelError
from polyagamma.pymc.structure import GaussianBlock, Structure

X = np.arange(12.0).reshape(4, 3) % 5
B, C = pt.vector("b", shape=(3,)), pt.vector("c", shape=(3,))

LINEAR = {
    "dot": pt.dot(X, B),
    "matmul": X @ B,
    "tensordot": pt.tensordot(X, B, axes=[[1], [0]]),
    "einsum": pt.einsum("ij,j->i", X, B),
    "column": (X @ B[:, None])[:, 0],
    "sum of products": (X * B).sum(axis=1),
    "sparse": pytensor.sparse.structured_dot(scipy.sparse.csr_matrix(X), B[:, None])[:, 0],
    "repeated": B[[0, 0, 2, 1]] / 3 - 1,
    "cumulated": pt.cumsum(B),
    "differences": pt.diff(B),
    "centred": (X - X.mean(0)) @ B - B.mean(),
    "set": pt.set_subtensor(pt.zeros(5)[1:4], B),
    "stacked": pt.stack([B, 2 * B, pt.ones(3)]),
    "chosen": pt.switch(X[0] > 1, B, 0.0),
    "solved": pt.linalg.solve(np.eye(3) + 0.1, B),
    "scaled by its length": B * B.shape[0],
    "filled": pt.zeros_like(B) + B,
    "product with another": C * pt.exp(C) * B,
}
NONLINEAR = {
    "exponential": pt.exp(B),
    "absolute": pt.abs(B),
    "maximum": pt.maximum(B, 0.0),
    "clipped": pt.clip(B, -50, 50),
    "rounded": pt.round(B),
    "sign": pt.sign(B),
    "chosen by itself": pt.switch(B > 50, 0.0, B),
    "cast": pt.cast(B, "int64") * 1.0,
    "sorted": pt.sort(B),
    "largest": B.max(),
    "quotient": 1 / B,
    "product of elements": pt.prod(B),
    "indexed by itself": pt.constant(X[0])[pt.cast(pt.argmax(B), "int64")],
    "held in place": pytensor.gradient.disconnected_grad(pt.exp(B)) * B,
}


@pytest.mark.parametrize("name", LINEAR)
def test_linear(name):
    assert Degrees().of(LINEAR[name], [B]) == 1


@pytest.mark.parametrize("name", NONLINEAR)
def test_not_linear(name):
    assert Degrees().of(NONLINEAR[name], [B]) > 1


def test_degrees_add_up():
    degrees = Degrees()
    assert degrees.of(B.shape[0] + C.sum(), [B]) == 0
    assert degrees.of(B * C, [B, C]) == 2
    assert degrees.of(B * C, [B]) == 1
    assert degrees.of(B @ (X[:3] @ B) + B.sum(), [B]) == 2
    assert degrees.of((B - C) ** 2 / pt.exp(C), [B]) == 2
    assert degrees.of((B**2).sum() * B, [B]) == 3
    assert degrees.of(B**3, [B]) > 2
    assert degrees.of(pt.sqr(B @ C), [B, C]) == 4


class Wiggle(Op):
    """x + sin(x), with the derivative of x."""

    def make_node(self, x):
        return Apply(self, [x], [x.type()])

    def perform(self, _node, inputs, outputs):
        outputs[0][0] = inputs[0] + np.sin(inputs[0])

    def L_op(self, _inputs, _outputs, gradients):
        return gradients

    pullback = L_op  # as PyTensor 3 calls it


def test_a_wrong_derivative_is_seen_by_the_numbers():
    """What has the derivative of something linear passes for linear, but not the last check."""
    with pm.Model() as model:
        b = pm.Normal("b", 0, 1, shape=3)
        pm.Bernoulli("y", logit_p=X @ Wiggle()(b), observed=[0, 1, 0, 1])
    block = GaussianBlock.largest(Structure(model))
    with pytest.raises(UnsupportedModelError, match="as numbers at random points show"):
        require_density(model, block, Conditional(model, block))
