"""Gaussian priors of regression coefficients: what the user writes, and the arrays it stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import block_diag, cho_factor, cho_solve

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma.likelihoods.likelihood import CoreForm

FloatArray = NDArray[np.float64]


class Draws(NamedTuple):
    """Draws of a prior: coefficients (..., p), and what is sampled of the prior itself, by name."""

    coefficients: FloatArray
    scales: dict[str, FloatArray]


class CoefficientPrior(Protocol):
    """A prior of coefficients that is Gaussian given its scales, as arrays."""

    @property
    def mean(self) -> FloatArray:
        """Prior means, (p,)."""

    @property
    def scales(self) -> Mapping[str, tuple[str, ...]]:
        """Names of what is sampled of the prior itself, and its dimensions."""

    @property
    def coords(self) -> dict[str, list[Any]]:
        """Labels of dimensions that only they have."""

    @property
    def n_parameters(self) -> int:
        """How many numbers the core tells of it in a draw."""

    def named(self, parameters: FloatArray) -> dict[str, FloatArray]:
        """Return `scales`, given these numbers (..., n_parameters)."""

    def core(self) -> CoreForm:
        """Return the core's prior."""

    def arrays(self) -> list[FloatArray]:
        """Return the arrays that tell it from others."""

    def log_normalizer(self) -> float | None:
        """Return the log of the density at the means; None if the core leaves out other constants too."""

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> Draws:
        """Return draws of that shape."""


