from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]

class NumericalError(ArithmeticError):
    """A chain could not go on.

    ``args`` is ``(kind, chain, sweep, index)``: kind is ``"not_positive_definite"`` (index: the leading
    minor that failed) or ``"not_finite"`` (index: the coefficient or row); sweep counts from the start of the
    call that raised, and the draws before it are valid.
    """

class LogisticModel:
    """Rows with log-likelihood ``kappa * eta - shape * log(2 cosh(eta / 2))``, ``eta = offset + D @ beta``.

    The design D (n, p) is X, after a column of ones if `intercept` (so that no copy of X is needed for it).

    A row of ``n`` trials, ``y`` successes and weight ``w`` has ``shape = w * n`` and
    ``kappa = w * (y - n / 2)``. The prior is ``beta ~ N(prior_mean, inv(prior_precision))``.
    Rows of equal X and offset are merged (their `shape` and `kappa` add up) where that leaves at most half of
    them. All arrays are C-contiguous float64; X is kept, not copied: do not change it afterwards. Values are
    not checked (finite, ``shape > 0``, positive definite precision): that is the caller's work.

    Parameters
    ----------
    X : ndarray, shape (n, p - intercept)
    centre : ndarray, shape (p - intercept,), optional
        Subtracted from every row of X.
    shape, kappa, offset : ndarray, shape (n,)
    prior_mean : ndarray, shape (p,)
    prior_precision : ndarray, shape (p,) or (p, p)
        Diagonal, or the full symmetric matrix.
    intercept : bool
        Whether coefficient 0 belongs to a column of ones that X does not have.
    """

    def __init__(
        self,
        *,
        X: _Array,
        centre: _Array | None = None,
        shape: _Array,
        kappa: _Array,
        offset: _Array,
        prior_mean: _Array,
        prior_precision: _Array,
        intercept: bool = False,
    ) -> None: ...
    @property
    def n_distinct_rows(self) -> int:
        """Rows that the core works with: fewer than given where repeated rows were merged."""
    @property
    def n_coefficients(self) -> int: ...
    def log_posterior(self, beta: _Array) -> float:
        """Log-likelihood plus ``-(beta - m).T @ precision @ (beta - m) / 2``; no other constants."""

class LogisticChains:
    """All chains of one run; chain ``c`` draws its random numbers from ``bit_generators[c]`` only.

    Parameters
    ----------
    model : LogisticModel
    bit_generators : sequence of numpy.random.BitGenerator
        One for each chain. Their locks are held while `run` works.
    initial : ndarray, shape (chains, p), optional
        Where the chains start; copied. By default each starts at a draw of its own from the Laplace
        approximation at the posterior mode (its covariance is that of the posterior in the limit of many
        rows).
    tune : int
        The first `tune` sweeps are warm-up: the kernel adapts during them and is frozen afterwards. Without
        effect on ``kernel="gibbs"``; 400 are enough for the others.
    kernel : {"auto", "gibbs", "hmc"}
        ``"gibbs"``: data augmentation alone. ``"hmc"``: Hamiltonian trajectories with the Pólya-gamma
        variables marginalised. ``"auto"``: the mix of both that warm-up finds best.
    threads : int
        Threads to use. Changes the speed, never a bit of the draws.
    """

    def __init__(
        self,
        *,
        model: LogisticModel,
        bit_generators: Sequence[np.random.BitGenerator],
        initial: _Array | None = None,
        tune: int = 0,
        kernel: str = "gibbs",
        threads: int = 1,
    ) -> None: ...
    @property
    def sweeps_done(self) -> int:
        """Sweeps made so far, warm-up included."""
    @property
    def stats(self) -> dict[str, np.dtype[np.generic]]:
        """Names and dtypes of the arrays, besides ``"beta"``, that `run` can fill."""
    @property
    def kernel_info(self) -> dict[str, str | int | float]:
        """What the kernel is: what warm-up chose, and why (figures); final after `tune` sweeps."""
    def run(self, sweeps: int, out: Mapping[str, NDArray[np.generic]] | None = None) -> None:
        """Advance every chain by `sweeps` sweeps; the GIL is released.

        Parameters
        ----------
        sweeps : int
        out : mapping of str to ndarray, optional
            Arrays to fill, any subset of: ``"beta"`` (chains, sweeps, p) and one (chains, sweeps) array for
            each name in `stats`. Views are welcome: only the last axis of ``"beta"`` must be contiguous.
            ``out=None`` stores nothing (warm-up).

        Raises
        ------
        NumericalError
        """
    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything needed to go on with the same bits, except the states of the bit generators."""
    def set_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from `state`, made by chains of the same model, kernel and number of chains."""

