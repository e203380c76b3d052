"""What every test needs."""

import os
from pathlib import Path

import arviz

import polyagamma

# Processes that tests start import the package that is tested here, not a folder that happens to be near.
os.environ["PYTHONSAFEPATH"] = "1"
os.environ["PYTHONPATH"] = str(Path(polyagamma.__file__).parents[1])

# With numba, which PyMC brings, ArviZ 0.23 converts a one-element array to a float, an error in NumPy 2.4.
if hasattr(arviz, "Numba"):
    arviz.Numba.disable_numba()
