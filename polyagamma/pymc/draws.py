"""Draws of Gaussian blocks by Pólya-gamma data augmentation."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.special import logsumexp

from polyagamma.pymc.conditional import Factors
from polyagamma.pymc.observed import Observed
from polyagamma.pymc.refusal import UnsupportedModelError
from polyagamma.random import random_polyagamma

FloatArray = NDArray[np.float64]


class Augmentation(Protocol):
    """A likelihood whose coefficients are drawn given Pólya-gamma variables."""

    def draw(self, rng: np.random.Generator, factors: Factors, b: FloatArray) -> tuple[FloatArray, float]:
        """Return coefficients after those given, (p,), and the log-likelihood there but for a constant."""


class BinomialRows:
    """Successes in trials, or negative binomial counts [1]_.

    Rows have the likelihood ``exp(y psi) / (1 + exp(psi))**h``, which is Gaussian in psi given
    ``omega ~ PG(h, psi)``: proportional to ``exp((y - h/2) psi - omega psi**2 / 2)``.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott and J. Windle (2013), "Bayesian inference for logistic models using
       Pólya-Gamma latent variables", JASA 108, 1339-1349, theorem 1 and section 3.3.
    """

    def __init__(self, likelihood: Observed) -> None:
        self._y, self._trials, self._relative = likelihood.y, likelihood.trials, likelihood.relative

    def draw(self, rng: np.random.Generator, factors: Factors, b: FloatArray) -> tuple[FloatArray, float]:
        """See `Augmentation`."""
        h, offset = self._trials, factors.offset
        if h is None:  # counts: psi is the log of their mean over the dispersion
            h = self._y + factors.dispersion
            offset = offset if self._relative else offset - np.log(factors.dispersion)
        omega = augmented(rng, h, b @ factors.design + offset)
        weighted = factors.design * omega
        precision = factors.precision + weighted @ factors.design.T
        shift = factors.shift + factors.design @ (self._y - h / 2 - omega * offset)
        b = gaussian(rng, precision, shift)
        psi = b @ factors.design + offset
        return b, float(self._y @ psi - h @ np.logaddexp(0.0, psi))


class ClassRows:
    """Counts of classes, whose coefficients are drawn class by class [1]_.

    Given the predictors of the other classes, counts of class k are binomial with the log odds
    ``eta_k - log(sum of exp(eta_j) over j != k)``.

    References
    ----------
    .. [1] Polson, Scott and Windle (2013), supplement, S6.3.
    """

    def __init__(self, likelihood: Observed, members: list[NDArray[np.intp]]) -> None:
        self._y, self._trials, self._members = likelihood.y, likelihood.trials, members

    def draw(self, rng: np.random.Generator, factors: Factors, b: FloatArray) -> tuple[FloatArray, float]:
        """See `Augmentation`."""
        assert self._trials is not None
        b = b.copy()
        eta = np.tensordot(b, factors.design, 1) + factors.offset
        for k, own in enumerate(self._members):
            if own.size == 0:
                continue
            design = factors.design[own, :, k]
            others = logsumexp(np.delete(eta, k, axis=1), axis=1)
            omega = augmented(rng, self._trials, eta[:, k] - others)
            offset = factors.offset[:, k] - others
            likelihood = design @ (self._y[:, k] - self._trials / 2 - omega * offset)
            precision = factors.precision[np.ix_(own, own)] + (design * omega) @ design.T
            b[own] = gaussian(rng, precision, prior_shift(factors, b, own) + likelihood)
            eta[:, k] = b[own] @ design + factors.offset[:, k]
        if (own := _rest(b, self._members)).size:  # parents of the others, in no predictor
            b[own] = gaussian(rng, factors.precision[np.ix_(own, own)], prior_shift(factors, b, own))
        return b, float((self._y * eta).sum() - self._trials @ logsumexp(eta, axis=1))


def members_of_classes(design: FloatArray, names: list[str], rv_name: str) -> list[NDArray[np.intp]]:
    """Return which coefficients each class has, from the design (p, n, K) at values in general position.

    Raises
    ------
    UnsupportedModelError
        If a coefficient has a part in several classes.
    """
    taken = (design != 0).any(axis=1)
    shared = np.flatnonzero(taken.sum(axis=1) > 1)
    if shared.size:
        raise UnsupportedModelError(
            f"{names[shared[0]]!r} enters the log odds of several classes of {rv_name!r} at once: a "
            "Pólya-gamma form needs coefficients of their own for each class"
        )
    return [np.flatnonzero(taken[:, k]) for k in range(design.shape[2])]


def augmented(rng: np.random.Generator, h: FloatArray, psi: FloatArray) -> FloatArray:
    """Return Pólya-gamma variables of rows; those without trials have none."""
    omega = np.zeros_like(psi)
    some = np.broadcast_to(h > 0, psi.shape)
    omega[some] = random_polyagamma(np.broadcast_to(h, psi.shape)[some], psi[some], random_state=rng)
    return omega


def prior_shift(factors: Factors, b: FloatArray, own: NDArray[np.intp]) -> FloatArray:
    """Return the shift of the prior of some coefficients given the others."""
    rows = factors.precision[own]
    return np.asarray(factors.shift[own] - rows @ b + rows[:, own] @ b[own])


def gaussian(rng: np.random.Generator, precision: FloatArray, shift: FloatArray) -> FloatArray:
    """Return a draw from N(precision^-1 shift, precision^-1)."""
    root = cholesky(precision, lower=True, check_finite=False)
    noise = rng.standard_normal(len(shift))
    return np.asarray(
        cho_solve((root, True), shift, check_finite=False)
        + solve_triangular(root, noise, lower=True, trans="T", check_finite=False)
    )


def _rest(b: FloatArray, members: list[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.setdiff1d(np.arange(len(b)), np.concatenate(members))
