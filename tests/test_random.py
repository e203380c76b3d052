"""random_polyagamma: shapes, types, memory layouts and errors. What it draws: test_exactness."""

import doctest
import inspect
import pickle
from fractions import Fraction

import numpy as np
import pytest
from seeded_draws import H, Z, draw

import polyagamma
from polyagamma import random_polyagamma

METHODS = [None, "strip", "inverse_gaussian"]


# ---- what comes back


@pytest.mark.parametrize("h", [2.0, 2, True, np.float64(2), np.float32(2), np.int64(2), Fraction(5, 2)])
@pytest.mark.parametrize("method", METHODS)
def test_scalars_give_a_float(h, method):
    h = h if method != "strip" else round(float(h))
    drawn = draw(h, np.float64(-1.5), method=method)
    assert type(drawn) is float
    assert drawn > 0
    assert drawn == draw(float(h), 1.5, method=method)


def test_defaults_are_those_of_the_standard_distribution():
    assert draw() == draw(1.0, 0.0)
    np.testing.assert_array_equal(draw(size=5), draw(np.ones(5), np.zeros(5)))


@pytest.mark.parametrize(
    ("h", "z", "size", "shape"),
    [
        (1.0, 0.0, (), ()),
        (1.0, 0.0, 3, (3,)),
        (1.0, 0.0, [2, 3], (2, 3)),
        (1.0, 0.0, np.int64(4), (4,)),
        (1.0, 0.0, (2, 0, 3), (2, 0, 3)),
        (np.array(1.0), 0.0, None, ()),
        (1.0, np.array(0.0), (), ()),
        ([1.0, 2.0], 0.0, None, (2,)),
        ([[1.0], [2.0]], [0.0, 1.0, 2.0], None, (2, 3)),
        ([[1.0], [2.0]], [0.0, 1.0, 2.0], (4, 2, 3), (4, 2, 3)),
        ([1.0], [[2.0]], (3, 2), (3, 2)),
        ([], 0.0, None, (0,)),
        (np.ones((3, 1)), np.ones((1, 0)), None, (3, 0)),
    ],
)
def test_shapes_broadcast(h, z, size, shape):
    drawn = draw(h, z, size=size)
    assert type(drawn) is np.ndarray
    assert drawn.shape == shape
    assert drawn.dtype == np.float64
    assert (drawn > 0).all()


@pytest.mark.parametrize(
    ("h", "z", "size"),
    [([1.0, 2.0], 0.0, 3), ([1.0, 2.0], 0.0, (2, 1)), ([1.0, 2.0], 0.0, ()), ([[1.0]], 0.0, (1,))],
)
def test_size_that_the_parameters_do_not_broadcast_to(h, z, size):
    with pytest.raises(ValueError, match=r"size must have a shape that h and z broadcast to, got \("):
        draw(h, z, size=size)


def test_parameters_that_do_not_broadcast():
    with pytest.raises(ValueError, match=r"h and z must broadcast .* h of shape \(2,\), z of shape \(3,\)"):
        draw([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("size", "error", "message"),
    [
        (-1, ValueError, "size must not be negative, got -1"),
        ((2, -3), ValueError, r"size must not be negative, got \(2, -3\)"),
        (2.0, TypeError, "size must be made of integers, got float 2.0"),
        ((2, "3"), TypeError, "size must be made of integers, got str '3'"),
    ],
)
def test_bad_size(size, error, message):
    with pytest.raises(error, match=message):
        draw(size=size)


def test_size_beyond_memory_is_refused_before_drawing():
    with pytest.raises(MemoryError):
        draw(size=1 << 58)


# ---- parameters of any layout and type


def unaligned(array):
    memory = np.zeros(array.nbytes + 1, np.uint8)[1:]
    copy = memory.view(np.float64).reshape(array.shape)
    copy[...] = array
    return copy


LAYOUTS = {
    "contiguous": lambda a: a.copy(),
    "list": lambda a: a.tolist(),
    "read-only": lambda a: np.frombuffer(a.tobytes()).reshape(a.shape),
    "every second": lambda a: np.repeat(a, 2, axis=0)[::2],
    "reversed": lambda a: a[::-1].copy()[::-1],
    "unaligned": unaligned,
    "byte-swapped": lambda a: a.astype(">f8"),
    "long double": lambda a: a.astype(np.longdouble),
    "objects": lambda a: a.astype(object),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_of_parameters_does_not_matter(layout):
    expected = draw(H, Z)
    np.testing.assert_array_equal(draw(LAYOUTS[layout](H), Z), expected)
    np.testing.assert_array_equal(draw(H, LAYOUTS[layout](Z)), expected)


def test_elements_are_drawn_in_c_order():
    h, z = H.reshape(50, 80), Z.reshape(50, 80)
    expected = draw(H, Z).reshape(50, 80)
    np.testing.assert_array_equal(draw(h, z), expected)
    np.testing.assert_array_equal(draw(np.asfortranarray(h), np.asfortranarray(z)), expected)


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint64, np.float16, np.float32])
def test_other_types_are_converted(dtype):
    h = (np.arange(3000) % 5 + 1).astype(dtype)
    np.testing.assert_array_equal(draw(h, 1.0), draw(h.astype(np.float64), 1.0))


