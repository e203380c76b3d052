"""Which coefficients of a model with a shrinkage prior to report as other than zero."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation import shrinkage as checks
from polyagamma.models.model import Model
from polyagamma.terms.linear import LinearTerm
from polyagamma.terms.shrunk import Shrunk
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]
COEFFICIENTS = "beta"


def select_columns(model: Model, idata: trace.Trace) -> xr.Dataset:
    r"""Return coefficients of which small ones are zero, and how often draws of each are not.

    The signal-adaptive selector [1]_ puts in place of coefficients b, in the units of the prior (those of
    standardized columns unless the prior has ``standardized=False``),

    .. math::
        \operatorname{sign}(b_j) \, (|b_j| - 1 / (h_j b_j^2))_+,

    with the information :math:`h_j` of all rows about each of them that `shrinkage_factors` uses, which takes
    the place of the squared norm of a column. There is nothing to tune: a coefficient is
    kept if :math:`|b_j|^3 h_j > 1`.

    Parameters
    ----------
    model : PolyaGammaLogistic, PolyaGammaMultinomial, PolyaGammaSequential or PolyaGammaNegativeBinomial
        With a shrinkage prior, such as `RegularizedHorseshoe`.
    idata : InferenceData or DataTree
        A trace of the model, or what `summarized_draws` returns.

    Returns
    -------
    Dataset
        Of the columns that are shrunk: ``beta`` (feature), of classes too where they have coefficients of
        their own, the selector at the posterior mean; and ``inclusion``, the share of draws for which it is
        not zero [2]_.

    Raises
    ------
    TypeError
        If the model has another prior.
    KeyError
        If the trace has no coefficients.

    Notes
    -----
    A report of a posterior, not a posterior of its own: columns that tell about the same share their effect,
    and each of them may be left out although one of them is needed.

    References
    ----------
    .. [1] P. Ray and A. Bhattacharya (2018), "Signal Adaptive Variable Selector for the Horseshoe Prior",
       arXiv:1810.09004.
    .. [2] F. Huber, G. Koop and L. Onorante (2021), "Inducing Sparsity and Shrinkage in Time-Varying
       Parameter Models", Journal of Business & Economic Statistics 39, 669-683.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaLogistic, RegularizedHorseshoe, select_columns
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((200, 5))
    >>> y = rng.random(200) < 1 / (1 + np.exp(-2 * X[:, 0]))
    >>> model = PolyaGammaLogistic(X, y, prior=RegularizedHorseshoe(expected=1))
    >>> selected = select_columns(model, model.sample(random_seed=2))
    >>> (selected["beta"] != 0).values.tolist()
    [True, False, False, False, False]
    """
    term = model._specification.term
    prior = term.prior if isinstance(term, LinearTerm) else None
    if not isinstance(prior, Shrunk):
        raise checks.not_shrunk(model, prior is not None and "included" in prior.scales)
    drawn = term.draw_prior(1, np.random.default_rng(0))  # shapes
    dims = drawn[COEFFICIENTS][0]
    draws = trace.posterior(idata, {COEFFICIENTS: drawn[COEFFICIENTS]}, term.coords)
    values = trace.values(draws, COEFFICIENTS, dims)
    shrunk = prior.group >= 0
    unit = np.sqrt(prior.gaussian.precision)[shrunk]
    b = values[..., _positions(list(term.coords[dims[-1]]), prior.names)] * unit
    coords = dict(prior.coding.coords) | {dims[-1]: prior.names}
    found = {
        COEFFICIENTS: _selected(b.mean(axis=(0, 1)), prior.information) / unit,
        "inclusion": (_selected(b, prior.information) != 0).mean(axis=(0, 1)),
    }
    return xr.Dataset({name: (dims[2:], array) for name, array in found.items()}, coords=coords)


def _positions(names: list[str], wanted: list[str]) -> list[int]:
    where = {name: i for i, name in enumerate(names)}
    return [where[name] for name in wanted]


def _selected(b: FloatArray, information: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        left = np.abs(b) - 1.0 / (information * b**2)
    return np.asarray(np.sign(b) * np.maximum(left, 0.0))
