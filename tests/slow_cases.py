"""Cases that cost more than they add: a few run by default, all of them with the slow tests."""

import pytest


def mostly_slow(cases, *kept):
    return [case if case in kept else pytest.param(case, marks=pytest.mark.slow) for case in cases]
