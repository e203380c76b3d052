"""Bayesian multinomial regression with Gaussian priors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from polyagamma._public import public
from polyagamma._validation import classes as class_checks
from polyagamma._validation import models as checks
from polyagamma.likelihoods.elsewhere import ClassKind, SoftmaxOf
from polyagamma.likelihoods.multinomial import MultinomialLikelihood
from polyagamma.models.classification import ClassificationModel
from polyagamma.models.distant import DistantData, checked_predictors
from polyagamma.models.linear import GaussianPriors
from polyagamma.models.to_disk import WritesToDisk
from polyagamma.terms.class_coding import ByClass
from polyagamma.terms.priors import MvNormal, Normal
from polyagamma.terms.shrinkage import ShrinkagePrior

PARAMETRIZATIONS = ("symmetric", "baseline")


@public
class PolyaGammaMultinomial(WritesToDisk, ClassificationModel):
    r"""Bayesian regression of classes, or of counts of classes.

    .. math::
        y_i \sim \mathrm{Multinomial}(n_i, p_i), \qquad
        p_{ik} \propto \exp(\mathrm{offset}_{ik} + \mathrm{intercept}_k + x_i^\top \beta_k),

    with Gaussian priors on intercepts and coefficients. Data with a label for each row have one trial a row.
    A row of weight ``w`` counts as ``w`` rows: its likelihood is raised to the power ``w``.

    Parameters
    ----------
    X : array_like, data frame or sparse array, shape (n, p)
        Predictors, without a column of ones. Real and finite: rows with missing values are refused, not
        dropped. The column names of a data frame become coordinates of the trace. An X of more than 1 MB is
        not copied, and must stay as it is.
        Sparse arrays and matrices of SciPy and frames of sparse columns never become dense.
    y : array_like, shape (n,) or (n, K)
        Labels of two or more classes, of any type; or a table of counts with a column for each class. The
        column names of a data frame are labels then, else 0, 1, ...
    trials : int or array_like, shape (n,), optional
        With a table only: its row sums, for a check.
    weights : float or array_like, shape (n,), optional
        Weights of the rows, positive; by default 1.
    offset : array_like, shape (n, K), optional
        Known part of the exponent, a column for each class in the order of ``classes_``; by default 0. An
        offset that all classes share would cancel.
    prior : Normal, MvNormal or a shrinkage prior such as RegularizedHorseshoe, optional
        Prior of the coefficients of each class, as for `PolyaGammaLogistic`: by default
        ``Normal(0, 2.5, standardized=True)``. Classes are independent before `parametrization`.
    intercept_prior : Normal, optional
        Prior of the intercept of each class: by default ``Normal(0, 10, standardized=True)``.
    parametrization : {"symmetric", "baseline"}, default "symmetric"
        What of the K coefficients of a predictor, of which only differences matter, is in the trace.
        ``"symmetric"``: all K, less their mean, so that no class is special; those of the prior too, so that
        each has the prior standard deviation ``sigma * sqrt(1 - 1 / K)``. ``"baseline"``: those of K - 1
        classes, whose priors are independent; those of the baseline are zero. The two are different priors.
    baseline : label, optional
        With ``parametrization="baseline"``: the class without coefficients, by default the first of
        ``classes_``.
    intercept : bool, default True
        Whether classes have intercepts.
    feature_names : sequence of str, optional
        Names of the columns of X; by default those of the data frame, else ``x0``, ``x1``, ...
    memory_limit : int or str, optional
        As for `PolyaGammaLogistic`: rows of memory maps, Zarr arrays, Dask collections and Parquet files.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        The labels: sorted, or in the order of the columns of a table.
    feature_names : list of str
    n_features : int
    prior, intercept_prior : Normal, MvNormal or a shrinkage prior
        The defaults, if none were given.
    parametrization : str
    baseline : label or None
        None with ``parametrization="symmetric"``.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit: the message names it, the value found, what was expected and the cure.

    Notes
    -----
    The group ``posterior`` of a trace has ``intercept`` (chain, draw, class) and ``beta``
    (chain, draw, class, feature), for the predictors as given; in the baseline form ``class`` lacks the
    baseline. `sample` takes initial values of both; where all classes must add up to zero only differences
    count. ``lp`` is the log of the joint density of data and coefficients, which the symmetric form takes in
    orthonormal contrasts of classes.

    All coefficients move together along Hamiltonian trajectories in coordinates of the posterior's curvature.
    ``kernel="gibbs"`` instead draws the coefficients of one class after the other, given Pólya-gamma
    variables [1]_: a reference, slower where classes overlap.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott and J. Windle (2013), "Bayesian inference for logistic models using
       Pólya-Gamma latent variables", JASA 108, 1339-1349, supplement.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaMultinomial
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((200, 2))
    >>> y = np.array(["ash", "elm", "oak"])[(X + rng.gumbel(size=(200, 2))).argmax(axis=1)]
    >>> y[X[:, 0] + X[:, 1] < rng.logistic(size=200)] = "oak"
    >>> idata = PolyaGammaMultinomial(X, y).sample(random_seed=2)
    >>> idata.posterior["beta"].dims
    ('chain', 'draw', 'class', 'feature')
    """

    _name = "PolyaGammaMultinomial"

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        trials: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        prior: Normal | MvNormal | ShrinkagePrior | None = None,
        intercept_prior: Normal | None = None,
        parametrization: str = "symmetric",
        baseline: Any = None,
        intercept: bool = True,
        feature_names: Sequence[str] | None = None,
        memory_limit: int | str | None = None,
    ) -> None:
        intercept = checks.truth("intercept", intercept)
        self.parametrization = checks.one_of("parametrization", parametrization, PARAMETRIZATIONS)
        symmetric = self.parametrization == "symmetric"
        prior_of = GaussianPriors.check(prior, intercept_prior, intercept)
        rows = {"trials": trials, "weights": weights, "offset": offset}
        kind = ClassKind(SoftmaxOf(0))
        distant = DistantData.check(kind, X, y, feature_names, memory_limit, **rows)
        predictors = checked_predictors(distant, X, feature_names, prior_of, y=y, **rows)
        if distant is not None:
            likelihood: MultinomialLikelihood = distant.multinomial(baseline, symmetric)
        else:
            observed = class_checks.observed(y, trials, len(predictors.X))
            reference = class_checks.baseline(baseline, observed.classes, symmetric)
            likelihood = MultinomialLikelihood.check(observed, weights, offset, reference)
        reference = likelihood.reference
        self.baseline = None if symmetric else likelihood.classes[reference]
        labels = likelihood.labels if symmetric else [likelihood.labels[k] for k in likelihood.others]
        self.prior, self.intercept_prior = prior_of.coefficients, prior_of.intercept
        described = {
            "parametrization": self.parametrization,
            "baseline": "none" if symmetric else str(self.baseline),
        }
        coding = ByClass(labels, symmetric)
        super().__init__(
            likelihood, prior_of.term_by_class(predictors, likelihood.row_weights, coding, described)
        )

    @property
    def n_features(self) -> int:
        """Number of predictors."""
        return len(self._specification.term.predictors.names)
