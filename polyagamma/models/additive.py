"""Bayesian multilevel and additive models: groups, slopes and smooths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from polyagamma._public import public
from polyagamma._validation import additive as checks
from polyagamma._validation import models as model_checks
from polyagamma._validation.additive import Rows
from polyagamma._validation.counts import exposure as checked_exposure
from polyagamma._validation.predictors import require_same_rows
from polyagamma.likelihoods import dispersion
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.likelihoods.dispersion import Gamma, HalfNormal, InverseGamma
from polyagamma.likelihoods.negative_binomial import NegativeBinomialLikelihood
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.models.additive_rows import AdditiveNewRows, averages
from polyagamma.models.additive_terms import AdditivePart, AdditiveTerms, checked_parts
from polyagamma.models.formula import AdditiveFormula
from polyagamma.models.model import Model
from polyagamma.models.predict import simulate_new_rows, simulate_rows
from polyagamma.terms.component import DEFAULT_SD
from polyagamma.terms.priors import DEFAULT_INTERCEPT_PRIOR, Normal
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


@public
class PolyaGammaAdditive(Model):
    r"""Bayesian multilevel models: groups with varying intercepts and slopes, and smooth functions.

    .. math::
        \eta_i = \mathrm{offset}_i + \mathrm{intercept} + x_i^\top \beta + \sum_k z_{ik}^\top u_{k, g_k(i)}
        + \sum_l f_l(t_{il}), \qquad u_{kg} \sim N(0, \Sigma_k),

    of binary, binomial or count data: log odds, or log means. Standard deviations and correlations of the
    effects of groups, and how smooth functions are, are sampled.

    Parameters
    ----------
    terms : list of Linear, Group, Smooth, Process and MultiMembership
        Any number of each; or see `from_formula`.
    y : array_like, shape (n,)
        For ``"bernoulli"``, 0 and 1, booleans, or two labels, of which the second in sorted order counts as
        the success; for ``"binomial"``, numbers of successes; for ``"negative_binomial"``, counts.
    family : {"bernoulli", "binomial", "negative_binomial"}
    trials : int or array_like, shape (n,)
        Numbers of trials, for ``"binomial"``.
    exposure : float or array_like, shape (n,), optional
        What counts are in proportion to, for ``"negative_binomial"``; by default 1.
    offset : float or array_like, shape (n,), optional
        Known part of the linear predictor; by default 0.
    weights : float or array_like, shape (n,), optional
        Weights of the rows, positive; by default 1. A row of weight ``w`` counts as ``w`` rows.
    intercept : bool, default True
        Whether to have an intercept.
    intercept_prior : Normal, optional
        By default ``Normal(0, 10, standardized=True)``, as for `PolyaGammaLogistic`.
    dispersion_prior : HalfNormal, Gamma, InverseGamma or float, optional
        As for `PolyaGammaNegativeBinomial`; for ``"negative_binomial"``.

    Attributes
    ----------
    family : str
    feature_names : list of str
        Names of what the model keeps of its rows, as ``constant_data`` of a trace has them: predictors, codes
        of levels, slopes.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit: the message names it, the value found, what was expected and the cure.

    Notes
    -----
    The group ``posterior`` of a trace has ``intercept`` (chain, draw) and ``beta`` (chain, draw, feature),
    with the slopes of smooths under their names. A group ``district`` with the slope ``urban`` has
    ``1|district`` and ``urban|district`` (chain, draw, district), whose dimension has its levels as
    coordinates; their standard deviations ``1|district_sigma`` and ``urban|district_sigma``; and
    ``district_corr`` (chain, draw, district_corr_pair), labelled ``"1,urban"``. A smooth ``s(age)`` has the
    coefficients of its spline and ``s(age)_sigma``; a process likewise.

    Effects of many groups need not be kept: name other variables in `var_names`. Predictions with
    ``groups="marginal"`` or ``"zero"`` do without them.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import Group, Linear, PolyaGammaAdditive
    >>> rng = np.random.default_rng(1)
    >>> district, x = rng.integers(0, 30, 500), rng.standard_normal((500, 1))
    >>> eta = rng.standard_normal(30)[district] + x[:, 0]
    >>> y = rng.random(500) < 1 / (1 + np.exp(-eta))
    >>> model = PolyaGammaAdditive([Linear(x), Group(district, name="district")], y)
    >>> model.sample_prior_predictive(50, random_seed=1).prior["1|district"].dims
    ('chain', 'draw', 'district')
    """

    _name = "PolyaGammaAdditive"

    def __init__(
        self,
        terms: Sequence[AdditivePart],
        y: ArrayLike,
        *,
        family: str = "bernoulli",
        trials: ArrayLike | None = None,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        intercept: bool = True,
        intercept_prior: Normal | None = None,
        dispersion_prior: HalfNormal | Gamma | InverseGamma | float | None = None,
    ) -> None:
        intercept = model_checks.truth("intercept", intercept)
        if intercept_prior is not None and not intercept:
            raise ValueError("intercept_prior needs intercept=True, got intercept=False: drop one of the two")
        prior = DEFAULT_INTERCEPT_PRIOR if intercept_prior is None else intercept_prior
        model_checks.instance("intercept_prior", prior, (Normal,))
        formula = terms if isinstance(terms, AdditiveFormula) else None
        parts = checked_parts(terms if formula is None else formula.parts)
        written = AdditiveTerms(
            parts, intercept, prior, formula, {} if formula is None else {"formula": formula.text}
        )
        self.family = checks.family(
            family, trials=trials, exposure=exposure, dispersion_prior=dispersion_prior
        )
        by_row = {"trials": trials, "exposure": exposure, "offset": offset, "weights": weights}
        require_same_rows("the first term", parts[0].rows, y=y, **by_row)
        self._formula = formula
        likelihood: BinomialLikelihood | NegativeBinomialLikelihood
        if self.family == "negative_binomial":
            of_r = HalfNormal(1) if dispersion_prior is None else dispersion_prior
            likelihood = NegativeBinomialLikelihood.check(
                y, exposure, weights, offset, dispersion.check("dispersion_prior", of_r), written.n_rows
            )
            share = likelihood.weights
        else:
            likelihood = BinomialLikelihood.check(y, trials, weights, offset, written.n_rows)
            share = likelihood.b
        super().__init__(likelihood, written.term(likelihood, share))

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: Any,
        *,
        family: str = "bernoulli",
        trials: Rows = None,
        exposure: Rows = None,
        offset: Rows = None,
        weights: Rows = None,
        prior: Normal | None = None,
        intercept_prior: Normal | None = None,
        prior_sd: Any = DEFAULT_SD,
        prior_corr: Any = None,
        dispersion_prior: HalfNormal | Gamma | InverseGamma | float | None = None,
    ) -> PolyaGammaAdditive:
        """Return the model of a formula, in the grammar of lme4 and bambi; needs the extra ``formula``.

        Parameters
        ----------
        formula : str
            For example ``"y ~ age + urban + (1 + urban | district)"``, or
            ``"prop(successes, trials) ~ s(age) + (1 | school / class)"``. ``||`` leaves out correlations,
            ``0 +`` the intercept, ``s(x, n_basis=20)`` is a smooth, ``offset(x)`` a known part. Functions are
            those of formulae (``center``, ``scale``, ``poly``, ``bs``, ``C``, ...) and, as ``np.log``, of
            NumPy.
        data : pandas.DataFrame
            Without missing values in the columns of the formula.
        family, dispersion_prior
            As for the class; ``prop()`` is of the family ``"binomial"``.
        trials, exposure, offset, weights : str or array_like, optional
            As for the class, or names of columns.
        prior, intercept_prior : Normal, optional
            Of the coefficients and the intercept.
        prior_sd : HalfNormal, HalfT, Exponential, or mapping
            Of standard deviations: one for all, or one for each group and smooth by its name; others have
            ``HalfNormal(1)``.
        prior_corr : LKJ, optional
            By default ``LKJ(2)``.

        Returns
        -------
        PolyaGammaAdditive
            Predictions take data frames with the columns of `data`; encodings are those of `data`.

        Raises
        ------
        ImportError
            If formulae is not installed.
        TypeError, ValueError, KeyError
            If an argument does not fit: the message shows where the formula has an error of syntax, and names
            a column that is not there.

        Examples
        --------
        >>> import pandas as pd
        >>> from polyagamma import PolyaGammaAdditive
        >>> data = pd.DataFrame({"y": [0, 1, 1, 0, 1, 0], "x": [1.0, 2, 3, 4, 5, 6], "g": list("aabbcc")})
        >>> PolyaGammaAdditive.from_formula("y ~ x + (1 | g)", data).feature_names
        ['x', 'g']
        """
        parsed = AdditiveFormula.of(formula, data, prior, prior_sd, prior_corr)
        rows = {"trials": trials, "exposure": exposure, "weights": weights}
        given = {name: checks.of_cells(name, data, value) for name, value in rows.items()}
        response = parsed.response(data)
        given["trials"] = response.trials_with(given["trials"])
        if response.trials is not None and family == "bernoulli":
            family = "binomial"
        return cls(
            parsed,  # type: ignore[arg-type]
            response.y,
            family=family,
            offset=parsed.with_offset(data, checks.of_cells("offset", data, offset)),
            intercept=parsed.intercept,
            intercept_prior=intercept_prior,
            dispersion_prior=dispersion_prior,
            **given,
        )

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels of failure and success; none for counts."""
        return self._specification.likelihood.classes.copy()

    def predict(
        self,
        idata: trace.Trace,
        X_new: Any,
        *,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        groups: str = "conditional",
        unseen: str = "draw",
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> FloatArray:
        """Return the mean of new rows, averaged over the posterior draws.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : data frame, mapping or list
            A data frame with the columns of the model's rows; or the inputs of each term, by its name or in
            their order: predictors, labels, pairs (labels, slopes), columns of smooths.
        exposure, offset : float or array_like, shape (m,), optional
            Of the new rows, by default 1 and 0; `exposure` for counts only.
        groups : {"conditional", "marginal", "zero"}
            ``"conditional"``: rows have the effects of their groups. ``"marginal"``: those of groups that
            were not observed, drawn from the population, also where the label is known, so that means are
            integrated over the population. ``"zero"``: those of a group in the middle of it, 0.
        unseen : {"draw", "error"}
            What to do with a label that the model has not: draw its effect from the population, once for
            each posterior draw and all rows of the label, or raise ValueError.
        random_seed : None, int, sequence of int, SeedSequence or Generator
            Of such effects.
        other_data : bool, default False
            Whether `idata` may be the trace of a model with the same terms but other data or priors.

        Returns
        -------
        ndarray, shape (m,)
            Probabilities of success (``classes_[1]``) in one trial, or mean counts.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        KeyError
            If `idata` has no posterior of this model, or `X_new` lacks a column.
        """
        new = self._new_rows(idata, X_new, exposure, offset, groups, unseen, other_data)
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        return new.rows.average_probabilities(lambda: rng)[:, -1]

    def predict_draws(
        self,
        idata: trace.Trace,
        X_new: Any,
        *,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        groups: str = "conditional",
        unseen: str = "draw",
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> xr.DataArray:
        """Return the mean of new rows for each posterior draw.

        Parameters
        ----------
        idata, X_new, exposure, offset, groups, unseen, random_seed, other_data
            As for `predict`.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, obs_id)

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict`.
        MemoryError
            If the result cannot fit into memory.
        """
        new = self._new_rows(idata, X_new, exposure, offset, groups, unseen, other_data)
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        name = "mean" if self.family == "negative_binomial" else "probability"
        return new.rows.probability_draws(lambda: rng).rename(name)

    def sample_posterior_predictive(
        self,
        idata: trace.Trace,
        X_new: Any = None,
        *,
        trials: ArrayLike | None = None,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        groups: str = "conditional",
        unseen: str = "draw",
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> trace.Trace:
        """Simulate data from each posterior draw.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : data frame, mapping or list, optional
            As for `predict`; by default the rows of the model, with their trials, exposures and offsets.
        trials, exposure, offset : float or array_like, shape (m,), optional
            Of the new rows, by default 1, 1 and 0; only with `X_new`.
        groups, unseen, random_seed, other_data
            As for `predict`.

        Returns
        -------
        InferenceData or DataTree
            The groups of `idata`, and ``posterior_predictive``; for new rows instead ``predictions`` and
            ``predictions_constant_data``, whose codes of levels are positions among the labels of their
            dimension, beyond them for labels that were not seen, and -1 for none.

        Raises
        ------
        TypeError, ValueError, KeyError, MemoryError
            As for `predict_draws`.
        """
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        if X_new is None:
            more = {"trials": trials, "exposure": exposure, "offset": offset}
            model_checks.go_with("X_new", **more, other_data=other_data or None)
            return simulate_rows(self._specification, idata, rng)
        new = self._new_rows(idata, X_new, exposure, offset, groups, unseen, other_data)
        if self.family == "negative_binomial":
            model_checks.go_with("family='binomial'", trials=trials)
            return simulate_new_rows(new.rows, idata, np.ones(len(new.rows.X)), new.constant, rng)
        require_same_rows("X_new", X_new, trials=trials)
        n_trials = model_checks.trials(1 if trials is None else trials, len(new.rows.X))
        return simulate_new_rows(new.rows, idata, n_trials, {"trials": n_trials}, rng)

    def poststratify(
        self,
        idata: trace.Trace,
        cells: Any,
        counts: str | ArrayLike,
        *,
        by: Any = None,
        offset: ArrayLike | None = None,
        unseen: str = "draw",
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> xr.DataArray:
        """Return the mean over a population for each posterior draw: that of cells, weighted by their sizes.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        cells : data frame, mapping or list
            A row for each cell of the population, as `X_new` of `predict`.
        counts : str or array_like, shape (m,)
            How many people are in each cell, or the column of `cells` that says so.
        by : str, list of str or array_like, shape (m,), optional
            The groups whose means are returned, or the columns of `cells` that say so; by default there is
            one mean, over all cells.
        offset, unseen, random_seed, other_data
            As for `predict`.

        Returns
        -------
        xarray.DataArray, dims (chain, draw) or (chain, draw, group)
            Where `by` names columns, the last dimension has their name.

        Raises
        ------
        TypeError, ValueError, KeyError, MemoryError
            As for `predict_draws`.
        """
        new = self._new_rows(idata, cells, None, offset, "conditional", unseen, other_data).rows
        weights = checks.cell_counts(cells, counts, len(new.X))
        given = np.zeros(len(new.X), dtype=np.int64) if by is None else by
        names, positions = checks.cell_groups(cells, given, len(new.X), weights)
        share = weights / np.bincount(positions, weights)[positions]
        mean = csr_array((share, (positions, np.arange(len(new.X)))), shape=(len(names), len(new.X)))
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        values = averages(new, mean, lambda: rng)
        coords = {dim: new.posterior[dim] for dim in trace.DRAWS}
        if by is None:
            return xr.DataArray(values[..., 0], dims=trace.DRAWS, coords=coords, name="mean")
        dim = by if isinstance(by, str) else ":".join(by) if checks.are_names(by) else "group"
        labels = {dim: trace.storable(names)}
        return xr.DataArray(values, dims=(*trace.DRAWS, dim), coords={**coords, **labels}, name="mean")

    def _new_rows(
        self,
        idata: trace.Trace,
        X_new: Any,
        exposure: ArrayLike | None,
        offset: ArrayLike | None,
        groups: str,
        unseen: str,
        other_data: bool,
    ) -> AdditiveNewRows:
        model_checks.one_of("groups", groups, ("conditional", "marginal", "zero"))
        model_checks.one_of("unseen", unseen, ("draw", "error"))
        if self.family != "negative_binomial":
            model_checks.go_with("family='negative_binomial'", exposure=exposure)
        known = offset if self._formula is None else self._formula.with_offset(X_new, offset)
        new = AdditiveNewRows.check(self._specification, idata, X_new, known, groups, unseen, other_data)
        if self.family == "negative_binomial":
            require_same_rows("X_new", X_new, exposure=exposure)
            return new.exposed(checked_exposure(exposure, len(new.rows.X)))
        return new
