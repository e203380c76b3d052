"""The other distribution whose package is called `polyagamma`: in one folder, the two damage each other.

Whichever is installed last has its `__init__.py`, and whichever is uninstalled takes it away. So this package
looks for the other's files where its own `__init__.py` runs, and for that one where modules below it do.
"""

from __future__ import annotations

import sys
import warnings
from importlib.machinery import PathFinder
from pathlib import Path

FOLDER = Path(__file__).parents[1]
CURE = (
    "keep one of them; for polyagamma-gibbs, run 'pip uninstall polyagamma' and then "
    "'pip install --force-reinstall --no-deps polyagamma-gibbs'"
)


def warn_of_another_package() -> None:
    """Warn whoever imports this package if the files of the other lie among its own.

    They do if its compiled module is found, in a folder that is listed anyway. Its metadata is not asked:
    the library that reads metadata takes long to import.
    """
    if PathFinder.find_spec("_polyagamma", [str(FOLDER)]) is not None:
        warnings.warn(
            f"PyPI's polyagamma{_version_of_another_package()} is installed in the same folder as "
            f"polyagamma-gibbs, {FOLDER}: each overwrites files of the other, and deletes them when it is "
            f"uninstalled: {CURE}",
            stacklevel=3,  # the line that imports the package
        )


def require_own_package(name: str) -> None:
    """Raise ImportError if the `polyagamma` that holds the module `name` is not this package."""
    package = sys.modules["polyagamma"]
    if "PolyaGammaLogistic" not in getattr(package, "__all__", ()):
        found = getattr(package, "__file__", None) or f"no __init__.py in {FOLDER}"
        raise ImportError(
            f"{name} needs the package polyagamma of polyagamma-gibbs, got {found}, as if PyPI's polyagamma "
            f"had been installed, or uninstalled, in the same folder: {CURE}",
            name=name,
        )


def _version_of_another_package() -> str:
    """Return " 2.0.2", say; nothing if only its files are there."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f" {version('polyagamma')}"
    except PackageNotFoundError:
        return ""
