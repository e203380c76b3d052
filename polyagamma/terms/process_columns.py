"""A Gaussian process of several columns, as a part of an additive model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._public import public
from polyagamma.terms.component import DEFAULT_SD, Component, described, sd_priors
from polyagamma.terms.effects import Effects, Entries
from polyagamma.terms.features import Basis, HilbertBasis
from polyagamma.terms.inducing import make_basis
from polyagamma.terms.kernels import Kernel, check_kernel, unit_kernel
from polyagamma.terms.predictors import Predictors

FloatArray = NDArray[np.float64]
JITTER = 1e-6
USUAL_BASIS, USUAL_POINTS = 24, 50  # of one column, of several


@public
@dataclass(frozen=True, eq=False)
class Process:
    """A Gaussian process of some columns, for `PolyaGammaAdditive`: ``f ~ GP(0, s**2 k)``.

    The kernel k is as given; the standard deviation s is sampled. The process is one of low rank, through a
    Hilbert-space basis [1]_ or inducing points [2]_, as in `PolyaGammaGP` with ``approximation="dtc"``.

    Parameters
    ----------
    X : array_like or data frame, shape (n, p)
        Inputs; standardise columns of unlike scale.
    kernel : kernel of scikit-learn, optional
        Its parameters stay as they are, length scales among them; the variance is best left 1, as it
        multiplies s**2. By default ``RBF(s)``, s the root of the total variance of the columns of X.
    inducing : HilbertBasis, int or array_like of shape (m, p), optional
        A basis, for at most three columns; or inducing points, or how many rows of X to choose for them. By
        default ``HilbertBasis(24)`` for a column, and 50 points (or all rows) for several.
    prior_sd : HalfNormal, HalfT or Exponential
        Of s.
    name : str, default "process"

    Notes
    -----
    A trace has the coefficients of the basis under the name of the process, and s as ``process_sigma``.
    Length scales are not sampled: `PolyaGammaGP` does that, for a process alone.

    References
    ----------
    .. [1] A. Solin and S. Särkkä (2020), "Hilbert space methods for reduced-rank Gaussian process
       regression", Statistics and Computing 30, 419-446.
    .. [2] J. Quiñonero-Candela and C. E. Rasmussen (2005), "A unifying view of sparse approximate Gaussian
       process regression", JMLR 6, 1939-1959, section 5.
    """

    X: Any
    kernel: Any = None
    inducing: Any = None
    prior_sd: Any = DEFAULT_SD
    name: str = "process"

    @property
    def rows(self) -> Any:
        """What has the model's rows."""
        return self.X

    def component(self, _weights: FloatArray | None = None) -> Component:
        """Return the checked component."""
        predictors = Predictors.check(self.X, None, intercept=False)
        kernel = unit_kernel(predictors.X) if self.kernel is None else self.kernel
        check_kernel(kernel, predictors.X)
        basis = _basis(self.inducing, kernel, predictors, self.name)
        priors = sd_priors(f"prior_sd of {self.name!r}", self.prior_sd, 1)
        effects = Effects.of_basis(self.name, f"{self.name}_basis", list(range(basis.size)), priors)
        return ProcessColumns(self.name, predictors, kernel, basis, effects)


def _basis(inducing: Any, kernel: Kernel, predictors: Predictors, name: str) -> Basis:
    n, p = predictors.X.shape
    if inducing is None:
        inducing = HilbertBasis(USUAL_BASIS) if p == 1 else min(n, USUAL_POINTS)
    basis = make_basis(
        inducing, kernel, predictors, independent=False, jitter=JITTER, fixed=True, functions=1
    )
    assert basis is not None
    try:
        basis.training(kernel, predictors.X[:1])
    except np.linalg.LinAlgError as error:
        raise ValueError(
            f"kernel of {name!r} must have a positive definite matrix at the inducing points, got {kernel}, "
            "which has not: pass another kernel, or fewer points"
        ) from error
    return basis


class ProcessColumns:
    """Columns that enter by a process of low rank; see `Component`."""

    code_columns: list[int] = []  # noqa: RUF012

    def __init__(
        self, name: str, predictors: Predictors, kernel: Kernel, basis: Basis, effects: Effects
    ) -> None:
        self.name, self._predictors, self._kernel, self._basis = name, predictors, kernel, basis
        self.inputs = predictors.X
        self.input_names = [f"{name}[{column}]" for column in predictors.names]
        self.effects: Effects | None = effects

    def read(self, label: str, value: Any) -> FloatArray:
        """See `Component`."""
        return np.asarray(self._predictors.check_new(value, label))

    def pick(self, frame: Any) -> Any:
        """See `Component`."""
        return frame[self._predictors.names]

    def fixed(self) -> None:
        """See `Component`: there are none."""

    def fixed_values(self, inputs: FloatArray) -> FloatArray:
        """See `Component`: there are none."""
        return np.empty((len(inputs), 0))

    def entries(self, inputs: FloatArray) -> Entries:
        """See `Component`: the features of the process."""
        features = self._basis.new(self._kernel, inputs).matrix
        return Entries(np.broadcast_to(np.arange(features.shape[1]), features.shape), features)

    def structure(self) -> tuple[str, list[FloatArray]]:
        """See `Component`."""
        return f"process {self.name} {self._kernel}", self._basis.identity()

    def description(self) -> str:
        """See `Component`."""
        assert self.effects is not None
        return f"process {self._kernel} of {self._basis.size} columns, {described(self.effects)}"
