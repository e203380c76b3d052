"""Who has the shares, and how chains ask all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from polyagamma.distributed.plan import Plan, Request

FloatArray = NDArray[np.float64]


class Pool(Protocol):
    """Shares of rows, and who has them."""

    def ask(self, request: Request) -> Iterator[FloatArray]:
        """Yield the answers of all shares in their order; `request` has the coordinates."""

    def ask_in_turn(self, request: Request, before: FloatArray) -> FloatArray:
        """Ask one share after the other, with `before` as last argument: what the one before answered."""


class SharedRows:
    """The rows of a model as its chains see them; see ``DistantRows`` of the core.

    Parameters
    ----------
    plan : Plan
    pool : Pool
    """

    def __init__(self, plan: Plan, pool: Pool) -> None:
        self._plan, self._pool = plan, pool
        self._coordinates: tuple[FloatArray, FloatArray] | None = None
        self._version: str | None = None

    def assign(self, centre: FloatArray, basis: FloatArray) -> None:
        """Let all that follows be in these coordinates."""
        self._coordinates, self._version = (centre, basis), uuid4().hex

    def gradients(self, u: FloatArray, extras: FloatArray, values: bool) -> FloatArray:
        """Return the sums of gradients and log-likelihoods of all strips."""
        return np.concatenate(list(self._pool.ask(self._request("gradients", u, extras, values))))

    def augmented(
        self, u: FloatArray, extras: FloatArray, predictor: int, keys: NDArray[np.uint64], values: bool
    ) -> FloatArray:
        """Return the sums of data augmentation of all strips, of one predictor given the others."""
        request = self._request("augmented", u, extras, predictor, keys, values)
        return np.concatenate(list(self._pool.ask(request)))

    def add_curvature(self, u: FloatArray, extras: FloatArray, gram: FloatArray) -> FloatArray:
        """Return `gram` with what the rows add."""
        request = self._request("curvatures", u, extras)
        if self._plan.chained:
            return self._pool.ask_in_turn(request, gram)
        for sums in self._pool.ask(replace(request, arguments=(u, extras, None))):
            for one in sums:
                gram = gram + one
        return gram

    def add_extra_sums(self, u: FloatArray, extras: FloatArray, lanes: FloatArray) -> FloatArray:
        """Return `lanes` with what the rows add, at some values of the likelihood's extra."""
        return self._pool.ask_in_turn(self._request("extra_sums", u, extras), lanes)

    def _request(self, name: str, *arguments: object) -> Request:
        return Request(name, arguments, self._version, self._coordinates)
