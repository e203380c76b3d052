"""Which variables of a PyMC model are a Gaussian block of a likelihood with a Pólya-gamma form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable
from pytensor.tensor.random.type import RandomType

from polyagamma.pymc import observed
from polyagamma.pymc.degrees import Degrees
from polyagamma.pymc.graphs import depends, pullback
from polyagamma.pymc.observed import SUPPORTED, Observed, distribution
from polyagamma.pymc.refusal import UnsupportedModelError

INSTEAD = "sample it with pymc.sample"


class Structure:
    """The densities of a model as graphs of its value variables, and what they are in some of them."""

    def __init__(self, model: pm.Model) -> None:
        self.model = model
        if not model.free_RVs:
            raise UnsupportedModelError("the model has no free variables: there is nothing to sample")
        graphs = model.logp(vars=model.free_RVs, sum=False)
        self.priors = [(rv, graph.sum()) for rv, graph in zip(model.free_RVs, graphs, strict=True)]
        self._of_observed = {rv: model.replace_rvs_by_values(_parents(rv)) for rv in model.observed_RVs}
        self._potentials = list(
            zip(model.potentials, model.replace_rvs_by_values(model.potentials), strict=True)
        )
        self._degrees = Degrees()

    def name(self, value: Variable) -> str:
        """Return the user's name of a value variable."""
        return str(self.model.values_to_rvs[value].name)

    def observed_with(self, values: Sequence[Variable]) -> list[Variable]:
        """Return the observed variables whose distributions depend on the values."""
        return [
            rv
            for rv, parents in self._of_observed.items()
            if any(depends(parent, values) for parent in parents)
        ]

    def has_more_of(self, values: Sequence[Variable], likelihood: Observed) -> bool:
        """Whether values have a part in anything but priors and one likelihood."""
        others = [rv for rv in self.observed_with(values) if rv is not likelihood.rv]
        return bool(others) or any(depends(graph, values) for _, graph in self._potentials)

    def priors_with(self, values: Sequence[Variable]) -> list[Variable]:
        """Return the log-densities of free variables that depend on the values."""
        return [term for _, term in self.priors if depends(term, values)]

    def fault(self, block: Sequence[Variable], likelihood: Observed) -> str | None:
        """Return why values are no Gaussian block of a likelihood; None if they are."""
        return (
            self._fault_of_type(block)
            or self._fault_of_use(block, likelihood)
            or self._fault_of_predictor(block, likelihood)
            or self._fault_of_prior(block)
        )

    def _fault_of_type(self, block: Sequence[Variable]) -> str | None:
        for value in block:
            if not value.dtype.startswith("float"):
                return f"{self.name(value)!r} is discrete"
        return None

    def _fault_of_use(self, block: Sequence[Variable], likelihood: Observed) -> str | None:
        for value in block:
            others = [rv.name for rv in self.observed_with([value]) if rv is not likelihood.rv]
            if others:
                return f"{self.name(value)!r} is shared: it also enters the likelihood of {others[0]!r}"
            for potential, graph in self._potentials:
                if depends(graph, [value]):
                    return f"{self.name(value)!r} enters the potential {potential.name!r}"
            if likelihood.dispersion is not None and depends(likelihood.dispersion, [value]):
                return f"{self.name(value)!r} enters the dispersion of {likelihood.rv.name!r}"
        return None

    def _fault_of_predictor(self, block: Sequence[Variable], likelihood: Observed) -> str | None:
        if self._degrees.of(likelihood.predictor, block) <= 1:
            return None
        what = "log means" if likelihood.trials is None else "log odds"
        of = f"the {what} of {likelihood.rv.name!r}"
        for value in block:
            if self._degrees.of(likelihood.predictor, [value]) > 1:
                return f"{of} are not linear in {self.name(value)!r}{self._transformed(value)}"
        names = ", ".join(repr(self.name(value)) for value in block)
        return f"{of} have products of {names}: they are linear in each, but not in all together"

    def _fault_of_prior(self, block: Sequence[Variable]) -> str | None:
        for rv, term in self.priors:
            if self._degrees.of(term, block) > 2:
                return self._words_of_prior(rv, [value for value in block if depends(term, [value])])
        return None

    def _words_of_prior(self, rv: Variable, used: list[Variable]) -> str:
        value = self.model.rvs_to_values[rv]
        if value in used:
            return f"the prior of {rv.name!r}, {distribution(rv)}, is not Gaussian{self._transformed(value)}"
        names = ", ".join(sorted(repr(self.name(one)) for one in used))
        return (
            f"the prior of {rv.name!r}, {distribution(rv)}, depends on {names} in another way than a "
            "Gaussian on its mean"
        )

    def _transformed(self, value: Variable) -> str:
        transform = self.model.rvs_to_transforms[self.model.values_to_rvs[value]]
        return "" if transform is None else f" (PyMC samples it transformed, as {value.name!r})"


