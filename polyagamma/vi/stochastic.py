"""Natural-gradient steps on batches of rows, with Pólya-gamma variables.

References
----------
.. [1] M. D. Hoffman, D. M. Blei, C. Wang and J. Paisley (2013), "Stochastic variational inference", JMLR 14,
   1303-1347.
.. [2] D. Durante and T. Rigon (2019), "Conditionally conjugate mean-field variational Bayes for logistic
   models", Statistical Science 34, 472-485, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polyagamma.vi.ascent import SHIFT
from polyagamma.vi.core_rows import CoreRows
from polyagamma.vi.factors import factored, inverse, solve
from polyagamma.vi.iterates import Iterate
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.streams import Stream

FloatArray = NDArray[np.float64]
DELAY, FORGETTING = 10.0, 0.9  # of the rates (t + delay)^-forgetting


def epochs(rows: CoreRows, stream: Stream) -> Iterator[Iterate]:
    """Yield the law after each time through the batches: the average of those at its steps.

    A step on a batch moves precision, and precision times mean, towards what coordinate ascent would make
    them if all rows were like the batch, by the rate's share [1]_; the first takes that over whole, from
    omega = b/4 [2]_.
    """
    prior, k = rows.prior, rows.size
    precision, linear = prior.precision, prior.precision @ prior.mean
    law, t, before, n = NormalLaw(prior.mean, np.eye(k) * 1e150), 0, prior.mean, stream.n
    while True:
        average, bound = [np.zeros((k, k)), np.zeros(k)], 0.0
        for batch in stream:
            share = n / batch.n
            value, slope, weights = batch.polya_gamma(law.mean, law.factor[np.newaxis])
            rate = 1.0 if t == 0 else (t + DELAY) ** -FORGETTING
            wanted = prior.precision + share * weights
            target = prior.precision @ prior.mean + share * (slope + weights @ law.mean)
            precision = (1 - rate) * precision + rate * wanted
            linear = (1 - rate) * linear + rate * target
            law, t, bound = law_of(precision, linear), t + 1, bound + value
            average[0] += precision / share
            average[1] += linear / share
        mean = law_of(*average)
        sd = np.sqrt(inverse(mean.factor).diagonal())
        shift = float(np.max(np.abs(mean.mean - before) / sd))
        before = mean.mean
        whole = rows.under(mean.mean, mean.factor, bound)
        yield Iterate(mean, whole, shift, converged=shift < SHIFT)


def law_of(precision: FloatArray, linear: FloatArray) -> NormalLaw:
    """Return the law with a precision, and with the product of this and the mean."""
    factor = factored(precision)
    if factor is None:
        raise FloatingPointError("the precision of the approximation is not positive definite")
    return NormalLaw(solve(factor, linear), factor)
