"""Both packages called `polyagamma` in one folder: what an import says after each order of installing them.

The folder has links to all files of the tested package, and beside them what PyPI's polyagamma leaves there.
"""

import subprocess
import sys
from pathlib import Path

import pytest

import polyagamma

CURE = "'pip uninstall polyagamma' and then 'pip install --force-reinstall --no-deps polyagamma-gibbs'"


@pytest.fixture
def site(tmp_path):
    """A folder that has this package alone."""
    ours = Path(polyagamma.__file__).parent
    (tmp_path / "polyagamma").mkdir()
    for path in ours.iterdir():
        (tmp_path / "polyagamma" / path.name).symlink_to(path, target_is_directory=path.is_dir())
    return tmp_path


def add_files_of_the_other(site):
    (site / "polyagamma" / "_polyagamma.py").write_text("")
    metadata = site / "polyagamma-2.0.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: polyagamma\nVersion: 2.0.2\n")


def python(site, *lines):
    """Run lines in a new interpreter, whose package is that in `site` (even if it has no __init__.py)."""
    beginning = [
        "import sys; from importlib.util import module_from_spec; from importlib.machinery import PathFinder",
        f"sys.path.insert(0, {str(site)!r})",
        f"spec = PathFinder.find_spec('polyagamma', [{str(site)!r}])",
        "package = sys.modules['polyagamma'] = module_from_spec(spec)",
        "spec.loader.exec_module(package)",
    ]
    code = "\n".join([*beginning, *lines])
    bare = [sys.executable, "-W", "always", "-c", code]
    result = subprocess.run(bare, capture_output=True, text=True, cwd=site)
    return result.stdout, " ".join(result.stderr.split())


def test_this_package_alone_says_nothing(site):
    assert python(site, "print(package.__file__)") == (f"{site}/polyagamma/__init__.py\n", "")


def test_this_package_installed_last_warns_and_works(site):
    add_files_of_the_other(site)
    printed, errors = python(site, "print(package.random_polyagamma(size=3).shape)")
    assert printed == "(3,)\n"
    assert "<string>:5: UserWarning: PyPI's polyagamma 2.0.2 is installed in the same folder as" in errors
    assert f"polyagamma-gibbs, {site}/polyagamma: " in errors
    assert CURE in errors


def test_files_without_metadata_are_seen(site):
    (site / "polyagamma" / "_polyagamma.py").write_text("")
    assert "PyPI's polyagamma is installed in the same folder" in python(site)[1]


@pytest.mark.parametrize("installed_last", [True, False])
def test_modules_below_a_damaged_package_say_what_to_do(site, installed_last):
    """The other's `__init__.py` in place of ours, or, when it was uninstalled, none."""
    (site / "polyagamma" / "__init__.py").unlink()
    if installed_last:
        add_files_of_the_other(site)
        (site / "polyagamma" / "__init__.py").write_text("from polyagamma._polyagamma import *\n")
    _, errors = python(site, "from polyagamma.sklearn import PolyaGammaClassifier")
    found = f"{site}/polyagamma/__init__.py" if installed_last else f"no __init__.py in {site}/polyagamma"
    assert (
        f"polyagamma.sklearn needs the package polyagamma of polyagamma-gibbs, got {found}, as if" in errors
    )
    assert CURE in errors
