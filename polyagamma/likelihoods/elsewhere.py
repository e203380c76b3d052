"""Rows that are not in memory: how some of them become a likelihood, and what is known of all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import classes as class_checks
from polyagamma._validation import models as checks
from polyagamma._validation.classes import ObservedClasses
from polyagamma._validation.rows import complete_labels
from polyagamma.likelihoods.binomial import BinomialLikelihood, observed_binomial
from polyagamma.likelihoods.class_rows import ClassRows
from polyagamma.likelihoods.dispersion import DispersionPrior, Known
from polyagamma.likelihoods.likelihood import CoreForm, FloatArray, ObservedRows
from polyagamma.likelihoods.multinomial import MultinomialLikelihood
from polyagamma.likelihoods.negative_binomial import NegativeBinomialLikelihood
from polyagamma.likelihoods.sequential import SequentialLikelihood
from polyagamma.traces.trace import Variables

MOST_LABELS = 100  # of a block of binary rows, that are told
NO_ROWS = np.empty(0)


class Seen(NamedTuple):
    """What a look at a block of rows tells of them, besides their predictors."""

    labels: NDArray[Any] | None  # that occur
    weights: FloatArray  # (n,): how much rows count in means and standard deviations
    constants: FloatArray  # sums over rows that the likelihood's constant is made of
    arrays: list[FloatArray]  # that tell the rows from others
    counts: tuple[FloatArray, FloatArray] | None = None  # distinct ones above 1, and their weights


class RowKind(Protocol):
    """Of which likelihood rows are; all that whoever has some of them needs to know of it."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of what may have several columns, besides X."""

    def seen(self, n: int, **rows: Any) -> Seen:
        """Check a block of n rows before labels are known; TypeError or ValueError if one does not fit."""

    def observed(self, n: int, **rows: Any) -> ObservedRows:
        """Return the likelihood of n rows; TypeError or ValueError if one does not fit."""

    def core(self, observed: Any) -> CoreForm:
        """Return what the core calls it, for sums over these rows alone."""


@dataclass(frozen=True)
class BinomialKind:
    """Binary or binomial rows, with the labels of failure and success once they are known."""

    classes: NDArray[Any] | None = None
    tables = ()

    def seen(self, n: int, **rows: Any) -> Seen:
        """See `RowKind`."""
        if rows["trials"] is not None:
            trials = checks.trials(rows["trials"], n)
            y, labels, classes = checks.successes(rows["y"], trials), None, np.array([0, 1])
        else:
            given = complete_labels("y", rows["y"])
            if given.shape != (n,):
                raise ValueError(f"y must have one label for each row of X, shape ({n},), got {given.shape}")
            labels = np.unique(given)[:MOST_LABELS]
            y, trials, classes = np.zeros(n), np.ones(n), labels
        weights = checks.weights(rows["weights"], n, trials)
        found = BinomialLikelihood(classes, y, trials, weights, checks.offset(rows["offset"], n))
        constants = np.array([found.log_constant()])
        return Seen(labels, found.b, constants, [found.trials, found.weights, found.offset])

    def observed(self, n: int, **rows: Any) -> BinomialLikelihood:
        """See `RowKind`."""
        assert self.classes is not None
        return observed_binomial(self.classes, n, **rows)

    def core(self, observed: BinomialLikelihood) -> CoreForm:
        """See `RowKind`."""
        return observed.core()


@dataclass(frozen=True)
class ClassKind:
    """Rows of several classes, or counts of them; the labels once they are known.

    Attributes
    ----------
    of : callable
        Makes the likelihood of what was observed, weights and offsets.
    classes : ndarray, or None
    """

    of: Callable[[ObservedClasses, Any, Any], ClassRows]
    classes: NDArray[Any] | None = None
    tables = ("y", "offset")

    def seen(self, n: int, **rows: Any) -> Seen:
        """See `RowKind`."""
        y, trials = np.asarray(rows["y"]), rows["trials"]
        if y.ndim == 2:
            found, labels = class_checks.observed(y, trials, n), None
        else:
            class_checks.no_trials_with_labels(trials)
            labels, positions = checks.class_labels(y, n)
            found = ObservedClasses(labels, positions, np.ones(n))
        bare = MultinomialLikelihood.check(found, rows["weights"], None, 0)
        given = rows["offset"]
        offset = NO_ROWS if given is None else _finite_offset(given, n)
        constants = np.array([bare.log_constant()])
        return Seen(labels, bare.row_weights, constants, [bare.trials, bare.weights, offset])

    def observed(self, n: int, **rows: Any) -> ClassRows:
        """See `RowKind`."""
        assert self.classes is not None
        y, trials = np.asarray(rows["y"]), rows["trials"]
        if y.ndim == 2:
            _, counts, sums = class_checks.observed(y, trials, n)
            found = ObservedClasses(self.classes, counts, sums)
        else:
            found = ObservedClasses(self.classes, class_checks.positions(y, self.classes, n), np.ones(n))
        return self.of(found, rows["weights"], rows["offset"])

    def core(self, observed: ClassRows) -> CoreForm:
        """See `RowKind`."""
        form = observed.core()  # type: ignore[attr-defined]
        assert isinstance(form, CoreForm)
        return form


def _finite_offset(given: Any, n: int) -> FloatArray:
    """Return offsets, one for each row or a column for each of some classes."""
    columns = np.shape(given)[1] if np.ndim(given) == 2 else 0
    why = "pass rows of the same data"
    return class_checks.offsets(given, n, range(columns), why) if columns else checks.offset(given, n)


