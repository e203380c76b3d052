"""Bayesian logistic regression with Gaussian priors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma import _gibbs, prediction, sampling, trace
from polyagamma import _model_checks as checks
from polyagamma.design import Predictors
from polyagamma.memory import require_memory
from polyagamma.priors import DEFAULT_INTERCEPT_PRIOR, DEFAULT_PRIOR, Gaussian, MvNormal, Normal, join
from polyagamma.progress import display

FloatArray = NDArray[np.float64]
KERNELS = ("gibbs",)


class PolyaGammaLogistic:
    r"""Bayesian logistic regression of binary or binomial data.

    .. math::
        y_i \sim \mathrm{Binomial}(n_i, \sigma(\eta_i)), \qquad
        \eta_i = \mathrm{offset}_i + \mathrm{intercept} + x_i^\top \beta,

    with Gaussian priors on intercept and coefficients. A row of weight ``w`` counts as ``w`` rows: its
    likelihood is raised to the power ``w``.

    Parameters
    ----------
    X : array_like or data frame, shape (n, p)
        Predictors, without a column of ones. Real and finite: rows with missing values are refused, not
        dropped. The column names of a data frame become coordinates of the trace.
    y : array_like, shape (n,)
        With `trials`: numbers of successes. Without: 0 and 1, booleans, or two labels of any type, of which
        the second in sorted order counts as the success.
    trials : int or array_like, shape (n,), optional
        Numbers of trials, positive integers.
    weights : float or array_like, shape (n,), optional
        Weights of the rows, positive; by default 1.
    offset : float or array_like, shape (n,), optional
        Known part of the linear predictor; by default 0.
    prior : Normal or MvNormal, optional
        Prior of the coefficients. The default, ``Normal(0, 2.5, standardized=True)``, is ``N(0, 2.5**2)`` on
        the coefficients of the standardized predictors, whatever their units [2]_ [3]_. ``Normal(0, 2.5)`` is
        exactly ``N(0, 2.5**2)`` on the coefficients of X as given.
    intercept_prior : Normal, optional
        Prior of the intercept. The default, ``Normal(0, 10, standardized=True)``, is ``N(0, 10**2)`` on the
        value of eta where every predictor has its mean; ``Normal(0, 10)`` is on its value at ``x = 0``. For
        standardized predictors the two are the same.
    intercept : bool, default True
        Whether to have an intercept.
    feature_names : sequence of str, optional
        Names of the columns of X; by default those of the data frame, else ``x0``, ``x1``, ...

    Attributes
    ----------
    classes_ : ndarray, shape (2,)
        The two labels in sorted order; 0 and 1 for data with `trials`.
    feature_names : list of str
    n_features : int
    prior, intercept_prior : Normal or MvNormal
        The defaults, if none were given.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit: the message names it, the value found, what was expected and the cure.

    Notes
    -----
    Given Pólya-gamma variables :math:`\omega_i \sim \mathrm{PG}(w_i n_i, \eta_i)` the likelihood is Gaussian
    in :math:`\eta` [1]_, so that all coefficients are drawn at once, exactly. The prior is proper, so the
    posterior is: perfectly separated classes and more predictors than rows need no special care.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott and J. Windle (2013), "Bayesian inference for logistic models using
       Pólya-Gamma latent variables", JASA 108, 1339-1349, section 3.1.
    .. [2] A. Gelman, A. Jakulin, M. G. Pittau and Y.-S. Su (2008), "A weakly informative default prior
       distribution for logistic and other regression models", Annals of Applied Statistics 2, 1360-1383.
    .. [3] B. Goodrich, J. Gabry, I. Ali and S. Brilleman, "rstanarm: Bayesian applied regression modeling via
       Stan", vignette "Prior Distributions", section "Default priors and scale adjustments".

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaLogistic
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((200, 2))
    >>> y = rng.random(200) < 1 / (1 + np.exp(-X[:, 0]))
    >>> model = PolyaGammaLogistic(X, y)
    >>> idata = model.sample(random_seed=2)
    >>> idata.posterior["beta"].dims
    ('chain', 'draw', 'feature')
    """

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        trials: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        prior: Normal | MvNormal | None = None,
        intercept_prior: Normal | None = None,
        intercept: bool = True,
        feature_names: Sequence[str] | None = None,
    ) -> None:
        self._predictors = Predictors.check(X, feature_names, intercept)
        n = len(self._predictors.X)
        if trials is None:
            self.classes_, self._y = checks.two_labels(y, n)
            self._trials = np.ones(n)
        else:
            self._trials = checks.trials(trials, n)
            self.classes_, self._y = np.array([0, 1]), checks.successes(y, self._trials)
        self._weights = checks.weights(weights, n)
        self._offset = checks.offset(offset, n)
        if intercept_prior is not None and not intercept:
            raise ValueError("intercept_prior needs intercept=True, got intercept=False: drop one of the two")
        self.prior = DEFAULT_PRIOR if prior is None else prior
        self.intercept_prior = DEFAULT_INTERCEPT_PRIOR if intercept_prior is None else intercept_prior
        self._centre, self._prior = self._joint_prior()

    @property
    def feature_names(self) -> list[str]:
        """Names of the predictors."""
        return list(self._predictors.names)

    @property
    def n_features(self) -> int:
        """Number of predictors."""
        return len(self._predictors.names)

    def sample(
        self,
        draws: int = 1000,
        *,
        tune: int = 1000,
        chains: int = 4,
        cores: int | None = None,
        random_seed: sampling.Seed = None,
        progressbar: bool = True,
        kernel: str = "gibbs",
        compute_log_likelihood: bool = False,
        initvals: Mapping[str, ArrayLike] | None = None,
    ) -> trace.Trace:
        """Draw from the posterior.

        Parameters
        ----------
        draws : int, default 1000
            Draws of each chain that are kept.
        tune : int, default 1000
            Sweeps of each chain before them, which are not kept.
        chains : int, default 4
        cores : int, optional
            Threads to use; by default as many as there are chains, if this process has as many CPUs. It
            changes the time, never the draws.
        random_seed : None, int, sequence of int, SeedSequence or Generator
            The same seed gives the same draws, whatever the number of cores.
        progressbar : bool, default True
            Whether to show a live display; there is none anyway without a terminal or notebook.
        kernel : {"gibbs"}
        compute_log_likelihood : bool, default False
            Whether to add the group ``log_likelihood``, one value for each draw and row.
        initvals : mapping, optional
            Where to start: ``"intercept"``, a number or one for each chain; ``"beta"``, of shape (p,) or
            (chains, p). By default at random, near zero.

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            The container of the installed ArviZ (DataTree since 1.0). ``posterior`` has ``intercept`` (chain,
            draw) and ``beta`` (chain, draw, feature), for the predictors as given; ``sample_stats`` has
            ``lp``, the log of the joint density of data and coefficients; besides ``observed_data`` and
            ``constant_data``. After Ctrl-C it holds the draws made until then.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        MemoryError
            If the draws cannot fit into memory.
        FloatingPointError
            If a matrix cannot be factored in double precision.
        KeyboardInterrupt
            If Ctrl-C comes before the first draw.
        """
        settings = sampling.Settings.check(draws, tune, chains, cores, random_seed)
        checks.one_of("kernel", kernel, KERNELS)
        self._require_memory(settings, compute_log_likelihood)
        attrs = sampling.seed_attributes(settings.seed)
        generators = sampling.bit_generators(settings.seed, settings.chains)
        core = _gibbs.LogisticChains(
            model=self._core_model(),
            bit_generators=generators,
            initial=self._initial(initvals, generators),
            tune=settings.tune,
            kernel=kernel,
            threads=settings.threads,
        )
        out = sampling.allocate(settings, {"beta": len(self._prior.mean)}, core.stats)
        with display(progressbar, settings.chains, settings.draws + settings.tune) as shown:
            run = sampling.run_chains(core, settings, out, shown)
        sampling.warn_if_interrupted(run, settings)
        drawn = {name: array[:, : run.draws] for name, array in out.items()}
        attrs |= sampling.run_attributes(run, settings) | core.kernel_info
        return self._trace(drawn, attrs, compute_log_likelihood)

    def predict_proba(
        self, idata: trace.Trace, X_new: ArrayLike, offset: ArrayLike | None = None
    ) -> FloatArray:
        """Return class probabilities of new rows, averaged over the posterior draws.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : array_like or data frame, shape (m, p)
            Predictors in the order of X. A data frame must have the same columns, if X was one.
        offset : float or array_like, shape (m,), optional

        Returns
        -------
        ndarray, shape (m, 2)
            Probabilities of ``classes_[0]`` and ``classes_[1]`` in one trial.

        Raises
        ------
        TypeError, ValueError
            If `X_new` or `offset` does not fit.
        KeyError
            If `idata` has no posterior of this model.
        """
        X = self._predictors.check_new(X_new)
        intercept, beta = self._flat(trace.posterior(idata, "beta"))
        success = prediction.mean_probability(intercept, beta, X, checks.offset(offset, len(X)))
        return np.column_stack([1.0 - success, success])

    def predict_draws(
        self, idata: trace.Trace, X_new: ArrayLike, offset: ArrayLike | None = None
    ) -> xr.DataArray:
        """Return the success probability of new rows for each posterior draw.

        Parameters
        ----------
        idata, X_new, offset
            As for `predict_proba`.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, obs_id)
            Probability of ``classes_[1]`` in one trial. Its mean over chain and draw is what `predict_proba`
            gives.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_proba`.
        MemoryError
            If the result cannot fit into memory.
        """
        X = self._predictors.check_new(X_new)
        intercept, beta = self._flat(trace.posterior(idata, "beta"))
        require_memory(8 * len(beta) * len(X), "the result", "pass fewer rows, or use predict_proba")
        values = prediction.probability(intercept, beta, X, checks.offset(offset, len(X)))
        like = trace.posterior(idata, "beta")
        return xr.DataArray(
            values.reshape(like.sizes["chain"], like.sizes["draw"], len(X)),
            dims=("chain", "draw", "obs_id"),
            coords={"chain": like["chain"], "draw": like["draw"], "obs_id": np.arange(len(X))},
            name="probability",
        )

    def _joint_prior(self) -> tuple[FloatArray, Gaussian]:
        """Return the centre of the design, and the prior of its coefficients.

        The intercept's prior decides the centre: the predictors' means if it holds there, else 0. So the
        design's first coefficient is the very one that the prior is about.
        """
        checks.instance("prior", self.prior, (Normal, MvNormal))
        checks.instance("intercept_prior", self.intercept_prior, (Normal,))
        mean, sd = self._predictors.moments(self._weights * self._trials)
        coefficients = self.prior.gaussian("prior", sd)
        if not self._predictors.intercept:
            return np.zeros_like(mean), coefficients
        centre = mean if self.intercept_prior.standardized else np.zeros_like(mean)
        return centre, join(self.intercept_prior.gaussian("intercept_prior", np.ones(1)), coefficients)

    def _core_model(self) -> _gibbs.LogisticModel:
        return _gibbs.LogisticModel(
            X=self._predictors.less(self._centre),
            shape=self._weights * self._trials,
            kappa=self._weights * (self._y - self._trials / 2),
            offset=self._offset,
            prior_mean=self._prior.mean,
            prior_precision=self._prior.precision,
            intercept=self._predictors.intercept,
        )

    def _require_memory(self, settings: sampling.Settings, compute_log_likelihood: bool) -> None:
        n, p = self._predictors.X.shape
        per_draw = p + 2 + n * compute_log_likelihood
        draws = 8 * settings.chains * settings.draws * per_draw
        design = 8 * n * p if self._centre.any() else 0
        require_memory(
            draws + design,
            f"a run of {settings.chains} chains with {settings.draws} draws of {per_draw} numbers",
            "ask for fewer draws or chains" + ", or no log-likelihood" * compute_log_likelihood,
        )

    def _initial(
        self, initvals: Mapping[str, ArrayLike] | None, generators: Sequence[np.random.BitGenerator]
    ) -> FloatArray:
        """Return where the chains start, in the coordinates of the design; linear predictors near zero."""
        chains = len(generators)
        if initvals is None:
            spread = np.sqrt(len(self._prior.mean)) * np.abs(self._predictors.X).max(axis=0, initial=1e-300)
            spread = np.concatenate([[1.0] * self._predictors.intercept, spread])
            noise = [np.random.Generator(one).standard_normal(len(spread)) for one in generators]
            return np.asarray(noise / spread)
        names = ["intercept", "beta"] if self._predictors.intercept else ["beta"]
        checks.same_keys("initvals", initvals, names)
        beta = checks.per_chain("initvals['beta']", initvals["beta"], (chains, self.n_features))
        if not self._predictors.intercept:
            return beta
        intercept = checks.per_chain("initvals['intercept']", initvals["intercept"], (chains,))
        return np.column_stack([intercept + beta @ self._centre, beta])

    def _variables(self, coefficients: FloatArray) -> dict[str, tuple[tuple[str, ...], FloatArray]]:
        """Return the named parameters, for the predictors as given, in draws of the design's coefficients."""
        if not self._predictors.intercept:
            return {"beta": (("chain", "draw", "feature"), coefficients)}
        beta = coefficients[..., 1:]
        intercept = coefficients[..., 0] - beta @ self._centre
        return {"intercept": (("chain", "draw"), intercept), "beta": (("chain", "draw", "feature"), beta)}

    def _trace(
        self, drawn: sampling.Arrays, attrs: trace.Attributes, compute_log_likelihood: bool
    ) -> trace.Trace:
        """Return the groups of a run, labelled."""
        coords = {"feature": self.feature_names}
        attrs = trace.provenance() | self._description() | dict(attrs)
        stats = {name: (("chain", "draw"), array) for name, array in drawn.items() if name != "beta"}
        stats["lp"] = (("chain", "draw"), drawn["lp"] + self._log_constant())
        posterior = trace.dataset(self._variables(drawn["beta"]), coords, attrs)
        groups = {
            "posterior": posterior,
            "sample_stats": trace.dataset(stats, coords, attrs),
            "observed_data": trace.dataset({"y": (("obs_id",), self._y)}, coords),
            "constant_data": trace.dataset(self._constant_data(), coords),
        }
        if compute_log_likelihood:
            groups["log_likelihood"] = trace.dataset(self._log_likelihood(posterior), coords)
        return trace.to_trace(groups, attrs)

    def _log_constant(self) -> float:
        """Return what the core leaves out of the log joint density of data and coefficients."""
        likelihood = prediction.log_binomial(self._y, self._trials) @ self._weights
        return float(likelihood + self._prior.log_normalizer())

    def _constant_data(self) -> trace.Variables:
        rows = {"trials": self._trials, "weights": self._weights, "offset": self._offset}
        X = {"X": (("obs_id", "feature"), self._predictors.X)}
        return X | {name: (("obs_id",), values) for name, values in rows.items()}

    def _description(self) -> dict[str, str]:
        return {
            "model": "PolyaGammaLogistic",
            "prior": str(self.prior),
            "intercept_prior": str(self.intercept_prior) if self._predictors.intercept else "none",
            "classes": json.dumps(self.classes_.tolist(), default=str),
        }

    def _log_likelihood(self, posterior: xr.Dataset) -> trace.Variables:
        values = prediction.log_likelihood(
            *self._flat(posterior),
            X=self._predictors.X,
            offset=self._offset,
            y=self._y,
            trials=self._trials,
            weights=self._weights,
        )
        shape = (posterior.sizes["chain"], posterior.sizes["draw"], len(self._y))
        return {"y": (("chain", "draw", "obs_id"), values.reshape(shape))}

    def _flat(self, posterior: xr.Dataset) -> tuple[FloatArray, FloatArray]:
        """Return intercepts (s,), zero if the model has none, and coefficients (s, p) of all chains."""
        beta = posterior["beta"].transpose("chain", "draw", "feature").to_numpy()
        beta = beta.reshape(-1, beta.shape[-1])
        if not self._predictors.intercept:
            return np.zeros(len(beta)), beta
        return posterior["intercept"].transpose("chain", "draw").to_numpy().ravel(), beta
