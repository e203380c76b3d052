"""What a run is told of a model, and what that makes of the outputs of its chains."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.augmentation import AugmentedRows
from polyagamma.mcmc.digest import digest
from polyagamma.mcmc.rounds import Arrays, Chains
from polyagamma.mcmc.settings import OMEGA, Settings
from polyagamma.mcmc.trace_schema import Labelled, TraceSchema
from polyagamma.terms.term import Pieces, Term
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Specification:
    """A model: what is observed in each row, and the term that its linear predictors are.

    Attributes
    ----------
    name : str
        What traces and checkpoints call the model.
    likelihood : Likelihood
    term : Term
    """

    name: str
    likelihood: Likelihood
    term: Term

    @property
    def parameters(self) -> list[str]:
        """Names of what a posterior has."""
        return [*self.term.parameters, *self.likelihood.parameters]

    @property
    def on_request(self) -> list[str]:
        """Names of what a posterior has besides if it is asked for by name."""
        return [*self.term.on_request, OMEGA]

    def fingerprint(self) -> str:
        """Return a digest of data and priors: of all that the posterior depends on."""
        text, arrays = self.term.identity()
        return f"{self.name} {text}" + digest(self.term.predictors.X, *self.likelihood.arrays(), *arrays)

    def description(self) -> dict[str, str]:
        """Return what a trace says of the model."""
        classes = json.dumps(self.likelihood.classes.tolist(), default=str)
        return {"model": self.name, **self.term.description(), "classes": classes}

    def data_groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of a trace that hold the data."""
        data = self.likelihood.data(self.term.predictors.X)
        return {name: trace.dataset(variables, self.term.coords) for name, variables in data.items()}

    def row_predictors(self, draws: xr.Dataset) -> Pieces:
        """Yield the linear predictors of the model's rows, for draws of prior or posterior."""
        for some, rows, values in self.term.row_predictors(draws):
            yield some, rows, values + self.likelihood.offset[rows]

    def augmented_rows(self) -> AugmentedRows:
        """Return what the Pólya-gamma variables of the rows depend on; ValueError if rows have none."""
        likelihood, functions = self.likelihood, self.likelihood.n_functions
        if not likelihood.augments:
            raise ValueError(f"var_names has {OMEGA!r}, which this likelihood has not: drop it")
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
        outputs = self.term.outputs(settings.var_names or self.parameters, needs_predictors)
        outputs |= self.likelihood.outputs()
        if OMEGA in settings.requested:
            outputs[OMEGA] = (self.augmented_rows().size,)
        return outputs

    def schema(self, settings: Settings, chains: Chains) -> TraceSchema:
        """Return what the chains of a run tell, and what it means."""
        return TraceSchema(
            self.outputs(settings), chains.stats, lambda raw: self._label(raw, settings), self.term.coords
        )

    def _label(self, raw: Arrays, settings: Settings) -> Labelled:
        """Return the groups of a trace that outputs and statistics (chains, draws, ...) make."""
        variables = {**self.term.variables(raw), **self.likelihood.variables(raw)}
        groups: Labelled = {
            "posterior": variables,
            "sample_stats": self._statistics({name: raw[name] for name in raw if raw[name].ndim == 2}),
        }
        if settings.log_likelihood:
            draws = trace.dataset(variables, self.term.coords)
            groups["log_likelihood"] = {"y": ((*trace.DRAWS, "obs_id"), self._log_likelihood(draws))}
        if settings.var_names is not None:
            if OMEGA in raw:
                variables = {**variables, OMEGA: ((*trace.DRAWS, "obs_id"), raw[OMEGA])}
            groups["posterior"] = {name: variables[name] for name in settings.var_names}
        return groups

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
