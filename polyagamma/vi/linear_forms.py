"""Which models are linear in coordinates with a Gaussian prior, so that a normal law can approximate them."""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError

from polyagamma.mcmc.specification import Specification
from polyagamma.terms.priors import Gaussian
from polyagamma.terms.processes import FullProcess, LatentProcess, not_positive_definite
from polyagamma.terms.term import LinearForm

WHITENED = "whitened"


def linear_form(model: Specification) -> LinearForm | None:
    """Return the linear model that a model is, or that a full process with a fixed kernel is when whitened.

    Raises
    ------
    FloatingPointError
        If a kernel matrix is not positive definite.
    MemoryError
        If its factor does not fit.
    """
    own, latent = model.term.linear(), model.term.process()
    if own is not None or latent is None or latent.prior is not None or model.likelihood.n_functions > 1:
        return own
    return _whitened(model, latent)


def _whitened(model: Specification, latent: LatentProcess) -> LinearForm | None:
    """Return ``f = L u`` with ``u ~ N(0, I)`` and L the factor of the kernel matrix, if there is one."""
    process = latent.process
    if not isinstance(process, FullProcess):
        return None
    model.term.require_memory(1, 1)
    n = process.size
    try:
        factor = process.factor()
    except LinAlgError as error:
        raise not_positive_definite(process, None) from error
    prior = Gaussian(np.zeros(n), np.ones(n))
    return LinearForm(factor, None, False, prior, coefficients=WHITENED, fitted="f")