def test_broadcasting_equals_writing_out():
    column, row = H[:60, None], Z[None, :70]
    full_h, full_z = np.broadcast_arrays(column, row)
    np.testing.assert_array_equal(draw(column, row), draw(full_h.copy(), full_z.copy()))
    np.testing.assert_array_equal(draw(3.0, row, size=(60, 70)), draw(np.full((60, 70), 3.0), full_z.copy()))


def test_arguments_are_left_alone():
    h, z = H.copy(), Z.copy()
    draw(h, z)
    np.testing.assert_array_equal(h, H)
    np.testing.assert_array_equal(z, Z)


# ---- out


OUT_VIEWS = {
    "contiguous": lambda memory: memory[:3000].reshape(50, 60),
    "fortran": lambda memory: memory[:3000].reshape(60, 50).T,
    "reversed": lambda memory: memory[:3000].reshape(50, 60)[::-1, ::-1],
    "every third": lambda memory: memory[:9000].reshape(50, 180)[:, 1::3],
    "unaligned": lambda memory: memory.view(np.uint8)[1:24001].view(np.float64).reshape(50, 60),
}


@pytest.mark.parametrize("view", OUT_VIEWS)
def test_out_of_any_layout(view):
    h, z = H[:50, None], Z[:60]
    memory, expected = np.full(10_000, -1.0), np.full(10_000, -1.0)
    out = OUT_VIEWS[view](memory)
    assert draw(h, z, out=out) is out
    OUT_VIEWS[view](expected)[...] = draw(h, z)
    np.testing.assert_array_equal(memory, expected)


def test_out_of_a_subclass(tmp_path):
    out = np.memmap(tmp_path / "draws", np.float64, "w+", shape=(7,))
    assert draw(2.0, 1.0, out=out) is out
    np.testing.assert_array_equal(out, draw(2.0, 1.0, size=7))


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1,), (1, 1)])
def test_small_out(shape):
    out = np.empty(shape)
    assert draw(2.0, 1.0, out=out) is out
    np.testing.assert_array_equal(out, draw(2.0, 1.0, size=shape))


def test_out_broadcasts_the_parameters():
    out = np.empty((4, 3))
    draw([1.0, 2.0, 3.0], 0.5, out=out, size=(4, 3))
    np.testing.assert_array_equal(out, draw([1.0, 2.0, 3.0], 0.5, size=(4, 3)))


OVERLAPS = {
    "out is h": lambda m: (m[:3000], Z[:3000], m[:3000]),
    "out is z": lambda m: (H[:3000], m[:3000], m[:3000]),
    "out is both": lambda m: (m[:3000], m[:3000], m[:3000]),
    "strided, out is h": lambda m: (m[:6000:2], Z[:3000], m[:6000:2]),
    "shifted up": lambda m: (m[:3000], Z[:3000], m[1:3001]),
    "shifted down": lambda m: (m[1:3001], Z[:3000], m[:3000]),
    "reversed": lambda m: (m[:3000], Z[:3000], m[:3000][::-1]),
    "transposed": lambda m: (m[:2500].reshape(50, 50), 0.5, m[:2500].reshape(50, 50).T),
    "one element": lambda m: (m[7:8], Z[:3000], m[:3000]),
    "one row": lambda m: (m[:50], 0.5, m[:2500].reshape(50, 50)),
}


