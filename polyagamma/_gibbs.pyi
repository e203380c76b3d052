from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]

SCALE_FAMILIES: tuple[str, ...]
"""Families of priors of standard deviations, in the order in which the core numbers them."""

class NumericalError(ArithmeticError):
    """A chain could not go on.

    ``args`` is ``(kind, chain, sweep, index)``: kind is ``"not_positive_definite"`` (index: the leading
    minor that failed) or ``"not_finite"`` (index: the coefficient or row); sweep counts from the start of the
    call that raised, and the draws before it are valid.
    """

class Likelihood:
    """What was observed in n rows, as the core sees it.

    Parameters
    ----------
    name : str
        ``"binomial"``: rows with log-likelihood ``kappa * eta - b * log(2 cosh(eta / 2))``; a row of ``n``
        trials, ``y`` successes and weight ``w`` has ``b = w * n`` and ``kappa = w * (y - n / 2)``.
        ``"poisson"``: ``weights * (y * eta - exp(eta))``. ``"negative_binomial"``: counts `y` with log
        mean eta and dispersion r; `dispersion` is ``[log r]``, or (shape, rate, scale) of the log density
        ``shape * log r - rate * r - scale / r``: log r is an extra then.
        ``"multinomial"`` and ``"sequential"``: numbers of trials `trials`, and how many of them had each
        class but the last, `counts` (predictors, n), both times the weight. Linear predictors of the first
        are log odds of these classes against the last, those of the second against all later ones, given
        none of the earlier ones. There are two of them or more.
    arrays : mapping of str to ndarray, shape (n,)
        Those that the name asks for, and settings of other sizes after them; copied. Values are not checked:
        that is the caller's work.

    Raises
    ------
    ValueError
        If there is no likelihood of that name, or the arrays do not fit.
    """

    def __init__(self, name: str, arrays: Mapping[str, _Array]) -> None: ...
    @property
    def rows(self) -> int: ...
    @property
    def extras(self) -> int:
        """How many coordinates of its own move with the coefficients: chains tell them as parameters."""
    @property
    def augments(self) -> bool:
        """Whether it has a Pólya-gamma form, which ``kernel="gibbs"`` needs."""
    @property
    def coupled(self) -> bool:
        """Whether second derivatives of a row mix its linear predictors."""
    @property
    def predictors(self) -> int:
        """How many linear predictors a row has."""

class Prior:
    """A prior of coefficients that is Gaussian given its scales.

    Parameters
    ----------
    name : str
        ``"gaussian"``: ``N(mean, inv(precision))``, precision of shape (size,), a diagonal, or (size, size).
        ``"ridge"``: independent coefficients with that mean and precision (size,), of which those that are
        `shrunk` (size,) have it divided by the square of a scale with a half-Cauchy prior of scale `scale`.
        ``"gaussian_of_predictors"``: ``N(mean, inv(kron(between, precision)))``, of linear predictors one
        after the other; precision (p,) or (p, p) is that of one, `between` (predictors, predictors).
    size : int
        Number of coefficients.
    arrays : mapping of str to ndarray
        Those that the name asks for; copied.

    Raises
    ------
    ValueError
        If there is no prior of that name, or the arrays do not fit.
    """

    def __init__(self, name: str, size: int, arrays: Mapping[str, _Array]) -> None: ...

