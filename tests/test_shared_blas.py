"""BLAS is found once, by whichever thread comes first."""

import subprocess
import sys

SHARES_OF_THREADS = """
import sys, threading
sys.setswitchinterval(1e-6)
import numpy as np
from polyagamma import _gibbs

def make():
    rows = _gibbs.Likelihood("binomial", {"b": np.ones(9), "kappa": np.zeros(9)})
    _gibbs.RowShare(X=np.zeros((9, 1)), centre=None, offset=np.zeros(9), likelihood=rows, intercept=False,
                    n_coefficients=1, n_rows=9, first_unit=0, last_unit=1)

threads = [threading.Thread(target=make) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_that_are_the_first_to_need_blas_do_not_wait_for_each_other():
    subprocess.run([sys.executable, "-c", SHARES_OF_THREADS], check=True, timeout=60)
