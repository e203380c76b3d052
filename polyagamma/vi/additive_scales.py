"""Log standard deviations and correlations of the blocks of an additive model, and the priors they make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array, eye_array, kron

from polyagamma.terms.effects import Effects
from polyagamma.terms.scale_priors import SdPrior

FloatArray = NDArray[np.float64]


class BlockScales:
    """Coordinates of one block: the logarithms of its standard deviations, then atanh of its correlation.

    Parameters
    ----------
    effects : Effects
        With correlations of at most two columns: of more, atanh of each is no coordinate.
    """

    def __init__(self, effects: Effects) -> None:
        if len(effects.pairs) > 1:
            raise ValueError(
                f"fit() needs correlations of at most two columns, got {list(effects.pairs)} of "
                f"{effects.correlation!r}: leave correlations out of the model, or use sample()"
            )
        self.effects, self.size = effects, effects.n_scales

    def natural(self, theta: FloatArray) -> FloatArray:
        """Return standard deviations and correlations (..., size)."""
        q = self.effects.columns
        return np.concatenate([np.exp(theta[..., :q]), np.tanh(theta[..., q:])], axis=-1)

    def precision(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the inverse covariance (..., q, q) of a level's effects, and its log determinant."""
        q, values = self.effects.columns, self.natural(theta)
        scale = 1 / values[..., :q]
        log_determinant = -2 * theta[..., :q].sum(axis=-1)
        inverse = np.zeros((*theta.shape[:-1], q, q)) + np.eye(q)
        if self.effects.pairs:
            rho = values[..., q]
            inverse[..., 0, 1] = inverse[..., 1, 0] = -rho
            inverse /= (1 - rho**2)[..., np.newaxis, np.newaxis]
            log_determinant = log_determinant - np.log1p(-(rho**2))
        return inverse * scale[..., :, np.newaxis] * scale[..., np.newaxis, :], log_determinant

    def log_prior(self, theta: FloatArray) -> FloatArray:
        """Return the log density of the coordinates, Jacobians included, without normalisers."""
        q, values = self.effects.columns, self.natural(theta)
        total = theta[..., :q].sum(axis=-1)
        for column, prior in enumerate(self.effects.sd_priors):
            total = total + log_density(prior, values[..., column])
        if self.effects.pairs:
            assert self.effects.lkj is not None
            total = total + self.effects.lkj.eta * np.log1p(-(values[..., q] ** 2))
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
