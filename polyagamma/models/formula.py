"""Formulas as the terms of an additive model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from polyagamma._validation import formulas as checks
from polyagamma._validation import models as model_checks
from polyagamma.terms import formula as grammar
from polyagamma.terms.component import DEFAULT_SD
from polyagamma.terms.group_columns import DEFAULT_CORRELATION, Group
from polyagamma.terms.linear_columns import Linear
from polyagamma.terms.predictors import Encoded
from polyagamma.terms.priors import DEFAULT_PRIOR, Normal
from polyagamma.terms.smooth_columns import Smooth


class Response(NamedTuple):
    """What is left of the tilde: labels or counts, and trials if it is ``prop(successes, trials)``."""

    y: Any
    trials: Any

    def trials_with(self, given: Any) -> Any:
        """Return its trials, or those that are given; ValueError if there are both."""
        if self.trials is not None and given is not None:
            raise ValueError("trials are those of prop() in the formula, got others: drop trials")
        return given if self.trials is None else self.trials


class LinearFormula(NamedTuple):
    """A formula without groups and smooths: predictors, response, and whether there is an intercept."""

    X: Encoded
    response: Response
    intercept: bool

    @classmethod
    def of(cls, formula: Any, data: Any) -> LinearFormula:
        """Return the formula of a text; TypeError, ValueError or KeyError name what does not fit."""
        parsed, frame = grammar.parse(formula), checks.frame("data", data)
        if parsed.groups or parsed.smooths:
            raise checks.formula_error(formula, "groups and smooths need PolyaGammaAdditive.from_formula")
        encoding = grammar.Encoding(formula, parsed.fixed, frame)
        if encoding.offset is not None:
            raise checks.formula_error(formula, "offset() is an argument of this model: pass offset=")
        if not encoding.names:
            raise checks.formula_error(formula, "it has no terms: add one behind '~'")

        def encode(name: str, new: Any) -> Any:
            rows = checks.frame(name, new)
            return _frame(encoding.names, encoding.encoded(name, rows), rows)

        X = Encoded(_frame(encoding.names, encoding.values, frame), encode)
        return cls(X, response(formula, parsed, frame), encoding.intercept)


@dataclass(frozen=True)
class AdditiveFormula:
    """A formula with the encodings of its data.

    Attributes
    ----------
    text : str
    parsed : Parsed
    fixed : Encoding
    slopes : list of Encoding
        One for each group.
    parts : list of Linear, Group and Smooth
        In this order; called with a data frame, it returns the inputs of each of these.
    """

    text: str
    parsed: grammar.Parsed
    fixed: grammar.Encoding
    slopes: list[grammar.Encoding]
    parts: list[Linear | Group | Smooth]

    @classmethod
    def of(
        cls, formula: Any, data: Any, prior: Normal | None, prior_sd: Any, prior_corr: Any
    ) -> AdditiveFormula:
        """Return the formula of a text; TypeError, ValueError or KeyError name what does not fit."""
        parsed, frame = grammar.parse(formula), checks.frame("data", data)
        fixed = grammar.Encoding(formula, parsed.fixed, frame)
        slopes = [grammar.Encoding(formula, group.slopes, frame) for group in parsed.groups]
        linear_prior = DEFAULT_PRIOR if prior is None else prior
        parts: list[Linear | Group | Smooth] = []
        if fixed.names:
            parts.append(Linear(_frame(fixed.names, fixed.values, frame), linear_prior))
        for group, encoding in zip(parsed.groups, slopes, strict=True):
            checks.frame_columns("data", frame, group.columns)
            name = ":".join(group.columns)
            parts.append(
                Group(
                    _labels(frame, group.columns),
                    slopes=_frame(encoding.names, encoding.values, frame) if encoding.names else None,
                    intercept=encoding.intercept,
                    correlated=group.correlated,
                    prior_sd=_prior_of(prior_sd, name),
                    prior_corr=DEFAULT_CORRELATION if prior_corr is None else prior_corr,
                    name=name,
                )
            )
        for smooth in parsed.smooths:
            name = f"s({smooth.argument})"
            x = _smoothed(smooth, "data", frame)
            parts.append(
                Smooth(
                    x,
                    **smooth.options,
                    prior_sd=_prior_of(prior_sd, name),
                    linear_prior=linear_prior,
                    name=name,
                )
            )
        if isinstance(prior_sd, Mapping):
            names = [str(part.name) for part in parts if not isinstance(part, Linear)]
            checks.known_priors(prior_sd, names)
        if not parts:
            raise checks.formula_error(formula, "it has no terms: add one behind '~'")
        return cls(formula, parsed, fixed, slopes, parts)

    @property
    def intercept(self) -> bool:
        """Whether there is one."""
        return self.fixed.intercept

    def response(self, data: Any) -> Response:
        """Return the response of its data."""
        return response(self.text, self.parsed, checks.frame("data", data))

    def __call__(self, name: str, data: Any) -> list[Any]:
        """Return the inputs of the parts for a new data frame, which messages call by this name."""
        frame = checks.frame(name, data)
        inputs: list[Any] = [self.fixed.encoded(name, frame)] if self.fixed.names else []
        for group, encoding in zip(self.parsed.groups, self.slopes, strict=True):
            checks.frame_columns(name, frame, group.columns)
            labels = _labels(frame, group.columns)
            inputs.append((labels, encoding.encoded(name, frame)) if encoding.names else labels)
        return inputs + [_smoothed(smooth, name, frame) for smooth in self.parsed.smooths]

    def with_offset(self, data: Any, offset: ArrayLike | None) -> ArrayLike | None:
        """Return offsets of a data frame: what is given, and those of the formula."""
        own = self.fixed.offset_of(checks.frame("X_new", data)) if self.fixed.offset is not None else None
        if own is None or offset is None:
            return offset if own is None else own
        return model_checks.offset(offset, len(own)) + own


def response(formula: str, parsed: grammar.Parsed, frame: Any) -> Response:
    """Return the response of a data frame."""
    node = parsed.response
    kind = type(node).__name__
    if kind == "Call" and node.callee.name.lexeme in grammar.PROPORTIONS:
        if len(node.args) != 2:
            raise checks.formula_error(formula, "prop() takes two columns: prop(successes, trials)")
        successes, trials = (_evaluated(argument, frame) for argument in node.args)
        return Response(successes, trials)
    if kind == "Variable" and node.level is not None:
        column = _evaluated(type(node)(node.name), frame)
        return Response(np.asarray(column == node.level.value).astype(np.int64), None)
    return Response(_evaluated(node, frame), None)


def _evaluated(node: Any, frame: Any) -> Any:
    expression = grammar.lazy(node)
    if hasattr(expression, "name"):
        checks.frame_columns("data", frame, [expression.name])
    return grammar.evaluated(expression, frame)


def _labels(frame: Any, columns: list[str]) -> Any:
    return frame[columns[0]] if len(columns) == 1 else frame[columns]


def _frame(names: list[str], values: Any, frame: Any) -> Any:
    return type(frame)(values, columns=names, index=frame.index)


def _smoothed(smooth: grammar.SmoothPart, name: str, frame: Any) -> Any:
    if hasattr(smooth.argument, "name"):
        checks.frame_columns(name, frame, [smooth.argument.name])
    return grammar.evaluated(smooth.argument, frame)


def _prior_of(prior_sd: Any, name: str) -> Any:
    return prior_sd.get(name, DEFAULT_SD) if isinstance(prior_sd, Mapping) else prior_sd
