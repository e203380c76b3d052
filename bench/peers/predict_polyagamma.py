"""This package: the full process, or with `inducing` points, its kernel sampled."""

import time
from types import SimpleNamespace

import polyagamma_trace
import worker

from polyagamma import PolyaGammaGP


def sample(problem: SimpleNamespace):
    start = time.perf_counter()
    model = PolyaGammaGP(problem.X, problem.y, inducing=getattr(problem, "inducing", None))
    trace = polyagamma_trace.sample(model, problem, tune=problem.draws)
    probability = model.predict_proba(trace, problem.X_test, random_seed=problem.seed)[:, 1]
    return probability, time.perf_counter() - start


if __name__ == "__main__":
    worker.main(sample)
