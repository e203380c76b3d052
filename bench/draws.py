"""Time per Pólya-gamma variate: ours, PyPI polyagamma 2.0.2, and NumPy's standard normal as the unit.

Run ``python bench/draws.py``: it makes the environments of both sides (once, in a cache folder), measures
them in turn on one pinned core, checks the means and variances of both, prints a table and stores the figures
in ``bench/results``.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from harness import machine
from harness.command_line import CACHE
from harness.environments import OURS, environment_python, variables
from harness.report import RESULTS

WORKER = Path(__file__).resolve().parent / "peers" / "draws_worker.py"
PEER = "loop"
"""The environment that has PyPI polyagamma (see peers/requirements/loop.txt)."""
MAX_SCORE = 6.0
"""Largest |z-score| of a mean or a variance; beyond, a side is called wrong. Chance: 2e-9 each."""
PEER_SECONDS = 0.25
"""Where the peer would take longer than this for a fill, it draws fewer variates."""


@dataclass(frozen=True)
class Case:
    """Parameters as draws_worker.Worker.case takes them, and the ratio to a normal variate not to exceed."""

    name: str
    h: float | list[object]
    z: tuple[float, float]
    bound: float


STANDARD = (0.0, 1.0)
CASES = [
    Case("h=1, z~N(0, 1)", 1, STANDARD, 0.6),
    Case("h=1, z~N(0, 3²)", 1, (0.0, 3.0), 0.6),
    Case("h=1, z=0", 1, (0.0, 0.0), 0.6),
    Case("h=1, z=10", 1, (10.0, 0.0), 0.6),
    Case("h=1, z~N(0, 100²)", 1, (0.0, 100.0), 1.5),
    *(Case(f"h={h}, z~N(0, 1)", h, STANDARD, round(0.6 * h + 0.3, 1)) for h in (2, 3, 5, 10, 16)),
    *(Case(f"h={h:g}, z~N(0, 1)", h, STANDARD, 8.0) for h in (20, 33.3, 50, 100, 1000, 1e6)),
    *(
        Case(f"h={h}, z~N(0, 1)", h, STANDARD, bound)
        for h, bound in ((0.1, 6.0), (0.5, 6.0), (0.9, 6.0), (1.5, 7.0), (7.3, 10.0))
    ),
    Case("h~U{1..20}, z~N(0, 2²)", ["integers", 1, 20], (0.0, 2.0), 8.0),
    Case("h~Poisson(5)+Gamma(2), z~N(0, 1)", ["poisson + gamma", 5.0, 2.0], STANDARD, 12.0),
]


class Side:
    """A worker process in an environment of its own."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [python, WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables()
        )

    def __enter__(self) -> "Side":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def __call__(self, do: str, **arguments: object):
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"do": do, **arguments}), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            sys.exit(f"{self._process.args} ended at {do} {arguments}")
        return json.loads(answer)


@dataclass(frozen=True)
class Timing:
    """Nanoseconds per variate in each repeat, and z-scores of mean and variance."""

    ours: list[float]
    normal: list[float]
    peer: list[float]
    our_scores: list[float]
    peer_scores: list[float]

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.normal)

    @property
    def speedup(self) -> float:
        return median(self.peer) / median(self.ours)


def median(values: list[float]) -> float:
    return float(np.median(values))


def right(scores: list[float]) -> bool:
    return max(map(abs, scores)) <= MAX_SCORE


def affordable(peer: Side, case: Case, draws: int) -> int:
    """Return how many variates the peer draws within PEER_SECONDS, at most `draws`."""
    trial = min(10_000, draws)
    peer("case", n=trial, h=case.h, z=case.z)
    return int(np.clip(PEER_SECONDS / peer("draw") * trial, trial, draws))


