from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, overload

from numpy import bool_, float64, floating, integer
from numpy.random import BitGenerator, Generator, RandomState, SeedSequence
from numpy.typing import ArrayLike, NDArray

_Real: TypeAlias = float | integer[Any] | floating[Any] | bool_
_Method: TypeAlias = Literal["strip", "inverse_gaussian", "devroye", "alternate", "saddle", "gamma"] | None
_RandomState: TypeAlias = int | Sequence[int] | SeedSequence | BitGenerator | Generator | RandomState | None

@overload
def random_polyagamma(
    h: _Real = 1.0,
    z: _Real = 0.0,
    *,
    size: None = None,
    out: None = None,
    method: _Method = None,
    disable_checks: bool = False,
    random_state: _RandomState = None,
    threads: int | None = None,
) -> float: ...
@overload
def random_polyagamma(
    h: ArrayLike = 1.0,
    z: ArrayLike = 0.0,
    *,
    size: int | tuple[int, ...] | None = None,
    out: NDArray[float64] | None = None,
    method: _Method = None,
    disable_checks: bool = False,
    random_state: _RandomState = None,
    threads: int | None = None,
) -> NDArray[float64]: ...
def instruction_set() -> Literal["baseline", "v3", "v4"]: ...