class Gaussian(NamedTuple):
    """A Gaussian prior as arrays; see `CoefficientPrior`."""

    mean: FloatArray  # (p,)
    precision: FloatArray  # (p,): its diagonal, or (p, p)

    @property
    def scales(self) -> Mapping[str, tuple[str, ...]]:
        """See `CoefficientPrior`: nothing is sampled."""
        return {}

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `CoefficientPrior`."""
        return {}

    @property
    def n_parameters(self) -> int:
        """See `CoefficientPrior`."""
        return 0

    def named(self, parameters: FloatArray) -> dict[str, FloatArray]:  # noqa: ARG002
        """See `CoefficientPrior`."""
        return {}

    def core(self) -> CoreForm:
        """See `CoefficientPrior`."""
        return CoreForm("gaussian", self._asdict())

    def arrays(self) -> list[FloatArray]:
        """See `CoefficientPrior`."""
        return list(self)

    def log_normalizer(self) -> float:
        """Log of the density at the mean: ``log|precision| / 2 - p log(2 pi) / 2``."""
        diagonal = self.precision.ndim == 1
        log_det = np.log(self.precision).sum() if diagonal else np.linalg.slogdet(self.precision)[1]
        return float(0.5 * (log_det - len(self.mean) * np.log(2 * np.pi)))

    def standard_deviations(self) -> FloatArray:
        """Return the marginal standard deviations, (p,)."""
        if self.precision.ndim == 1:
            return np.asarray(self.precision**-0.5)
        return np.asarray(np.sqrt(np.diag(np.linalg.inv(self.precision))))

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> Draws:
        """See `CoefficientPrior`."""
        noise = rng.standard_normal((*size, len(self.mean)))
        if self.precision.ndim == 1:
            return Draws(self.mean + noise / np.sqrt(self.precision), {})
        root = np.linalg.inv(np.linalg.cholesky(self.precision))  # root.T @ root = inv(precision)
        return Draws(self.mean + noise @ root, {})


def join(first: Gaussian, second: Gaussian) -> Gaussian:
    """Return the joint prior of two independent blocks of coefficients."""
    mean = np.concatenate([first.mean, second.mean])
    if first.precision.ndim == second.precision.ndim == 1:
        return Gaussian(mean, np.concatenate([first.precision, second.precision]))
    return Gaussian(mean, block_diag(_full(first.precision), _full(second.precision)))


def _full(precision: FloatArray) -> FloatArray:
    return np.diag(precision) if precision.ndim == 1 else precision


@public
@dataclass(frozen=True, eq=False)
class Normal:
    """Independent Gaussian priors ``N(mu, sigma**2)``.

    Parameters
    ----------
    mu : float or array_like, shape (n_features,), default 0
        Means.
    sigma : float or array_like, shape (n_features,), default 2.5
        Standard deviations, positive and finite.
    standardized : bool, default False
        False: the prior is exactly ``N(mu, sigma**2)`` on the coefficients of X as given, and on the
        intercept as given (the value of eta at ``x = 0``). True: it is on the coefficients of the
        standardized predictors ``(x - mean) / sd``, so the coefficient of predictor j as given has the prior
        ``N(mu / sd_j, (sigma / sd_j)**2)``; and for the intercept it is on the value of eta at the
        predictors' means. Means and standard deviations weigh every row by its trials times its weight, so
        that aggregated and single rows of the same data have the same prior.

    Examples
    --------
    >>> from polyagamma import Normal
    >>> Normal(0, 1)
    Normal(mu=0, sigma=1, standardized=False)
    """

    mu: ArrayLike = 0.0
    sigma: ArrayLike = 2.5
    standardized: bool = False

    def gaussian(self, name: str, scale: FloatArray) -> Gaussian:
        """Return the prior of the coefficients of predictors with standard deviations `scale`.

        Parameters
        ----------
        name : str
            The argument's name, for messages.
        scale : ndarray, shape (p,)

        Raises
        ------
        TypeError, ValueError
            If mu or sigma is not real and finite, sigma not positive, or their shapes do not fit.
        """
        mu = checks.per_feature(f"{name}.mu", self.mu, len(scale))
        sigma = checks.sigma(f"{name}.sigma", self.sigma, len(scale))
        unit = scale if self.standardized else np.ones_like(scale)
        return Gaussian(mu / unit, (unit / sigma) ** 2)

    def joint(self, gaussian: Gaussian, _setting: object) -> Gaussian:
        """Return the prior of all coefficients, given that at unit scale."""
        return gaussian


@public
@dataclass(frozen=True, eq=False)
class MvNormal:
    """A joint Gaussian prior of all coefficients of X as given (without the intercept).

    Parameters
    ----------
    mu : float or array_like, shape (n_features,), default 0
        Mean.
    cov, tau : array_like, shape (n_features, n_features)
        Covariance or precision matrix: give one of the two. Symmetric and positive definite.

    Notes
    -----
    For a prior that correlates the intercept with coefficients, give X a column of ones and pass
    ``intercept=False``.
    """

    mu: ArrayLike = 0.0
    cov: ArrayLike | None = None
    tau: ArrayLike | None = None

    def gaussian(self, name: str, scale: FloatArray) -> Gaussian:
        """Return the prior of ``len(scale)`` coefficients; the scales themselves play no part.

        Raises
        ------
        TypeError, ValueError
            If not exactly one of cov and tau is given, or it is not symmetric positive definite, or shapes do
            not fit.
        """
        mu = checks.per_feature(f"{name}.mu", self.mu, len(scale))
        if (self.cov is None) == (self.tau is None):
            raise ValueError(f"{name} needs exactly one of cov and tau: pass MvNormal(mu, cov=...)")
        if self.tau is not None:
            return Gaussian(mu, checks.positive_definite(f"{name}.tau", self.tau, len(scale)))
        assert self.cov is not None
        cov = checks.positive_definite(f"{name}.cov", self.cov, len(scale))
        tau = cho_solve(cho_factor(cov), np.eye(len(scale)))
        return Gaussian(mu, 0.5 * (tau + tau.T))

    def joint(self, gaussian: Gaussian, _setting: object) -> Gaussian:
        """Return the prior of all coefficients, given that at unit scale."""
        return gaussian


def extreme_scale(prior: Gaussian, sd: FloatArray, names: Sequence[str]) -> str | None:
    """Return what to tell the user if the prior's scale is far from that of the predictors, `sd`."""
    effect = sd * prior.standard_deviations()
    worst = int(np.argmax(np.abs(np.log(effect))))
    if 1e-3 < effect[worst] < 1e3:
        return None
    return (
        "the prior's standard deviation of the change of the log odds by one standard deviation of "
        f"{names[worst]!r} is {effect[worst]:.2g}"
    )


Prior = Normal | MvNormal

DEFAULT_PRIOR = Normal(0.0, 2.5, standardized=True)
DEFAULT_INTERCEPT_PRIOR = Normal(0.0, 10.0, standardized=True)
