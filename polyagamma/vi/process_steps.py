"""Natural-gradient steps for a process with inducing points, batch by batch.

References
----------
.. [1] F. Wenzel, T. Galy-Fajou, C. Donner, M. Kloft and M. Opper (2019), "Efficient Gaussian process
   classification using Pólya-Gamma data augmentation", AAAI 33, 5417-5424, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.vi.core_rows import NODES, SHARES
from polyagamma.vi.inducing_evidence import learned
from polyagamma.vi.inducing_rows import Batch, InducingModel, InducingRows
from polyagamma.vi.iterates import Iterate
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.process_batches import ProcessBatches
from polyagamma.vi.stochastic import law_of

FloatArray = NDArray[np.float64]
FASTEST, DELAY, FORGETTING = 0.5, 2.0, 0.9  # rates min(FASTEST, (t + DELAY) ** -FORGETTING)
CHECK = 50  # steps of an iteration, which ends with a look at the rows held out
FEWEST = 4  # iterations before these can be the last ones
FLAT = 1e-4  # change of the mean log loss, while the number of steps doubles, that ends them
FOR_KERNEL = 2000  # rows that kernel parameters are learned from


@dataclass(frozen=True)
class ProcessLaw:
    """Where steps stand: a kernel, the law of the whitened values of the points, and the number of steps.

    The law is there by its precision, and the product of this and the mean.
    """

    kernel: Any
    precision: FloatArray  # (m, m)
    linear: FloatArray  # (m,)
    steps: int = 0

    @cached_property
    def law(self) -> NormalLaw:
        """The law itself."""
        return law_of(self.precision, self.linear)


@dataclass(frozen=True)
class ProcessIterate(Iterate):
    """An iterate that says which kernel it has, and after how many steps it stands."""

    state: ProcessLaw | None = None


class NaturalGradients:
    """Steps of the law of the points' values, at a kernel that is learned from some of the rows first.

    A step moves precision, and precision times mean, towards what coordinate ascent would make them if all
    rows were like the batch [1]_.

    Parameters
    ----------
    given : InducingModel
    batches : ProcessBatches
    threads : int
    start : ProcessLaw, optional
        Where an earlier search stands, whose kernel is kept.
    """

    def __init__(
        self, given: InducingModel, batches: ProcessBatches, threads: int, start: ProcessLaw | None
    ) -> None:
        self._given, self._batches, self._threads = given, batches, threads
        self._start = start

    def iterates(self) -> Iterator[ProcessIterate]:
        """Yield where the search stands after every so many steps, until the loss of the held-out is flat."""
        state = self._start or self._beginning()
        rows = InducingRows(self._given, state.kernel, self._threads)
        scores: list[float] = []
        for reached in self._checkpoints(rows, state):
            scores.append(-log_loss(rows, self._batches.held_out, reached.law))
            last = len(scores) >= FEWEST and abs(scores[-1] - scores[len(scores) // 2 - 1]) < FLAT
            yield ProcessIterate(reached.law, scores[-1], np.nan, converged=last, state=reached)

    def with_held_out(self, state: ProcessLaw) -> ProcessLaw:
        """Return where the search stands once the rows held out have been learned from too."""
        rows = InducingRows(self._given, state.kernel, self._threads)
        for batch in self._batches.held_out:
            state = self._step(rows, state, batch)
        return state

    def _beginning(self) -> ProcessLaw:
        kernel, m = self._given.kernel, self._given.basis.size
        if self._given.learned:
            kernel = learned(self._given, some_rows(self._batches, FOR_KERNEL))
        return ProcessLaw(kernel, np.eye(m), np.zeros(m))

    def _checkpoints(self, rows: InducingRows, state: ProcessLaw) -> Iterator[ProcessLaw]:
        done = 0
        while True:
            for batch in self._batches:
                state, done = self._step(rows, state, batch), done + 1
                if done % CHECK == 0:
                    yield state

    def _step(self, rows: InducingRows, state: ProcessLaw, batch: Batch) -> ProcessLaw:
        law, share = state.law, self._batches.n / len(batch.X)
        _, slope, weights = rows.polya_gamma(batch, law)
        rate = min(FASTEST, (state.steps + DELAY) ** -FORGETTING)
        precision = (1 - rate) * state.precision + rate * share * weights
        precision.flat[:: len(precision) + 1] += rate
        linear = (1 - rate) * state.linear + rate * share * (slope + weights @ law.mean)
        return ProcessLaw(state.kernel, precision, linear, state.steps + 1)


def some_rows(batches: ProcessBatches, most: int) -> Batch:
    """Return the first rows of all, of those that are not held out."""
    found: list[Batch] = []
    for batch in batches:
        found.append(batch)
        if sum(len(one.X) for one in found) >= most:
            break
    likelihood = reduce(BinomialLikelihood.joined, [one.likelihood for one in found])
    X = np.concatenate([one.X for one in found])[:most]
    known = np.concatenate([one.known for one in found])[:most]
    return Batch(X, likelihood.rows(slice(most)), known)


def log_loss(rows: InducingRows, batches: list[Batch], law: NormalLaw) -> float:
    """Return the mean of minus the log probability of what is observed, for a trial."""
    loss = weight = 0.0
    for batch in batches:
        mean, variance = rows.moments(batch.X, law)
        own = batch.likelihood
        eta = batch.known + mean + np.sqrt(variance) * NODES[:, np.newaxis]
        log_density = log_densities(own, eta)
        most = log_density.max(axis=0)
        loss -= float(np.sum(own.weights * (most + np.log(SHARES @ np.exp(log_density - most)))))
        weight += float(own.b.sum())
    return loss / weight


def log_densities(likelihood: BinomialLikelihood, eta: FloatArray) -> FloatArray:
    """Return the log probability of what is observed in each row, unweighted, at linear predictors (s, n)."""
    return np.asarray(likelihood.y * eta - likelihood.trials * np.logaddexp(0.0, eta))
