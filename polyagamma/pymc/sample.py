"""Sampling of whole PyMC models."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import pymc as pm
from pymc.stats.convergence import log_warnings, run_convergence_checks

from polyagamma.mcmc.settings import SamplingWarning, seed_sequence
from polyagamma.pymc.certificate import require_density
from polyagamma.pymc.conditional import Conditional
from polyagamma.pymc.engine import Engine, engine, positions
from polyagamma.pymc.labels import labelled
from polyagamma.pymc.step import PolyaGammaGibbs, require_proper
from polyagamma.pymc.structure import GaussianBlock, Structure
from polyagamma.traces import trace
from polyagamma.traces.trace import Trace

NUTS = {"target_accept", "max_treedepth", "nuts", "early_max_treedepth"}  # which it hands on to its steps
TUNE = 400  # sweeps of models of this package; steps of PyMC take its own default


def sample(
    model: pm.Model | None = None,
    draws: int = 1000,
    *,
    tune: int | None = None,
    chains: int = 4,
    cores: int | None = None,
    random_seed: Any = None,
    progressbar: bool = True,
    var_names: Sequence[str] | None = None,
    idata_kwargs: Mapping[str, Any] | None = None,
    **pymc_kwargs: Any,
) -> Trace:
    """Draw from the posterior of a PyMC model with a logistic, count or softmax likelihood.

    The likelihood is a Bernoulli, Binomial, NegativeBinomial, Categorical or Multinomial one whose linear
    predictor is linear in Gaussian variables. Where besides these only standard deviations of groups' effects
    and a dispersion are sampled, with priors that this package has, one of its models draws all variables.
    Otherwise `PolyaGammaGibbs` draws the Gaussian variables, and PyMC's own steps draw the rest.

    Parameters
    ----------
    model : pymc.Model, optional
        By default that of the context.
    draws : int, default 1000
        Draws of each chain.
    tune : int, optional
        Sweeps before them: 400 by default, or 1000 where steps of PyMC take part.
    chains : int, default 4
    cores : int, optional
        Threads of a model of this package; processes where steps of PyMC take part.
    random_seed : optional
        The same seed gives the same draws.
    progressbar : bool, default True
    var_names : sequence of str, optional
        The variables to keep; by default all.
    idata_kwargs : mapping, optional
        For ``pymc.to_inference_data``, such as ``{"log_likelihood": True}``.
    **pymc_kwargs
        For ``pymc.sample`` where steps of PyMC take part, such as ``target_accept``; elsewhere only
        ``compute_convergence_checks`` has an effect.

    Returns
    -------
    arviz.InferenceData or xarray.DataTree
        As from ``pymc.sample``: variables, dimensions, coordinates, deterministics and data are labelled as
        PyMC labels them. The attribute ``sampler`` of the posterior says what drew which variables.

    Raises
    ------
    UnsupportedModelError
        If the model has no such form: the message says why.
    TypeError
        If ``pymc.sample`` has no argument of a name, or if `step` is given, which is chosen here.

    Examples
    --------
    >>> import numpy as np
    >>> import pymc as pm
    >>> import polyagamma.pymc
    >>> rng = np.random.default_rng(1)
    >>> X, y = rng.standard_normal((200, 3)), rng.integers(2, size=200)
    >>> with pm.Model(coords={"predictor": ["a", "b", "c"]}):
    ...     beta = pm.Normal("beta", 0, 2, dims="predictor")
    ...     _ = pm.Bernoulli("y", logit_p=X @ beta, observed=y)
    ...     idata = polyagamma.pymc.sample(random_seed=1)
    >>> idata.posterior["beta"].dims
    ('chain', 'draw', 'predictor')
    """
    model = pm.modelcontext(model)
    _require_arguments(pymc_kwargs)
    options = dict(idata_kwargs or {})
    common: dict[str, Any] = {"draws": draws, "chains": chains, "cores": cores, "progressbar": progressbar}
    structure = Structure(model)
    block = GaussianBlock.largest(structure)
    conditional = Conditional(model, block)
    require_proper(conditional)
    require_density(model, block, conditional)
    whole = engine(structure, block, conditional)
    if whole is None:
        step = PolyaGammaGibbs(block, model=model, compile_kwargs=pymc_kwargs.get("compile_kwargs"))
        settings = common | ({} if tune is None else {"tune": tune}) | pymc_kwargs
        if var_names is not None:
            settings["var_names"] = list(var_names)
        idata = pm.sample(step=[step], model=model, random_seed=random_seed, idata_kwargs=options, **settings)
        return _told(idata, _said_of_steps(model, conditional))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)  # PyMC's own checks speak of its own variables
        drawn = whole.model.sample(tune=TUNE if tune is None else tune, random_seed=random_seed, **common)
    groups = trace.groups(drawn)
    seed = seed_sequence(random_seed, 1).spawn(chains + 1)[-1]  # the others are those of the chains
    values = positions(whole, groups["posterior"], conditional, seed)
    attrs = trace.provenance() | {"sampler": _said_of_model(whole)}
    idata = labelled(model, values, groups["sample_stats"], attrs, var_names, options)
    if pymc_kwargs.get("compute_convergence_checks", True) and _has_free_variables(idata, model):
        log_warnings(run_convergence_checks(idata, model))
    return idata


def _has_free_variables(idata: Trace, model: pm.Model) -> bool:
    """Whether there is a variable to check: not if all that is kept is computed from others."""
    kept = trace.groups(idata)["posterior"]
    return any(rv.name in kept for rv in model.free_RVs)


def _require_arguments(pymc_kwargs: Mapping[str, Any]) -> None:
    known = set(inspect.signature(pm.sample).parameters) - {"kwargs", "step"}
    for name in pymc_kwargs:
        if name == "step":
            raise TypeError(
                "step is chosen here: to choose steps yourself, make a PolyaGammaGibbs, and pass it to "
                "pymc.sample with the others"
            )
        if name not in known | NUTS:
            raise TypeError(f"pymc.sample has no argument {name!r}: see its documentation for the names")


def _said_of_model(whole: Engine) -> str:
    return f"{type(whole.model).__name__}: all variables"


def _said_of_steps(model: pm.Model, conditional: Conditional) -> str:
    rest = ", ".join(model.values_to_rvs[value].name for value in conditional.others)
    steps = f"PolyaGammaGibbs: {', '.join(conditional.names)}"
    return f"{steps}; steps of PyMC: {rest}" if rest else steps


def _told(idata: Trace, sampler: str) -> Trace:
    posterior = trace.groups(idata)["posterior"].assign_attrs({"sampler": sampler})
    return trace.with_groups(idata, {"posterior": posterior})
