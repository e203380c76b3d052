"""What every test needs."""

import arviz

# With numba, which PyMC brings, ArviZ 0.23 converts a one-element array to a float, an error in NumPy 2.4.
if hasattr(arviz, "Numba"):
    arviz.Numba.disable_numba()
