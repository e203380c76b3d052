"""This package with its defaults, for a fixed and for a sampled kernel."""

from types import SimpleNamespace

import numpy as np
import polyagamma_trace
import worker
from scipy.stats import norm
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from polyagamma import PolyaGammaGP


def model_of(problem: SimpleNamespace) -> PolyaGammaGP:
    if hasattr(problem, "variance"):
        kernel = ConstantKernel(problem.variance) * RBF(problem.lengthscale)
        return PolyaGammaGP(problem.X, problem.y, kernel, sample_kernel=False)
    variance, lengthscale = np.exp(problem.log_kernel_mean)
    priors = [norm(m, s) for m, s in zip(problem.log_kernel_mean, problem.log_kernel_sd, strict=True)]
    kernel_prior = dict(zip(("constant_value", "length_scale"), priors, strict=True))
    return PolyaGammaGP(
        problem.X, problem.y, ConstantKernel(variance) * RBF(lengthscale), kernel_prior=kernel_prior
    )


def sample(problem: SimpleNamespace):
    model = model_of(problem)
    posterior = polyagamma_trace.sample(model, problem).posterior
    kernel = [np.log(posterior[name].values)[..., None] for name in model.kernel_parameters]
    return np.concatenate([*kernel, posterior.f.values], axis=-1), posterior.attrs["sampling_time"]


if __name__ == "__main__":
    worker.main(sample)
