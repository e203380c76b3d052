"""How long an effective draw takes on a cluster, from constants that were measured."""

from __future__ import annotations

from dataclasses import dataclass

from polyagamma import _gibbs
from polyagamma._validation import models as checks

# Of one core, as `bench/distributed.py` finds them: seconds of a gradient for a value of X, for a value and a
# chain, and for a row and a chain.
A_VALUE, A_VALUE_AND_CHAIN, A_ROW_AND_CHAIN = 0.79e-9, 0.089e-9, 9.9e-9
A_MESSAGE = 0.5e-3  # of the driver, for a message to a worker and its answer
GRADIENTS = 4  # for an effective draw of a chain
CHAINS_AT_ONCE = 4  # that share a message


@dataclass(frozen=True)
class Estimate:
    """What a gradient and an effective draw take.

    Attributes
    ----------
    seconds_per_gradient : float
        Of all chains that share a message.
    seconds_per_effective_draw : float
    bytes_per_gradient : int
        That the driver sends and gets.
    bytes_per_worker : int
        Memory that a worker's rows take.
    """

    seconds_per_gradient: float
    seconds_per_effective_draw: float
    bytes_per_gradient: int
    bytes_per_worker: int


def estimate(
    n: int,
    p: int,
    chains: int = 4,
    workers: int = 1,
    latency: float = 1e-3,
    bandwidth: float = 1e9,
    *,
    gradients: float = GRADIENTS,
) -> Estimate:
    """Predict how long draws of a logistic model take whose rows are on workers of a cluster.

    Parameters
    ----------
    n, p : int
        Rows and predictors.
    chains : int, default 4
        Four at a time share their messages.
    workers : int, default 1
        Workers with a thread each.
    latency : float, default 0.001
        Seconds that a message takes there and back.
    bandwidth : float, default 1e9
        Bytes a second through the driver's network.
    gradients : float, default 4
        Gradients for an effective draw of a chain; from one to five where the posterior is nearly normal, as
        it is with many rows.

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Notes
    -----
    A gradient takes the longest of the workers' products, a message, the driver's part in the messages, one
    after the other, and the bytes of the sums of all strips. Where the driver cannot reach the workers, tasks
    of the scheduler take ten times its part. The constants of the products were measured
    on one core; those of other machines differ by a factor of two or so. Warm-up takes as many gradients
    again, and a look at all rows when the model is made.
    """
    n, p = checks.integer("n", n, 1), checks.integer("p", p, 1)
    chains, workers = checks.integer("chains", chains, 1), checks.integer("workers", workers, 1)
    latency, bandwidth = checks.not_negative("latency", latency), checks.positive("bandwidth", bandwidth)
    gradients = checks.positive("gradients", gradients)
    size, together = p + 1, min(chains, CHAINS_AT_ONCE)
    units = len(_gibbs.row_units(n, size, 1))
    shares = min(workers, units)
    largest = -(-units // shares) / units
    row = size * (A_VALUE + A_VALUE_AND_CHAIN * together) + A_ROW_AND_CHAIN * together
    moved = 8 * together * (shares * size + units * (size + 1))
    seconds = n * largest * row + latency + shares * A_MESSAGE + moved / bandwidth
    draw = seconds * gradients / together
    return Estimate(seconds, draw, moved, int(largest * n * 8 * (2 * size + 8)))
