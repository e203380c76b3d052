from collections.abc import Mapping, Sequence

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
