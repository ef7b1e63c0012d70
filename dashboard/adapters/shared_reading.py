"""A reading made once for all who ask at the same time, and that nobody has to wait for longer than they want."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass
class _Flight(Generic[T]):
    """One reading under way or done; forgotten: it may show the state before a change."""

    future: Future[T] = field(default_factory=Future)
    begun: bool = False
    ended_at: float | None = None
    forgotten: bool = False


class SharedReading(Generic[T]):
    """One reading at a time, in a thread of its own, shared while it runs and for some seconds after.

    Args:
        read: makes a new one.
        seconds: how long one that succeeded is good for, on the monotonic clock; 0 shares what is under way alone.
        monotonic: that clock.
    """

    def __init__(
        self, read: Callable[[], T], seconds: float = 0.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._latest: _Flight[T] | None = None

    def begin(self) -> Future[T]:
        """The reading that is good now, or that will be: of a source that hangs, the one that hangs already."""
        with self._lock:
            latest = self._latest
            if latest is None or not self._good(latest):
                latest = _Flight()
                # A thread each, since one of a pool would not survive a fork, and none may hold up the end.
                threading.Thread(target=self._fly, args=(latest,), name="reading", daemon=True).start()
                self._latest = latest  # not before: without a thread it would never end
            return latest.future

    def forget(self) -> None:
        """Make the next reading a new one; one that has not begun is new enough."""
        with self._lock:
            if self._latest is not None and self._latest.begun:
                self._latest.forgotten = True

    def _good(self, flight: _Flight[T]) -> bool:
        if flight.forgotten:
            return False
        return flight.ended_at is None or self._monotonic() - flight.ended_at < self._seconds

    def _fly(self, flight: _Flight[T]) -> None:
        with self._one_at_a_time:
            flight.begun = True
            try:
                result = self._read()
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
                flight.forgotten = True
                flight.future.set_exception(error)
            else:
                flight.ended_at = self._monotonic()
                flight.future.set_result(result)


def all_within(futures: Iterable[Future[Any]], seconds: float | None) -> None:
    """Return when all are done, or after some seconds; None: however long it takes."""
    wait(futures, None if seconds is None else max(0.0, seconds))
