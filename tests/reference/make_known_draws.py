"""Write known_draws.json: what random_polyagamma draws from a fixed seed.

Run it when the stream changes on purpose (docs/stream_policy.md says when it may):
    python tests/reference/make_known_draws.py
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from polyagamma import random_polyagamma

SEED = 20240701
POINTS = [
    (h, z, method)
    for h, z in [(1.0, 0.0), (1.0, -2.5), (3.0, 1.0), (40.0, 1e-9)]
    for method in (None, "strip", "inverse_gaussian")
]
POINTS += [(0.3, 0.5, None), (7.3, -4.0, None), (1e6, 2.0, None), (2.0, 300.0, None)]


def known_draws(h, z, method):
    """Three scalars from one generator; the ends and a digest of an array that ends amid a block."""
    rng = np.random.default_rng(SEED)
    scalars = [random_polyagamma(h, z, method=method, random_state=rng) for _ in range(3)]
    array = random_polyagamma(h, z, size=2500, method=method, random_state=SEED)
    return {
        "h": h,
        "z": z,
        "method": method,
        "scalars": scalars,
        "ends": array[[0, -1]].tolist(),
        "sha256": hashlib.sha256(array.astype("<f8")).hexdigest(),
    }


if __name__ == "__main__":
    rows = [known_draws(*point) for point in POINTS]
    Path(__file__).with_name("known_draws.json").write_text(json.dumps(rows, indent=1) + "\n")
