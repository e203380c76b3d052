"""Models written in bambi, sampled with Pólya-gamma variables; the sole importer of bambi."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polyagamma._validation import models as checks
from polyagamma._validation.optional import packages_for
from polyagamma.traces.trace import Trace

with packages_for("polyagamma.bambi"):
    import bambi

    from polyagamma.pymc.refusal import UnsupportedModelError
    from polyagamma.pymc.sample import sample

__all__ = ["UnsupportedModelError", "fit"]

FAMILIES = ("bernoulli", "binomial", "categorical", "multinomial", "negativebinomial")


def fit(
    model: bambi.Model,
    draws: int = 1000,
    *,
    tune: int | None = None,
    chains: int = 4,
    cores: int | None = None,
    random_seed: Any = None,
    progressbar: bool = True,
    omit_offsets: bool = True,
    include_response_params: bool = False,
    idata_kwargs: Mapping[str, Any] | None = None,
    **pymc_kwargs: Any,
) -> Trace:
    """Draw from the posterior of a bambi model, as its own method `fit` does.

    Families ``"bernoulli"``, ``"binomial"``, ``"categorical"``, ``"multinomial"`` and ``"negativebinomial"``
    with their default links (logit, softmax, log). Common terms need normal priors; group-specific terms may
    have the default ones, whose scales are sampled.

    Parameters
    ----------
    model : bambi.Model
        It is built if it has not been.
    draws : int, default 1000
        Draws of each chain.
    tune, chains, cores, random_seed, progressbar, idata_kwargs
        As for `polyagamma.pymc.sample`.
    omit_offsets, include_response_params : bool
        As for bambi's ``fit``.
    **pymc_kwargs
        As for `polyagamma.pymc.sample`.

    Returns
    -------
    arviz.InferenceData or xarray.DataTree
        As from bambi's ``fit``: with its names and coordinates, and the intercept of predictors as given.

    Raises
    ------
    UnsupportedModelError
        If the model has no such form: the message says why.

    Examples
    --------
    >>> import bambi as bmb
    >>> import numpy as np
    >>> import pandas as pd
    >>> import polyagamma.bambi
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"x": rng.standard_normal(100), "y": rng.integers(2, size=100)})
    >>> model = bmb.Model("y ~ x", data, family="bernoulli")
    >>> idata = polyagamma.bambi.fit(model, random_seed=1)
    >>> sorted(idata.posterior.data_vars)
    ['Intercept', 'x']
    """
    checks.instance("model", model, (bambi.Model,))
    _require_family(model)
    if not model.built:
        model.build()
    backend = model.backend
    idata = sample(
        backend.model,
        draws,
        tune=tune,
        chains=chains,
        cores=cores,
        random_seed=random_seed,
        progressbar=progressbar,
        var_names=_kept(model),
        idata_kwargs=idata_kwargs,
        **pymc_kwargs,
    )
    # bambi's own way from what PyMC returns to what its users see
    cleaned: Trace = backend._clean_results(idata, omit_offsets, include_response_params)
    backend.fit = True
    return cleaned


def _require_family(model: bambi.Model) -> None:
    family = model.family.name
    if family not in FAMILIES:
        raise UnsupportedModelError(
            f"the family of the model is {family!r}, which has no Pólya-gamma form: {', '.join(FAMILIES)} "
            "have. Call the model's own fit()"
        )


def _kept(model: bambi.Model) -> list[str]:
    """Return the variables to keep: all but parameters of the likelihood in each row, as bambi does."""
    pymc_model = model.backend.model
    computed = {variable.name for variable in pymc_model.deterministics}
    of_rows = computed & set(model.family.likelihood.params)
    return [variable.name for variable in pymc_model.unobserved_RVs if variable.name not in of_rows]
