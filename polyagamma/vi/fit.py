"""Gaussian approximations of linear models: which method does what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.mcmc.rounds import one_blas_thread
from polyagamma.mcmc.settings import MOST_CORES, available_cores
from polyagamma.mcmc.specification import Specification
from polyagamma.terms.additive import AdditiveTerm
from polyagamma.terms.sparse_predictors import is_sparse
from polyagamma.vi.additive import AdditiveRows, nested
from polyagamma.vi.approximation import Approximation, Fitted, Owner, Posterior
from polyagamma.vi.ascent import apart, ascend, with_gap
from polyagamma.vi.core_rows import CoreRows, RowsInMemory
from polyagamma.vi.iterates import Ended, FitCallback, Iterate, drive, tell_early_end
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.linear_forms import linear_form
from polyagamma.vi.newton import newton, newton_step
from polyagamma.vi.stochastic import epochs
from polyagamma.vi.streams import Stream

FloatArray = NDArray[np.float64]
METHODS = ("laplace", "gaussian", "cavi", "svi")
COVARIANCES = ("auto", "full", "mean_field", "laplace")
MOST_ITERATIONS = 10**6
DEFAULT_ITERATIONS, DEFAULT_EPOCHS = 1000, 5
BATCH = 5000  # rows
MATRICES, STRIPS = 12, 16  # matrices of all coefficients; sums of products of rows, at most
BOUNDED = ("cavi", "svi")  # methods whose own standard deviations are too small


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
        if covariance == "laplace" and method not in BOUNDED:
            raise ValueError(
                f"covariance='laplace' goes with method='cavi' or 'svi', got method={method!r}: pass "
                "covariance='full'"
            )
        if covariance == "auto":
            covariance = "laplace" if method in BOUNDED else "full"
        usual = DEFAULT_EPOCHS if method == "svi" else DEFAULT_ITERATIONS
        most = usual if iterations is None else iterations
        return cls(
            method,
            covariance,
            checks.integer("iterations", most, 1, MOST_ITERATIONS),
            checks.truth("progressbar", progressbar),
            callback,
        )


def posterior_of(model: Specification, cores: int | None, data: Any, batch: int) -> Posterior:
    """Return the log posterior of a model, additive or not; see `core_rows`."""
    if not isinstance(model.term, AdditiveTerm):
        return core_rows(model, cores, data, batch)
    if data is not None:
        raise ValueError(f"data= is for PolyaGammaLogistic, got {model.name}: pass all rows to the model")
    return AdditiveRows(model, model.term)


def core_rows(model: Specification, cores: int | None, data: Any = None, batch: int = BATCH) -> CoreRows:
    """Return the log posterior of a model, or of one with its prior and the rows of `data`.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, or it is not of a kind that `fit` approximates.
    """
    threads = available_cores() if cores is None else checks.integer("cores", cores, 1, MOST_CORES)
    batch = checks.integer("batch", batch, 1)
    linear, likelihood = linear_form(model), model.likelihood
    if linear is None or likelihood.core() is None:
        raise ValueError(
            "fit() needs a linear model, or a process of two classes (full, approximation='dtc' or a "
            f"HilbertBasis; any inducing points with method='svi'), got another kind of {model.name}: use "
            "sample()"
        )
    if linear.prior.scales:
        raise ValueError(
            f"fit() needs a prior without scales to sample, got {model.words().get('prior')}: pass a Normal "
            "or MvNormal prior, or use sample()"
        )
    if is_sparse(linear.X):
        raise ValueError("fit() needs dense predictors, got a sparse X: pass X.toarray(), or use sample()")
    k, p = len(linear.prior.mean), len(linear.prior.mean) // linear.predictors
    products = linear.predictors * (linear.predictors + 1) // 2
    require_memory(
        8 * (MATRICES * k**2 + STRIPS * products * p**2),
        f"an approximation with {k} coefficients",
        "leave predictors out, or use sample()",
    )
    if data is not None:
        return CoreRows(linear, Stream(model, data, batch, threads))
    offset = likelihood.offset + model.term.known
    return CoreRows(linear, RowsInMemory(linear, linear.X, likelihood, offset, threads))


def approximate(
    owner: Owner, settings: FitSettings, rows: Posterior, start: NormalLaw | None
) -> Approximation:
    """Return the approximation of a model that the settings ask for, from where an older one stands."""
    try:
        with one_blas_thread():
            law, ended = _law(rows, settings, start)
    except Exception as error:
        if (reached := vars(error).pop("ended", None)) is not None:
            vars(error)["approximation"] = of(owner, settings, rows, reached.last.law, reached)
            error.add_note("The approximation so far is in this exception's .approximation")
        raise
    tell_early_end(ended, settings.iterations, may_go_on=settings.method != "svi")
    return of(owner, settings, rows, law, ended)


def _law(rows: Posterior, settings: FitSettings, start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    if isinstance(rows, AdditiveRows):
        return _nested(rows, settings, start)
    method = {"laplace": _laplace, "gaussian": _gaussian, "cavi": _cavi, "svi": _svi}[settings.method]
    return method(rows, settings, start)


def of(owner: Owner, settings: FitSettings, rows: Posterior, law: NormalLaw, ended: Ended) -> Approximation:
    """Return the approximation that a law is."""
    fitted = Fitted(settings.method, settings.covariance, ended.hist, ended.why)
    return Approximation(owner, rows, law, fitted)


def as_asked(law: NormalLaw, settings: FitSettings) -> NormalLaw:
    """Return the law, its coordinates made independent where that was asked for."""
    if settings.covariance != "mean_field":
        return law
    return NormalLaw(law.mean, apart(law.factor @ law.factor.T))


def _laplace(rows: CoreRows, settings: FitSettings, start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    ended = _driven(newton(rows, beginning(rows) if start is None else start.mean), settings)
    law, mean = as_asked(ended.last.law, settings), ended.last.mean
    return NormalLaw(law.mean if mean is None else mean, law.factor), ended


def _nested(rows: AdditiveRows, settings: FitSettings, start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    if settings.method != "laplace":
        raise ValueError(
            f"method must be 'laplace' for an additive model, got {settings.method!r}: leave it out"
        )
    ended = _driven(nested(rows, start), settings)
    return as_asked(ended.last.law, settings), ended


def beginning(rows: CoreRows) -> FloatArray:
    """Return where Newton's method starts: from zero, but from once through a stream where rows are far."""
    if not isinstance(rows.rows, Stream):
        return np.zeros(rows.size)
    return next(epochs(rows, rows.rows)).law.mean


