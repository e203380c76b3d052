"""Names of the draws of Gaussian-process models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation.arguments import require_positive
from polyagamma.terms.kernels import ParameterGroup
from polyagamma.traces import trace
from polyagamma.traces.trace import DRAWS, Variables

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class DrawNames:
    """What the draws of a model are.

    Attributes
    ----------
    stored : str
        The variable that stores the process.
    theta : ndarray, shape (d,)
        Log kernel parameters where they are fixed.
    groups : list of ParameterGroup
        Kernel parameters that are sampled.
    features : list of str
    classes : ndarray or None
        Labels of the latent functions, if there is more than one.
    """

    stored: str
    theta: FloatArray
    groups: list[ParameterGroup]
    features: list[str]
    classes: NDArray[Any] | None

    @property
    def n_functions(self) -> int:
        """Number of latent functions."""
        return 1 if self.classes is None else len(self.classes)

    @property
    def dims(self) -> tuple[str, ...]:
        """Dimensions of a number for each draw and latent function."""
        return DRAWS if self.classes is None else (*DRAWS, "class")

    @property
    def coords(self) -> dict[str, list[Any]]:
        """Labels of dimensions."""
        return {"feature": self.features} | (
            {} if self.classes is None else {"class": trace.storable(self.classes)}
        )

    def variable(self, values: FloatArray, dim: str | None = None) -> tuple[tuple[str, ...], FloatArray]:
        """Return draws (chains, draws, functions, ...) with their dimensions, the last called `dim`."""
        dims = self.dims if dim is None else (*self.dims, dim)
        return dims, values if self.classes is not None else values[:, :, 0]

    def split(self, array: FloatArray) -> FloatArray:
        """Return rows of (functions x size) numbers with an axis for the functions."""
        return array.reshape(*array.shape[:2], self.n_functions, array.shape[2] // self.n_functions)

    def parameters(self, values: Mapping[str, FloatArray]) -> Variables:
        """Return the parameters in draws (chains, draws, functions, size) of "f", "v" and "theta"."""
        dims = {"f": "obs_id", "v": "component"}
        variables = {name: self.variable(values[name], dims[name]) for name in dims if name in values}
        for group in self.groups:
            parameter = np.exp(values["theta"][..., group.where])
            size = parameter.shape[-1]
            if size == 1:
                variables[group.name] = self.variable(parameter[..., 0])
            else:
                dim = "feature" if size == len(self.features) else f"{group.name}_dim"
                variables[group.name] = self.variable(parameter, dim)
        return variables

    def flat_draws(self, posterior: xr.Dataset) -> tuple[FloatArray, FloatArray]:
        """Return all draws: stored values (s, functions, size), log parameters (s, functions, d)."""
        stored = self._flat(posterior, self.stored)
        theta = np.empty((*stored.shape[:2], len(self.theta)))
        theta[...] = self.theta
        for group in self.groups:
            values = self._flat(posterior, group.name)
            require_positive(f"posterior[{group.name!r}] of idata", values)
            theta[..., group.where] = np.log(values)
        return stored, theta

    def _flat(self, posterior: xr.Dataset, name: str) -> FloatArray:
        values = trace.values(posterior, name, self.dims)
        draws = values.shape[0] * values.shape[1]
        return np.array(values, dtype=np.float64).reshape(draws, self.n_functions, -1)
