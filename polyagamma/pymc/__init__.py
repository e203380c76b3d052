"""Models written in PyMC, sampled with Pólya-gamma variables; the sole importer of PyMC."""

from polyagamma._validation.optional import packages_for

with packages_for("polyagamma.pymc"):
    from polyagamma.pymc.refusal import UnsupportedModelError
    from polyagamma.pymc.sample import sample
    from polyagamma.pymc.step import PolyaGammaGibbs

__all__ = ["PolyaGammaGibbs", "UnsupportedModelError", "sample"]
