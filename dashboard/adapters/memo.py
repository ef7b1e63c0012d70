"""A short memory of an expensive reading, shared by all threads of the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEYS = 256


class Memo(Generic[T]):
    """Keeps readings for a time; while one thread reads a key, the others wait for its result.

    No reading is kept longer than until another one is made.

    Args:
        seconds: how long a reading is good for, on the monotonic clock.
        monotonic: that clock.
        most: how many keys are kept at most, however many are asked for.
    """

    def __init__(
        self, seconds: float, monotonic: Callable[[], float] = time.monotonic, *, most: int = MOST_KEYS
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._reading: dict[Hashable, threading.Lock] = {}
        self._kept: dict[Hashable, tuple[float, T]] = {}
        self._forgotten = 0

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """The kept reading of a key, or a new one; what `read` raises is passed on and not kept."""
        with self._lock:
            if (
                len(self._reading) >= self._most and key not in self._reading
            ):  # a thread that still reads keeps its own lock
                self._reading.clear()
                self._kept.clear()
            reading = self._reading.setdefault(key, threading.Lock())
        with reading:
            kept = self._kept.get(key)
            if kept is not None and self._monotonic() - kept[0] < self._seconds:
                return kept[1]
            before = self._forgotten
            value = read()
            if before == self._forgotten:  # else it may show the state before a change
                self._keep(key, value)
            return value

    def _keep(self, key: Hashable, value: T) -> None:
        now = self._monotonic()
        with self._lock:
            for old in [each for each, (at, _) in self._kept.items() if now - at >= self._seconds]:
                del self._kept[old]
            self._kept[key] = (now, value)

    def forget(self) -> None:
        """Read everything anew at the next call."""
        with self._lock:
            self._forgotten += 1
            self._kept.clear()
