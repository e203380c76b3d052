"""What happens where scikit-learn, which only some functions need, is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def scikit_learn_for(what: str, otherwise: str = "") -> Iterator[None]:
    """Import from scikit-learn in this context; ImportError says what needs it and what to do instead."""
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"{what} needs scikit-learn: pip install 'polyagamma-gibbs[sklearn]'{otherwise}"
        ) from error
