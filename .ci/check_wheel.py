"""Check what is in a wheel: the compiled modules, their stubs and C interface, and no sources."""

import sys
from zipfile import ZipFile

EXPECTED = {
    "__init__.pxd", "_random.pxd", "_density.pxd", "_random.pyi", "_density.pyi", "_gibbs.pyi", "_blas.pyi",
    "py.typed", "__init__.py", "models/__init__.py",
}  # fmt: skip
COMPILED = {"_random", "_density", "_gibbs", "_blas"}

names = {name.removeprefix("polyagamma/") for name in ZipFile(sys.argv[1]).namelist()}
modules = {name.split(".")[0] for name in names if name.endswith((".so", ".pyd"))}
sources = {name for name in names if name.endswith((".cpp", ".hpp", ".pyx", ".c"))}

missing = (EXPECTED - names) | (COMPILED - modules)
if missing or sources:
    sys.exit(f"{sys.argv[1]}: missing {sorted(missing)}, unexpected {sorted(sources)}")
