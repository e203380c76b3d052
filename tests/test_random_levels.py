"""Reproducibility of random_polyagamma: the same bits on every processor, for every cut, in every version.

Layouts are in test_random, threads and generators in test_random_generators; what may change between versions
in docs/stream_policy.md.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

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


# Made by tests/reference/make_known_draws.py. A change of these numbers is a change of the stream, which
# docs/stream_policy.md allows in a new minor version only.
SEED = 20240701
KNOWN = json.loads((Path(__file__).parent / "reference" / "known_draws.json").read_text())


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{known['h']}-{known['z']}-{known['method']}")
def test_known_draws(known):
    h, z, method = known["h"], known["z"], known["method"]
    rng = np.random.default_rng(SEED)
    assert [random_polyagamma(h, z, method=method, random_state=rng) for _ in range(3)] == known["scalars"]
    drawn = random_polyagamma(h, z, size=2500, method=method, random_state=SEED)
    assert drawn[[0, -1]].tolist() == known["ends"]
    assert hashlib.sha256(drawn.astype("<f8")).hexdigest() == known["sha256"]
