"""Whether chains have mixed: effective sample sizes and R-hat of all parameters at once, in milliseconds.

ArviZ has the finer (rank-normalised) versions, `arviz.ess` and `arviz.rhat`; these decide whether a run ends
with advice.

References
----------
.. [1] A. Gelman et al. (2013), "Bayesian Data Analysis", 3rd edition, sections 11.4 and 11.5.
.. [2] A. Vehtari et al. (2021), "Rank-normalization, folding, and localization: an improved R-hat for
   assessing convergence of MCMC", Bayesian Analysis 16, 667-718.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

FloatArray = NDArray[np.float64]
LEAST_DRAWS = 100  # of a chain: fewer say nothing about mixing
MOST_DRAWS = 2000  # of a chain that are looked at: of longer chains every k-th draw
MOST_VALUES = 1 << 20  # of a variable that are looked at: of more parameters every k-th
BLOCK = 1 << 17  # values at a time
LEAST_ESS = 100  # for each chain; [2]_, section 4
GREATEST_RHAT = 1.01  # [2]_, section 4


HowToAdd = Callable[[int], str]


class Mixing(NamedTuple):
    """The worst parameters of a posterior."""

    ess: float
    ess_of: str
    rhat: float
    rhat_of: str

    def is_poor(self, chains: int) -> bool:
        """Whether the draws should not be trusted yet."""
        return self.ess < LEAST_ESS * chains or self.rhat > GREATEST_RHAT


def advice(posterior: xr.Dataset, how_to_add: HowToAdd) -> list[str]:
    """Return what to tell the user of these draws: nothing if they are fine.

    Parameters
    ----------
    posterior : Dataset
    how_to_add : callable
        Returns the call that adds a number of draws to each chain.
    """
    sizes = posterior.sizes
    return _advice(lambda: worst_mixing(posterior), sizes["draw"], sizes["chain"], how_to_add)


def advice_of_summary(summary: xr.Dataset, draws: int, chains: int, how_to_add: HowToAdd) -> list[str]:
    """Return the same where statistics were kept in place of draws."""
    return _advice(lambda: worst_summarized(summary), draws, chains, how_to_add)


def _advice(mixing: Callable[[], Mixing], draws: int, chains: int, how_to_add: HowToAdd) -> list[str]:
    if draws < LEAST_DRAWS:
        return [
            f"too few draws to tell whether the chains have mixed: {draws} of each chain, and at least "
            f"{LEAST_DRAWS} are wanted. Add {LEAST_DRAWS - draws} draws or more to each chain: "
            f"{how_to_add(LEAST_DRAWS - draws)}"
        ]
    worst = mixing()
    if not worst.is_poor(chains):
        return []
    needed = draws * max(4 * LEAST_ESS * chains / max(worst.ess, 1.0), 2.0) - draws
    more = int(np.ceil(needed / 100) * 100)
    return [
        f"the chains have mixed poorly: least effective sample size {worst.ess:.0f} ({worst.ess_of}), "
        f"greatest R-hat {worst.rhat:.3f} ({worst.rhat_of}); at least {LEAST_ESS * chains} and at most "
        f"{GREATEST_RHAT} are wanted. Add about {more} draws to each chain: {how_to_add(more)}"
    ]


def worst_mixing(posterior: xr.Dataset) -> Mixing:
    """Return the least effective sample size and the greatest R-hat, and whose they are.

    Thinned draws have at most the effective sample size of all: what is fine among them is fine.
    """
    found = []
    for name, array in thinned(posterior).data_vars.items():
        draws = array.transpose("chain", "draw", ...).to_numpy()
        draws = draws.reshape(*draws.shape[:2], -1)
        first = draws[0, 0]
        decided = _decided(first, (draws == first).all(axis=(0, 1)))
        found.append(_worst(name, array.isel(chain=0, draw=0), *_in_blocks(draws), decided))
    return _worst_of(found)


def worst_summarized(summary: xr.Dataset) -> Mixing:
    """Return the same of statistics that were kept in place of draws."""
    found = []
    for name, array in summary.data_vars.items():
        told = ("mean", "sd", "ess", "r_hat")
        mean, sd, ess, rhat = (array.sel(statistic=one).to_numpy().ravel() for one in told)
        found.append(_worst(name, array.isel(statistic=0), ess, rhat, _decided(mean, sd == 0)))
    return _worst_of(found)


def _decided(value: FloatArray, fixed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which parameters are 0 in every draw of all chains, or 1 in every draw.

    So are indicators that the data decide, and coefficients that no draw has: nothing is left to be mixed.
    """
    return np.asarray(fixed & ((value == 0) | (value == 1)))


