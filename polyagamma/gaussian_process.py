"""Gaussian-process classification."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from polyagamma import _model_checks as checks
from polyagamma import gp_prediction, sampling, trace
from polyagamma.design import Predictors
from polyagamma.gp_chains import GaussianProcessChains
from polyagamma.gp_optimize import maximise_evidence
from polyagamma.kernels import (
    Kernel,
    LogParameterPrior,
    TrainingCovariance,
    check_kernel,
    default_kernel,
    parameter_groups,
)
from polyagamma.memory import require_memory
from polyagamma.progress import display
from polyagamma.response import BinomialResponse

FloatArray = NDArray[np.float64]
Mean = float | Callable[[FloatArray], ArrayLike]
STATS = {name: np.dtype(np.float64) for name in ("lp", "acceptance_collapsed", "acceptance_whitened")}


class PolyaGammaGP:
    r"""Gaussian-process classification of binary or binomial data.

    .. math::
        y_i \sim \mathrm{Binomial}(n_i, \sigma(\mathrm{offset}_i + f(x_i))), \qquad
        f \sim \mathrm{GP}(\mathrm{mean}, k_\theta), \qquad \log\theta \sim \text{kernel\_prior}.

    Latent function and kernel parameters are sampled exactly; nothing is approximated. A sweep takes the
    Cholesky factor of an n x n matrix for each step, so n should stay below a few thousand.

    Parameters
    ----------
    X : array_like or data frame, shape (n, p)
        Inputs, real and finite. Most kernels want columns of like scale: standardise them.
    y : array_like, shape (n,)
        With `trials`: numbers of successes. Without: 0 and 1, booleans, or two labels of any type, of which
        the second in sorted order counts as the success.
    kernel : kernel of scikit-learn, optional
        Any sum, product or other combination of the kernels in ``sklearn.gaussian_process.kernels``, or an
        object with the same methods. The parameters that it declares fixed stay as they are. By default
        ``4 * RBF(s)``, s the root of the total variance of the columns of X.
    mean : float or callable, default 0
        Prior mean of f: a number, or a function of an array of inputs (n, p) that returns n numbers.
    trials : int or array_like, shape (n,), optional
        Numbers of trials, positive integers.
    weights : float or array_like, shape (n,), optional
        Weights of the rows, positive; by default 1. A row of weight w counts as w rows with one f.
    offset : float or array_like, shape (n,), optional
        Known part of the linear predictor; by default 0.
    kernel_prior : mapping of str to SciPy distribution, optional
        Prior of the **log** of a kernel parameter by its name in `kernel_parameters`: a frozen distribution
        of SciPy, or a list of them for the elements of a vector. The default is ``norm(log(value), 1)``,
        value being that in `kernel`: 95 % of it within a factor of 7. Priors are cut off at the kernel's
        bounds.
    sample_kernel : bool, default True
        Whether to sample the kernel's free parameters; otherwise they stay at their values in `kernel`, or at
        the optimum.
    optimize : bool, default False
        Whether to replace `kernel` by the one that maximises a variational bound of the evidence [3]_ (priors
        play no part in this): the quick start of a run, or, with ``sample_kernel=False``, empirical Bayes.
        The default prior stays centred on `kernel` as given.
    jitter : float, default 1e-6
        Share of its own value that is added to each diagonal element of the kernel matrix.
    feature_names : sequence of str, optional
        Names of the columns of X; by default those of the data frame, else ``x0``, ``x1``, ...

    Attributes
    ----------
    classes_ : ndarray, shape (2,)
        The two labels in sorted order; 0 and 1 for data with `trials`.
    kernel_ : kernel
        The kernel where runs start.
    kernel_parameters : list of str
        Names of the kernel parameters that are sampled.
    feature_names : list of str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit: the message names it, the value found, what was expected and the cure.

    Notes
    -----
    A sweep draws the Pólya-gamma variables given f [1]_; the kernel parameters with f integrated out; f by
    Matheron's rule; and the kernel parameters again with the whitened f kept and the Pólya-gamma variables
    integrated out [2]_.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott and J. Windle (2013), "Bayesian inference for logistic models using
       Pólya-Gamma latent variables", JASA 108, 1339-1349, section 3.1.
    .. [2] I. Murray and R. P. Adams (2010), "Slice sampling covariance hyperparameters of latent Gaussian
       models", NIPS 23, section 2.
    .. [3] F. Wenzel, T. Galy-Fajou, C. Donner, M. Kloft and M. Opper (2019), "Efficient Gaussian process
       classification using Pólya-Gamma data augmentation", AAAI 33, 5417-5424, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaGP
    >>> rng = np.random.default_rng(1)
    >>> X = rng.uniform(-3, 3, (100, 1))
    >>> y = rng.random(100) < 1 / (1 + np.exp(-3 * np.sin(2 * X[:, 0])))
    >>> model = PolyaGammaGP(X, y)
    >>> idata = model.sample(random_seed=2)
    >>> model.predict_proba(idata, [[0.5], [2.0]], random_seed=3).shape
    (2, 2)
    """

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        kernel: Kernel | None = None,
        *,
        mean: Mean = 0.0,
        trials: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        kernel_prior: Mapping[str, Any] | None = None,
        sample_kernel: bool = True,
        optimize: bool = False,
        jitter: float = 1e-6,
        feature_names: Sequence[str] | None = None,
    ) -> None:
        self._predictors = Predictors.check(X, feature_names, intercept=False)
        self._response = BinomialResponse.check(y, trials, weights, offset, self.n_rows)
        self.mean = mean
        self._mean = self._prior_mean(self._predictors.X)
        kernel = default_kernel(self._predictors.X) if kernel is None else kernel
        check_kernel(kernel)
        self._prior = LogParameterPrior(kernel, kernel_prior or {})
        self.jitter = checks.not_negative("jitter", jitter)
        if optimize:
            offsets = self._response.offset + self._mean
            kernel = maximise_evidence(kernel, self._predictors.X, self._response, offsets, self.jitter)
        self.kernel_: Any = kernel
        self.sample_kernel = sample_kernel and len(kernel.theta) > 0
        self._covariance = TrainingCovariance(kernel, self._predictors.X, self.jitter)

    @property
    def classes_(self) -> NDArray[Any]:
        """The two labels in sorted order."""
        return self._response.classes

    @property
    def feature_names(self) -> list[str]:
        """Names of the predictors."""
        return list(self._predictors.names)

    @property
    def n_rows(self) -> int:
        """Number of training inputs."""
        return len(self._predictors.X)

    @property
    def kernel_parameters(self) -> list[str]:
        """Names of the kernel parameters that are sampled."""
        return [group.name for group in parameter_groups(self.kernel_)] if self.sample_kernel else []

    def sample(
        self,
        draws: int = 1000,
        *,
        tune: int = 1000,
        chains: int = 4,
        cores: int | None = None,
        random_seed: sampling.Seed = None,
        progressbar: bool = True,
        compute_log_likelihood: bool = False,
    ) -> trace.Trace:
        """Draw from the posterior.

        Parameters
        ----------
        draws : int, default 1000
            Draws of each chain that are kept.
        tune : int, default 1000
            Sweeps of each chain before them, which are not kept and in which proposals adapt.
        chains : int, default 4
        cores : int, optional
            Threads to use; by default as many as there are chains, if this process has as many CPUs. It
            changes the time, never the draws. Each takes four n x n matrices if the kernel is sampled, else
            one.
        random_seed : None, int, sequence of int, SeedSequence or Generator
            The same seed gives the same draws, whatever the number of cores.
        progressbar : bool, default True
            Whether to show a live display; there is none anyway without a terminal or notebook.
        compute_log_likelihood : bool, default False
            Whether to add the group ``log_likelihood``, one value for each draw and row.

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            The container of the installed ArviZ (DataTree since 1.0). ``posterior`` has ``f`` (chain, draw,
            obs_id), prior mean included, and the kernel parameters that are sampled, not logged, by their
            names; ``sample_stats`` has ``lp``, up to a constant the log of the joint density of data,
            whitened f and log kernel parameters, and the acceptance rates of the two moves of kernel
            parameters; besides ``observed_data`` and ``constant_data``. After Ctrl-C it holds the draws made
            until then.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        MemoryError
            If the matrices or the draws cannot fit into memory.
        FloatingPointError
            If the kernel matrix is not positive definite.
        KeyboardInterrupt
            If Ctrl-C comes before the first draw.
        """
        settings = sampling.Settings.check(draws, tune, chains, cores, random_seed)
        self._require_memory(settings, compute_log_likelihood)
        attrs = sampling.seed_attributes(settings.seed)
        core = GaussianProcessChains(
            covariance=self._covariance,
            prior=self._prior if self.sample_kernel else None,
            response=self._response,
            offset=self._response.offset + self._mean,
            settings=settings,
            bit_generators=sampling.bit_generators(settings.seed, settings.chains),
        )
        sizes = {"f": self.n_rows, "theta": core.n_theta}
        out = sampling.allocate(settings, sizes, STATS)
        with display(progressbar, settings.chains, settings.draws + settings.tune) as shown:
            run = sampling.run_chains(core, settings, out, shown)
        sampling.warn_if_interrupted(run, settings)
        drawn = {name: array[:, : run.draws] for name, array in out.items()}
        attrs |= sampling.run_attributes(run, settings)
        return self._trace(drawn, attrs, compute_log_likelihood)

    def predict_f(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        *,
        joint: bool = False,
        random_seed: sampling.Seed = None,
    ) -> xr.DataArray:
        """Draw the latent function at new inputs, once for each posterior draw.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned, or a part of its draws (each kernel takes the Cholesky factor of an n x n
            matrix).
        X_new : array_like or data frame, shape (m, p)
            Inputs with the columns of X.
        joint : bool, default False
            True draws the m values jointly, as curves or surfaces need it (an m x m matrix for each kernel);
            False each by itself given f at the training inputs, which is enough for means and quantiles.
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Returns
        -------
        xarray.DataArray, dims (chain, draw, pred_id)
            f, prior mean included.

        Raises
        ------
        TypeError, ValueError
            If `X_new` does not fit.
        KeyError
            If `idata` has no posterior of this model.
        MemoryError
            If the result cannot fit into memory.
        """
        X = self._predictors.check_new(X_new)
        posterior = trace.posterior(idata, "f")
        shape = (posterior.sizes["chain"], posterior.sizes["draw"], len(X))
        extra = 8 * len(X) ** 2 if joint else 0
        require_memory(8 * int(np.prod(shape)) + extra, "the result", "pass fewer rows, or use predict_proba")
        values = np.empty((shape[0] * shape[1], len(X)))
        for piece in self._pieces(posterior, X, random_seed, joint):
            values[piece.draws, piece.rows] = piece.values
        values += self._prior_mean(X)
        return xr.DataArray(
            values.reshape(shape),
            dims=("chain", "draw", "pred_id"),
            coords={"chain": posterior["chain"], "draw": posterior["draw"], "pred_id": np.arange(len(X))},
            name="f",
        )

    def predict_draws(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        joint: bool = False,
        random_seed: sampling.Seed = None,
    ) -> xr.DataArray:
        """Draw the success probability at new inputs, once for each posterior draw.

        Parameters
        ----------
        idata, X_new, joint, random_seed
            As for `predict_f`.
        offset : float or array_like, shape (m,), optional

        Returns
        -------
        xarray.DataArray, dims (chain, draw, pred_id)
            Probability of ``classes_[1]`` in one trial.

        Raises
        ------
        TypeError, ValueError, KeyError, MemoryError
            As for `predict_f`.
        """
        f = self.predict_f(idata, X_new, joint=joint, random_seed=random_seed)
        values = expit(f.to_numpy() + checks.offset(offset, f.sizes["pred_id"]))
        return f.copy(data=values).rename("probability")

    def predict_proba(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        random_seed: sampling.Seed = None,
    ) -> FloatArray:
        """Return class probabilities of new inputs, averaged over posterior draws of f and of the kernel.

        Parameters
        ----------
        idata, X_new, offset, random_seed
            As for `predict_draws`.

        Returns
        -------
        ndarray, shape (m, 2)
            Probabilities of ``classes_[0]`` and ``classes_[1]`` in one trial.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_f`.
        """
        X = self._predictors.check_new(X_new)
        posterior = trace.posterior(idata, "f")
        shift = self._prior_mean(X) + checks.offset(offset, len(X))
        success = np.zeros(len(X))
        for piece in self._pieces(posterior, X, random_seed, joint=False):
            success[piece.rows] += expit(piece.values + shift[piece.rows]).sum(axis=0)
        success /= posterior.sizes["chain"] * posterior.sizes["draw"]
        return np.column_stack([1.0 - success, success])

    def add_predictions(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        joint: bool = False,
        random_seed: sampling.Seed = None,
    ) -> trace.Trace:
        """Return the trace with draws of f and of the success probability at new inputs.

        Parameters
        ----------
        idata, X_new, offset, joint, random_seed
            As for `predict_draws`.

        Returns
        -------
        InferenceData or DataTree
            A copy of `idata` that has, besides, the groups ``predictions`` (``f`` and ``probability``) and
            ``predictions_constant_data`` (``X`` and ``offset``).

        Raises
        ------
        TypeError, ValueError, KeyError, MemoryError
            As for `predict_f`.
        """
        f = self.predict_f(idata, X_new, joint=joint, random_seed=random_seed)
        new_offset = checks.offset(offset, f.sizes["pred_id"])
        probability = f.copy(data=expit(f.to_numpy() + new_offset))
        inputs = {
            "X": (("pred_id", "feature"), self._predictors.check_new(X_new)),
            "offset": (("pred_id",), new_offset),
        }
        return trace.with_groups(
            idata,
            {
                "predictions": xr.Dataset({"f": f, "probability": probability}),
                "predictions_constant_data": trace.dataset(inputs, {"feature": self.feature_names}),
            },
        )

    def _pieces(
        self, posterior: xr.Dataset, X_new: FloatArray, random_seed: sampling.Seed, joint: bool
    ) -> Iterator[gp_prediction.Piece]:
        """Draw f, less its prior mean, at new inputs for all draws of all chains."""
        f = posterior["f"].transpose("chain", "draw", "obs_id").to_numpy().reshape(-1, self.n_rows)
        rng = np.random.Generator(np.random.PCG64DXSM(sampling.seed_sequence(random_seed)))
        theta = self._theta(posterior, len(f))
        return gp_prediction.conditional_draws(self._covariance, theta, f - self._mean, X_new, rng, joint)

    def _theta(self, posterior: xr.Dataset, size: int) -> FloatArray:
        """Return the log kernel parameters of all draws of all chains."""
        theta = np.tile(np.asarray(self.kernel_.theta, dtype=np.float64), (size, 1))
        for group in parameter_groups(self.kernel_) if self.sample_kernel else []:
            values = posterior[group.name].transpose("chain", "draw", ...).to_numpy()
            theta[:, group.where] = np.log(values.reshape(size, -1))
        return theta

    def _prior_mean(self, X: FloatArray) -> FloatArray:
        """Return the prior mean of f at some inputs."""
        value = self.mean(X) if callable(self.mean) else self.mean
        return checks.per_row("mean", value, len(X))

    def _require_memory(self, settings: sampling.Settings, compute_log_likelihood: bool) -> None:
        n = self.n_rows
        matrices = 4 * settings.threads + 3 if self.sample_kernel else settings.threads + 4
        per_draw = n * (1 + compute_log_likelihood) + len(self.kernel_.theta) + 3
        require_memory(
            8 * (matrices * n**2 + settings.chains * settings.draws * per_draw),
            f"a Gaussian process on {n} rows with {settings.chains} chains, {settings.draws} draws and "
            f"{settings.threads} threads",
            "pass cores=1, fewer draws, or fewer rows",
        )

    def _trace(
        self, drawn: sampling.Arrays, attrs: trace.Attributes, compute_log_likelihood: bool
    ) -> trace.Trace:
        """Return the groups of a run, labelled."""
        coords = {"feature": self.feature_names}
        description: trace.Attributes = {
            "model": "PolyaGammaGP",
            "kernel": str(self.kernel_),
            "jitter": self.jitter,
        }
        attrs = {**trace.provenance(), **description, **attrs}
        f = drawn["f"]
        f += self._mean
        rows = ("chain", "draw", "obs_id")
        stats = {name: (rows[:2], drawn[name]) for name in STATS if self.sample_kernel or name == "lp"}
        groups = {
            "posterior": trace.dataset(
                {"f": (rows, f), **self._kernel_variables(drawn["theta"])}, coords, attrs
            ),
            "sample_stats": trace.dataset(stats, coords, attrs),
            "observed_data": trace.dataset({"y": (("obs_id",), self._response.y)}, coords),
            "constant_data": trace.dataset(self._constant_data(), coords),
        }
        if compute_log_likelihood:
            values = self._response.log_likelihood(f + self._response.offset)
            groups["log_likelihood"] = trace.dataset({"y": (rows, values)}, coords)
        return trace.to_trace(groups, attrs)

    def _kernel_variables(self, theta: FloatArray) -> trace.Variables:
        """Return the kernel parameters by name; one for each feature has the dimension of the features."""
        variables: dict[str, tuple[tuple[str, ...], FloatArray]] = {}
        for group in parameter_groups(self.kernel_) if self.sample_kernel else []:
            values = np.exp(theta[..., group.where])
            size = values.shape[-1]
            if size == 1:
                variables[group.name] = (("chain", "draw"), values[..., 0])
            else:
                dim = "feature" if size == len(self.feature_names) else f"{group.name}_dim"
                variables[group.name] = (("chain", "draw", dim), values)
        return variables

    def _constant_data(self) -> trace.Variables:
        response = self._response
        rows = {"trials": response.trials, "weights": response.weights, "offset": response.offset}
        X = {"X": (("obs_id", "feature"), self._predictors.X)}
        return X | {name: (("obs_id",), values) for name, values in rows.items()}
