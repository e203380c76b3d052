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
from pytensor.graph.basic import Variable

from polyagamma._public import public
from polyagamma.pymc.certificate import require_density
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
        of one Bernoulli, Binomial, NegativeBinomial, Categorical or Multinomial likelihood is linear in
        all of them. Scales, offsets and prior means may depend on other variables.
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
    Data are read when the step is made. Statistics of a draw: ``loglik``, the log-likelihood but for a
    constant, and ``tune``.

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
        vars: Variable | Sequence[Variable] | GaussianBlock,
        *,
        model: pm.Model | None = None,
        compile_kwargs: Mapping[str, Any] | None = None,
        rng: Any = None,
        blocked: bool = True,
        initial_point: Mapping[str, FloatArray] | None = None,
    ) -> None:
        del blocked, initial_point  # which PyMC passes to every step method
        model = pm.modelcontext(model)
        block = vars if isinstance(vars, GaussianBlock) else _block(vars, model)
        conditional = Conditional(model, block)
        require_proper(conditional)
        require_density(model, block, conditional)
        self.vars = block.values
        self.tune = True
        self.rng = get_random_generator(rng)
        self._conditional = conditional
        self._augmentation = augmentation(conditional, block)
        self._factors = conditional.compiled(compile_kwargs or {})

    @staticmethod
    def competence(var: Variable, has_grad: bool = False) -> Competence:  # noqa: ARG004
        """Say that PyMC is not to choose this step of itself."""
        return Competence.INCOMPATIBLE

    def step(self, point: dict[str, FloatArray]) -> tuple[dict[str, FloatArray], list[dict[str, Any]]]:
        """Draw the block given the rest of a point."""
        here = self._conditional.flat(point)
        drawn, loglik = self._augmentation.draw(self.rng, self._factors(point), here)
        return {**point, **self._conditional.shaped(drawn)}, [{"loglik": loglik, "tune": self.tune}]


def _block(vars: Variable | Sequence[Variable], model: pm.Model) -> GaussianBlock:
    several = list(vars) if isinstance(vars, list | tuple) else [vars]
    return GaussianBlock.of(Structure(model), get_value_vars_from_user_vars(several, model))


def require_proper(conditional: Conditional) -> None:
    """Raise UnsupportedModelError if the block's prior is not proper."""
    try:
        np.linalg.cholesky(conditional.somewhere().precision)
    except np.linalg.LinAlgError:
        names = ", ".join(map(repr, conditional.names))
        raise UnsupportedModelError(
            f"the prior of {names} is not proper, as with Flat: give them Gaussian priors"
        ) from None


def augmentation(conditional: Conditional, block: GaussianBlock) -> Augmentation:
    """Return what draws the block."""
    likelihood = block.likelihood
    if likelihood.n_classes is None:
        return BinomialRows(likelihood)
    names = conditional.names_of_coefficients()
    design = conditional.somewhere().design
    return ClassRows(likelihood, members_of_classes(design, names, str(likelihood.rv.name)))


public(PolyaGammaGibbs, "polyagamma.pymc")
