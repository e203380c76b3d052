"""Spike-and-slab priors: coefficients that are exactly 0 with a probability, which may be sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma._validation import shrinkage as shrinkage_checks
from polyagamma._validation.arguments import describe
from polyagamma.likelihoods.dispersion import HalfNormal
from polyagamma.terms.priors import Gaussian
from polyagamma.terms.scale_priors import Exponential, HalfT, SdPrior
from polyagamma.terms.shrinkage import Setting, ShrinkagePrior
from polyagamma.terms.spiked import Spiked

LEAST, MOST = 0.01, 1e6  # of parameters of beta priors: below, variates of doubles are 0 or 1


@public
@dataclass(frozen=True)
class Beta:
    """A beta prior of a probability: ``p(pi) ∝ pi**(alpha - 1) * (1 - pi)**(beta - 1)``.

    Parameters
    ----------
    alpha, beta : float
        At least 0.01 and below 1e6; the mean is ``alpha / (alpha + beta)``.

    Raises
    ------
    TypeError, ValueError
        If one is none, or not within its limits.

    Examples
    --------
    >>> from polyagamma import Beta
    >>> Beta(1, 9)
    Beta(alpha=1, beta=9)
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        for name in ("alpha", "beta"):
            cure = "pass a probability in place of the prior if you know it"
            shrinkage_checks.within(name, getattr(self, name), LEAST, MOST, cure)


@public
@dataclass(frozen=True, eq=False, kw_only=True)
class SpikeAndSlab(ShrinkagePrior):
    """The spike-and-slab prior: a coefficient is exactly 0 unless it is in the model, with probability pi.

    In the model it is ``N(0, tau**2)``, the slab. Draws of coefficients are 0 or not, and a trace says which:
    the mean of ``included`` is the posterior probability that a column matters [1]_, [2]_.

    Parameters
    ----------
    expected : float, optional
        How many of the p columns that are shrunk you expect to matter: positive, and below p. Then pi has the
        prior ``Beta(1, p / expected - 1)``, whose mean is ``expected / p``: a guess, and not a limit.
    inclusion : float or Beta, optional
        The probability pi, above 0 and below 1, or its prior, in place of `expected`; by default Beta(1, 1),
        under which every number of columns is as likely, and which corrects for their multiplicity [3]_. With
        more columns than rows pass `expected`: rows cannot tell apart sets of more columns than they are, so
        that hundreds may be in, and the time of a sweep grows with the cube of their number.
    slab : float, HalfT, HalfNormal or Exponential, default 2.5
        The standard deviation tau of coefficients that are in the model, or its prior. The default is that of
        coefficients without a spike. The wider the slab, the more it takes for a column to be in.
    unshrunk, unshrunk_prior, standardized
        As for `RegularizedHorseshoe`; columns in `unshrunk` are in the model always, as the intercept is.

    Notes
    -----
    For `PolyaGammaLogistic` and `PolyaGammaNegativeBinomial` with a dense X. Which columns are in is drawn
    with all coefficients integrated out, given Pólya-gamma variables, column by column [2]_, and columns are
    exchanged for correlated ones; so ``kernel="hmc"`` is refused. ``lp`` in a trace is the log of the joint
    density of the data, of coefficients that are in, of log tau and of the log odds of pi, and of the
    probability of the set of columns.

    References
    ----------
    .. [1] T. J. Mitchell and J. J. Beauchamp (1988), "Bayesian variable selection in linear regression", JASA
       83, 1023-1032.
    .. [2] E. I. George and R. E. McCulloch (1997), "Approaches for Bayesian variable selection", Statistica
       Sinica 7, 339-373.
    .. [3] J. G. Scott and J. O. Berger (2010), "Bayes and empirical-Bayes multiplicity adjustment in the
       variable-selection problem", Annals of Statistics 38, 2587-2619.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaLogistic, SpikeAndSlab
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((300, 5))
    >>> y = rng.random(300) < 1 / (1 + np.exp(-2 * X[:, 0]))
    >>> idata = PolyaGammaLogistic(X, y, prior=SpikeAndSlab(expected=1)).sample(random_seed=2)
    >>> (idata.posterior["included"].mean(("chain", "draw")) > 0.5).values.tolist()
    [True, False, False, False, False]
    """

    expected: float | None = None
    inclusion: float | Beta | None = None
    slab: float | HalfT | HalfNormal | Exponential = 2.5

    def joint(self, gaussian: Gaussian, setting: Setting) -> Spiked:
        """See `ShrinkagePrior`."""
        shrunk = self._shrunk(setting)
        before = len(gaussian.mean) - len(setting.sd)
        spiked = np.zeros(len(gaussian.mean), dtype=bool)
        spiked[before:][shrunk] = True
        return Spiked(
            self._with_unshrunk(gaussian, setting, shrunk),
            spiked,
            [setting.predictors.names[column] for column in shrunk],
            len(shrunk) == len(setting.sd),
            self._slab("prior.slab"),
            self._inclusion("prior", len(shrunk)),
        )

    def _slab(self, name: str) -> SdPrior | float:
        if isinstance(self.slab, HalfT | HalfNormal | Exponential):
            return SdPrior.check(name, self.slab)
        if not isinstance(self.slab, int | float | np.number):
            raise TypeError(
                f"{name} must be a positive number, HalfT, HalfNormal or Exponential, got "
                f"{describe(self.slab)}: pass 2.5, or HalfT(3, 2.5)"
            )
        checks.positive(name, self.slab)
        return shrinkage_checks.within(name, self.slab, 1e-50, 1e50, "pass about the size of an effect")

    def _inclusion(self, name: str, columns: int) -> tuple[float, ...]:
        shrinkage_checks.one_of_two(name, self.expected, "inclusion", self.inclusion)
        if self.expected is not None:
            expected = checks.positive(f"{name}.expected", self.expected)
            shrinkage_checks.require_fewer(f"{name}.expected", expected, columns, "inclusion")
            return 1.0, columns / expected - 1.0
        if self.inclusion is None:
            return 1.0, 1.0
        if isinstance(self.inclusion, Beta):
            return float(self.inclusion.alpha), float(self.inclusion.beta)
        return (shrinkage_checks.share(f"{name}.inclusion", self.inclusion),)
