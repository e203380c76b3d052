"""What models have of deterministic approximations: `fit`, and chains that start from one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from polyagamma._validation import models as checks
from polyagamma.mcmc.settings import Settings, seed_to_plain
from polyagamma.mcmc.specification import Specification
from polyagamma.terms.term import Initial
from polyagamma.vi.approximation import Approximation, Posterior
from polyagamma.vi.fit import BATCH, FitSettings, approximate, posterior_of
from polyagamma.vi.iterates import FitCallback
from polyagamma.vi.law import NormalLaw

OF_INIT = 1 << 20  # key of the seed that starts are drawn from: no chain has it


class Approximated:
    """A model whose posterior can be approximated."""

    _specification: Specification

    def fit(
        self,
        method: str = "laplace",
        *,
        covariance: str = "auto",
        iterations: int | None = None,
        callback: FitCallback | None = None,
        progressbar: bool = True,
        cores: int | None = None,
        data: Any = None,
        batch: int | None = None,
    ) -> Approximation:
        """Approximate the posterior by a normal law, in milliseconds where chains take seconds.

        Parameters
        ----------
        method : {"laplace", "gaussian", "cavi", "svi"}, default "laplace"
            ``"laplace"``: the curvature at the mode, and a mean that is right to the third order; the
            quickest, for all linear models. ``"gaussian"``: the normal law with the largest bound of the
            evidence; the most accurate. ``"cavi"``: coordinate ascent with Pólya-gamma variables, of two
            classes or trials; a coarser bound, whose standard deviations are too small everywhere.
            ``"svi"``: the same by stochastic steps on the batches of `data`, and a step of Newton's method at
            the end.
        covariance : {"auto", "full", "mean_field", "laplace"}, default "auto"
            ``"full"``: that of the method. ``"mean_field"``: coordinates independent. ``"laplace"``, the
            default of ``"cavi"`` and ``"svi"``, which need it: that of Laplace's approximation.
        iterations : int, optional
            At most so many, by default 1000; a warning says if they were too few. Of ``"svi"``, times through
            `data`, by default 5.
        callback : callable, optional
            Called after each iteration with an object that has ``iteration``, ``bound``, ``shift`` (how far
            the mean still is to move, in standard deviations) and ``mean``; iterations end if it returns
            something true.
        progressbar : bool, default True
            Whether a line on the terminal says how it goes, once it has taken a second.
        cores : int, optional
            Threads to use, by default all. It changes the time, never the result.
        data : tuple of array_like, or iterable, optional
            Rows to approximate the posterior of, for data that do not fit into memory: in place of the rows
            of the model, which still has columns, classes and prior. (X, y[, trials[, weights]]), of which
            slices are read (memory maps, Zarr arrays, Dask collections; or the path of a Parquet file and
            names of its columns), or an iterable of such batches that can be gone
            through several times. For `PolyaGammaLogistic`, without offsets.
        batch : int, optional
            Rows of a slice of `data`, by default 5000.

        Returns
        -------
        Approximation
            After Ctrl-C the approximation so far.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit, or the model is not one that the method is for.
        FloatingPointError
            If a matrix cannot be factored in double precision.
        """
        settings = FitSettings.check(method, covariance, iterations, progressbar, callback)
        return approximate(self, settings, self._core_rows(cores, data, batch), None)

    def _refine(self, start: NormalLaw, rows: Posterior, **options: Any) -> Approximation:
        """Return an approximation that starts from another; see `Approximation.refine`."""
        return approximate(self, FitSettings.check(**options), rows, start)

    def _with_rows(self, X_new: ArrayLike, y_new: ArrayLike, **options: Any) -> Approximated:  # noqa: ARG002
        """Return the model with more rows; see `PolyaGammaGP.append`."""
        raise ValueError(
            f"append() is for Gaussian processes, got {self._specification.name}: make a model of all rows"
        )

    def _core_rows(self, cores: int | None, data: Any = None, batch: int | None = None) -> Posterior:
        self._specification.require_unchanged(quickly=True)
        if data is None:
            self._specification.require_rows("fit", "pass the rows as data=")
        return posterior_of(self._specification, cores, data, BATCH if batch is None else batch)


def starting_values(
    init: Approximation, initvals: object, model: Specification, settings: Settings
) -> Initial:
    """Return where the chains of a run start that starts from an approximation."""
    checks.instance("init", init, (Approximation,))
    if initvals is not None:
        raise ValueError("init and initvals both say where chains start: drop one of the two")
    if model.term.process() is not None:
        raise ValueError(
            "init is for models with coefficients, got one of a process with a fixed kernel, whose chains "
            "need no start: drop it"
        )
    init.require_of(model)
    plain = seed_to_plain(settings.seed)
    seed = np.random.SeedSequence(plain["entropy"], spawn_key=(*plain["spawn_key"], OF_INIT))
    return init.initvals(settings.chains, seed)
