"""The additive term: fixed effects, effects of groups and smooths; see `Term`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.sparse import csr_array

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.terms import term
from polyagamma.terms.additive_design import AdditiveDesign, Block
from polyagamma.terms.component import Component
from polyagamma.terms.effects import Effects
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import Gaussian
from polyagamma.terms.processes import LatentProcess
from polyagamma.terms.term import AdditiveForm, Initial, LinearForm, NoiseSource, Pieces, Raw, slices
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class AdditiveInputs(Predictors):
    """What an additive model keeps of its rows: the inputs of its components, side by side.

    Attributes
    ----------
    components : list of Component
        If there is something that encodes data frames, it returns the inputs of each; else they pick their
        columns.
    """

    components: list[Component] = field(default_factory=list)

    def check_new(self, X_new: Any, name: str = "X_new") -> FloatArray:
        """Return the inputs of new rows.

        Parameters
        ----------
        X_new : data frame, mapping or sequence
            A data frame with the columns of the model's rows; or the inputs of each component, by its name or
            in their order. Those of groups with slopes are pairs of labels and slopes.
        name : str
            What messages call it.

        Raises
        ------
        TypeError, ValueError, KeyError
            If they do not fit.
        """
        values = self._by_component(X_new, name)
        labels = [f"{name}[{component.name!r}]" for component in self.components]
        read = zip(self.components, labels, values, strict=True)
        inputs = [component.read(label, value) for component, label, value in read]
        for label, columns in zip(labels, inputs, strict=True):
            if len(columns) != len(inputs[0]):
                raise ValueError(
                    f"{label} must have as many rows as {labels[0]}, {len(inputs[0])}, got {len(columns)}: "
                    "pass the inputs of the same rows"
                )
        return np.ascontiguousarray(np.concatenate(inputs, axis=1))

    def _by_component(self, X_new: Any, name: str) -> list[Any]:
        if hasattr(X_new, "columns"):
            return self._of_frame(X_new, name)
        names = [component.name for component in self.components]
        if isinstance(X_new, Mapping):
            checks.same_keys(name, X_new, names)
            return [X_new[key] for key in names]
        if self.encode is not None or isinstance(X_new, str) or not isinstance(X_new, (list, tuple)):
            kinds = "a data frame" if self.encode is not None else f"a data frame, or a list of {names}"
            raise TypeError(f"{name} must be {kinds}, got {type(X_new).__name__}: pass one")
        if len(X_new) != len(names):
            raise ValueError(
                f"{name} must have the inputs of each of {names}, got {len(X_new)} of them: pass as many, in "
                "this order"
            )
        return list(X_new)

    def _of_frame(self, frame: Any, name: str) -> list[Any]:
        if self.encode is not None:
            return list(self.encode(name, frame))
        try:
            return [component.pick(frame) for component in self.components]
        except (KeyError, IndexError) as error:
            raise KeyError(
                f"{name} must have the columns of the model, {self.names}, got {list(frame.columns)}: name "
                "them so, or pass the inputs of each component by its name"
            ) from error


class AdditiveTerm:
    """Fixed effects, effects of groups and smooths; see `Term`.

    Chains tell of ``block0, block1, ...``, the coefficients of the design block by block, the first of
    them those of fixed effects if there are any; and of ``scales``, standard deviations and correlations.

    Parameters
    ----------
    predictors : AdditiveInputs
    design : AdditiveDesign
    prior : Gaussian
        Of the fixed effects of the design.
    description : dict of str to str
        What a trace says of the priors.
    """

    new_rows = "obs_id"
    input_dim = "input"

    def __init__(
        self, predictors: AdditiveInputs, design: AdditiveDesign, prior: Gaussian, description: dict[str, str]
    ) -> None:
        self.predictors = predictors
        self._design, self._prior, self._description = design, prior, description
        self._blocks = design.blocks
        self._groups, self._scales_of_groups = True, True  # what predictions need of a posterior

    def without_effects_of_groups(self, keep_scales: bool) -> AdditiveTerm:
        """Return the term for predictions for no groups of the model's own; those of others need scales."""
        other = AdditiveTerm(self.predictors, self._design, self._prior, self._description)
        other._groups, other._scales_of_groups = False, keep_scales
        return other

    @cached_property
    def matrix(self) -> csr_array:
        """The design at the rows."""
        return self._design.matrix(self.predictors.X)

    @property
    def effects(self) -> list[Effects]:
        """The effects of each block."""
        return [block.effects for block in self._blocks]

    @property
    def fixed_prior(self) -> Gaussian:
        """The prior of the fixed effects of the design, which are its first columns."""
        return self._prior

    # ---- names

    @property
    def _fixed(self) -> list[str]:
        """Names of the variables that hold fixed effects."""
        intercept = ["intercept"] if self._design.intercept else []
        return intercept + (["beta"] if len(self._design.centre) else [])

    @property
    def _n_scales(self) -> int:
        return sum(block.effects.n_scales for block in self._blocks)

    def _block_name(self, position: int) -> str:
        """What chains call a block of effects."""
        return f"block{position + (self._design.n_fixed > 0)}"

    @property
    def parameters(self) -> list[str]:
        """See `Term`: fixed effects, and block by block standard deviations, correlations and effects."""
        of_blocks = [[*block.effects.hyperparameters, *block.effects.names] for block in self._blocks]
        return self._fixed + [name for names in of_blocks for name in names]

    @property
    def on_request(self) -> list[str]:
        """See `Term`."""
        return []

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `Term`."""
        coords: dict[str, list[Any]] = {self.input_dim: list(self.predictors.names)}
        if self._design.feature_names:
            coords["feature"] = self._design.feature_names
        for block in self._blocks:
            coords |= block.effects.coords
        return coords

    @property
    def known(self) -> FloatArray:
        """See `Term`: nothing is."""
        return np.zeros(len(self.predictors.X))

    # ---- what it is

    def linear(self) -> LinearForm | None:
        """See `Term`: it is more."""
        return None

    def process(self) -> LatentProcess | None:
        """See `Term`."""
        return None

    def additive(self) -> AdditiveForm:
        """See `Term`."""
        matrix = self.matrix
        blocks = [block.effects.core() for block in self._blocks]
        if self._design.n_fixed:
            size, prior = self._design.n_fixed, self._prior._asdict()
            blocks.insert(0, {"kind": "fixed", "levels": size, "columns": 1, **prior})
        return AdditiveForm(
            indptr=matrix.indptr.astype(np.int64, copy=False),
            indices=matrix.indices.astype(np.int32, copy=False),
            values=np.ascontiguousarray(matrix.data),
            blocks=blocks,
        )

    # ---- draws of chains

    def outputs(self, kept: Collection[str], predictors: bool) -> dict[str, tuple[int, ...]]:
        """See `Term`: fixed effects and scales, whatever is kept; effects of blocks if they are."""
        outputs: dict[str, tuple[int, ...]] = {}
        if self._design.n_fixed:
            outputs["block0"] = (self._design.n_fixed,)
        for position, block in enumerate(self._blocks):
            if predictors or set(kept) & set(block.effects.names):
                outputs[self._block_name(position)] = (block.effects.size,)
        return outputs | ({"scales": (self._n_scales,)} if self._blocks else {})

    def variables(self, raw: Raw) -> trace.Variables:
        """See `Term`."""
        variables = dict(self._as_given(raw["block0"])) if self._design.n_fixed else {}
        for position, block in enumerate(self._blocks):
            if "scales" in raw:
                variables |= block.effects.scale_variables(raw["scales"][..., block.scales])
            if (name := self._block_name(position)) in raw:
                variables |= block.effects.variables(raw[name])
        return variables

    def _as_given(self, coefficients: FloatArray) -> trace.Variables:
        """Return the fixed effects of columns as given, for those of the design."""
        variables: dict[str, tuple[tuple[str, ...], FloatArray]] = {}
        beta = coefficients[..., int(self._design.intercept) :]
        if self._design.intercept:
            shift = (beta * self._design.centre).sum(axis=-1)  # not a BLAS product: see `LinearTerm`
            variables["intercept"] = (trace.DRAWS, coefficients[..., 0] - shift)
        if len(self._design.centre):
            variables["beta"] = ((*trace.DRAWS, "feature"), beta)
        return variables

    def row_predictor(self, raw: Raw, offset: FloatArray) -> FloatArray:
        """See `Term`."""
        fixed = [raw["block0"]] if self._design.n_fixed else []
        coefficients = np.concatenate([*fixed, *(raw[self._block_name(i)] for i in range(len(self._blocks)))])
        return np.asarray(self.matrix @ coefficients + offset)

    def initial(self, initvals: Initial, chains: int) -> FloatArray:
        """See `Term`: coefficients of the design, standard deviations and correlations.

        What is not given starts at 0, standard deviations at 1.
        """
        checks.known_names("initvals", list(initvals), self.parameters)
        given = {
            name: checks.per_chain(f"initvals[{name!r}]", value, (chains, *self._shape(name)))
            for name, value in initvals.items()
        }
        coefficients = [self._initial_fixed(given, chains)]
        scales = []
        for block in self._blocks:
            effects = block.effects
            zeros = np.zeros((chains, effects.levels))
            columns = [given.get(name, zeros) for name in effects.names]
            coefficients.append(np.stack(columns, axis=-1).reshape(chains, -1))
            scales += [given.get(name, np.ones(chains))[:, np.newaxis] for name in effects.sds]
            if effects.pairs:
                scales.append(given.get(effects.correlation, np.zeros((chains, len(effects.pairs)))))
        return np.ascontiguousarray(np.concatenate(coefficients + scales, axis=1))

    def _shape(self, name: str) -> tuple[int, ...]:
        """Shape of a parameter in one draw."""
        if name == "beta":
            return (len(self._design.centre),)
        for block in self._blocks:
            if name in block.effects.names:
                return (block.effects.levels,)
            if name == block.effects.correlation and block.effects.pairs:
                return (len(block.effects.pairs),)
        return ()

    def _initial_fixed(self, given: Mapping[str, FloatArray], chains: int) -> FloatArray:
        beta = given.get("beta", np.zeros((chains, len(self._design.centre))))
        if not self._design.intercept:
            return beta
        intercept = given.get("intercept", np.zeros(chains)) + beta @ self._design.centre
        return np.concatenate([intercept[:, np.newaxis], beta], axis=1)

    # ---- draws of prior and posterior

    def draw_prior(self, draws: int, rng: np.random.Generator) -> trace.Variables:
        """See `Term`."""
        variables: dict[str, tuple[tuple[str, ...], FloatArray]] = {}
        if self._design.n_fixed:
            variables |= self._as_given(self._prior.draw(rng, (1, draws)).coefficients)
        for block in self._blocks:
            scales = block.effects.draw_scales(rng, draws)
            effects = block.effects.draw_effects(scales, rng.standard_normal((draws, block.effects.size)))
            variables |= block.effects.scale_variables(scales[np.newaxis])
            variables |= block.effects.variables(effects[np.newaxis])
        return variables

    def row_predictors(self, draws: xr.Dataset) -> Pieces:
        """See `Term`."""
        matrix = self.matrix
        step = max(1, term.BLOCK // (draws.sizes["chain"] * max(matrix.shape)))
        for some in slices(draws.sizes["draw"], step):
            piece = draws.isel(draw=some)
            blocks = [self._coefficients(piece, block) for block in self._blocks]
            coefficients = np.concatenate([self._fixed_coefficients(piece), *blocks], axis=1)
            yield some, slice(0, matrix.shape[0]), self._predictors(matrix, coefficients, piece)

    def _predictors(self, matrix: csr_array, coefficients: FloatArray, draws: xr.Dataset) -> FloatArray:
        """Return linear predictors (chains, draws, 1, m) of coefficients (s, d)."""
        eta = np.ascontiguousarray((matrix @ np.ascontiguousarray(coefficients.T)).T)
        return eta.reshape(draws.sizes["chain"], -1, 1, matrix.shape[0])

    def _fixed_coefficients(self, draws: xr.Dataset) -> FloatArray:
        """Return the fixed effects of the design, (s, p)."""
        size = draws.sizes["chain"] * draws.sizes["draw"]
        beta = np.empty((size, 0))
        if len(self._design.centre):
            beta = trace.values(draws, "beta", (*trace.DRAWS, "feature")).reshape(size, -1)
        if not self._design.intercept:
            return beta
        intercept = trace.values(draws, "intercept", trace.DRAWS).reshape(size)
        return np.concatenate([(intercept + beta @ self._design.centre)[:, np.newaxis], beta], axis=1)

    def _coefficients(self, draws: xr.Dataset, block: Block) -> FloatArray:
        """Return the effects of a block, (s, size)."""
        dims = (*trace.DRAWS, block.effects.dim)
        size = draws.sizes["chain"] * draws.sizes["draw"]
        columns = [trace.values(draws, name, dims).reshape(size, -1) for name in block.effects.names]
        return np.stack(columns, axis=-1).reshape(size, -1)

    def _scales(self, draws: xr.Dataset, block: Block) -> FloatArray:
        """Return the standard deviations and correlations of a block, (s, number)."""
        effects, size = block.effects, draws.sizes["chain"] * draws.sizes["draw"]
        names = [trace.values(draws, name, trace.DRAWS).reshape(size, 1) for name in effects.sds]
        if effects.pairs:
            pairs = trace.values(draws, effects.correlation, (*trace.DRAWS, effects.pair_dim))
            names.append(pairs.reshape(size, -1))
        return np.concatenate(names, axis=1)

    def needed(self, new_rows: bool) -> list[str]:
        """See `Term`: all coefficients, and for new rows what the effects of unseen groups depend on."""
        names = list(self._fixed)
        for block in self._blocks:
            if self._groups or not block.component.code_columns:
                names += block.effects.names
            if new_rows and self._scales_of_groups and block.component.code_columns:
                names += block.effects.hyperparameters
        return sorted(names)

    def new_predictors(
        self,
        posterior: xr.Dataset,
        X: FloatArray,
        noise: NoiseSource,
        joint: bool = False,  # noqa: ARG002
    ) -> Pieces:
        """See `Term`: effects of unseen levels are drawn, the same ones for all rows of a level."""
        unseen = self._design.unseen(X)
        matrix = self._design.matrix(X, unseen)
        chains = posterior.sizes["chain"]
        step = max(1, term.BLOCK // (chains * matrix.shape[1]))
        most_rows = max(1, term.BLOCK // (chains * min(step, posterior.sizes["draw"])))
        for some in slices(posterior.sizes["draw"], step):
            draws = posterior.isel(draw=some)
            pieces = [self._fixed_coefficients(draws)]
            for block, more in zip(self._blocks, unseen, strict=True):
                pieces += self._with_unseen(draws, block, more, noise)
            coefficients = np.concatenate(pieces, axis=1)
            for rows in slices(len(X), most_rows):
                yield some, rows, self._predictors(matrix[rows.start : rows.stop], coefficients, draws)

    def _with_unseen(
        self, draws: xr.Dataset, block: Block, more: int, noise: NoiseSource
    ) -> list[FloatArray]:
        """Return the effects of a block's levels and of so many more, (s, ...)."""
        size = draws.sizes["chain"] * draws.sizes["draw"]
        if self._groups or not block.component.code_columns:
            found = [self._coefficients(draws, block)]
        else:
            found = [np.zeros((size, block.effects.size))]  # which no row has
        if more:
            normals = noise().standard_normal((size, more * block.effects.columns))
            found.append(block.effects.draw_effects(self._scales(draws, block), normals))
        return found

    # ---- what it says of itself

    def log_normalizer(self) -> float:
        """See `Term`."""
        constant = self._prior.log_normalizer() if self._design.n_fixed else 0.0
        return constant + sum(block.effects.log_normalizer() for block in self._blocks)

    def require_memory(self, threads: int, functions: int) -> None:  # noqa: ARG002
        """See `Term`: the design."""
        width = sum(component.inputs.shape[1] for component in self._design.components) + 1
        for block in self._blocks:
            width += block.effects.columns if block.component.code_columns else block.effects.size
        needed = 16 * width * len(self.predictors.X)
        require_memory(needed, "the design of the model", "drop terms, or merge equal rows with weights")

    def identity(self) -> tuple[str, list[FloatArray]]:
        """See `Term`."""
        return str([block.effects for block in self._blocks]), [self._design.centre, *self._prior]

    def structure(self) -> tuple[str, list[FloatArray]]:
        """See `Term`."""
        parts = [component.structure() for component in self._design.components]
        text = f"intercept {self._design.intercept} {[part for part, _ in parts]}"
        return text, [array for _, arrays in parts for array in arrays]

    def description(self) -> dict[str, str]:
        """See `Term`."""
        return self._description

    def notices(self, likelihood: Likelihood, posterior: xr.Dataset) -> list[str]:
        """See `Term`."""
        n, p = len(self.predictors.X), self._design.n_fixed
        if p >= n or p == 0:
            return []
        step = -(-posterior.sizes["draw"] // term.MOST_DRAWS)
        middle = self._fixed_coefficients(posterior.isel(draw=slice(None, None, step))).mean(axis=0)
        columns = self.matrix[:, :p]
        return likelihood.notices(lambda rows: np.asarray(columns[rows] @ middle))
