"""Writes correction_reference.hpp: exact values of R_b(ω) − b log 2 for test_correction.cpp."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "pg" / "tables"))

from correction_exact import correction  # noqa: E402
from mpmath import log, mp, mpf  # noqa: E402

SHAPES = ["1e-8", "1e-3", "0.1", "0.3", "0.5", "0.9", "1", "1.5", "2.25", "3", "4.4", "7.3", "13", "20", "39.5"]
SHAPES += ["41", "60", "100.5", "235", "1000", "20000", "1048576"]
PLACES = [0.0109, 0.0203, 0.033, 0.047, 0.0625, 0.081, 0.1, 0.117, 0.133, 0.151, 0.172, 0.2, 0.23, 0.25, 0.27, 0.31]
PLACES += [0.36, 0.41, 0.5, 0.63, 0.8, 1.01, 1.7, 3.3, 6.1, 11.0, 15.99]  # of x = ω/(b + 1)


def main():
    rows = []
    for shape in SHAPES:
        for place in PLACES:
            b = mpf(float(shape))
            omega = float(place * (b + 1))
            value = correction(b, mpf(omega)) - b * log(mpf(2))
            rows.append(f"    {{{shape}, {omega!r}, {mp.nstr(value, 20)}}},\n")
    text = (
        "// Written by make_correction_reference.py; not to be edited.\n"
        "// clang-format off\n"
        "#pragma once\n\n"
        "struct CorrectionReference {\n    double b;\n    double omega;\n    double correction;  // R_b(omega) - b log 2\n};\n\n"
        "inline constexpr CorrectionReference kCorrectionReference[] = {\n" + "".join(rows) + "};\n"
    )
    (HERE / "correction_reference.hpp").write_text(text)


if __name__ == "__main__":
    main()
