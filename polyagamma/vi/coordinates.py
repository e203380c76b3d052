"""What the coordinates of an approximation are among the parameters of a posterior."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma.mcmc.specification import Specification
from polyagamma.terms.term import LinearForm
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


class Coordinates:
    """The coefficients of a linear model's design, and the likelihood's extras, as parameters.

    Parameters
    ----------
    model : Specification
        Of a linear model.
    """

    def __init__(self, model: Specification) -> None:
        self._model = model
        linear = model.term.linear()
        assert linear is not None
        self._linear: LinearForm = linear
        self._size = len(linear.prior.mean)

    def posterior(self, values: FloatArray) -> xr.Dataset:
        """Return the posterior that values (chains, draws, k) of the coordinates stand for."""
        linear, coefficients = self._linear, values[..., : self._size]
        raw = {linear.coefficients: np.ascontiguousarray(coefficients)}
        if values.shape[-1] > self._size:
            raw["extras"] = np.ascontiguousarray(values[..., self._size :])
        return self._model.posterior_of(raw)

    @cached_property
    def _transform(self) -> tuple[FloatArray, list[str]]:
        """Return the matrix that makes named coefficients of those of the design, and their names."""
        unit = np.eye(self._size)[np.newaxis]
        named = trace.dataset(
            self._model.term.variables({self._linear.coefficients: unit}), self._model.coords
        )
        names: list[str] = []
        parts: list[FloatArray] = []
        for name, array in named.data_vars.items():
            values = array.transpose(*trace.DRAWS, ...)
            labels = [values[dim].to_numpy() for dim in values.dims[2:]]
            parts.append(values.to_numpy()[0].reshape(self._size, -1))
            names += [_label(str(name), labels, where) for where in np.ndindex(values.shape[2:])]
        return np.concatenate(parts, axis=1).T, names

    def mean(self, mean: FloatArray) -> xr.DataArray:
        """Return the means of named coefficients, and of extras."""
        matrix, names = self._whole(len(mean) - self._size)
        return xr.DataArray(matrix @ mean, dims=("coordinate",), coords={"coordinate": names}, name="mean")

    def covariance(self, covariance: FloatArray) -> xr.DataArray:
        """Return their covariance."""
        matrix, names = self._whole(len(covariance) - self._size)
        return xr.DataArray(
            matrix @ covariance @ matrix.T,
            dims=("coordinate", "coordinate_"),
            coords={"coordinate": names, "coordinate_": names},
            name="covariance",
        )

    def _whole(self, extras: int) -> tuple[FloatArray, list[str]]:
        matrix, names = self._transform
        if extras == 0:
            return matrix, names
        whole = np.zeros((len(matrix) + extras, self._size + extras))
        whole[: len(matrix), : self._size] = matrix
        whole[len(matrix) :, self._size :] = np.eye(extras)
        return whole, [*names, *(f"log {name}" for name in self._model.likelihood.needed)]


def _label(name: str, labels: list[NDArray[np.object_]], where: tuple[int, ...]) -> str:
    own = ", ".join(str(axis[i]) for axis, i in zip(labels, where, strict=True))
    return f"{name}[{own}]" if own else name
