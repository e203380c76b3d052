"""Exact Pólya-gamma variates and blocked Gibbs sampling."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from polyagamma._validation.installation import warn_of_another_package
from polyagamma._validation.optional import packages_for
from polyagamma.density import (
    polyagamma_cdf,
    polyagamma_cumulant,
    polyagamma_laplace,
    polyagamma_mean,
    polyagamma_pdf,
    polyagamma_var,
)
from polyagamma.distribution import PolyaGamma
from polyagamma.random import random_polyagamma

if TYPE_CHECKING:
    __version__: str

    from polyagamma.likelihoods.dispersion import Gamma, HalfNormal, InverseGamma
    from polyagamma.mcmc.run_state import ResumeError
    from polyagamma.mcmc.settings import SamplingWarning
    from polyagamma.models.additive import PolyaGammaAdditive
    from polyagamma.models.gaussian_process import PolyaGammaGP
    from polyagamma.models.logistic import PolyaGammaLogistic
    from polyagamma.models.multinomial import PolyaGammaMultinomial
    from polyagamma.models.negative_binomial import PolyaGammaNegativeBinomial
    from polyagamma.models.path import map_path
    from polyagamma.models.selection import select_columns
    from polyagamma.models.sequential import PolyaGammaSequential
    from polyagamma.models.shrinkage import shrinkage_factors
    from polyagamma.sklearn import PolyaGammaClassifier as PolyaGammaClassifier
    from polyagamma.sklearn import PolyaGammaCountRegressor as PolyaGammaCountRegressor
    from polyagamma.sklearn import PolyaGammaGPClassifier as PolyaGammaGPClassifier
    from polyagamma.terms.features import HilbertBasis
    from polyagamma.terms.group_columns import Group
    from polyagamma.terms.linear_columns import Linear
    from polyagamma.terms.membership_columns import MultiMembership
    from polyagamma.terms.priors import MvNormal, Normal
    from polyagamma.terms.process_columns import Process
    from polyagamma.terms.scale_priors import LKJ, Exponential, HalfT
    from polyagamma.terms.shrinkage import (
        Bridge,
        Horseshoe,
        Laplace,
        RegularizedHorseshoe,
        Ridge,
        StudentT,
    )
    from polyagamma.terms.smooth_columns import Smooth
    from polyagamma.terms.spike_slab import Beta, SpikeAndSlab
    from polyagamma.traces.summaries import summarized_draws
    from polyagamma.vi.approximation import Approximation
    from polyagamma.vi.process_approximation import ProcessApproximation

__all__ = [
    "LKJ",
    "Approximation",
    "Beta",
    "Bridge",
    "Exponential",
    "Gamma",
    "Group",
    "HalfNormal",
    "HalfT",
    "HilbertBasis",
    "Horseshoe",
    "InverseGamma",
    "Laplace",
    "Linear",
    "MultiMembership",
    "MvNormal",
    "Normal",
    "PolyaGamma",
    "PolyaGammaAdditive",
    "PolyaGammaGP",
    "PolyaGammaLogistic",
    "PolyaGammaMultinomial",
    "PolyaGammaNegativeBinomial",
    "PolyaGammaSequential",
    "Process",
    "ProcessApproximation",
    "RegularizedHorseshoe",
    "ResumeError",
    "Ridge",
    "SamplingWarning",
    "Smooth",
    "SpikeAndSlab",
    "StudentT",
    "map_path",
    "polyagamma_cdf",
    "polyagamma_cumulant",
    "polyagamma_laplace",
    "polyagamma_mean",
    "polyagamma_pdf",
    "polyagamma_var",
    "random_polyagamma",
    "select_columns",
    "shrinkage_factors",
    "summarized_draws",
]

warn_of_another_package()

# Models are imported when they are first asked for (as SPEC 1 of Scientific Python has it): they need xarray,
# and with it pandas, which take longer to import than all the rest, and nobody needs them to draw variates.
_MODULE_OF = {
    "LKJ": "terms.scale_priors",
    "Approximation": "vi.approximation",
    "Beta": "terms.spike_slab",
    "Bridge": "terms.shrinkage",
    "Exponential": "terms.scale_priors",
    "Gamma": "likelihoods.dispersion",
    "Group": "terms.group_columns",
    "HalfNormal": "likelihoods.dispersion",
    "HalfT": "terms.scale_priors",
    "HilbertBasis": "terms.features",
    "Horseshoe": "terms.shrinkage",
    "InverseGamma": "likelihoods.dispersion",
    "Laplace": "terms.shrinkage",
    "Linear": "terms.linear_columns",
    "MultiMembership": "terms.membership_columns",
    "MvNormal": "terms.priors",
    "Normal": "terms.priors",
    "PolyaGammaAdditive": "models.additive",
    "PolyaGammaGP": "models.gaussian_process",
    "PolyaGammaLogistic": "models.logistic",
    "PolyaGammaMultinomial": "models.multinomial",
    "PolyaGammaNegativeBinomial": "models.negative_binomial",
    "PolyaGammaSequential": "models.sequential",
    "Process": "terms.process_columns",
    "ProcessApproximation": "vi.process_approximation",
    "RegularizedHorseshoe": "terms.shrinkage",
    "ResumeError": "mcmc.run_state",
    "Ridge": "terms.shrinkage",
    "SamplingWarning": "mcmc.settings",
    "Smooth": "terms.smooth_columns",
    "SpikeAndSlab": "terms.spike_slab",
    "StudentT": "terms.shrinkage",
    "map_path": "models.path",
    "select_columns": "models.selection",
    "shrinkage_factors": "models.shrinkage",
    "summarized_draws": "traces.summaries",
}
# Not in __all__, so that `import *` does not need scikit-learn.
_ESTIMATORS = ("PolyaGammaClassifier", "PolyaGammaCountRegressor", "PolyaGammaGPClassifier")
_MODULE_OF |= dict.fromkeys(_ESTIMATORS, "sklearn")


if not TYPE_CHECKING:  # which would take any name for one of ours

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from polyagamma._public import package_version

            return package_version()
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        with packages_for(name):
            value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_ESTIMATORS, "__version__"})
