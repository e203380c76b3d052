"""Effects that share a population, as one block of the design: names, priors and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polyagamma.terms.scale_priors import LKJ, SdPrior, correlation_factor
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Entries(NamedTuple):
    """Entries of rows in the columns of a block: which, and their values, both (m, k)."""

    positions: IntArray
    values: FloatArray


@dataclass(frozen=True)
class Effects:
    """Effects of the levels of a factor, one for each column; see `AdditiveForm` for what they are.

    Attributes
    ----------
    kind : str
        Of the core's block: ``"group"`` or ``"basis"``.
    names : tuple of str, length q
        Variables of a posterior, one for each column.
    sds : tuple of str, length q
        Those of their standard deviations.
    correlation : str
        That of their correlations, if there are any.
    pairs : tuple of str
        Labels of these: pairs of columns.
    dim : str
        Dimension of levels.
    labels : list
        Of levels.
    sd_priors : tuple of SdPrior, length q
    lkj : LKJ or None
        None: no correlations.
    """

    kind: str
    names: tuple[str, ...]
    sds: tuple[str, ...]
    correlation: str
    pairs: tuple[str, ...]
    dim: str
    labels: list[Any]
    sd_priors: tuple[SdPrior, ...]
    lkj: LKJ | None

    @classmethod
    def of_basis(cls, name: str, dim: str, labels: list[Any], priors: tuple[SdPrior, ...]) -> Effects:
        """Return coefficients of columns that have one standard deviation in common."""
        return cls("basis", (name,), (f"{name}_sigma",), "", (), dim, labels, priors, None)

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.labels)

    @property
    def columns(self) -> int:
        """Number of columns, q."""
        return len(self.names)

    @property
    def size(self) -> int:
        """Number of coefficients."""
        return self.levels * self.columns

    @property
    def n_scales(self) -> int:
        """Number of standard deviations and correlations."""
        return self.columns + len(self.pairs)

    @property
    def pair_dim(self) -> str:
        """Dimension of correlations."""
        return f"{self.correlation}_pair"

    @property
    def coords(self) -> dict[str, list[Any]]:
        """Labels of dimensions."""
        of_pairs = {self.pair_dim: list(self.pairs)} if self.pairs else {}
        return {self.dim: self.labels, **of_pairs}

    @property
    def hyperparameters(self) -> list[str]:
        """Names of standard deviations and correlations in a posterior."""
        return [*self.sds, self.correlation] if self.pairs else list(self.sds)

    def core(self) -> dict[str, Any]:
        """Return the core's block."""
        return {
            "kind": self.kind,
            "levels": self.levels,
            "columns": self.columns,
            "correlated": self.lkj is not None,
            "sd_prior": [tuple(prior) for prior in self.sd_priors],
            "eta": 1.0 if self.lkj is None else float(self.lkj.eta),
        }

    def log_normalizer(self) -> float:
        """Return the log of what the core leaves out of the density of effects and their scales."""
        constant = sum(prior.log_normalizer() for prior in self.sd_priors)
        if self.lkj is not None:
            constant += self.lkj.log_normalizer(self.columns)
        return float(constant - 0.5 * self.size * np.log(2 * np.pi))

    def variables(self, coefficients: FloatArray) -> trace.Variables:
        """Return effects, given the coefficients of the block (chains, draws, size), level by level."""
        by_level = coefficients.reshape(*coefficients.shape[:2], self.levels, self.columns)
        dims = (*trace.DRAWS, self.dim)
        return {name: (dims, by_level[..., column]) for column, name in enumerate(self.names)}

    def scale_variables(self, scales: FloatArray) -> trace.Variables:
        """Return standard deviations and correlations, given those of the block, (chains, draws, number)."""
        named: dict[str, tuple[tuple[str, ...], FloatArray]] = {
            name: (trace.DRAWS, scales[..., column]) for column, name in enumerate(self.sds)
        }
        if self.pairs:
            named[self.correlation] = ((*trace.DRAWS, self.pair_dim), scales[..., self.columns :])
        return named

    def draw_scales(self, rng: np.random.Generator, draws: int) -> FloatArray:
        """Return draws of standard deviations and correlations from their prior, (draws, number)."""
        sds = [prior.draw(rng, draws)[:, np.newaxis] for prior in self.sd_priors]
        pairs = [] if self.lkj is None else [self.lkj.draw(rng, draws, self.columns)]
        return np.concatenate([*sds, *pairs], axis=1)

    def draw_effects(self, scales: FloatArray, noise: FloatArray) -> FloatArray:
        """Return effects ``diag(s) L z`` of as many levels as there is noise z for, given R = LL'.

        Parameters
        ----------
        scales : ndarray, shape (draws, number)
        noise : ndarray, shape (draws, levels * q)

        Returns
        -------
        ndarray, shape (draws, levels * q)
        """
        z = noise.reshape(len(noise), -1, self.columns)
        if self.pairs:
            factor = correlation_factor(scales[:, self.columns :], self.columns)
            z = np.einsum("sij,slj->sli", factor, z)
        return (z * scales[:, np.newaxis, : self.columns]).reshape(noise.shape)
