"""Kernels, that is covariance functions: scikit-learn's kernel objects, and the names of their parameters."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation.arguments import real_array, shown
from polyagamma._validation.optional import packages_for

FloatArray = NDArray[np.float64]
INDEPENDENT, CONSTANT = 1e-3, 1 - 1e-6  # correlations
ROWS_LOOKED_AT = 8  # of X, to find out whether a kernel is one
ROUNDING = 1e-8  # relative to the largest value of a kernel


class Kernel(Protocol):
    """What is asked of a kernel; scikit-learn's have it."""

    @property
    def theta(self) -> FloatArray:
        """Logs of the parameters that are not fixed."""

    @property
    def bounds(self) -> FloatArray:
        """Bounds of theta, shape (d, 2)."""

    def clone_with_theta(self, theta: FloatArray) -> Kernel:
        """Return the kernel with other parameters."""

    def __call__(self, X: FloatArray, Y: FloatArray | None = None) -> FloatArray:
        """Return the covariance matrix of the rows of X and of Y (of X, without Y)."""

    def diag(self, X: FloatArray) -> FloatArray:
        """Return the diagonal of ``self(X)``."""


def default_kernel(X: FloatArray) -> Kernel:
    """Return ``4 * RBF(s)``, s the root of the predictors' total variance (1 where they are constant)."""
    with packages_for("the default kernel", ", or pass a kernel with the methods of its kernels"):
        from sklearn.gaussian_process.kernels import ConstantKernel

    kernel: Kernel = ConstantKernel(4.0) * unit_kernel(X)
    return kernel


def unit_kernel(X: FloatArray) -> Kernel:
    """Return ``RBF(s)``, s as for `default_kernel`."""
    with packages_for("the default kernel", ", or pass a kernel with the methods of its kernels"):
        from sklearn.gaussian_process.kernels import RBF

    kernel: Kernel = RBF(float(np.sqrt(X.var(axis=0).sum())) or 1.0)
    return kernel


