"""The C interface, from a third party's extension that is built against the installed package."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import polyagamma

SETUP = """
import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

setup(
    name="third-party",
    ext_modules=cythonize(
        [Extension("third_party", ["third_party.pyx"], include_dirs=[numpy.get_include()])], language_level=3
    ),
)
"""

SOURCE = """
from cpython.pycapsule cimport PyCapsule_GetPointer
from numpy.random cimport bitgen_t

from polyagamma cimport (
    AUTOMATIC, DEVROYE, HYBRID, INVERSE_GAUSSIAN, STRIP,
    polyagamma_cdf, polyagamma_logcdf, polyagamma_logpdf, polyagamma_pdf,
    random_polyagamma, random_polyagamma_fill, random_polyagamma_fill2, sampler_t,
)

METHODS = {
    None: AUTOMATIC, "strip": STRIP, "inverse_gaussian": INVERSE_GAUSSIAN,
    "devroye": DEVROYE, "hybrid": HYBRID,
}


cdef bitgen_t* bitgen_of(rng):
    return <bitgen_t*>PyCapsule_GetPointer(rng.bit_generator.capsule, "BitGenerator")


def one(rng, double h, double z, method=None):
    cdef bitgen_t* bitgen = bitgen_of(rng)
    cdef sampler_t sampler = METHODS[method]
    cdef double drawn
    with rng.bit_generator.lock:
        drawn = random_polyagamma(bitgen, h, z, sampler)
    return drawn


def many(rng, double h, double z, double[::1] out, method=None):
    cdef bitgen_t* bitgen = bitgen_of(rng)
    cdef sampler_t sampler = METHODS[method]
    cdef size_t n = out.shape[0]
    with rng.bit_generator.lock:
        with nogil:
            random_polyagamma_fill(bitgen, h, z, sampler, n, &out[0])


def arrays(rng, const double[::1] h, const double[::1] z, double[::1] out, method=None):
    cdef bitgen_t* bitgen = bitgen_of(rng)
    cdef sampler_t sampler = METHODS[method]
    cdef size_t n = out.shape[0]
    with rng.bit_generator.lock:
        with nogil:
            random_polyagamma_fill2(bitgen, &h[0], &z[0], sampler, n, &out[0])


def densities(double x, double h, double z):
    cdef double[4] values
    with nogil:
        values[0] = polyagamma_pdf(x, h, z)
        values[1] = polyagamma_logpdf(x, h, z)
        values[2] = polyagamma_cdf(x, h, z)
        values[3] = polyagamma_logcdf(x, h, z)
    return tuple(values)
"""


@pytest.fixture(scope="module")
def third_party(tmp_path_factory):
    """The extension module above, built in a folder of its own."""
    folder = tmp_path_factory.mktemp("third_party")
    (folder / "setup.py").write_text(SETUP)
    (folder / "third_party.pyx").write_text(SOURCE)
    build = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    package = Path(polyagamma.__file__).parents[1]  # where Cython finds it, also if it was built in place
    environment = os.environ | {"PYTHONPATH": str(package), "CFLAGS": "-O0"}
    done = subprocess.run(build, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield __import__("third_party")


def generators():
    return np.random.default_rng(5), np.random.default_rng(5)


@pytest.mark.parametrize("method", [None, "strip", "inverse_gaussian"])
def test_one_draw_is_the_scalar_draw_of_python(third_party, method):
    theirs, ours = generators()
    for h, z in [(1.0, 0.0), (3.0, -2.5), (40.0, 1e-9)]:
        expected = polyagamma.random_polyagamma(h, z, method=method, random_state=ours)
        assert third_party.one(theirs, h, z, method) == expected


@pytest.mark.parametrize("method", [None, "strip", "inverse_gaussian"])
def test_fills_are_those_of_python(third_party, method):
    theirs, ours = generators()
    h = np.arange(1.0, 3001.0) % 7 + 1
    z = np.linspace(-300.0, 300.0, 3000)
    out = np.empty(3000)
    third_party.many(theirs, 4.0, -1.5, out, method)
    np.testing.assert_array_equal(
        out, polyagamma.random_polyagamma(4.0, -1.5, size=3000, method=method, random_state=ours)
    )
    third_party.arrays(theirs, h, z, out, method)
    np.testing.assert_array_equal(out, polyagamma.random_polyagamma(h, z, method=method, random_state=ours))


def test_names_of_the_pypi_package(third_party):
    theirs, ours = generators()
    assert third_party.one(theirs, 2.0, 1.0, "hybrid") == third_party.one(ours, 2.0, 1.0)
    assert third_party.one(theirs, 2.0, 1.0, "devroye") == third_party.one(ours, 2.0, 1.0, "strip")


@pytest.mark.parametrize(("h", "z"), [(0.0, 0.0), (-1.0, 0.0), (np.nan, 0.0), (1.0, np.inf), (np.inf, 1.0)])
def test_bad_parameters_give_nan(third_party, h, z):
    rng = np.random.default_rng(5)
    out = np.ones(3)
    third_party.many(rng, h, z, out)
    assert np.isnan(third_party.one(rng, h, z))
    assert np.isnan(out).all()


@pytest.mark.parametrize("h", [0.3, 1.0, 40.0, 1e4])
def test_densities_are_those_of_python(third_party, h):
    x, z = 0.2 * h, -1.5
    assert third_party.densities(x, h, z) == (
        polyagamma.polyagamma_pdf(x, h, z),
        polyagamma.polyagamma_pdf(x, h, z, return_log=True),
        polyagamma.polyagamma_cdf(x, h, z),
        polyagamma.polyagamma_cdf(x, h, z, return_log=True),
    )


def test_the_interface_files_are_installed():
    folder = Path(polyagamma.__file__).parent
    assert {"__init__.pxd", "_random.pxd", "_random.pyi", "py.typed"} <= {
        file.name for file in folder.iterdir()
    }
