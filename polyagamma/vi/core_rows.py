"""The log posterior of a linear model in its coordinates, and sums over its rows, by the compiled core."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polyagamma import _gibbs
from polyagamma.likelihoods.likelihood import CoreForm
from polyagamma.terms.term import LinearForm
from polyagamma.vi.factors import inverse

FloatArray = NDArray[np.float64]
NODES, SHARES = np.polynomial.hermite_e.hermegauss(20)
SHARES = SHARES / SHARES.sum()
STEP = 1e-3  # of differences in an extra, which is a logarithm


class Sums(NamedTuple):
    """A function of the coordinates, its gradient (k,), and minus its second derivatives (k, k).

    Perhaps corrections (k,) of the gradient: see `CoreRows.third_order`.
    """

    value: float
    slope: FloatArray
    precision: FloatArray
    skew: FloatArray | None = None


class PriorForm(NamedTuple):
    """The Gaussian prior of the coefficients, ``N(mean, inv(precision))``; flat in the extras."""

    mean: FloatArray  # (k,)
    precision: FloatArray  # (k, k)
    log_normalizer: float

    @classmethod
    def of(cls, linear: LinearForm, extras: int) -> PriorForm:
        """Return the prior of a linear model whose prior has no scales to sample."""
        arrays, size = linear.prior.core().arrays, len(linear.prior.mean)
        own = arrays["precision"]
        own = np.diag(own) if own.ndim == 1 else own
        precision = np.zeros((size + extras, size + extras))
        precision[:size, :size] = np.kron(arrays["between"], own) if "between" in arrays else own
        return cls(np.pad(linear.prior.mean, (0, extras)), precision, linear.prior.log_normalizer() or 0.0)


class CoreRows:
    """The log posterior of a linear model: rows of the core, and a Gaussian prior.

    Coordinates are the coefficients of the linear predictors, one predictor after the other, and the extras
    of the likelihood.

    Parameters
    ----------
    linear : LinearForm
    likelihood : CoreForm
    offset : ndarray, shape (predictors, n)
    constant : float
        What the core leaves out of the log-likelihood.
    threads : int

    Attributes
    ----------
    size, extras : int
        Numbers of coordinates, and of extras among them.
    predictors : int
    coupled : bool
        Whether the second derivatives of a row mix its linear predictors.
    """

    def __init__(
        self, linear: LinearForm, likelihood: CoreForm, offset: FloatArray, constant: float, threads: int
    ) -> None:
        rows = _gibbs.Likelihood(likelihood.name, likelihood.arrays)
        self.extras, self.predictors, self.coupled = rows.extras, rows.predictors, rows.coupled
        self.augments, self.n = rows.augments and rows.extras == 0 and not rows.coupled, rows.rows
        self._rows = _gibbs.RowSums(
            X=linear.X,
            centre=linear.centre,
            offset=np.ascontiguousarray(np.atleast_2d(offset)),
            likelihood=rows,
            intercept=linear.intercept,
            threads=threads,
        )
        self.size = self._rows.n_coefficients
        self.prior = PriorForm.of(linear, self.extras)
        self._constant = constant + self.prior.log_normalizer

    def at_point(self, x: FloatArray, part: int = 1) -> Sums:
        """Return the log joint density of data and coordinates; `part`: by one row of so many."""
        value, slope, precision = self._rows.at_point(x, True, part)
        self._bend(x, precision)
        return self._with_prior(x, value, slope, precision)

    def third_order(self, x: FloatArray, factor: FloatArray) -> Sums:
        """Return what `at_point` does, with corrections of the gradient: of its mean under ``N(x, S)``.

        They are half the contraction of the third derivatives with S, whose inverse is ``factor @ factor.T``.
        Given the extras, the coefficients have the covariance whose inverse is the leading block; a step
        along the column of S that belongs to an extra is the rest.
        """
        size = self.size - self.extras
        factors = self._row_factors(factor[:size, :size], self.coupled)
        value, slope, precision, skew = self._rows.third_order(x, factors)
        if self.extras:
            along = inverse(factor)[:, -1]
            along /= np.sqrt(along[-1])
            step = 10 * STEP
            ahead, behind = (self.slope(x + move * along) for move in (step, -step))
            skew = skew + (ahead + behind - 2 * slope) / (2 * step**2)
        self._bend(x, precision)
        return self._with_prior(x, value, slope, precision)._replace(skew=skew)

    def _bend(self, x: FloatArray, precision: FloatArray) -> None:
        """Set the derivatives in extras, which the core does not have, by differences of slopes."""
        for last in range(self.size - self.extras, self.size):
            move = np.zeros(self.size)
            move[last] = STEP
            column = (self.slope(x - move) - self.slope(x + move)) / (2 * STEP)
            precision[:, last] = precision[last] = column

    def slope(self, x: FloatArray) -> FloatArray:
        """Return the gradient of the log-likelihood, with what extras add to it."""
        return self._rows.at_point(x, False)[1]

    def mean(self, x: FloatArray, factor: FloatArray) -> Sums:
        """Return means under ``N(x, S)`` by quadrature in the linear predictors; no extras, not coupled."""
        factors = self._row_factors(factor, coupled=False)
        value, slope, precision = self._rows.mean(x, factors, NODES, SHARES)
        return self._under(x, factor, value, slope, precision)

    def polya_gamma(self, x: FloatArray, factor: FloatArray) -> Sums:
        """Return the bound of these means by Pólya-gamma variables, but for a constant: `gap` has it."""
        value, slope, precision = self._rows.polya_gamma(x, self._row_factors(factor, coupled=False))
        return self._under(x, factor, value, slope, precision)

    def gap(self) -> float:
        """Return how much larger the log-likelihood is than its Pólya-gamma form, at any point."""
        x, sharp = self.prior.mean, np.eye(self.size) * 1e100
        bound = self._rows.polya_gamma(x, self._row_factors(sharp, coupled=False))[0]
        return self._rows.at_point(x, False)[0] - bound

    def log_joint(self, draws: FloatArray) -> FloatArray:
        """Return the log joint density of data and coordinates, (s,), at draws (s, k)."""
        deviations = draws - self.prior.mean
        quadratic = np.einsum("ij,ij->i", deviations @ self.prior.precision, deviations)
        log_likelihood = self._rows.log_likelihoods(np.ascontiguousarray(draws))
        return np.asarray(log_likelihood - 0.5 * quadratic + self._constant)

    def _row_factors(self, factor: FloatArray, coupled: bool) -> FloatArray:
        """Return what gives variances of rows' linear predictors; see `_gibbs.RowSums`."""
        q = self.predictors
        if q == 1:
            return np.ascontiguousarray(factor)[np.newaxis]
        p = len(factor) // q
        blocks = inverse(factor).reshape(q, p, q, p).swapaxes(1, 2)
        covariances = []
        for k in range(q):
            for other in range(k if coupled else 0):
                pair = [k, other]
                covariances.append(blocks[np.ix_(pair, pair)].sum(axis=(0, 1)))
            covariances.append(blocks[k, k])
        return np.linalg.cholesky(np.linalg.inv(np.stack(covariances)))

    def _with_prior(self, x: FloatArray, value: float, slope: FloatArray, precision: FloatArray) -> Sums:
        deviation = x - self.prior.mean
        of_prior = self.prior.precision @ deviation
        log_prior = self._constant - 0.5 * float(deviation @ of_prior)
        return Sums(value + log_prior, slope - of_prior, precision + self.prior.precision)

    def _under(
        self, x: FloatArray, factor: FloatArray, value: float, slope: FloatArray, precision: FloatArray
    ) -> Sums:
        """Return the evidence bound of ``N(x, S)``: with the mean of the log prior, and the entropy."""
        sums = self._with_prior(x, value, slope, precision)
        trace = float(np.sum(self.prior.precision * inverse(factor)))
        entropy = 0.5 * self.size * (1 + np.log(2 * np.pi)) - float(np.log(factor.diagonal()).sum())
        return sums._replace(value=sums.value - 0.5 * trace + entropy)
