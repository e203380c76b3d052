"""Kernels that are no covariance functions, priors of no parameter, inducing points of other columns."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.gaussian_process.kernels import (
    RBF,
    ConstantKernel,
    DotProduct,
    ExpSineSquared,
    Matern,
    PairwiseKernel,
    RationalQuadratic,
    WhiteKernel,
)

from polyagamma import HilbertBasis, PolyaGammaGP
from polyagamma.sklearn import PolyaGammaGPClassifier

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
X = np.random.default_rng(1).standard_normal((12, 2))
Y = np.arange(12) % 2


class Odd(RBF):
    """A kernel whose matrix and diagonal are functions of those of RBF."""

    def __init__(self, values=None, diagonal=None, length_scale=1.0, length_scale_bounds=(1e-5, 1e5)):
        super().__init__(length_scale, length_scale_bounds)
        self.values, self.diagonal = values, diagonal

    def __call__(self, X, Y=None):
        kernel = super().__call__(X, Y)
        if self.values is None:
            return kernel
        return self.values(kernel, X[:, :1], (X if Y is None else Y)[:, 0])

    def diag(self, X):
        ones = super().diag(X)
        return ones if self.diagonal is None else self.diagonal(ones)


class Thetas:
    """The least that a kernel has, with parameters and bounds to choose."""

    def __init__(self, theta=(0.0,), bounds=((-5.0, 5.0),)):
        self.theta, self.bounds = theta, bounds

    def clone_with_theta(self, theta):
        return Thetas(theta, self.bounds)

    def __call__(self, X, Y=None):
        return RBF(1.0)(X, Y)

    def diag(self, X):
        return np.ones(len(X))


def triangular(kernel, *_):
    return np.tril(kernel)


def of_kernel(function):
    """Return a function of kernel and inputs that looks at the kernel only."""
    return lambda kernel, *_: function(kernel)


KERNELS = {
    "triangular": (Odd(triangular), ValueError, "symmetric values"),
    "shifted": (Odd(lambda k, x, y: k + x - y / 2), ValueError, "symmetric values"),
    "a little asymmetric": (Odd(lambda k, x, _: k + 1e-6 * x), ValueError, "symmetric values"),
    "antisymmetric": (Odd(lambda _, x, y: x - y), ValueError, "symmetric values"),
    "of a product": (2.0 * Odd(triangular), ValueError, "symmetric values"),
    "of a sum": (WhiteKernel() + Odd(triangular), ValueError, "symmetric values"),
    "diagonal of twos": (Odd(diagonal=lambda d: 2 * d), ValueError, "a method diag that returns the diag"),
    "diagonal a little off": (Odd(diagonal=lambda d: d + 1e-6), ValueError, "a method diag that"),
    "diagonal of zeros": (Odd(diagonal=lambda d: 0 * d), ValueError, "a method diag that"),
    "diagonal of a product": (3.0 * Odd(diagonal=lambda d: 2 * d), ValueError, "a method diag that"),
    "negative": (Odd(of_kernel(lambda k: -k), lambda d: -d), ValueError, "variances that are not negative"),
    "diagonal as a column": (Odd(diagonal=lambda d: d[:, None]), ValueError, r"with shapes .*\(6, 1\)"),
    "diagonal as a number": (Odd(diagonal=lambda _: 1.0), ValueError, r"with shapes .*\(\): pass"),
    "matrix as a number": (Odd(lambda *_: 1.0), ValueError, r"with shapes \(\), \(\)"),
    "matrix as a vector": (Odd(of_kernel(lambda k: k[0])), ValueError, r"with shapes \(6,\)"),
    "text": (
        Odd(of_kernel(lambda k: k.astype(str))),
        TypeError,
        r"kernel\(X\) must be a real number or an arr",
    ),
    "one text": (Odd(lambda *_: "k"), TypeError, r"kernel\(X\) must be a real number or an array"),
    "text on the diagonal": (Odd(diagonal=lambda d: d.astype(str)), TypeError, r"kernel\.diag\(X\) must be"),
    "complex": (
        Odd(of_kernel(lambda k: k + 0j)),
        TypeError,
        r"kernel\(X\) must be a real number or an array",
    ),
    "None": (Odd(lambda *_: None), TypeError, r"kernel\(X\) must be a real number or an array"),
    "ragged": (Odd(lambda *_: [[1.0], [1.0, 2.0]]), TypeError, r"kernel\(X\) must be an array"),
    "masked": (
        Odd(of_kernel(lambda k: np.ma.masked_less(k, 2))),
        ValueError,
        r"kernel\(X\) must not have masked",
    ),
    "a name": ("rbf", TypeError, "kernel must be a kernel of sklearn"),
    "bytes": (b"rbf", TypeError, "kernel must be a kernel of sklearn"),
    "a number": (2.0, TypeError, "kernel must be a kernel of sklearn"),
    "a function": (lambda X, Y=None: RBF(1.0)(X, Y), TypeError, "kernel must be a kernel of sklearn"),
    "a class": (Matern, TypeError, r"got the class Matern: pass Matern\(\)"),
    "a list": ([RBF(1.0)], TypeError, "kernel must be a kernel of sklearn"),
    "theta of text": (Thetas(["a"]), TypeError, "kernel.theta must be a real number or an array"),
    "theta of NaN": (Thetas([np.nan]), ValueError, "kernel must have positive parameters"),
    "theta of infinity": (Thetas([-np.inf]), ValueError, "kernel must have positive parameters"),
    "theta a number": (Thetas(0.0), ValueError, "kernel must have positive parameters"),
    "theta a matrix": (Thetas([[0.0]]), ValueError, "kernel must have positive parameters"),
    "bounds of text": (Thetas(bounds="fixed"), TypeError, "kernel.bounds must be a real number or an array"),
    "bounds upside down": (Thetas(bounds=[[5.0, -5.0]]), ValueError, r"bounds of shape \(1, 2\), the lower"),
    "bounds of NaN": (Thetas(bounds=[[np.nan, 5.0]]), ValueError, r"bounds of shape \(1, 2\), the lower"),
    "too many bounds": (Thetas(bounds=[[-5, 5], [-5, 5]]), ValueError, r"bounds of shape \(1, 2\)"),
    "one bound": (Thetas(bounds=[5.0]), ValueError, r"bounds of shape \(1, 2\)"),
    "no bounds": (Thetas(bounds=[]), ValueError, r"bounds of shape \(1, 2\)"),
    "negative bounds": (RBF(1.0, (-1.0, 2.0)), ValueError, r"bounds of shape \(1, 2\)"),
    "bounds of scikit-learn upside down": (RBF(1.0, (5.0, 0.1)), ValueError, r"bounds of shape \(1, 2\)"),
}


@pytest.mark.parametrize("inducing", [None, 4])
@pytest.mark.parametrize("case", KERNELS)
def test_kernels(case, inducing):
    kernel, error, message = KERNELS[case]
    with pytest.raises(error, match=message) as refused:
        PolyaGammaGP(X, Y, kernel, inducing=inducing)
    assert re.match(r"kernel\S* must .*, got .*: (correct|pass|convert|drop)", str(refused.value))


@pytest.mark.parametrize("case", ["triangular", "diagonal of twos", "text"])
def test_kernels_of_estimators(case):
    kernel, error, message = KERNELS[case]
    with pytest.raises(error, match=message):
        PolyaGammaGPClassifier(kernel).fit(X, Y)


def test_kernels_that_differ_between_one_argument_and_two():
    class Other(RBF):
        def __call__(self, X, Y=None):
            return super().__call__(X, Y) * (1 if Y is None else 2)

    with pytest.raises(ValueError, match=r"must have the same values for X as for X and X.*: correct it"):
        PolyaGammaGP(X, Y, Other(1.0))


GOOD = [
    RBF(1.0),
    RBF([1.0, 2.0]),
    2.0 * Matern(1.0, nu=0.7),
    RationalQuadratic(),
    ExpSineSquared(),
    DotProduct() + WhiteKernel(),
    DotProduct(0.0, "fixed"),
    DotProduct() ** 2,
    WhiteKernel() + ConstantKernel(2.0) * RBF(3.0),
    PairwiseKernel(metric="laplacian"),
    PairwiseKernel(metric="poly"),
    RBF(1.0, "fixed"),
    ConstantKernel(1e12) * RBF(1e-3),
    Thetas(),
]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("kernel", GOOD, ids=lambda kernel: str(kernel).split(" object at ")[0])
def test_sound_kernels_are_taken(kernel, scale):
    doubled = scale * np.vstack([X, X[:4]])
    model = PolyaGammaGP(doubled, np.r_[Y, Y[:4]], kernel)
    np.testing.assert_array_equal(model.kernel_.theta, kernel.theta)


@pytest.mark.parametrize("rows", [1, 2, 3, 8, 9])
def test_few_rows(rows):
    PolyaGammaGP(X[:rows], Y[:rows], WhiteKernel() + RBF(1.0))
    PolyaGammaGP(np.ones((rows, 2)), Y[:rows], WhiteKernel() + RBF(1.0))


class NoDensity:
    """A distribution of other libraries."""

    def log_prob(self, x):
        return -x * x


class Vector:
    """A density of more than one number."""

    def logpdf(self, x):
        return -0.5 * np.array([x, x])


PRIORS = {
    "multivariate normal": (stats.multivariate_normal([0, 0]), TypeError, "of one variable"),
    "multivariate normal of three": (stats.multivariate_normal(np.zeros(3)), TypeError, "of one variable"),
    "multivariate t": (stats.multivariate_t([0, 0]), TypeError, "of one variable"),
    "Dirichlet": (stats.dirichlet([1.0, 1.0]), TypeError, "of one variable"),
    "Wishart": (stats.wishart(3, np.eye(2)), TypeError, "of one variable"),
    "matrix normal": (stats.matrix_normal(np.zeros((2, 2))), TypeError, "of one variable"),
    "a vector of densities": (Vector(), TypeError, r"logpdf of a number has shape \(2,\)"),
    "one of two means": (stats.norm([0.0, 1.0]), TypeError, r"logpdf of a number has shape \(2,\)"),
    "not frozen": (stats.gamma, TypeError, "whose logpdf of a number fails"),
    "a class": (Vector, TypeError, "whose logpdf of a number fails"),
    "discrete": (stats.poisson(3), TypeError, "of one variable"),
    "text": ("norm", TypeError, "got 'norm': pass, for instance, scipy"),
    "one letter": ("n", TypeError, "got 'n': pass, for instance, scipy"),
    "a number": (1.0, TypeError, r"got 1\.0: pass, for instance, scipy"),
    "None": (None, TypeError, "got None: pass, for instance, scipy"),
    "a pair": ((0.0, 1.0), ValueError, "one for each of 1 elements, got 2: pass"),
    "an empty list": ([], ValueError, "one for each of 1 elements, got 0: pass"),
    "of another library": (NoDensity(), TypeError, "of one variable"),
    "a function": (lambda theta: -theta, TypeError, "of one variable"),
    "above the bounds": (
        stats.uniform(5, 1),
        ValueError,
        "no mass between the kernel's bounds, -2.30259 and",
    ),
    "below the bounds": (stats.uniform(-9, 1), ValueError, "no mass between the kernel's bounds"),
    "far away": (stats.norm(500, 1), ValueError, "no mass between the kernel's bounds"),
    "negative sd": (stats.norm(0, -1), ValueError, "no mass between the kernel's bounds"),
    "NaN": (stats.norm(np.nan, 1), ValueError, "no mass between the kernel's bounds"),
    "of positive numbers, bounds below": (stats.expon(3), ValueError, "no mass between the kernel's bounds"),
    "elsewhere than the kernel": (stats.uniform(1, 1), ValueError, "kernel must be where the prior is pos"),
}


@pytest.mark.parametrize("case", PRIORS)
def test_priors(case):
    prior, error, message = PRIORS[case]
    with pytest.raises(error, match=rf"^kernel.*{message.removeprefix('kernel')}"):
        PolyaGammaGP(X, Y, RBF(1.0, (0.1, 10.0)), kernel_prior={"length_scale": prior})


@pytest.mark.parametrize("keys", [["a", 1], [1, "a"], [None], [("a",)], ["length_scales"], [b"length_scale"]])
def test_keys_of_priors(keys):
    message = "which is no free parameter of the kernel: its free parameters are length_scale: use these"
    with pytest.raises(ValueError, match=rf"^kernel_prior names .*{message}"):
        PolyaGammaGP(X, Y, RBF(1.0), kernel_prior=dict.fromkeys(keys, stats.norm()))


@pytest.mark.parametrize("given", [[stats.norm()], stats.norm(), "length_scale", 1.0, {"length_scale"}])
def test_priors_that_are_no_mapping(given):
    with pytest.raises(
        TypeError, match=r"^kernel_prior must be a mapping .*: pass, for instance, \{'length_s"
    ):
        PolyaGammaGP(X, Y, RBF(1.0), kernel_prior=given)


@pytest.mark.parametrize(
    "prior",
    [stats.norm(), stats.norm, stats.t(3), stats.truncnorm(-1, 1), stats.uniform(-1, 2), [stats.cauchy()]],
)
def test_sound_priors_are_taken(prior):
    model = PolyaGammaGP(X, Y, RBF(1.0), kernel_prior={"length_scale": prior})
    assert model.sample_prior_predictive(3, random_seed=1).prior["length_scale"].shape == (1, 3)


FRAME = pd.DataFrame(X, columns=["age", "dose"])
POINTS = FRAME.iloc[:4]
INDUCING = {
    "other names": (POINTS.set_axis(["age", "weight"], axis=1), ValueError, r"got \['age', 'weight'\]: pass"),
    "other order": (POINTS[["dose", "age"]], ValueError, r"pass inducing\[list\(X\.columns\)\]"),
    "more columns": (POINTS.assign(sex=1), ValueError, r"got \['age', 'dose', 'sex'\]: pass inducing\["),
    "fewer columns": (POINTS[["age"]], ValueError, r"got \['age'\]: pass inducing\["),
    "the same name twice": (
        POINTS.set_axis(["age", "age"], axis=1),
        ValueError,
        "column names of inducing m",
    ),
    "an array of three columns": (
        np.ones((4, 3)),
        ValueError,
        "inducing must have 2 columns, .* got 3: pass",
    ),
    "a vector": (np.ones(4), ValueError, r"inducing must be 2-D .* got shape \(4,\): pass numpy"),
    "a list of numbers": ([1, 2, 3], ValueError, r"inducing must be 2-D .* got shape \(3,\): pass numpy"),
    "no rows": (POINTS.iloc[:0], ValueError, "inducing must have at least one row"),
    "NaN": (POINTS.assign(dose=np.nan), ValueError, r"inducing\['dose'\] must be finite"),
    "words": (POINTS.assign(dose="a"), TypeError, r"inducing\['dose'\] must hold real numbers"),
    "ragged": ([[1.0, 2.0], [1.0]], TypeError, "inducing must be an array, or nested lists .*: correct"),
    "a dict": ({"age": [1.0], "dose": [1.0]}, TypeError, r"inducing must be an integer, got \{'age'"),
    "text": ("all", ValueError, r"inducing must be one of \['auto'\], got 'all': pass inducing='auto'"),
    "bytes": (b"auto", TypeError, "inducing must be an integer, got b'auto': pass"),
    "a truth": (True, TypeError, "inducing must be an integer, got True: pass"),
    "a fraction": (3.0, TypeError, r"inducing must be an integer, got 3\.0: pass int\(inducing\)"),
    "none": (0, ValueError, "inducing must be at least 1, got 0: pass"),
    "more than rows": (
        13,
        ValueError,
        "inducing must be at most the number of rows, 12, got 13: leave it out",
    ),
    "a class": (HilbertBasis, TypeError, "inducing must be an integer, got <class"),
}


@pytest.mark.parametrize("case", INDUCING)
def test_inducing_points(case):
    inducing, error, message = INDUCING[case]
    with pytest.raises(error, match=f"^.*{message}"):
        PolyaGammaGP(FRAME, Y, RBF(1.0), inducing=inducing)


@pytest.mark.parametrize("points", [POINTS, POINTS.to_numpy(), POINTS.to_numpy().tolist()], ids=type)
def test_sound_inducing_points_are_taken(points):
    traces = [
        PolyaGammaGP(rows, Y, RBF(1.0), inducing=points).sample(
            3, tune=3, chains=1, random_seed=1, progressbar=False
        )
        for rows in (FRAME, X)
    ]
    np.testing.assert_array_equal(*(trace.posterior["v"] for trace in traces))


BOX = PolyaGammaGP(np.linspace(-2, 2, 20)[:, np.newaxis], [0, 1] * 10, inducing=HilbertBasis(8))
BOX_TRACE = BOX.sample(4, tune=20, chains=1, random_seed=1, progressbar=False)


@pytest.mark.parametrize("beyond", [3.0001, -3.5, 1e9, -1e308])
@pytest.mark.parametrize(
    "use", ["predict_proba", "predict_draws", "predict_f", "sample_posterior_predictive"]
)
def test_predictions_outside_the_box_of_a_basis_are_refused(use, beyond):
    message = r"X_new must be inside the box of HilbertBasis\(boundary=1\.5\), from -3 to 3 in column 0, got "
    with pytest.raises(ValueError, match=message + re.escape(f"{beyond:.6g} in row 1: ") + ".*boundary="):
        getattr(BOX, use)(BOX_TRACE, [[0.0], [beyond]])


def test_the_boundary_that_is_offered_is_enough():
    with pytest.raises(ValueError, match=r"HilbertBasis\(boundary=2\.2\)"):
        BOX.predict_proba(BOX_TRACE, [[3.5]])
    wider = PolyaGammaGP(np.linspace(-2, 2, 20)[:, np.newaxis], [0, 1] * 10, inducing=HilbertBasis(12, 2.2))
    idata = wider.sample(4, tune=20, chains=1, random_seed=1, progressbar=False)
    assert wider.predict_proba(idata, [[3.5]]).shape == (1, 2)
    assert BOX.predict_proba(BOX_TRACE, [[3.0], [-3.0]]).shape == (2, 2)


FAR = {"matern": 2.0 * Matern(1.0), "dot product": DotProduct(), "rbf": 2.0 * RBF(1.0)}
FAR_MODELS = {name: PolyaGammaGP(X, Y, kernel) for name, kernel in FAR.items()}
FAR_TRACES = {
    name: model.sample(4, tune=20, chains=1, random_seed=1, progressbar=False)
    for name, model in FAR_MODELS.items()
}


@pytest.mark.parametrize("value", [1e160, 1e308, -1e308])
@pytest.mark.parametrize(
    "use", ["predict_proba", "predict_draws", "predict_f", "sample_posterior_predictive"]
)
@pytest.mark.parametrize("name", FAR)
def test_rows_that_are_too_far_for_doubles(name, use, value):
    rows = np.zeros((3, X.shape[1]))
    rows[2, 0] = value
    predict = getattr(FAR_MODELS[name], use)
    if name == "rbf":  # which is 0 there: f is as before the data
        with np.errstate(all="ignore"):
            predict(FAR_TRACES[name], rows)
        return
    with (
        np.errstate(all="ignore"),
        pytest.raises(ValueError, match=r"X_new must be near enough .* in row 2:"),
    ):
        predict(FAR_TRACES[name], rows)