@pytest.mark.parametrize("overlap", OVERLAPS)
def test_out_that_shares_memory_with_parameters(overlap):
    memory = np.linspace(0.5, 30.0, 8000)
    h, z, out = OVERLAPS[overlap](memory)
    expected = draw(np.copy(h), np.copy(z), size=out.shape)
    draw(h, z, out=out)
    np.testing.assert_array_equal(out, expected)


def read_only(array):
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("out", "size", "error", "message"),
    [
        ([0.0, 0.0], None, TypeError, "out must be a numpy.ndarray, got list"),
        (np.empty(2, np.int64), None, TypeError, "out must have dtype float64, got int64"),
        (np.empty(2, np.float32), None, TypeError, "out must have dtype float64, got float32"),
        (np.empty(2, ">f8"), None, TypeError, "out must have dtype float64, got >f8"),
        (read_only(np.empty(2)), None, ValueError, "out must be writeable, got a read-only array"),
        (np.broadcast_to(0.0, 2), None, ValueError, "out must be writeable"),
        (np.empty(3), None, ValueError, r"out must have a shape that h and z broadcast to, got \(3,\)"),
        (np.empty(()), None, ValueError, r"out must have a shape that h and z broadcast to, got \(\)"),
        (np.empty(2), (3,), ValueError, r"size must be the shape of out, \(2,\), got \(3,\)"),
        (np.empty(2), (1, 2), ValueError, r"size must be the shape of out, \(2,\), got \(1, 2\)"),
    ],
)
def test_bad_out(out, size, error, message):
    before = np.array(out)
    with pytest.raises(error, match=message):
        draw([1.0, 2.0], out=out, size=size)
    np.testing.assert_array_equal(out, before)


# ---- invalid parameters


@pytest.mark.parametrize(
    ("h", "z", "message"),
    [
        (0.0, 0.0, "h must be positive and finite, got h = 0.0"),
        (-1, 0.0, "h must be positive and finite, got h = -1"),
        (np.nan, 0.0, "h must be positive and finite, got h = nan"),
        (np.inf, 0.0, "h must be positive and finite, got h = inf"),
        (2.5, np.inf, "z must be finite, got z = inf"),
        (2.5, -np.inf, "z must be finite, got z = -inf"),
        (2.5, np.nan, "z must be finite, got z = nan"),
        (np.array(np.nan), 0.0, "h must be positive and finite, got h = nan"),
        ([1.0, -2.0, 0.0], 0.0, r"h must be positive and finite, got h\[1\] = -2.0"),
        ([[1, 2], [3, 0]], 0.0, r"h must be positive and finite, got h\[1, 1\] = 0"),
        (1.0, [[0.0], [np.nan]], r"z must be finite, got z\[1, 0\] = nan"),
        (1.0, np.array([0.0, -np.inf], np.float32), r"z must be finite, got z\[1\] = -inf"),
    ],
)
def test_invalid_values_are_named(h, z, message):
    with pytest.raises(ValueError, match=message + ".*: drop or replace"):
        draw(h, z)


@pytest.mark.parametrize(
    "bad",
    ["1.0", b"1", 1j, np.complex128(1), None, [1.0, None, "x"], [[1.0], [1.0, 2.0]], 10**400, [10**400]],
)
@pytest.mark.parametrize("name", ["h", "z"])
def test_what_is_no_number_is_refused(name, bad):
    with pytest.raises(TypeError, match=f"{name} must be (a real number or an array of|an array, or nested)"):
        draw(**{name: bad})


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        (np.ma.masked_equal([2.0, 5.0, 3.0, 5.0], 5.0), r"\[1\]"),
        (np.ma.masked_equal([[1, 2], [3, 4]], 3), r"\[1, 0\]"),
        (np.ma.masked, ""),
    ],
    ids=["vector", "matrix", "scalar"],
)
@pytest.mark.parametrize("name", ["h", "z"])
@pytest.mark.parametrize("disable_checks", [False, True])
def test_masked_elements_are_refused(name, bad, place, disable_checks):
    message = f"{name} must not have masked elements, got {name}{place} = masked: drop or replace"
    with pytest.raises(ValueError, match=message):
        draw(**{name: bad}, disable_checks=disable_checks)


def test_masks_that_hide_nothing_change_nothing():
    for mask in (False, np.ma.nomask):
        drawn = draw(np.ma.masked_array(H, mask), np.ma.masked_array(Z, mask))
        assert type(drawn) is np.ndarray
        np.testing.assert_array_equal(drawn, draw(H, Z))


