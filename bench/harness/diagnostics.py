"""Effective sample sizes, and whether two samplers agree."""

from dataclasses import asdict, dataclass
from itertools import combinations

import arviz as az
import numpy as np
import xarray as xr
from numpy.typing import NDArray

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


@dataclass(frozen=True)
class Convergence:
    """What makes the means of a sampler worth comparing, and how far they may be from those of others."""

    max_rhat: float = 1.01
    min_ess: float = 400
    max_disagreement: float = MAX_DISAGREEMENT

    def holds(self, summary: Summary) -> bool:
        return summary.max_rhat <= self.max_rhat and summary.min_ess >= self.min_ess


def disagreements(summaries: dict[str, Summary], convergence: Convergence) -> dict[tuple[str, str], float]:
    """Largest difference of posterior means, in standard errors, for each pair of converged samplers."""
    converged = {name: summary for name, summary in summaries.items() if convergence.holds(summary)}
    return {
        (one, other): float(np.max(np.abs(a.mean - b.mean) / np.hypot(a.mcse, b.mcse)))
        for (one, a), (other, b) in combinations(converged.items(), 2)
    }