@dataclass(frozen=True)
class GaussianBlock:
    """Variables, Gaussian given all others but for one likelihood, whose predictors are linear in them.

    Attributes
    ----------
    values : list of Variable
        Their value variables.
    likelihood : Observed
    prior : Variable
        Their log-density given all others, of value variables, but for constants.
    """

    values: list[Variable]
    likelihood: Observed
    prior: Variable

    @classmethod
    def of(cls, structure: Structure, values: Sequence[Variable]) -> GaussianBlock:
        """Return the block of just these values.

        Raises
        ------
        UnsupportedModelError
            If it is none.
        """
        reached = structure.observed_with(values)
        if not reached:
            names = ", ".join(repr(structure.name(value)) for value in values)
            raise UnsupportedModelError(f"no likelihood depends on {names}: leave them to PyMC's steps")
        supported = [rv for rv in reached if _supported(rv)] or reached
        likelihood = observed.read(structure.model, supported[0])
        fault = structure.fault(values, likelihood)
        if fault is not None:
            raise UnsupportedModelError(f"{fault}: leave it to PyMC's steps")
        return cls._checked(structure, values, likelihood)

    @classmethod
    def largest(cls, structure: Structure) -> GaussianBlock:
        """Return the block of all values that are Gaussian; only scales and parents of priors stay outside.

        Raises
        ------
        UnsupportedModelError
            If there is none, or something that adds to the predictor does not belong to it.
        """
        likelihood = _only_likelihood(structure)
        block: list[Variable] = []
        for value in _widest_first(structure):
            in_predictor = depends(likelihood.predictor, [value])
            if not in_predictor and not _parent(structure, value, block):
                continue
            if structure.fault([*block, value], likelihood) is None:
                block.append(value)
        _require_whole(structure, block, likelihood)
        order = {value: place for place, value in enumerate(structure.model.value_vars)}
        return cls._checked(structure, sorted(block, key=order.__getitem__), likelihood)

    @classmethod
    def _checked(
        cls, structure: Structure, values: Sequence[Variable], likelihood: Observed
    ) -> GaussianBlock:
        prior = sum(structure.priors_with(values), pt.constant(0.0))
        return cls(list(values), likelihood, prior)


def _parents(rv: Variable) -> list[Variable]:
    return [parent for parent in rv.owner.inputs if not isinstance(parent.type, RandomType)]


def _supported(rv: Variable) -> bool:
    kinds = (pm.Bernoulli, pm.Binomial, pm.NegativeBinomial, pm.Categorical, pm.Multinomial)
    return type(rv.owner.op) in [type(kind.rv_op) for kind in kinds]


def _only_likelihood(structure: Structure) -> Observed:
    model = structure.model
    if not model.observed_RVs:
        raise UnsupportedModelError(f"the model has no likelihood: {SUPPORTED} are taken")
    supported = [rv for rv in model.observed_RVs if _supported(rv)]
    if len(supported) > 1:
        names = ", ".join(repr(rv.name) for rv in supported)
        raise UnsupportedModelError(
            f"the model has {len(supported)} likelihoods, {names}, with Pólya-gamma forms: make a step "
            "PolyaGammaGibbs for the coefficients of each, and pass the steps to pymc.sample"
        )
    return observed.read(model, supported[0] if supported else model.observed_RVs[0])


def _widest_first(structure: Structure) -> list[Variable]:
    """Return value variables, effects before their scales: many numbers before few."""
    sizes = {name: value.size for name, value in structure.model.initial_point().items()}
    reached = {v for v in structure.model.value_vars if structure.observed_with([v])}
    return sorted(structure.model.value_vars, key=lambda v: (v not in reached, -sizes[v.name]))


def _parent(structure: Structure, value: Variable, block: Sequence[Variable]) -> bool:
    """Whether a prior of the block's members depends on the value."""
    return any(depends(term, [value]) and depends(term, block) for _, term in structure.priors)


def _require_whole(structure: Structure, block: Sequence[Variable], likelihood: Observed) -> None:
    for value in structure.model.value_vars:
        if value in block or not depends(likelihood.predictor, [value]):
            continue
        if not block or not _scales(likelihood.predictor, block, value):
            fault = structure.fault([value], likelihood) or structure.fault([*block, value], likelihood)
            raise UnsupportedModelError(f"{fault}: {INSTEAD}")
    if not block:
        raise UnsupportedModelError(
            f"the distribution of {likelihood.rv.name!r} depends on no free variable: {INSTEAD}"
        )


def _scales(predictor: Variable, block: Sequence[Variable], value: Variable) -> bool:
    """Whether the coefficients of the block depend on a value, which does not just add to the predictor."""
    used = [one for one in block if depends(predictor, [one])]
    return any(depends(part, [value]) for part in pullback(predictor, used))
