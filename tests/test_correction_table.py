"""The generated tables of kernel 2 hold what their scripts compute, and the scripts are right."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from mpmath import mpf

CSRC = Path(__file__).parents[1] / "csrc"


@pytest.fixture(scope="module", autouse=True)
def scripts():
    folders = [str(CSRC / "pg" / "tables"), str(CSRC / "tests")]
    sys.path[:0] = folders
    yield
    for folder in folders:
        sys.path.remove(folder)


def table():
    """Numbers of correction_table.cpp, as (piece, function, coefficient)."""
    text = (CSRC / "pg" / "tables" / "correction_table.cpp").read_text()
    body = text[text.index("= {") :]
    numbers = np.array(re.findall(r"-?\d+(?:\.\d*)?(?:e[-+]?\d+)?", body), dtype=float)
    return numbers.reshape(170, 13, 8)


@pytest.mark.parametrize("piece", [0, 33, 68, 101, 140])
def test_table_is_what_its_script_computes(piece):
    from make_correction_table import piece_rows

    rows = np.array(piece_rows(piece), dtype=float)
    stored = table()[piece]
    np.testing.assert_allclose(stored[0], rows[0], rtol=1e-15)
    np.testing.assert_allclose(stored[1:], rows[1:], rtol=0, atol=1.01e-13)


def test_neighbouring_pieces_of_the_table_meet():
    pieces = table()
    right = pieces.sum(axis=2)[:-1]
    left = (pieces * (-1.0) ** np.arange(8)).sum(axis=2)[1:]
    np.testing.assert_allclose(right[:, 0], left[:, 0], rtol=1e-14, atol=1e-15)
    eps = np.linspace(0, 1, 21)[:, None] ** np.arange(12)
    np.testing.assert_allclose(right[:, 1:] @ eps.T, left[:, 1:] @ eps.T, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("b", "omega"), [(20, 5), (20, 0.9), (20, 40), (60, 18), (33.3, 2)])
def test_series_and_inversion_agree(b, omega):
    from correction_exact import correction_by_inversion, correction_by_series

    series = correction_by_series(mpf(b), mpf(omega))
    assert abs(series - correction_by_inversion(mpf(b), mpf(omega))) < mpf(10) ** -24


def test_stored_reference_values_are_what_their_script_computes():
    from make_correction_reference import correction_row, local_row

    stored = (CSRC / "tests" / "correction_reference.hpp").read_text()
    for piece, row in [(7, 0), (64, 1), (92, 2), (121, 0)]:
        assert correction_row(piece, row) in stored
    for shape, tilt, multiple in [("1048577", "0", 1.5), ("1e15", "5", -4)]:
        assert local_row(shape, tilt, multiple) in stored
