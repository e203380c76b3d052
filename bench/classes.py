"""Multinomial regression: our default ``.sample()`` against the user's own loop and three NUTS packages.

Run ``python bench/classes.py --data FOLDER``; see bench/README.md.
"""

from collections.abc import Callable
from functools import partial

import class_sets
from harness import command_line
from harness.comparison import Problem, Sampler
from harness.data_sets import standardised
from harness.diagnostics import Convergence

CHAINS, DRAWS = 4, 1000
INTERCEPT_SCALE, SCALE = 10.0, 2.5
"""Standard deviations of the normal priors of intercepts and coefficients, as differences to class 0."""
CONVERGENCE = Convergence(max_disagreement=5.0)

SAMPLERS = {
    "polyagamma": Sampler("polyagamma", "classes_polyagamma", is_peer=False),
    "pg-loop": Sampler("loop", "classes_loop"),
    "numpyro": Sampler("numpyro", "classes_numpyro", {"float64": True}),
    "nutpie": Sampler("nutpie", "classes_nutpie"),
    "blackjax": Sampler("blackjax", "classes_blackjax", {"float64": True}),
}


def problem(make: Callable[[], class_sets.Data]) -> Problem:
    """Return the data, predictors standardised, with the priors and the length of the run."""
    X, y = make()
    return {
        "X": standardised(X),
        "y": y,
        "intercept_scale": INTERCEPT_SCALE,
        "scale": SCALE,
        "chains": CHAINS,
        "draws": DRAWS,
    }


def main() -> None:
    options = command_line.parse(__doc__, list(class_sets.NAMES), list(SAMPLERS))
    makers = class_sets.makers(options.data, options.sets)
    samplers = {name: SAMPLERS[name] for name in options.peers}
    problems = {name: partial(problem, make) for name, make in makers.items()}
    command_line.compare("classes", problems, samplers, options, CONVERGENCE)


if __name__ == "__main__":
    main()
