"""Approximations of sparse processes by stochastic steps: from arguments to what `fit` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.rounds import one_blas_thread
from polyagamma.mcmc.settings import MOST_CORES, available_cores
from polyagamma.vi.fit import DEFAULT_ITERATIONS, MOST_ITERATIONS
from polyagamma.vi.iterates import EndedAt, FitCallback, drive, tell_early_end
from polyagamma.vi.process_approximation import HowFitted, Owner, ProcessApproximation
from polyagamma.vi.process_batches import process_batches
from polyagamma.vi.process_steps import NaturalGradients, ProcessIterate, ProcessLaw

BATCH = 500  # rows
MATRICES = 24  # (m, m), at most: sums of strips among them


@dataclass(frozen=True)
class ProcessSettings:
    """Checked arguments of `fit` for a sparse process."""

    iterations: int
    progressbar: bool
    callback: FitCallback | None
    cores: int
    batch: int
    data: Any
    learn_inducing: bool

    @classmethod
    def check(
        cls,
        *,
        covariance: str,
        iterations: int | None,
        progressbar: bool,
        callback: FitCallback | None,
        cores: int | None,
        data: Any,
        batch: int | None,
        learn_inducing: bool = False,
    ) -> ProcessSettings:
        """Check what the user gave; TypeError or ValueError name the argument."""
        if covariance not in ("auto", "full"):
            raise ValueError(
                f"covariance must be 'auto' or 'full' for a process, got {covariance!r}: leave it out"
            )
        checks.function("callback", callback)
        most = DEFAULT_ITERATIONS if iterations is None else iterations
        return cls(
            checks.integer("iterations", most, 1, MOST_ITERATIONS),
            checks.truth("progressbar", progressbar),
            callback,
            available_cores() if cores is None else checks.integer("cores", cores, 1, MOST_CORES),
            checks.integer("batch", BATCH if batch is None else batch, 1),
            data,
            checks.truth("learn_inducing", learn_inducing),
        )


def of_two_classes(what: str, likelihood: Likelihood) -> BinomialLikelihood:
    """Return a likelihood of two classes or of trials; ValueError if it is another one."""
    if not isinstance(likelihood, BinomialLikelihood):
        raise ValueError(
            f"{what} needs two classes or trials, got {len(likelihood.classes)} classes: make one model of "
            "each class against the others, or use sample()"
        )
    return likelihood


def approximate_process(
    owner: Owner, settings: ProcessSettings, start: ProcessApproximation | None
) -> ProcessApproximation:
    """Return the approximation that the settings ask for, from where an older one stands."""
    given = owner._inducing_model()
    m, q = given.basis.size, given.likelihood.n_functions
    needed = MATRICES * q * m**2 + q * settings.batch * m
    require_memory(
        8 * needed, f"an approximation with {m} inducing points", "pass fewer of them, or a smaller batch"
    )
    state = None if start is None else start.state
    batches = process_batches(given, settings.data, settings.batch, 0 if state is None else state.steps)
    search = NaturalGradients(given, batches, settings.cores, state, settings.learn_inducing)
    try:
        with one_blas_thread():
            ended = drive(
                search.iterates(), "svi", settings.iterations, settings.progressbar, settings.callback
            )
            state = search.ended(ended.last.state)
    except Exception as error:
        if (before := vars(error).pop("ended", None)) is not None:
            vars(error)["approximation"] = of(owner, settings, before.last.state, before, start)
            error.add_note("The approximation so far is in this exception's .approximation")
        raise
    tell_early_end(ended, settings.iterations)
    return of(owner, settings, state, ended, start)


def of(
    owner: Owner,
    settings: ProcessSettings,
    state: ProcessLaw,
    ended: EndedAt[ProcessIterate],
    start: ProcessApproximation | None,
) -> ProcessApproximation:
    """Return the approximation that a state is."""
    hist = ended.hist if start is None else np.concatenate([start.hist, ended.hist])
    return ProcessApproximation(
        owner, state, HowFitted(hist, ended.why, settings.batch, settings.data, settings.cores)
    )
