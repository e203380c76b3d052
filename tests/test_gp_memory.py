"""A full Gaussian process takes at most four n x n matrices (for each thread, if its kernel is sampled)."""

import subprocess
import sys

import pytest
from peak_memory import measuring_environment

ROWS = 1100
MATRIX = 8 * ROWS**2
WORKSPACE = MATRIX // 2  # vectors, LAPACK's and Python's own

PROGRAM = """
import sys
import numpy as np
from peak_memory import peak_memory
from sklearn.gaussian_process.kernels import RBF
from polyagamma import PolyaGammaGP

def sample(rows):
    rng = np.random.default_rng(1)
    X = rng.uniform(-9, 9, (rows, 1))
    model = PolyaGammaGP(X, rng.random(rows) < 0.5, 4.0 * RBF(1.0), sample_kernel=sys.argv[1] == "sampled")
    tune = 12 if sys.argv[1] == "fixed" else 2
    model.sample(2, tune=tune, chains=1, cores=1, kernel=sys.argv[2], random_seed=1, progressbar=False)

sample(300)
print(peak_memory())
sample(int(sys.argv[3]))
print(peak_memory())
"""


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["fixed", "sampled"])
@pytest.mark.parametrize("moves", ["auto", "gibbs"])
def test_peak_memory(kernel, moves):
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, kernel, moves, str(ROWS)]
    done = subprocess.run(command, env=measuring_environment(), capture_output=True, text=True, check=True)
    before, after = (int(number) for number in done.stdout.split())
    assert MATRIX < after - before < 4 * MATRIX + WORKSPACE
