"""Laplace's approximation of additive models, nested: of coefficients given scales, and of scales.

References
----------
.. [1] H. Rue, S. Martino and N. Chopin (2009), "Approximate Bayesian inference for latent Gaussian models by
   using integrated nested Laplace approximations", JRSS B 71, 319-392, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve
from scipy.sparse import csr_array, diags_array

from polyagamma._validation.memory import require_memory
from polyagamma.mcmc.specification import Specification
from polyagamma.terms.additive import AdditiveTerm
from polyagamma.vi.additive_likelihoods import row_form
from polyagamma.vi.additive_scales import BlockScales, whole_precision
from polyagamma.vi.factors import factored
from polyagamma.vi.iterates import Iterate
from polyagamma.vi.law import NormalLaw

FloatArray = NDArray[np.float64]
MATRICES = 6  # of all coefficients
NEWTON, CLOSE = 100, 1e-9  # steps of a mode, and the decrement that ends them
STEP = 0.05  # of differences in a log standard deviation
SHIFT, MOST_HALVINGS = 0.01, 20  # standard deviations that scales still are to move at the end; of a step
MOST_MOVE = 1.0  # of a log standard deviation in a step
DRAWS = 64  # whose linear predictors are evaluated at once


class ModeAt(NamedTuple):
    """The mode of coefficients at some scales: the log of their integral, by Laplace's approximation."""

    value: float
    x: FloatArray
    factor: FloatArray