def test_an_error_leaves_generator_and_out_alone():
    rng = np.random.default_rng(3)
    out = np.full(2, 7.0)
    with pytest.raises(ValueError, match="h must be positive"):
        random_polyagamma([1.0, -1.0], out=out, random_state=rng)
    assert rng.bit_generator.state == np.random.default_rng(3).bit_generator.state
    assert (out == 7.0).all()


BAD_PARAMETERS = [
    (h, z)
    for h in (-np.inf, -1.0, -1e-300, 0.0, 1.0, 2.5, 1e4, np.inf, np.nan)
    for z in (-np.inf, 0.0, 300.0, np.inf, np.nan)
    if not (0 < h < np.inf and np.isfinite(z))
]


@pytest.mark.parametrize("method", METHODS)
def test_without_checks_invalid_parameters_give_nan(method):
    for h, z in BAD_PARAMETERS:
        assert np.isnan(draw(h, z, method=method, disable_checks=True))
        assert np.isnan(draw(h, z, size=3, method=method, disable_checks=True)).all()
    h, z = np.transpose(BAD_PARAMETERS)
    assert np.isnan(draw(h, z, method=method, disable_checks=True)).all()


@pytest.mark.parametrize("method", METHODS)
def test_without_checks_valid_parameters_among_invalid_ones_are_drawn(method):
    bad = np.arange(3000) % 7 == 3
    h = np.where(bad, -1.0, 2.0)
    drawn = draw(h, 1.0, method=method, disable_checks=True)
    np.testing.assert_array_equal(np.isnan(drawn), bad)
    assert (drawn[~bad] > 0).all()


def test_without_checks_valid_draws_are_the_same():
    np.testing.assert_array_equal(draw(H, Z, disable_checks=True), draw(H, Z))
    assert draw(2.5, 1.0, disable_checks=True) == draw(2.5, 1.0)


# ---- method


@pytest.mark.parametrize(
    ("name", "kernel"),
    [("devroye", "strip"), ("alternate", "inverse_gaussian"), ("saddle", "inverse_gaussian"),
     ("gamma", "inverse_gaussian")],
)  # fmt: skip
def test_names_of_the_pypi_package(name, kernel):
    h = np.arange(1.0, 50.0)
    np.testing.assert_array_equal(draw(h, 1.0, method=name), draw(h, 1.0, method=kernel))
    assert draw(3.0, 1.0, method=name) == draw(3.0, 1.0, method=kernel)


def test_methods_are_different_algorithms():
    drawn = [draw(h=3.0, z=1.0, size=5, method=method).tolist() for method in ("strip", "inverse_gaussian")]
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize("bad", ["Strip", "", "normal", 1, ["strip"], np.array("strip")])
def test_unknown_method(bad):
    with pytest.raises(
        ValueError, match=r"method must be None or one of 'strip', 'inverse_gaussian', .* got"
    ):
        draw(method=bad)


@pytest.mark.parametrize("h", [2.5, 0.5, 257.0, 1e18, [1.0, 2.5], np.full(100_000, 1.5), [[1], [257]]])
@pytest.mark.parametrize("method", ["strip", "devroye"])
def test_strips_need_small_integers(h, method):
    with pytest.raises(ValueError, match=r"h must consist of integers up to 256 for this method, got h"):
        draw(h, method=method)


def test_strips_without_checks_draw_every_shape():
    h = np.array([1.0, 2.5, 3.0, 0.5, 257.0, 1e18, 1e300])
    drawn = draw(h, 300.0, method="strip", disable_checks=True)
    assert ((drawn > 0) & (drawn < np.inf)).all()


# ---- the function itself


def test_introspection():
    parameters = inspect.signature(random_polyagamma).parameters
    assert list(parameters) == [
        "h", "z", "size", "out", "method", "disable_checks", "random_state", "threads"
    ]  # fmt: skip
    assert parameters["size"].kind is inspect.Parameter.KEYWORD_ONLY
    assert pickle.loads(pickle.dumps(random_polyagamma)) is random_polyagamma


def test_examples_of_the_docstring():
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
    examples = finder.find(random_polyagamma, "random_polyagamma", module=polyagamma)
    assert sum(len(example.examples) for example in examples) > 0
    for example in examples:
        assert runner.run(example).failed == 0
