"""What the user should know of the groups of an additive model before it is sampled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.terms.additive_design import AdditiveDesign

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FEW_LEVELS = 2


def notices(design: AdditiveDesign, likelihood: Likelihood) -> list[str]:
    """Return what to tell of factors: too few levels, levels of single rows, confounded or separated ones."""
    factors: dict[str, IntArray] = {}
    for component in design.components:
        if component.code_columns == [0]:
            factors.setdefault(component.name, component.inputs[:, 0].astype(np.int64))
    found = [text for name, codes in factors.items() for text in _of_factor(name, codes, likelihood)]
    pairs = combinations(factors.items(), 2)
    return found + [text for one, other in pairs for text in _of_pair(one, other)]


def _of_factor(name: str, codes: IntArray, likelihood: Likelihood) -> Iterator[str]:
    rows = np.bincount(codes)
    if len(rows) <= FEW_LEVELS:
        some = f"{len(rows)} level" + "s" * (len(rows) > 1)
        yield (
            f"{name!r} has {some}, which tell next to nothing of the standard deviation of its effects: its "
            "prior decides. Consider fixed effects (Linear) instead"
        )
    elif (rows == 1).all() and _is_bernoulli(likelihood):
        yield (
            f"each level of {name!r} has one row with one trial, which tells nothing of the standard "
            "deviation of its effects: its prior decides. Drop it"
        )
    elif _is_separated(codes, rows, likelihood):
        yield (
            f"every level of {name!r} with several rows has one class only: the likelihood keeps growing "
            "with the standard deviation of its effects, which is therefore decided by its prior"
        )


def _is_bernoulli(likelihood: Likelihood) -> bool:
    return len(likelihood.classes) == 2 and bool((likelihood.trials == 1).all())


def _is_separated(codes: IntArray, rows: IntArray, likelihood: Likelihood) -> bool:
    """Whether within levels all trials have the same outcome, though not in all of them together."""
    if len(likelihood.classes) != 2 or not (rows > 1).any():
        return False
    successes, trials = np.bincount(codes, likelihood.y), np.bincount(codes, likelihood.trials)
    pure = (successes == 0) | (successes == trials)
    return bool(pure[rows > 1].all()) and bool(0 < successes.sum() < trials.sum())


def _of_pair(one: tuple[str, IntArray], other: tuple[str, IntArray]) -> Iterator[str]:
    """Return a notice if two factors are the same groups under other names."""
    (name, codes), (second, others) = one, other
    levels = codes.max() + 1, others.max() + 1
    if levels[0] == levels[1] and len(np.unique(codes * levels[1] + others)) == levels[0]:
        yield (
            f"{name!r} and {second!r} are the same groups under two names: only the sum of their effects is "
            "known from the data. Drop one of them"
        )


def require_distinct_names(names: Sequence[str]) -> None:
    """Raise ValueError if a name occurs twice."""
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ValueError(f"terms must have different names, got {name!r} twice: pass name=")
