"""What every test needs."""

import os
import shutil
import signal
from pathlib import Path

# One thread for BLAS, before NumPy is imported: as many test processes as cores leave no core for more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import arviz
import pytest

import polyagamma

# Processes that tests start import the package that is tested here, not a folder that happens to be near.
os.environ["PYTHONSAFEPATH"] = "1"
os.environ["PYTHONPATH"] = str(Path(polyagamma.__file__).parents[1])

# With numba, which PyMC brings, ArviZ 0.23 converts a one-element array to a float, an error in NumPy 2.4.
if hasattr(arviz, "Numba"):
    arviz.Numba.disable_numba()

# A shell lets its background jobs ignore Ctrl-C, and so would the runs whose interrupts are tested.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    from stored_run import make

    path = tmp_path_factory.mktemp("finished") / "run"
    make(path)
    return path


@pytest.fixture
def run(finished_run, tmp_path):
    """A copy of a finished run on disk, to damage."""
    return shutil.copytree(finished_run, tmp_path / "run")