def measure(case: Case, ours: Side, peer: Side, draws: int, repeats: int) -> Timing:
    """Time the three in turn, after one round that does not count."""
    peer_draws = affordable(peer, case, draws)
    ours("case", n=draws, h=case.h, z=case.z)
    peer("case", n=peer_draws, h=case.h, z=case.z)
    rounds = []
    for _ in range(repeats + 1):
        normal, mine = ours("normal"), ours("draw", threads=1)
        rounds.append([mine / draws * 1e9, normal / draws * 1e9, peer("draw") / peer_draws * 1e9])
    mine, normal, theirs = (list(column) for column in zip(*rounds[1:], strict=True))
    return Timing(mine, normal, theirs, ours("scores"), peer("scores"))


def row(case: Case, timing: Timing) -> str:
    cells = [
        case.name,
        f"{median(timing.ours):.2f}" + ("" if right(timing.our_scores) else " **wrong**"),
        f"{median(timing.normal):.2f}",
        f"{timing.ratio:.2f}",
        f"{case.bound:g}" + ("" if timing.ratio <= case.bound else " **missed**"),
        f"{median(timing.peer):.0f}" + ("" if right(timing.peer_scores) else " (wrong)"),
        f"{timing.speedup:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def scalar_calls(ours: Side, peer: Side, repeats: int) -> dict[str, dict[str, float]]:
    """Return microseconds a call, the median of interleaved repeats."""
    microseconds: dict[str, dict[str, float]] = {}
    for name, seeded in (("Generator given", True), ("no Generator", False)):
        rounds = [
            [side("scalar", calls=5000, seeded=seeded) * 1e6 for side in (ours, peer)] for _ in range(repeats)
        ]
        mine, theirs = zip(*rounds, strict=True)
        microseconds[name] = {"ours": median(list(mine)), "peer": median(list(theirs))}
    return microseconds


def thread_gain(python: Path, repeats: int) -> float | None:
    """Return how many times faster two threads are on 1e7 variates; None on a machine with one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    if (os.cpu_count() or 1) < 2:
        return None
    with Side(python) as ours:
        ours("case", n=10_000_000, h=1, z=STANDARD)
        rounds = [[ours("draw", threads=k) for k in (1, 2)] for _ in range(repeats + 1)][1:]
    one, two = zip(*rounds, strict=True)
    return median(list(one)) / median(list(two))


def store(content: dict[str, object]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"draws-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--draws", type=int, default=1_000_000, help="variates in a fill (default: %(default)s)")
    add("--repeats", type=int, default=9, help="interleaved repeats (default: %(default)s)")
    add("--environments", type=Path, default=CACHE, help="folder of the environments (default: %(default)s)")
    return parser.parse_args()


def main() -> None:
    options = parse()
    pythons = [environment_python(name, options.environments) for name in (OURS, PEER)]
    host = machine.describe(machine.pin(1))
    with Side(pythons[0]) as ours, Side(pythons[1]) as peer:
        host |= {"ours": ours("versions"), "peer": peer("versions")}
        print("\n".join(f"{key}: {value}" for key, value in host.items()), flush=True)
        print("\n| case | ours ns | normal ns | ratio | bound | peer ns | × peer |\n|" + "---|" * 7)
        timings = {}
        for case in CASES:
            timings[case.name] = measure(case, ours, peer, options.draws, options.repeats)
            print(row(case, timings[case.name]), flush=True)
        scalar = scalar_calls(ours, peer, options.repeats)
    gain = thread_gain(pythons[0], options.repeats)
    for name, calls in scalar.items():
        print(f"scalar call, {name}: ours {calls['ours']:.2f} µs, peer {calls['peer']:.2f} µs")
    print(f"two threads on 1e7 variates: {gain} times one")
    cases = {name: asdict(timing) for name, timing in timings.items()}
    print(f"stored in {store({'machine': host, 'cases': cases, 'scalar call': scalar, 'two threads': gain})}")
    wrong = [name for name, timing in timings.items() if not right(timing.our_scores)]
    if wrong:
        sys.exit(f"our mean or variance is wrong: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
