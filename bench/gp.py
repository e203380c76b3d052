"""Gaussian-process classification: our default ``.sample()`` against NUTS on the whitened process.

First with a fixed kernel, then with its two parameters sampled. Run ``python bench/gp.py --data FOLDER``; see
bench/README.md.
"""

from dataclasses import dataclass
from functools import partial

import gp_sets
import numpy as np
from harness import command_line
from harness.comparison import Problem, Sampler
from harness.data_sets import Array
from harness.diagnostics import Convergence

CHAINS, DRAWS = 4, 1000


@dataclass(frozen=True)
class Setting:
    """Rows to sample f at, and the parameters of the fixed squared-exponential kernel.

    The parameters are about where scikit-learn's Laplace evidence of these rows is largest.
    """

    rows: int
    variance: float
    lengthscale: float


SETTINGS = {
    "pima392": Setting(392, 8.5, 5.6),
    "breast_cancer": Setting(455, 410.0, 12.0),
    "gp1d": Setting(1000, 2.5, 0.43),
    "banana": Setting(500, 59.0, 1.1),
}
FIXED = {
    "polyagamma": Sampler("polyagamma", "gp_polyagamma", is_peer=False),
    "numpyro": Sampler("numpyro", "linear_numpyro", {"float64": True}),
    "numpyro-float32": Sampler("numpyro", "linear_numpyro", {"float64": False}, is_peer=False),
    "nutpie": Sampler("nutpie", "linear_nutpie"),
    "blackjax": Sampler("blackjax", "linear_blackjax", {"float64": True}),
    "blackjax-float32": Sampler("blackjax", "linear_blackjax", {"float64": False}, is_peer=False),
}
SAMPLED = {
    "polyagamma": Sampler("polyagamma", "gp_polyagamma", is_peer=False),
    "numpyro": Sampler("numpyro", "gp_numpyro", {"float64": True, "draws": 150}),
}
"""NumPyro factors the kernel matrix for each gradient: a few draws tell its rate."""
FEW_DRAWS = Convergence(max_rhat=1.1, min_ess=50)
SAMPLED_SETS = {"pima392": tuple(SAMPLED), "breast_cancer": ("polyagamma",)}
"""Sets on which the kernel is sampled as well, and by whom: one comparison takes NumPyro minutes."""


def problem(setting: Setting, X: Array, y: Array) -> Problem:
    """Return the data and the length of the run; the kernel is left to say."""
    return {"X": X[: setting.rows], "y": y[: setting.rows], "chains": CHAINS, "draws": DRAWS}


def fixed_kernel(setting: Setting) -> Problem:
    return {"variance": setting.variance, "lengthscale": setting.lengthscale}


def kernel_prior(p: int) -> Problem:
    """Return means and standard deviations of the normal priors of log variance and log lengthscale."""
    return {"log_kernel_mean": np.array([1.0, np.log(p) / 2]), "log_kernel_sd": np.array([1.5, 1.0])}


def main() -> None:
    options = command_line.parse(__doc__, list(gp_sets.NAMES), list(FIXED))
    fixed: command_line.Makers = {}
    sampled: command_line.Makers = {}
    chosen = {name: FIXED[name] for name in options.peers}
    for name, (X, y) in gp_sets.load(options.data, options.sets).items():
        setting = SETTINGS[name]
        data = problem(setting, X, y)
        fixed[name] = partial(dict, data | fixed_kernel(setting))
        if name in SAMPLED_SETS:
            sampled[name] = partial(dict, data | kernel_prior(X.shape[1]))
    command_line.compare("gp-fixed", fixed, chosen, options)
    for name, maker in sampled.items():
        samplers = {one: SAMPLED[one] for one in SAMPLED_SETS[name] if one in options.peers}
        command_line.compare(f"gp-sampled-{name}", {name: maker}, samplers, options, FEW_DRAWS)


if __name__ == "__main__":
    main()
