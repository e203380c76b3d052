"""Estimators in notebooks: the boxes that scikit-learn draws, with the parameters that the user set."""

import pytest
from sklearn.gaussian_process.kernels import RBF
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from polyagamma import HalfNormal, Normal
from polyagamma.sklearn import PolyaGammaClassifier, PolyaGammaCountRegressor, PolyaGammaGPClassifier

ESTIMATORS = [
    (PolyaGammaClassifier(prior=Normal(0, 2)), "Normal(mu=0, "),
    (PolyaGammaGPClassifier(2.0 * RBF(3.0)), "RBF(length_scale=3)"),
    (PolyaGammaCountRegressor(dispersion_prior=HalfNormal(0.7)), "HalfNormal(sigma=0.7)"),
]


@pytest.mark.parametrize(("estimator", "value"), ESTIMATORS)
def test_html_names_estimator_and_parameters(estimator, value):
    html = make_pipeline(StandardScaler(), estimator)._repr_mimebundle_()["text/html"]
    assert f"<div>{type(estimator).__name__}</div>" in html
    assert value in html
