"""Gaussian-process classification."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma import _model_checks as checks
from polyagamma import gp_prediction, gp_trace, sampling, trace
from polyagamma.design import Predictors
from polyagamma.gp_chains import Rows, make_chains
from polyagamma.gp_optimize import maximise_evidence
from polyagamma.gp_process import FullProcess, Process, SparseProcess
from polyagamma.gp_sparse import BasisFunctions, HilbertBasis, InducingPoints, choose_inducing
from polyagamma.kernels import Kernel, LogParameterPrior, check_kernel, default_kernel, parameter_groups
from polyagamma.memory import require_memory
from polyagamma.progress import display
from polyagamma.response import BinomialResponse, check_response

FloatArray = NDArray[np.float64]
Mean = float | Callable[[FloatArray], ArrayLike]
APPROXIMATIONS = ("fitc", "dtc")
SAMPLERS = ("auto", "gibbs", "hmc")


class PolyaGammaGP:
    r"""Gaussian-process classification of binary, binomial or categorical data.

    .. math::
        y_i \sim \mathrm{Binomial}(n_i, \sigma(\mathrm{offset}_i + f(x_i))), \qquad
        f \sim \mathrm{GP}(\mathrm{mean}, k_\theta), \qquad \log\theta \sim \text{kernel\_prior}.

    Labels of more than two classes have a latent function with kernel parameters of its own for each class,
    and probabilities are their softmax.

    Without `inducing`, latent functions and kernel parameters are sampled exactly; nothing is approximated. A
    sweep then takes Cholesky factors of n x n matrices, so n should stay below a few thousand. With it the
    process itself is replaced by one of low rank, which is sampled exactly, in time and memory proportional
    to n.

    Parameters
    ----------
    X : array_like or data frame, shape (n, p)
        Inputs, real and finite. Most kernels want columns of like scale: standardise them.
    y : array_like, shape (n,)
        With `trials`: numbers of successes. Without: 0 and 1, booleans, or labels of any type. Of two labels
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
        Known part of the linear predictor of two classes; by default 0.
    kernel_prior : mapping of str to SciPy distribution, optional
        Prior of the **log** of a kernel parameter by its name in `kernel_parameters`: a frozen distribution
        of SciPy, or a list of them for the elements of a vector. The default is ``norm(log(value), 1)``,
        value being that in `kernel`: 95 % of it within a factor of 7. Priors are cut off at the kernel's
        bounds.
    inducing : int, array_like of shape (m, p) or HilbertBasis, optional
        Makes the process sparse: inducing points, or how many of the rows of X to choose for them by
        k-means++ (their number is the compromise between time, proportional to its square, and detail); or a
        basis of a Hilbert space, best in one or two dimensions. By default the full process.
    approximation : {"fitc", "dtc"}, default "fitc"
        What inducing points leave of a training row's variance: all of it, independently of other rows, or
        nothing [4]_.
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
    classes_ : ndarray, shape (classes,)
        The labels in sorted order; 0 and 1 for data with `trials`.
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
    A sweep draws the Pólya-gamma variables given f [1]_, the kernel parameters with f integrated out, and f.
    Then, with the Pólya-gamma variables integrated out, it moves the kernel parameters with the whitened f
    kept, and kernel parameters and f with the noise kept from which a Gaussian approximation makes f, whose
    pseudo-data warm-up finds [2]_. With a fixed kernel the model is linear in the whitened f, and split
    Hamiltonian Monte Carlo draws it. A softmax is sampled class by class: given the others a class is
    logistic [5]_.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott and J. Windle (2013), "Bayesian inference for logistic models using
       Pólya-Gamma latent variables", JASA 108, 1339-1349, section 3.1.
    .. [2] I. Murray and R. P. Adams (2010), "Slice sampling covariance hyperparameters of latent Gaussian
       models", NIPS 23, sections 2 and 3.
    .. [3] F. Wenzel, T. Galy-Fajou, C. Donner, M. Kloft and M. Opper (2019), "Efficient Gaussian process
       classification using Pólya-Gamma data augmentation", AAAI 33, 5417-5424, section 3.
    .. [4] J. Quiñonero-Candela and C. E. Rasmussen (2005), "A unifying view of sparse approximate Gaussian
       process regression", JMLR 6, 1939-1959, sections 5 and 6.
    .. [5] C. C. Holmes and L. Held (2006), "Bayesian auxiliary variable models for binary and multinomial
       regression", Bayesian Analysis 1, 145-168, section 3.1.

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
        inducing: int | ArrayLike | HilbertBasis | None = None,
        approximation: str = "fitc",
        sample_kernel: bool = True,
        optimize: bool = False,
        jitter: float = 1e-6,
        feature_names: Sequence[str] | None = None,
    ) -> None:
        self._predictors = Predictors.check(X, feature_names, intercept=False)
        self._response = check_response(y, trials, weights, offset, self.n_rows)
        self.mean = mean
        self._mean = self._prior_mean(self._predictors.X)
        kernel = default_kernel(self._predictors.X) if kernel is None else kernel
        check_kernel(kernel)
        self._prior = LogParameterPrior(kernel, kernel_prior or {})
        self.jitter = checks.not_negative("jitter", jitter)
        checks.one_of("approximation", approximation, APPROXIMATIONS)
        if optimize:
            kernel = self._optimized(kernel, inducing)
        self.kernel_: Any = kernel
        self.sample_kernel = sample_kernel and len(kernel.theta) > 0
        self._process = self._make_process(inducing, approximation)

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels in sorted order."""
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
        kernel: str = "auto",
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
            changes the time, never the draws. Each takes four n x n matrices if the kernel is sampled.
        random_seed : None, int, sequence of int, SeedSequence or Generator
            The same seed gives the same draws, whatever the number of cores.
        progressbar : bool, default True
            Whether to show a live display; there is none anyway without a terminal or notebook.
        kernel : {"auto", "gibbs", "hmc"}, default "auto"
            The sampler's kernel, not the process's: "gibbs" leaves out all moves with the Pólya-gamma
            variables integrated out; "hmc" is split Hamiltonian Monte Carlo in every sweep (fixed kernels).
        compute_log_likelihood : bool, default False
            Whether to add the group ``log_likelihood``, one value for each draw and row.

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            The container of the installed ArviZ (DataTree since 1.0). ``posterior`` has ``f`` (chain, draw,
            obs_id), prior mean included, or ``v`` (chain, draw, component), the standard normal coordinates
            of a sparse process; and the kernel parameters that are sampled, not logged, by their names. More
            than two classes add the dimension ``class`` to all of them. ``sample_stats`` has ``lp``, up to a
            constant the log of the joint density of data, whitened f and log kernel parameters, and what the
            moves have to tell; besides ``observed_data`` and ``constant_data``. After Ctrl-C it holds the
            draws made until then.

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
        checks.one_of("kernel", kernel, SAMPLERS)
        self._require_memory(settings, compute_log_likelihood)
        response = self._response
        attrs = sampling.seed_attributes(settings.seed)
        core = make_chains(
            self._process,
            self._prior if self.sample_kernel else None,
            Rows(
                response.shape,
                response.kappa,
                np.tile(response.offset + self._mean, (response.n_functions, 1)),
            ),
            kernel,
            settings,
            sampling.bit_generators(settings.seed, settings.chains),
        )
        sizes = {self._process.variable: self._process.size, "theta": core.n_theta}
        if compute_log_likelihood:
            sizes["f"] = self.n_rows
        sizes = {name: size * response.n_functions for name, size in sizes.items()}
        out = sampling.allocate(settings, sizes, core.stats)
        with display(progressbar, settings.chains, settings.draws + settings.tune) as shown:
            run = sampling.run_chains(core, settings, out, shown)
        sampling.warn_if_interrupted(run, settings)
        drawn = {name: array[:, : run.draws] for name, array in out.items()}
        attrs |= sampling.run_attributes(run, settings) | dict(core.kernel_info)
        return gp_trace.posterior_trace(
            self._layout(), self._predictors, response, self._mean, drawn, attrs, compute_log_likelihood
        )

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
            What `sample` returned, or a part of its draws (each kernel takes a Cholesky factor).
        X_new : array_like or data frame, shape (m, p)
            Inputs with the columns of X.
        joint : bool, default False
            True draws the m values jointly, as curves or surfaces need it (an m x m matrix for each kernel);
            False each by itself given f at the training inputs, which is enough for means and quantiles. A
            sparse process needs no such matrix, and both are the same.
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Returns
        -------
        xarray.DataArray, dims (chain, draw, pred_id), or (chain, draw, class, pred_id) for more than two
        classes
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
        posterior = trace.posterior(idata, self._process.variable)
        shape = (posterior.sizes["chain"], posterior.sizes["draw"], self._response.n_functions, len(X))
        extra = 8 * len(X) ** 2 if joint else 0
        require_memory(8 * int(np.prod(shape)) + extra, "the result", "pass fewer rows, or use predict_proba")
        rng = self._generator(random_seed)
        values = np.empty((shape[0] * shape[1], *shape[2:]))
        for rows in [slice(0, len(X))] if joint else gp_prediction.batches(values[..., 0].size, len(X)):
            values[..., rows] = self._predict(posterior, X[rows], rng, joint)
        return gp_trace.predictions(self._layout(), posterior, values.reshape(shape), "f")

    def predict_draws(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        joint: bool = False,
        random_seed: sampling.Seed = None,
    ) -> xr.DataArray:
        """Draw probabilities at new inputs, once for each posterior draw.

        Parameters
        ----------
        idata, X_new, joint, random_seed
            As for `predict_f`.
        offset : float or array_like, shape (m,), optional
            For two classes.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, pred_id), or (chain, draw, class, pred_id) for more than two
        classes
            Probability of ``classes_[1]`` in one trial, or of each of more than two classes.

        Raises
        ------
        TypeError, ValueError, KeyError, MemoryError
            As for `predict_f`.
        """
        f = self.predict_f(idata, X_new, joint=joint, random_seed=random_seed)
        return self._probability(f, offset)

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
        ndarray, shape (m, classes)
            Probabilities of ``classes_`` in one trial.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_f`.
        """
        X = self._predictors.check_new(X_new)
        posterior = trace.posterior(idata, self._process.variable)
        new_offset = checks.offset(offset, len(X))
        rng = self._generator(random_seed)
        size = posterior.sizes["chain"] * posterior.sizes["draw"] * self._response.n_functions
        result = np.empty((len(X), len(self.classes_)))
        for rows in gp_prediction.batches(size, len(X)):
            eta = self._predict(posterior, X[rows], rng, joint=False) + new_offset[rows]
            result[rows] = self._response.probability(eta).mean(axis=0).T
        return result

    def add_predictions(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        joint: bool = False,
        random_seed: sampling.Seed = None,
    ) -> trace.Trace:
        """Return the trace with draws of f and of probabilities at new inputs.

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
        X = self._predictors.check_new(X_new)
        f = self.predict_f(idata, X_new, joint=joint, random_seed=random_seed)
        inputs = {"X": (("pred_id", "feature"), X), "offset": (("pred_id",), checks.offset(offset, len(X)))}
        return trace.with_groups(
            idata,
            {
                "predictions": xr.Dataset({"f": f, "probability": self._probability(f, offset)}),
                "predictions_constant_data": trace.dataset(inputs, {"feature": self.feature_names}),
            },
        )

    def _optimized(self, kernel: Kernel, inducing: object) -> Kernel:
        if not isinstance(self._response, BinomialResponse) or inducing is not None:
            raise ValueError(
                "optimize=True needs two classes or trials, and no inducing points: pass the kernel_ of a "
                "model of a part of the data as kernel"
            )
        offset = self._response.offset + self._mean
        optimum: Kernel = maximise_evidence(kernel, self._predictors.X, self._response, offset, self.jitter)
        return optimum

    def _make_process(self, inducing: Any, approximation: str) -> Process:
        X = self._predictors.X
        if inducing is None:
            return FullProcess(self.kernel_, X, self.jitter)
        if isinstance(inducing, HilbertBasis):
            return SparseProcess(self.kernel_, X, self.jitter, BasisFunctions(inducing, self.kernel_, X))
        points = InducingPoints(choose_inducing(inducing, X), approximation == "fitc", self.jitter)
        return SparseProcess(self.kernel_, X, self.jitter, points)

    def _layout(self) -> gp_trace.Layout:
        return gp_trace.Layout(
            process=self._process,
            groups=parameter_groups(self.kernel_) if self.sample_kernel else [],
            classes=self.classes_ if self._response.n_functions > 1 else None,
        )

    def _predict(
        self, posterior: xr.Dataset, X_new: FloatArray, rng: np.random.Generator, joint: bool
    ) -> FloatArray:
        """Draw f at new inputs for all draws of all chains, shape (s, functions, m)."""
        stored, theta = gp_trace.flat_draws(self._layout(), posterior)
        if self._process.variable == "f":
            stored -= self._mean
        values = np.empty((len(stored), self._response.n_functions, len(X_new)))
        for j in range(self._response.n_functions):
            values[:, j] = self._process.predict(theta[:, j], stored[:, j], X_new, rng, joint)
        values += self._prior_mean(X_new)
        return values

    def _probability(self, f: xr.DataArray, offset: ArrayLike | None) -> xr.DataArray:
        """Return that of the second of two classes, or of each of more, of the shape of f."""
        values = f.to_numpy() + checks.offset(offset, f.sizes["pred_id"])
        if self._response.n_functions > 1:
            return f.copy(data=self._response.probability(values)).rename("probability")
        probability = self._response.probability(values[..., np.newaxis, :])[..., 1, :]
        return f.copy(data=probability).rename("probability")

    def _generator(self, random_seed: sampling.Seed) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64DXSM(sampling.seed_sequence(random_seed)))

    def _prior_mean(self, X: FloatArray) -> FloatArray:
        """Return the prior mean of f at some inputs."""
        value = self.mean(X) if callable(self.mean) else self.mean
        return checks.per_row("mean", value, len(X))

    def _require_memory(self, settings: sampling.Settings, compute_log_likelihood: bool) -> None:
        per_draw = self._response.n_functions * (self._process.size + len(self.kernel_.theta)) + 5
        per_draw += 2 * self.n_rows * compute_log_likelihood
        matrices = self._process.doubles(settings.threads, not self.sample_kernel)
        require_memory(
            8 * (matrices + settings.chains * settings.draws * per_draw),
            f"a Gaussian process on {self.n_rows} rows with {settings.chains} chains, {settings.draws} draws "
            f"and {settings.threads} threads",
            "pass cores=1, fewer draws, or inducing points (inducing=200)",
        )
