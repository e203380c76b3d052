"""What `import polyagamma` imports and offers: little at first, everything when asked for."""

import ast
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from every_model import X, Y

import polyagamma

HEAVY = (
    "arviz",
    "dask",
    "distributed",
    "pandas",
    "pyarrow",
    "rich",
    "scipy.stats",
    "sklearn",
    "xarray",
    "zarr",
)


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


PUBLIC_CLASSES = [name for name in polyagamma.__all__ if isinstance(getattr(polyagamma, name), type)]


@pytest.mark.parametrize("name", PUBLIC_CLASSES)
def test_public_classes_say_where_users_find_them(name):
    """So that pickles, and messages that name a class, hold when its module moves."""
    public = getattr(polyagamma, name)
    assert public.__module__ == "polyagamma"
    assert public.__qualname__ == name
    assert b"cpolyagamma\n" in pickle.dumps(public, protocol=0)
    assert pickle.loads(pickle.dumps(public)) is public


def test_pickled_instances_name_public_places():
    things = [polyagamma.Normal(0, 1), polyagamma.PolyaGamma(2.0), polyagamma.HilbertBasis(3)]
    things += [polyagamma.MvNormal(cov=[[1.0]]), polyagamma.ResumeError("x"), polyagamma.SamplingWarning("x")]
    for thing in things:
        again = pickle.loads(pickle.dumps(thing))
        assert type(again) is type(thing)
        assert str(vars(again)) == str(vars(thing))
        assert f"cpolyagamma\n{type(thing).__name__}\n".encode() in pickle.dumps(thing, protocol=0)


@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
def test_models_go_through_pickles():
    for model in (polyagamma.PolyaGammaLogistic(X, Y), polyagamma.PolyaGammaGP(X, Y, inducing=3)):
        idata = model.sample(4, tune=4, chains=1, random_seed=1, progressbar=False)
        again = pickle.loads(pickle.dumps(model))
        left, right = (one.extend(idata, 3, progressbar=False)["posterior"] for one in (model, again))
        assert left.equals(right)


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
        "from polyagamma.terms import inducing",
        "from polyagamma.vi import evidence",
        "X, y = np.arange(4.0)[:, None], [0, 1, 0, 1]",
        "def attempt(use, *arguments):",
        "    try: use(*arguments)",
        "    except ImportError as error: print(error)",
        "attempt(__import__, 'polyagamma.sklearn')",
        "attempt(PolyaGammaGP, X, y)",
        "attempt(inducing.choose_inducing, 2, X)",
        "attempt(evidence.maximise_evidence, *[None] * 5)",
    )
    cure = "needs scikit-learn: pip install 'polyagamma-gibbs[sklearn]'"
    assert printed.splitlines() == [
        f"polyagamma.sklearn {cure}",
        f"the default kernel {cure}, or pass a kernel with the methods of its kernels",
        f"the choice of inducing points {cure}, or pass the points themselves",
        f"optimize=True {cure}",
    ], errors
