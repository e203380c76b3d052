"""Logistic regression under the regularized horseshoe: our default ``.sample()`` against two NUTS packages.

Run ``python bench/shrinkage.py --data FOLDER``; see bench/README.md.
"""

from collections.abc import Callable
from functools import partial

import shrinkage_sets
from harness import command_line
from harness.comparison import Problem, Sampler
from harness.data_sets import standardised
from harness.diagnostics import Convergence

CHAINS, DRAWS = 4, 1000
INTERCEPT_SCALE, SLAB_SCALE = 10.0, 2.5
TARGET = 0.95
"""Acceptance of NUTS: below it trajectories diverge in the funnels, as guides to horseshoes say."""
CONVERGENCE = Convergence(max_disagreement=5.0)

SAMPLERS = {
    "polyagamma": Sampler("polyagamma", "shrinkage_polyagamma", is_peer=False),
    "polyagamma-gibbs": Sampler("polyagamma", "shrinkage_polyagamma", {"kernel": "gibbs"}, is_peer=False),
    "numpyro": Sampler("numpyro", "shrinkage_numpyro", {"float64": True, "target": TARGET}),
    "nutpie": Sampler("nutpie", "shrinkage_nutpie", {"target": TARGET}),
}


def problem(make: Callable[[], shrinkage_sets.Data]) -> Problem:
    """Return the data, predictors standardised, with the prior and the length of the run."""
    X, y, expected = make()
    return {
        "X": standardised(X),
        "y": y,
        "expected": expected,
        "intercept_scale": INTERCEPT_SCALE,
        "slab_scale": SLAB_SCALE,
        "kernel": "auto",
        "chains": CHAINS,
        "draws": DRAWS,
    }


def main() -> None:
    options = command_line.parse(__doc__, list(shrinkage_sets.NAMES), list(SAMPLERS))
    makers = shrinkage_sets.makers(options.data, options.sets)
    samplers = {name: SAMPLERS[name] for name in options.peers}
    problems = {name: partial(problem, make) for name, make in makers.items()}
    command_line.compare("shrinkage", problems, samplers, options, CONVERGENCE)


if __name__ == "__main__":
    main()
