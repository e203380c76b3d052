"""Reproducibility of random_polyagamma: the same bits on every processor, for every cut, in every version.

Threads, layouts and generators are in test_random; what may change between versions in docs/stream_policy.md.
"""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from polyagamma import random_polyagamma

# Every kernel and every mixture of kernels in a block. Leaves the digest of all bits drawn.
FILLS = """
import hashlib
import numpy as np
from polyagamma import random_polyagamma
from polyagamma._random import instruction_set

rng = np.random.default_rng(2024)
n = 5000
h_values = [0.01, 0.5, 1.0, 1.5, 2.0, 5.0, 7.3, 16.0, 33.3, 300.0, 1e6]
h_values += [1 + np.arange(n) % 20, rng.gamma(2, 3, n)]
z_values = [0.0, 1e-9, -3.0, 15.9, 178.0, 1e300, 3 * rng.standard_normal(n), 100 * rng.standard_normal(n)]
digest = hashlib.sha256()
for h in h_values:
    for z in z_values:
        for method in (None, "inverse_gaussian"):
            digest.update(random_polyagamma(h, z, size=n, method=method, random_state=rng))
for h in (1.0, 3.0, 40.0, 256.0):
    digest.update(random_polyagamma(h, z_values[6], size=n, method="strip", random_state=rng))
result = digest.hexdigest()
"""


def fills_on(level):
    """Return the level used when POLYAGAMMA_LEVEL is `level`, and what is drawn there."""
    done = subprocess.run(
        [sys.executable, "-c", FILLS + "print(instruction_set(), result)"],
        env=os.environ | {"POLYAGAMMA_LEVEL": level},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_every_level_draws_the_same_bits():
    here = {}
    exec(FILLS, here)
    for level in ("baseline", "v3", "v4"):
        used, result = fills_on(level)
        assert used in (level, "baseline")  # the latter where the processor lacks the level
        assert result == here["result"]


@pytest.mark.parametrize("step", [1, 2, 7, 40])
def test_an_array_starts_like_a_shorter_one(step):
    """Block k depends on the generator and k alone, so the first blocks do not depend on what follows."""
    h, z = np.linspace(0.3, 30.0, 40 * 1024), np.linspace(-40.0, 40.0, 40 * 1024)
    n = step * 1024
    whole = random_polyagamma(h, z, random_state=9)
    np.testing.assert_array_equal(random_polyagamma(h[:n], z[:n], random_state=9), whole[:n])


# A change of any of these numbers breaks the stream: see docs/stream_policy.md for when it may happen.
KNOWN_SCALARS = {
}  # fmt: skip


@pytest.mark.parametrize(("h", "z", "method"), KNOWN_SCALARS)
def test_known_scalars(h, z, method):
    rng = np.random.default_rng(20240701)
    drawn = [random_polyagamma(h, z, method=method, random_state=rng) for _ in range(3)]
    assert drawn == KNOWN_SCALARS[h, z, method]


KNOWN_ARRAYS = {
}  # fmt: skip


@pytest.mark.parametrize(("h", "z", "method"), KNOWN_ARRAYS)
def test_known_arrays(h, z, method):
    first, digest = KNOWN_ARRAYS[h, z, method]
    drawn = random_polyagamma(h, z, size=2500, method=method, random_state=20240701)
    assert drawn[:2].tolist() == first
    assert hashlib.sha256(drawn.astype("<f8")).hexdigest()[:16] == digest
