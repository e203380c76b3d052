"""Bayesian negative binomial regression of counts, with Gaussian priors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, expit

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma._validation.additive import Rows, of_cells
from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods import dispersion
from polyagamma.likelihoods.dispersion import (
    DEFAULT_DISPERSION_PRIOR,
    Gamma,
    HalfNormal,
    InverseGamma,
)
from polyagamma.likelihoods.elsewhere import CountKind
from polyagamma.likelihoods.negative_binomial import NegativeBinomialLikelihood
from polyagamma.models.counts import CountModel
from polyagamma.models.distant import DistantData, checked_predictors
from polyagamma.models.formula import LinearFormula
from polyagamma.models.linear import GaussianPriors
from polyagamma.models.to_disk import WritesToDisk
from polyagamma.terms.priors import MvNormal, Normal
from polyagamma.terms.shrinkage import ShrinkagePrior
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]
MOST_SHOWN = 100  # of the counts of a rootogram, unless more are asked for


@public
class PolyaGammaNegativeBinomial(WritesToDisk, CountModel):
    r"""Bayesian negative binomial regression of counts.

    .. math::
        y_i \sim \mathrm{NB}(\mu_i, r), \qquad \log \mu_i = \log \mathrm{exposure}_i + \mathrm{offset}_i
        + \mathrm{intercept} + x_i^\top \beta,

    counts with mean :math:`\mu` and variance :math:`\mu + \mu^2 / r`: a Poisson law whose rates are
    gamma-distributed with shape r. The dispersion r is sampled with the coefficients.

    Parameters
    ----------
    X : array_like, data frame or sparse array, shape (n, p)
        Predictors, without a column of ones. Real and finite: rows with missing values are refused, not
        dropped. The column names of a data frame become coordinates of the trace.
        Sparse arrays and matrices of SciPy and frames of sparse columns never become dense.
    y : array_like, shape (n,)
        Counts: whole numbers from 0 to 10**12.
    exposure : float or array_like, shape (n,), optional
        What counts are in proportion to, positive (time, area, persons); by default 1.
    offset : float or array_like, shape (n,), optional
        Known part of the log mean, besides the logarithm of the exposure; by default 0.
    weights : float or array_like, shape (n,), optional
        Weights of the rows, positive; by default 1. A row of weight ``w`` counts as ``w`` rows.
    prior : Normal, MvNormal or a shrinkage prior such as RegularizedHorseshoe, optional
        Prior of the coefficients, as for `PolyaGammaLogistic`: by default
        ``Normal(0, 2.5, standardized=True)``.
    intercept_prior : Normal, optional
        Prior of the intercept: by default ``Normal(0, 10, standardized=True)``.
    dispersion_prior : HalfNormal, Gamma, InverseGamma or float, optional
        ``HalfNormal(sigma)``: of ``1 / sqrt(r)``; the default is ``HalfNormal(1)``. ``Gamma(shape, rate)``
        and ``InverseGamma(shape, scale)``: of r. A gamma prior keeps r from being large, and so says much
        where counts are near Poisson's law. A number: r is known.
    intercept : bool, default True
        Whether to have an intercept.
    feature_names : sequence of str, optional
        Names of the columns of X; by default those of the data frame, else ``x0``, ``x1``, ...
    memory_limit : int or str, optional
        As for `PolyaGammaLogistic`: rows of memory maps, Zarr arrays, Dask collections and Parquet files.

    Attributes
    ----------
    feature_names : list of str
    n_features : int
    prior, intercept_prior : Normal, MvNormal or a shrinkage prior
        The defaults, if none were given.
    dispersion_prior : HalfNormal, Gamma, InverseGamma or float

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit: the message names it, the value found, what was expected and the cure.

    Notes
    -----
    The group ``posterior`` of a trace has ``intercept`` (chain, draw) and ``beta`` (chain, draw, feature),
    and the dispersion in two conventions, unless it is known: ``r`` (chain, draw) as above, which is `alpha`
    in PyMC and `shape` in brms; and ``alpha = 1 / r``, as in statsmodels and Stata.

    Coefficients and log r move together along Hamiltonian trajectories in coordinates of the posterior's
    curvature, Pólya-gamma variables marginalised. ``kernel="gibbs"`` instead draws r given the linear
    predictors by slice sampling [2]_, Pólya-gamma variables :math:`\omega_i \sim \mathrm{PG}(w_i(y_i + r),
    \log \mu_i - \log r)` [1]_, and the coefficients given both.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott and J. Windle (2013), "Bayesian inference for logistic models using
       Pólya-Gamma latent variables", JASA 108, 1339-1349, section 3.3.
    .. [2] R. M. Neal (2003), "Slice sampling", Annals of Statistics 31, 705-767, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaNegativeBinomial
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((200, 1))
    >>> y = rng.poisson(np.exp(1 + 0.5 * X[:, 0]) * rng.gamma(2.0, 0.5, 200))
    >>> idata = PolyaGammaNegativeBinomial(X, y).sample(random_seed=2)
    >>> idata.posterior["r"].dims
    ('chain', 'draw')
    """

    _name = "PolyaGammaNegativeBinomial"

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        prior: Normal | MvNormal | ShrinkagePrior | None = None,
        intercept_prior: Normal | None = None,
        dispersion_prior: HalfNormal | Gamma | InverseGamma | float | None = None,
        intercept: bool = True,
        feature_names: Sequence[str] | None = None,
        memory_limit: int | str | None = None,
    ) -> None:
        self.dispersion_prior = DEFAULT_DISPERSION_PRIOR if dispersion_prior is None else dispersion_prior
        of_r = dispersion.check("dispersion_prior", self.dispersion_prior)
        prior_of = GaussianPriors.check(prior, intercept_prior, intercept)
        rows = {"exposure": exposure, "weights": weights, "offset": offset}
        distant = DistantData.check(CountKind(of_r), X, y, feature_names, memory_limit, **rows)
        predictors = checked_predictors(distant, X, feature_names, prior_of, y=y, **rows)
        if distant is not None:
            likelihood: NegativeBinomialLikelihood = distant.counts(of_r)
        else:
            n = len(predictors.X)
            likelihood = NegativeBinomialLikelihood.check(y, exposure, weights, offset, of_r, n)
        self.prior, self.intercept_prior = prior_of.coefficients, prior_of.intercept
        super().__init__(likelihood, prior_of.term(predictors, likelihood.weights))

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: Any,
        *,
        exposure: Rows = None,
        offset: Rows = None,
        weights: Rows = None,
        **options: Any,
    ) -> PolyaGammaNegativeBinomial:
        """Return the model of a formula such as ``"visits ~ age + sex"``; needs the extra ``formula``.

        Parameters
        ----------
        formula : str
            In the grammar of formulae, as for `PolyaGammaAdditive.from_formula`, without groups and
            smooths.
        data : pandas.DataFrame
            Without missing values in the columns of the formula.
        exposure, offset, weights : str or array_like, optional
            As for the class, or names of columns.
        **options
            Priors, as for the class.

        Returns
        -------
        PolyaGammaNegativeBinomial
            Predictions take data frames with the columns of `data`, encoded as these.

        Raises
        ------
        ImportError
            If formulae is not installed.
        TypeError, ValueError, KeyError
            If an argument does not fit.
        """
        found = LinearFormula.of(formula, data)
        rows = {"exposure": exposure, "offset": offset, "weights": weights}
        given = {name: of_cells(name, data, value) for name, value in rows.items()}
        return cls(
            found.X,  # type: ignore[arg-type]
            found.response.y,
            intercept=found.intercept,
            **given,
            **options,
        )

    @property
    def n_features(self) -> int:
        """Number of predictors."""
        return len(self._specification.term.predictors.names)

    def predict_exceedance(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        count: int,
        *,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        other_data: bool = False,
    ) -> FloatArray:
        """Return the posterior probabilities that new rows count more than `count`.

        Parameters
        ----------
        idata, X_new, exposure, offset, other_data
            As for `predict`.
        count : int
            At least 0.

        Returns
        -------
        ndarray, shape (m,)
            ``P(y > count)``, parameters integrated out.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict`.
        """
        count = checks.integer("count", count, 0)
        new, _ = self._new_rows(idata, X_new, exposure, offset, other_data)
        sums = np.zeros(len(new.X))
        for some, rows, eta in new.linear_predictors(np.random.default_rng):
            r = self._dispersion(new.posterior.isel(draw=some))
            share = expit(eta[..., 0, :] - np.log(r))
            sums[rows] += betainc(count + 1.0, r, share).sum(axis=(0, 1))
        return sums / new.n_draws

    def rootogram(self, idata: trace.Trace, *, largest: int | None = None, draws: int = 200) -> xr.Dataset:
        """Return how often each count was observed, and how often the model expects it.

        A rootogram shows the square roots of both, which makes rare counts visible (Kleiber and Zeileis 2016,
        The American Statistician 70, 296-303).

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        largest : int, optional
            The largest count to tell of, at least 0; by default that of the data, but 100 at most.
        draws : int, default 200
            Posterior draws to use, spread evenly over all chains.

        Returns
        -------
        xarray.Dataset
            ``observed`` (count) and ``expected`` (sample, count): numbers of rows, each counted with its
            weight.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        KeyError
            If `idata` has no posterior of this model.
        MemoryError
            If the result cannot fit into memory.
        """
        model, likelihood = self._specification, self._specification.likelihood
        most = min(int(likelihood.y.max()), MOST_SHOWN) if largest is None else largest
        size = checks.integer("largest", most, 0) + 1
        model.require_unchanged()
        posterior = model.posterior(idata, new_rows=False, other_data=False)
        used = min(checks.integer("draws", draws, 1), posterior.sizes["chain"] * posterior.sizes["draw"])
        require_memory(16 * used * size, "the result", "pass a smaller largest, or fewer draws")
        shown = np.arange(size)
        step = -(-posterior.sizes["draw"] * posterior.sizes["chain"] // used)
        some = posterior.isel(draw=slice(None, None, step))
        expected = np.zeros((some.sizes["chain"], some.sizes["draw"], len(shown)))
        for piece, rows, eta in model.row_predictors(some):
            r = self._dispersion(some.isel(draw=piece))
            weights = likelihood.weights[rows]
            for count, probability in enumerate(frequencies(eta[..., 0, :], r, len(shown))):
                expected[:, piece, count] += probability @ weights
        observed = np.bincount(
            likelihood.y[likelihood.y <= shown[-1]].astype(np.int64),
            likelihood.weights[likelihood.y <= shown[-1]],
            len(shown),
        )
        return xr.Dataset(
            {
                "observed": ("count", observed),
                "expected": (("sample", "count"), expected.reshape(-1, len(shown))),
            },
            coords={"count": shown},
        )

    def _dispersion(self, draws: xr.Dataset) -> FloatArray:
        """Return r of draws, (chains, draws, 1)."""
        likelihood = self._specification.likelihood.given(draws)
        assert isinstance(likelihood, NegativeBinomialLikelihood)
        shape = (draws.sizes["chain"], draws.sizes["draw"], 1)
        return np.broadcast_to(np.asarray(likelihood.r), shape)


def frequencies(eta: FloatArray, r: FloatArray, size: int) -> Iterator[FloatArray]:
    """Yield the probabilities of 0, 1, ..., each of the shape of eta, by their recurrence."""
    log_r = np.log(r)
    share = expit(eta - log_r)
    probability = np.exp(-r * np.logaddexp(0.0, eta - log_r))
    for count in range(size):
        yield probability
        probability = probability * ((count + r) / (count + 1)) * share
