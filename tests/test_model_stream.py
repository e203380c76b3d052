"""The draws of models stay what they are; `tests/reference/digests.py` compares every bit, on one machine."""

import json
from pathlib import Path

import numpy as np
import pytest
from model_stream import RUNS, last_draws

KNOWN = json.loads((Path(__file__).parent / "reference" / "known_model_draws.json").read_text())


def test_every_run_is_known():
    assert set(KNOWN) == {f"{kind} / {kernel}" for kind, kernel in RUNS}


@pytest.mark.parametrize(("kind", "kernel"), RUNS)
def test_draws_are_those_of_the_last_release(kind, kernel):
    """Another BLAS or libm rounds differently, by 1e-16 an operation; another stream is nowhere near."""
    known, found = KNOWN[f"{kind} / {kernel}"], last_draws(kind, kernel)
    assert found.keys() == known.keys()
    for name, values in known.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-6, atol=1e-6, err_msg=name)
