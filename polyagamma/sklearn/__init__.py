"""Estimators of scikit-learn; the sole importer of its base classes."""

from polyagamma._validation.installation import require_own_package
from polyagamma._validation.optional import packages_for

require_own_package("polyagamma.sklearn")
with packages_for("polyagamma.sklearn"):
    from polyagamma.sklearn.counts import PolyaGammaCountRegressor
    from polyagamma.sklearn.gaussian_process import PolyaGammaGPClassifier
    from polyagamma.sklearn.logistic import PolyaGammaClassifier

__all__ = ["PolyaGammaClassifier", "PolyaGammaCountRegressor", "PolyaGammaGPClassifier"]
