"""What the coordinates of an approximation are among the parameters of a posterior."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma.mcmc.specification import Specification
from polyagamma.terms.additive import AdditiveTerm
from polyagamma.terms.effects import Effects
from polyagamma.terms.term import LinearForm
from polyagamma.traces import trace
from polyagamma.vi.additive_scales import BlockScales
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
        return whole, shift, [*names, *self._extras()]

    def _extras(self) -> list[str]:
        """Return names of what follows the coefficients."""
        return [f"log {name}" for name in self._model.likelihood.needed]


def _label(name: str, labels: list[NDArray[np.object_]], where: tuple[int, ...]) -> str:
    own = ", ".join(str(axis[i]) for axis, i in zip(labels, where, strict=True))
    return f"{name}[{own}]" if own else name


class AdditiveCoordinates(Coordinates):
    """The coefficients of an additive model's design, and the scales of its blocks, as parameters.

    Parameters
    ----------
    model : Specification
    term : AdditiveTerm
        Of that model.
    """

    def __init__(self, model: Specification, term: AdditiveTerm) -> None:
        self._model, self._term = model, term
        self._blocks = [BlockScales(effects) for effects in term.effects]
        self._size = term.matrix.shape[1]

    def posterior(self, values: FloatArray) -> xr.Dataset:
        """See `Coordinates`."""
        raw = self._outputs(values[..., : self._size])
        cuts = np.cumsum([0, *(block.size for block in self._blocks)])
        _, *scales, extras = np.split(values[..., self._size :], cuts, axis=-1)
        if self._blocks:
            natural = [block.natural(own) for block, own in zip(self._blocks, scales, strict=True)]
            raw["scales"] = np.concatenate(natural, axis=-1)
        if extras.shape[-1]:
            raw["extras"] = np.ascontiguousarray(extras)
        return self._model.posterior_of(raw)

    def _outputs(self, coefficients: FloatArray) -> dict[str, FloatArray]:
        sizes = [block.effects.size for block in self._blocks]
        n_fixed = self._size - sum(sizes)
        sizes = [n_fixed, *sizes] if n_fixed else sizes
        parts = np.split(coefficients, np.cumsum(sizes)[:-1], axis=-1)
        return {f"block{i}": np.ascontiguousarray(part) for i, part in enumerate(parts)}

    def _extras(self) -> list[str]:
        named = []
        for one in self._term.effects:
            named += [f"log {name}" for name in one.sds]
            named += _atanh_names(one)
        return [*named, *super()._extras()]


def _atanh_names(effects: Effects) -> list[str]:
    """Return names of the coordinates of correlations: those with the first column are no partial ones."""
    if not effects.pairs:
        return []
    kinds = ["partial " if column else "" for column in np.tril_indices(effects.columns, -1)[1]]
    named = zip(kinds, effects.pairs, strict=True)
    return [f"atanh {kind}{effects.correlation}[{pair}]" for kind, pair in named]


def coordinates_of(model: Specification) -> Coordinates:
    """Return the coordinates of an approximation of a model."""
    if isinstance(model.term, AdditiveTerm):
        return AdditiveCoordinates(model, model.term)
    return Coordinates(model)
