"""What a run is told of a model, and what that makes of the outputs of its chains."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation import categories
from polyagamma._validation import models as checks
from polyagamma._validation.ownership import kept
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.augmentation import AugmentedRows
from polyagamma.mcmc.compaction import kept_of
from polyagamma.mcmc.digest import column_sums, digest
from polyagamma.mcmc.rounds import Arrays, Chains
from polyagamma.mcmc.settings import OMEGA, Settings
from polyagamma.mcmc.trace_schema import Labelled, TraceSchema
from polyagamma.sources.distant import is_distant
from polyagamma.terms.term import Pieces, Term
from polyagamma.traces import trace
from polyagamma.traces.columns import Columns, places, variable_of

FloatArray = NDArray[np.float64]
ROWS = "obs_id"  # what a trace calls the dimension of rows
PREDICTORS, DATA = "digest_of_predictors", "digest_of_data"  # attributes of a trace


@dataclass(frozen=True)
class Specification:
    """A model: what is observed in each row, and the term that its linear predictors are.

    Attributes
    ----------
    name : str
        What traces and checkpoints call the model.
    likelihood : Likelihood
    term : Term
    inputs : str
        Digest of the predictors when the model was made.
    sums : list of ndarray
        Sums of their bits then.
    """

    name: str
    likelihood: Likelihood
    term: Term
    inputs: str
    sums: list[NDArray[np.uint64]]

    @classmethod
    def of(cls, name: str, likelihood: Likelihood, term: Term) -> Specification:
        """Return the model as it is now."""
        arrays = term.predictors.arrays()
        return cls(name, likelihood, term, digest(*arrays), [column_sums(array) for array in arrays])

    def require_unchanged(self, *, quickly: bool = False) -> None:
        """Raise ValueError if the predictors have changed since the model was made.

        `quickly`: by sums alone, for what takes less time than a digest.
        """
        arrays = self.term.predictors.arrays()
        if quickly:
            pairs = zip(arrays, self.sums, strict=True)
            changed = not all(np.array_equal(column_sums(array), sums) for array, sums in pairs)
        else:
            changed = digest(*arrays) != self.inputs
        if changed:
            raise ValueError(
                "X must stay what it was when the model was made, got other values: the model keeps no "
                "copy of an X of more than 1 MB; make a new model, or pass X.copy() to it"
            )

    def require_rows(self, what: str, cure: str) -> None:
        """Raise ValueError if the rows of the model, which `what` needs, are not in memory."""
        if is_distant(self.term.predictors.X):
            raise ValueError(f"{what} needs the rows in memory, got a model whose rows are elsewhere: {cure}")

    @property
    def parameters(self) -> list[str]:
        """Names of what a posterior has."""
        return [*self.term.parameters, *self.likelihood.parameters]

    @property
    def on_request(self) -> list[str]:
        """Names of what a posterior has besides if it is asked for by name."""
        return [*self.term.on_request, OMEGA]

    @property
    def rows(self) -> dict[str, trace.Labels]:
        """Labels of the dimension of rows, if they have some."""
        labels = self.term.predictors.rows
        return {} if labels is None else {ROWS: labels}

    @property
    def coords(self) -> dict[str, trace.Labels]:
        """Labels of dimensions."""
        return {**self.term.coords, **self.rows}

    def fingerprint(self) -> str:
        """Return a digest of data and priors: of all that the bits of a run depend on."""
        text, arrays = self.term.identity()
        return f"{self.name} {digest(characters(str(self._digests)), characters(text), *arrays)}"

    def description(self) -> dict[str, str]:
        """Return what a trace says of the model, with digests by which its predictions recognise it."""
        return self.words() | self._digests

    @cached_property
    def _digests(self) -> dict[str, str]:
        """That of what predictions depend on besides a posterior, and that of what the posterior does."""
        text, arrays = self.term.structure()
        labels = self.likelihood.classes
        labels = labels.astype(np.float64) if labels.dtype.kind in "biuf" else labels  # False is 0 is 0.0
        columns = f"{self.term.predictors.names} {self.term.predictors.levels or ''}".rstrip()
        form = f"{self.name} {columns} {labels.tolist()} {text}"
        priors = re.sub(r"(\d)\.0*(?!\d)", r"\1", str(self.term.description()))  # 1.0 is 1
        return {
            PREDICTORS: digest(characters(form), *arrays),
            DATA: digest(characters(f"{priors} {self.inputs}"), *self.likelihood.arrays()),
        }

    def words(self) -> dict[str, str]:
        """Return what tells the model from others in words."""
        classes = json.dumps(self.likelihood.classes.tolist(), default=str)
        predictors = categories.described(self.term.predictors.levels)
        about = {**self.term.description(), **predictors, **self.likelihood.description()}
        return {"model": self.name, **about, "classes": classes}

    def posterior(self, idata: trace.Trace, new_rows: bool, other_data: bool) -> xr.Dataset:
        """Return the posterior of a trace, with what linear predictors of old or new rows need.

        Parameters
        ----------
        idata : InferenceData or DataTree
        new_rows : bool
        other_data : bool
            Whether the trace may be of a model with the same predictors and other data or priors.

        Raises
        ------
        KeyError
            If it is not there.
        ValueError
            If it has no draws, or is not of this model.
        """
        needed = self.term.needed(new_rows)
        shapes = self.term.outputs(needed, predictors=False) | self.likelihood.outputs()
        variables = self._variables(one_draw(shapes))
        expected = {name: variables[name] for name in (*needed, *self.likelihood.needed)}
        draws = trace.posterior(idata, expected, self.coords)
        self.require_own(draws.attrs, other_data)
        return draws

    def require_own(self, attrs: Mapping[str, Any], other_data: bool) -> None:
        """Raise ValueError if a trace with these attributes is not of this model."""
        own = self.description()
        other = [name for name in self.words() if attrs.get(name, own[name]) != own[name]]
        differ = "".join(f"; its {name} is {attrs[name]}, here {own[name]}" for name in other)
        if attrs.get(PREDICTORS, own[PREDICTORS]) != own[PREDICTORS]:
            raise ValueError(
                "idata must be of this model, got a trace of one with other predictors, classes, kernel or "
                f"inducing points{differ}: pass what sample() of this model returned"
            )
        if other_data or attrs.get(DATA) == own[DATA]:
            return
        if DATA not in attrs:
            raise ValueError(
                f"idata must say which model it is of, got a posterior without the attribute {DATA!r}: pass "
                "what sample() returned, or other_data=True to a prediction if the model is the same"
            )
        raise ValueError(
            f"idata must be of this model, got a trace of one with other data or priors{differ}: pass what "
            "sample() of this model returned, or other_data=True to a prediction if that is meant"
        )

    def data_groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of a trace that hold the data: it does not write to the model's."""
        data = self.likelihood.data(self.term.predictors.stored())
        own = {
            group: {name: (self._own_dims(dims), kept(values)) for name, (dims, values) in variables.items()}
            for group, variables in data.items()
        }
        return {group: self.dataset(group, variables) for group, variables in own.items()}

    def _own_dims(self, dims: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.term.input_dim if dim == "feature" else dim for dim in dims)

    def dataset(
        self, group: str, variables: trace.Variables, coords: Mapping[str, trace.Labels] | None = None
    ) -> xr.Dataset:
        """Return variables as a dataset, whose dimensions have the labels of a group with data.

        `coords` are those of rows, by default the model's.
        """
        rows = self.rows if coords is None else coords
        return trace.dataset(variables, {**self.term.coords, **rows, **self.likelihood.coords.get(group, {})})

    def row_predictors(self, draws: xr.Dataset) -> Pieces:
        """Yield the linear predictors of the model's rows, for draws of prior or posterior."""
        self.require_rows("a simulation of the rows of the model", "pass X_new, some rows at a time")
        for some, rows, values in self.term.row_predictors(draws):
            yield some, rows, values + self.likelihood.offset[..., rows]

    def augmented_rows(self) -> AugmentedRows:
        """Return what the Pólya-gamma variables of the rows depend on; ValueError if rows have none."""
        self.require_rows(f"var_names with {OMEGA!r}", "leave it out")
        likelihood, functions = self.likelihood, self.likelihood.n_functions
        if not likelihood.augments:
            many = ", since each row has several, one for each class but one" * (len(likelihood.classes) > 0)
            raise ValueError(f"var_names has {OMEGA!r}, which this likelihood has not{many}: drop it")
        if functions > 1:
            raise ValueError(
                f"var_names has {OMEGA!r}, which needs two classes or trials: a softmax of "
                f"{functions} classes has no such variable for each row; drop it"
            )

        def parameters(raw: Arrays) -> tuple[FloatArray, FloatArray]:
            return likelihood.augmented(self.term.row_predictor(raw, likelihood.offset), raw)

        return AugmentedRows(len(likelihood.y), parameters)

    def outputs(self, settings: Settings) -> dict[str, tuple[int, ...]]:
        """Return names and shapes of what the chains tell of each draw, besides their statistics."""
        needs_predictors = settings.log_likelihood or OMEGA in settings.requested
        named = [variable_of(name, self.parameters + self.on_request) for name in settings.requested]
        outputs = self.term.outputs(named or self.parameters, needs_predictors)
        outputs |= self.likelihood.outputs()
        if OMEGA in settings.requested:
            outputs[OMEGA] = (self.augmented_rows().size,)
        return outputs

    def require_known(self, settings: Settings) -> None:
        """Raise ValueError unless `var_names` has variables of the model, or columns of its parameters."""
        for names, on_request in ((settings.var_names, self.on_request), (settings.kept, [])):
            if names is not None:
                self._require_known(names, [*self.parameters, *on_request])

    def _require_known(self, names: Sequence[str], known: Sequence[str]) -> None:
        others = [name for name in names if name not in known]
        if not others:
            return checks.known_names("var_names", names, known)
        shapes = self.term.outputs(self.parameters, predictors=False) | self.likelihood.outputs()
        variables = self._variables(one_draw(shapes))
        columns = {name: len(places(name, variables, self.coords)) for name in others}
        return checks.known_columns("var_names", columns, known)

    def numbers_kept(self, settings: Settings) -> int:
        """Return how many numbers of a draw the posterior keeps."""
        raw = one_draw(self.outputs(settings))
        posterior = self._posterior(self._variables(raw), raw, settings)
        return sum(values.size for _, values in kept_of(posterior, self._columns, settings).values())

    def schema(self, settings: Settings, chains: Chains) -> TraceSchema:
        """Return what the chains of a run tell, and what it means."""
        return TraceSchema(
            self.outputs(settings), chains.stats, lambda raw: self._label(raw, settings), self.coords
        )

    def _label(self, raw: Arrays, settings: Settings) -> Labelled:
        """Return the groups of a trace that outputs and statistics (chains, draws, ...) make."""
        variables = self._variables(raw)
        groups: Labelled = {
            "posterior": self._posterior(variables, raw, settings),
            "sample_stats": self._statistics({name: raw[name] for name in raw if raw[name].ndim == 2}),
        }
        if settings.log_likelihood:
            draws = trace.dataset(variables, self.coords)
            groups["log_likelihood"] = {"y": ((*trace.DRAWS, ROWS), self._log_likelihood(draws))}
        return groups

    def _posterior(self, variables: trace.Variables, raw: Arrays, settings: Settings) -> trace.Variables:
        if settings.var_names is None:
            return variables
        if OMEGA in raw:
            variables = {**variables, OMEGA: ((*trace.DRAWS, ROWS), raw[OMEGA])}
        return self._columns.picked(settings.var_names, variables)

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self.coords)

    def posterior_of(self, raw: Arrays) -> xr.Dataset:
        """Return the posterior that outputs (chains, draws, ...) make."""
        return trace.dataset(self._variables(raw), self.coords)

    def _variables(self, raw: Arrays) -> trace.Variables:
        return {**self.term.variables(raw), **self.likelihood.variables(raw)}

    def _statistics(self, told: Arrays) -> trace.Variables:
        normalizer = self.term.log_normalizer()
        if normalizer is not None:
            told = {**told, "lp": told["lp"] + (self.likelihood.log_constant() + normalizer)}
        return {name: (trace.DRAWS, array) for name, array in told.items()}

    def _log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        values = np.empty((draws.sizes["chain"], draws.sizes["draw"], len(self.likelihood.y)))
        for some, rows, eta in self.row_predictors(draws):
            likelihood = self.likelihood.given(draws.isel(draw=some))
            values[:, some, rows] = likelihood.log_likelihood(eta, rows)
        return values


def one_draw(shapes: Mapping[str, tuple[int, ...]]) -> Arrays:
    """Return a draw of a chain that tells arrays of these shapes."""
    return {name: np.zeros((1, 1, *shape)) for name, shape in shapes.items()}


def characters(text: str) -> FloatArray:
    """Return a text as numbers, for a digest."""
    return np.frombuffer(text.encode(), dtype=np.uint8).astype(np.float64)
