"""What the peers on the field of field.py have in common: their arguments, and gaps as seconds go by."""

import argparse
import json
import time
from collections.abc import Callable

import field
import numpy as np

BATCH, LOOK = 500, 25


def arguments(description: str) -> argparse.ArgumentParser:
    """Return the parser of a peer's arguments."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("n", type=int)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--rate", type=float, default=0.03, help="of Adam")
    parser.add_argument("--fixed", action="store_true", help="the kernel is the field's own")
    parser.add_argument("--seconds", type=float, default=60.0, help="at most")
    parser.add_argument("--threads", type=int, default=1)
    return parser


def follow(seconds: float, step: Callable[[], None], predicted: Callable[[field.Array], field.Array]) -> None:
    """Print, after every LOOK steps, seconds of the processor in steps and the gap, as lines of JSON.

    It ends when the gap is small enough. The seconds are those of steps alone, not of the looks between them.
    """
    X, p = field.tested()
    spent, steps, found = 0.0, 0, np.inf
    while spent < seconds and found > field.WANTED:
        start = time.process_time()
        for _ in range(LOOK):
            step()
        spent, steps = spent + time.process_time() - start, steps + LOOK
        found = field.gap(p, predicted(X))
        print(json.dumps({"seconds": spent, "steps": steps, "gap": found}), flush=True)
