"""Draws of Gaussian-process models as traces, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma import trace
from polyagamma.design import Predictors
from polyagamma.gp_process import Process
from polyagamma.kernels import ParameterGroup
from polyagamma.response import Response
from polyagamma.sampling import Arrays

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """What the draws of a model are.

    Attributes
    ----------
    process : Process
    groups : list of ParameterGroup
        Kernel parameters that are sampled.
    classes : ndarray or None
        Labels of the latent functions, if there is more than one.
    """

    process: Process
    groups: list[ParameterGroup]
    classes: NDArray[Any] | None

    @property
    def dims(self) -> tuple[str, ...]:
        """Dimensions of a number for each draw and latent function."""
        return ("chain", "draw") if self.classes is None else ("chain", "draw", "class")

    def coords(self, features: list[str]) -> dict[str, Any]:
        """Return the labels of dimensions."""
        return {"feature": features} | ({} if self.classes is None else {"class": self.classes})

    def variable(self, values: FloatArray, dim: str | None = None) -> tuple[tuple[str, ...], FloatArray]:
        """Return draws (chains, draws, functions, ...) with their dimensions, the last called `dim`."""
        dims = self.dims if dim is None else (*self.dims, dim)
        return dims, values if self.classes is not None else values[:, :, 0]


def posterior_trace(
    layout: Layout,
    predictors: Predictors,
    response: Response,
    mean: FloatArray,
    drawn: Arrays,
    attrs: trace.Attributes,
    compute_log_likelihood: bool,
) -> trace.Trace:
    """Return the groups of a run, labelled; `drawn` holds rows of (functions x size) numbers."""
    coords = layout.coords(predictors.names)
    values = {name: split(array, response.n_functions) for name, array in drawn.items() if array.ndim == 3}
    if "f" in values:
        values["f"] += mean
    process = layout.process
    variables = {process.variable: layout.variable(values[process.variable], process.dimension)}
    variables |= kernel_variables(layout, values["theta"], predictors.names)
    description: trace.Attributes = {
        "model": "PolyaGammaGP",
        "process_kernel": str(process.kernel),
        "jitter": process.jitter,
    }
    attrs = {**trace.provenance(), **description, **attrs}
    stats = {name: (("chain", "draw"), array) for name, array in drawn.items() if array.ndim == 2}
    groups = {
        "posterior": trace.dataset(variables, coords, attrs),
        "sample_stats": trace.dataset(stats, coords, attrs),
        "observed_data": trace.dataset({"y": (("obs_id",), response.y)}, coords),
        "constant_data": trace.dataset(constant_data(predictors, response), coords),
    }
    if compute_log_likelihood:
        log_likelihood = response.log_likelihood(values["f"])
        groups["log_likelihood"] = trace.dataset({"y": (("chain", "draw", "obs_id"), log_likelihood)}, coords)
    return trace.to_trace(groups, attrs)


def split(array: FloatArray, functions: int) -> FloatArray:
    """Return rows of (functions x size) numbers with an axis for the functions."""
    return array.reshape(*array.shape[:2], functions, array.shape[2] // functions)


def kernel_variables(layout: Layout, theta: FloatArray, features: list[str]) -> trace.Variables:
    """Return the kernel parameters by name; one for each feature has the dimension of the features."""
    variables: dict[str, tuple[tuple[str, ...], FloatArray]] = {}
    for group in layout.groups:
        values = np.exp(theta[..., group.where])
        size = values.shape[-1]
        if size == 1:
            variables[group.name] = layout.variable(values[..., 0])
        else:
            dim = "feature" if size == len(features) else f"{group.name}_dim"
            variables[group.name] = layout.variable(values, dim)
    return variables


def constant_data(predictors: Predictors, response: Response) -> trace.Variables:
    """Return predictors, trials, weights and offsets."""
    rows = {"trials": response.trials, "weights": response.weights, "offset": response.offset}
    X = {"X": (("obs_id", "feature"), predictors.X)}
    return X | {name: (("obs_id",), values) for name, values in rows.items()}


def flat_draws(layout: Layout, posterior: xr.Dataset) -> tuple[FloatArray, FloatArray]:
    """Return copies of all draws: stored values (s, functions, size), log parameters (s, functions, d)."""
    process = layout.process
    stored = flat(layout, posterior, process.variable)
    fixed = np.asarray(process.kernel.theta, dtype=np.float64)
    theta = np.empty((*stored.shape[:2], len(fixed)))
    theta[...] = fixed
    for group in layout.groups:
        theta[..., group.where] = np.log(flat(layout, posterior, group.name))
    return stored, theta


def flat(layout: Layout, posterior: xr.Dataset, name: str) -> FloatArray:
    """Return a copy of the draws of a variable in all chains, shape (s, functions, size)."""
    values = posterior[name].transpose(*layout.dims, ...)
    functions = 1 if layout.classes is None else len(layout.classes)
    draws = values.sizes["chain"] * values.sizes["draw"]
    return np.array(values, dtype=np.float64).reshape(draws, functions, -1)


def predictions(layout: Layout, posterior: xr.Dataset, values: FloatArray, name: str) -> xr.DataArray:
    """Return values (chains, draws, functions, m) at new inputs, labelled."""
    dims, array = layout.variable(values, "pred_id")
    coords = {"chain": posterior["chain"], "draw": posterior["draw"], "pred_id": np.arange(values.shape[-1])}
    return xr.DataArray(
        array,
        dims=dims,
        coords={**coords, **({"class": layout.classes} if layout.classes is not None else {})},
        name=name,
    )