class AdditiveRows:
    """The log posterior of an additive model in its coordinates: coefficients x, then theta.

    These are the scales of blocks, and after them the extras of the likelihood.

    Parameters
    ----------
    model : Specification

    Raises
    ------
    MemoryError
        If the matrices do not fit.
    """

    streamed = False

    def __init__(self, model: Specification, term: AdditiveTerm) -> None:
        self.rows, self._offset = self, model.likelihood.offset
        self._form = row_form(model.likelihood)
        self.blocks = [BlockScales(effects) for effects in term.effects]
        self.A, fixed = term.matrix, term.fixed_prior
        n_fixed = len(fixed.mean)
        self.k = self.A.shape[1]
        self.d = sum(block.size for block in self.blocks) + self._form.extras
        self.size = self.k + self.d
        require_memory(
            8 * MATRICES * self.size**2,
            f"an approximation with {self.size} coordinates",
            "leave terms out, or use sample()",
        )
        self._fixed = np.diag(fixed.precision) if fixed.precision.ndim == 1 else fixed.precision
        self._mean = np.pad(fixed.mean, (0, self.k - n_fixed))
        self._constant = model.likelihood.log_constant() + float(term.log_normalizer())
        self._cuts = np.cumsum([0, *(block.size for block in self.blocks)]).tolist()
        self._firsts = np.cumsum([n_fixed, *(block.effects.size for block in self.blocks)])

    def split(self, theta: FloatArray) -> tuple[list[FloatArray], FloatArray]:
        """Return the scales of each block, (..., size), and the extras."""
        _, *scales, extras = np.split(theta, self._cuts, axis=-1)
        return scales, extras

    def log_prior(self, theta: FloatArray) -> FloatArray:
        """Return the log prior density of scales and extras, (...)."""
        scales, extras = self.split(theta)
        return self._form.log_prior(extras) + sum(
            block.log_prior(own) for block, own in zip(self.blocks, scales, strict=True)
        )

    def log_joint(self, draws: FloatArray) -> FloatArray:
        """Return the log joint density of data and coordinates, (s,), at draws (s, size)."""
        values = []
        for first in range(0, len(draws), DRAWS):
            x, theta = np.split(draws[first : first + DRAWS], [self.k], axis=1)
            eta = np.ascontiguousarray((self.A @ np.ascontiguousarray(x.T)).T) + self._offset
            scales, extras = self.split(theta)
            value = self._form.log_likelihood(eta, extras) + self._log_prior_of_fixed(x)
            value += self._form.log_prior(extras)
            for block, own, start in zip(self.blocks, scales, self._firsts, strict=False):
                effects = block.effects
                precision, log_determinant = block.precision(own)
                u = x[:, start : start + effects.size].reshape(len(x), effects.levels, effects.columns)
                quadratic = np.einsum("sli,sij,slj->s", u, precision, u)
                value += block.log_prior(own) + 0.5 * (effects.levels * log_determinant - quadratic)
            values.append(value)
        return np.concatenate(values) + self._constant

    def _log_prior_of_fixed(self, x: FloatArray) -> FloatArray:
        deviation = x[:, : len(self._fixed)] - self._mean[: len(self._fixed)]
        return np.asarray(-0.5 * np.einsum("si,ij,sj->s", deviation, self._fixed, deviation))

    def mode(self, theta: FloatArray, start: FloatArray) -> ModeAt:
        """Return the mode of coefficients at some scales, by Newton's method from a start."""
        scales, extras = self.split(theta)
        precision = whole_precision(self._fixed, self.blocks, scales)
        log_determinant = sum(
            block.effects.levels * float(block.precision(own)[1])
            for block, own in zip(self.blocks, scales, strict=True)
        )
        x, value = start, self._at(start, precision, extras)
        for _ in range(NEWTON):
            slope, factor = self._derivatives(x, precision, extras)
            step = cho_solve((factor, True), slope)
            decrement = float(slope @ step)
            if decrement < CLOSE:
                break
            share = 1.0
            while (reached := self._at(x + share * step, precision, extras)) < value and share > 1e-6:
                share /= 2
            x, value = x + share * step, reached
        at = value + 0.5 * log_determinant + float(self.log_prior(theta)) + self._constant
        normalizer = 0.5 * self.k * np.log(2 * np.pi) - float(np.log(factor.diagonal()).sum())
        return ModeAt(at + normalizer, x, factor)

    def _at(self, x: FloatArray, precision: csr_array, extras: FloatArray) -> float:
        deviation = x - self._mean
        log_likelihood = float(self._form.log_likelihood(self.A @ x + self._offset, extras))
        return log_likelihood - 0.5 * float(deviation @ (precision @ deviation))

    def _derivatives(
        self, x: FloatArray, precision: csr_array, extras: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the gradient at x, and the lower factor of minus the second derivatives."""
        residual, curvature = self._form.derivatives(self.A @ x + self._offset, extras)
        slope = self.A.T @ residual - precision @ (x - self._mean)
        factor = factored((self.A.T @ diags_array(curvature) @ self.A + precision).toarray())
        if factor is None:
            raise FloatingPointError(
                "the precision of the coefficients is not positive definite: scale columns to like size"
            )
        return slope, factor


class Scales(NamedTuple):
    """Derivatives of the log of the integral in the scales, and of the mode of coefficients."""

    slope: FloatArray  # (d,)
    precision: FloatArray  # (d, d): minus second derivatives, made positive definite
    moves: FloatArray  # (k, d)


def nested(rows: AdditiveRows, start: NormalLaw | None) -> Iterator[Iterate]:
    """Yield laws of coefficients and scales, at scales that come nearer to their marginal mode.

    Newton's method on the log marginal density of the scales, in logarithms of standard deviations and atanh
    of partial correlations, with derivatives by differences; it never falls. The law has coefficients whose
    mean moves with the scales as their mode does, and whose precision is that at the last ones [1]_.
    """
    x, theta = np.split(np.zeros(rows.size) if start is None else start.mean, [rows.k])
    at = rows.mode(theta, x)
    while True:
        scales = derivatives(rows, theta, at)
        step = np.linalg.solve(scales.precision, scales.slope) if rows.d else theta
        sd = np.sqrt(np.diag(np.linalg.inv(scales.precision)))
        shift = float(np.max(np.abs(step) / sd, initial=0.0))
        yield Iterate(law_of(at, theta, scales), at.value, shift, converged=shift < SHIFT)
        theta, at = uphill(rows, theta, at, step / max(1.0, np.abs(step).max(initial=0.0) / MOST_MOVE))


def uphill(rows: AdditiveRows, theta: FloatArray, at: ModeAt, step: FloatArray) -> tuple[FloatArray, ModeAt]:
    """Return scales after a step that is halved until the density does not fall."""
    for _ in range(MOST_HALVINGS):
        reached = rows.mode(theta + step, at.x)
        if reached.value >= at.value:
            return theta + step, reached
        step = step / 2
    return theta, at


def derivatives(rows: AdditiveRows, theta: FloatArray, at: ModeAt) -> Scales:
    """Return derivatives in the scales by differences."""
    d, moves = rows.d, STEP * np.eye(rows.d)
    up, down = ([rows.mode(theta + sign * move, at.x) for move in moves] for sign in (1, -1))
    slope = np.array([(high.value - low.value) / (2 * STEP) for high, low in zip(up, down, strict=True)])
    second = np.zeros((d, d))
    for i in range(d):
        second[i, i] = up[i].value + down[i].value - 2 * at.value
        for j in range(i):
            both = rows.mode(theta + moves[i] + moves[j], at.x).value
            second[i, j] = second[j, i] = both - up[i].value - up[j].value + at.value
    values, vectors = np.linalg.eigh(-second / STEP**2)
    precision = (vectors * np.maximum(np.abs(values), 1e-2)) @ vectors.T
    columns = [(high.x - low.x) / (2 * STEP) for high, low in zip(up, down, strict=True)]
    return Scales(slope, precision, np.reshape(columns, (d, rows.k)).T)


def law_of(at: ModeAt, theta: FloatArray, scales: Scales) -> NormalLaw:
    """Return the joint law: with B how the mode moves, x given theta is ``N(x + B dtheta, inv(C C'))``."""
    k, d = len(at.x), len(theta)
    factor = np.zeros((k + d, k + d))
    factor[:k, :k] = at.factor
    factor[k:, :k] = -scales.moves.T @ at.factor
    factor[k:, k:] = np.linalg.cholesky(scales.precision)
    return NormalLaw(np.concatenate([at.x, theta]), factor)
