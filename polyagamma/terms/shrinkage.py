"""Shrinkage priors: coefficients that share a scale and have scales of their own, which are sampled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma._validation import shrinkage as shrinkage_checks
from polyagamma.terms import local_scales
from polyagamma.terms.class_coding import ONE_PREDICTOR, Coding
from polyagamma.terms.local_scales import Local
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import DEFAULT_PRIOR, CoefficientPrior, Gaussian, Normal
from polyagamma.terms.shrunk import Shrunk, groups_of

FloatArray = NDArray[np.float64]
Scale = float | Mapping[str, float] | None
Groups = Mapping[str, Sequence[str]] | None
WHOLE = "all columns"  # that are shrunk, where there are no groups


class Setting(NamedTuple):
    """What a prior has to know of a model.

    Attributes
    ----------
    predictors : Predictors
    sd : ndarray, shape (p,)
        Standard deviations of the predictors.
    rows : float
        Weighted number of rows, those of several trials counted so often.
    information : float
        Of a row about its linear predictor, at the most likely values.
    coding : Coding
    """

    predictors: Predictors
    sd: FloatArray
    rows: float
    information: float
    coding: Coding = ONE_PREDICTOR


@dataclass(frozen=True, eq=False, kw_only=True)
class ShrinkagePrior:
    """Priors of coefficients that draw most of them to 0, all but those of some columns.

    Use one of `RegularizedHorseshoe`, `Horseshoe`, `Laplace`, `Bridge`, `StudentT`, `Ridge`, `SpikeAndSlab`.
    """

    unshrunk: Sequence[str] = ()
    unshrunk_prior: Normal = DEFAULT_PRIOR
    standardized: bool = True

    def gaussian(self, name: str, scale: FloatArray) -> Gaussian:
        """Return the prior at scales of 1 of the coefficients of predictors with such deviations.

        Raises
        ------
        TypeError, ValueError
            If a number of the prior does not fit.
        """
        checks.instance(f"{name}.unshrunk_prior", self.unshrunk_prior, (Normal,))
        unit = scale if checks.truth(f"{name}.standardized", self.standardized) else np.ones_like(scale)
        return Gaussian(self._means(name, len(scale)) / unit, unit**2)

    def joint(self, gaussian: Gaussian, setting: Setting) -> CoefficientPrior:
        """Return the prior of all coefficients, the last of which are those of predictors.

        Raises
        ------
        TypeError, ValueError
            If names or numbers do not fit the predictors.
        """
        raise NotImplementedError

    def _means(self, name: str, size: int) -> FloatArray:  # noqa: ARG002
        return np.zeros(size)

    def _shrunk(self, setting: Setting) -> list[int]:
        """Return the columns that are shrunk."""
        kept = shrinkage_checks.unshrunk("prior.unshrunk", self.unshrunk, columns_of(setting.predictors))
        shrunk = [column for column in range(len(setting.sd)) if column not in kept]
        shrinkage_checks.require_some("prior.unshrunk", shrunk)
        return shrunk

    def _with_unshrunk(self, gaussian: Gaussian, setting: Setting, shrunk: list[int]) -> Gaussian:
        """Return the prior with that of the columns that are not shrunk."""
        own = self.unshrunk_prior.gaussian("prior.unshrunk_prior", setting.sd)
        mean, precision = gaussian.mean.copy(), gaussian.precision.copy()
        before, kept = len(mean) - len(setting.sd), np.delete(np.arange(len(setting.sd)), shrunk)
        for all_of, of_columns in ((mean, own.mean), (precision, own.precision)):
            all_of[before:][kept] = of_columns[kept]
        return Gaussian(mean, precision)


@dataclass(frozen=True, eq=False, kw_only=True)
class ScaledPrior(ShrinkagePrior):
    """Priors ``N(0, (tau * lam)**2)`` of coefficients, with scales tau of groups and lam of each, sampled."""

    scale: Scale = None
    groups: Groups = None

    def joint(self, gaussian: Gaussian, setting: Setting) -> Shrunk:
        """See `ShrinkagePrior`."""
        names, size = setting.predictors.names, len(setting.predictors.names)
        shrunk = self._shrunk(setting)
        members = None
        if self.groups is not None:
            columns = columns_of(setting.predictors)
            members = shrinkage_checks.groups("prior.groups", self.groups, columns, shrunk)
        tau0 = self._tau0("prior", setting, len(shrunk), [WHOLE] if members is None else list(members))
        before = len(gaussian.mean) - size
        return Shrunk(
            self._with_unshrunk(gaussian, setting, shrunk),
            np.concatenate([np.full(before, -1.0), groups_of(members, shrunk, size)]),
            None if members is None else list(members),
            np.array(tau0),
            self._slab("prior"),
            self._local("prior"),
            [names[column] for column in shrunk],
            len(shrunk) == size,
            self._information(setting)[shrunk],
            setting.coding,
        )

    def _information(self, setting: Setting) -> FloatArray:
        """Return that of all rows about each coefficient in its unit."""
        ratio = np.ones_like(setting.sd) if self.standardized else setting.sd
        return setting.rows * setting.information * ratio**2

    def _tau0(self, name: str, setting: Setting, shrunk: int, groups: list[str]) -> list[float]:  # noqa: ARG002
        """Return the scale of the half-Cauchy prior of each group's tau."""
        return self._scales(name, groups)

    def _scales(self, name: str, groups: list[str]) -> list[float]:
        if isinstance(self.scale, Mapping) and self.groups is None:
            shrinkage_checks.refuse_mapping(f"{name}.scale", self.scale)
        scale = 1.0 if self.scale is None else self.scale
        return shrinkage_checks.per_group(f"{name}.scale", scale, groups)

    def _slab(self, name: str) -> tuple[float, float]:  # noqa: ARG002
        return 0.0, 0.0

    def _local(self, name: str) -> Local:
        raise NotImplementedError


