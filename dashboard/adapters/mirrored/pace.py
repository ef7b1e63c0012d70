"""The pace at which a backlog of failures is taken up, so that a source is asked little while that goes on."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

BACKLOG = 100
"""New failures in one look, from which on it is a backlog."""

AT_ONCE = 1_000
"""Failures of a backlog that are taken up before the pace counts."""

SHARED = 200.0
"""Failures a second where the store is at the source's server: 200 cost it some 15 commands, the store's among them."""

APART = 1_000.0
"""Failures a second where it is not: looking at 200 costs the source two to five commands."""


class Pace:
    """Of one source.

    Args:
        per_second: failures.
        clock: gives unix seconds.
    """

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._left = float(AT_ONCE)
        self._at = clock()

    def allows(self) -> bool:
        """Whether failures may be looked for now."""
        now = self._clock()
        self._left = min(AT_ONCE, self._left + max(0.0, now - self._at) * self._per_second)
        self._at = now
        return self._left > 0

    def took(self, new: int) -> None:
        """Failures were taken up."""
        if new >= BACKLOG:
            self._left -= new


def per_second(url: str, store_url: str) -> float:
    """Failures a second of a source, by where the store is."""
    return SHARED if urlsplit(url).netloc.rpartition("@")[2] == urlsplit(store_url).netloc.rpartition("@")[2] else APART
