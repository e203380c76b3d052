"""Formulas in the grammar of lme4 and bambi; the sole importer of formulae, which parses and encodes.

Groups are taken out of a formula before it is encoded: formulae would make a dense matrix of rows and levels
of them. What is left of a bar is encoded as a formula of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import formulas as checks
from polyagamma._validation.optional import packages_for

FloatArray = NDArray[np.float64]
SMOOTH, PROPORTIONS = "s", ("p", "prop", "proportion")


class GroupPart(NamedTuple):
    """What is left and right of a bar: the nodes of a sum, and names of columns; whether there is one bar."""

    slopes: list[tuple[Any, Any]]
    columns: list[str]
    correlated: bool


class SmoothPart(NamedTuple):
    """A smooth: its argument, and its options."""

    argument: Any
    options: dict[str, Any]


@dataclass(frozen=True)
class Parsed:
    """A formula in parts.

    Attributes
    ----------
    response : node
    fixed : list of (operator, node)
        The sum of everything that is no group and no smooth.
    groups : list of GroupPart
    smooths : list of SmoothPart
    """

    response: Any
    fixed: list[tuple[Any, Any]]
    groups: list[GroupPart]
    smooths: list[SmoothPart]


class _NumPy:
    """NumPy's functions, for formulas; modules cannot be pickled."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(np, name)


KNOWN = {"np": _NumPy(), "numpy": _NumPy()}


def parse(formula: Any) -> Parsed:
    """Return the parts of a formula.

    Raises
    ------
    ImportError
        If formulae is not installed.
    TypeError, ValueError
        If it is no text; or, with its place, if it has an error.
    """
    checks.text(formula)
    tokens, places, doubled = _tokens(formula)
    tree = _tree(formula, tokens, places)
    if type(tree).__name__ != "Binary" or tree.operator.kind != "TILDE":
        raise checks.syntax_error(formula, len(formula), "there is no '~' behind a response")
    fixed, groups, smooths = [], [], []
    for operator, node in _sum(tree.right):
        bar = _without_brackets(node)
        if _is(bar, "Binary", "PIPE"):
            groups += _groups(formula, bar, correlated=id(bar.operator) not in doubled)
        elif _is(node, "Call") and node.callee.name.lexeme == SMOOTH:
            smooths.append(_smooth(formula, node))
        else:
            fixed.append((operator, node))
    return Parsed(tree.left, fixed, groups, smooths)


def _tokens(formula: str) -> tuple[list[Any], list[int], set[int]]:
    """Return tokens, their places, and the bars that were double (as the ids of the tokens that are kept)."""
    with packages_for("a formula"):
        from formulae.scanner import ScanError, Scanner
    scanner = Scanner(formula)
    try:
        scanned = scanner.scan(add_intercept=False)
    except (ScanError, IndexError) as error:
        where = min(scanner.current, len(formula)) - isinstance(error, ScanError)
        found = str(error) if isinstance(error, ScanError) else "the quotation does not end"
        raise checks.syntax_error(formula, where, found) from error
    tokens: list[Any] = []
    places: list[int] = []
    doubled, place = set(), 0
    for token in scanned:
        place = formula.index(token.lexeme, place) if token.lexeme else len(formula)
        if token.kind == "PIPE" and tokens and tokens[-1].kind == "PIPE" and places[-1] == place - 1:
            doubled.add(id(tokens[-1]))
        else:
            tokens.append(token)
            places.append(place)
        place += len(token.lexeme)
    return tokens, places, doubled


def _tree(formula: str, tokens: list[Any], places: list[int]) -> Any:
    from formulae.parser import ParseError, Parser

    parser = Parser(tokens)
    try:
        tree = parser.parse()
    except ParseError as error:
        raise checks.syntax_error(formula, places[parser.current], str(error)) from error
    if not parser.at_end():
        found = f"{tokens[parser.current].lexeme!r} is not expected here"
        cure = "; a group needs brackets: (1 | g)" if tokens[parser.current].kind == "PIPE" else ""
        raise checks.syntax_error(formula, places[parser.current], found + cure)
    return tree


def _is(node: Any, kind: str, operator: str | None = None) -> bool:
    return type(node).__name__ == kind and (operator is None or node.operator.kind == operator)


def _without_brackets(node: Any) -> Any:
    while _is(node, "Grouping"):
        node = node.expression
    return node


