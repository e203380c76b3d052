"""Multilevel logistic regression: our default ``.sample()`` against two NUTS packages and bambi.

Run ``python bench/groups.py --data FOLDER``; see bench/README.md. Of the last four sets NUTS takes hours:
``--peers polyagamma`` measures ours alone.
"""

from collections.abc import Callable
from functools import partial

import group_sets
from harness import command_line
from harness.comparison import Problem, Sampler
from harness.diagnostics import Convergence

CHAINS, DRAWS = 4, 1000
INTERCEPT_SCALE, SCALE = 10.0, 2.5
"""Standard deviations of the normal priors of the intercept and of the coefficients."""
SD_SCALE, LKJ = 1.0, 2.0
"""Of the half-normal prior of standard deviations, and of the prior of correlations."""
CONVERGENCE = Convergence(max_disagreement=5.0)

SAMPLERS = {
    "polyagamma": Sampler("polyagamma", "groups_polyagamma", is_peer=False),
    "numpyro": Sampler("numpyro", "groups_numpyro", {"float64": True}),
    "nutpie": Sampler("nutpie", "groups_nutpie"),
    "bambi": Sampler("bambi", "groups_bambi"),
}


def problem(make: Callable[[], group_sets.Data]) -> Problem:
    """Return the data with the priors and the length of the run."""
    data = make()
    return {
        "X": data.X,
        "codes": data.codes,
        "y": data.y,
        "slope": data.slope,
        "intercept_scale": INTERCEPT_SCALE,
        "scale": SCALE,
        "sd_scale": SD_SCALE,
        "lkj": LKJ,
        "chains": CHAINS,
        "draws": DRAWS,
    }


def main() -> None:
    options = command_line.parse(__doc__, list(group_sets.NAMES), list(SAMPLERS))
    makers = group_sets.makers(options.data, options.sets)
    samplers = {name: SAMPLERS[name] for name in options.peers}
    problems = {name: partial(problem, make) for name, make in makers.items()}
    command_line.compare("groups", problems, samplers, options, CONVERGENCE)


if __name__ == "__main__":
    main()
