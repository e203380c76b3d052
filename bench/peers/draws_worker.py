"""One side of bench/draws.py: times `random_polyagamma` of whatever `polyagamma` its environment has.

Reads one JSON object a line from standard input, ``{"do": name, ...arguments}``, and answers each with one.
"""

import json
import sys
import time
from importlib.metadata import distributions

import numpy as np
from numpy.typing import NDArray

from polyagamma import random_polyagamma

Floats = NDArray[np.float64]
SHAPES = {
    "integers": lambda rng, n, low, high: rng.integers(low, high, n, endpoint=True).astype(float),
    "poisson + gamma": lambda rng, n, mean, shape: rng.poisson(mean, n) + rng.standard_gamma(shape, n),
}


def mean(h: Floats, z: Floats) -> Floats:
    """Mean of PG(h, z), Polson, Scott and Windle (2013), section 2.3."""
    half = np.maximum(np.abs(z) / 2, 1e-8)
    return h / 4 * np.tanh(half) / half


def variance(h: Floats, z: Floats) -> Floats:
    """Variance, with numerator and denominator times 2 exp(-z), and by its series near zero."""
    a = np.maximum(np.abs(z), 0.05)
    e = np.exp(-a)
    far = (1 - 2 * a * e - e * e) / (2 * a**3 * (1 + e) ** 2)
    return h * np.where(np.abs(z) < 0.05, (1 - z**2 / 5 + 17 * z**4 / 560) / 24, far)


class Worker:
    """The parameters of a case, and what can be done with them."""

    def __init__(self) -> None:
        self.generator = np.random.default_rng(1)

    def versions(self) -> dict[str, str]:
        names = {"polyagamma", "polyagamma-gibbs", "numpy"}
        return {d.name: d.version for d in distributions() if d.name in names}

    def case(self, n: int, h: list, z: list) -> None:
        """`h` is a number, or a name of SHAPES and its arguments; `z` has mean and standard deviation."""
        rng = np.random.default_rng(0)
        self.z = z[0] + z[1] * rng.standard_normal(n)
        self.h = SHAPES[h[0]](rng, n, *h[1:]) if isinstance(h, list) else float(h)
        self.out = np.empty(n)

    def draw(self, **options: int) -> float:
        """Seconds that one fill of `out` takes."""
        start = time.perf_counter()
        random_polyagamma(self.h, self.z, out=self.out, random_state=self.generator, **options)
        return time.perf_counter() - start

    def normal(self) -> float:
        start = time.perf_counter()
        self.generator.standard_normal(out=self.out)
        return time.perf_counter() - start

    def scores(self) -> list[float]:
        """z-scores of the mean and the variance of the last draws."""
        d = (self.out - mean(self.h, self.z)) / np.sqrt(variance(self.h, self.z))
        excess = d**2 - 1
        scores = [x.mean() / x.std() * len(x) ** 0.5 for x in (d, excess)]
        return [float(s) if np.isfinite(s) else float("inf") for s in scores]

    def scalar(self, calls: int, seeded: bool) -> float:
        """Seconds that a call for one variate takes, with a generator given or without."""
        options = {"random_state": self.generator} if seeded else {}
        start = time.perf_counter()
        for _ in range(calls):
            random_polyagamma(1.0, 0.5, **options)
        return (time.perf_counter() - start) / calls


def main() -> None:
    worker = Worker()
    for line in sys.stdin:
        arguments = json.loads(line)
        print(json.dumps(getattr(worker, arguments.pop("do"))(**arguments)), flush=True)


if __name__ == "__main__":
    main()
