"""Writes correction_table.cpp: piecewise polynomials of R_b(ω) in x = ω/(b + 1) and ε = 1/(b + 1).

    R_b(ω) − b log 2 = (b + 1)(A(x) − log 2) + E_0(x) + ε E_1(x) + … + ε^11 E_11(x)

With this x the left edge, −(2 + b) exp(−1/(2x)), and the right tail, −(π²/2) ω + (b + 1/2) log x, have the
same place and shape for every b, and E is so smooth in ε on [0, 1] that interpolation of degree 11 leaves
2e-10. Each octave of x has 16 pieces; a piece is a polynomial of degree 7 in t ∈ [−1, 1] for each function.

Usage: python make_correction_table.py [piece ...]; with arguments it prints the rows of these pieces instead.
"""

import sys
from pathlib import Path

from correction_exact import leading_order, remainder
from mpmath import cos, log, mp, mpf, pi

PIECES_PER_OCTAVE = 16
FIRST_OCTAVE, SKIPPED = -7, 6  # x from 2^-7 · (1 + 6/16): below it |A − log 2| < 7e-21
LAST_OCTAVE = 3  # up to 2^4: beyond it the density is below 1e-34 of its maximum
PIECES = (LAST_OCTAVE - FIRST_OCTAVE + 1) * PIECES_PER_OCTAVE - SKIPPED
DEGREE_X, DEGREE_EPS = 7, 11
DIGIT = mpf(10) ** -13  # to which E is rounded; A keeps 17 digits


def chebyshev_nodes(degree):
    """Zeros of the Chebyshev polynomial T_{degree + 1}."""
    return [cos(pi * (2 * k + 1) / (2 * (degree + 1))) for k in range(degree + 1)]


def interpolate(values):
    """Monomial coefficients of the polynomial through `values` at the Chebyshev nodes on [−1, 1]."""
    n = len(values)
    result = [mpf(0)] * n
    previous, current = [mpf(1)], [mpf(0), mpf(1)]  # T_0, T_1
    for j in range(n):
        weight = mpf(2 if j else 1) / n
        c = weight * sum(v * cos(pi * j * (2 * k + 1) / (2 * n)) for k, v in enumerate(values))
        for power, factor in enumerate(previous):
            result[power] += c * factor
        doubled = [mpf(0)] + [2 * factor for factor in current]
        for power, factor in enumerate(previous):
            doubled[power] -= factor
        previous, current = current, doubled
    return result


def substitute_eps(coefficients):
    """Coefficients in ε of a polynomial in η = 2ε − 1 (Horner's scheme on polynomials)."""
    result = [mpf(0)]
    for c in reversed(coefficients):
        product = [mpf(0)] * (len(result) + 1)
        for power, factor in enumerate(result):
            product[power] -= factor
            product[power + 1] += 2 * factor
        product[0] += c
        result = product
    return result[: len(coefficients)]


def piece_rows(piece):
    """Rows of one piece: A − log 2, then E_0 … E_11, each as coefficients in t."""
    octave, part = divmod(piece + SKIPPED, PIECES_PER_OCTAVE)
    left = mpf(2) ** (FIRST_OCTAVE + octave)
    width = left / PIECES_PER_OCTAVE
    xs = [left + width * (part + (1 + t) / 2) for t in chebyshev_nodes(DEGREE_X)]
    leading = interpolate([leading_order(x) - log(mpf(2)) for x in xs])
    eps = [(1 + eta) / 2 for eta in chebyshev_nodes(DEGREE_EPS)]
    by_x = [substitute_eps(interpolate([remainder(e, x) for e in eps])) for x in xs]
    orders = [interpolate([row[k] for row in by_x]) for k in range(DEGREE_EPS + 1)]
    return [[mp.nstr(c, 17) for c in leading], *[[rounded(c) for c in order] for order in orders]]


def rounded(c):
    """`c` to the nearest multiple of DIGIT, as short as it gets."""
    units = int(mp.nint(c / DIGIT))
    return repr(float(mpf(units) * DIGIT)) if units else "0"


def format_piece(piece):
    """Initialiser of one CorrectionPiece."""
    leading, *orders = ("{" + ", ".join(row) + "}" for row in piece_rows(piece))
    return "    {" + leading + ",\n     {" + ",\n     ".join(orders) + "}}"


def main():
    """Write the whole table, or print the pieces asked for."""
    if len(sys.argv) > 1:
        for piece in sys.argv[1:]:
            print(format_piece(int(piece)))
        return
    body = ",\n".join(format_piece(piece) for piece in range(PIECES))
    text = f"""// Written by make_correction_table.py; not to be edited.
// clang-format off
#include "pg/correction_table.hpp"

namespace polyagamma {{

const CorrectionPiece kCorrectionTable[kCorrectionPieces] = {{
{body},
}};

}}  // namespace polyagamma
"""
    (Path(__file__).parent / "correction_table.cpp").write_text(text)


if __name__ == "__main__":
    main()