def _mode(rows: CoreRows) -> NormalLaw:
    for iterate in newton(rows, beginning(rows), third=False):
        law = iterate.law
    return law


def _gaussian(rows: CoreRows, settings: FitSettings, start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    law = _mode(rows) if start is None else start
    ended = _driven(ascend(rows.mean, law, settings.covariance == "mean_field"), settings)
    return ended.last.law, ended


def _cavi(rows: CoreRows, settings: FitSettings, start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    if not rows.rows.augments:
        raise ValueError(
            "method='cavi' needs rows with a Pólya-gamma form in which one linear predictor alone is "
            "unknown, which a softmax and counts of unknown dispersion do not have: pass method='gaussian'"
        )
    mode = _mode(rows)
    law = mode if start is None else start
    bound = with_gap(rows.polya_gamma, rows.gap())
    ended = _driven(ascend(bound, law, settings.covariance == "mean_field"), settings)
    factor = mode.factor if settings.covariance == "laplace" else ended.last.law.factor
    return NormalLaw(ended.last.law.mean, factor), ended


def _svi(rows: CoreRows, settings: FitSettings, _start: NormalLaw | None) -> tuple[NormalLaw, Ended]:
    stream = rows.rows
    if not isinstance(stream, Stream):
        raise ValueError("method='svi' needs batches, got none: pass data=(X, y), or method='laplace'")
    ended = _driven(epochs(rows, stream), settings)
    law = ended.last.law
    if settings.covariance == "laplace":
        law = newton_step(rows, law)
    return as_asked(law, settings), ended


def _driven(steps: Iterator[Iterate], settings: FitSettings) -> Ended:
    return drive(steps, settings.method, settings.iterations, settings.progressbar, settings.callback)