def columns_of(predictors: Predictors) -> dict[str, list[int]]:
    """Return the columns that names stand for: those of predictors, and of categorical columns."""
    columns = {name: [index] for index, name in enumerate(predictors.names)}
    for column, levels in predictors.levels.items():
        indicators = [f"{column}[{level}]" for level in levels[1:]]
        columns[column] = [columns[one][0] for one in indicators if one in columns]
    return columns


@dataclass(frozen=True, eq=False, kw_only=True)
class _Expecting(ScaledPrior):
    """A prior whose scale follows from how many coefficients are expected to matter."""

    expected: float | None = None

    def _tau0(self, name: str, setting: Setting, shrunk: int, groups: list[str]) -> list[float]:
        shrinkage_checks.one_of_two(name, self.expected, "scale", self.scale)
        if self.expected is None:
            return self._scales(name, groups)
        expected = checks.positive(f"{name}.expected", self.expected)
        shrinkage_checks.require_fewer(f"{name}.expected", expected, shrunk, "scale")
        odds = expected / (shrunk - expected)
        return [odds / np.sqrt(setting.rows * setting.information)] * len(groups)


@public
@dataclass(frozen=True, eq=False, kw_only=True)
class RegularizedHorseshoe(_Expecting):
    """The regularized horseshoe: most coefficients are shrunk to about 0, large ones as by a wide Gaussian.

    A coefficient is ``N(0, v)`` with ``1 / v = 1 / (tau lam)**2 + 1 / slab**2``; lam is half-Cauchy with
    scale 1, tau half-Cauchy with the scale below. This is the prior to start with where few of many
    coefficients matter: the slab keeps separated data and rare columns from running off, which those of
    `Horseshoe` do.

    Parameters
    ----------
    expected : float, optional
        How many of the shrunk coefficients you expect to matter: positive, and below their number p. It sets
        ``scale = expected / (p - expected) / sqrt(n * information)``, with the information of a row about its
        linear predictor: 1/4 for each trial, so that the scale of logistic regression is
        ``2 * expected / ((p - expected) * sqrt(n))``; 1 for a count [1]_. With groups: the number over all.
    slab_scale : float, default 2.5
        Standard deviation that bounds those of coefficients, or its scale if it is sampled.
    slab_df : float, optional
        If given, ``slab**2`` is sampled: inverse gamma with shape ``slab_df / 2`` and scale ``slab_df *
        slab_scale**2 / 2``, which makes large coefficients Student's t. By default the slab is known.
    scale : float or mapping of str to float, optional
        Median of the half-Cauchy prior of tau, or of that of each group, instead of `expected`; by default 1.
    groups : mapping of str to sequences of str, optional
        Names of columns by the names of groups, each with a tau of its own: every shrunk column in one of
        them. By default all share one tau. A categorical column stands for all its indicators.
    unshrunk : sequence of str, optional
        Columns that are never shrunk, as the intercept never is.
    unshrunk_prior : Normal, default Normal(0, 2.5, standardized=True)
        Prior of their coefficients.
    standardized : bool, default True
        Whether the prior is on the coefficients of the standardized predictors ``(x - mean) / sd``, so that
        one scale suits all, or on those of X as given; see `Normal`.

    Notes
    -----
    The density of a coefficient given its scales has its normaliser, so that lam is half-Cauchy as said and
    as in [1]_; [2]_ leave it out, which is another prior.

    References
    ----------
    .. [1] J. Piironen and A. Vehtari (2017), "Sparsity information and regularization in the horseshoe and
       other shrinkage priors", Electronic Journal of Statistics 11, 5018-5051, sections 2.3 and 3.3.
    .. [2] A. Nishimura and M. A. Suchard (2023), "Shrinkage with shrunken shoulders: Gibbs sampling shrinkage
       model posteriors with guaranteed convergence rates", Bayesian Analysis 18, 367-390.

    Examples
    --------
    >>> from polyagamma import RegularizedHorseshoe
    >>> prior = RegularizedHorseshoe(expected=5, unshrunk=["age"])
    >>> prior.slab_scale
    2.5
    """

    slab_scale: float = 2.5
    slab_df: float | None = None

    def _slab(self, name: str) -> tuple[float, float]:
        scale = shrinkage_checks.within(
            f"{name}.slab_scale", self.slab_scale, 1e-50, 1e50, "pass about the largest effect that can be"
        )
        return scale, 0.0 if self.slab_df is None else checks.positive(f"{name}.slab_df", self.slab_df)

    def _local(self, name: str) -> Local:  # noqa: ARG002
        return local_scales.HORSESHOE


