"""Run samplers on problems, and judge what they brought back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from harness.diagnostics import Convergence, Summary, disagreements, summarise
from harness.launch import Run, run

Problem = dict[str, object]
RATES = ("sampling", "total")


@dataclass(frozen=True)
class Sampler:
    """An adapter, the environment it runs in, and what it is told besides the problem.

    Ratios are to the best of the samplers with `is_peer`.
    """

    environment: str
    adapter: str
    settings: Problem = field(default_factory=dict)
    is_peer: bool = True


@dataclass(frozen=True)
class Result:
    """Repeated runs of one sampler on one problem; after a failure there are none."""

    sampler: Sampler
    runs: list[tuple[Run, Summary]]
    failure: str | None = None

    def median(self, figure: Callable[[Run, Summary], float]) -> float:
        return float(np.median([figure(run, summary) for run, summary in self.runs]))

    def rate(self, phase: str) -> float:
        """Minimum bulk ESS per second of `phase` ("sampling" or "total"), the median of the repeats."""
        return self.median(lambda run, summary: summary.min_ess / run.seconds()[phase])

    def as_json(self) -> dict[str, object]:
        if self.failure:
            return {"failure": self.failure}
        return {
            "versions": self.runs[0][0].versions,
            "min_ess_per_second": {phase: self.rate(phase) for phase in RATES},
            "runs": [run.seconds() | summary.as_json() for run, summary in self.runs],
        }


def measure(sampler: Sampler, python: Path, problem: Problem, repeats: int, timeout: float) -> Result:
    """Run `sampler` with seeds 0, 1, …; stop at the first failure."""
    runs: list[tuple[Run, Summary]] = []
    for seed in range(repeats):
        outcome = run(python, sampler.adapter, problem | sampler.settings | {"seed": seed}, timeout)
        if outcome.output is None:
            return Result(sampler, [], outcome.failure)
        runs.append((outcome, summarise(outcome.output)))
    return Result(sampler, runs)


def best_peer(results: dict[str, Result], phase: str) -> str | None:
    """Return the name of the fastest peer, None if no peer finished."""
    finished = {name: result for name, result in results.items() if result.sampler.is_peer and result.runs}
    return max(finished, key=lambda name: finished[name].rate(phase), default=None)


def disagreeing(results: dict[str, Result], convergence: Convergence) -> list[str]:
    """Return a line for each pair of converged samplers whose posterior means differ."""
    summaries = {name: result.runs[0][1] for name, result in results.items() if result.runs}
    return [
        f"{one} and {other} differ by {distance:.1f} standard errors"
        for (one, other), distance in disagreements(summaries, convergence).items()
        if distance > convergence.max_disagreement
    ]
