"""Gaussian-process classification."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.arguments import require_positive
from polyagamma._validation.memory import available_memory, require_memory
from polyagamma.likelihoods.likelihood import BinomialResponse, check_response
from polyagamma.mcmc.augmentation import Rows
from polyagamma.mcmc.chains import ProcessRows, make_chains
from polyagamma.mcmc.memory_backend import Labelled
from polyagamma.mcmc.rounds import Arrays, Chains
from polyagamma.mcmc.run_state import digest
from polyagamma.mcmc.settings import OMEGA, SamplingWarning, Settings
from polyagamma.models.gp_predictions import GaussianProcessPredictions
from polyagamma.models.model import Initial
from polyagamma.terms.draw_names import Names
from polyagamma.terms.features import (
    FEWEST_POINTS,
    Basis,
    BasisFunctions,
    HilbertBasis,
    InducingPoints,
    choose_inducing,
    enough_points,
)
from polyagamma.terms.kernels import (
    Kernel,
    LogParameterPrior,
    check_kernel,
    default_kernel,
    identity,
    parameter_groups,
    scale_notice,
)
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.processes import FullProcess, Process, SparseProcess, sparse_doubles
from polyagamma.vi.evidence import maximise_evidence, maximise_low_rank_evidence

FloatArray = NDArray[np.float64]
Mean = float | Callable[[FloatArray], ArrayLike]
APPROXIMATIONS = ("fitc", "dtc")
AUTO_THREADS = 4  # that inducing="auto" leaves memory for: one for each chain of a run with the defaults


class PolyaGammaGP(GaussianProcessPredictions):
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
        Inputs, real and finite: rows with missing values are refused, not dropped. The column names of a data
        frame become coordinates of the trace. Most kernels want columns of like scale: standardise them.
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
    inducing : int, "auto", array_like of shape (m, p) or HilbertBasis, optional
        Makes the process sparse: inducing points, or how many of the rows of X to choose for them by
        k-means++ (their number is the compromise between time, proportional to its square, and detail); or a
        basis of a Hilbert space, best in one or two dimensions. ``"auto"`` chooses ``log(n)**p`` rows, at
        least 64 and at most 256 [6]_, or as many as the available memory has room for in a run of four
        threads. By default the full process.
    approximation : {"fitc", "dtc"}, default "fitc"
        What inducing points leave of a training row's variance: all of it, independently of other rows, or
        nothing [4]_.
    sample_kernel : bool, default True
        Whether to sample the kernel's free parameters; otherwise they stay at their values in `kernel`, or at
        the optimum.
    optimize : bool, default False
        Whether to replace `kernel` by the one that maximises a variational bound of the evidence [3]_ (priors
        play no part in this): the quick start of a run, or, with ``sample_kernel=False``, empirical Bayes.
        The default prior stays centred on `kernel` as given. For two classes or trials.
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
    MemoryError
        If `inducing` (64 points, if ``"auto"``) or ``optimize=True`` needs more memory than there is; runs of
        the full process check when they start.
    FloatingPointError
        If ``optimize=True`` meets inducing points whose kernel matrix is not positive definite.
    ImportError
        If scikit-learn is not installed and is needed: for the default kernel, a number of inducing points or
        ``optimize=True``.

    Notes
    -----
    A sweep draws the Pólya-gamma variables given f [1]_, the kernel parameters with f integrated out, and f.
    Then, with the Pólya-gamma variables integrated out, it moves the kernel parameters with the whitened f
    kept, f along Hamiltonian trajectories, and kernel parameters and f with the noise kept from which a
    Gaussian approximation makes f, whose pseudo-data warm-up finds [2]_. That approximation also splits the
    energy of the trajectories: its part of the motion is a rotation, done exactly. With a fixed kernel a
    sweep is one such trajectory. A softmax is sampled class by class: given the others a class is
    logistic [5]_.

    The group ``posterior`` of a trace has ``f`` (chain, draw, obs_id), prior mean included, or ``v`` (chain,
    draw, component), the standard normal coordinates of a sparse process; and the kernel parameters that are
    sampled, not logged, by their names. More than two classes add the dimension ``class`` to all of them.
    `sample` takes initial values of the kernel parameters, and without them starts each chain within a factor
    e of those in ``kernel_``. The group ``sample_stats`` has ``lp``, up to a constant the log of the joint
    density of data, whitened f and log kernel parameters, and the acceptance rates of the moves: NaN in
    sweeps that did not make them.

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
    .. [6] D. R. Burt, C. E. Rasmussen and M. van der Wilk (2020), "Convergence of sparse variational
       inference in Gaussian processes regression", JMLR 21(131), 1-63.

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

    _kernels = ("auto", "gibbs", "hmc")

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
        inducing: int | str | ArrayLike | HilbertBasis | None = None,
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
        check_kernel(kernel, self._predictors.X)
        if (notice := scale_notice(kernel, self._predictors.X)) is not None:
            cure = "standardise X, or give the kernel length scales of its order"
            warnings.warn(f"kernel {kernel} {notice}: {cure}", SamplingWarning, stacklevel=2)
        self._prior = LogParameterPrior(kernel, {} if kernel_prior is None else kernel_prior)
        self.jitter = checks.not_negative("jitter", jitter)
        checks.one_of("approximation", approximation, APPROXIMATIONS)
        self.kernel_: Any = kernel
        self.sample_kernel = sample_kernel and len(kernel.theta) > 0
        basis = self._basis(inducing, approximation)
        if optimize:
            self.kernel_ = self._optimized(basis)
        if self.sample_kernel:
            start = self._prior.inside(np.array(self.kernel_.theta, dtype=np.float64))
            self._prior.require_support("kernel", start, "pass a kernel with likelier parameters")
        self._process = self._make_process(basis)
        self._names = Names(
            process=self._process,
            groups=parameter_groups(kernel) if self.sample_kernel else [],
            features=self.feature_names,
            classes=self.classes_ if self._response.n_functions > 1 else None,
        )

    @property
    def n_rows(self) -> int:
        """Number of training inputs."""
        return len(self._predictors.X)

    @property
    def kernel_parameters(self) -> list[str]:
        """Names of the kernel parameters that are sampled."""
        return [group.name for group in parameter_groups(self.kernel_)] if self.sample_kernel else []

    def _optimized(self, basis: Basis | None) -> Kernel:
        if not isinstance(self._response, BinomialResponse):
            raise ValueError(
                "optimize=True needs two classes or trials: pass the kernel_ of a model of one class against "
                "the others as kernel"
            )
        if len(self.kernel_.theta) == 0:
            raise ValueError(
                f"optimize=True needs a kernel with a free parameter, got {self.kernel_} with all fixed: "
                "pass optimize=False, or give a parameter bounds"
            )
        X, offset = self._predictors.X, self._response.offset + self._mean
        if basis is None:
            return maximise_evidence(self.kernel_, X, self._response, offset, self.jitter)
        return maximise_low_rank_evidence(self.kernel_, basis, X, self._response, offset)

    def _make_process(self, basis: Basis | None) -> Process:
        if basis is None:
            return FullProcess(self.kernel_, self._predictors.X, self.jitter)
        return SparseProcess(self.kernel_, self._predictors.X, self.jitter, basis)

    def _basis(self, inducing: Any, approximation: str) -> Basis | None:
        """Return what makes the features of a sparse process, and None for the full one."""
        X = self._predictors.X
        if inducing is None:
            return None
        if isinstance(inducing, HilbertBasis):
            return BasisFunctions(inducing, self.kernel_, X)
        if isinstance(inducing, str):
            checks.one_of("inducing", inducing, ("auto",))
            inducing = self._inducing_that_fit()
        if np.ndim(inducing) == 0:  # a number of points: found to fit before they are looked for
            self._require_sparse_memory(checks.integer("inducing", inducing, 1), threads=1)
        return InducingPoints(choose_inducing(inducing, X), approximation == "fitc", self.jitter)

    def _inducing_that_fit(self) -> int:
        """Return how many inducing points to choose; MemoryError if not even a few fit."""
        enough = enough_points(*self._predictors.X.shape)
        available = available_memory()
        few = min(enough, FEWEST_POINTS)
        for size in range(enough, few, -1):
            needed = 8 * sparse_doubles(self.n_rows, size, AUTO_THREADS, not self.sample_kernel)
            if available is None or needed <= available:
                return size
        self._require_sparse_memory(few, AUTO_THREADS)
        return few

    def _prior_mean(self, X: FloatArray) -> FloatArray:
        value = self.mean(X) if callable(self.mean) else self.mean
        return checks.per_row("mean", value, len(X))

    def _start(
        self, settings: Settings, generators: list[np.random.BitGenerator], initvals: Initial | None
    ) -> Chains:
        response = self._response
        offset = np.tile(response.offset + self._mean, (response.n_functions, 1))
        return make_chains(
            self._process,
            self._prior if self.sample_kernel else None,
            ProcessRows(response.shape, response.kappa, offset),
            None if initvals is None else self._initial(initvals, settings.chains),
            settings,
            generators,
        )

    def _initial(self, initvals: Initial, chains: int) -> FloatArray:
        """Return log kernel parameters to start at, shape (chains, d)."""
        checks.same_keys("initvals", initvals, self.kernel_parameters)
        theta = np.empty((chains, len(self.kernel_.theta)))
        for group in self._names.groups:
            size = group.where.stop - group.where.start
            name = f"initvals[{group.name!r}]"
            values = checks.per_chain(name, initvals[group.name], (chains, size) if size > 1 else (chains,))
            require_positive(name, values)
            theta[:, group.where] = np.log(values.reshape(chains, size))
        for start in theta:
            self._prior.require_support("initvals", start, "pass others, or none")
        return theta

    def _parameters(self) -> tuple[list[str], list[str]]:
        stored = self._process.variable
        on_request = [name for name in ("f", OMEGA) if name != stored]
        return [stored, *self.kernel_parameters], on_request

    def _outputs(self, settings: Settings) -> dict[str, tuple[int, ...]]:
        functions, stored = self._response.n_functions, self._process.variable
        kept = settings.var_names or self._parameters()[0]
        outputs: dict[str, tuple[int, ...]] = {}
        if stored in kept:
            outputs[stored] = (functions * self._process.size,)
        if settings.log_likelihood or "f" in kept or OMEGA in kept:
            outputs["f"] = (functions * self.n_rows,)
        if self.sample_kernel:
            outputs["theta"] = (functions * len(self.kernel_.theta),)
        return outputs

    def _rows(self) -> Rows:
        if self._response.n_functions > 1:
            raise ValueError(
                f"var_names has {OMEGA!r}, which needs two classes or trials: a softmax of "
                f"{self._response.n_functions} classes has no such variable for each row; drop it"
            )
        known = self._response.offset + self._mean
        return Rows(self._response.shape, lambda raw: known + raw["f"])

    def _label(self, raw: Arrays, settings: Settings) -> Labelled:
        values = {name: self._names.split(raw[name]) for name in ("f", "v", "theta") if name in raw}
        if "f" in values:
            values["f"] = values["f"] + self._mean
        stats = {name: (("chain", "draw"), array) for name, array in raw.items() if array.ndim == 2}
        groups: Labelled = {"posterior": self._names.parameters(values), "sample_stats": stats}
        if settings.log_likelihood:
            log_likelihood = self._response.log_likelihood(values["f"])
            groups["log_likelihood"] = {"y": (("chain", "draw", "obs_id"), log_likelihood)}
        return groups

    def _data(self) -> Labelled:
        return self._response.data(self._predictors.X)

    def _coords(self) -> dict[str, list[Any]]:
        return self._names.coords

    def _description(self) -> dict[str, str]:
        return {
            "model": "PolyaGammaGP",
            "process": f"{type(self._process).__name__} {self.kernel_}",
            "jitter": str(self.jitter),
            "classes": json.dumps(self.classes_.tolist(), default=str),
        }

    def _fingerprint(self) -> str:
        theta = np.array(self.kernel_.theta, dtype=np.float64)
        prior = [self._prior(theta + step) for step in (0.0, 0.1, -0.2)]
        settings = np.array([self.jitter, float(self.sample_kernel), *prior])
        name = f"PolyaGammaGP {type(self._process).__name__} {identity(self.kernel_)} "
        numbers = [*self._response.arrays(), self._mean, settings, *self._process.identity()]
        return name + digest(self._predictors.X, *numbers)

    def _require_memory(self, settings: Settings, draws: int) -> None:
        if isinstance(self._process, SparseProcess):
            self._require_sparse_memory(self._process.size, settings.threads)
        else:
            matrices = 8 * self._process.doubles(settings.threads, not self.sample_kernel)
            cure = "pass inducing=100 or so for a sparse process, whose memory is proportional to n"
            require_memory(matrices, f"the full Gaussian process of n = {self.n_rows} rows", cure)
        super()._require_memory(settings, draws)

    def _require_sparse_memory(self, size: int, threads: int) -> None:
        """Raise MemoryError, saying how many features would fit, if `size` do not."""
        needed = 8 * sparse_doubles(self.n_rows, size, threads, not self.sample_kernel)
        fit = int(size * min(1.0, (available_memory() or needed) / needed))
        cure = f"pass at most {fit} of them" if fit else "pass fewer rows"
        require_memory(needed, f"a sparse process of {self.n_rows} rows and {size} features", cure)

    def _bytes(self, settings: Settings) -> tuple[int, int]:
        per_draw = sum(size for (size,) in self._outputs(settings).values()) + 5
        per_draw += self.n_rows * settings.log_likelihood
        return 8 * per_draw, 8 * self._process.doubles(settings.threads, not self.sample_kernel)