def memory_estimate(n_rows: int, n_coefficients: int, chains: int, tune: int) -> int:
    """Bytes that a model and its chains allocate at most, besides X and the draws."""

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

class ProcessChains:
    """All chains of one Gaussian-process model; chain ``c`` draws from ``bit_generators[c]`` only.

    Rows have log-likelihood ``kappa * eta - shape * log(2 cosh(eta / 2))``, ``eta = offset + f`` (f less its
    prior mean). All arrays are C-contiguous float64 and are kept, not copied.

    Parameters
    ----------
    process : Process
    shape : ndarray, shape (n,)
    kappa, offset : ndarray, shape (functions, n)
        One row for each latent function: one, or the classes of a softmax.
    log_prior : callable or None
        Log prior density of log kernel parameters (d,); None if the kernel is fixed.
    initial_theta : ndarray, shape (chains, functions, d)
    bit_generators : sequence of numpy.random.BitGenerator
        One for each chain. Their locks are held while `run` works.
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
    """

    def __init__(
        self,
        *,
        process: Process,
        shape: _Array,
        kappa: _Array,
        offset: _Array,
        log_prior: Callable[[_Array], float] | None,
        initial_theta: _Array,
        bit_generators: Sequence[np.random.BitGenerator],
        tune: int,
        steps: tuple[int, int, int, int, int],
        complete_every: int,
        threads: int,
    ) -> None: ...
    @property
    def sweeps_done(self) -> int:
        """Sweeps made so far, warm-up included."""
    @property
    def stats(self) -> dict[str, np.dtype[np.generic]]:
        """Names and dtypes of the statistics that `run` can fill: ``"lp"``, rates of acceptance of moves."""
    @property
    def kernel_info(self) -> dict[str, str | int | float]:
        """What a sweep does: ``kernel``, and the steps of each move."""
    def theta(self, chain: int) -> _Array:
        """Log kernel parameters of a chain, shape (functions, d)."""
    def run(self, sweeps: int, out: Mapping[str, NDArray[np.generic]] | None = None) -> None:
        """Advance every chain by `sweeps` sweeps; the GIL is released.

        Parameters
        ----------
        sweeps : int
        out : mapping of str to ndarray, optional
            Arrays to fill, any subset of: ``"f"`` (chains, sweeps, functions * n), ``"theta"``
            (chains, sweeps, functions * d), ``"whitened"`` (chains, sweeps, functions * m: the first m
            coordinates), ``"lp"`` and ``"acceptance_..."`` of ``collapsed``, ``whitened``, ``surrogate``,
            ``independent`` and ``trajectory`` (chains, sweeps).

        Raises
        ------
        NumericalError
            Of kind ``"kernel"``: the covariance matrix of a chain's own parameters could not be factored.
        """
    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything needed to go on with the same bits, except the states of the bit generators."""
    def set_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from `state`, made by chains of the same model and number of chains."""

class FixedKernelChains:
    """All chains of one latent Gaussian process with a fixed kernel, by Hamiltonian trajectories.

    Rows as those of `ProcessChains`. All arrays are C-contiguous float64 and are kept, not copied.

    Parameters
    ----------
    covariance : Covariance
        Without parameters.
    shape, kappa, offset : ndarray, shape (n,)
    bit_generators : sequence of numpy.random.BitGenerator
        One for each chain. Their locks are held while `run` works.
    tune : int
        The surrogate and the number of kicks adapt in the first `tune` sweeps.
    threads : int
    """

    def __init__(
        self,
        *,
        covariance: Covariance,
        shape: _Array,
        kappa: _Array,
        offset: _Array,
        bit_generators: Sequence[np.random.BitGenerator],
        tune: int,
        threads: int,
    ) -> None: ...
    @property
    def sweeps_done(self) -> int:
        """Sweeps made so far, warm-up included."""
    @property
    def stats(self) -> dict[str, np.dtype[np.generic]]:
        """Names and dtypes of the statistics that `run` can fill."""
    @property
    def kernel_info(self) -> dict[str, str | int | float]:
        """What a sweep does: ``kernel``, the ``kicks`` of its trajectory and the ``angle`` between them."""
    def run(self, sweeps: int, out: Mapping[str, NDArray[np.generic]] | None = None) -> None:
        """Advance every chain by `sweeps` sweeps; the GIL is released.

        Parameters
        ----------
        sweeps : int
        out : mapping of str to ndarray, optional
            Arrays to fill, any subset of: ``"f"`` (chains, sweeps, n), ``"lp"`` and ``"acceptance_rate"``
            (chains, sweeps).

        Raises
        ------
        NumericalError
            Of kind ``"kernel"``: the covariance matrix could not be factored.
        """
    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything needed to go on with the same bits, except the states of the bit generators."""
    def set_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from `state`, made by chains of the same model and number of chains."""
