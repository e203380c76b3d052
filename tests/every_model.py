"""Small models of every kind, with the kernels that each of them has."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.gaussian_process.kernels import RBF, RationalQuadratic
from slow_cases import mostly_slow

from polyagamma import (
    Gamma,
    Group,
    HalfT,
    HilbertBasis,
    Linear,
    PolyaGammaAdditive,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
    Process,
    RegularizedHorseshoe,
    Ridge,
    Smooth,
    SpikeAndSlab,
)

RNG = np.random.default_rng(0)
X = RNG.standard_normal((24, 2))
Y = (RNG.random(24) < 0.5).astype(int)
CLASSES = RNG.integers(0, 3, 24)
TRIALS = RNG.integers(1, 6, 24)
COUNTS = RNG.binomial(TRIALS, 0.4)
ROWS = {"trials": TRIALS, "weights": RNG.uniform(0.5, 2, 24), "offset": RNG.standard_normal(24)}
WIDE = X[:5].repeat(4, axis=1) + RNG.random((5, 8))
SPARSE = csr_array(np.where(np.arange(48).reshape(24, 2) % 5 < 2, X, 0.0))
KERNEL, OWN_KERNEL = 2.0 * RBF(1.0), 2.0 * RationalQuadratic()  # in the core, and left to Python
FIXED = {"sample_kernel": False}
GAMMA = {"dispersion_prior": Gamma(2, 1), "weights": ROWS["weights"], "offset": ROWS["offset"]}

LABELS = np.array(["a", "b", "c"])[CLASSES]
TABLE = RNG.multinomial(TRIALS, [0.2, 0.3, 0.5])
OFFSETS = {"weights": ROWS["weights"], "offset": RNG.standard_normal((24, 3))}
BASELINE = {"parametrization": "baseline", "baseline": "b"}

GROUPS, OTHERS = RNG.integers(0, 5, 24), np.array(["u", "v", "w"])[np.arange(24) % 3]
NEGATIVE_BINOMIAL = {"family": "negative_binomial", "exposure": TRIALS}


def additive_slopes():
    return PolyaGammaAdditive([Linear(X), Group(GROUPS, slopes=X[:, 0], name="g")], Y)


def additive_smooth():
    terms = [Smooth(X[:, 1], n_basis=6, name="s"), Group(OTHERS, name="h"), Group(GROUPS, name="g")]
    return PolyaGammaAdditive(terms, COUNTS, family="binomial", intercept=False, **ROWS)


def additive_process():
    terms = [Process(X, KERNEL, inducing=X[:5]), Process(X[:, :1], name="line"), Group(GROUPS, name="g")]
    return PolyaGammaAdditive(terms, Y)


def counts_additive():
    return PolyaGammaAdditive([Group(GROUPS, name="g"), Linear(X)], COUNTS, **NEGATIVE_BINOMIAL)


SLAB = RegularizedHorseshoe(expected=0.5, slab_df=4, unshrunk=["x1"])
HORSESHOE = RegularizedHorseshoe(expected=1)
SPIKE = SpikeAndSlab(expected=0.5, slab=HalfT(3, 1), unshrunk=["x1"])
BOTH, ALL, TRAJECTORIES = ("auto", "gibbs"), ("auto", "gibbs", "hmc"), ("auto", "hmc")
KINDS = {
    "logistic": (lambda: PolyaGammaLogistic(X, Y), ALL),
    "binomial": (lambda: PolyaGammaLogistic(X, COUNTS, intercept=False, **ROWS), ALL),
    "ridge": (lambda: PolyaGammaLogistic(X, Y, prior=Ridge(0.7)), ALL),
    "shrinkage": (lambda: PolyaGammaLogistic(X, Y, prior=SLAB), ALL),
    "multinomial shrinkage": (
        lambda: PolyaGammaMultinomial(X, LABELS, prior=SLAB, **BASELINE),
        BOTH,
    ),
    "counts shrinkage": (lambda: PolyaGammaNegativeBinomial(X, COUNTS, prior=SLAB), ALL),
    "spike": (lambda: PolyaGammaLogistic(X, Y, prior=SPIKE), BOTH),
    "counts spike": (lambda: PolyaGammaNegativeBinomial(X, COUNTS, prior=SpikeAndSlab()), BOTH),
    "wide spike": (lambda: PolyaGammaLogistic(WIDE, Y[:5], prior=SpikeAndSlab(inclusion=0.3)), BOTH),
    "wide ridge": (lambda: PolyaGammaLogistic(WIDE, Y[:5], prior=Ridge(0.7)), ALL),
    "wide": (lambda: PolyaGammaLogistic(WIDE, Y[:5]), ALL),
    "sparse": (lambda: PolyaGammaLogistic(SPARSE, COUNTS, **ROWS), TRAJECTORIES),
    "sparse horseshoe": (lambda: PolyaGammaLogistic(SPARSE, Y, prior=HORSESHOE), TRAJECTORIES),
    "wide horseshoe": (lambda: PolyaGammaLogistic(WIDE, Y[:5], prior=HORSESHOE), ALL),
    "counts": (lambda: PolyaGammaNegativeBinomial(X, COUNTS), ALL),
    "counts gamma": (lambda: PolyaGammaNegativeBinomial(X, COUNTS, exposure=TRIALS, **GAMMA), ALL),
    "counts known": (lambda: PolyaGammaNegativeBinomial(X, COUNTS, dispersion_prior=2.5), ALL),
    "counts wide": (lambda: PolyaGammaNegativeBinomial(WIDE, COUNTS[:5]), ALL),
    "gp": (lambda: PolyaGammaGP(X, Y, KERNEL), BOTH),
    "gp binomial": (lambda: PolyaGammaGP(X, COUNTS, KERNEL, mean=0.3, **ROWS), BOTH),
    "gp own kernel": (lambda: PolyaGammaGP(X, Y, OWN_KERNEL), BOTH),
    "gp fixed": (lambda: PolyaGammaGP(X, Y, KERNEL, **FIXED), ALL),
    "gp own kernel fixed": (lambda: PolyaGammaGP(X, Y, OWN_KERNEL, **FIXED), ALL),
    "fitc": (lambda: PolyaGammaGP(X, Y, KERNEL, inducing=5), BOTH),
    "fitc fixed": (lambda: PolyaGammaGP(X, Y, KERNEL, inducing=5, **FIXED), BOTH),
    "dtc": (lambda: PolyaGammaGP(X, Y, KERNEL, inducing=5, approximation="dtc"), BOTH),
    "dtc fixed": (lambda: PolyaGammaGP(X, Y, KERNEL, inducing=5, approximation="dtc", **FIXED), ALL),
    "hilbert": (lambda: PolyaGammaGP(X[:, :1], Y, KERNEL, inducing=HilbertBasis(6)), BOTH),
    "hilbert fixed": (lambda: PolyaGammaGP(X[:, :1], Y, KERNEL, inducing=HilbertBasis(6), **FIXED), ALL),
    "classes": (lambda: PolyaGammaGP(X, CLASSES, KERNEL), BOTH),
    "classes fixed": (lambda: PolyaGammaGP(X, CLASSES, KERNEL, **FIXED), BOTH),
    "classes fitc": (lambda: PolyaGammaGP(X, CLASSES, KERNEL, inducing=5), BOTH),
    "multinomial": (lambda: PolyaGammaMultinomial(X, LABELS), ALL),
    "multinomial baseline": (lambda: PolyaGammaMultinomial(X, LABELS, **BASELINE), ALL),
    "multinomial table": (lambda: PolyaGammaMultinomial(X, TABLE, **OFFSETS), ALL),
    "multinomial pair": (lambda: PolyaGammaMultinomial(X, Y, intercept=False), ALL),
    "multinomial wide": (lambda: PolyaGammaMultinomial(WIDE, LABELS[:5]), ALL),
    "sequential": (lambda: PolyaGammaSequential(X, LABELS), ALL),
    "sequential table": (lambda: PolyaGammaSequential(X, TABLE, weights=ROWS["weights"], offset=0.3), ALL),
    "additive": (additive_slopes, ALL),
    "additive smooth": (additive_smooth, ALL),
    "additive process": (additive_process, BOTH),
    "counts additive": (counts_additive, ALL),
}
MODELS = {name: make() for name, (make, _) in KINDS.items()}
SOFTMAX = ("classes", "classes fixed", "classes fitc")
LINEAR_CLASSES = tuple(kind for kind in KINDS if kind.split()[0] in ("multinomial", "sequential"))

UNSEEN = np.array([7, 8, 7])  # groups of new rows
NEW_INPUTS = {  # of models whose rows are no matrix
    "additive": lambda X: [X, (UNSEEN[: len(X)], X[:, 0])],
    "additive smooth": lambda X: [X[:, 1], ["u"] * len(X), UNSEEN[: len(X)]],
    "additive process": lambda X: [X, X[:, :1], UNSEEN[: len(X)]],
    "counts additive": lambda X: [UNSEEN[: len(X)], X],
}


def new_rows(kind, X):
    """Rows (m, 2) as what a model of this kind takes for new ones."""
    if kind in NEW_INPUTS:
        return NEW_INPUTS[kind](X)
    return np.resize(X, (len(X), len(MODELS[kind].feature_names)))


every_model = pytest.mark.parametrize("kind", KINDS)
EACH_KERNEL = [(name, kernel) for name, (_, kernels) in KINDS.items() for kernel in kernels]
# Of tests that write to disk: the default kernel in every run of the tests, the others among the slow ones.
QUICK_ON_DISK = [
    *("logistic", "wide horseshoe", "sparse", "counts", "multinomial", "sequential", "additive smooth"),
    *("gp own kernel", "fitc", "hilbert", "classes"),
]
every_model_on_disk = pytest.mark.parametrize(
    ("kind", "kernel"),
    mostly_slow(EACH_KERNEL, *((name, "auto") for name in QUICK_ON_DISK)),
)
every_model_and_kernel = pytest.mark.parametrize(("kind", "kernel"), EACH_KERNEL)