def _worst(
    name: object, one: xr.DataArray, ess: FloatArray, rhat: FloatArray, decided: NDArray[np.bool_]
) -> Mixing:
    ess, rhat = np.where(decided, np.inf, ess), np.where(decided, 1.0, rhat)
    low, high = int(np.argmin(ess)), int(np.argmax(rhat))
    return Mixing(ess[low], _label(name, one, low), rhat[high], _label(name, one, high))


def _worst_of(found: list[Mixing]) -> Mixing:
    lowest = min(found, key=lambda mixing: mixing.ess)
    highest = max(found, key=lambda mixing: mixing.rhat)
    return Mixing(lowest.ess, lowest.ess_of, highest.rhat, highest.rhat_of)


def thinned(posterior: xr.Dataset) -> xr.Dataset:
    """Return at most `MOST_DRAWS` draws, and of variables with more than `MOST_VALUES` some elements."""
    few = posterior.isel(draw=slice(None, None, -(-posterior.sizes["draw"] // MOST_DRAWS)))
    return few.map(_some_elements)


def _some_elements(array: xr.DataArray) -> xr.DataArray:
    last, step = array.dims[-1], -(-array.size // MOST_VALUES)
    return array if last == "draw" else array.isel({last: slice(None, None, step)})


def _in_blocks(draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what `ess_and_rhat` does, of some parameters at a time."""
    step = max(1, BLOCK // (draws.shape[0] * draws.shape[1]))
    found = [ess_and_rhat(draws[..., j : j + step]) for j in range(0, draws.shape[2], step)]
    return np.concatenate([ess for ess, _ in found]), np.concatenate([rhat for _, rhat in found])


def ess_and_rhat(draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return effective sample sizes and R-hats of the means of parameters.

    Parameters
    ----------
    draws : ndarray, shape (chains, draws, p)
        At least four draws. A parameter that never moves has an effective sample size of 0 and an infinite
        R-hat.

    Returns
    -------
    ess, rhat : ndarray, shape (p,)
    """
    half = draws.shape[1] // 2
    split = np.concatenate([draws[:, :half], draws[:, -half:]])  # (m, n, p): [1]_, section 11.4
    within = split.var(axis=1, ddof=1).mean(axis=0)
    between = split.mean(axis=1).var(axis=0, ddof=1)  # B / n of [1]_
    pooled = within * (half - 1) / half + between  # [1]_, equation 11.3
    with np.errstate(divide="ignore", invalid="ignore"):
        rhat = np.sqrt(pooled / within)
        correlation = (
            1.0 - (within - _autocovariance(split).mean(axis=0)) / pooled
        )  # (n, p): [2]_, equation 10
        total = split.shape[0] * half
        ess = total / np.maximum(_autocorrelation_time(correlation), 1.0 / np.log10(total))  # bound of [2]_
    stuck = within == 0
    return np.where(stuck, 0.0, ess), np.where(stuck, np.inf, rhat)


def _autocovariance(series: FloatArray) -> FloatArray:
    """Return the autocovariance of each chain and parameter at every lag, (m, n, p)."""
    n = series.shape[1]
    size = next_fast_len(2 * n, real=True)
    spectrum = np.abs(rfft(series - series.mean(axis=1, keepdims=True), size, axis=1)) ** 2
    return np.asarray(irfft(spectrum, size, axis=1)[:, :n] / (n - 1))


def _autocorrelation_time(correlation: FloatArray) -> FloatArray:
    """Return sums of correlations over all lags, cut off by Geyer's monotone sequence ([2]_, section 3)."""
    n = len(correlation) // 2 * 2
    correlation = correlation.copy()
    correlation[0] = 1.0
    pairs = correlation[:n:2] + correlation[1:n:2]
    positive = np.logical_and.accumulate(pairs > 0, axis=0)
    monotone = np.where(positive, np.minimum.accumulate(pairs, axis=0), 0.0)
    return np.asarray(2.0 * monotone.sum(axis=0) - 1.0)


def _label(name: object, array: xr.DataArray, position: int) -> str:
    dims = array.dims
    where = np.unravel_index(position, tuple(array.sizes[dim] for dim in dims))
    labels = ", ".join(str(array[dim].to_numpy()[i]) for dim, i in zip(dims, where, strict=True))
    return f"{name}[{labels}]" if dims else str(name)