def _sum(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what a sum consists of, with the operators before."""
    from formulae.token import Token

    if _is(node, "Binary", "PLUS") or _is(node, "Binary", "MINUS"):
        yield from _sum(node.left)
        yield node.operator, node.right
    else:
        yield Token("PLUS", "+"), node


def _groups(formula: str, bar: Any, correlated: bool) -> list[GroupPart]:
    """Return the groups right of a bar, of which there are several in ``a / b``."""
    if _is(bar.left, "Binary", "PIPE"):
        raise checks.formula_error(formula, "a group has two bars: write (1 | g) + (1 | h)")
    factors = _resolved(formula, bar.right)
    terms = getattr(factors, "common_terms", [factors])
    columns = [[_column(formula, part) for part in getattr(term, "components", [term])] for term in terms]
    return [GroupPart(list(_sum(bar.left)), names, correlated) for names in columns]


def _column(formula: str, component: Any) -> str:
    if type(component).__name__ != "Variable" or not isinstance(component.name, str):
        name = getattr(component, "name", component)
        raise checks.formula_error(
            formula, f"{name!r} right of a bar is no column: make a column of it in the data"
        )
    return component.name


def _smooth(formula: str, call: Any) -> SmoothPart:
    options = {one.name.name.lexeme: one.value for one in call.args if _is(one, "Assign")}
    arguments = [one for one in call.args if not _is(one, "Assign")]
    if len(arguments) != 1 or not set(options) <= {"n_basis"}:
        raise checks.formula_error(formula, "s() takes a column and n_basis: write s(x) or s(x, n_basis=10)")
    return SmoothPart(
        lazy(arguments[0]), {name: lazy(value).eval({}, None) for name, value in options.items()}
    )


def _resolved(formula: str, node: Any) -> Any:
    from formulae.resolver import Resolver, ResolverError
    from formulae.terms.call_resolver import CallResolverError

    try:
        return Resolver(node).resolve()
    except (ResolverError, CallResolverError, TypeError, ValueError, AttributeError) as error:
        raise checks.formula_error(formula, str(error)) from error


def lazy(node: Any) -> Any:
    """Return a node as what `evaluated` evaluates."""
    from formulae.terms.call_resolver import CallResolver

    return CallResolver(node).resolve()


def evaluated(expression: Any, frame: Any) -> Any:
    """Return the value of an expression of columns of a data frame."""
    return expression.eval(frame, _environment())


def _environment() -> Any:
    from formulae.categorical import ENCODINGS
    from formulae.environment import Environment
    from formulae.transforms import TRANSFORMS

    return Environment([{**TRANSFORMS, **ENCODINGS}, KNOWN])


class Encoding:
    """Columns that a sum of terms stands for, encoded as in the data that it was made of.

    Parameters
    ----------
    formula : str
        For messages.
    nodes : sequence of (operator, node)
    frame : pandas.DataFrame

    Attributes
    ----------
    intercept : bool
    names : list of str
    values : ndarray, shape (n, p)
    offset : ndarray, shape (n,), or None
    """

    def __init__(self, formula: str, nodes: Sequence[tuple[Any, Any]], frame: Any) -> None:
        from formulae.expr import Binary, Literal
        from formulae.terms.terms import Intercept, Model

        tree = Literal(1)
        for operator, node in nodes:
            tree = Binary(tree, operator, node)
        found = _resolved(formula, tree)
        model = found if isinstance(found, Model) else Model(found)
        if model.group_terms:
            raise checks.formula_error(formula, "a group is part of a product: write it as a term of the sum")
        names = model.var_names - set(KNOWN)
        self._variables = sorted(name for name in names if name)  # numbers in calls have empty ones
        checks.frame_columns("data", frame, self._variables)
        model.eval(frame, _environment())
        self.intercept = any(isinstance(term, Intercept) for term in model.common_terms)
        terms = [term for term in model.common_terms if not isinstance(term, Intercept)]
        self._terms = [term for term in terms if term.kind != "offset"]
        self._offsets = [term for term in terms if term.kind == "offset"]
        self.names = [str(label) for term in self._terms for label in term.labels]
        self.values = _columns((term.data for term in self._terms), len(frame))
        self.offset = _total([term.data for term in self._offsets])

    def encoded(self, name: str, frame: Any) -> FloatArray:
        """Return the columns of a new data frame, (m, p); KeyError or ValueError name the column."""
        checks.frame_columns(name, frame, self._variables)
        return _columns((checks.encoded(name, term, frame) for term in self._terms), len(frame))

    def offset_of(self, frame: Any) -> FloatArray | None:
        """Return the offsets of a new data frame, (m,), if the formula has some."""
        checks.frame_columns("X_new", frame, self._variables)
        return _total([np.asarray(term.eval_new_data(frame)) for term in self._offsets])


def _columns(arrays: Iterable[Any], n_rows: int) -> FloatArray:
    columns = [np.asarray(array, dtype=np.float64).reshape(n_rows, -1) for array in arrays]
    return np.concatenate([np.empty((n_rows, 0)), *columns], axis=1)


def _total(offsets: Sequence[Any]) -> FloatArray | None:
    if not offsets:
        return None
    columns = [np.asarray(offset, dtype=np.float64).ravel() for offset in offsets]
    return np.asarray(np.sum(columns, axis=0))
