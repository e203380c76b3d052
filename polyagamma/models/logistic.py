"""Bayesian logistic regression with Gaussian priors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma._validation.additive import Rows, of_cells
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.likelihoods.elsewhere import BinomialKind
from polyagamma.models.classification import ClassificationModel
from polyagamma.models.distant import DistantData, checked_predictors
from polyagamma.models.formula import LinearFormula
from polyagamma.models.linear import OF_A_TRIAL, GaussianPriors
from polyagamma.models.to_disk import WritesToDisk
from polyagamma.terms.priors import MvNormal, Normal
from polyagamma.terms.shrinkage import ShrinkagePrior


@public
class PolyaGammaLogistic(WritesToDisk, ClassificationModel):
    r"""Bayesian logistic regression of binary or binomial data.

    .. math::
        y_i \sim \mathrm{Binomial}(n_i, \sigma(\eta_i)), \qquad
        \eta_i = \mathrm{offset}_i + \mathrm{intercept} + x_i^\top \beta,

    with Gaussian priors on intercept and coefficients. A row of weight ``w`` counts as ``w`` rows: its
    likelihood is raised to the power ``w``.

    Parameters
    ----------
    X : array_like, data frame or sparse array, shape (n, p)
        Predictors, without a column of ones. Real and finite: rows with missing values are refused, not
        dropped. The column names of a data frame become coordinates of the trace. An X of more than 1 MB is
        not copied, and must stay as it is.
        Sparse arrays and matrices of SciPy and frames of sparse columns never become dense.
    y : array_like, shape (n,)
        With `trials`: numbers of successes. Without: 0 and 1, booleans, or two labels of any type; see
        `success`.
    trials : int or array_like, shape (n,), optional
        Numbers of trials, positive integers.
    success : label, optional
        The label in y that counts as the success, whose log odds the coefficients are about; by default the
        second in sorted order. The trace's attribute ``success`` says which it was.
    weights : float or array_like, shape (n,), optional
        Weights of the rows, positive; by default 1.
    offset : float or array_like, shape (n,), optional
        Known part of the linear predictor; by default 0.
    prior : Normal, MvNormal or a shrinkage prior such as RegularizedHorseshoe, optional
        Prior of the coefficients. The default, ``Normal(0, 2.5, standardized=True)``, is ``N(0, 2.5**2)`` on
        the coefficients of the standardized predictors, whatever their units [2]_ [3]_. ``Normal(0, 2.5)`` is
        exactly ``N(0, 2.5**2)`` on the coefficients of X as given.
    intercept_prior : Normal, optional
        Prior of the intercept. The default, ``Normal(0, 10, standardized=True)``, is ``N(0, 10**2)`` on the
        value of eta where every predictor has its mean; ``Normal(0, 10)`` is on its value at ``x = 0``. For
        standardized predictors the two are the same.
    intercept : bool, default True
        Whether to have an intercept.
    feature_names : sequence of str, optional
        Names of the columns of X; by default those of the data frame, else ``x0``, ``x1``, ... Of Parquet
        files: which columns are predictors, by default all that nothing else names.
    memory_limit : int or str, optional
        Bytes, or a text such as ``"1 GiB"``, that rows may take at once: X, an array of NumPy (a memory map,
        say) or Zarr, is then read in every pass as far as it does not fit. Dask collections and Parquet files
        are read so in any case, with half of the memory that is available. See the page on distributed rows
        in the documentation.

    Attributes
    ----------
    classes_ : ndarray, shape (2,)
        The labels of failure and success; 0 and 1 for data with `trials`.
    feature_names : list of str
    n_features : int
    prior, intercept_prior : Normal, MvNormal or a shrinkage prior
        The defaults, if none were given.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit: the message names it, the value found, what was expected and the cure.

    Notes
    -----
    Given Pólya-gamma variables :math:`\omega_i \sim \mathrm{PG}(w_i n_i, \eta_i)` the likelihood is Gaussian
    in :math:`\eta` [1]_, so that all coefficients are drawn at once, exactly. The prior is proper, so the
    posterior is: perfectly separated classes and more predictors than rows need no special care.

    The group ``posterior`` of a trace has ``intercept`` (chain, draw) and ``beta`` (chain, draw, feature),
    for the predictors as given; `sample` takes initial values of both, and without them starts each chain at
    a draw from the Laplace approximation. The group ``sample_stats`` has ``lp``, the log of the joint density
    of data and coefficients.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott and J. Windle (2013), "Bayesian inference for logistic models using
       Pólya-Gamma latent variables", JASA 108, 1339-1349, section 3.1.
    .. [2] A. Gelman, A. Jakulin, M. G. Pittau and Y.-S. Su (2008), "A weakly informative default prior
       distribution for logistic and other regression models", Annals of Applied Statistics 2, 1360-1383.
    .. [3] B. Goodrich, J. Gabry, I. Ali and S. Brilleman, "rstanarm: Bayesian applied regression modeling via
       Stan", vignette "Prior Distributions", section "Default priors and scale adjustments".

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaLogistic
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((200, 2))
    >>> y = rng.random(200) < 1 / (1 + np.exp(-X[:, 0]))
    >>> model = PolyaGammaLogistic(X, y)
    >>> idata = model.sample(random_seed=2)
    >>> idata.posterior["beta"].dims
    ('chain', 'draw', 'feature')
    """

    _name = "PolyaGammaLogistic"

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        trials: ArrayLike | None = None,
        success: Any = None,
        weights: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        prior: Normal | MvNormal | ShrinkagePrior | None = None,
        intercept_prior: Normal | None = None,
        intercept: bool = True,
        feature_names: Sequence[str] | None = None,
        memory_limit: int | str | None = None,
    ) -> None:
        intercept = checks.truth("intercept", intercept)
        prior_of = GaussianPriors.check(prior, intercept_prior, intercept)
        rows = {"trials": trials, "weights": weights, "offset": offset}
        distant = DistantData.check(BinomialKind(), X, y, feature_names, memory_limit, **rows)
        predictors = checked_predictors(distant, X, feature_names, prior_of, y=y, **rows)
        if distant is not None:
            likelihood: BinomialLikelihood = distant.binomial(success)
        else:
            likelihood = BinomialLikelihood.check(y, trials, weights, offset, len(predictors.X), success)
        self.prior, self.intercept_prior = prior_of.coefficients, prior_of.intercept
        super().__init__(likelihood, prior_of.term(predictors, likelihood.b, OF_A_TRIAL))

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: Any,
        *,
        trials: Rows = None,
        offset: Rows = None,
        weights: Rows = None,
        **options: Any,
    ) -> PolyaGammaLogistic:
        """Return the model of a formula such as ``"y ~ age + sex"``; needs the extra ``formula``.

        Parameters
        ----------
        formula : str
            In the grammar of formulae, as for `PolyaGammaAdditive.from_formula`, without groups and
            smooths; ``prop(successes, trials)`` is a response with trials.
        data : pandas.DataFrame
            Without missing values in the columns of the formula.
        trials, offset, weights : str or array_like, optional
            As for the class, or names of columns.
        **options
            Priors, as for the class.

        Returns
        -------
        PolyaGammaLogistic
            Predictions take data frames with the columns of `data`, encoded as these.

        Raises
        ------
        ImportError
            If formulae is not installed.
        TypeError, ValueError, KeyError
            If an argument does not fit.
        """
        found = LinearFormula.of(formula, data)
        rows = {"trials": trials, "offset": offset, "weights": weights}
        given = {name: of_cells(name, data, value) for name, value in rows.items()}
        given["trials"] = found.response.trials_with(given["trials"])
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
