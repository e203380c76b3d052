"""The log posterior of a linear model in its coordinates, and sums over its rows, by the compiled core."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from polyagamma import _gibbs
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.terms.term import LinearForm
from polyagamma.vi.dispersion import at_known, means
from polyagamma.vi.factors import inverse
from polyagamma.vi.normal_rules import normal_rule, one_by_one

FloatArray = NDArray[np.float64]
Found = tuple[float, FloatArray, FloatArray]
FoundThird = tuple[float, FloatArray, FloatArray, FloatArray]
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


class RowSource(Protocol):
    """Rows of a linear model whose sums can be made; see `_gibbs.RowSums` for the methods.

    Attributes
    ----------
    size, extras : int
        Numbers of coordinates, and of extras among them.
    predictors : int
    coupled : bool
        Whether the second derivatives of a row mix its linear predictors.
    augments : bool
        Whether a row is Gaussian given Pólya-gamma variables, with nothing but its predictors unknown.
    streamed : bool
        Whether rows are others than those of the model.
    """

    size: int
    extras: int
    predictors: int
    coupled: bool
    augments: bool
    streamed: bool

    @property
    def n(self) -> int:
        """Number of rows."""

    @property
    def constant(self) -> float:
        """What the log-likelihood leaves out."""

    def at_point(self, beta: FloatArray, weigh: bool = True, part: int = 1) -> Found:
        """Return the log-likelihood and its derivatives."""

    def third_order(self, beta: FloatArray, factors: FloatArray) -> FoundThird:
        """Return these, and corrections of the gradient."""

    def mean(self, beta: FloatArray, factors: FloatArray, nodes: FloatArray, shares: FloatArray) -> Found:
        """Return their means under normal laws."""

    def polya_gamma(self, beta: FloatArray, factors: FloatArray) -> Found:
        """Return bounds of these means."""

    def log_likelihoods(self, betas: FloatArray) -> FloatArray:
        """Return log-likelihoods at many points."""


class RowsInMemory(_gibbs.RowSums):
    """Rows in memory; see `RowSource`.

    Parameters
    ----------
    linear : LinearForm
    X : ndarray, shape (n, p)
        Of these rows.
    likelihood : Likelihood
    offset : ndarray, shape (predictors, n)
    threads : int
    """

    streamed = False

    def __init__(
        self, linear: LinearForm, X: FloatArray, likelihood: Likelihood, offset: FloatArray, threads: int
    ) -> None:
        core = likelihood.core()
        assert core is not None
        rows = _gibbs.Likelihood(core.name, core.arrays)
        super().__init__(
            X=X,
            centre=linear.centre,
            offset=np.ascontiguousarray(np.atleast_2d(offset)),
            likelihood=rows,
            intercept=linear.intercept,
            threads=threads,
        )
        self.extras, self.predictors, self.coupled = rows.extras, rows.predictors, rows.coupled
        self.augments, self.n = rows.augments and rows.extras == 0 and not rows.coupled, rows.rows
        self.size, self.constant = self.n_coefficients, likelihood.log_constant()
        self._parts = (linear, X, likelihood, offset, threads)

    def at_extra(self, value: float) -> RowsInMemory | None:
        """Return the rows at a known value of their only extra, if they have one."""
        linear, X, likelihood, offset, threads = self._parts
        known = at_known(likelihood, value)
        return None if known is None else RowsInMemory(linear, X, known, offset, threads)


class CoreRows:
    """The log posterior of a linear model: rows, and a Gaussian prior.

    Coordinates are the coefficients of the linear predictors, one predictor after the other, and the extras
    of the likelihood.

    Parameters
    ----------
    linear : LinearForm
    rows : RowSource
    """

    def __init__(self, linear: LinearForm, rows: RowSource) -> None:
        self.rows = rows
        self.size, self.extras = rows.size, rows.extras
        self.prior = PriorForm.of(linear, rows.extras)

    def at_point(self, x: FloatArray, part: int = 1) -> Sums:
        """Return the log joint density of data and coordinates; `part`: by one row of so many."""
        value, slope, precision = self.rows.at_point(x, True, part)
        self._bend(x, precision)
        return self._with_prior(x, value, slope, precision)

    def third_order(self, x: FloatArray, factor: FloatArray) -> Sums:
        """Return what `at_point` does, with corrections of the gradient: of its mean under ``N(x, S)``.

        They are half the contraction of the third derivatives with S, whose inverse is ``factor @ factor.T``.
        Given the extras, the coefficients have the covariance whose inverse is the leading block; a step
        along the column of S that belongs to an extra is the rest.
        """
        size = self.size - self.extras
        factors = self._row_factors(factor[:size, :size], self.rows.coupled)
        value, slope, precision, skew = self.rows.third_order(x, factors)
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

    def _constant(self) -> float:
        return self.rows.constant + self.prior.log_normalizer

    def slope(self, x: FloatArray) -> FloatArray:
        """Return the gradient of the log-likelihood, with what extras add to it."""
        return self.rows.at_point(x, False)[1]

    def mean(self, x: FloatArray, factor: FloatArray) -> Sums:
        """Return means under ``N(x, S)`` by quadrature in the linear predictors of each row."""
        if self.extras:
            return self._under(x, factor, *self._mean_with_extra(x, factor))
        rows = self.rows
        nodes, shares = normal_rule(rows.predictors) if rows.coupled else one_by_one(rows.predictors)
        return self._under(x, factor, *rows.mean(x, self._row_factors(factor, rows.coupled), nodes, shares))

    def _mean_with_extra(self, x: FloatArray, factor: FloatArray) -> Found:
        """Return these of a likelihood with one extra, by quadrature in that too."""
        rows = self.rows
        assert isinstance(rows, RowsInMemory)
        given = self._row_factors(factor[:-1, :-1], coupled=False)

        def inner(at: FloatArray) -> Found:
            known = rows.at_extra(at[-1])
            assert known is not None
            beta = np.ascontiguousarray(at[:-1])
            value, slope, precision = known.mean(beta, given, *one_by_one(1))
            of_extra = rows.at_point(at, False)[0] - known.at_point(beta, False)[0]
            return value + of_extra, slope, precision

        return means(x, inverse(factor), inner)

    def polya_gamma(self, x: FloatArray, factor: FloatArray) -> Sums:
        """Return the bound of these means by Pólya-gamma variables, but for a constant: `gap` has it."""
        value, slope, precision = self.rows.polya_gamma(x, self._row_factors(factor, coupled=False))
        return self._under(x, factor, value, slope, precision)

    def gap(self) -> float:
        """Return how much larger the log-likelihood is than its Pólya-gamma form, at any point."""
        x, sharp = self.prior.mean, np.eye(self.size) * 1e100
        bound = self.rows.polya_gamma(x, self._row_factors(sharp, coupled=False))[0]
        return self.rows.at_point(x, False)[0] - bound

    def log_joint(self, draws: FloatArray) -> FloatArray:
        """Return the log joint density of data and coordinates, (s,), at draws (s, k)."""
        deviations = draws - self.prior.mean
        quadratic = np.einsum("ij,ij->i", deviations @ self.prior.precision, deviations)
        log_likelihood = self.rows.log_likelihoods(np.ascontiguousarray(draws))
        return np.asarray(log_likelihood - 0.5 * quadratic + self._constant())

    def _row_factors(self, factor: FloatArray, coupled: bool) -> FloatArray:
        """Return what gives variances of rows' linear predictors; see `_gibbs.RowSums`."""
        q = self.rows.predictors
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
        log_prior = self._constant() - 0.5 * float(deviation @ of_prior)
        return Sums(value + log_prior, slope - of_prior, precision + self.prior.precision)

    def _under(
        self, x: FloatArray, factor: FloatArray, value: float, slope: FloatArray, precision: FloatArray
    ) -> Sums:
        sums = self._with_prior(x, value, slope, precision)
        return sums._replace(value=self.under(x, factor, value))

    def under(self, x: FloatArray, factor: FloatArray, value: float) -> float:
        """Return the evidence bound of ``N(x, S)``, given the rows' part of it."""
        deviation = x - self.prior.mean
        quadratic = float(deviation @ self.prior.precision @ deviation)
        trace = float(np.sum(self.prior.precision * inverse(factor)))
        entropy = 0.5 * self.size * (1 + np.log(2 * np.pi)) - float(np.log(factor.diagonal()).sum())
        return float(value + self._constant() - 0.5 * (quadratic + trace) + entropy)
