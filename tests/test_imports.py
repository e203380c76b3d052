"""What `import polyagamma` imports and offers: little at first, everything when asked for."""

import ast
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import polyagamma

HEAVY = ("arviz", "pandas", "rich", "scipy.stats", "sklearn", "xarray", "zarr")


def fresh_python(*lines):
    """Run lines in a new interpreter and return what they print, and their errors."""
    result = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True)
    return result.stdout, result.stderr


def test_drawing_imports_no_library_of_models():
    printed, errors = fresh_python(
        "import sys, polyagamma",
        "assert polyagamma.random_polyagamma(2.0, 1.0, size=3).shape == (3,)",
        "assert polyagamma.PolyaGamma(1.0, 0.0).cdf(0.2) > 0",
        f"print([name for name in {HEAVY} if name in sys.modules])",
        "polyagamma.PolyaGammaLogistic",
        "print('xarray' in sys.modules, 'sklearn' in sys.modules)",
    )
    assert printed.split("\n")[:2] == ["[]", "True False"], errors


def test_every_public_name_is_there():
    printed, errors = fresh_python(
        "import polyagamma",
        "assert set(polyagamma.__all__) <= set(dir(polyagamma))",
        "from polyagamma import *",
        "print(all(globals()[name] is getattr(polyagamma, name) for name in polyagamma.__all__))",
    )
    assert printed == "True\n", errors
    for name in polyagamma.__all__:
        assert getattr(polyagamma, name).__name__ == name


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match=r"module 'polyagamma' has no attribute 'PolyaGamme'"):
        polyagamma.PolyaGamme  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'PolyaGamme'"):
        from polyagamma import PolyaGamme  # noqa: F401


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(polyagamma.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    sources = {alias.name: node.module for node in imports for alias in node.names}
    for name in polyagamma.__all__:
        assert getattr(polyagamma, name) is getattr(import_module(sources[name]), name)


def test_pickled_objects_bring_what_they_need():
    things = [polyagamma.PolyaGammaGP, polyagamma.Normal(0, 1), polyagamma.SamplingWarning("short")]
    printed, errors = fresh_python("import pickle", f"print(pickle.loads({pickle.dumps(things)!r}))")
    assert printed.strip() == repr(things), errors


def test_scikit_learn_is_optional():
    printed, errors = fresh_python(
        "import sys",
        "sys.modules['sklearn'] = None",
        "from polyagamma import PolyaGammaGP, PolyaGammaLogistic",
        "import numpy as np",
        "class Exponential:",
        "    bounds = np.array([[-5.0, 5.0]])",
        "    def __init__(self, theta=np.zeros(1)): self.theta = theta",
        "    def clone_with_theta(self, theta): return Exponential(theta)",
        "    def __call__(self, X, Y=None):",
        "        distances = np.abs(np.subtract.outer(X[:, 0], (X if Y is None else Y)[:, 0]))",
        "        return np.exp(-distances / np.exp(self.theta[0]))",
        "    def diag(self, X): return np.ones(len(X))",
        "X, y = np.arange(4.0)[:, None], [0, 1, 0, 1]",
        "points = np.array([[0.0], [2.0]])",
        "processes = [PolyaGammaGP(X, y, Exponential(), inducing=some) for some in (None, points)]",
        "for model in [PolyaGammaLogistic(X, y), *processes]:",
        "    print(model.sample(5, tune=5, progressbar=False)['posterior'].sizes['draw'])",
    )
    assert printed == "5\n5\n5\n", errors


def test_missing_scikit_learn_is_explained():
    printed, errors = fresh_python(
        "import sys",
        "sys.modules['sklearn'] = None",
        "import numpy as np",
        "from polyagamma import PolyaGammaGP",
        "from polyagamma.terms import features",
        "from polyagamma.vi import evidence",
        "X, y = np.arange(4.0)[:, None], [0, 1, 0, 1]",
        "def attempt(use, *arguments):",
        "    try: use(*arguments)",
        "    except ImportError as error: print(error)",
        "attempt(__import__, 'polyagamma.sklearn')",
        "attempt(PolyaGammaGP, X, y)",
        "attempt(features.choose_inducing, 2, X)",
        "attempt(evidence.maximise_evidence, *[None] * 5)",
    )
    cure = "needs scikit-learn: pip install 'polyagamma-gibbs[sklearn]'"
    assert printed.splitlines() == [
        f"polyagamma.sklearn {cure}",
        f"the default kernel {cure}, or pass a kernel with the methods of its kernels",
        f"the choice of inducing points {cure}, or pass the points themselves",
        f"optimize=True {cure}",
    ], errors
