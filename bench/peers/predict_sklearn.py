"""Scikit-learn's Gaussian-process classifier: Laplace approximation, kernel by maximum evidence."""

import time
from types import SimpleNamespace

import numpy as np
import worker
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel


def sample(problem: SimpleNamespace):
    start = time.perf_counter()
    kernel = ConstantKernel(4.0, (1e-2, 1e4)) * RBF(np.sqrt(problem.X.shape[1]), (1e-2, 1e3))
    classifier = GaussianProcessClassifier(kernel).fit(problem.X, problem.y)
    return classifier.predict_proba(problem.X_test)[:, 1], time.perf_counter() - start


if __name__ == "__main__":
    worker.main(sample)
