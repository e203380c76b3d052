"""Effective sample sizes, and whether two samplers agree."""

from dataclasses import asdict, dataclass
from itertools import combinations

import arviz as az
import numpy as np
import xarray as xr
from numpy.typing import NDArray

CONVERGED_RHAT = 1.01
CONVERGED_ESS = 400
MAX_DISAGREEMENT = 6.0
"""In Monte Carlo standard errors: 2e-9 a comparison, of which a full run makes a few thousand."""


@dataclass(frozen=True)
class Summary:
    """Diagnostics of draws of shape (chains, draws, dim); `mean` and `mcse` are per dimension."""

    min_ess: float
    median_ess: float
    max_rhat: float
    mean: NDArray[np.float64]
    mcse: NDArray[np.float64]

    @property
    def converged(self) -> bool:
        return self.max_rhat <= CONVERGED_RHAT and self.min_ess >= CONVERGED_ESS

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"mean": self.mean.tolist(), "mcse": self.mcse.tolist()}


def summarise(draws: NDArray[np.float64]) -> Summary:
    dataset = xr.Dataset({"x": (("chain", "draw", "dim"), draws)})
    ess = az.ess(dataset, method="bulk").x.values
    return Summary(
        min_ess=float(ess.min()),
        median_ess=float(np.median(ess)),
        max_rhat=float(az.rhat(dataset).x.values.max()),
        mean=draws.mean((0, 1)),
        mcse=az.mcse(dataset, method="mean").x.values,
    )


def disagreements(summaries: dict[str, Summary]) -> dict[tuple[str, str], float]:
    """Largest difference of posterior means, in standard errors, for each pair of converged samplers."""
    converged = {name: summary for name, summary in summaries.items() if summary.converged}
    return {
        (one, other): float(np.max(np.abs(a.mean - b.mean) / np.hypot(a.mcse, b.mcse)))
        for (one, a), (other, b) in combinations(converged.items(), 2)
    }
