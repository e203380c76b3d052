"""Parts of additive models: designs, levels, splines, priors, and the names of what is drawn."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import beta, expon, halfnorm, kstest, multivariate_normal, norm
from scipy.stats import t as student
from sklearn.gaussian_process.kernels import RBF

from polyagamma import (
    LKJ,
    Exponential,
    Group,
    HalfNormal,
    HalfT,
    HilbertBasis,
    Linear,
    MultiMembership,
    PolyaGammaAdditive,
    Process,
    Smooth,
)
from polyagamma.terms.scale_priors import SdPrior, correlation_factor
from polyagamma.terms.splines import PenalisedSpline

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(5)
N = 40
FRAME = pd.DataFrame(
    {
        "age": RNG.normal(40, 10, N),
        "urban": RNG.integers(0, 2, N),
        "district": RNG.integers(0, 6, N),
        "school": np.array(["b", "a", "c"])[RNG.integers(0, 3, N)],
    }
)
Y = RNG.integers(0, 2, N)
SETTINGS = {"tune": 9, "chains": 2, "random_seed": 5, "progressbar": False}
LIMIT = 5.5  # standard errors: 4e-8 a comparison, of which there are fewer than 20


def dense(model):
    """The design of a model, and its blocks."""
    form = model._specification.term.additive()
    size = sum(block["levels"] * block["columns"] for block in form.blocks)
    matrix = np.zeros((len(form.indptr) - 1, size))
    for row in range(len(matrix)):
        entries = slice(form.indptr[row], form.indptr[row + 1])
        assert (np.diff(form.indices[entries]) > 0).all()
        matrix[row, form.indices[entries]] = form.values[entries]
    return matrix, form.blocks


def one_hot(codes, size):
    return np.eye(size)[codes]


def test_design_of_slopes_is_level_by_level():
    group = Group(FRAME["district"], slopes=FRAME[["urban", "age"]])
    matrix, blocks = dense(PolyaGammaAdditive([Linear(FRAME[["age"]]), group], Y))
    np.testing.assert_allclose(matrix[:, 0], 1)
    np.testing.assert_allclose(matrix[:, 1], FRAME["age"] - FRAME["age"].mean())
    values = np.column_stack([np.ones(N), FRAME["urban"], FRAME["age"]])
    expected = one_hot(FRAME["district"], 6)[:, :, np.newaxis] * values[:, np.newaxis]
    np.testing.assert_allclose(matrix[:, 2:], expected.reshape(N, -1))
    assert [(block["kind"], block["levels"], block["columns"]) for block in blocks] == [
        ("fixed", 2, 1),
        ("group", 6, 3),
    ]
    assert blocks[1]["correlated"] is True
    assert blocks[1]["eta"] == 2.0


def test_design_of_several_terms_without_intercept():
    terms = [Group(FRAME["school"]), Smooth(FRAME["age"], n_basis=7), Group(FRAME[["school", "district"]])]
    matrix, blocks = dense(PolyaGammaAdditive(terms, Y, intercept=False))
    assert [(block["kind"], block["levels"]) for block in blocks] == [
        ("fixed", 1),
        ("group", 3),
        ("basis", 5),
        ("group", len(set(zip(FRAME["school"], FRAME["district"], strict=True)))),
    ]
    np.testing.assert_allclose(matrix[:, 0], FRAME["age"])
    np.testing.assert_allclose(matrix[:, 1:4], one_hot(FRAME["school"].map({"a": 0, "b": 1, "c": 2}), 3))
    np.testing.assert_allclose(matrix[:, 9:].sum(axis=1), 1)


@pytest.mark.parametrize("inducing", [HilbertBasis(40, boundary=3.0), np.linspace(15, 65, 25)[:, np.newaxis]])
def test_columns_of_a_process_make_its_kernel(inducing):
    """Z Zᵀ is the kernel matrix, to the error of a basis or of inducing points that are many."""
    kernel = RBF(12.0)
    matrix, blocks = dense(PolyaGammaAdditive([Process(FRAME[["age"]], kernel, inducing)], Y))
    assert [(block["kind"], block["levels"]) for block in blocks][1:] == [("basis", matrix.shape[1] - 1)]
    ages = FRAME[["age"]].to_numpy()
    np.testing.assert_allclose(matrix[:, 1:] @ matrix[:, 1:].T, kernel(ages), atol=1e-4)


def test_usual_columns_of_processes():
    one, several = Process(FRAME["age"].to_frame()), Process(FRAME[["age", "urban"]], name="both")
    _, blocks = dense(PolyaGammaAdditive([one, several], Y))
    assert [block["levels"] for block in blocks] == [1, 24, N]


def test_members_of_a_group_twice_count_twice():
    labels = np.array([["a", "b"], ["b", "b"], ["c", "a"]] * 5)
    weights = np.array([[0.2, 0.8], [0.5, 0.25], [1.0, 0.0]] * 5)
    matrix, _ = dense(PolyaGammaAdditive([MultiMembership(labels, weights)], Y[:15]))
    np.testing.assert_allclose(matrix[:3, 1:], [[0.2, 0.8, 0], [0, 0.75, 0], [0, 0, 1.0]])


def test_no_matrix_of_rows_and_levels_is_made():
    """20,000 rows and levels: 3.2 GB if dense."""
    labels = np.arange(20_000)
    model = PolyaGammaAdditive([Group(labels, name="g")], labels % 3, family="binomial", trials=5)
    form = model._specification.term.additive()
    assert len(form.values) == 40_000
    assert model.sample(3, **SETTINGS).posterior["1|g"].shape == (2, 3, 20_000)


def test_levels_are_sorted_or_those_of_categories():
    ordered = pd.Categorical(FRAME["school"], ["c", "a", "b", "unused"])
    for labels, expected in ((FRAME["school"], ["a", "b", "c"]), (ordered, ["c", "a", "b"])):
        model = PolyaGammaAdditive([Group(labels, name="school")], Y)
        prior = model.sample_prior_predictive(3, random_seed=1).prior
        assert prior["school"].to_numpy().tolist() == expected
        codes = model._specification.term.predictors.X[:, 0].astype(int)
        assert np.array(expected)[codes].tolist() == FRAME["school"].tolist()


def test_parameters_have_the_names_of_bambi_and_labels_of_levels():
    group = Group(FRAME["district"], slopes=FRAME[["urban", "age"]])
    model = PolyaGammaAdditive([group, Smooth(FRAME["age"], n_basis=6), Linear(FRAME[["urban"]])], Y)
    posterior = model.sample(4, **SETTINGS).posterior
    assert list(posterior) == [
        "intercept",
        "beta",
        "1|district_sigma",
        "urban|district_sigma",
        "age|district_sigma",
        "district_corr",
        "1|district",
        "urban|district",
        "age|district",
        "s(age)_sigma",
        "s(age)",
    ]
    assert posterior["feature"].to_numpy().tolist() == ["s(age)", "urban"]
    assert posterior["district_corr_pair"].to_numpy().tolist() == ["1,urban", "1,age", "urban,age"]
    assert posterior["urban|district"].dims == ("chain", "draw", "district")
    assert posterior["s(age)"].dims == ("chain", "draw", "s(age)_basis")


def test_effects_that_are_not_kept_are_not_asked_for():
    model = PolyaGammaAdditive([Group(FRAME["district"])], Y)
    whole = model.sample(5, **SETTINGS).posterior
    some = model.sample(5, **SETTINGS, var_names=["1|district_sigma", "intercept"]).posterior
    assert list(some) == ["1|district_sigma", "intercept"]
    assert some["1|district_sigma"].equals(whole["1|district_sigma"])
    assert list(model._specification.term.outputs(["intercept"], predictors=False)) == ["block0", "scales"]


def log_density_of_scales(sds, r, priors, eta):
    """Of standard deviations and one correlation."""
    log_sds = sum(prior.logpdf(sd) for prior, sd in zip(priors, sds, strict=True))
    return log_sds + beta.logpdf((r + 1) / 2, eta, eta) - np.log(2)


def test_lp_is_the_log_of_the_joint_density():
    terms = [
        Linear(FRAME[["age"]]),
        Group(FRAME["district"], FRAME["urban"], prior_sd=[HalfT(3, 2.5), Exponential(2)], prior_corr=LKJ(3)),
        Smooth(FRAME["age"], n_basis=6, name="s"),
    ]
    terms = [*terms[:2], Smooth(FRAME["urban"] + FRAME["age"], n_basis=6, name="s")]
    model = PolyaGammaAdditive(terms, Y)
    idata = model.sample(4, **SETTINGS, compute_log_likelihood=True)
    draw = {name: values.isel(chain=1, draw=2).to_numpy() for name, values in idata.posterior.items()}
    age, s = FRAME["age"], FRAME["urban"] + FRAME["age"]
    centre = draw["intercept"] + draw["beta"] @ [age.mean(), s.mean()]
    fixed = norm.logpdf(centre, 0, 10)
    fixed += norm.logpdf(draw["beta"], 0, 2.5 / np.array([age.std(ddof=0), s.std(ddof=0)])).sum()
    sds = np.array([draw["1|district_sigma"], draw["urban|district_sigma"]])
    r = draw["district_corr"][0]
    priors = [student(3, scale=2.5), expon(scale=0.5)]
    scales = log_density_of_scales(sds, r, priors, 3) + np.log(2)  # of the half-t, which is two halves
    effects = np.column_stack([draw["1|district"], draw["urban|district"]])
    covariance = np.outer(sds, sds) * [[1, r], [r, 1]]
    scales += multivariate_normal.logpdf(effects, [0, 0], covariance).sum()
    scales += halfnorm.logpdf(draw["s_sigma"]) + norm.logpdf(draw["s"], 0, draw["s_sigma"]).sum()
    likelihood = idata.log_likelihood["y"].isel(chain=1, draw=2).sum()
    assert idata.sample_stats["lp"][1, 2] == pytest.approx(float(fixed + scales + likelihood), rel=1e-9)


@pytest.mark.parametrize("prior", [HalfNormal(1.5), HalfT(3, 2.5), Exponential(0.5)], ids=str)
def test_priors_of_standard_deviations(prior):
    """The constant by quadrature; 20,000 draws by a Kolmogorov-Smirnov test, p > 1e-7."""
    core = SdPrior.check("prior_sd", prior)
    log_shapes = {
        "half_normal": lambda s: -0.5 * (s / 1.5) ** 2,
        "half_t": lambda s: -2 * np.log1p((s / 2.5) ** 2 / 3),
        "exponential": lambda s: -s / 2,
    }
    laws = {"half_normal": halfnorm(scale=1.5), "exponential": expon(scale=2)}
    total = quad(lambda s: np.exp(log_shapes[core.name](s)), 0, np.inf)[0]
    assert core.log_normalizer() == pytest.approx(-np.log(total), rel=1e-8)
    draws = core.draw(np.random.default_rng(1), 20_000)
    cdf = laws[core.name].cdf if core.name in laws else lambda s: 2 * student.cdf(s / 2.5, 3) - 1
    assert kstest(draws, cdf).pvalue > 1e-7


@pytest.mark.parametrize("eta", [0.5, 1.0, 2.0])
def test_correlations_of_a_prior(eta):
    """20,000 matrices of 3 x 3: marginally beta(eta + 1/2) on (-1, 1), whichever pair; p > 1e-7."""
    drawn = LKJ(eta).draw(np.random.default_rng(2), 20_000, 3)
    for pair in drawn.T:
        assert kstest((pair + 1) / 2, beta(eta + 0.5, eta + 0.5).cdf).pvalue > 1e-7
    factor = correlation_factor(drawn, 3)
    product = factor @ factor.transpose(0, 2, 1)
    np.testing.assert_allclose(product[:, [1, 2, 2], [0, 0, 1]], drawn, atol=1e-12)
    np.testing.assert_allclose(product[:, range(3), range(3)], 1, rtol=1e-12)


@pytest.mark.parametrize("eta", [0.7, 1.0, 2.0])
def test_constant_of_correlations(eta):
    """By quadrature over a correlation; and that of 3 x 3 over a cube of 2,000,000 points."""
    one = quad(lambda r: (1 - r**2) ** (eta - 1), -1, 1)[0]
    assert LKJ(eta).log_normalizer(2) == pytest.approx(-np.log(one), rel=1e-6)
    if eta >= 1:
        a, b, c = np.random.default_rng(3).uniform(-1, 1, (3, 2_000_000))
        det = 1 + 2 * a * b * c - a**2 - b**2 - c**2
        values = np.where(det > 0, np.maximum(det, 1e-300) ** (eta - 1), 0.0)
        error = values.std() / np.sqrt(len(values)) / values.mean()
        assert abs(LKJ(eta).log_normalizer(3) + np.log(8 * values.mean())) < LIMIT * error


def test_prior_of_effects_has_its_covariance():
    """40,000 draws of the effects of a level given their scales: products within 5.5 standard errors."""
    group = Group(FRAME["district"], slopes=FRAME[["urban", "age"]])
    effects = PolyaGammaAdditive([group], Y)._specification.term._blocks[0].effects
    scales = np.tile([0.5, 1.0, 2.0, 0.3, -0.4, 0.6], (40_000, 1))
    drawn = effects.draw_effects(scales, np.random.default_rng(4).standard_normal((40_000, 6)))
    matrix = np.array([[1, 0.3, -0.4], [0.3, 1, 0.6], [-0.4, 0.6, 1]])
    covariance = np.kron(np.eye(2), matrix * np.outer([0.5, 1, 2], [0.5, 1, 2]))
    products = drawn[:, :, np.newaxis] * drawn[:, np.newaxis]
    diagonal = np.diag(covariance)
    error = np.sqrt((np.outer(diagonal, diagonal) + covariance**2) / 40_000)  # Isserlis
    assert (np.abs(products.mean(axis=0) - covariance) < LIMIT * error).all()


def test_splines_contain_lines_and_do_not_depend_on_units():
    x = np.sort(RNG.uniform(-3, 5, 200))
    weights = RNG.uniform(0.5, 2, 200)
    spline = PenalisedSpline.of(x, weights, 12)
    columns = spline(x)
    assert columns.shape == (200, 10)
    share = weights / weights.sum()
    assert share @ (columns**2).sum(axis=1) == pytest.approx(1)
    np.testing.assert_allclose(share @ columns, 0, atol=1e-12)
    np.testing.assert_allclose((share * x) @ columns, 0, atol=1e-12)
    other = PenalisedSpline.of(1e5 + 1e-3 * x, weights, 12)
    np.testing.assert_allclose(other(1e5 + 1e-3 * x), columns, atol=1e-6)


def test_splines_are_cubic_splines_whose_second_differences_are_penalised():
    """A function of the space, by least squares; its u is that of second differences of its coefficients."""
    from scipy.interpolate import BSpline

    x = np.linspace(0, 1, 300)
    spline = PenalisedSpline.of(x, np.ones(300), 9)
    a = RNG.standard_normal(9)
    f = BSpline(np.arange(-3, 10) / 6, a, 3)(x)
    design = np.column_stack([np.ones(300), x, spline(x)])
    fitted = np.linalg.lstsq(design, f, rcond=None)[0]
    np.testing.assert_allclose(design @ fitted, f, atol=1e-10)
    np.testing.assert_allclose(fitted[2:], np.diff(a, 2) * spline.scale, atol=1e-8)


def test_splines_go_on_as_lines():
    x = np.linspace(0, 1, 50)
    spline = PenalisedSpline.of(x, np.ones(50), 8)
    beyond = spline(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(beyond[2] - beyond[1], beyond[1] - beyond[0], atol=1e-12)
    step = 1e-6
    slope = (spline(np.array([1.0])) - spline(np.array([1 - step])))[0] / step
    np.testing.assert_allclose(beyond[1] - beyond[0], slope, atol=1e-4)


def test_initial_values_start_the_chains():
    model = PolyaGammaAdditive([Linear(FRAME[["age"]]), Group(FRAME["district"], FRAME["urban"])], Y)
    start = {"intercept": 0.3, "beta": [0.02], "1|district": np.arange(6) / 10, "district_corr": [0.2]}
    flat = model._specification.term.initial(start, 2)
    expected = [0.3 + 0.02 * FRAME["age"].mean(), 0.02]
    np.testing.assert_allclose(flat[1, :2], expected)
    np.testing.assert_allclose(flat[1, 2:14:2], np.arange(6) / 10)
    np.testing.assert_allclose(flat[1, 14:], [1, 1, 0.2])
    assert model.sample(3, **SETTINGS, initvals=start).posterior.sizes["draw"] == 3
    with pytest.raises(ValueError, match=r"initvals must be some of \['intercept', .*got \['x'\]"):
        model.sample(3, **SETTINGS, initvals={"x": 1})