class LinearModel:
    """Rows with linear predictors ``eta = offset + D @ beta``, each with coefficients of its own.

    The design D (n, p) is X, after a column of ones if `intercept` (so that no copy of X is needed for it).
    Rows of equal X and offset are merged where that leaves at most half of them. All arrays are C-contiguous
    float64; X is kept, not copied: do not change it afterwards.

    Parameters
    ----------
    X : ndarray, shape (n, p - intercept)
    centre : ndarray, shape (p - intercept,), optional
        Subtracted from every row of X.
    offset : ndarray, shape (n,), or (predictors, n) if there are several
    likelihood : Likelihood
        Of n rows.
    prior : Prior
        Of p coefficients for each linear predictor, one predictor after the other.
    intercept : bool
        Whether coefficient 0 belongs to a column of ones that X does not have.
    """

    def __init__(
        self,
        *,
        X: _Array,
        centre: _Array | None = None,
        offset: _Array,
        likelihood: Likelihood,
        prior: Prior,
        intercept: bool = False,
    ) -> None: ...
    @property
    def n_distinct_rows(self) -> int:
        """Rows that the core works with: fewer than given where repeated rows were merged."""
    @property
    def n_coefficients(self) -> int: ...
    def log_posterior(self, beta: _Array) -> float:
        """Log-likelihood plus ``-(beta - m).T @ precision @ (beta - m) / 2``; no other constants."""

class RowSums:
    """Sums over the rows of a linear model, at coefficients beta (k,): those of `LinearModel`, then extras.

    The arithmetic does not depend on the number of threads. X is kept, not copied. `factors`
    (variances, p, p): lower L, where ``inv(L @ L.T)`` gives x the variance ``x @ inv(L @ L.T) @ x`` of each
    linear predictor; for `third_order` and `mean`, if these are coupled, of each sum of predictors k and
    l < k too, in the order of a lower triangle.

    Parameters
    ----------
    X, centre, likelihood, intercept
        As for `LinearModel`.
    offset : ndarray, shape (predictors, n)
    threads : int
    """

    def __init__(
        self,
        *,
        X: _Array,
        centre: _Array | None = None,
        offset: _Array,
        likelihood: Likelihood,
        intercept: bool = False,
        threads: int = 1,
    ) -> None: ...
    @property
    def n_coefficients(self) -> int: ...
    def at_point(self, beta: _Array, weigh: bool = True, part: int = 1) -> tuple[float, _Array, _Array]:
        """Log-likelihood, its gradient, and minus its second derivatives, which extras do not have.

        None in place of the latter unless `weigh`. `part`: from one row of so many, scaled to all.
        """
    def third_order(self, beta: _Array, factors: _Array) -> tuple[float, _Array, _Array, _Array]:
        """What `at_point` gives, and half the contraction of third derivatives with the rows' covariance."""
    def mean(
        self, beta: _Array, factors: _Array, nodes: _Array, shares: _Array
    ) -> tuple[float, _Array, _Array]:
        """What `at_point` gives, its mean over normal linear predictors by a rule: nodes (s, predictors)."""
    def polya_gamma(self, beta: _Array, factors: _Array) -> tuple[float, _Array, _Array]:
        """Bound of these means by Pólya-gamma variables."""
    def log_likelihoods(self, betas: _Array) -> _Array:
        """Log-likelihoods (s,) at coefficients (s, k)."""

class GrowingCholesky:
    """The Cholesky factor of a matrix (n, n) that changes; each change takes time n**2, not n**3.

    ValueError if an array does not fit.

    Parameters
    ----------
    lower : ndarray, shape (n, n)
        Its lower triangle is read.
    """

    def __init__(self, lower: _Array) -> None: ...
    @property
    def size(self) -> int: ...
    def lower(self) -> _Array:
        """The factor, with zeros above the diagonal."""
    def solve_lower(self, x: _Array) -> _Array:
        """``inv(L) @ x``."""
    def solve_lower_transposed(self, x: _Array) -> _Array:
        """``inv(L).T @ x``."""
    def append(self, rows: _Array) -> bool:
        """Add the last k rows (k, n + k) and columns; False, and nothing done, unless positive definite."""
    def erase(self, first: int, count: int = 1) -> None:
        """Leave rows and columns out."""
    def update(self, vectors: _Array) -> None:
        """Add ``vectors.T @ vectors``, of vectors (k, n)."""
    def downdate(self, vectors: _Array) -> bool:
        """Subtract it; False, and nothing done, unless that is positive definite."""

