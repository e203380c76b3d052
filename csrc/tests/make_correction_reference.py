"""Writes correction_reference.hpp: exact values of R_b(ω) − b log 2 and of log(target/envelope)."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "pg" / "tables"))

from correction_exact import correction  # noqa: E402
from make_correction_table import FIRST_OCTAVE, PIECES, PIECES_PER_OCTAVE, SKIPPED  # noqa: E402
from mpmath import log, mp, mpf, sqrt, tanh  # noqa: E402

# Each piece of the table is tried with a shape of every row, all shapes in turn.
SHAPES = [
    ["1e-8", "1e-3", "0.1", "0.3", "0.5", "0.9", "1"],
    ["1.5", "2.25", "3", "4.4", "7.3", "13", "20"],
    ["39.5", "41", "60", "100.5", "235", "1000", "20000", "1048576"],
]

LOCAL_SHAPES = ["1048577", "3e6", "1e9", "1e15"]
TILTS = ["0", "0.5", "2", "5", "9", "15"]
DEVIATIONS = [-8, -4, -1.5, -0.5, 0.5, 1.5, 4, 8]  # in units of sqrt(4 m/b), about a standard deviation


def correction_row(piece, row):
    """Initialiser of one CorrectionReference, somewhere in the piece."""
    shape = SHAPES[row][piece % len(SHAPES[row])]
    octave, part = divmod(piece + SKIPPED, PIECES_PER_OCTAVE)
    fraction = (0.618 * (3 * piece + row) + 0.01) % 1
    x = 2.0 ** (FIRST_OCTAVE + octave) * (1 + (part + fraction) / PIECES_PER_OCTAVE)
    b = mpf(shape)
    omega = float(x * (b + 1))
    value = correction(b, mpf(omega)) - b * log(mpf(2))
    return f"    {{{shape}, {omega!r}, {mp.nstr(value, 20)}}},\n"


def log_ratio(b, c, mean, deviation):
    """Log of the PG(b, c) density over an inverse Gaussian of the same mean, shape b²/4, up to a constant."""
    omega = b * mean * (1 + deviation)
    return correction(b, omega) - (c * c / 2 - 1 / (8 * mean * mean)) * omega


def local_row(shape, tilt, multiple):
    """Initialiser of one LocalReference."""
    b, c = mpf(shape), mpf(tilt)
    mean = tanh(c / 2) / (2 * c) if c else mpf(1) / 4
    deviation = mpf(float(multiple * sqrt(4 * mean / b)))
    with mp.workprec(220):
        value = log_ratio(b, c, mean, deviation) - log_ratio(b, c, mean, mpf(0))
    return f"    {{{shape}, {tilt}, {mp.nstr(deviation, 17)}, {mp.nstr(value, 17)}}},\n"


def main():
    """Write the header."""
    rows = [correction_row(piece, row) for piece in range(PIECES) for row in range(len(SHAPES))]
    local = [local_row(shape, tilt, k) for shape in LOCAL_SHAPES for tilt in TILTS for k in DEVIATIONS]
    text = f"""// Written by make_correction_reference.py; not to be edited.
// clang-format off
#pragma once

struct CorrectionReference {{
    double b;
    double omega;
    double correction;  // R_b(omega) - b log 2
}};

inline constexpr CorrectionReference kCorrectionReference[] = {{
{"".join(rows)}}};

// log(density of PG(b, c) / density of the inverse Gaussian with its mean m and the shape b^2/4) at
// omega = m (1 + deviation), less its value at m.
struct LocalReference {{
    double b;
    double c;
    double deviation;
    double log_ratio;
}};

inline constexpr LocalReference kLocalReference[] = {{
{"".join(local)}}};
"""
    (HERE / "correction_reference.hpp").write_text(text)


if __name__ == "__main__":
    main()
