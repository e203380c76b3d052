"""Exact Pólya-gamma variates and blocked Gibbs sampling."""

from polyagamma.density import (
    polyagamma_cdf,
    polyagamma_cumulant,
    polyagamma_laplace,
    polyagamma_mean,
    polyagamma_pdf,
    polyagamma_var,
)
from polyagamma.distribution import PolyaGamma
from polyagamma.gaussian_process import PolyaGammaGP
from polyagamma.gp_sparse import HilbertBasis
from polyagamma.job import ResumeError
from polyagamma.logistic import PolyaGammaLogistic
from polyagamma.priors import MvNormal, Normal
from polyagamma.random import random_polyagamma
from polyagamma.sampling import SamplingWarning

__all__ = [
    "HilbertBasis",
    "MvNormal",
    "Normal",
    "PolyaGamma",
    "PolyaGammaGP",
    "PolyaGammaLogistic",
    "ResumeError",
    "SamplingWarning",
    "polyagamma_cdf",
    "polyagamma_cumulant",
    "polyagamma_laplace",
    "polyagamma_mean",
    "polyagamma_pdf",
    "polyagamma_var",
    "random_polyagamma",
]
