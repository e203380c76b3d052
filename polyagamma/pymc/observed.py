"""Likelihoods of PyMC that have a Pólya-gamma form, as predictors, counts and trials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.logprob.transforms import LogTransform
from pytensor.graph.basic import Variable

from polyagamma.pymc import links
from polyagamma.pymc.graphs import depends, values_of
from polyagamma.pymc.refusal import UnsupportedModelError

FloatArray = NDArray[np.float64]
SUPPORTED = "Bernoulli, Binomial, NegativeBinomial, Categorical and Multinomial likelihoods"


@dataclass(frozen=True)
class Observed:
    """An observed variable of n rows.

    Attributes
    ----------
    rv : Variable
    predictor : Variable
        Of value variables: log odds (n,), log means (n,) of counts, or (n, K) for classes.
    y : ndarray, shape (n,) or (n, K)
        Successes, counts, or counts of classes.
    trials : ndarray or None, shape (n,)
        None for negative binomial counts.
    dispersion : Variable or None
        Of such counts: PyMC's alpha, a scalar or (n,).
    relative : bool
        Whether the predictor of such counts is the log of means over the dispersion.
    """

    rv: Variable
    predictor: Variable
    y: FloatArray
    trials: FloatArray | None = None
    dispersion: Variable | None = None
    relative: bool = False

    @property
    def n_classes(self) -> int | None:
        """Number of columns of a predictor of classes."""
        return self.y.shape[1] if self.y.ndim == 2 else None


def read(model: pm.Model, rv: Variable) -> Observed:
    """Return an observed variable in a form with Pólya-gamma variables.

    Raises
    ------
    UnsupportedModelError
        If it has none.
    """
    _require_plain(model, rv)
    readers: dict[type, Callable[..., Observed]] = {
        type(pm.Bernoulli.rv_op): _bernoulli,
        type(pm.Binomial.rv_op): _binomial,
        type(pm.NegativeBinomial.rv_op): _negative_binomial,
        type(pm.Categorical.rv_op): _categorical,
        type(pm.Multinomial.rv_op): _multinomial,
    }
    reader = readers.get(type(rv.owner.op))
    if reader is None:
        raise UnsupportedModelError(
            f"the likelihood of {rv.name!r} is {distribution(rv)}, which has no Pólya-gamma form: "
            f"{SUPPORTED} have; sample with pymc.sample"
        )
    parameters = model.replace_rvs_by_values(rv.owner.op.dist_params(rv.owner))
    y = _data(model, rv, model.rvs_to_values[rv], "data")
    if not np.isfinite(y).all():
        raise UnsupportedModelError(f"the data of {rv.name!r} have missing values: leave those rows out")
    return reader(model, rv, y, *parameters)


def distribution(rv: Variable) -> str:
    """Return the name of the distribution of a random variable."""
    operation = rv.owner.op
    return str(getattr(operation, "_print_name", (type(operation).__name__,))[0])


def starting_values(model: pm.Model) -> dict[Variable, FloatArray]:
    """Return PyMC's starting point, by value variable."""
    point = model.initial_point()
    return {value: np.asarray(point[value.name], value.dtype) for value in model.value_vars}


def is_logarithm(model: pm.Model, value: Variable) -> bool:
    """Whether PyMC samples the logarithm of a variable as this value."""
    return isinstance(model.rvs_to_transforms[model.values_to_rvs[value]], LogTransform)


def _require_plain(model: pm.Model, rv: Variable) -> None:
    if type(rv.owner.op).__name__ == "MinibatchRandomVariable":
        raise UnsupportedModelError(
            f"{rv.name!r} is scaled by total_size, as for minibatches: its likelihood is raised to a power. "
            "Drop total_size, and give all rows"
        )
    base = rv.name.removesuffix("_observed")
    if base != rv.name and any(free.name == f"{base}_unobserved" for free in model.free_RVs):
        raise UnsupportedModelError(
            f"{base!r} has missing values, which PyMC imputes: leave those rows out, and predict them "
            "by pymc.sample_posterior_predictive"
        )


def _data(model: pm.Model, rv: Variable, graph: Variable, what: str) -> FloatArray:
    """Return what is known of an observed variable, its data or trials, as an array."""
    if depends(graph, model.value_vars):
        raise UnsupportedModelError(f"the {what} of {rv.name!r} depend on variables that are sampled")
    return np.asarray(values_of([graph])[0], dtype=np.float64)


def _rows(graph: Variable, shape: tuple[int, ...], classes: bool = False) -> Variable:
    """Return the graph broadcast to the shape of the data, as rows."""
    full = graph + pt.zeros(shape)
    return full.reshape((-1, shape[-1])) if classes else full.ravel()


def _trials(model: pm.Model, rv: Variable, n: Variable, shape: tuple[int, ...]) -> FloatArray:
    return np.broadcast_to(_data(model, rv, n, "numbers of trials"), shape).ravel()


def _bernoulli(_model: pm.Model, rv: Variable, y: FloatArray, p: Variable) -> Observed:
    return Observed(rv, _rows(links.logit(p), y.shape), y.ravel(), np.ones(y.size))


def _binomial(model: pm.Model, rv: Variable, y: FloatArray, n: Variable, p: Variable) -> Observed:
    return Observed(rv, _rows(links.logit(p), y.shape), y.ravel(), _trials(model, rv, n, y.shape))


def _negative_binomial(_model: pm.Model, rv: Variable, y: FloatArray, n: Variable, p: Variable) -> Observed:
    mu = links.mean_of_counts(n, p)
    predictor = -links.logit(p) if mu is None else links.log(mu)
    alpha = links.unbroadcast(n)
    dispersion = alpha if alpha.ndim == 0 else _rows(n, y.shape)
    return Observed(rv, _rows(predictor, y.shape), y.ravel(), None, dispersion, relative=mu is None)


def _categorical(model: pm.Model, rv: Variable, y: FloatArray, p: Variable) -> Observed:
    eta = links.log_odds_of_classes(p)
    classes = int(values_of([p.shape[-1]], starting_values(model))[0])
    counts = np.equal.outer(y.ravel(), np.arange(classes)).astype(np.float64)
    return Observed(rv, _rows(eta, (*y.shape, classes), classes=True), counts, np.ones(y.size))


def _multinomial(model: pm.Model, rv: Variable, y: FloatArray, n: Variable, p: Variable) -> Observed:
    eta = links.log_odds_of_classes(p)
    trials = _trials(model, rv, n, y.shape[:-1])
    return Observed(rv, _rows(eta, y.shape, classes=True), y.reshape(-1, y.shape[-1]), trials)
