"""Writes correction_reference.hpp: exact values of R_b(ω) − b log 2 and of log(target/envelope)."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "pg" / "tables"))

from correction_exact import correction  # noqa: E402
from mpmath import log, mp, mpf, sqrt, tanh  # noqa: E402

SHAPES = ["1e-8", "1e-3", "0.1", "0.3", "0.5", "0.9", "1", "1.5", "2.25", "3", "4.4", "7.3", "13", "20"]
SHAPES += ["39.5", "41", "60", "100.5", "235", "1000", "20000", "1048576"]
PLACES = [0.0109, 0.0203, 0.033, 0.047, 0.0625, 0.081, 0.1, 0.117, 0.133, 0.151, 0.172, 0.2, 0.23, 0.25]
PLACES += [0.27, 0.31, 0.36, 0.41, 0.5, 0.63, 0.8, 1.01, 1.7, 3.3, 6.1, 11.0, 15.99]  # of x = ω/(b + 1)

LOCAL_SHAPES = ["1048577", "3e6", "1e9", "1e15"]
TILTS = ["0", "0.5", "2", "5", "9", "15"]
DEVIATIONS = [-8, -4, -1.5, -0.5, 0.5, 1.5, 4, 8]  # in units of sqrt(4 m/b), about a standard deviation


def correction_row(shape, place):
    """Initialiser of one CorrectionReference."""
    b = mpf(shape)
    omega = float(place * (b + 1))
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
    rows = [correction_row(shape, place) for shape in SHAPES for place in PLACES]
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
