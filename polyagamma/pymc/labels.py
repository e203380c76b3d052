"""Draws of value variables as PyMC labels its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import xarray as xr
from numpy.typing import NDArray
from pymc.backends.base import MultiTrace
from pymc.backends.ndarray import NDArray as ChainTrace
from pytensor.compile.mode import Mode

from polyagamma.traces import trace
from polyagamma.traces.trace import Trace

FloatArray = NDArray[np.float64]


def labelled(
    model: pm.Model,
    positions: Mapping[str, FloatArray],
    statistics: xr.Dataset,
    attrs: Mapping[str, Any],
    var_names: Sequence[str] | None,
    idata_kwargs: Mapping[str, Any],
) -> Trace:
    """Return a trace of draws (chains, draws, ...) with the model's names, dimensions and deterministics.

    It is PyMC's own conversion, of chains recorded by PyMC's own class.
    """
    traced = [v for v in model.unobserved_value_vars if var_names is None or v.name in var_names]
    # evaluated without compiling: a compiler takes seconds
    function = pytensor.function(
        model.value_vars, traced, mode=Mode(linker="py", optimizer="fast_compile"), on_unused_input="ignore"
    )
    draws = MultiTrace(_chains(model, positions, traced, function))
    idata = pm.to_inference_data(draws, model=model, save_warmup=False, **idata_kwargs)
    groups = trace.groups(idata)
    posterior = groups["posterior"].assign_attrs(attrs)
    return trace.with_groups(idata, {"posterior": posterior, "sample_stats": statistics})


def _chains(
    model: pm.Model, positions: Mapping[str, FloatArray], traced: list[Any], function: Any
) -> list[ChainTrace]:
    names = [value.name for value in model.value_vars]
    arrays = [
        positions[name].astype(value.dtype) for name, value in zip(names, model.value_vars, strict=True)
    ]
    chains, draws = arrays[0].shape[:2]
    recorded = []
    for chain in range(chains):
        strace = ChainTrace(model=model, vars=traced, fn=function)
        strace.setup(draws, chain)
        for draw in range(draws):
            point = {name: array[chain, draw] for name, array in zip(names, arrays, strict=True)}
            strace.record(point, in_warmup=False)
        recorded.append(strace)
    return recorded
