"""The multinomial likelihood: classes of one trial or more, whose probabilities are a softmax."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import classes as checks
from polyagamma._validation.classes import ObservedClasses
from polyagamma._validation.models import listed
from polyagamma._validation.models import weights as checked_weights
from polyagamma.likelihoods.class_rows import SoftmaxRows
from polyagamma.likelihoods.likelihood import (
    ROWS_AT_ONCE,
    CoreForm,
    FloatArray,
    KnownPart,
    decided_by_the_prior,
)
from polyagamma.traces.trace import Variables


@dataclass(frozen=True)
class MultinomialLikelihood(SoftmaxRows):
    """Checked classes or counts of the rows, their trials and weights; offsets of all classes, (n, K).

    There is a linear predictor for each class but one, the reference: the difference of logits to that of
    the reference, which the core has as its last class.
    """

    offsets: FloatArray
    reference: int

    @classmethod
    def check(
        cls,
        observed: ObservedClasses,
        weights: ArrayLike | None,
        offset: ArrayLike | None,
        reference: int,
    ) -> MultinomialLikelihood:
        """Check what the user gave besides classes; TypeError or ValueError name the argument."""
        classes, y, trials = observed
        n_rows, K = len(y), len(classes)
        of_rows = checked_weights(weights, n_rows, trials)
        bare = cls(classes, y, trials, of_rows, np.empty(0), np.empty((0, K)), reference)
        known = bare.known_part(offset, n_rows)
        return cls(classes, y, trials, of_rows, known.offset, known.given, bare.reference)

    @property
    def n_functions(self) -> int:
        """See `Likelihood`."""
        return len(self.classes) - 1

    @property
    def others(self) -> NDArray[np.intp]:
        """Positions of all classes but the reference, in the order of the linear predictors."""
        return np.delete(np.arange(len(self.classes)), self.reference)

    @property
    def coords(self) -> dict[str, dict[str, list[Any]]]:
        """See `Likelihood`."""
        return super().coords | {"constant_data": {"class": self.labels}}

    def known_part(self, offset: ArrayLike | None, n_rows: int) -> KnownPart:
        """See `Likelihood`: one number for each row and class, of which differences alone matter."""
        why = "an offset that all classes share has no effect, so pass one for each class"
        given = checks.offsets(offset, n_rows, self.labels, why)
        differences = given[:, self.others] - given[:, [self.reference]]
        return KnownPart(np.ascontiguousarray(differences.T), given, ("class",))

    @property
    def augments(self) -> bool:
        """See `Likelihood`: a row has as many Pólya-gamma variables as linear predictors."""
        return False

    def polya_gamma(self) -> None:
        """See `Likelihood`: the core has it."""

    def core(self) -> CoreForm:
        """See `Likelihood`."""
        return self.core_of("multinomial", self.others)

    def logits(self, eta: FloatArray) -> FloatArray:
        """See `SoftmaxRows`: that of the reference is zero."""
        return np.insert(eta, self.reference, 0.0, axis=-2)

    def notices(self, predictor: Callable[[slice], FloatArray]) -> list[str]:
        """See `Likelihood`: an explanation where the likelihood grows without end."""
        if missing := self.never_observed():
            return [decided_by_the_prior(f"no row has the class {listed(missing)}")]
        if self._is_separated(predictor):
            found = "linear functions of the predictors perfectly separate the classes"
            return [decided_by_the_prior(found)]
        return []

    def _is_separated(self, predictor: Callable[[slice], FloatArray]) -> bool:
        """Whether the logit of its only class is the largest in each row."""
        for first in range(0, len(self.y), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            own = self.only_classes(rows)
            if own is None:
                return False
            logits = self.logits(self.offset[:, rows] + predictor(rows))
            if not np.array_equal(logits.argmax(axis=0), own):
                return False
        return True

    def data(self, X: FloatArray | None) -> dict[str, Variables]:
        """See `ObservedRows`: offsets as they were given."""
        groups = super().data(X)
        offset: Variables = {"offset": (("obs_id", "class"), self.offsets)}
        return groups | {"constant_data": {**groups["constant_data"], **offset}}
