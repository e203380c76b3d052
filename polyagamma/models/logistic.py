"""Bayesian logistic regression with Gaussian priors."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma import _gibbs
from polyagamma._validation import models as checks
from polyagamma.likelihoods.likelihood import BinomialResponse
from polyagamma.mcmc.augmentation import Rows
from polyagamma.mcmc.memory_backend import Labelled
from polyagamma.mcmc.rounds import Arrays, Chains, one_blas_thread
from polyagamma.mcmc.run_state import ROWS_AT_ONCE, digest
from polyagamma.mcmc.settings import OMEGA, SamplingWarning, Settings
from polyagamma.models import predict
from polyagamma.models.logistic_predictions import LogisticPredictions
from polyagamma.models.model import Initial
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import DEFAULT_INTERCEPT_PRIOR, DEFAULT_PRIOR, Gaussian, MvNormal, Normal, join
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


class PolyaGammaLogistic(LogisticPredictions):
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

    The group ``posterior`` of a trace has ``intercept`` (chain, draw) and ``beta`` (chain, draw, feature),
    for the predictors as given; `sample` takes initial values of both, and without them starts each chain at
    a draw from the Laplace approximation. The group ``sample_stats`` has ``lp``, the log of the joint density
    of data and coefficients.

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

    _kernels = ("auto", "gibbs", "hmc")

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
        self._predictors.require_distinct_constants()
        n = len(self._predictors.X)
        self._response = BinomialResponse.check(y, trials, weights, offset, n)
        if intercept_prior is not None and not intercept:
            raise ValueError("intercept_prior needs intercept=True, got intercept=False: drop one of the two")
        self.prior = DEFAULT_PRIOR if prior is None else prior
        self.intercept_prior = DEFAULT_INTERCEPT_PRIOR if intercept_prior is None else intercept_prior
        self._centre, self._prior = self._joint_prior()

    @property
    def n_features(self) -> int:
        """Number of predictors."""
        return len(self._predictors.names)

    def _joint_prior(self) -> tuple[FloatArray, Gaussian]:
        """Return the centre of the design, and the prior of its coefficients.

        The intercept's prior decides the centre: the predictors' means if it holds there, else 0. So the
        design's first coefficient is the very one that the prior is about.
        """
        checks.instance("prior", self.prior, (Normal, MvNormal))
        checks.instance("intercept_prior", self.intercept_prior, (Normal,))
        mean, sd = self._predictors.moments(self._response.shape)
        coefficients = self.prior.gaussian("prior", sd)
        self._warn_of_extreme_scale(coefficients, sd)
        if not self._predictors.intercept:
            return np.zeros_like(mean), coefficients
        centre = mean if self.intercept_prior.standardized else np.zeros_like(mean)
        return centre, join(self.intercept_prior.gaussian("intercept_prior", np.ones(1)), coefficients)

    def _warn_of_extreme_scale(self, coefficients: Gaussian, sd: FloatArray) -> None:
        effect = sd * coefficients.standard_deviations()
        worst = int(np.argmax(np.abs(np.log(effect))))
        if not 1e-3 < effect[worst] < 1e3:
            warnings.warn(
                f"the prior's standard deviation of the change of the log odds by one standard deviation of "
                f"{self.feature_names[worst]!r} is {effect[worst]:.2g}: standardize X, or pass "
                "Normal(..., standardized=True)",
                SamplingWarning,
                stacklevel=4,
            )

    def _start(
        self, settings: Settings, generators: list[np.random.BitGenerator], initvals: Initial | None
    ) -> Chains:
        with one_blas_thread():
            return _gibbs.LogisticChains(
                model=self._core_model(),
                bit_generators=generators,
                initial=None if initvals is None else self._initial(initvals, settings.chains),
                tune=settings.tune,
                kernel=settings.kernel,
                threads=settings.threads,
            )

    def _core_model(self) -> _gibbs.LogisticModel:
        return _gibbs.LogisticModel(
            X=self._predictors.X,
            centre=self._centre,
            shape=self._response.shape,
            kappa=self._response.kappa[0],
            offset=self._response.offset,
            prior_mean=self._prior.mean,
            prior_precision=self._prior.precision,
            intercept=self._predictors.intercept,
        )

    def _initial(self, initvals: Initial, chains: int) -> FloatArray:
        """Return where the chains start, in the coordinates of the design."""
        names, _ = self._parameters()
        checks.same_keys("initvals", initvals, names)
        beta = checks.per_chain("initvals['beta']", initvals["beta"], (chains, self.n_features))
        if not self._predictors.intercept:
            return beta
        intercept = checks.per_chain("initvals['intercept']", initvals["intercept"], (chains,))
        return np.column_stack([intercept + beta @ self._centre, beta])

    def _parameters(self) -> tuple[list[str], list[str]]:
        return (["intercept", "beta"] if self._predictors.intercept else ["beta"]), [OMEGA]

    def _outputs(self, _settings: Settings) -> dict[str, tuple[int, ...]]:
        return {"beta": self._prior.mean.shape}

    def _rows(self) -> Rows:
        return Rows(self._response.shape, lambda raw: self._predictor(raw["beta"]))

    def _predictor(self, coefficients: FloatArray) -> FloatArray:
        """Return the linear predictors of the rows, (n,), for one draw of the design's coefficients."""
        p = self.n_features
        beta = np.array(coefficients[-p:])
        intercept = coefficients[0] - beta @ self._centre if self._predictors.intercept else 0.0
        return np.asarray(self._predictors.X @ beta + (self._response.offset + intercept))

    def _label(self, raw: Arrays, settings: Settings) -> Labelled:
        stats = {name: (trace.DRAWS, array) for name, array in raw.items() if name != "beta"}
        stats["lp"] = (trace.DRAWS, raw["lp"] + self._log_constant())
        posterior = self._coefficients(raw["beta"])
        groups: Labelled = {"posterior": posterior, "sample_stats": stats}
        if settings.log_likelihood:
            groups["log_likelihood"] = {"y": ((*trace.DRAWS, "obs_id"), self._log_likelihood(posterior))}
        return groups

    def _coefficients(self, coefficients: FloatArray) -> dict[str, tuple[tuple[str, ...], FloatArray]]:
        if not self._predictors.intercept:
            return {"beta": ((*trace.DRAWS, "feature"), coefficients)}
        beta = coefficients[..., 1:]
        shift = (beta * self._centre).sum(axis=-1)  # not a BLAS product: its bits depend on how many draws
        intercept = coefficients[..., 0] - shift
        return {"intercept": (trace.DRAWS, intercept), "beta": ((*trace.DRAWS, "feature"), beta)}

    def _log_likelihood(self, posterior: trace.Variables) -> FloatArray:
        beta = posterior["beta"][1]
        values = predict.log_likelihood(
            posterior["intercept"][1].ravel() if self._predictors.intercept else np.zeros(beta[..., 0].size),
            beta.reshape(-1, self.n_features),
            self._predictors.X,
            self._response,
        )
        return values.reshape(*beta.shape[:2], len(self._response.y))

    def _log_constant(self) -> float:
        """Return what the core leaves out of the log joint density of data and coefficients."""
        likelihood = self._response.log_binomial @ self._response.weights
        return float(likelihood + self._prior.log_normalizer())

    def _data(self) -> Labelled:
        return self._response.data(self._predictors.X)

    def _coords(self) -> dict[str, list[Any]]:
        return {"feature": self.feature_names}

    def _description(self) -> dict[str, str]:
        return {
            "model": "PolyaGammaLogistic",
            "prior": str(self.prior),
            "intercept_prior": str(self.intercept_prior) if self._predictors.intercept else "none",
            "classes": json.dumps(self.classes_.tolist(), default=str),
        }

    def _fingerprint(self) -> str:
        return "PolyaGammaLogistic " + digest(
            self._predictors.X, *self._response.arrays(), self._centre, *self._prior
        )

    def _notices(self, posterior: xr.Dataset) -> list[str]:
        """Return an explanation if the classes are separated, where that is no matter of course (p < n)."""
        if not self._is_separated(posterior):
            return []
        occurring = np.unique(self._response.y / self._response.trials)
        found = "a linear function of the predictors perfectly separates the classes"
        if len(occurring) == 1:
            found = f"only one class ({self.classes_[int(occurring[0])]}) occurs"
        return [
            f"{found}: the likelihood keeps growing with the size of the coefficients, which is therefore "
            "decided by the prior; make sure that it says what you know"
        ]

    def _is_separated(self, posterior: xr.Dataset) -> bool:
        """Whether the posterior mean (of at most 1,000 draws of a chain) has each row on its class's side."""
        n, p = self._predictors.X.shape
        y, trials = self._response.y, self._response.trials
        if p + self._predictors.intercept >= n or ((y > 0) & (y < trials)).any():
            return False
        step = -(-posterior.sizes["draw"] // 1000)
        intercept, beta = self._flat(posterior.isel(draw=slice(None, None, step)))
        middle, slopes = intercept.mean(), beta.mean(axis=0)
        for first in range(0, n, ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            eta = self._response.offset[rows] + middle + self._predictors.X[rows] @ slopes
            if not (eta * (y[rows] - trials[rows] / 2) > 0).all():
                return False
        return True

    def _bytes(self, settings: Settings) -> tuple[int, int]:
        n, k = len(self._response.y), len(self._prior.mean)
        core = _gibbs.memory_estimate(n, k, settings.chains, settings.tune)
        return 8 * (k + 1 + n * settings.log_likelihood), core
