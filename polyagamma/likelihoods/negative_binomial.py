"""The negative binomial likelihood: counts with a log link and more variance than Poisson's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from polyagamma._validation import counts
from polyagamma._validation import models as checks
from polyagamma._validation.arguments import require_positive
from polyagamma.likelihoods.dispersion import DispersionPrior, Known
from polyagamma.likelihoods.likelihood import CoreForm, FloatArray, ObservedRows, Raw, Start
from polyagamma.traces import trace
from polyagamma.traces.trace import Variables

LARGEST_RATE = 2.0**62  # of simulated counts, which are 64-bit integers
LARGE_SHAPE = 20.0
LEAST_R = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class NegativeBinomialLikelihood(ObservedRows):
    """Checked counts, exposures, weights and offsets, each (n,).

    The mean is ``mu = exp(eta)`` and the variance ``mu + mu**2 / r``: there is one linear predictor, and a
    dispersion r of its own. The logarithm of the exposure is part of ``offset``, but not of ``given_offset``.
    """

    given_offset: FloatArray
    exposure: FloatArray
    dispersion: DispersionPrior
    r: FloatArray | float | None = None  # at parameters that are given

    @classmethod
    def check(
        cls,
        y: ArrayLike,
        exposure: ArrayLike | None,
        weights: ArrayLike | None,
        offset: ArrayLike | None,
        dispersion: DispersionPrior,
        n_rows: int,
    ) -> NegativeBinomialLikelihood:
        """Check what the user gave; TypeError or ValueError name the argument."""
        exposed, given = counts.exposure(exposure, n_rows), checks.offset(offset, n_rows)
        observed = counts.counts("y", y, n_rows)
        return cls(
            np.empty(0),
            observed,
            np.ones(n_rows),
            checks.weights(weights, n_rows, observed),
            given + np.log(exposed),
            given,
            exposed,
            dispersion,
            dispersion.r if isinstance(dispersion, Known) else None,
        )

    @property
    def n_functions(self) -> int:
        """See `Likelihood`."""
        return 1

    @property
    def parameters(self) -> list[str]:
        """See `Likelihood`: the dispersion, in both conventions, unless it is known."""
        return [] if isinstance(self.dispersion, Known) else ["r", "alpha"]

    @property
    def needed(self) -> list[str]:
        """See `Likelihood`."""
        return self.parameters[:1]

    def outputs(self) -> dict[str, tuple[int, ...]]:
        """See `Likelihood`."""
        return {"extras": (1,)} if self.parameters else {}

    def variables(self, raw: Raw) -> Variables:
        """See `Likelihood`."""
        if not self.parameters:
            return {}
        r = np.exp(raw["extras"][..., 0])
        return self._of_dispersion(r)

    @staticmethod
    def _of_dispersion(r: FloatArray) -> Variables:
        return {"r": (trace.DRAWS, r), "alpha": (trace.DRAWS, 1 / r)}

    def draw_prior(self, draws: int, rng: np.random.Generator) -> Variables:
        """See `Likelihood`."""
        with np.errstate(over="ignore", under="ignore", divide="ignore"):
            drawn = self.dispersion.draw(rng, draws)[np.newaxis]
        r = np.clip(drawn, LEAST_R, 1 / LEAST_R)  # beyond it are draws of priors with very long tails
        return self._of_dispersion(r) if self.parameters else {}

    def initial(self, initvals: Start, chains: int) -> tuple[Start, FloatArray]:
        """See `Likelihood`: log r."""
        if not self.parameters:
            return initvals, np.empty((chains, 0))
        checks.require_mapping("initvals", initvals, ["r", "beta"])
        if "r" not in initvals:
            found = sorted(map(str, initvals))
            raise ValueError(f"initvals must have 'r', got {found}: pass a positive value, or one a chain")
        r = checks.per_chain("initvals['r']", initvals["r"], (chains,))
        if not (r > 0).all():
            raise ValueError(f"initvals['r'] must be positive, got {r.min():g}: pass a dispersion above 0")
        return {name: value for name, value in initvals.items() if name != "r"}, np.log(r)[:, np.newaxis]

    def given(self, draws: xr.Dataset) -> NegativeBinomialLikelihood:
        """See `Likelihood`."""
        if not self.parameters:
            return self
        r = trace.values(draws, "r", trace.DRAWS)
        require_positive("posterior['r'] of idata", r)
        return replace(self, r=r[..., np.newaxis])

    def arrays(self) -> list[FloatArray]:
        """See `Likelihood`."""
        return [*super().arrays(), self.dispersion.core()]

    def polya_gamma(self) -> None:
        """See `Likelihood`: none in which only the linear predictor is unknown."""

    @property
    def augments(self) -> bool:
        """See `Likelihood`."""
        return True

    def augmented(self, eta: FloatArray, raw: Raw) -> tuple[FloatArray, FloatArray]:
        """See `Likelihood`: ``PG(w (y + r), eta - log r)``."""
        log_r = raw["extras"][0] if self.parameters else np.log(self._dispersion())
        return self.weights * (self.y + np.exp(log_r)), eta - log_r

    def core(self) -> CoreForm:
        """See `Likelihood`."""
        arrays = {"y": self.y, "weights": self.weights, "dispersion": self.dispersion.core()}
        return CoreForm("negative_binomial", arrays)

    def log_constant(self) -> float:
        """See `Likelihood`: the factorials, and what a known dispersion or its prior leave out."""
        return self.constant_of(self.constant_sums())

    def constant_sums(self) -> FloatArray:
        """Return the sums over rows that the constant is made of, (2,)."""
        rising = 0.0
        if isinstance(self.dispersion, Known):
            rising = float(self.weights @ log_rising(self.y, self.dispersion.r))
        return np.array([float(self.weights @ gammaln(self.y + 1)), rising])

    def constant_of(self, sums: FloatArray) -> float:
        """Return the constant, given these sums."""
        constant = self.dispersion.log_normalizer() - float(sums[0])
        return constant + float(sums[1]) if isinstance(self.dispersion, Known) else constant

    def log_likelihood(self, eta: FloatArray, rows: slice) -> FloatArray:
        """See `Likelihood`."""
        eta, y, r = eta[..., 0, :], self.y[rows], self._dispersion()
        value = log_rising(y, r) - gammaln(y + 1) + y * eta - (y + r) * np.logaddexp(0.0, eta - np.log(r))
        return np.asarray(self.weights[rows] * value)

    def _dispersion(self) -> FloatArray | float:
        assert self.r is not None  # given() comes first
        return self.r

    def mean(self, eta: FloatArray) -> FloatArray:
        """See `Likelihood`: the mean count."""
        with np.errstate(over="ignore"):
            return np.exp(eta)

    def class_probabilities(self, mean: FloatArray) -> FloatArray:
        """See `Likelihood`: there are no classes; the mean counts, (1, m)."""
        return mean

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:  # noqa: ARG002
        """See `Likelihood`: Poisson counts of gamma-distributed rates."""
        r = self._dispersion()
        gamma = rng.standard_gamma(np.broadcast_to(r, eta[..., 0, :].shape))
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            rate = np.where(gamma > 0, gamma / r * self.mean(eta[..., 0, :]), 0.0)  # also of an infinite mean
        return np.asarray(rng.poisson(np.minimum(rate, LARGEST_RATE)))

    def notices(self, predictor: Callable[[slice], FloatArray]) -> list[str]:  # noqa: ARG002
        """See `Likelihood`."""
        if self.y.any():
            return []
        return [
            "all counts are zero: the likelihood keeps growing as their mean falls, so the prior decides "
            "about intercept and dispersion; make sure that it says what you know"
        ]

    def data(self, X: FloatArray | None) -> dict[str, Variables]:
        """See `ObservedRows`: exposures in place of trials, and offsets as they were given."""
        groups = super().data(X)
        constant = {name: values for name, values in groups["constant_data"].items() if name != "trials"}
        given = {"exposure": self.exposure, "offset": self.given_offset}
        own = {name: (("obs_id",), values) for name, values in given.items()}
        return groups | {"constant_data": constant | own}


def log_rising(y: FloatArray, r: FloatArray | float) -> FloatArray:
    """Return ``log(Γ(y + r) / (Γ(r) r**y))``.

    A difference of log gamma functions loses everything where r is large: Stirling's series there, with
    errors of 1e-16 times y.
    """
    large, small = np.maximum(r, LARGE_SHAPE), np.minimum(r, LARGE_SHAPE)
    series = (y + large - 0.5) * np.log1p(y / large) - y + _stirling(y + large) - _stirling(large)
    direct = gammaln(y + small) - gammaln(small) - y * np.log(small)
    return np.asarray(np.where(r < LARGE_SHAPE, direct, series))


def _stirling(z: FloatArray) -> FloatArray:
    """Return ``log Γ(z) - (z - 1/2) log z + z - log(2 pi) / 2`` for z of LARGE_SHAPE and more, to 1e-14."""
    square = z**-2.0
    return np.asarray((1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / z)
