"""What draws amount to, kept while they are made: moments, batch means, some of the draws themselves.

Everything is added draw by draw, so that the same draws give the same bits however a run is cut.

References
----------
.. [1] J. M. Flegal and G. L. Jones (2010), "Batch means and spectral variance estimators in Markov chain
   Monte Carlo", Annals of Statistics 38, 1034-1070.
.. [2] A. Gelman et al. (2013), "Bayesian Data Analysis", 3rd edition, section 11.4.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
MOST_BATCHES = 32  # of a chain; from half as many on, their means estimate variances of means
MOST_SAMPLED = 128  # draws of a chain that are kept, evenly spaced
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
QUANTILES = tuple(f"{100 * level:g}%" for level in LEVELS)
STATISTICS = ("mean", "sd", *QUANTILES, "positive", "mcse_mean", "ess", "r_hat")


class RunningSummary:
    """What the draws of one variable amount to.

    Parameters
    ----------
    chains : int
    size : int
        Numbers in a draw of a chain.
    """

    def __init__(self, chains: int, size: int) -> None:
        self._mean, self._squares = np.zeros((chains, size)), np.zeros((chains, size))
        self._positive = np.zeros((chains, size))
        self._batches = np.zeros((MOST_BATCHES, chains, size))  # sums
        self._sampled = np.zeros((MOST_SAMPLED, chains, size), dtype=np.float32)
        self._counts = np.array([0, 1, 1])  # draws; draws in a batch; from one sampled draw to the next

    @staticmethod
    def bytes_of_a_number() -> int:
        """Bytes for each number in a draw of a chain."""
        return 8 * (3 + MOST_BATCHES) + 4 * MOST_SAMPLED

    @property
    def draws(self) -> int:
        """Draws of each chain so far."""
        return int(self._counts[0])

    def add(self, values: FloatArray) -> None:
        """Add draws (chains, draws, size)."""
        for draw in range(values.shape[1]):
            self._add_one(values[:, draw])

    def _add_one(self, x: FloatArray) -> None:
        done, in_batch, step = map(int, self._counts)
        if done == MOST_BATCHES * in_batch:
            in_batch *= 2
            half = MOST_BATCHES // 2
            self._batches[:half] = self._batches[::2] + self._batches[1::2]
            self._batches[half:] = 0.0
        if done == MOST_SAMPLED * step:
            step *= 2
            self._sampled[: MOST_SAMPLED // 2] = self._sampled[::2]
        self._batches[done // in_batch] += x
        if done % step == 0:
            self._sampled[done // step] = x
        deviation = x - self._mean
        self._mean += deviation / (done + 1)
        self._squares += deviation * (x - self._mean)
        self._positive += x > 0
        self._counts[:] = done + 1, in_batch, step

    def sampled(self) -> tuple[NDArray[np.float32], int]:
        """Return draws (chains, k, size), and from how many draws each of them is one."""
        done, _, step = map(int, self._counts)
        return self._sampled[: -(-done // step)].swapaxes(0, 1), step

    def statistics(self) -> FloatArray:
        """Return those named in `STATISTICS`, (statistics, size)."""
        ess, rhat, variance = self._mixing()
        quantiles = np.quantile(self.sampled()[0], LEVELS, axis=(0, 1)) if self.draws else np.nan
        size = self._mean.shape[1]
        positive = self._positive.mean(axis=0) / max(self.draws, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(variance / ess)
        rows = [self._mean.mean(axis=0), np.sqrt(variance)]
        rows += list(np.broadcast_to(quantiles, (len(LEVELS), size)))
        return np.stack([*rows, positive, error, ess, rhat])

    def _mixing(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return effective sample sizes, R-hats and variances.

        The variance of a mean is that of the means of batches about the grand mean, over all chains ([1]_,
        section 3); R-hat is that of half chains ([2]_), of as many batches as are complete.
        """
        done, in_batch, _ = map(int, self._counts)
        chains, size = self._mean.shape
        complete = done // in_batch
        nothing = np.full(size, np.nan)
        if complete < 4:
            return nothing, nothing, self._squares.mean(axis=0) / max(done - 1, 1)
        means = self._batches[:complete] / in_batch  # (batches, chains, size)
        half = complete // 2
        halves = np.stack([means[:half].mean(axis=0), means[-half:].mean(axis=0)])
        apart = ((halves - halves.mean(axis=0)) ** 2).sum(axis=0)  # within chains
        within = (self._squares - 0.5 * done * apart).mean(axis=0) / (done - 2)
        n = half * in_batch
        pooled = within * (n - 1) / n + halves.reshape(-1, size).var(axis=0, ddof=1)
        of_batch = means.reshape(-1, size).var(axis=0, ddof=1)
        total = done * chains
        with np.errstate(divide="ignore", invalid="ignore"):
            rhat = np.sqrt(pooled / within)
            ess = np.minimum(total * pooled / (in_batch * of_batch), total * np.log10(total))
        stuck = within <= 0
        return np.where(stuck, 0.0, ess), np.where(stuck, np.inf, rhat), pooled

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Return all numbers, to go on from."""
        return {name[1:]: array for name, array in vars(self).items()}

    def set_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from what `state` returned; ValueError if it is of another variable."""
        for name, array in vars(self).items():
            array[...] = state[name[1:]]