@public
@dataclass(frozen=True, eq=False, kw_only=True)
class Horseshoe(_Expecting):
    """The horseshoe: coefficients ``N(0, (tau lam)**2)`` with half-Cauchy lam and tau [1]_.

    Large coefficients are not shrunk at all. Where data leave one open, as in a rare or separating column, it
    runs off to very large values; `RegularizedHorseshoe` does not let it.

    Parameters
    ----------
    expected, scale, groups, unshrunk, unshrunk_prior, standardized
        As for `RegularizedHorseshoe`.

    References
    ----------
    .. [1] C. M. Carvalho, N. G. Polson and J. G. Scott (2010), "The horseshoe estimator for sparse signals",
       Biometrika 97, 465-480.

    Examples
    --------
    >>> from polyagamma import Horseshoe
    >>> Horseshoe(expected=10).expected
    10
    """

    def _local(self, name: str) -> Local:  # noqa: ARG002
        return local_scales.HORSESHOE


@public
@dataclass(frozen=True, eq=False, kw_only=True)
class Laplace(ScaledPrior):
    """The Bayesian lasso: coefficients with the density ``exp(-abs(beta) / tau) / (2 * tau)`` [1]_.

    Its mode given tau is the lasso's; the posterior has no coefficient at 0, and shrinks large ones too.

    Parameters
    ----------
    scale, groups, unshrunk, unshrunk_prior, standardized
        As for `RegularizedHorseshoe`.

    References
    ----------
    .. [1] T. Park and G. Casella (2008), "The Bayesian lasso", JASA 103, 681-686.

    Examples
    --------
    >>> from polyagamma import Laplace
    >>> Laplace(scale=0.5).scale
    0.5
    """

    def _local(self, name: str) -> Local:  # noqa: ARG002
        return local_scales.LAPLACE


@public
@dataclass(frozen=True, eq=False)
class Bridge(ScaledPrior):
    """The Bayesian bridge: coefficients with a density proportional to ``exp(-abs(beta / tau)**exponent)``.

    The lower the exponent, the harder small coefficients are shrunk and the less large ones [1]_.

    Parameters
    ----------
    exponent : float, default 0.5
        At least 0.1 and below 2; 1 is `Laplace`.
    scale, groups, unshrunk, unshrunk_prior, standardized
        As for `RegularizedHorseshoe`.

    Notes
    -----
    The density of lam has no closed form: ``lp`` in a trace is that with lam integrated out.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott and J. Windle (2014), "The Bayesian bridge", Journal of the Royal
       Statistical Society B 76, 713-733.

    Examples
    --------
    >>> from polyagamma import Bridge
    >>> Bridge(0.25).exponent
    0.25
    """

    exponent: float = 0.5

    def _local(self, name: str) -> Local:
        cure = "pass Ridge() for an exponent of 2, or one between 0.1 and 2"
        return local_scales.bridge(shrinkage_checks.within(f"{name}.exponent", self.exponent, 0.1, 2.0, cure))


@public
@dataclass(frozen=True, eq=False)
class StudentT(ScaledPrior):
    """Coefficients with Student's t distribution of scale tau: ``lam**2`` is inverse gamma (nu/2, nu/2).

    Parameters
    ----------
    nu : float, default 4
        Degrees of freedom, positive: 1 is Cauchy, many are a `Ridge`.
    scale, groups, unshrunk, unshrunk_prior, standardized
        As for `RegularizedHorseshoe`.

    Examples
    --------
    >>> from polyagamma import StudentT
    >>> StudentT(3).nu
    3
    """

    nu: float = 4.0

    def _local(self, name: str) -> Local:
        cure = "pass Ridge() for a normal distribution, or fewer degrees of freedom"
        return local_scales.student_t(shrinkage_checks.within(f"{name}.nu", self.nu, 0.1, 1e6, cure))


@public
@dataclass(frozen=True, eq=False)
class Ridge(ScaledPrior):
    """Independent Gaussian priors ``N(mu, tau**2)`` with a common standard deviation that is sampled.

    The data decide how far coefficients are drawn towards their means, as cross-validation decides it for a
    penalty.

    Parameters
    ----------
    scale : float or mapping of str to float, default 1
        Median of the half-Cauchy prior of tau, or of that of each group.
    mu : float or array_like, shape (n_features,), default 0
        Means.
    groups, unshrunk, unshrunk_prior, standardized
        As for `RegularizedHorseshoe`.

    Examples
    --------
    >>> from polyagamma import Ridge
    >>> Ridge(0.5).scale
    0.5
    """

    scale: Scale = 1.0
    mu: ArrayLike = 0.0

    def _means(self, name: str, size: int) -> FloatArray:
        return checks.per_feature(f"{name}.mu", self.mu, size)

    def _local(self, name: str) -> Local:  # noqa: ARG002
        return local_scales.RIDGE
