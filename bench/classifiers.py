"""Log loss and Brier score of classifiers on rows that were held out, on ten data sets of two packages.

Each estimator has its defaults and standardised predictors. Splits are those of repeated stratified
cross-validation, the same for all. Differences to PolyaGammaClassifier are paired, and their standard errors
are corrected for training sets that overlap: s**2 (1 / J + test / train) for J splits (C. Nadeau and
Y. Bengio (2003), "Inference for the generalization error", Machine Learning 52, 239-281).

Run ``python bench/classifiers.py``; see bench/README.md.
"""

import argparse
import warnings
from collections.abc import Callable

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from polyagamma import SamplingWarning
from polyagamma.sklearn import PolyaGammaClassifier

Array = NDArray[np.float64]
Rows = tuple[Array, NDArray[np.int64]]
FOLDS, MOST_ROWS = 5, 2000
ESTIMATORS: dict[str, Callable[[], BaseEstimator]] = {
    "PolyaGammaClassifier": lambda: PolyaGammaClassifier(random_state=1),
    "LogisticRegression": lambda: LogisticRegression(max_iter=1000),
    "CalibratedClassifierCV": lambda: CalibratedClassifierCV(LogisticRegression(max_iter=1000)),
}


def bundled(load: Callable[..., tuple[Array, Array]], classes: tuple[int, ...] | None = None) -> Rows:
    X, y = load(return_X_y=True)
    rows = np.isin(y, classes) if classes else np.full(len(y), True)
    return X[rows], y[rows].astype(np.int64)


def few(X: Array, y: Array) -> Rows:
    """Return at most MOST_ROWS rows, chosen at random."""
    rows = np.random.default_rng(0).permutation(len(y))[:MOST_ROWS]
    return np.asarray(X, float)[rows], np.asarray(y, np.int64)[rows]


def spector() -> Rows:
    data = sm.datasets.spector.load().data
    return few(data[["GPA", "TUCE", "PSI"]], data["GRADE"])


def fair() -> Rows:
    data = sm.datasets.fair.load().data
    return few(data.drop(columns="affairs"), data["affairs"] > 0)


def anes96(y: str) -> Rows:
    data = sm.datasets.anes96.load().data
    return few(data[["logpopul", "selfLR", "age", "educ", "income"]], data[y])


def randhie() -> Rows:
    data = sm.datasets.randhie.load().data
    return few(data.drop(columns="mdvis"), data["mdvis"] > 0)


SETS: dict[str, Callable[[], Rows]] = {
    "spector": spector,
    "iris, two": lambda: bundled(load_iris, (1, 2)),
    "iris": lambda: bundled(load_iris),
    "wine": lambda: bundled(load_wine),
    "breast cancer": lambda: bundled(load_breast_cancer),
    "digits 3, 8": lambda: bundled(load_digits, (3, 8)),
    "anes96 vote": lambda: anes96("vote"),
    "anes96 party": lambda: anes96("PID"),
    "fair": fair,
    "randhie": randhie,
}


def scores(p: Array, y: NDArray[np.int64]) -> tuple[float, float]:
    """Return the log loss and the Brier score: the squared distance from the class that was, by class."""
    of_y = p[np.arange(len(y)), y]
    return (
        -float(np.log(np.maximum(of_y, np.finfo(float).tiny)).mean()),
        float(((p - np.eye(p.shape[1])[y]) ** 2).sum(axis=1).mean()),
    )


def measured(X: Array, y: NDArray[np.int64], repeats: int) -> dict[str, Array]:
    """Return the scores of each estimator in each split, (splits, 2)."""
    y = np.unique(y, return_inverse=True)[1]
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ESTIMATORS}
    splits = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=repeats, random_state=0)
    for train, test in splits.split(X, y):
        for name, make in ESTIMATORS.items():
            steps = [StandardScaler(), *([PCA(15, random_state=0)] if X.shape[1] == 64 else []), make()]
            model = make_pipeline(*steps).fit(X[train], y[train])
            found[name].append(scores(model.predict_proba(X[test]), y[test]))
    return {name: np.array(values) for name, values in found.items()}


def cells(by_estimator: dict[str, Array]) -> list[str]:
    """Return ours with its scores, and for others their differences to it with standard errors."""
    ours = by_estimator["PolyaGammaClassifier"]
    texts = [f"{mean:.3f}" for mean in ours.mean(axis=0)]
    for name, values in by_estimator.items():
        if name == "PolyaGammaClassifier":
            continue
        difference = values - ours
        error = difference.std(axis=0, ddof=1) * np.sqrt(1 / len(values) + 1 / (FOLDS - 1))
        texts += [f"{d:+.3f} ± {e:.3f}" for d, e in zip(difference.mean(axis=0), error, strict=True)]
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=4, help="of 5-fold cross-validation")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    options = parser.parse_args()
    warnings.simplefilter("ignore", SamplingWarning)
    warnings.simplefilter("ignore", ConvergenceWarning)
    columns = ["set", "rows, columns, classes", "log loss", "Brier score"]
    columns += [f"{name}, {score}" for name in list(ESTIMATORS)[1:] for score in columns[2:4]]
    print("|", " | ".join(columns), "|\n" + "|---" * len(columns) + "|")
    for name in options.sets:
        X, y = SETS[name]()
        shape = f"{len(y)}, {X.shape[1]}, {len(np.unique(y))}"
        print("|", " | ".join([name, shape, *cells(measured(X, y, options.repeats))]), "|", flush=True)


if __name__ == "__main__":
    main()
