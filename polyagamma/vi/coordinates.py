"""What the coordinates of an approximation are among the parameters of a posterior."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma.mcmc.specification import Specification
from polyagamma.terms.term import LinearForm
from polyagamma.traces import trace
from polyagamma.vi.linear_forms import linear_form

FloatArray = NDArray[np.float64]


class Coordinates:
    """The coefficients of a linear model's design, and the likelihood's extras, as parameters.

    Parameters
    ----------
    model : Specification
        Of a linear model.

    Attributes
    ----------
    linear : LinearForm
    """

    def __init__(self, model: Specification) -> None:
        self._model = model
        linear = linear_form(model)
        assert linear is not None
        self.linear: LinearForm = linear
        self._size = len(linear.prior.mean)
        self._fitted = linear.fitted is not None and linear.fitted in model.term.parameters

    def posterior(self, values: FloatArray) -> xr.Dataset:
        """Return the posterior that values (chains, draws, k) of the coordinates stand for."""
        raw = self._outputs(values[..., : self._size])
        if values.shape[-1] > self._size:
            raw["extras"] = np.ascontiguousarray(values[..., self._size :])
        return self._model.posterior_of(raw)

    def _outputs(self, coefficients: FloatArray) -> dict[str, FloatArray]:
        """Return what chains would tell of coefficients (chains, draws, k)."""
        if self._fitted:
            return {str(self.linear.fitted): coefficients @ self.linear.X.T}
        return {self.linear.coefficients: np.ascontiguousarray(coefficients)}

    @cached_property
    def _transform(self) -> tuple[FloatArray, FloatArray, list[str]]:
        """Return matrix and shift that make named coefficients of those of the design, and their names."""
        unit = np.vstack([np.zeros(self._size), np.eye(self._size)])[np.newaxis]
        told = self._model.term.variables(self._outputs(unit))
        names: list[str] = []
        parts: list[FloatArray] = []
        for name, array in trace.dataset(told, self._model.coords).data_vars.items():
            values = array.transpose(*trace.DRAWS, ...)
            labels = [values[dim].to_numpy() for dim in values.dims[2:]]
            parts.append(values.to_numpy()[0].reshape(self._size + 1, -1))
            names += [_label(str(name), labels, where) for where in np.ndindex(values.shape[2:])]
        whole = np.concatenate(parts, axis=1)
        return (whole[1:] - whole[0]).T, whole[0], names

    def mean(self, mean: FloatArray) -> xr.DataArray:
        """Return the means of named coefficients, and of extras."""
        matrix, shift, names = self._whole(len(mean) - self._size)
        return xr.DataArray(
            shift + matrix @ mean, dims=("coordinate",), coords={"coordinate": names}, name="mean"
        )

    def covariance(self, covariance: FloatArray) -> xr.DataArray:
        """Return their covariance."""
        matrix, _, names = self._whole(len(covariance) - self._size)
        return xr.DataArray(
            matrix @ covariance @ matrix.T,
            dims=("coordinate", "coordinate_"),
            coords={"coordinate": names, "coordinate_": names},
            name="covariance",
        )

    def _whole(self, extras: int) -> tuple[FloatArray, FloatArray, list[str]]:
        matrix, shift, names = self._transform
        if extras == 0:
            return matrix, shift, names
        whole = np.zeros((len(matrix) + extras, self._size + extras))
        whole[: len(matrix), : self._size] = matrix
        whole[len(matrix) :, self._size :] = np.eye(extras)
        shift = np.pad(shift, (0, extras))
        return whole, shift, [*names, *(f"log {name}" for name in self._model.likelihood.needed)]


def _label(name: str, labels: list[NDArray[np.object_]], where: tuple[int, ...]) -> str:
    own = ", ".join(str(axis[i]) for axis, i in zip(labels, where, strict=True))
    return f"{name}[{own}]" if own else name
