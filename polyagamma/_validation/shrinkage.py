"""Checks of shrinkage priors, and the words of their errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.arguments import real_array, shown

FloatArray = NDArray[np.float64]
Columns = Mapping[str, Sequence[int]]  # that a name stands for: a categorical column for all its indicators


def unshrunk(name: str, value: Any, columns: Columns) -> set[int]:
    """Return the columns that are not shrunk; TypeError or ValueError unless they are names of columns."""
    return set(_columns(name, value, columns))


def groups(name: str, value: Any, columns: Columns, shrunk: Sequence[int]) -> dict[str, list[int]]:
    """Return the columns of each group; TypeError or ValueError unless each shrunk column is in just one."""
    if not isinstance(value, Mapping) or not value:
        raise TypeError(
            f"{name} must be a mapping of names of groups to names of columns, got {shown(value)}: "
            "pass for example {'genes': ['g1', 'g2']}"
        )
    found: dict[str, list[int]] = {}
    owner: dict[int, str] = {}
    names = _names(columns)
    for group, members in value.items():
        if not isinstance(group, str):
            raise TypeError(f"{name} must have names as keys, got {shown(group)}: pass str({group!r})")
        found[group] = _columns(f"{name}[{group!r}]", members, columns)
        for column in found[group]:
            if column in owner:
                raise ValueError(
                    f"{name} must have each column once, got {names[column]!r} in {owner[column]!r} and "
                    f"{group!r}: leave it out of one of the two"
                )
            if column not in shrunk:
                raise ValueError(
                    f"{name} must have shrunk columns, got {names[column]!r} of unshrunk in {group!r}: leave "
                    "it out of one of the two"
                )
            owner[column] = group
    if missing := [names[column] for column in shrunk if column not in owner]:
        raise ValueError(
            f"{name} must have all columns that are shrunk, got none with {missing[: checks.MOST_LISTED]}: "
            "add them to a group, or to unshrunk"
        )
    return found


def _names(columns: Columns) -> dict[int, str]:
    """Return the name of each column, its own rather than that of its categories."""
    return {members[0]: name for name, members in columns.items() if len(members) == 1}


def _columns(name: str, value: Any, columns: Columns) -> list[int]:
    given = checks.names(name, value)
    for one in given:
        if one not in columns:
            known = list(columns)[: checks.MOST_LISTED]
            raise ValueError(f"{name} must have names of columns, such as {known}, got {one!r}: pass those")
    found = [column for one in given for column in columns[one]]
    if len(set(found)) < len(found):
        raise ValueError(f"{name} must name each column once, got {list(given)}: drop the second")
    return found


def per_group(name: str, value: Any, groups: Sequence[str]) -> list[float]:
    """Return a positive number for each group, from one for all or a mapping of groups to numbers."""
    if not isinstance(value, Mapping):
        return [checks.positive(name, value)] * len(groups)
    checks.same_keys(name, value, groups)
    return [checks.positive(f"{name}[{group!r}]", value[group]) for group in groups]


def require_fewer(name: str, expected: float, columns: int, instead: str) -> None:
    """Raise ValueError unless fewer effects are expected than there are columns."""
    if expected >= columns:
        raise ValueError(
            f"{name} must be below the number of columns that are shrunk, {columns}, got "
            f"{checks.plain(expected)}: pass how many of them you expect to matter, or {instead}= instead"
        )


def one_of_two(name: str, expected: Any, other: str, value: Any) -> None:
    """Raise ValueError if both an expected number of effects and what it sets are given."""
    if expected is not None and value is not None:
        raise ValueError(
            f"{name} takes expected or {other}, got both ({shown(expected)}, {shown(value)}): drop one of "
            "them"
        )


def share(name: str, value: Any) -> float:
    """Return a probability, having checked that it is neither 0 nor 1, nor beyond."""
    found = checks.number(name, value)
    if not 0 < found < 1:
        raise ValueError(
            f"{name} must be above 0 and below 1, got {checks.plain(found)}: pass the probability that a "
            "coefficient is not 0, or unshrunk= for columns that always matter"
        )
    return found


def within(name: str, value: Any, least: float, below: float, cure: str) -> float:
    """Return a number, having checked that it is at least `least`, and below `below`."""
    found = checks.number(name, value)
    if not least <= found < below:
        limits = f"at least {checks.plain(least)} and below {checks.plain(below)}"
        raise ValueError(f"{name} must be {limits}, got {checks.plain(found)}: {cure}")
    return found


def refuse_mapping(name: str, value: Any) -> NoReturn:
    """Raise ValueError: a scale for each group needs groups."""
    raise ValueError(f"{name} needs groups=, got {shown(value)} without: pass one number, or groups= too")


def require_some(name: str, shrunk: Sequence[int]) -> None:
    """Raise ValueError if no column is left to be shrunk."""
    if not shrunk:
        raise ValueError(
            f"{name} must leave columns to be shrunk, got all of them: pass prior=Normal(...) instead"
        )


def require_baseline(name: str, prior: object, symmetric: bool) -> None:
    """Raise ValueError where classes have no coefficients of their own that could be shrunk."""
    if symmetric:
        raise ValueError(
            f"{name} must be Normal or MvNormal with parametrization='symmetric', got "
            f"{type(prior).__name__}: pass parametrization='baseline' to PolyaGammaMultinomial"
        )


def require_one_predictor(name: str, prior: object) -> NoReturn:
    """Raise ValueError: classes have coefficients of their own, which no point mass is for."""
    raise ValueError(
        f"{name} must be no {type(prior).__name__} where rows have several linear predictors, as those of "
        "PolyaGammaMultinomial and PolyaGammaSequential: pass RegularizedHorseshoe(expected=...)"
    )


def not_shrunk(model: object, has_indicators: bool) -> TypeError:
    """Return the error that a model has no shrinkage prior, or has indicators in place of scales."""
    name = type(model).__name__
    if has_indicators:
        return TypeError(
            f"model must have a shrinkage prior with scales, got {name} with SpikeAndSlab: read 'included' "
            "in the trace, which says which coefficients are not 0"
        )
    return TypeError(
        f"model must have a shrinkage prior, got {name} without: pass "
        "prior=RegularizedHorseshoe(expected=...) to it"
    )


def no_path(model: object) -> TypeError:
    """Return the error that a model has a prior without modes at zero."""
    return TypeError(
        f"model must have the prior Laplace or Bridge for map_path, got {type(model).__name__} with another: "
        "pass prior=Laplace() to it"
    )


def scales(name: str, value: Any) -> FloatArray:
    """Return positive numbers (m,); TypeError or ValueError unless they are."""
    found = np.atleast_1d(real_array(name, value)).astype(float)
    if found.ndim != 1 or not found.size:
        raise ValueError(f"{name} must have one dimension, got shape {found.shape}: pass a list of numbers")
    bad = np.flatnonzero(~((found > 0) & (found < np.inf)))
    if bad.size:
        raise ValueError(
            f"{name} must be positive and finite, got {name}[{bad[0]}] = {found[bad[0]]}: leave it out"
        )
    return found
