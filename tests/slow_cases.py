"""Cases that cost more than they add: a few run by default, all of them with the slow tests."""

import pytest


def mostly_slow(cases, *kept):
    """The cases, each one argument or a tuple of several, marked slow but for those that are kept."""
    return [
        case if case in kept else pytest.param(*arguments(case), marks=pytest.mark.slow) for case in cases
    ]


def arguments(case):
    return case if isinstance(case, tuple) else (case,)