class CrossCovariances:
    """Covariances of the rows of a batch with inducing points, and variances of these rows."""

    @staticmethod
    def stationary(
        *, family: int, inputs: _Array, points: _Array, variance: float, length_scales: list[float]
    ) -> CrossCovariances:
        """Those of `StationaryFeatures`; `variance` and `length_scales` are logs."""
    @staticmethod
    def given(covariances: _Array, variances: _Array) -> CrossCovariances:
        """Arrays (n, m) and (n,), which are kept, not copied."""

class InducingRows:
    """A batch of rows of a process that inducing points stand for.

    With ``K = L @ L.T`` the covariance of the points, rows with covariances k have ``f = phi @ v + e``, ``phi
    = inv(L) @ k``, with standard normal v and independent e, of the variance that the points leave. The
    arithmetic does not depend on the number of threads.

    Parameters
    ----------
    rows : CrossCovariances
    lower : ndarray, shape (m, m)
        L.
    jitter : float
        Share of rows' variances that is added to them.
    threads : int
    """

    def __init__(self, *, rows: CrossCovariances, lower: _Array, jitter: float, threads: int = 1) -> None: ...
    def moments(self, mean: _Array, factor: _Array, independent: bool) -> tuple[_Array, _Array]:
        """Means and variances (n,) of f if v has the law ``N(mean, inv(factor @ factor.T))``.

        `independent`: with the variance of e, else without.
        """
    def sums(self, slopes: _Array, weights: _Array) -> tuple[_Array, _Array]:
        """Sums of ``slopes * phi`` (m,), and of ``weights * phi * phi.T`` (m, m), over rows."""

class Chains:
    """All chains of one run, of whatever model; `start` or `set_state` comes before `run`."""

    @property
    def sweeps_done(self) -> int:
        """Sweeps made so far, warm-up included."""
    @property
    def stats(self) -> dict[str, np.dtype[np.generic]]:
        """Names and dtypes of the numbers that `run` tells of each draw, besides parameters."""
    @property
    def kernel_info(self) -> dict[str, str | int | float]:
        """What a sweep does: what warm-up chose, and why (figures); final after warm-up."""
    def parameters(self, chain: int) -> _Array:
        """Parameters of a chain as they are now: of likelihood and prior, or log parameters of a kernel."""
    def start(self, initial: _Array | None = None) -> None:
        """Put the chains at their starting points.

        Parameters
        ----------
        initial : ndarray, shape (chains, ...), optional
            Coefficients of a linear model (by default a draw for each chain from the Laplace approximation
            at the posterior mode), or log kernel parameters (chains, functions, d), which have no default
            where they are sampled.

        Raises
        ------
        NumericalError
        """
    def run(self, sweeps: int, out: Mapping[str, NDArray[np.generic]] | None = None) -> None:
        """Advance every chain by `sweeps` sweeps; the GIL is released, the bit generators' locks are held.

        Parameters
        ----------
        sweeps : int
        out : mapping of str to ndarray, optional
            Arrays to fill, float64, any subset of what the chains tell: (chains, sweeps) for each name in
            `stats`, and (chains, sweeps, size) for what the function that made them lists. Views are welcome:
            only the last of three axes must be contiguous. ``out=None`` stores nothing.

        Raises
        ------
        NumericalError
        ValueError
            If an array has another shape or dtype, or a name is not known.
        """
    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything needed to go on with the same bits, except the states of the bit generators."""
    def set_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from `state`, made by chains of the same model and number of chains."""

