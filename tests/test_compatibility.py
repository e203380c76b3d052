"""Code as it is written for PyPI's `polyagamma` 2.x: what its docstrings tell of, and its exceptions.

All of it passes with that package, too: `pytest --noconftest -c /dev/null tests/test_compatibility.py` where
it alone is installed. What differs is in docs/compatibility.md.
"""

import inspect

import numpy as np
import pytest

from polyagamma import polyagamma_cdf, polyagamma_pdf, random_polyagamma


@pytest.fixture
def rng():
    return np.random.default_rng(12345)


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (random_polyagamma, ["h", "z", "size", "out", "method", "disable_checks", "random_state"]),
        (polyagamma_pdf, ["x", "h", "z", "return_log"]),
        (polyagamma_cdf, ["x", "h", "z", "return_log"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_parameters_have_the_same_names_and_places(function, parameters):
    assert list(inspect.signature(function).parameters)[: len(parameters)] == parameters


@pytest.mark.parametrize(
    ("arguments", "options", "shape"),
    [
        ((), {"size": 3}, (3,)),
        ((), {"size": (5, 10)}, (5, 10)),
        ((), {"size": [2, 3]}, (2, 3)),
        ((), {"size": ()}, ()),
        ((), {"size": 0}, (0,)),
        (([1, 2, 3, 4, 5], 5), {}, (5,)),
        (([[1], [2]], [0.5, 1, 2]), {}, (2, 3)),
        (([1, 2, 3], -1.5), {"size": (4, 3)}, (4, 3)),
        ((np.array(2.0), 0), {}, ()),
        ((np.float32(1.5), np.ones(2, np.float32)), {}, (2,)),
        (([], 1), {}, (0,)),
    ],
)
def test_shapes(arguments, options, shape, rng):
    drawn = random_polyagamma(*arguments, **options, random_state=rng)
    assert isinstance(drawn, np.ndarray)
    assert drawn.shape == shape
    assert drawn.dtype == np.float64
    assert np.all(drawn > 0)


@pytest.mark.parametrize("arguments", [(), (2,), (2.5, -3), (np.float64(2), np.int64(1)), (True, False)])
def test_scalars_give_a_float(arguments, rng):
    drawn = random_polyagamma(*arguments, random_state=rng)
    assert type(drawn) is float
    assert drawn > 0


@pytest.mark.parametrize("h", [1.0, [0.5, 1.0, 4.0], [[1.0, 2.0, 3.0]] * 2], ids=["scalar", "row", "table"])
@pytest.mark.parametrize("size", [None, "that of out"])
def test_out_is_filled_and_returned(h, size, rng):
    out = np.full(np.shape(h) or (2, 3), -1.0)
    options = {} if size is None else {"size": out.shape}
    assert random_polyagamma(h, 0.3, out=out, random_state=rng, **options) is out
    assert np.all(out > 0)


@pytest.mark.parametrize("method", ["gamma", "devroye", "alternate", "saddle", None])
@pytest.mark.parametrize("h", [1, 2, 30])
def test_methods(method, h, rng):
    """Of 4e4 draws each the mean within 5.5 standard errors (false alarm of all 15: 6e-7)."""
    n, z = 40_000, 0.7
    drawn = random_polyagamma(h, z, size=n, method=method, random_state=rng)
    mean = h * np.tanh(z / 2) / (2 * z)
    variance = h * (np.sinh(z) - z) / (4 * z**3 * np.cosh(z / 2) ** 2)
    assert abs(drawn.mean() - mean) < 5.5 * np.sqrt(variance / n)


@pytest.mark.parametrize(
    "make",
    [
        lambda: 7,
        lambda: [7, 8],
        lambda: np.random.SeedSequence(7),
        lambda: np.random.PCG64(7),
        lambda: np.random.default_rng(7),
        lambda: np.random.RandomState(7),
    ],
    ids=["int", "list", "SeedSequence", "BitGenerator", "Generator", "RandomState"],
)
def test_seeds_repeat_the_draws(make):
    first, second = (random_polyagamma(1.5, size=4, random_state=make()) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert len(set(first)) == 4


def test_a_generator_goes_on(rng):
    first, second = (random_polyagamma(size=4, random_state=rng) for _ in range(2))
    assert not np.any(first == second)


def test_draws_without_a_seed_differ():
    assert random_polyagamma() != random_polyagamma()


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        ((0,), {}, ValueError),
        (([1, -1],), {}, ValueError),
        ((1.5,), {"method": "devroye"}, ValueError),
        ((), {"method": "hybrid"}, ValueError),
        ((), {"method": 1}, ValueError),
        ((), {"size": 3.0}, TypeError),
        ((), {"size": -1}, ValueError),
        (([1, 2, 3],), {"size": (4, 2)}, ValueError),
        (([1, 2], [1, 2, 3]), {}, ValueError),
        (([1, 2, 3],), {"out": np.empty(2)}, ValueError),
        ((), {"out": [0.0, 0.0]}, TypeError),
        ((), {"random_state": "seed"}, TypeError),
        ((), {"random_state": -1}, ValueError),
        ((1, 0, 3), {}, TypeError),
        ((1j,), {}, TypeError),
    ],
)
def test_exceptions(arguments, options, error):
    with pytest.raises(error):
        random_polyagamma(*arguments, **options)


def test_disabled_checks_give_nan(rng):
    drawn = random_polyagamma([-1.0, 0.0, 1.0], disable_checks=True, random_state=rng)
    np.testing.assert_array_equal(np.isnan(drawn), [True, True, False])
    assert np.isnan(random_polyagamma(-1, disable_checks=True))


def test_density_and_distribution_function():
    """At x = 0.1, ..., 2, z = 1: the sums of 200 terms that the other package documents, h = 1, 2.5, 4."""
    x, h, z, n = (
        np.linspace(0.1, 2.0, 20)[:, None, None],
        np.array([1.0, 2.5, 4.0])[:, None],
        1.0,
        np.arange(200),
    )
    gammas = np.array([[np.prod((k + np.arange(n_)) / np.arange(1, n_ + 1)) for n_ in n] for k in h[:, 0]])
    distances = 2 * n + h
    terms = (-1.0) ** n * gammas * distances / np.sqrt(2 * np.pi * x**3) * np.exp(-(distances**2) / (8 * x))
    h = h[:, 0]
    density = 2 ** (h - 1) * np.cosh(z / 2) ** h * np.exp(-(z**2) * x[..., 0] / 2) * terms.sum(-1)
    x = x[..., 0]
    np.testing.assert_allclose(polyagamma_pdf(x, h, z), density, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(polyagamma_pdf(x, h=h, z=z, return_log=True), np.log(density), atol=1e-7)
    slope = (polyagamma_cdf(x + 1e-4, h, z) - polyagamma_cdf(x - 1e-4, h, z)) / 2e-4
    np.testing.assert_allclose(slope, density, atol=1e-5)
    np.testing.assert_allclose(polyagamma_cdf(x, h, z, True), np.log(polyagamma_cdf(x, h, z)), atol=1e-12)


@pytest.mark.parametrize("function", [polyagamma_pdf, polyagamma_cdf])
def test_forms_of_arguments(function):
    assert type(function(0.2)) is float
    assert type(function(x=0.2, h=np.float64(2), z=-1)) is float
    assert function([0.2]).shape == (1,)
    assert function(np.array(0.2)).shape == ()
    assert function([[0.2], [0.3]], [1, 2, 3]).shape == (2, 3)
    assert function([]).shape == (0,)
    assert function(0.75, h=[4, 3, 1], return_log=True).shape == (3,)


@pytest.mark.parametrize("function", [polyagamma_pdf, polyagamma_cdf])
def test_values_at_the_ends(function):
    assert function(0.0) == function(-1.0) == 0
    assert function(-1.0, return_log=True) == -np.inf
    assert function(np.inf) == (1.0 if function is polyagamma_cdf else 0.0)
    assert np.isnan(function(np.nan))


def test_a_gibbs_sampler(rng):
    """Logistic regression as one writes it with the package: 400 rows, a wide prior, 500 sweeps.

    From the mean of the last 400 draws one step of Newton's method is shorter than half a posterior standard
    deviation. A fifth of that at most is for the skewness of the posterior, of 400 rows; the rest is six
    standard errors or more, since the autocorrelation time is below 5.
    """
    X = np.column_stack([np.ones(400), rng.normal(size=400)])
    y = rng.random(400) < 1 / (1 + np.exp(-X @ [0.5, -1.0]))
    prior, omega, beta, kept = np.eye(2) / 100, np.empty(400), np.zeros(2), []
    for _ in range(500):
        random_polyagamma(1, X @ beta, out=omega, disable_checks=True, random_state=rng)
        factor = np.linalg.cholesky(X.T * omega @ X + prior)
        mean = np.linalg.solve(factor.T, np.linalg.solve(factor, X.T @ (y - 0.5)))
        beta = mean + np.linalg.solve(factor.T, rng.normal(size=2))
        kept.append(beta)
    mean = np.mean(kept[100:], axis=0)
    p = 1 / (1 + np.exp(-X @ mean))
    curvature = X.T * (p * (1 - p)) @ X + prior
    step = np.linalg.solve(curvature, X.T @ (y - p) - prior @ mean)
    assert np.all(np.abs(step) < 0.5 * np.sqrt(np.diag(np.linalg.inv(curvature))))
