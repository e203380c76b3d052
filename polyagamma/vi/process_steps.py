"""Natural-gradient steps for a process with inducing points, batch by batch.

References
----------
.. [1] F. Wenzel, T. Galy-Fajou, C. Donner, M. Kloft and M. Opper (2019), "Efficient Gaussian process
   classification using Pólya-Gamma data augmentation", AAAI 33, 5417-5424, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma.vi.inducing_rows import Batch, InducingFunctions, InducingModel
from polyagamma.vi.inducing_search import learned
from polyagamma.vi.kept_points import kept_points
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.predictive import log_probabilities
from polyagamma.vi.process_batches import ProcessBatches
from polyagamma.vi.stochastic import law_of

FloatArray = NDArray[np.float64]
DETERMINED = 1e-6  # share of the variance, no more of which is left to a point that adds nothing
FORGETTING = 0.9  # rates (t + 1) ** -FORGETTING
CHECK = 50  # steps of an iteration, which ends with a look at the rows held out
FEWEST = 4  # iterations before these can be the last ones
FLAT = 1e-4  # change of the mean log loss, while the number of steps doubles, that ends them
FOR_KERNEL, FOR_KERNELS = 2000, 1000  # rows that those of one function, or of several, are learned from
FEW, LAST = 5000, 20  # rows that are all learned from together after FEWEST iterations, and in how many steps
LAST_RATE = 0.5  # of these steps


@dataclass(frozen=True)
class ProcessLaw:
    """Where steps stand: kernels, points, the laws of the whitened values of q functions there, and steps.

    Laws are there by their precisions, and the products of these and the means. They are those given as many
    rows as have been seen, though at most all.
    """

    kernels: tuple[Any, ...]
    points: FloatArray  # (m, p)
    kept: NDArray[np.int64]  # (r,): which of these are used
    precision: FloatArray  # (q, r, r)
    linear: FloatArray  # (q, r)
    seen: int = 0  # rows, those that were seen again among them
    steps: int = 0

    @cached_property
    def laws(self) -> tuple[NormalLaw, ...]:
        """The laws themselves."""
        return tuple(law_of(*pair) for pair in zip(self.precision, self.linear, strict=True))

    @cached_property
    def coordinates(self) -> FloatArray:
        """Means of all values, (q * r,)."""
        return np.concatenate([law.mean for law in self.laws])

    def functions(self, given: InducingModel, threads: int) -> InducingFunctions:
        """Return the functions at these kernels and points."""
        return InducingFunctions(given.basis.at(self.points[self.kept]), self.kernels, threads)


@dataclass(frozen=True)
class ProcessIterate:
    """Where steps stand after some of them; see `Stage`."""

    state: ProcessLaw
    bound: float
    converged: bool
    shift: float = np.nan

    @property
    def coordinates(self) -> FloatArray:
        """See `Stage`."""
        return self.state.coordinates


class NaturalGradients:
    """Steps of the laws of the points' values, at kernels that are learned from some of the rows first.

    A step moves precisions, and precisions times means, towards what coordinate ascent would make them if all
    rows seen so far were like the batch [1]_, later on all rows that there are. So the prior has the weight
    that it should have, and neither mean nor variance is what rows would give that nobody has looked at.
    Those of several functions move at once.

    Parameters
    ----------
    given : InducingModel
    batches : ProcessBatches
    threads : int
    start : ProcessLaw, optional
        Where an earlier search stands, whose kernels and points are kept.
    move : bool
        Whether inducing points are learned with the kernels.
    """

    def __init__(
        self,
        given: InducingModel,
        batches: ProcessBatches,
        threads: int,
        start: ProcessLaw | None,
        move: bool = False,
    ) -> None:
        self._given, self._batches, self._threads = given, batches, threads
        self._start, self._move = start, move

    def iterates(self) -> Iterator[ProcessIterate]:
        """Yield where the search stands after every so many steps, until the loss of the held-out is flat.

        Of few rows, which `ended` learns from together, there are FEWEST iterations.
        """
        state = self._start or self._beginning()
        functions = state.functions(self._given, self._threads)
        scores: list[float] = []
        for reached in self._checkpoints(functions, state):
            scores.append(-log_loss(functions, self._batches.held_out, reached.laws))
            flat = abs(scores[-1] - scores[len(scores) // 2 - 1]) < FLAT
            last = len(scores) >= FEWEST and (flat or self._batches.n <= FEW)
            yield ProcessIterate(reached, scores[-1], converged=last)

    def ended(self, state: ProcessLaw) -> ProcessLaw:
        """Return where the search stands once the rows held out have been learned from too.

        Few rows are all learned from at once, in steps that leave nothing of the order of batches.
        """
        functions = state.functions(self._given, self._threads)
        if self._batches.n <= FEW:
            rows = [*self._batches.held_out, *self._batches]
            for _ in range(LAST):
                state = self._step(functions, state, rows, LAST_RATE)
            return state
        for batch in self._batches.held_out:
            state = self._step(functions, state, [batch], rate_after(state.steps))
        return state

    def _beginning(self) -> ProcessLaw:
        given = self._given
        q = given.likelihood.n_functions
        kernels, points = (given.kernel,) * q, given.basis.points
        if given.learned or self._move:
            most = FOR_KERNEL if q == 1 else FOR_KERNELS
            kernels, points = learned(given, some_rows(self._batches, most), self._move)
        kept = kept_points(kernels, points, DETERMINED)
        r = len(kept)
        return ProcessLaw(kernels, points, kept, np.tile(np.eye(r), (q, 1, 1)), np.zeros((q, r)))

    def _checkpoints(self, functions: InducingFunctions, state: ProcessLaw) -> Iterator[ProcessLaw]:
        done = 0
        while True:
            for batch in self._batches:
                state = self._step(functions, state, [batch], rate_after(state.steps))
                done += 1
                if done % CHECK == 0:
                    yield state

    def _step(
        self, functions: InducingFunctions, state: ProcessLaw, batches: Sequence[Batch], rate: float
    ) -> ProcessLaw:
        """Move by the rate's share to where coordinate ascent goes if rows seen are like those of batches."""
        rows = sum(len(batch.X) for batch in batches)
        before, now = (min(self._batches.n, seen) for seen in (state.seen, state.seen + rows))
        share, keep = rate * now / rows, (1 - rate) * now / max(before, 1)
        precision, linear = keep * state.precision, keep * state.linear
        np.einsum("kii->ki", precision)[...] += 1 - keep  # the prior's, of which there is one always
        for batch in batches:
            found = functions.sums(batch, state.laws)
            precision += np.multiply(share, found.precision, out=found.precision)
            linear += share * found.linear
        return replace(
            state, precision=precision, linear=linear, seen=state.seen + rows, steps=state.steps + 1
        )


def rate_after(steps: int) -> float:
    """Return the rate of the next step; that of the first is one."""
    return float((steps + 1) ** -FORGETTING)


def some_rows(batches: ProcessBatches, most: int) -> Batch:
    """Return the first rows of all, of those that are not held out."""
    found: list[Batch] = []
    for batch in batches:
        found.append(batch)
        if sum(len(one.X) for one in found) >= most:
            break
    likelihood = reduce(lambda one, more: one.joined(more), [one.likelihood for one in found])
    X = np.concatenate([one.X for one in found])[:most]
    known = np.concatenate([one.known for one in found])[:most]
    return Batch(X, likelihood.rows(slice(most)), known)


def log_loss(functions: InducingFunctions, batches: list[Batch], laws: Sequence[NormalLaw]) -> float:
    """Return the mean of minus the log probability of what is observed, for a trial."""
    loss = weight = 0.0
    for batch in batches:
        mean, variance = functions.moments(batch.X, laws)
        own = batch.likelihood
        loss -= float(own.weights @ log_probabilities(own, batch.known + mean, variance))
        weight += float(own.weights @ own.trials)
    return loss / weight
