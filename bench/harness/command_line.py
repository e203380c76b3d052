"""The command line that every comparison of samplers has."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from harness import machine, report
from harness.comparison import Problem, Result, Sampler, disagreeing, measure
from harness.diagnostics import Convergence
from harness.environments import contents, environment_python

Makers = dict[str, Callable[[], Problem]]
CONVERGED = Convergence()
CACHE = Path.home() / ".cache" / "polyagamma-bench"


def parse(description: str, sets: list[str], samplers: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    add = parser.add_argument
    for option, names in (("--sets", sets), ("--peers", samplers)):
        add(option, nargs="+", choices=names, default=names, metavar="NAME", help=f"of {', '.join(names)}")
    add("--data", type=Path, help="folder of the stored data sets; those not found are left out")
    add("--cores", type=int, default=1, help="cores to pin to (default: %(default)s)")
    add("--repeats", type=int, default=1, help="runs of each sampler on each set (default: %(default)s)")
    add("--timeout", type=float, default=600, help="seconds allowed to a run (default: %(default)s)")
    add("--environments", type=Path, default=CACHE, help="folder of the environments (default: %(default)s)")
    return parser.parse_args()


def compare(
    question: str,
    makers: Makers,
    samplers: dict[str, Sampler],
    options: argparse.Namespace,
    convergence: Convergence = CONVERGED,
) -> None:
    """Measure `samplers` on the sets of `makers`, print and store; exit with 1 if posteriors disagree."""
    pythons = {
        name: environment_python(sampler.environment, options.environments)
        for name, sampler in samplers.items()
    }
    environments = dict.fromkeys(sampler.environment for sampler in samplers.values())
    host = machine.describe(machine.pin(options.cores))
    host |= {f"environment {name}": contents(name) for name in environments}
    print(report.preamble(host), flush=True)
    results: dict[str, dict[str, Result]] = {}
    complaints: list[str] = []
    for name, make in makers.items():
        problem = make() | {"cores": options.cores}
        results[name] = {
            label: measure(sampler, pythons[label], problem, options.repeats, options.timeout)
            for label, sampler in samplers.items()
        }
        print(report.rows(name, results[name]), flush=True)
        complaints += [f"{name}: {line}" for line in disagreeing(results[name], convergence)]
    print(f"\nstored in {report.store(question, host, results)}")
    if complaints:
        sys.exit("\n".join(["posterior means disagree:", *complaints]))
