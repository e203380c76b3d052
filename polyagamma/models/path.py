"""Posterior modes of the lasso and of bridges for a path of scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import shrinkage as shrinkage_checks
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.rounds import one_blas_thread
from polyagamma.mcmc.settings import available_cores
from polyagamma.models.model import Model
from polyagamma.terms.linear import LinearTerm
from polyagamma.terms.local_scales import LAPLACE
from polyagamma.terms.shrunk import Shrunk
from polyagamma.terms.sparse_predictors import is_sparse
from polyagamma.terms.term import LinearForm
from polyagamma.vi.core_rows import RowsInMemory
from polyagamma.vi.lasso import Mask, bridge_mode, weighted_lasso

FloatArray = NDArray[np.float64]
VALUES, MOST_VALUES = 50, 300  # of tau
RANGE, RANGE_OF_WIDE = 1e3, 1e2  # of tau; with more columns than rows


def map_path(model: Model, taus: ArrayLike | None = None) -> xr.Dataset:
    r"""Return posterior modes under `Laplace` or `Bridge` for a path of values of ``tau``.

    They maximise, local scales integrated out,

    .. math::
        \ell(\beta) - \sum_j \left|\frac{u_j \beta_j}{\tau}\right|^a

    and the log density of the normal priors of intercept and columns that are not shrunk, with the units
    :math:`u_j` of the prior (standard deviations of columns, 1 with ``standardized=False``): the lasso, and
    bridge estimates. No draws are made, and there is no measure of uncertainty: `sample` has that.

    Parameters
    ----------
    model : PolyaGammaLogistic, PolyaGammaMultinomial or PolyaGammaSequential
        With the prior `Laplace`, or `Bridge` with an exponent below 1. All groups of columns have the same
        tau here.
    taus : array_like, optional
        Positive values of tau. By default about 50, from the one at which no coefficient is left upwards.

    Returns
    -------
    Dataset
        For each value of ``tau``, in descending order: ``beta`` (tau, feature) and ``intercept`` (tau), of
        classes too where they have coefficients of their own; ``log_likelihood`` and ``n_nonzero``, of
        coefficients that are shrunk.

    Raises
    ------
    TypeError
        If the model has another prior.
    ValueError
        If taus are not positive, X is sparse, or the likelihood has parameters of its own.
    FloatingPointError
        If a search does not end.

    Notes
    -----
    The lasso's posterior has one mode, found by Newton steps of the coefficients that are not zero [1]_. A
    bridge with an exponent below 1 has many. The path goes from the lasso's mode at the largest tau down,
    each mode found from the last one by lassos with the slopes of the penalty for weights [2]_: a coefficient
    that has become zero stays zero. The mode of coefficients and scales together is another thing, and
    degenerate.

    References
    ----------
    .. [1] G. Andrew and J. Gao (2007), "Scalable training of L1-regularized log-linear models", ICML 24,
       33-40.
    .. [2] H. Zou and R. Li (2008), "One-step sparse estimates in nonconcave penalized likelihood models",
       Annals of Statistics 36, 1509-1533.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import Laplace, PolyaGammaLogistic, map_path
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((200, 5))
    >>> y = rng.random(200) < 1 / (1 + np.exp(-2 * X[:, 0]))
    >>> path = map_path(PolyaGammaLogistic(X, y, prior=Laplace()))
    >>> np.flatnonzero(path["beta"].sel(tau=0.05, method="nearest")).tolist()
    [0]
    """
    term = model._specification.term
    prior = term.prior if isinstance(term, LinearTerm) else None
    if not isinstance(prior, Shrunk) or prior.local.name not in ("laplace", "bridge"):
        raise shrinkage_checks.no_path(model)
    assert isinstance(term, LinearTerm)
    exponent = 1.0 if prior.local is LAPLACE else prior.local.shape
    if exponent > 1:
        raise ValueError(
            f"prior must be Laplace(), or Bridge with an exponent below 1, for map_path, got {exponent}: no "
            "coefficient is zero beyond; use sample()"
        )
    given = None if taus is None else shrinkage_checks.scales("taus", taus)
    objective = _Objective.of(model, term, prior)
    with one_blas_thread():
        if exponent == 1:
            modes = list(_lassos(objective, given))[::-1]
        else:
            modes = list(_bridges(objective, exponent, given))
    return _told(term, objective, modes)


@dataclass(frozen=True)
class _Mode:
    tau: float
    x: FloatArray
    log_likelihood: float


@dataclass(frozen=True)
class _Objective:
    """The log-likelihood and what is normal of the prior; units of coefficients that are shrunk, else 0."""

    linear: LinearForm
    likelihood: Likelihood
    offset: FloatArray
    rows: RowsInMemory
    normal: FloatArray  # precisions, 0 of coefficients that are shrunk
    unit: FloatArray

    @classmethod
    def of(cls, model: Model, term: LinearTerm, prior: Shrunk) -> _Objective:
        likelihood, linear = model._specification.likelihood, term.linear()
        if is_sparse(linear.X):
            raise ValueError("map_path needs dense predictors, got a sparse X: pass X.toarray()")
        precision = np.tile(prior.gaussian.precision, linear.predictors)
        shrunk = np.tile(prior.group >= 0, linear.predictors)
        offset = likelihood.offset + term.known
        rows = RowsInMemory(linear, linear.X, likelihood, offset, available_cores())
        if rows.extras:
            raise ValueError(
                f"model must have no parameters beside coefficients, got {type(model).__name__} with a "
                "dispersion to sample: pass a number for dispersion_prior, or use sample()"
            )
        normal, unit = np.where(shrunk, 0.0, precision), np.where(shrunk, precision**0.5, 0.0)
        return cls(linear, likelihood, offset, rows, normal, unit)

    def at(self, x: FloatArray) -> tuple[float, FloatArray]:
        """See `Smooth`."""
        value, slope, _ = self.rows.at_point(x, False)
        deviation = x - self.linear.prior.mean
        of_prior = self.normal * deviation
        return value - 0.5 * float(of_prior @ deviation), slope - of_prior

    def precision(self, x: FloatArray, moving: Mask) -> FloatArray:
        """See `Smooth`: of rows without the columns that have no coefficient."""
        q, linear = self.linear.predictors, self.linear
        needed: Mask = np.any(moving.reshape(q, -1), axis=0)
        before = int(linear.intercept)
        needed[:before] = True
        columns = needed[before:]
        centre = None if linear.centre is None else linear.centre[columns]
        some = linear._replace(X=np.ascontiguousarray(linear.X[:, columns]), centre=centre)
        rows = RowsInMemory(some, some.X, self.likelihood, self.offset, available_cores())
        kept = np.tile(needed, q)
        of_all = rows.at_point(np.ascontiguousarray(x[kept]))[2]
        of_moving = of_all[np.ix_(moving[kept], moving[kept])]
        return of_moving + np.diag(self.normal[moving])

    def without_effects(self) -> FloatArray:
        """Return the mode at tau = 0."""
        return weighted_lasso(self, np.zeros(self.rows.size), np.where(self.unit > 0, np.inf, 0.0))

    def least_tau(self, null: FloatArray) -> float:
        """Return the largest tau at which the lasso has no effect."""
        shrunk = self.unit > 0
        return float(1.0 / np.max(np.abs(self.at(null)[1][shrunk]) / self.unit[shrunk]))

    def mode(self, tau: float, x: FloatArray) -> _Mode:
        return _Mode(tau, x, self.rows.at_point(x, False)[0] + self.rows.constant)

    @property
    def range(self) -> float:
        """By how much the largest tau of a path exceeds the least."""
        return RANGE if self.rows.n > self.rows.size else RANGE_OF_WIDE


def _lassos(objective: _Objective, taus: FloatArray | None) -> Iterator[_Mode]:
    """Yield modes upwards, from where no coefficient is left."""
    x = objective.without_effects()
    if taus is None:
        least = objective.least_tau(x)
        taus = np.geomspace(least, least * objective.range, VALUES)
    for tau in np.sort(taus):
        x = weighted_lasso(objective, x, objective.unit / tau)
        yield objective.mode(float(tau), x)


def _bridges(objective: _Objective, exponent: float, taus: FloatArray | None) -> Iterator[_Mode]:
    """Yield modes downwards, from the lasso's at the largest tau to where no coefficient is left."""
    null = objective.without_effects()
    least = objective.least_tau(null)
    downwards = objective.range ** (-np.arange(MOST_VALUES) / (VALUES - 1))
    path = least * objective.range * downwards if taus is None else np.sort(taus)[::-1]
    x = weighted_lasso(objective, null, objective.unit / path[0])
    for tau in path:
        x = bridge_mode(objective, x, objective.unit, float(tau), exponent)
        yield objective.mode(float(tau), x)
        if taus is None and not np.any(x[objective.unit > 0]):
            return


def _told(term: LinearTerm, objective: _Objective, modes: list[_Mode]) -> xr.Dataset:
    flat = np.stack([mode.x for mode in modes])
    found = {
        name: (("tau", *dims[2:]), values[0])
        for name, (dims, values) in term.as_given(flat[np.newaxis]).items()
    }
    found["log_likelihood"] = (("tau",), np.array([mode.log_likelihood for mode in modes]))
    found["n_nonzero"] = (("tau",), np.count_nonzero(flat[:, objective.unit > 0], axis=1))
    return xr.Dataset(found, coords={"tau": [mode.tau for mode in modes], **term.coords})
