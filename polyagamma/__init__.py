"""Exact Pólya-gamma variates and blocked Gibbs sampling."""

from polyagamma.gaussian_process import PolyaGammaGP
from polyagamma.logistic import PolyaGammaLogistic
from polyagamma.priors import MvNormal, Normal
from polyagamma.random import random_polyagamma
from polyagamma.sampling import SamplingWarning

__all__ = ["MvNormal", "Normal", "PolyaGammaGP", "PolyaGammaLogistic", "SamplingWarning", "random_polyagamma"]
