"""What a shrinkage prior did to the coefficients of a model."""

from __future__ import annotations

import numpy as np
import xarray as xr

from polyagamma._validation import shrinkage as checks
from polyagamma.models.model import Model
from polyagamma.terms.linear import LinearTerm
from polyagamma.terms.shrunk import Shrunk
from polyagamma.traces import trace


def shrinkage_factors(model: Model, idata: trace.Trace) -> xr.Dataset:
    r"""Return how far each coefficient was shrunk, and how many are left, for all draws.

    .. math::
        \kappa_j = \frac{1}{1 + n \sigma^{-2} s_j^2 v_j}, \qquad m_\mathrm{eff} = \sum_j (1 - \kappa_j),

    with n rows, :math:`\sigma^{-2}` the information of a row about its linear predictor (1/4 of a trial, 1 of
    a count), :math:`s_j` the standard deviation of the predictor and :math:`v_j` the prior variance of its
    coefficient given the scales, the slab included [1]_. A factor of 1 is a coefficient at 0, a factor of 0
    one that is left to the data.

    Parameters
    ----------
    model : PolyaGammaLogistic, PolyaGammaMultinomial, PolyaGammaSequential or PolyaGammaNegativeBinomial
        With a shrinkage prior, such as `RegularizedHorseshoe`.
    idata : InferenceData or DataTree
        A trace of the model.

    Returns
    -------
    Dataset
        ``kappa`` (chain, draw, feature), of classes too where they have coefficients of their own; and
        ``m_eff`` (chain, draw), the effective number of coefficients that are not zero.

    Raises
    ------
    TypeError
        If the model has another prior.
    KeyError
        If the trace has no scales.

    References
    ----------
    .. [1] J. Piironen and A. Vehtari (2017), "Sparsity information and regularization in the horseshoe and
       other shrinkage priors", Electronic Journal of Statistics 11, 5018-5051, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaLogistic, RegularizedHorseshoe, shrinkage_factors
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((200, 5))
    >>> y = rng.random(200) < 1 / (1 + np.exp(-2 * X[:, 0]))
    >>> model = PolyaGammaLogistic(X, y, prior=RegularizedHorseshoe(expected=1))
    >>> factors = shrinkage_factors(model, model.sample(random_seed=2))
    >>> bool(factors["kappa"].mean(("chain", "draw"))[0] < 0.1)
    True
    """
    term = model._specification.term
    prior = term.prior if isinstance(term, LinearTerm) else None
    if not isinstance(prior, Shrunk):
        raise checks.not_shrunk(model, prior is not None and "included" in prior.scales)
    drawn = term.draw_prior(1, np.random.default_rng(0))  # shapes
    needed = {name: drawn[name] for name in prior.scales}
    draws = trace.posterior(idata, needed, term.coords)
    scales = {name: trace.values(draws, name, dims) for name, (dims, _) in needed.items()}
    dims = (*trace.DRAWS, *prior.coding.coords, prior.feature_dim)
    kappa = xr.DataArray(
        prior.factors(scales),
        dims=dims,
        coords={name: draws[name] for name in trace.DRAWS}
        | dict(prior.coding.coords)
        | {prior.feature_dim: prior.names},
    )
    return xr.Dataset({"kappa": kappa, "m_eff": (1.0 - kappa).sum(dims[2:])})
