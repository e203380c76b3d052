"""Build of the compiled parts: the C++ core (once), its vector loops (once per instruction-set level)."""

import os
import platform
import tempfile
from glob import glob
from pathlib import Path

import numpy as np
import pybind11
from Cython.Build import cythonize
from pybind11.setup_helpers import ParallelCompile
from setuptools import Extension, setup
from setuptools.command.build_clib import build_clib
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

# Python's own flags ask for debug information, fifteen times the size of the code; CXXFLAGS=-g keeps it.
DEBUG_FLAGS = [] if "-g" in os.environ.get("CXXFLAGS", "").split() else ["-g0"]
GNU_FLAGS = [
    *DEBUG_FLAGS,
    "-std=c++17",
    "-O3",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fvisibility=hidden",
]
MSVC_FLAGS = ["/std:c++17", "/O2", "/fp:precise", "/EHsc"]
X86_LEVELS = {"v3": ("-march=x86-64-v3", "/arch:AVX2"), "v4": ("-march=x86-64-v4", "/arch:AVX512")}


def is_msvc(compiler):
    return compiler.compiler_type == "msvc"


def accepts(compiler, flag):
    """Whether the compiler takes `flag` (found out by compiling a line with it)."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.cpp"
        source.write_text("int probe() { return 0; }\n")
        try:
            compiler.compile([str(source)], output_dir=folder, extra_postargs=[flag])
        except CompileError:
            return False
    return True


def level_flags(compiler):
    """Flag of each instruction-set level that this compiler can build, besides the baseline."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return {}
    flags = {name: pair[is_msvc(compiler)] for name, pair in X86_LEVELS.items()}
    return {name: flag for name, flag in flags.items() if accepts(compiler, flag)}


class BuildCore(build_clib):
    """Static libraries of the core; the levels are only known once there is a compiler."""

    def build_libraries(self, libraries):
        base = MSVC_FLAGS if is_msvc(self.compiler) else GNU_FLAGS
        levels = level_flags(self.compiler)
        available = [(f"POLYAGAMMA_HAVE_{name.upper()}", "1") for name in levels]
        self.libraries = [
            (name, info) for name, info in libraries if info["level"] in {None, "baseline", *levels}
        ]
        root = self.build_temp
        for name, info in self.libraries:
            level = info["level"]
            info["cflags"] = [*base, *([levels[level]] if level in levels else [])]
            info["macros"] = [("POLYAGAMMA_LEVEL", level)] if level else available
            self.build_temp = str(Path(root) / name)  # the levels share sources: each its own objects
            archive = Path(self.build_clib) / self.compiler.library_filename(name)
            archive.unlink(missing_ok=True)  # it would keep the objects of sources that are gone
            super().build_libraries([(name, info)])


class BuildExtensions(build_ext):
    """Extensions with the core's flags, linked with the core's libraries."""

    def run(self):
        self.run_command("build_clib")
        super().run()

    def build_extensions(self):
        for extension in self.extensions:
            extension.extra_compile_args = MSVC_FLAGS if is_msvc(self.compiler) else GNU_FLAGS
        super().build_extensions()


HEADERS = glob("csrc/**/*.hpp", recursive=True)
BINDING_HEADERS = glob("polyagamma/bindings/*.hpp")
# Rooms of the core that models need and variates do not. They are compiled into their module and not into the
# library, of which the linker would leave out types that nothing but their registration mentions.
MODEL_ROOMS = ("likelihood", "terms", "vi", "mcmc")
MODELS = sorted(path for room in MODEL_ROOMS for path in glob(f"csrc/{room}/**/*.cpp", recursive=True))
CORE = sorted(
    path
    for path in glob("csrc/**/*.cpp", recursive=True)
    if not any(Path(path).is_relative_to(f"csrc/{room}") for room in (*MODEL_ROOMS, "tests", "simd/levels"))
)
LEVEL_SOURCES = sorted(glob("csrc/simd/levels/*.cpp"))


def library(level, sources):
    return {"level": level, "sources": sources, "obj_deps": {"": HEADERS}, "include_dirs": ["csrc"]}


def extension(name, sources):
    return Extension(
        f"polyagamma.{name}",
        sources,
        include_dirs=["csrc", np.get_include(), pybind11.get_include()],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
        depends=[*HEADERS, *BINDING_HEADERS, *CORE, *LEVEL_SOURCES],
        language="c++",
    )


libraries = [("polyagamma_core", library(None, CORE))]
libraries += [(f"polyagamma_{name}", library(name, LEVEL_SOURCES)) for name in ("baseline", *X86_LEVELS)]

cython_modules = cythonize(
    [extension(Path(path).stem, [path]) for path in sorted(glob("polyagamma/_*.pyx"))],
    compiler_directives={"language_level": 3},
)

# Files are compiled side by side: on as many processors as there are, up to 8, as each takes half a gigabyte.
ParallelCompile("POLYAGAMMA_BUILD_JOBS", max=8).install()

setup(
    libraries=libraries,
    ext_modules=[*cython_modules, extension("_gibbs", [*sorted(glob("polyagamma/bindings/*.cpp")), *MODELS])],
    cmdclass={"build_clib": BuildCore, "build_ext": BuildExtensions},
)