def check_kernel(kernel: Any, X: FloatArray) -> None:
    """Raise TypeError or ValueError unless `kernel` is one, of positive parameters, for inputs like X.

    That is: with bounds that go with its parameters, and on some rows of X with values that are real,
    symmetric, and the same in matrix and diagonal.
    """
    if isinstance(kernel, type):
        raise TypeError(f"kernel must be a kernel, got the class {kernel.__name__}: pass {kernel.__name__}()")
    needed = ("theta", "bounds", "clone_with_theta", "diag")
    with np.errstate(invalid="ignore", divide="ignore"):  # of logs, which are looked at below
        missing = [name for name in needed if not hasattr(kernel, name)]
    if missing or not callable(kernel):
        raise TypeError(
            "kernel must be a kernel of sklearn.gaussian_process.kernels or have its methods, got "
            f"{shown(kernel)} without {', '.join(missing) or '__call__'}: pass, for instance, 1.0 * RBF(1.0)"
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        theta = real_array("kernel.theta", kernel.theta)
        bounds = real_array("kernel.bounds", kernel.bounds)
    if theta.ndim != 1 or not np.isfinite(theta).all():
        raise ValueError(
            f"kernel must have positive parameters, got {kernel} with logs {theta}: correct them"
        )
    expected = {(len(theta), 2)} | ({(0,)} if len(theta) == 0 else set())  # as scikit-learn has none
    if bounds.shape not in expected or not (bounds[..., :1] <= bounds[..., 1:]).all():
        raise ValueError(
            f"kernel must have bounds of shape ({len(theta)}, 2), the lower ones first, got {kernel} with "
            f"logs {bounds.tolist()}: correct them"
        )
    _check_values(kernel, np.unique(X[:: -(-len(X) // ROWS_LOOKED_AT)], axis=0))


def _check_values(kernel: Any, X: FloatArray) -> None:
    """Raise TypeError or ValueError unless the kernel takes rows like X, and gives covariances of them."""
    try:
        values = kernel(X), kernel(X, X), kernel.diag(X)
    except ValueError as error:
        raise ValueError(
            f"kernel must take the {X.shape[1]} columns of X, got {kernel}, which says {str(error)!r}: pass "
            "a kernel with one length scale, or with one for each column"
        ) from error
    n = len(X)
    names = ("kernel(X)", "kernel(X, X)", "kernel.diag(X)")
    matrix, cross, diagonal = arrays = [real_array(*pair) for pair in zip(names, values, strict=True)]
    shapes = [array.shape for array in arrays]
    if shapes != [(n, n), (n, n), (n,)]:
        raise ValueError(
            f"kernel must give a matrix of shape ({n}, {n}) and a diagonal of shape ({n},) for {n} rows of "
            f"X, got {kernel} with shapes {', '.join(map(str, shapes))}: pass a kernel of one process"
        )
    apart = ~np.eye(n, dtype=bool)
    for what, one, other in (
        ("symmetric values, as k(x, y) = k(y, x)", matrix, matrix.T),
        ("symmetric values, as k(x, y) = k(y, x)", cross, cross.T),
        ("the same values for X as for X and X, between different rows,", matrix[apart], cross[apart]),
        ("a method diag that returns the diagonal of its matrix", np.diag(matrix), diagonal),
    ):
        _require_equal(kernel, what, one, other)
    if (diagonal < 0).any():
        raise ValueError(
            f"kernel must have variances that are not negative, got {kernel} with {diagonal.min():g}: "
            "correct it"
        )


def _require_equal(kernel: Any, what: str, one: FloatArray, other: FloatArray) -> None:
    """Raise ValueError unless two arrays of a kernel's values agree, where they are finite."""
    with np.errstate(invalid="ignore"):
        error = np.abs(one - other)
    size = max(np.abs(array[np.isfinite(array)]).max(initial=0.0) for array in (one, other))
    if (error > ROUNDING * size).any():
        raise ValueError(
            f"kernel must have {what}, got {kernel}, where they differ by up to {np.nanmax(error):.3g}: "
            "correct it"
        )


def scale_notice(kernel: Any, X: FloatArray) -> str | None:
    """Return what to tell the user if the kernel's scale is far from that of the inputs.

    It looks at the correlations of f at some twenty rows with f at all others.
    """
    chosen = np.arange(0, len(X), max(1, len(X) // 20))
    with np.errstate(all="ignore"):
        scale = np.sqrt(np.outer(kernel.diag(X[chosen]), kernel.diag(X)))
        correlation = np.abs(kernel(X[chosen], X) / scale)
    correlation[np.arange(len(chosen)), chosen] = np.nan
    others = correlation[np.isfinite(correlation)]
    if others.size == 0:
        return None
    if others.max() < INDEPENDENT:
        return f"makes f independent from row to row (no two rows correlate by more than {others.max():.1g})"
    if others.min() > CONSTANT:
        return f"makes f constant (all rows correlate by more than {others.min():.8f})"
    return None


@dataclass(frozen=True)
class ParameterGroup:
    """A named kernel parameter: one number, or one for each feature."""

    name: str
    where: slice  # in theta


def parameter_groups(kernel: Any) -> list[ParameterGroup]:
    """Return the free parameters of a kernel, in the order of theta, with readable names.

    A parameter is called what scikit-learn calls it without the path to it (``length_scale``), or with the
    path (``k1__length_scale``) where two have the same name. Kernels that do not name their parameters have
    one called ``theta``.
    """
    if not hasattr(kernel, "hyperparameters"):
        return [ParameterGroup("theta", slice(0, len(kernel.theta)))] if len(kernel.theta) else []
    free = [parameter for parameter in kernel.hyperparameters if not parameter.fixed]
    short = [parameter.name.rpartition("__")[2] for parameter in free]
    groups, start = [], 0
    for parameter, name in zip(free, short, strict=True):
        stop = start + parameter.n_elements
        groups.append(ParameterGroup(name if short.count(name) == 1 else parameter.name, slice(start, stop)))
        start = stop
    return groups


def identity(kernel: Any) -> str:
    """Return a text that tells a kernel from all others, with its parameters to the last digit.

    It is the same for a copy, and in another process.
    """
    known = kernel.get_params() if hasattr(kernel, "get_params") else {}
    values = {
        name: np.asarray(value).tolist() for name, value in known.items() if not hasattr(value, "theta")
    }
    return without_addresses(f"{kernel} {np.asarray(kernel.theta).tolist()} {sorted(values.items())}")


def without_addresses(text: str) -> str:
    """Return the text without the places in memory that Python puts into the names of objects."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


class TrainingCovariance:
    """The kernel on the training inputs, as the core asks for it.

    Parameters
    ----------
    kernel : Kernel
    X : ndarray, shape (n, p)
    jitter : float
        Share of its own value that is added to each diagonal element, so that rounding leaves the matrix
        positive definite.
    """

    def __init__(self, kernel: Kernel, X: FloatArray, jitter: float) -> None:
        self.kernel = kernel
        self.X = X
        self.jitter = jitter

    def __call__(self, theta: FloatArray, out: FloatArray) -> bool:
        """Fill `out` (n, n) at log parameters `theta`; return whether all of it is finite."""
        with np.errstate(all="ignore"):
            out[...] = self.kernel.clone_with_theta(theta.copy())(self.X)
            out.flat[:: len(out) + 1] *= 1.0 + self.jitter
            return bool(np.isfinite(out.sum()))


class CompiledKernel(NamedTuple):
    """A kernel that the core knows: a variance times one stationary function of the scaled distance.

    Attributes
    ----------
    family : int
        0: squared exponential; 1, 2, 3: Matern with nu = 1/2, 3/2, 5/2.
    variance : (int, float)
        Where its log is in theta, or -1 and the log itself.
    length_scales : list of (int, float)
        The same of one length scale or of one for each dimension.
    """

    family: int
    variance: tuple[int, float]
    length_scales: list[tuple[int, float]]

    def fixed(self) -> CompiledKernel:
        """Return the kernel with none of its parameters in theta."""
        return CompiledKernel(
            self.family, (-1, self.variance[1]), [(-1, value) for _, value in self.length_scales]
        )


def compiled(kernel: Any) -> CompiledKernel | None:
    """Return the core's form of a scikit-learn kernel; None where it has none.

    It has one of ``RBF`` and ``Matern`` (nu 0.5, 1.5, 2.5 or inf) and of their products with a
    ``ConstantKernel``.
    """
    if "sklearn.gaussian_process.kernels" not in sys.modules:
        return None  # it cannot be one of them; scikit-learn is perhaps not installed

    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, Product

    parts = [kernel.k1, kernel.k2] if type(kernel) is Product else [kernel]
    constants = [part for part in parts if type(part) is ConstantKernel]
    (function, *more) = [part for part in parts if type(part) is not ConstantKernel] or [None]
    families = {np.inf: 0, 0.5: 1, 1.5: 2, 2.5: 3}
    nu = np.inf if type(function) is RBF else function.nu if type(function) is Matern else None
    if more or len(constants) > 1 or nu not in families:
        return None
    places: dict[int, list[tuple[int, float]]] = {}
    start = 0
    for part in parts:
        (parameter,) = [one for one in part.hyperparameters if one.name != "nu"]
        values = np.log(np.atleast_1d(getattr(part, parameter.name)))
        first = -1 if parameter.fixed else start
        places[id(part)] = [
            (first if first < 0 else first + k, float(value)) for k, value in enumerate(values)
        ]
        start += 0 if parameter.fixed else len(values)
    variance = places[id(constants[0])][0] if constants else (-1, 0.0)
    return CompiledKernel(families[nu], variance, places[id(function)])
