"""The Pólya-gamma variables of the rows, drawn for each posterior draw on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polyagamma.mcmc.rounds import Arrays, Chains, WrappedChains
from polyagamma.mcmc.settings import OMEGA
from polyagamma.random import random_polyagamma

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class AugmentedRows:
    """What the Pólya-gamma variables of rows depend on.

    Attributes
    ----------
    size : int
        Number of rows.
    parameters : callable
        Returns those of the variables, b and z of ``PG(b, z)``, each (n,), for what the chains tell of one
        draw.
    """

    size: int
    parameters: Callable[[Arrays], tuple[FloatArray, FloatArray]]


class AugmentedChains(WrappedChains):
    """Chains that tell the Pólya-gamma variables of their draws too.

    Given the linear predictor, ``omega_i ~ PG(b_i, z_i)`` is independent of everything else (Polson, Scott
    and Windle 2013, JASA 108, 1339-1349, section 3.1). So whatever transition kernel draws eta, this makes
    exact draws of their joint posterior, and the draws of eta are those of a run without it.

    Parameters
    ----------
    chains : Chains
    rows : AugmentedRows
    generators : sequence of BitGenerator
        One for each chain, apart from those of `chains`.
    """

    def __init__(
        self, chains: Chains, rows: AugmentedRows, generators: Sequence[np.random.BitGenerator]
    ) -> None:
        self._core, self._rows = chains, rows
        self._generators = [np.random.Generator(bits) for bits in generators]

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`."""
        if out is None:
            return self._core.run(sweeps)
        told = {name: array for name, array in out.items() if name != OMEGA}
        self._core.run(sweeps, told)
        for chain, generator in enumerate(self._generators):
            for sweep in range(sweeps):  # one by one, so that bits do not depend on rounds
                b, z = self._rows.parameters({name: array[chain, sweep] for name, array in told.items()})
                random_polyagamma(b, z, out=out[OMEGA][chain, sweep], random_state=generator)
        return None
