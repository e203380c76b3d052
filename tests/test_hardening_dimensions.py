"""Arrays of more dimensions than NumPy's iterators walk through, and sizes beyond any array."""

import numpy as np
import pytest

from polyagamma import (
    PolyaGamma,
    polyagamma_cdf,
    polyagamma_cumulant,
    polyagamma_laplace,
    polyagamma_mean,
    polyagamma_pdf,
    polyagamma_var,
    random_polyagamma,
)

H, Z = np.full(6, 2.0), np.linspace(-1.0, 4.0, 6)
DIMENSIONS = [32, 33, 48, 64]


def deep(array, ndim):
    """Return the array with many dimensions, two of them longer than 1."""
    return np.reshape(array, (2, *(1,) * (ndim - 2), 3))


def draw(*arguments, **more):
    return random_polyagamma(*arguments, random_state=1, **more)


DRAWS = {
    "both": lambda h, z: draw(h, z),
    "one h": lambda _, z: draw(2.0, z),
    "h of few dimensions": lambda _, z: draw(np.full(3, 2.0), z),
    "size": lambda h, z: draw(h, z, size=z.shape),
    "out": lambda h, z: draw(h, z, out=np.empty(z.shape)),
    "out is z": lambda h, z: draw(h, z := z.copy(), out=z),
    "float32": lambda h, z: draw(h.astype(np.float32), z),
    "integers": lambda h, z: draw(h.astype(np.int64), z),
    "objects": lambda h, z: draw(h.astype(object), z),
    "lists": lambda h, z: draw(h.tolist(), z),
    "strided": lambda h, z: draw(np.repeat(h, 2, axis=-1)[..., ::2], z),
    "Fortran": lambda h, z: draw(h, np.asfortranarray(z)),
    "two threads": lambda h, z: draw(h, z, threads=2),
    "frozen": lambda h, z: PolyaGamma(h, z).rvs(random_state=1),
}


@pytest.mark.parametrize("ndim", DIMENSIONS)
@pytest.mark.parametrize("case", DRAWS)
def test_draws_are_those_of_flat_arrays(case, ndim):
    drawn = DRAWS[case](deep(H, ndim), deep(Z, ndim))
    assert drawn.ndim == ndim
    np.testing.assert_array_equal(drawn.ravel(), draw(H, Z))


@pytest.mark.parametrize("ndim", DIMENSIONS)
def test_strips_in_many_dimensions(ndim):
    drawn = draw(deep(H, ndim), deep(Z, ndim), method="strip")
    np.testing.assert_array_equal(drawn.ravel(), draw(H, Z, method="strip"))
    with pytest.raises(ValueError, match=r"h must consist of integers up to 256 .* = 0\.5.*: drop"):
        draw(deep(H, ndim) / 4, method="strip")


FUNCTIONS = {
    "pdf": lambda h, z: polyagamma_pdf(0.3, h, z),
    "cdf": lambda h, z: polyagamma_cdf(h, 1.0, z),
    "mean": polyagamma_mean,
    "var": polyagamma_var,
    "cumulant": lambda h, z: polyagamma_cumulant(3, h, z),
    "laplace": lambda h, z: polyagamma_laplace(0.3, h, z),
    "ppf": lambda h, z: PolyaGamma(h, z).ppf(0.3),
    "std": lambda h, z: PolyaGamma(h, z).std(),
    "interval": lambda h, z: PolyaGamma(h, z).interval(0.5)[1],
    "kurtosis": lambda h, z: PolyaGamma(h, z).stats("k"),
}


@pytest.mark.parametrize("ndim", DIMENSIONS)
@pytest.mark.parametrize("case", FUNCTIONS)
def test_functions_are_those_of_flat_arrays(case, ndim):
    values = FUNCTIONS[case](deep(H, ndim), deep(Z, ndim))
    assert values.ndim == ndim
    np.testing.assert_array_equal(values.ravel(), FUNCTIONS[case](H, Z))


@pytest.mark.parametrize("ndim", DIMENSIONS)
def test_errors_in_many_dimensions(ndim):
    with pytest.raises(ValueError, match=r"h must be positive and finite, got h\[0, .*\] = -2\.0.*: drop"):
        draw(-deep(H, ndim))
    with pytest.raises(ValueError, match=r"h and z must broadcast .*: make their shapes equal"):
        draw(deep(H, ndim), np.ones(4))
    with pytest.raises(ValueError, match=r"x, h and z must broadcast .*: make their shapes equal"):
        polyagamma_pdf(deep(H, ndim), np.ones(4))


def test_strided_outputs_of_many_dimensions_are_refused():
    with pytest.raises(ValueError, match=r"out must be C-contiguous .* got 33 dim.*numpy\.empty\(shape\)"):
        draw(deep(H, 33), out=deep(np.zeros(6), 33)[..., ::-1])


@pytest.mark.parametrize("size", [2**62, 2**64, (2**40, 2**40), (1,) * 65, [2**61]], ids=str)
def test_sizes_of_no_array_are_refused(size):
    with pytest.raises(ValueError, match=r"size must have at most 64 dimensions and \d+ elements, got"):
        draw(1.0, size=size)
