"""Bayesian sequential (continuation-ratio) logistic regression of ordered classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from polyagamma._public import public
from polyagamma._validation import classes as class_checks
from polyagamma._validation import models as checks
from polyagamma.likelihoods.elsewhere import ClassKind
from polyagamma.likelihoods.sequential import SequentialLikelihood
from polyagamma.models.classification import ClassificationModel
from polyagamma.models.distant import DistantData, checked_predictors
from polyagamma.models.linear import GaussianPriors
from polyagamma.models.to_disk import WritesToDisk
from polyagamma.terms.class_coding import ByClass
from polyagamma.terms.priors import MvNormal, Normal
from polyagamma.terms.shrinkage import ShrinkagePrior


@public
class PolyaGammaSequential(WritesToDisk, ClassificationModel):
    r"""Bayesian sequential logit of ordered classes: the continuation-ratio, or stick-breaking, model.

    Classes are reached one after the other. A row that has come to class k stays there with probability
    :math:`\sigma(\eta_{ik})`, and else goes on to the later ones:

    .. math::
        P(y_i = k) = \sigma(\eta_{ik}) \prod_{l < k} (1 - \sigma(\eta_{il})), \qquad
        \eta_{ik} = \mathrm{offset}_{ik} + \mathrm{intercept}_k + x_i^\top \beta_k,

    with independent Gaussian priors on the intercept and coefficients of every class but the last, in which
    all end that passed the others [1]_ [2]_.

    Parameters
    ----------
    X : array_like or data frame, shape (n, p)
        Predictors, as for `PolyaGammaLogistic`.
    y : array_like, shape (n,) or (n, K)
        Labels of two or more classes; or a table of counts with a column for each class. The column names of
        a data frame are labels then, else 0, 1, ...
    classes : sequence, optional
        The labels in their order, of classes that do not occur too. By default that of an ordered
        categorical series of pandas (of the labels that occur), else they are sorted. The columns of a table
        are in their order.
    trials : int or array_like, shape (n,), optional
        With a table only: its row sums, for a check.
    weights : float or array_like, shape (n,), optional
        Weights of the rows, positive; by default 1. A row of weight ``w`` counts as ``w`` rows.
    offset : float or array_like, shape (n,) or (n, K - 1), optional
        Known part of the linear predictors, of all or of each; by default 0.
    prior : Normal, MvNormal or a shrinkage prior such as RegularizedHorseshoe, optional
        Prior of the coefficients of each class, as for `PolyaGammaLogistic`: by default
        ``Normal(0, 2.5, standardized=True)``.
    intercept_prior : Normal, optional
        Prior of the intercept of each class: by default ``Normal(0, 10, standardized=True)``.
    intercept : bool, default True
        Whether classes have intercepts.
    feature_names : sequence of str, optional
        Names of the columns of X; by default those of the data frame, else ``x0``, ``x1``, ...
    memory_limit : int or str, optional
        As for `PolyaGammaLogistic`: rows of memory maps, Zarr arrays, Dask collections and Parquet files.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        The labels in their order.
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
    The model depends on the order of the classes: in another order, or backwards, it is another one. It suits
    classes that are passed through, such as degrees or stages. `PolyaGammaMultinomial` knows no order.

    The likelihood is a product of K - 1 binomial ones, of which that of class k has the rows that reach it,
    so that coefficients of different classes are independent in the posterior. The group ``posterior`` of a
    trace has ``intercept`` (chain, draw, class) and ``beta`` (chain, draw, class, feature) of all classes but
    the last.

    References
    ----------
    .. [1] G. Tutz (1991), "Sequential models in categorical regression", Computational Statistics & Data
       Analysis 11, 275-295.
    .. [2] S. W. Linderman, M. J. Johnson and R. P. Adams (2015), "Dependent multinomial models made easy:
       stick-breaking with the Pólya-gamma augmentation", Advances in Neural Information Processing Systems
       28, section 2.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaSequential
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((200, 1))
    >>> y = np.where(X[:, 0] > rng.logistic(size=200), "none", np.where(rng.random(200) < 0.5, "some", "all"))
    >>> idata = PolyaGammaSequential(X, y, classes=["none", "some", "all"]).sample(random_seed=2)
    >>> idata.posterior["class"].to_numpy().tolist()
    ['none', 'some']
    """

    _name = "PolyaGammaSequential"

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        classes: Sequence[Any] | None = None,
        trials: ArrayLike | None = None,
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
        order = class_checks.order_of_categories(y) if classes is None else classes
        kind = ClassKind(SequentialLikelihood.check)
        distant = DistantData.check(kind, X, y, feature_names, memory_limit, **rows)
        predictors = checked_predictors(distant, X, feature_names, prior_of, y=y, **rows)
        if distant is not None:
            likelihood: SequentialLikelihood = distant.sequential(order)
        else:
            observed = class_checks.observed(y, trials, len(predictors.X), order)
            likelihood = SequentialLikelihood.check(observed, weights, offset)
        self.prior, self.intercept_prior = prior_of.coefficients, prior_of.intercept
        coding = ByClass(likelihood.stages, symmetric=False)
        super().__init__(likelihood, prior_of.term_by_class(predictors, likelihood.row_weights, coding, {}))

    @property
    def n_features(self) -> int:
        """Number of predictors."""
        return len(self._specification.term.predictors.names)
