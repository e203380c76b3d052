"""Gaussian approximations of linear models: which method does what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma.mcmc.notices import notice
from polyagamma.mcmc.rounds import one_blas_thread
from polyagamma.mcmc.settings import MOST_CORES, available_cores
from polyagamma.mcmc.specification import Specification
from polyagamma.vi.approximation import Approximation, Fitted, Owner
from polyagamma.vi.ascent import apart, ascend, with_gap
from polyagamma.vi.core_rows import CoreRows
from polyagamma.vi.iterates import Ended, FitCallback, Iterate, drive
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.newton import newton

FloatArray = NDArray[np.float64]
METHODS = ("laplace", "gaussian", "cavi")
COVARIANCES = ("auto", "full", "mean_field", "laplace")
MOST_ITERATIONS = 10**6
DEFAULT_ITERATIONS = 1000


@dataclass(frozen=True)
class FitSettings:
    """Checked arguments of `fit`."""

    method: str
    covariance: str
    iterations: int
    progressbar: bool
    callback: FitCallback | None

    @classmethod
    def check(
        cls,
        method: str,
        covariance: str,
        iterations: int | None,
        progressbar: bool,
        callback: FitCallback | None,
    ) -> FitSettings:
        """Check what the user gave; TypeError or ValueError name the argument."""
        method = checks.one_of("method", method, METHODS)
        covariance = checks.one_of("covariance", covariance, COVARIANCES)
        checks.function("callback", callback)
        if covariance == "laplace" and method != "cavi":
            raise ValueError(
                f"covariance='laplace' goes with method='cavi', got method={method!r}: pass covariance='full'"
            )
        if covariance == "auto":
            covariance = "laplace" if method == "cavi" else "full"
        most = DEFAULT_ITERATIONS if iterations is None else iterations
        return cls(
            method,
            covariance,
            checks.integer("iterations", most, 1, MOST_ITERATIONS),
            checks.truth("progressbar", progressbar),
            callback,
        )


def core_rows(model: Specification, cores: int | None) -> CoreRows:
    """Return the log posterior of a model; ValueError if it is not of a kind that `fit` approximates."""
    threads = available_cores() if cores is None else checks.integer("cores", cores, 1, MOST_CORES)
    linear, core = model.term.linear(), model.likelihood.core()
    if linear is None or core is None:
        raise ValueError(
            f"fit() needs a linear model, or a sparse process with a fixed kernel, got {model.name} with "
            "scales or a kernel to sample: use sample()"
        )
    if linear.prior.scales:
        raise ValueError(
            f"fit() needs a prior without scales to sample, got {model.words().get('prior')}: pass a Normal "
            "or MvNormal prior, or use sample()"
        )
    offset = model.likelihood.offset + model.term.known
    return CoreRows(linear, core, offset, model.likelihood.log_constant(), threads)


def approximate(
    owner: Owner, settings: FitSettings, rows: CoreRows, start: NormalLaw | None
) -> Approximation:
    """Return the approximation of a model that the settings ask for, from where an older one stands."""
    with one_blas_thread():
        law, ended = {"laplace": _laplace, "gaussian": _gaussian, "cavi": _cavi}[settings.method](
            rows, settings, start
        )
    if ended.why == "iterations":
        notice(
            f"fit() has not converged after {settings.iterations} iterations: go on by "
            f"approx.refine({settings.iterations})"
        )
    elif ended.why == "interrupted":
        notice(f"fit() was interrupted after {len(ended.hist)} iterations: this is the approximation so far")
    fitted = Fitted(settings.method, settings.covariance, ended.hist, ended.why)
    return Approximation(owner, rows, law, fitted)


def _laplace(rows: CoreRows, settings: FitSettings, start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    x = np.zeros(rows.size) if start is None else start.mean
    ended = _driven(newton(rows, x), settings)
    law, mean = ended.last.law, ended.last.mean
    if settings.covariance == "mean_field":
        law = NormalLaw(law.mean, apart(law.factor @ law.factor.T))
    return NormalLaw(law.mean if mean is None else mean, law.factor), ended


def _mode(rows: CoreRows) -> NormalLaw:
    for iterate in newton(rows, np.zeros(rows.size), third=False):
        law = iterate.law
    return law


def _gaussian(rows: CoreRows, settings: FitSettings, start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    _require_separate(rows, "gaussian")
    law = _mode(rows) if start is None else start
    ended = _driven(ascend(rows.mean, law, settings.covariance == "mean_field"), settings)
    return ended.last.law, ended


def _cavi(rows: CoreRows, settings: FitSettings, start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    _require_separate(rows, "cavi")
    if not rows.augments:
        raise ValueError(
            "method='cavi' needs rows with a Pólya-gamma form in which only the linear predictor is unknown: "
            "pass method='laplace'"
        )
    mode = _mode(rows)
    law = mode if start is None else start
    bound = with_gap(rows.polya_gamma, rows.gap())
    ended = _driven(ascend(bound, law, settings.covariance == "mean_field"), settings)
    factor = mode.factor if settings.covariance == "laplace" else ended.last.law.factor
    return NormalLaw(ended.last.law.mean, factor), ended


def _driven(steps: Iterator[Iterate], settings: FitSettings) -> Ended:
    return drive(steps, settings.method, settings.iterations, settings.progressbar, settings.callback)


def _require_separate(rows: CoreRows, method: str) -> None:
    if rows.coupled or rows.extras:
        raise ValueError(
            f"method={method!r} needs linear predictors that a row's likelihood does not couple, and a known "
            "dispersion: pass method='laplace'"
        )
