"""A step method of PyMC: a Gaussian block, drawn at once given everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pymc.step_methods.compound import BlockedStep, Competence, StepMethodState
from pymc.step_methods.state import dataclass_state
from pymc.util import get_random_generator, get_value_vars_from_user_vars
from pytensor import Variable

from polyagamma._public import public
from polyagamma.pymc.conditional import Conditional
from polyagamma.pymc.draws import Augmentation, BinomialRows, ClassRows, members_of_classes
from polyagamma.pymc.refusal import UnsupportedModelError
from polyagamma.pymc.structure import GaussianBlock, Structure

FloatArray = NDArray[np.float64]


@dataclass_state
class PolyaGammaGibbsState(StepMethodState):  # type: ignore[misc]
    """What a chain needs to go on: its generator, and whether it still tunes."""

    tune: bool


class PolyaGammaGibbs(BlockedStep):  # type: ignore[misc]
    """Draw Gaussian variables of a logistic, count or softmax likelihood at once, given all others.

    A step method for ``pymc.sample(step=...)``, to be combined with others for scales, dispersions and
    whatever else there is: PyMC adds its own for variables that have none. It accepts every draw, has nothing
    to tune, and is never chosen by PyMC itself.

    Parameters
    ----------
    vars : variable or list of variable
        Gaussian variables, given all others: their joint log-density is quadratic, and the linear predictor
        of one Bernoulli, Binomial, NegativeBinomial, Categorical or Multinomial likelihood is linear in all of
        them. Scales, offsets and prior means may depend on other variables.
    model : pymc.Model, optional
        By default that of the context.
    compile_kwargs : mapping, optional
        For PyTensor's compiler, as of ``pymc.sample``.
    rng : optional
        Seed or generator; ``pymc.sample`` sets that of each chain.

    Raises
    ------
    UnsupportedModelError
        If the variables are no such block: the message says why.

    Notes
    -----
    Data are read when the step is made. Statistics of a draw: ``loglik``, the log-likelihood but for a constant,
    and ``tune``.

    Examples
    --------
    >>> import numpy as np
    >>> import pymc as pm
    >>> from polyagamma.pymc import PolyaGammaGibbs
    >>> rng = np.random.default_rng(1)
    >>> group, y = rng.integers(10, size=200), rng.integers(2, size=200)
    >>> with pm.Model():
    ...     sd = pm.HalfNormal("sd", 1)
    ...     effect = pm.Normal("effect", 0, sd, shape=10)
    ...     _ = pm.Bernoulli("y", logit_p=effect[group], observed=y)
    ...     idata = pm.sample(step=PolyaGammaGibbs([effect]))
    """

    name = "polyagamma_gibbs"
    stats_dtypes_shapes: dict[str, tuple[type, list[int]]] = {"loglik": (float, []), "tune": (bool, [])}  # noqa: RUF012
    _state_class = PolyaGammaGibbsState

    def __init__(
        self,
        vars: Variable | Sequence[Variable],
        model: pm.Model | None = None,
        *,
        compile_kwargs: Mapping[str, Any] | None = None,
        rng: Any = None,
        blocked: bool = True,
        initial_point: Mapping[str, FloatArray] | None = None,
    ) -> None:
        del blocked, initial_point  # which PyMC passes to every step method
        model = pm.modelcontext(model)
        values = get_value_vars_from_user_vars(list(np.atleast_1d(np.array(vars, dtype=object))), model)
        block = GaussianBlock.of(Structure(model), values)
        self._prepare(model, block, compile_kwargs or {})
        self.rng = get_random_generator(rng)

    def _prepare(self, model: pm.Model, block: GaussianBlock, compile_kwargs: Mapping[str, Any]) -> None:
        self.vars = block.values
        self.tune = True
        self._conditional = Conditional(model, block, compile_kwargs)
        require_proper(self._conditional, model)
        self._augmentation = augmentation(self._conditional, block, model)

    @staticmethod
    def competence(var: Variable, has_grad: bool = False) -> Competence:  # noqa: ARG004
        """Say that PyMC is not to choose this step of itself."""
        return Competence.INCOMPATIBLE

    def step(self, point: dict[str, FloatArray]) -> tuple[dict[str, FloatArray], list[dict[str, Any]]]:
        """Draw the block given the rest of a point."""
        factors = self._conditional.at(point)
        drawn, loglik = self._augmentation.draw(self.rng, factors, self._conditional.flat(point))
        return {**point, **self._conditional.shaped(drawn)}, [{"loglik": loglik, "tune": self.tune}]


def require_proper(conditional: Conditional, model: pm.Model) -> None:
    """Raise UnsupportedModelError if the block's prior is not proper."""
    precision = conditional.at(model.initial_point()).precision
    try:
        np.linalg.cholesky(precision)
    except np.linalg.LinAlgError:
        names = ", ".join(map(repr, conditional.names))
        raise UnsupportedModelError(
            f"the prior of {names} is not proper, as with Flat: give them Gaussian priors"
        ) from None


def augmentation(conditional: Conditional, block: GaussianBlock, model: pm.Model) -> Augmentation:
    """Return what draws the block."""
    likelihood = block.likelihood
    if likelihood.n_classes is None:
        return BinomialRows(likelihood)
    design = conditional.at(in_general_position(model)).design
    names = [model.values_to_rvs[value].name for value in block.values]
    sizes = [int(np.prod(shape)) for shape in conditional.shapes]
    by_coefficient = np.repeat(np.array(names, dtype=object), sizes).tolist()
    return ClassRows(likelihood, members_of_classes(design, by_coefficient, likelihood.rv.name))


def in_general_position(model: pm.Model) -> dict[str, FloatArray]:
    """Return a point near PyMC's starting point at which nothing vanishes by accident."""
    rng = np.random.default_rng(0)
    point = model.initial_point()
    return {
        name: value + rng.uniform(0.1, 0.5, np.shape(value)) if np.asarray(value).dtype.kind == "f" else value
        for name, value in point.items()
    }


public(PolyaGammaGibbs, "polyagamma.pymc")
