"""The Gaussian-process term: latent functions, and the parameters of their kernel."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import LinAlgError

from polyagamma._validation import models as checks
from polyagamma._validation.arguments import require_positive
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.terms import term
from polyagamma.terms.conditional import Noise
from polyagamma.terms.draw_names import DrawNames
from polyagamma.terms.kernel_priors import LogParameterPrior
from polyagamma.terms.kernels import identity, parameter_groups, without_addresses
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import Gaussian
from polyagamma.terms.processes import LatentProcess, Process, not_positive_definite
from polyagamma.terms.term import AdditiveForm, Initial, LinearForm, NoiseSource, Pieces, Raw, slices
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]
Mean = float | Callable[[FloatArray], ArrayLike]
BATCH = 1 << 24  # elements of draws times classes times new inputs at a time: 128 MB


class PriorMean:
    """The prior mean of latent functions.

    Parameters
    ----------
    mean : float or callable
        A number, or a function of inputs.
    X : ndarray, shape (n, p)
        The rows of the model.

    Attributes
    ----------
    at_rows : ndarray, shape (n,)
    """

    def __init__(self, mean: Mean, X: FloatArray) -> None:
        self._mean, self._X = mean, X
        self.at_rows = self.at(X)

    def __str__(self) -> str:
        """Return what a trace says of the mean."""
        return "function" if callable(self._mean) else f"{self.at_rows[0]:.15g}"

    def at_new(self, X: FloatArray) -> FloatArray:
        """Return the mean at inputs that are not the rows of the model.

        Raises
        ------
        TypeError, ValueError
            As for `at`; also if a function now gives other values at the rows than when the model was made.
        """
        if callable(self._mean) and not np.allclose(self.at(self._X), self.at_rows, rtol=1e-8, atol=1e-12):
            raise ValueError(
                "mean must be the function that it was when the model was made, got other values at the rows "
                "of X: undo what changed it, or make a new model"
            )
        return self.at(X)

    def at(self, X: FloatArray) -> FloatArray:
        """Return the mean at some inputs; TypeError or ValueError if it is not a number for each."""
        return checks.per_row("mean", self._mean(X) if callable(self._mean) else self._mean, len(X))


class GaussianProcessTerm:
    """Latent functions with a common kernel, whose parameters each has for itself; see `Term`.

    Parameters
    ----------
    predictors : Predictors
    process : Process
        At the parameters where chains start, or stay.
    prior : LogParameterPrior
    sampled : bool
        Whether the kernel's parameters are.
    mean : PriorMean
        Of the latent functions.
    classes : ndarray or None
        Labels of the latent functions, if there is more than one.
    """

    new_rows = "pred_id"
    input_dim = "feature"

    def __init__(
        self,
        predictors: Predictors,
        process: Process,
        prior: LogParameterPrior,
        sampled: bool,
        mean: PriorMean,
        classes: NDArray[Any] | None,
    ) -> None:
        self.predictors = predictors
        self._process, self._prior, self._sampled = process, prior, sampled
        self._mean = mean
        self._names = DrawNames(
            stored=process.variable,
            theta=np.array(process.kernel.theta, dtype=np.float64),
            groups=parameter_groups(process.kernel) if sampled else [],
            features=list(predictors.names),
            classes=classes,
        )

    @property
    def parameters(self) -> list[str]:
        """See `Term`: what the process stores, and kernel parameters."""
        return [self._process.variable, *(group.name for group in self._names.groups)]

    @property
    def on_request(self) -> list[str]:
        """See `Term`: f, where the process stores something else."""
        return [] if self._process.variable == "f" else ["f"]

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `Term`."""
        return self._names.coords

    @property
    def known(self) -> FloatArray:
        """See `Term`: the prior mean."""
        return self._mean.at_rows

    def linear(self) -> LinearForm | None:
        """See `Term`: one of features, if the kernel is fixed and nothing else makes the process."""
        if self._sampled or self._names.n_functions > 1:
            return None
        try:
            design = self._process.design()
        except LinAlgError as error:
            raise not_positive_definite(self._process, None) from error
        if design is None:
            return None
        size = design.shape[1]
        return LinearForm(
            X=design,
            centre=None,
            intercept=False,
            prior=Gaussian(np.zeros(size), np.ones(size)),
            coefficients=self._process.variable,
            fitted="f",
        )

    def process(self) -> LatentProcess:
        """See `Term`."""
        return LatentProcess(self._process, self._prior if self._sampled else None)

    def additive(self) -> AdditiveForm | None:
        """See `Term`."""
        return None

    def outputs(self, kept: Collection[str], predictors: bool) -> dict[str, tuple[int, ...]]:
        """See `Term`."""
        functions, stored = self._names.n_functions, self._process.variable
        outputs: dict[str, tuple[int, ...]] = {}
        if stored in kept:
            outputs[stored] = (functions * self._process.size,)
        if predictors or "f" in kept:
            outputs["f"] = (functions * len(self.predictors.X),)
        if self._sampled:
            outputs["theta"] = (functions * len(self._names.theta),)
        return outputs

    def variables(self, raw: Raw) -> trace.Variables:
        """See `Term`."""
        values = {name: self._names.split(raw[name]) for name in ("f", "v", "theta") if name in raw}
        if "f" in values:
            values["f"] = values["f"] + self._mean.at_rows
        return self._names.parameters(values)

    def row_predictor(self, raw: Raw, offset: FloatArray) -> FloatArray:
        """See `Term`."""
        return np.asarray(offset + self._mean.at_rows + raw["f"])

    def initial(self, initvals: Initial, chains: int) -> FloatArray:
        """See `Term`: log kernel parameters, (chains, d)."""
        checks.same_keys("initvals", initvals, [group.name for group in self._names.groups])
        theta = np.tile(self._names.theta, (chains, 1))
        for group in self._names.groups:
            size = group.where.stop - group.where.start
            name = f"initvals[{group.name!r}]"
            values = checks.per_chain(name, initvals[group.name], (chains, size) if size > 1 else (chains,))
            require_positive(name, values)
            theta[:, group.where] = np.log(values.reshape(chains, size))
        for start in theta:
            self._prior.require_support("initvals", start, "pass others, or none")
        return theta

    def mean_theta(self, posterior: xr.Dataset) -> FloatArray:
        """Return the means of log kernel parameters over a posterior of one function, (d,)."""
        return np.asarray(self._names.flat_draws(posterior)[1][:, 0].mean(axis=0))

    def draw_prior(self, draws: int, rng: np.random.Generator) -> trace.Variables:
        """See `Term`."""
        functions = self._names.n_functions
        theta = np.tile(self._names.theta, (draws, functions, 1))
        if self._sampled:
            theta = self._prior.draw(rng, (draws, functions))
        try:
            parts = [self._process.draw_prior(theta[:, j], rng) for j in range(functions)]
        except LinAlgError as error:
            raise not_positive_definite(self._process, None) from error
        values = {name: np.stack([part[name] for part in parts], axis=1)[np.newaxis] for name in parts[0]}
        values["f"] += self._mean.at_rows
        return self._names.parameters(values | {"theta": theta[np.newaxis]})

    def row_predictors(self, draws: xr.Dataset) -> Pieces:
        """See `Term`."""
        f = draws["f"].transpose(*self._names.dims, "obs_id")  # as yet unread
        for some in slices(f.sizes["draw"], max(1, term.BLOCK // (f.size // f.sizes["draw"]))):
            values = trace.values(draws.isel(draw=some), "f", f.dims)
            yield some, slice(None), values if values.ndim == 4 else values[:, :, np.newaxis]

    def needed(self, new_rows: bool) -> list[str]:
        """See `Term`."""
        return self.parameters if new_rows else ["f"]

    def new_predictors(
        self, posterior: xr.Dataset, X: FloatArray, noise: NoiseSource, joint: bool = False
    ) -> Pieces:
        """See `Term`: all draws of some rows at a time, since each draw takes a Cholesky factor."""
        shape = (posterior.sizes["chain"], posterior.sizes["draw"], self._names.n_functions)
        step = len(X) if joint else max(1, BATCH // int(np.prod(shape)))
        for rows in slices(len(X), step):
            yield slice(None), rows, self._draw(posterior, X[rows], noise(), joint).reshape(*shape, -1)

    def _draw(self, posterior: xr.Dataset, X: FloatArray, noise: Noise, joint: bool) -> FloatArray:
        """Draw f at new rows for all draws of all chains, shape (s, functions, m)."""
        stored, theta = self._names.flat_draws(posterior)
        if self._process.variable == "f":
            stored -= self._mean.at_rows
        values = np.empty((*stored.shape[:2], len(X)))
        for j in range(self._names.n_functions):
            try:
                values[:, j] = self._process.predict(theta[:, j], stored[:, j], X, noise, joint)
            except LinAlgError as error:
                raise FloatingPointError(
                    f"the kernel matrix of the training inputs{' or of X_new' * joint} is not positive "
                    f"definite at a draw of the kernel with jitter = {self._process.jitter:g}: pass a larger "
                    "jitter to the model"
                ) from error
        values += self._mean.at_new(X)
        return values

    def log_normalizer(self) -> float | None:
        """See `Term`."""
        return None

    def require_memory(self, threads: int, functions: int) -> None:
        """See `Term`."""
        self._process.require_memory(threads, not self._sampled, functions)

    def identity(self) -> tuple[str, list[FloatArray]]:
        """See `Term`."""
        theta = self._names.theta
        prior = [self._prior(theta + step) for step in (0.0, 0.1, -0.2)]
        settings = np.array([self._process.jitter, float(self._sampled), *prior])
        text = f"{self._process.name} {identity(self._process.kernel)} "
        return text, [self._mean.at_rows, settings, *self._process.identity()]

    def structure(self) -> tuple[str, list[FloatArray]]:
        """See `Term`: the kernel but for what a posterior has, and where the process is known."""
        process, kernel = self._process, self._process.kernel
        if self._sampled:
            kernel = kernel.clone_with_theta(np.zeros(len(self._names.theta)))
        text = f"{process.name} {identity(kernel)} {process.jitter} {self._mean}"
        inputs = [self.predictors.X, np.round(self._mean.at_rows, 6)] if process.variable == "f" else []
        return text, [*inputs, *process.identity()]

    def description(self) -> dict[str, str]:
        """See `Term`."""
        process = self._process
        kernel = without_addresses(f"{process.name} {process.kernel}")
        prior = str(self._prior) if self._sampled else "none"
        settings = {"jitter": str(process.jitter), "mean": str(self._mean), "kernel_prior": prior}
        return {"process": kernel, **settings}

    def notices(self, likelihood: Likelihood, posterior: xr.Dataset) -> list[str]:  # noqa: ARG002
        """See `Term`."""
        return []
