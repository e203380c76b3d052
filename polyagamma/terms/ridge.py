"""The ridge prior: coefficients that share a scale, which is sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma.likelihoods.likelihood import CoreForm
from polyagamma.terms.priors import Draws, Gaussian

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ridge:
    """Independent Gaussian priors ``N(mu, tau**2)`` with a common standard deviation that is sampled.

    ``tau`` has a half-Cauchy prior: the data decide how far coefficients are drawn towards their means, as
    cross-validation decides it for a penalty. It is in the trace as ``tau``.

    Parameters
    ----------
    scale : float, default 1
        Median of the prior of tau, positive and finite.
    mu : float or array_like, shape (n_features,), default 0
        Means.
    standardized : bool, default True
        Whether the prior is on the coefficients of the standardized predictors ``(x - mean) / sd``, so that
        one scale suits all, or on those of X as given; see `Normal`.

    Notes
    -----
    Given the coefficients tau is drawn as a mixture of inverse gamma variables [1]_. That mixes slowly where
    the data want all coefficients to vanish: a run then warns.

    References
    ----------
    .. [1] M. P. Wand, J. T. Ormerod, S. A. Padoan and R. Frühwirth (2011), "Mean field variational Bayes for
       elaborate distributions", Bayesian Analysis 6, 847-900, result 5.

    Examples
    --------
    >>> from polyagamma.terms.ridge import Ridge
    >>> Ridge(0.5)
    Ridge(scale=0.5, mu=0.0, standardized=True)
    """

    scale: float = 1.0
    mu: ArrayLike = 0.0
    standardized: bool = True

    def gaussian(self, name: str, scale: FloatArray) -> Gaussian:
        """Return the prior at ``tau = 1`` of the coefficients of predictors with standard deviations `scale`.

        Raises
        ------
        TypeError, ValueError
            If mu is not real and finite or has another shape, or the scale is not positive and finite.
        """
        checks.require_proper_sigma(f"{name}.scale", checks.per_feature(f"{name}.scale", self.scale, 1))
        mu = checks.per_feature(f"{name}.mu", self.mu, len(scale))
        unit = scale if self.standardized else np.ones_like(scale)
        return Gaussian(mu / unit, unit**2)

    def joint(self, gaussian: Gaussian, n_features: int) -> SharedScale:
        """Return the prior of all coefficients, the last `n_features` of which share the scale."""
        shrunk = np.arange(len(gaussian.mean)) >= len(gaussian.mean) - n_features
        return SharedScale(gaussian, shrunk, float(self.scale))


@dataclass(frozen=True)
class SharedScale:
    """A Gaussian prior of which some coefficients have their standard deviations multiplied by tau.

    Attributes
    ----------
    gaussian : Gaussian
        At ``tau = 1``, with a diagonal precision.
    shrunk : ndarray of bool, shape (p,)
    scale : float
        Of the half-Cauchy prior of tau.
    """

    gaussian: Gaussian
    shrunk: NDArray[np.bool_]
    scale: float
    scales = ("tau",)
    n_parameters = 2  # tau, and the auxiliary variable of the mixture

    @property
    def mean(self) -> FloatArray:
        """Prior means, (p,)."""
        return self.gaussian.mean

    def core(self) -> CoreForm:
        """See `CoefficientPrior`."""
        shrunk, scale = self.shrunk.astype(np.float64), np.array([self.scale])
        return CoreForm("ridge", {**self.gaussian._asdict(), "shrunk": shrunk, "scale": scale})

    def arrays(self) -> list[FloatArray]:
        """See `CoefficientPrior`."""
        return list(self.core().arrays.values())

    def log_normalizer(self) -> None:
        """See `CoefficientPrior`: ``lp`` is only up to a constant."""

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> Draws:
        """See `CoefficientPrior`."""
        tau = self.scale * np.abs(rng.standard_cauchy(size))
        coefficients, _ = self.gaussian.draw(rng, size)
        spread = np.where(self.shrunk, tau[..., np.newaxis], 1.0)
        return Draws(self.mean + spread * (coefficients - self.mean), {"tau": tau})
