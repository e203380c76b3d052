"""Gaussian-process classification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._public import public
from polyagamma._validation import models as checks
from polyagamma._validation.ownership import own_copy
from polyagamma._validation.predictors import require_same_rows
from polyagamma.likelihoods.binomial import BinomialLikelihood, observed_binomial
from polyagamma.likelihoods.classification import classification_likelihood
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.notices import notice
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.models.classification import ClassificationModel, logarithm
from polyagamma.models.predict import NewRows
from polyagamma.terms.conditional import CommonNoise
from polyagamma.terms.features import Basis, BasisFunctions, HilbertBasis, InducingPoints
from polyagamma.terms.gaussian_process import GaussianProcessTerm, Mean, PriorMean
from polyagamma.terms.inducing import make_basis
from polyagamma.terms.kernel_priors import LogParameterPrior
from polyagamma.terms.kernels import Kernel, check_kernel, default_kernel, parameter_groups, scale_notice
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.processes import FullProcess, SparseProcess
from polyagamma.terms.term import NoiseSource
from polyagamma.traces import trace
from polyagamma.vi.approximation import Approximation
from polyagamma.vi.evidence import maximise_evidence, maximise_low_rank_evidence
from polyagamma.vi.fit import METHODS
from polyagamma.vi.inducing_rows import InducingModel
from polyagamma.vi.iterates import FitCallback
from polyagamma.vi.process_approximation import ProcessApproximation
from polyagamma.vi.process_fit import ProcessSettings, approximate_process, of_two_classes

FloatArray = NDArray[np.float64]
APPROXIMATIONS = ("fitc", "dtc")


@public
class PolyaGammaGP(ClassificationModel):
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
        frame become coordinates of the trace. Most kernels want columns of like scale: standardise them. An X
        of more than 1 MB is not copied, and must stay as it is.
    y : array_like, shape (n,)
        With `trials`: numbers of successes. Without: 0 and 1, booleans, or labels of any type; see `success`.
    kernel : kernel of scikit-learn, optional
        Any sum, product or other combination of the kernels in ``sklearn.gaussian_process.kernels``, or an
        object with the same methods; it is copied. The parameters that it declares fixed stay as they are. By
        default ``4 * RBF(s)``, s the root of the total variance of the columns of X.
    mean : float or callable, default 0
        Prior mean of f: a number, or a function of an array of inputs (n, p) that returns n numbers.
    trials : int or array_like, shape (n,), optional
        Numbers of trials, positive integers.
    success : label, optional
        Of two labels in y the one that counts as the success, which f raises; by default the second in sorted
        order. The trace's attribute ``success`` says which it was.
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
        The labels in sorted order, a `success` that was chosen last; 0 and 1 for data with `trials`.
    kernel_ : kernel
        The kernel where runs start: a copy.
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
    sweep is one such trajectory. The functions of a softmax move at once, along trajectories and with the
    noise kept up to a turn: their Gaussian approximation is blind to what they have in common, like the
    softmax [7]_, and kernel parameters are accepted by the mean likelihood of all turns of the noise, one of
    which becomes the state.
    Only the moves given Pólya-gamma variables go class by class: given the others a class is logistic [5]_.

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
    .. [7] C. E. Rasmussen and C. K. I. Williams (2006), "Gaussian Processes for Machine Learning", MIT Press,
       section 3.5.

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

    _name = "PolyaGammaGP"

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        kernel: Kernel | None = None,
        *,
        mean: Mean = 0.0,
        trials: ArrayLike | None = None,
        success: Any = None,
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
        predictors = Predictors.check(X, feature_names, intercept=False, encode=False)
        inputs = predictors.X
        require_same_rows("X", X, y=y, trials=trials, weights=weights, offset=offset)
        likelihood = classification_likelihood(y, trials, weights, offset, len(inputs), success)
        prior_mean = PriorMean(mean, inputs)
        given = default_kernel(inputs) if kernel is None else own_copy("kernel", kernel)
        check_kernel(given, inputs)
        if (found := scale_notice(given, inputs)) is not None:
            cure = "standardise X, or give the kernel length scales of its order"
            notice(f"kernel {given} {found}: {cure}")
        prior = LogParameterPrior(given, {} if kernel_prior is None else kernel_prior)
        jitter = checks.not_negative("jitter", jitter)
        checks.one_of("approximation", approximation, APPROXIMATIONS)
        sampled = checks.truth("sample_kernel", sample_kernel) and len(given.theta) > 0
        basis = make_basis(
            inducing,
            given,
            predictors,
            independent=approximation == "fitc",
            jitter=jitter,
            fixed=not sampled,
            functions=likelihood.n_functions,
        )
        start = given
        if checks.truth("optimize", optimize):
            known = likelihood.offset + prior_mean.at_rows
            start = optimized(given, basis, inputs, likelihood, known, jitter)
        if sampled:
            theta = prior.inside(np.array(start.theta, dtype=np.float64))
            prior.require_support("kernel", theta, "pass a kernel with likelier parameters")
        process = make_process(start, inputs, jitter, basis)
        self._set(process, predictors, likelihood, prior_mean, basis, prior, sampled)
        self.mean = mean

    def _set(
        self,
        process: FullProcess | SparseProcess,
        predictors: Predictors,
        likelihood: Likelihood,
        mean: PriorMean,
        basis: Basis | None,
        prior: LogParameterPrior,
        sampled: bool,
    ) -> None:
        """Set what the model is made of."""
        self._process, self._basis, self._mean, self._prior = process, basis, mean, prior
        self.jitter, self.sample_kernel = process.jitter, sampled
        classes = likelihood.classes if likelihood.n_functions > 1 else None
        self._term = GaussianProcessTerm(predictors, process, prior, sampled, mean, classes)
        super().__init__(likelihood, self._term)

    def append(
        self,
        X_new: ArrayLike,
        y_new: ArrayLike,
        *,
        trials: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        idata: trace.Trace | None = None,
    ) -> PolyaGammaGP:
        """Return the model with more rows, as active learning and Bayesian optimisation need it.

        A factor of the kernel matrix that was there, since the kernel is fixed and `fit` was called, is
        extended: in time n**2 for each row, not n**3 for all.

        Parameters
        ----------
        X_new : array_like or data frame, shape (m, p)
            Inputs with the columns of X.
        y_new : array_like, shape (m,)
            Numbers of successes, with `trials`; else labels, of the classes that there are.
        trials, weights, offset : int, float or array_like, optional
            Of these rows, as for the model.
        idata : InferenceData or DataTree, optional
            What `sample` of this model returned: kernel parameters that are sampled start at the mean of
            their logarithms there, by default where those of this model do.

        Returns
        -------
        PolyaGammaGP
            With the same kernel, priors and inducing points or basis; rows have no labels.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit, or the model has more than two classes.
        """
        own = self._specification
        own.require_unchanged(quickly=True)
        likelihood = of_two_classes("append()", own.likelihood)
        X = np.ascontiguousarray(own.term.predictors.check_new(X_new, "X_new"))
        rows = {"trials": trials, "weights": weights, "offset": offset}
        more = observed_binomial(likelihood.classes, len(X), y=y_new, **rows)
        if isinstance(self._basis, BasisFunctions):
            self._basis.new(self._process.kernel, X)  # which refuses what is outside its box
        predictors = own.term.predictors.with_more(X)
        mean = PriorMean(self.mean, predictors.X)
        kernel = self._process.kernel if idata is None else self._mean_kernel(idata)
        process: FullProcess | SparseProcess
        if isinstance(self._process, FullProcess):
            process = self._process.with_more(kernel, predictors.X)
        else:
            process = make_process(kernel, predictors.X, self.jitter, self._basis)
        return self._like(process, predictors, likelihood.joined(more), mean, self.sample_kernel)

    def _like(
        self,
        process: FullProcess | SparseProcess,
        predictors: Predictors,
        likelihood: Likelihood,
        mean: PriorMean,
        sampled: bool,
        basis: Basis | None = None,
    ) -> PolyaGammaGP:
        """Return a model with the same prior, and the same basis unless there is another."""
        other = object.__new__(type(self))
        other._set(process, predictors, likelihood, mean, basis or self._basis, self._prior, sampled)
        other.mean = self.mean
        return other

    def _at_optimum(self) -> PolyaGammaGP:
        """Return the model with its kernel fixed where ``optimize=True`` would put it."""
        predictors, likelihood = self._specification.term.predictors, self._specification.likelihood
        known = likelihood.offset + self._mean.at_rows
        kernel = optimized(self._process.kernel, self._basis, predictors.X, likelihood, known, self.jitter)
        process = make_process(kernel, predictors.X, self.jitter, self._basis)
        return self._like(process, predictors, likelihood, self._mean, sampled=False)

    def _with_points(self, points: FloatArray) -> PolyaGammaGP:
        """Return the model with other inducing points, of which there are as many."""
        assert isinstance(self._basis, InducingPoints)
        own, basis = self._specification, self._basis.at(points)
        predictors = own.term.predictors
        process = make_process(self._process.kernel, predictors.X, self.jitter, basis)
        return self._like(process, predictors, own.likelihood, self._mean, self.sample_kernel, basis)

    def _with_rows(self, X_new: ArrayLike, y_new: ArrayLike, **options: Any) -> PolyaGammaGP:
        return self.append(X_new, y_new, **options)

    def _mean_kernel(self, idata: trace.Trace) -> Any:
        posterior = self._specification.posterior(idata, new_rows=True, other_data=False)
        return self._process.kernel.clone_with_theta(self._term.mean_theta(posterior))

    def fit(  # type: ignore[override]  # a process may be approximated by what has no coefficients
        self,
        method: str = "laplace",
        *,
        covariance: str = "auto",
        iterations: int | None = None,
        callback: FitCallback | None = None,
        progressbar: bool = True,
        cores: int | None = None,
        data: Any = None,
        batch: int | None = None,
        learn_inducing: bool = False,
    ) -> Approximation | ProcessApproximation:
        """Approximate the posterior by a normal law; ``method="svi"``: of millions of rows, batch by batch.

        Parameters
        ----------
        method : {"laplace", "gaussian", "cavi", "svi"}, default "laplace"
            ``"svi"`` is for inducing points: kernel parameters, unless the kernel is fixed, are those that
            maximise a bound of the evidence of 2000 rows (priors play no part in this); then the law of the
            process at the inducing points comes from natural-gradient steps on batches, until the mean log
            loss of rows that are held out meanwhile changes by less than 1e-4 while the number of batches
            doubles. It is the law given as many rows as the batches had, and points that the others
            determine are left out of it. The other methods are for two classes or trials, and full processes,
            bases, and ``approximation="dtc"``: a kernel that is to be sampled is fixed where
            ``optimize=True`` would put it, and the uncertainty of its parameters left out. See
            `PolyaGammaLogistic.fit`.
        covariance : {"auto", "full", "mean_field", "laplace"}, default "auto"
            As for `PolyaGammaLogistic.fit`; ``"svi"`` has the full one only.
        iterations : int, optional
            At most so many, by default 1000. Of ``"svi"`` one has 50 batches.
        callback, progressbar, cores
            As for `PolyaGammaLogistic.fit`; the bound of ``"svi"`` is minus the mean loss of the rows that
            are held out.
        data : tuple of array_like, or iterable, optional
            Of ``"svi"``: rows in place of those of the model, which has the inducing points. (X, y[, trials[,
            weights]]), of which slices are read in an order of chance (memory maps and Zarr arrays too), or
            an iterable of such batches, in an order of chance already, that can be gone through several
            times; without offsets.
        batch : int, optional
            Rows of a batch of ``"svi"``, by default 500.
        learn_inducing : bool, default False
            Of ``"svi"``: whether to move the inducing points, with the kernel parameters, to where the bound
            of those 2000 rows is largest, from centres of k-means. It pays where points are few.

        Returns
        -------
        Approximation or, of ``"svi"``, ProcessApproximation
            After Ctrl-C the approximation so far.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit, or the model is not one that the method is for.
        MemoryError
            If the matrices do not fit.
        FloatingPointError
            If a matrix cannot be factored in double precision.
        """
        options = {
            "covariance": covariance,
            "iterations": iterations,
            "callback": callback,
            "progressbar": progressbar,
            "cores": cores,
            "data": data,
            "batch": batch,
        }
        if method == "svi":
            settings = ProcessSettings.check(**options, learn_inducing=learn_inducing)
            return approximate_process(self, settings, None)
        checks.one_of("method", method, METHODS)
        if learn_inducing:
            raise ValueError(f"learn_inducing goes with method='svi', got method={method!r}: leave it out")
        owner = self._at_optimum() if self._has_optimum() else self
        return super(PolyaGammaGP, owner).fit(method, **options)

    def _has_optimum(self) -> bool:
        """Whether the kernel is to be found, of a process that is linear once it has been."""
        independent = isinstance(self._basis, InducingPoints) and self._basis.independent
        binomial = isinstance(self._specification.likelihood, BinomialLikelihood)
        return self.sample_kernel and binomial and not independent

    def _refine_process(self, start: ProcessApproximation, **options: Any) -> ProcessApproximation:
        """Return an approximation that goes on from another; see `ProcessApproximation.refine`."""
        fitted = start.fitted
        settings = ProcessSettings.check(
            covariance="auto", cores=fitted.cores, data=fitted.data, batch=fitted.batch, **options
        )
        return approximate_process(self, settings, start)

    def _inducing_model(self) -> InducingModel:
        self._specification.require_unchanged(quickly=True)
        if not isinstance(self._basis, InducingPoints):
            raise ValueError(
                f"method='svi' needs inducing points, got a {self._process.name} without: make the model "
                "with inducing=200 or so"
            )
        return InducingModel(
            self._specification, self._process.kernel, self._basis, self._mean, self.sample_kernel
        )

    @property
    def kernel_(self) -> Any:
        """The kernel where runs start: a copy."""
        return deepcopy(self._process.kernel)

    @property
    def n_rows(self) -> int:
        """Number of training inputs."""
        return len(self._specification.term.predictors.X)

    @property
    def kernel_parameters(self) -> list[str]:
        """Names of the kernel parameters that are sampled."""
        return [group.name for group in parameter_groups(self._process.kernel)] if self.sample_kernel else []

    def predict_f(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        *,
        joint: bool = False,
        random_seed: Seed = None,
        other_data: bool = False,
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
        other_data : bool, default False
            Whether `idata` may be the trace of a model with other data or priors but the same predictors,
            classes, form of the kernel and inducing points or basis; of a full process, the same X. By
            default it is refused, as is one that does not say which model it is of.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, pred_id), or (chain, draw, class, pred_id) for more than two
        classes
            f, prior mean included.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit: `idata` also if it is of another model, or has no draws; and if X or
            `mean` is no longer what it was when the model was made.
        KeyError
            If `idata` has no posterior, or lacks a variable that is needed.
        MemoryError
            If the result cannot fit into memory.
        FloatingPointError
            If a kernel matrix is not positive definite.
        """
        new = NewRows.check(self._specification, idata, X_new, None, other_data)
        return new.labelled(new.gathered(new.term(noise_source(random_seed), joint), joint), "f")

    def predict_draws(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        joint: bool = False,
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> xr.DataArray:
        """Draw probabilities at new inputs, once for each posterior draw.

        Parameters
        ----------
        idata, X_new, joint, random_seed, other_data
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
        new = NewRows.check(self._specification, idata, X_new, offset, other_data)
        return new.probability_draws(noise_source(random_seed), joint)

    def predict_proba(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> FloatArray:
        """Return class probabilities of new inputs, averaged over posterior draws of f and of the kernel.

        The same seed gives a row the same probabilities, whatever the other rows.

        Parameters
        ----------
        idata, X_new, offset, random_seed, other_data
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
        new = NewRows.check(self._specification, idata, X_new, offset, other_data)
        seed = seed_sequence(random_seed, 0)
        return new.average_probabilities(lambda: CommonNoise(generator(seed)))

    def predict_log_proba(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> FloatArray:
        """Return the logarithms of what `predict_proba` returns.

        Parameters
        ----------
        idata, X_new, offset, random_seed, other_data
            As for `predict_draws`.

        Returns
        -------
        ndarray, shape (m, classes)
            Minus infinity where a probability is 0.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_f`.
        """
        return logarithm(
            self.predict_proba(idata, X_new, offset, random_seed=random_seed, other_data=other_data)
        )

    def predict(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> NDArray[Any]:
        """Return the most probable class of new inputs in one trial.

        Parameters
        ----------
        idata, X_new, offset, random_seed, other_data
            As for `predict_draws`.

        Returns
        -------
        ndarray, shape (m,)
            Members of ``classes_``.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_f`.
        """
        return self._most_probable(
            self.predict_proba(idata, X_new, offset, random_seed=random_seed, other_data=other_data)
        )

    def add_predictions(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        joint: bool = False,
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> trace.Trace:
        """Return the trace with draws of f and of probabilities at new inputs.

        Parameters
        ----------
        idata, X_new, offset, joint, random_seed, other_data
            As for `predict_draws`.

        Returns
        -------
        InferenceData or DataTree
            A trace that has the groups of `idata`, whose arrays it shares, and ``predictions`` (``f`` and
            ``probability``) and ``predictions_constant_data`` (``X`` and ``offset``).

        Raises
        ------
        TypeError, ValueError, KeyError, MemoryError
            As for `predict_f`.
        """
        new = NewRows.check(self._specification, idata, X_new, offset, other_data)
        f = new.gathered(new.term(noise_source(random_seed), joint), joint)
        probability = self._specification.likelihood.mean(f + new.offset)
        draws = {"f": new.labelled(f, "f"), "probability": new.labelled(probability, "probability")}
        groups = {"predictions": xr.Dataset(draws), "predictions_constant_data": new.constant_data()}
        return trace.with_groups(idata, groups)


def make_process(
    kernel: Kernel, X: FloatArray, jitter: float, basis: Basis | None
) -> FullProcess | SparseProcess:
    """Return the process that a basis makes, without one the full process."""
    return FullProcess(kernel, X, jitter) if basis is None else SparseProcess(kernel, X, jitter, basis)


def optimized(
    kernel: Kernel,
    basis: Basis | None,
    X: FloatArray,
    likelihood: Likelihood,
    offset: FloatArray,
    jitter: float,
) -> Kernel:
    """Return the kernel that maximises a bound of the evidence; ValueError if there is none to find."""
    if not isinstance(likelihood, BinomialLikelihood):
        raise ValueError(
            "optimize=True needs two classes or trials: pass the kernel_ of a model of one class against "
            "the others as kernel"
        )
    if len(kernel.theta) == 0:
        raise ValueError(
            f"optimize=True needs a kernel with a free parameter, got {kernel} with all fixed: "
            "pass optimize=False, or give a parameter bounds"
        )
    if basis is None:
        return maximise_evidence(kernel, X, likelihood, offset, jitter)
    return maximise_low_rank_evidence(kernel, basis, X, likelihood, offset)


def generator(random_seed: Seed) -> np.random.Generator:
    """Return the generator that draws f at new inputs."""
    return np.random.Generator(np.random.PCG64DXSM(seed_sequence(random_seed, 0)))


def noise_source(random_seed: Seed) -> NoiseSource:
    """Return a source of noise that goes on from one piece of rows to the next."""
    noise = generator(random_seed)
    return lambda: noise
