"""The chains of a Gaussian-process model: the core's, with errors in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from polyagamma import _gibbs
from polyagamma.kernels import LogParameterPrior, TrainingCovariance, compiled, parameter_groups
from polyagamma.response import BinomialResponse
from polyagamma.sampling import Arrays, Settings

FloatArray = NDArray[np.float64]
STEPS = (
    2,
    3,
)  # Metropolis steps of the kernel parameters in a sweep: latent function integrated out; whitened


class GaussianProcessChains:
    """Chains of a full Gaussian process, for `polyagamma.sampling.run_chains`.

    Parameters
    ----------
    covariance : TrainingCovariance
        Its kernel says where the kernel parameters start, or stay.
    prior : LogParameterPrior or None
        None keeps the kernel parameters fixed.
    response : BinomialResponse
    offset : ndarray, shape (n,)
        Offsets plus prior mean.
    settings : Settings
    bit_generators : sequence of BitGenerator
    """

    def __init__(
        self,
        *,
        covariance: TrainingCovariance,
        prior: LogParameterPrior | None,
        response: BinomialResponse,
        offset: FloatArray,
        settings: Settings,
        bit_generators: Sequence[np.random.BitGenerator],
    ) -> None:
        self._covariance = covariance
        theta = np.array(covariance.kernel.theta, dtype=np.float64)
        self.n_theta = 0 if prior is None else len(theta)
        start = np.empty((settings.chains, 1, 0))
        if prior is not None:
            start = np.array([prior.start(theta, np.random.Generator(bits), (1,)) for bits in bit_generators])
        function = core_covariance(covariance, fixed=prior is None)
        try:
            self._core = _gibbs.ProcessChains(
                process=_gibbs.FullProcess(n_rows=len(offset), n_theta=self.n_theta, covariance=function),
                shape=response.shape,
                kappa=response.kappa[np.newaxis],
                offset=offset[np.newaxis],
                log_prior=prior,
                initial_theta=start,
                bit_generators=bit_generators,
                tune=settings.tune,
                steps=STEPS,
                threads=settings.threads,
            )
        except _gibbs.NumericalError as error:
            raise self._in_words(theta) from error

    @property
    def sweeps_done(self) -> int:
        """Sweeps made so far, warm-up included."""
        return self._core.sweeps_done

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`; FloatingPointError if the kernel matrix cannot be factored."""
        try:
            self._core.run(sweeps, out)
        except _gibbs.NumericalError as error:
            chain = error.args[1]
            raise self._in_words(self._core.theta(chain)[0] if self.n_theta else None) from error

    def _in_words(self, theta: FloatArray | None) -> FloatingPointError:
        kernel = self._covariance.kernel
        theta = np.array(kernel.theta) if theta is None else theta
        values = ", ".join(
            f"{group.name} = {np.array2string(np.exp(theta[group.where]), precision=4, separator=', ')}"
            for group in parameter_groups(kernel)
        )
        return FloatingPointError(
            f"the kernel matrix is not positive definite, or not finite, at {values or kernel} with "
            f"jitter = {self._covariance.jitter:g}: pass a larger jitter, a kernel_prior or bounds that keep "
            "away from there, or inputs of like scale"
        )


def core_covariance(covariance: TrainingCovariance, fixed: bool) -> _gibbs.Covariance:
    """Return the covariance function that the core calls: its own where it knows the kernel, else Python's."""
    kernel, X = covariance.kernel, covariance.X
    known = compiled(kernel)
    if known is not None:
        variance, length_scales = known.variance, known.length_scales
        if fixed:
            variance, length_scales = (-1, variance[1]), [(-1, value) for _, value in length_scales]
        return _gibbs.StationaryCovariance(
            family=known.family,
            inputs=X,
            variance=variance,
            length_scales=length_scales,
            jitter=covariance.jitter,
        )
    theta = np.array(kernel.theta, dtype=np.float64)

    def constant(_: FloatArray, out: FloatArray) -> bool:
        return covariance(theta, out)

    return _gibbs.CallbackCovariance(
        n_rows=len(X), n_theta=0 if fixed else len(theta), function=constant if fixed else covariance
    )
