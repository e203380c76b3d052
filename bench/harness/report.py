"""Tables for people and JSON for programs."""

import json
import time
from pathlib import Path

from harness.comparison import RATES, Result, best_peer

RESULTS = Path(__file__).resolve().parents[1] / "results"
COLUMNS = (
    "set",
    "sampler",
    "min ESS",
    "median ESS",
    "R-hat",
    "sampling s",
    "total s",
    "min ESS/sampling s",
    "× best peer",
    "min ESS/total s",
    "× best peer",
)


def preamble(host: dict[str, object]) -> str:
    """Return what is known before the first run, and the head of the table."""
    facts = [f"{key}: {value}" for key, value in host.items()]
    return "\n".join([*facts, "", _line(COLUMNS), _line(["---"] * len(COLUMNS))])


def rows(name: str, by_sampler: dict[str, Result]) -> str:
    """Return a row for each sampler on the set `name`; a ratio is to the best peer on this set."""
    return "\n".join(_line([name, sampler, *_cells(sampler, by_sampler)]) for sampler in by_sampler)


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(sampler: str, by_sampler: dict[str, Result]) -> list[str]:
    result = by_sampler[sampler]
    if result.failure:
        return [result.failure, *[""] * (len(COLUMNS) - 3)]
    cells = [
        f"{result.median(lambda _, summary: summary.min_ess):.0f}",
        f"{result.median(lambda _, summary: summary.median_ess):.0f}",
        f"{result.median(lambda _, summary: summary.max_rhat):.4f}",
        f"{result.median(lambda run, _: run.sampling_seconds):.3g}",
        f"{result.median(lambda run, _: run.total_seconds):.3g}",
    ]
    for phase in RATES:
        rate, peer = result.rate(phase), best_peer(by_sampler, phase)
        cells += [f"{rate:.4g}", f"{rate / by_sampler[peer].rate(phase):.2f}" if peer else ""]
    return cells


def store(question: str, host: dict[str, object], results: dict[str, dict[str, Result]]) -> Path:
    """Store what was measured, and return the path."""
    measured = {
        name: {sampler: result.as_json() for sampler, result in by_sampler.items()}
        for name, by_sampler in results.items()
    }
    return write(question, {"machine": host, "results": measured})


def write(question: str, content: dict[str, object]) -> Path:
    """Write `content` to ``results/<question>-<time>.json`` and return its path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{question}-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path