@dataclass(frozen=True)
class SoftmaxOf:
    """The multinomial likelihood with this reference, for `ClassKind`."""

    reference: int

    def __call__(self, found: ObservedClasses, weights: Any, offset: Any) -> MultinomialLikelihood:
        """Return that of some rows."""
        return MultinomialLikelihood.check(found, weights, offset, self.reference)


@dataclass(frozen=True)
class CountKind:
    """Counts, whose dispersion is known or has this prior."""

    dispersion: DispersionPrior
    tables = ()

    def seen(self, n: int, **rows: Any) -> Seen:
        """See `RowKind`: counts are told where their weights add up exactly in any order."""
        found = self.observed(n, **rows)
        y, weights = found.y, found.weights
        exact = bool((weights == np.floor(weights)).all())
        counts = weights_of_counts(y, weights, {}) if exact else None
        told = None if counts is None else (np.array(list(counts)), np.array(list(counts.values())))
        arrays = [weights, found.exposure, found.given_offset]
        return Seen(None, weights, found.constant_sums(), arrays, told)

    def observed(self, n: int, **rows: Any) -> NegativeBinomialLikelihood:
        """See `RowKind`."""
        return NegativeBinomialLikelihood.check(
            rows["y"], rows["exposure"], rows["weights"], rows["offset"], self.dispersion, n
        )

    def core(self, observed: NegativeBinomialLikelihood) -> CoreForm:
        """See `RowKind`: a sampled dispersion is with the chains."""
        form = observed.core()
        if isinstance(self.dispersion, Known):
            return form
        return CoreForm(form.name, form.arrays | {"dispersion": NO_ROWS})


def weights_of_counts(y: FloatArray, weights: FloatArray, before: dict[float, float]) -> dict[float, float]:
    """Return the weights of distinct counts above 1, added in the order of the rows to those before."""
    large = (y > 1) & (weights > 0)
    values, places = np.unique(y[large], return_inverse=True)
    sums = np.array([before.get(value, 0.0) for value in values.tolist()])
    np.add.at(sums, places, weights[large])
    return before | dict(zip(values.tolist(), sums.tolist(), strict=True))


class Elsewhere:
    """The likelihood of rows that are not in memory: what is known of all of them together.

    Its own arrays have no rows.
    """

    kind: Any
    coupled = False
    # Where chains have a dispersion: distinct counts, their weights, the sum of these, its prior.
    counted: tuple[FloatArray, FloatArray, float, FloatArray] | None = None
    _digest: FloatArray
    _log_constant: float

    def knowing(self, kind: RowKind, digest: FloatArray, log_constant: float, counted: Any = None) -> Self:
        """Return it, having been told."""
        vars(self).update(kind=kind, _digest=digest, _log_constant=log_constant, counted=counted)
        return self

    def arrays(self) -> list[FloatArray]:
        """See `Likelihood`: a digest of them."""
        return [self._digest]

    def data(self, X: FloatArray | None) -> dict[str, Variables]:  # noqa: ARG002
        """See `Likelihood`: a trace holds no rows that are not in memory."""
        return {}

    def log_constant(self) -> float:
        """See `Likelihood`."""
        return self._log_constant

    def notices(self, predictor: Callable[[slice], FloatArray]) -> list[str]:  # noqa: ARG002
        """See `Likelihood`: rows are not read again for it."""
        return []


class DistantBinomial(Elsewhere, BinomialLikelihood):
    """See `Elsewhere`."""

    @classmethod
    def of(cls, classes: NDArray[Any]) -> DistantBinomial:
        """Return that of rows with these labels."""
        return cls(classes, NO_ROWS, NO_ROWS, NO_ROWS, NO_ROWS)


class DistantMultinomial(Elsewhere, MultinomialLikelihood):
    """See `Elsewhere`."""

    @classmethod
    def of(cls, classes: NDArray[Any], is_table: bool, reference: int) -> DistantMultinomial:
        """Return that of rows with these classes, labels or counts."""
        y, offset = no_classes(classes, is_table), np.empty((len(classes) - 1, 0))
        return cls(classes, y, NO_ROWS, NO_ROWS, offset, np.empty((0, len(classes))), reference)

    @property
    def coupled(self) -> bool:  # type: ignore[override]
        """Whether second derivatives of a row mix its linear predictors."""
        return self.n_functions > 1


class DistantSequential(Elsewhere, SequentialLikelihood):
    """See `Elsewhere`."""

    @classmethod
    def of(cls, classes: NDArray[Any], is_table: bool) -> DistantSequential:
        """Return that of rows with these classes, labels or counts."""
        y, offset = no_classes(classes, is_table), np.empty((len(classes) - 1, 0))
        return cls(classes, y, NO_ROWS, NO_ROWS, offset, NO_ROWS)


class DistantCounts(Elsewhere, NegativeBinomialLikelihood):
    """See `Elsewhere`."""

    @classmethod
    def of(cls, dispersion: DispersionPrior) -> DistantCounts:
        """Return that of rows with this dispersion."""
        r = dispersion.r if isinstance(dispersion, Known) else None
        none = NO_ROWS
        return cls(none, none, none, none, none, none, none, dispersion, r)

    def arrays(self) -> list[FloatArray]:
        """See `Likelihood`."""
        return [*super().arrays(), self.dispersion.core()]


def no_classes(classes: NDArray[Any], is_table: bool) -> FloatArray:
    """Return what was observed in no rows."""
    return np.empty((0, len(classes))) if is_table else NO_ROWS