class RowShare:
    """Rows of some units of a linear model whose rows are shared out; see `row_units`.

    Parameters
    ----------
    X : ndarray, shape (m, p), optional
        The rows of the units, which must stay.
    matrix : ndarray, optional
        In place of X: what `matrix` was of another share of these rows, whose `predictor` is `offset`. It
        must stay, and so do the coordinates.
    centre : ndarray, shape (p,), or None
    offset : ndarray, shape (m,), or (predictors, m) if there are several
    likelihood : Likelihood
        Of these rows. A negative binomial one with a sampled dispersion has an empty `dispersion`.
    intercept : bool
    n_coefficients : int
        Of all linear predictors, and the likelihood's extras.
    n_rows : int
        Of all units.
    first_unit, last_unit : int
        The units are `first_unit` to before `last_unit`.
    """

    def __init__(
        self,
        *,
        X: NDArray[np.float64] | None = None,
        matrix: NDArray[np.float64] | None = None,
        centre: NDArray[np.float64] | None,
        offset: NDArray[np.float64],
        likelihood: Likelihood,
        intercept: bool,
        n_coefficients: int,
        n_rows: int,
        first_unit: int,
        last_unit: int,
    ) -> None: ...
    @property
    def matrix(self) -> NDArray[np.float64]:
        """The rows in the present coordinates, in the core's layout: a view until these change."""

    @property
    def predictor(self) -> NDArray[np.float64]:
        """The known part of the linear predictors (predictors, m): a view until the coordinates change."""

    def assign(self, centre: NDArray[np.float64], basis: NDArray[np.float64]) -> None:
        """Let coefficients be centre (k,) + basis (k, k) @ u from now on."""

    def gradients(
        self, u: NDArray[np.float64], extras: NDArray[np.float64], values: bool
    ) -> NDArray[np.float64]:
        """Return for u (chains, k) of each strip gradients (k, chains) and log-likelihoods (chains).

        `extras` (chains * extras,) are those of the likelihood, as they are told; derivatives in them follow
        the log-likelihoods. Of several predictors u are deviations from the centre.
        """

    def augmented(
        self,
        u: NDArray[np.float64],
        extras: NDArray[np.float64],
        predictor: int,
        keys: NDArray[np.uint64],
        values: bool,
    ) -> NDArray[np.float64]:
        """Return the sums of each strip for u (chains, k), extras and keys (chains, 4) of a fill.

        They are ``M.T @ diag(omega) @ M`` (chains, k, k), ``M.T @ (kappa - omega * eta0)`` (k, chains) and
        log-likelihoods (chains); without keys there are no such variables. Of several predictors, u are the
        coefficients of all, and the sums those of one predictor given the others.
        """

    def curvatures(
        self, u: NDArray[np.float64], extras: NDArray[np.float64], before: NDArray[np.float64] | None
    ) -> NDArray[np.float64]:
        """Return weighted Gram matrices (k, k) of the strips for u (points, k), the first with `before`.

        Of several predictors there are matrices of each point and pair of predictors, all in one strip.
        """

    def extra_sums(
        self, u: NDArray[np.float64], extras: NDArray[np.float64], before: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return `before` with lanes of the derivative in the only extra, and of the log-likelihood.

        u is (1, k), and `extras` some values of the extra: `before` has 2 * 8 numbers for each.
        """

class DistantCounts:
    """Counts that are elsewhere, and the prior of their dispersion.

    Parameters
    ----------
    counts, weights : ndarray
        Distinct counts above 1, and the weights of all rows that have them.
    total : float
        Sum of the weights over these rows.
    dispersion : ndarray, shape (3,)
        As for `Likelihood`.
    """

    def __init__(
        self,
        counts: NDArray[np.float64],
        weights: NDArray[np.float64],
        total: float,
        dispersion: NDArray[np.float64],
    ) -> None: ...

def row_units(n_rows: int, n_coefficients: int, predictors: int) -> list[tuple[int, int]]:
    """Return the rows of each unit: those that a share of rows consists of, with its neighbours."""

def row_units_chained(n_rows: int, n_coefficients: int, predictors: int) -> bool:
    """Return whether curvatures go from one share to the next: ``before`` is what the one before returned."""

def distant_chains(
    *,
    rows: object,
    n_rows: int,
    predictors: int,
    coupled: bool,
    counts: DistantCounts | None = None,
    prior: Prior,
    bit_generators: Sequence[np.random.BitGenerator],
    tune: int,
    kernel: str,
) -> Chains:
    """Return chains of a linear model whose rows are elsewhere: they ask `rows` for sums.

    `coupled` is that of their likelihood; with `counts` the log dispersion of these is sampled too.
    """

def linear_chains(
    *,
    model: LinearModel,
    bit_generators: Sequence[np.random.BitGenerator],
    tune: int = 0,
    kernel: str = "gibbs",
    threads: int = 1,
) -> Chains:
    """Return the chains of a linear model.

    They tell ``"beta"``, the coefficients of all linear predictors in turn, and ``"parameters"`` of
    likelihood and prior, if there are any.

    Parameters
    ----------
    model : LinearModel
    bit_generators : sequence of numpy.random.BitGenerator
        One for each chain, which draws its random numbers from nothing else.
    tune : int
        The first `tune` sweeps are warm-up: the kernel adapts during them and is frozen afterwards. Without
        effect on ``kernel="gibbs"``; 400 are enough for the others.
    kernel : {"auto", "gibbs", "hmc"}
        ``"gibbs"``: data augmentation alone, of one linear predictor after the other. ``"hmc"``: Hamiltonian
        trajectories with the Pólya-gamma variables marginalised. ``"auto"``: the mix of both that warm-up
        finds best.
    threads : int
        Threads to use. Changes the speed, never a bit of the draws.
    """

class AdditiveModel:
    """Rows with linear predictors ``eta = offset + A @ x``, A sparse, and blocks of coefficients x.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n + 1,)
    indices : ndarray of int32, shape (nnz,)
        Sorted within each row.
    values : ndarray, shape (nnz,)
    offset : ndarray, shape (n,)
    likelihood : Likelihood
        Of n rows.
    blocks : list of dict
        Of the columns of A, in their order, each with ``kind``, ``levels`` and ``columns``.
        ``"fixed"``: `levels` coefficients with the prior ``N(mean, inv(precision))``, precision a diagonal or
        a matrix. ``"group"``: `levels` times `columns` q coefficients, level by level, of which each row has
        those of one level; ``x_g ~ N(0, S)`` with ``S = diag(s) R diag(s)``. ``"basis"``: the same with one
        column and any sparse columns. Both have ``sd_prior``, q tuples (name, df, scale) with the names
        ``"half_normal"``, ``"half_t"`` and ``"exponential"`` (of mean `scale`); ``correlated``, and ``eta``
        of the LKJ prior of R.
    """

    def __init__(
        self,
        *,
        indptr: NDArray[np.int64],
        indices: NDArray[np.int32],
        values: _Array,
        offset: _Array,
        likelihood: Likelihood,
        blocks: Sequence[Mapping[str, Any]],
    ) -> None: ...
    @property
    def n_distinct_rows(self) -> int:
        """Rows that the core works with: fewer than given where repeated rows were merged."""

def additive_chains(
    *,
    model: AdditiveModel,
    bit_generators: Sequence[np.random.BitGenerator],
    tune: int,
    kernel: str,
    threads: int,
) -> Chains:
    """Return the chains of an additive model.

    They tell ``"block0"``, ``"block1"``, ..., the coefficients of each block; ``"scales"``, block by block
    the q standard deviations and, if it is correlated, the correlations below the diagonal, row by row; and
    ``"extras"`` of the likelihood. Initial values are coefficients, scales and extras, side by side.

    Parameters
    ----------
    model : AdditiveModel
    bit_generators : sequence of numpy.random.BitGenerator
        One for each chain.
    tune : int
        The first `tune` sweeps are warm-up.
    kernel : {"auto", "gibbs", "hmc"}
    threads : int
        Changes the speed, never a bit of the draws.
    """

class SparseModel:
    """Rows with linear predictors ``eta = offset + D @ beta``, D sparse and centred in products only.

    D is X less `centre`, after a column of ones if `intercept`.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n + 1,)
    indices : ndarray of int32, shape (nnz,)
        Of X in compressed rows, sorted within each row.
    values : ndarray, shape (nnz,) or (0,)
        The latter if all of them are 1.
    centre : ndarray, shape (p,)
    offset : ndarray, shape (n,), or (predictors, n) if there are several
    likelihood : Likelihood
        Of n rows.
    prior : Prior
        Of all coefficients, independent within a predictor given its scales.
    intercept : bool

    Raises
    ------
    ValueError
        If shapes do not fit, or the prior has no form in non-centred coordinates.
    """

    def __init__(
        self,
        *,
        indptr: NDArray[np.int64],
        indices: NDArray[np.int32],
        values: _Array,
        centre: _Array,
        offset: _Array,
        likelihood: Likelihood,
        prior: Prior,
        intercept: bool,
    ) -> None: ...

def sparse_chains(
    *, model: SparseModel, bit_generators: Sequence[np.random.BitGenerator], tune: int, threads: int = 1
) -> Chains:
    """Return the chains of a model with sparse predictors: Hamiltonian trajectories with a diagonal metric.

    They tell what `linear_chains` tells.

    Parameters
    ----------
    model : SparseModel
    bit_generators : sequence of numpy.random.BitGenerator
        One for each chain.
    tune : int
        The first `tune` sweeps are warm-up.
    threads : int
        Changes the speed, never a bit of the draws.
    """

def memory_estimate(
    n_rows: int,
    n_coefficients: int,
    chains: int,
    tune: int,
    predictors: int = 1,
    along_trajectories: bool = True,
) -> int:
    """Bytes that a model and its chains allocate at most, besides X and the draws.

    Coefficients are those of all linear predictors of a row. `along_trajectories`: whether they move so,
    under a prior without scales.
    """

class Covariance:
    """A kernel on the training inputs, for the core to call."""

class CallbackCovariance(Covariance):
    """A kernel in Python.

    Parameters
    ----------
    n_rows, n_theta : int
    function : callable
        ``function(theta, out)`` fills the lower triangle of `out` (n, n) at log parameters theta (d,) and
        returns whether it is finite. It is called from several threads (with the GIL); its exceptions end the
        run and come out of it.
    """

    def __init__(self, *, n_rows: int, n_theta: int, function: Callable[[_Array, _Array], bool]) -> None: ...

class StationaryCovariance(Covariance):
    """``variance * k(r)``, r the distance of inputs divided by the length scales, in the core.

    Parameters
    ----------
    family : int
        0: ``exp(-r**2 / 2)``; 1, 2, 3: Matern with nu = 1/2, 3/2, 5/2.
    inputs : ndarray, shape (n, p)
    variance : (int, float)
        Index of the log variance in theta, or a negative number and the log variance itself.
    length_scales : list of (int, float)
        The same of one length scale, or of p.
    jitter : float
        The diagonal is multiplied by one plus this.
    """

    def __init__(
        self,
        *,
        family: int,
        inputs: _Array,
        variance: tuple[int, float],
        length_scales: Sequence[tuple[int, float]],
        jitter: float,
    ) -> None: ...

class Process:
    """A Gaussian process on the training inputs."""

class FullProcess(Process):
    """The process itself, by n x n matrices; `n_theta` = 0: the kernel is fixed."""

    def __init__(self, *, n_rows: int, n_theta: int, covariance: Covariance) -> None: ...

class Features:
    """Features of the training rows and the variances that these leave, as functions of log parameters."""

class CallbackFeatures(Features):
    """Features made by Python.

    Parameters
    ----------
    n_rows, n_features, n_theta : int
    function : callable
        ``function(theta, matrix, variance)`` fills its last two arguments, (n, m) and (n,), and returns
        whether they are finite; see `CallbackCovariance`.
    """

    def __init__(
        self,
        *,
        n_rows: int,
        n_features: int,
        n_theta: int,
        function: Callable[[_Array, _Array, _Array], bool],
    ) -> None: ...

class StationaryFeatures(Features):
    """Those of inducing points under the covariance function of `StationaryCovariance`, in the core.

    Parameters
    ----------
    family, inputs, variance, length_scales, jitter
        As for `StationaryCovariance`; jitter applies to the points and to the rows.
    points : ndarray, shape (m, p)
    independent : bool
        Whether rows keep the variance that the points leave them.
    """

    def __init__(
        self,
        *,
        family: int,
        inputs: _Array,
        points: _Array,
        variance: tuple[int, float],
        length_scales: Sequence[tuple[int, float]],
        jitter: float,
        independent: bool,
    ) -> None: ...

class SparseProcess(Process):
    """A process of low rank, ``f = features @ v + sqrt(variance) * e``; `n_theta` = 0: the kernel is fixed.

    Parameters
    ----------
    n_rows, n_features, n_theta : int
    features : Features
    """

    def __init__(
        self,
        *,
        n_rows: int,
        n_features: int,
        n_theta: int,
        features: Features,
    ) -> None: ...

class LogPrior:
    """The log prior density of log kernel parameters."""

class CallbackLogPrior(LogPrior):
    """A prior evaluated by Python.

    Parameters
    ----------
    n_theta : int
    function : callable
        ``function(theta)`` returns the log density, -inf where there is none.
    """

    def __init__(self, *, n_theta: int, function: Callable[[_Array], float]) -> None: ...

class NormalLogPrior(LogPrior):
    """Independent normal priors of variance 1, without density outside their bounds, in the core.

    Parameters
    ----------
    mean, low, high : ndarray, shape (d,)
    """

    def __init__(self, *, mean: _Array, low: _Array, high: _Array) -> None: ...

def process_chains(
    *,
    process: Process,
    b: _Array,
    kappa: _Array,
    offset: _Array,
    log_prior: LogPrior | None,
    bit_generators: Sequence[np.random.BitGenerator],
    tune: int,
    steps: tuple[int, int, int, int, int],
    complete_every: int,
    threads: int,
) -> Chains:
    """Return the chains of a Gaussian-process model.

    Rows have log-likelihood ``kappa * eta - b * log(2 cosh(eta / 2))``, ``eta = offset + f`` (f less its
    prior mean). All arrays are C-contiguous float64 and are kept, not copied. They tell ``"f"``
    (functions * n), ``"theta"``, log kernel parameters (functions * d), and ``"v"``, the first coordinates of
    the whitened f (functions * m).

    Parameters
    ----------
    process : Process
    b : ndarray, shape (n,)
    kappa, offset : ndarray, shape (functions, n)
        One row for each latent function: one, or the classes of a softmax.
    log_prior : LogPrior or None
        Log prior density of log kernel parameters (d,); None if the kernel is fixed.
    bit_generators : sequence of numpy.random.BitGenerator
        One for each chain.
    tune : int
        Proposals of kernel parameters adapt in the first `tune` sweeps.
    steps : (int, int, int, int, int)
        Steps in a sweep: of the kernel parameters with f integrated out, with the whitened f kept, with the
        noise kept from which the surrogate makes f, and the same by independent proposals; and Hamiltonian
        trajectories of f.
    complete_every : int
        Which sweeps after warm-up make all moves. The others make trajectories, independent proposals, and
        the steps with the whitened f kept if these reach far.
    threads : int

    Raises
    ------
    NumericalError
        If the kernel is fixed and its matrix cannot be factored.
    """

def fixed_process_chains(
    *,
    covariance: Covariance,
    b: _Array,
    kappa: _Array,
    offset: _Array,
    bit_generators: Sequence[np.random.BitGenerator],
    tune: int,
    threads: int,
) -> Chains:
    """Return the chains of one latent Gaussian process with a fixed kernel, by Hamiltonian trajectories.

    Rows and what is told as for `process_chains`; kappa and offset of shape (1, n).

    Parameters
    ----------
    covariance : Covariance
        Without parameters.
    b, kappa, offset : ndarray
    bit_generators : sequence of numpy.random.BitGenerator
        One for each chain.
    tune : int
        The surrogate and the number of leapfrog steps adapt in the first `tune` sweeps.
    threads : int
    """
