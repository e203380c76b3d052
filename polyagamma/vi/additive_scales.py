"""Log standard deviations and correlations of the blocks of an additive model, and the priors they make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array, eye_array, kron

from polyagamma.terms.effects import Effects
from polyagamma.terms.scale_priors import SdPrior
from polyagamma.vi.partial_correlations import (
    correlations_of,
    factor_of_partials,
    inverse_of_lower,
    lkj_powers,
    log_left,
)

FloatArray = NDArray[np.float64]


class BlockScales:
    """Coordinates of one block: logarithms of its standard deviations, then atanh of partial correlations.

    These are in the core's order; see `partial_correlations`.

    Parameters
    ----------
    effects : Effects
    """

    def __init__(self, effects: Effects) -> None:
        self.effects, self.size = effects, effects.n_scales

    def natural(self, theta: FloatArray) -> FloatArray:
        """Return standard deviations and correlations (..., size)."""
        q = self.effects.columns
        sds = np.exp(theta[..., :q])
        if not self.effects.pairs:
            return np.asarray(sds)
        return np.concatenate([sds, correlations_of(factor_of_partials(theta[..., q:], q))], axis=-1)

    def precision(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the inverse covariance (..., q, q) of a level's effects, and its log determinant."""
        q = self.effects.columns
        log_determinant = -2 * theta[..., :q].sum(axis=-1)
        whitening = np.exp(-theta[..., :q])[..., np.newaxis, :] * np.eye(q)
        if self.effects.pairs:
            whitening = inverse_of_lower(factor_of_partials(theta[..., q:], q)) @ whitening
            log_determinant = log_determinant - log_left(theta[..., q:]).sum(axis=-1)
        return np.swapaxes(whitening, -1, -2) @ whitening, log_determinant

    def log_prior(self, theta: FloatArray) -> FloatArray:
        """Return the log density of the coordinates, Jacobians included, without normalisers."""
        q = self.effects.columns
        total, sds = theta[..., :q].sum(axis=-1), np.exp(theta[..., :q])
        for column, prior in enumerate(self.effects.sd_priors):
            total = total + log_density(prior, sds[..., column])
        if self.effects.pairs:
            assert self.effects.lkj is not None
            total = total + log_left(theta[..., q:]) @ lkj_powers(self.effects.lkj.eta, q)
        return np.asarray(total)


def log_density(prior: SdPrior, sd: FloatArray) -> FloatArray:
    """Return the log density of a standard deviation, less that at 0."""
    ratio = sd / prior.scale
    if prior.name == "half_normal":
        return np.asarray(-0.5 * ratio**2)
    if prior.name == "exponential":
        return np.asarray(-ratio)
    return np.asarray(-0.5 * (prior.df + 1) * np.log1p(ratio**2 / prior.df))


def whole_precision(fixed: FloatArray, blocks: list[BlockScales], theta: list[FloatArray]) -> csr_array:
    """Return the prior precision of all coefficients; `fixed`: that of fixed effects, (p, p)."""
    parts = [csr_array(fixed)] if len(fixed) else []
    for block, own in zip(blocks, theta, strict=True):
        parts.append(csr_array(kron(eye_array(block.effects.levels), block.precision(own)[0])))
    return csr_array(block_diag(parts))
