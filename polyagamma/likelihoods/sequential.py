"""The sequential likelihood: ordered classes, each of which is reached by passing the ones before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_expit

from polyagamma._validation import classes as checks
from polyagamma._validation.arguments import as_array
from polyagamma._validation.classes import ObservedClasses
from polyagamma._validation.models import listed
from polyagamma._validation.models import weights as checked_weights
from polyagamma.likelihoods.class_rows import ClassRows
from polyagamma.likelihoods.likelihood import (
    ROWS_AT_ONCE,
    CoreForm,
    FloatArray,
    KnownPart,
    ObservedRows,
    decided_by_the_prior,
)
from polyagamma.traces.trace import Variables


@dataclass(frozen=True)
class SequentialLikelihood(ClassRows):
    """Checked classes or counts of the rows, their trials and weights; offsets as given, (n,) or (n, K - 1).

    There is a linear predictor for each class but the last: the log odds of that class against the later
    ones, given that it is none of the earlier ones.
    """

    offsets: FloatArray

    @classmethod
    def check(
        cls, observed: ObservedClasses, weights: ArrayLike | None, offset: ArrayLike | None
    ) -> SequentialLikelihood:
        """Check what the user gave besides classes; TypeError or ValueError name the argument."""
        classes, y, trials = observed
        of_rows = checked_weights(weights, len(y), trials)
        bare = cls(classes, y, trials, of_rows, np.empty(0), np.empty(0))
        known = bare.known_part(offset, len(y))
        return cls(classes, y, trials, of_rows, known.offset, known.given)

    @property
    def n_functions(self) -> int:
        """See `Likelihood`."""
        return len(self.classes) - 1

    @property
    def stages(self) -> list[Any]:
        """The classes that have a linear predictor."""
        return self.labels[:-1]

    @property
    def coords(self) -> dict[str, dict[str, list[Any]]]:
        """See `Likelihood`."""
        return super().coords | {"constant_data": {"class": self.stages}}

    def known_part(self, offset: ArrayLike | None, n_rows: int) -> KnownPart:
        """See `Likelihood`: one number for each row, or for each row and class but the last."""
        if offset is None or as_array("offset", offset).ndim < 2:
            shared = ObservedRows.known_part(self, offset, n_rows)
            return KnownPart(np.tile(shared.offset, (self.n_functions, 1)), shared.given)
        why = "pass one for each class but the last, or one for each row"
        given = checks.offsets(offset, n_rows, self.stages, why)
        return KnownPart(np.ascontiguousarray(given.T), given, ("class",))

    @property
    def augments(self) -> bool:
        """See `Likelihood`: a row has as many Pólya-gamma variables as it passes classes."""
        return False

    def polya_gamma(self) -> None:
        """See `Likelihood`: the core has it."""

    def core(self) -> CoreForm:
        """See `Likelihood`."""
        return self.core_of("sequential", np.arange(self.n_functions))

    def log_probabilities(self, eta: FloatArray) -> FloatArray:
        """See `ClassRows`: to pass all classes before, and to stay."""
        passed = log_expit(-eta).cumsum(axis=-2)
        nothing = np.zeros_like(eta[..., :1, :])
        stay = np.concatenate([log_expit(eta), nothing], axis=-2)
        return np.asarray(np.concatenate([nothing, passed], axis=-2) + stay)

    def mean(self, eta: FloatArray) -> FloatArray:
        """See `Likelihood`: the probability of each class."""
        return np.exp(self.log_probabilities(eta))

    def notices(self, predictor: Callable[[slice], FloatArray]) -> list[str]:
        """See `Likelihood`: an explanation where the likelihood of a linear predictor grows without end."""
        if missing := self.never_observed():
            return [decided_by_the_prior(f"no row has the class {listed(missing)}")]
        separated = [label for stage, label in enumerate(self.stages) if self._is_separated(stage, predictor)]
        if not separated:
            return []
        found = "a linear function of the predictors perfectly separates from the classes after it"
        return [decided_by_the_prior(f"{found} each of {listed(separated)}")]

    def _is_separated(self, stage: int, predictor: Callable[[slice], FloatArray]) -> bool:
        """Whether each row that reaches a class is on the side of what it does: of staying, or of passing."""
        for first in range(0, len(self.y), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            eta = (self.offset[:, rows] + predictor(rows))[stage]
            stay, leave = self._outcomes(stage, rows)
            if (stay & (eta <= 0)).any() or (leave & (eta >= 0)).any():
                return False
        return True

    def _outcomes(self, stage: int, rows: slice) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return which rows have been seen to stay at a class, and which to pass it."""
        y = self.y[rows]
        if self.is_table:
            return y[:, stage] > 0, np.asarray(y[:, stage + 1 :].any(axis=1))
        return y == stage, y > stage

    def data(self, X: FloatArray | None) -> dict[str, Variables]:
        """See `ObservedRows`: offsets as they were given."""
        groups = super().data(X)
        dims = ("obs_id", "class") if self.offsets.ndim == 2 else ("obs_id",)
        offset: Variables = {"offset": (dims, self.offsets)}
        return groups | {"constant_data": {**groups["constant_data"], **offset}}
