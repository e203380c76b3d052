"""Regression of counts: our default ``.sample()`` against the user's own loop and three NUTS packages.

Run ``python bench/counts.py --data FOLDER``; see bench/README.md.
"""

from collections.abc import Callable
from functools import partial

import count_sets
from harness import command_line
from harness.comparison import Problem, Sampler
from harness.data_sets import standardised
from harness.diagnostics import Convergence

CHAINS, DRAWS = 4, 1000
INTERCEPT_SCALE, SCALE = 10.0, 2.5
"""Standard deviations of the normal priors of the intercept and of the coefficients."""
DISPERSION_SHAPE, DISPERSION_RATE = 1.0, 0.1
"""Of the gamma prior of the dispersion r."""
CONVERGENCE = Convergence(max_disagreement=5.0)

SAMPLERS = {
    "polyagamma": Sampler("polyagamma", "counts_polyagamma", is_peer=False),
    "pg-loop": Sampler("loop", "counts_loop"),
    "numpyro": Sampler("numpyro", "counts_numpyro", {"float64": True}),
    "nutpie": Sampler("nutpie", "counts_nutpie"),
    "blackjax": Sampler("blackjax", "counts_blackjax", {"float64": True}),
}


def problem(make: Callable[[], count_sets.Data]) -> Problem:
    """Return the data, predictors standardised, with the priors and the length of the run."""
    X, y, exposure = make()
    return {
        "X": standardised(X),
        "y": y,
        "exposure": exposure,
        "intercept_scale": INTERCEPT_SCALE,
        "scale": SCALE,
        "dispersion_shape": DISPERSION_SHAPE,
        "dispersion_rate": DISPERSION_RATE,
        "chains": CHAINS,
        "draws": DRAWS,
    }


def main() -> None:
    options = command_line.parse(__doc__, list(count_sets.NAMES), list(SAMPLERS))
    makers = count_sets.makers(options.data, options.sets)
    samplers = {name: SAMPLERS[name] for name in options.peers}
    problems = {name: partial(problem, make) for name, make in makers.items()}
    command_line.compare("counts", problems, samplers, options, CONVERGENCE)


if __name__ == "__main__":
    main()
