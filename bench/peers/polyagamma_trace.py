"""Runs of this package's models, as all of its adapters make them."""

from types import SimpleNamespace

import arviz  # noqa: F401 (loaded here, so that its import stays outside the total time as every import does)


def sample(model, problem: SimpleNamespace, **settings):
    """Return the trace of `model` for the draws, chains, cores and seed of `problem`."""
    return model.sample(
        problem.draws,
        chains=problem.chains,
        cores=problem.cores,
        random_seed=problem.seed,
        progressbar=False,
        **settings,
    )
