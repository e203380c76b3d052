"""Logistic regression: our default ``.sample()`` against the user's own loop and three NUTS packages.

Run ``python bench/logistic.py --data FOLDER``; see bench/README.md.
"""

from collections.abc import Callable
from functools import partial

import logistic_sets
from harness import command_line
from harness.comparison import Problem, Sampler
from harness.data_sets import standardised

CHAINS, DRAWS = 4, 1000
INTERCEPT_SCALE, SCALE = 10.0, 2.5
"""Standard deviations of the normal priors of the intercept and of the coefficients."""

SAMPLERS = {
    "polyagamma": Sampler("polyagamma", "logistic_polyagamma", is_peer=False),
    "pg-loop": Sampler("loop", "linear_loop"),
    "numpyro": Sampler("numpyro", "linear_numpyro", {"float64": True}),
    "numpyro-float32": Sampler("numpyro", "linear_numpyro", {"float64": False}, is_peer=False),
    "nutpie": Sampler("nutpie", "linear_nutpie"),
    "blackjax": Sampler("blackjax", "linear_blackjax", {"float64": True}),
    "blackjax-float32": Sampler("blackjax", "linear_blackjax", {"float64": False}, is_peer=False),
}


def problem(make: Callable[[], logistic_sets.Data]) -> Problem:
    """Return the data, predictors standardised, with the priors and the length of the run."""
    X, y, trials = make()
    return {
        "X": standardised(X),
        "y": y,
        "trials": trials,
        "intercept_scale": INTERCEPT_SCALE,
        "scale": SCALE,
        "chains": CHAINS,
        "draws": DRAWS,
    }


def main() -> None:
    options = command_line.parse(__doc__, list(logistic_sets.NAMES), list(SAMPLERS))
    makers = logistic_sets.makers(options.data, options.sets)
    samplers = {name: SAMPLERS[name] for name in options.peers}
    command_line.compare(
        "logistic", {name: partial(problem, make) for name, make in makers.items()}, samplers, options
    )


if __name__ == "__main__":
    main()
