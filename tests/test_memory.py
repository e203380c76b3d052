"""The workspace of random_polyagamma is fixed: nothing grows with the number of draws but the result."""

import subprocess
import sys

import pytest
from peak_memory import measuring_environment

MEGABYTE = 1 << 20
ARRAY = 64 * MEGABYTE  # of `whole`, and of every result
WORKSPACE = 48 * MEGABYTE  # any copy of the size of the result is more

FILLS = {
    "strided out": "random_polyagamma(h[:rows], 0.5, out=whole.T)",
    "out is z": "random_polyagamma(h, whole, out=whole)",
    "strided out is z": "random_polyagamma(2.0, whole.T, out=whole.T, threads=4)",
    "scalars": "random_polyagamma(1.0, 0.5, size=rows * columns)",
    "broadcast": "random_polyagamma(h[:rows, None], h, threads=4)",
    "broadcast integers": "random_polyagamma(integers[:rows, None], integers, method='strip')",
    "reversed z": "random_polyagamma(h, whole[::-1, ::-1])",
}

PROGRAM = """
import numpy as np
from peak_memory import peak_memory
from polyagamma import random_polyagamma

rows, columns = 2048, 4096
integers = np.arange(columns) % 3 + 1
h = integers * 1.0
whole = np.ones((rows, columns))
print(peak_memory())
"""
for fill in FILLS.values():
    PROGRAM += f"{fill}\nprint(peak_memory())\n"


@pytest.fixture(scope="module")
def peaks():
    """The peak memory, in bytes, before the fills and after each of them; none keeps its result."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=measuring_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    start, *after = (int(number) for number in done.stdout.split())
    return start, dict(zip(FILLS, after, strict=True))


@pytest.mark.parametrize("fill", FILLS)
def test_peak_memory(fill, peaks):
    start, after = peaks
    result = 0 if "out=" in FILLS[fill] else ARRAY
    assert start > ARRAY
    assert after[fill] < start + result + WORKSPACE
