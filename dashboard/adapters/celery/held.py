"""Messages that workers have fetched and not acknowledged: waiting in a worker, waiting for their time, or running."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from dashboard.adapters.celery import messages
from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.bindings import Bindings
from dashboard.adapters.contract import State

AT_ONCE = 200
STEPS = 10
MOST = 10_000
"""Messages that are remembered; with more of them, how many there are by queue is not told."""


@dataclass(frozen=True, slots=True)
class HeldTask:
    """One of these messages, without its body."""

    id: str
    queue: str
    type: str
    tag: str
    priority: int = 0
    retries: int = 0
    eta: float | None = None
    ignored: bool = False

    def state(self, now: float) -> State:
        """Retrying or scheduled until its time has come; then it waits in the worker, or runs."""
        if self.eta is None or self.eta <= now:
            return State.PENDING
        return State.RETRYING if self.retries else State.SCHEDULED


class Held:
    """What `unacked` holds, read in small steps and remembered as of the last time that all of it was read.

    Args:
        access: the application.
        bindings: tell to which queue a message belongs.
    """

    def __init__(self, access: Access, bindings: Bindings) -> None:
        self._access = access
        self._bindings = bindings
        self._lock = threading.Lock()
        self._cursor = 0
        self._reading: dict[str, HeldTask] = {}
        self._whole: tuple[HeldTask, ...] | None = None

    def tasks(self) -> tuple[HeldTask, ...] | None:
        """All of them, those whose time comes first leading; None when they were not read yet, or are too many."""
        with self._lock:
            return self._whole

    def refresh(self) -> None:
        """Read on for some steps; one round trip each."""
        for _ in range(STEPS):
            with self._access.errors():
                found: Any = self._access.broker.hscan(self._access.names.unacked, self._cursor, count=AT_ONCE)
            self._cursor, fields = int(found[0]), found[1]
            self._take(fields.items())
            if len(self._reading) > MOST:
                self._end(None)
                return
            if not self._cursor:
                self._end(tuple(sorted(self._reading.values(), key=lambda each: (each.eta or 0.0, each.id))))
                return

    def _end(self, whole: tuple[HeldTask, ...] | None) -> None:
        self._bindings.see_ignoring(each.queue for each in self._reading.values() if each.ignored)
        with self._lock:
            self._whole = whole
        self._cursor, self._reading = 0, {}

    def _take(self, fields: Iterable[tuple[bytes, bytes]]) -> None:
        for tag, stored in fields:
            task = read(stored, self._bindings)
            if task is not None:
                self._reading[tag.decode("utf-8", "replace")] = replace(task, tag=tag.decode("utf-8", "replace"))


def read(stored: bytes, bindings: Bindings) -> HeldTask | None:
    """A message of `unacked`: `[message, exchange, routing key]`."""
    found = messages.unacked(stored)
    if found is None:
        return None
    message, exchange, key = found
    return HeldTask(
        message.id,
        bindings.queue_of(key, exchange) or key,
        message.type,
        message.tag,
        message.priority,
        message.retries,
        message.eta,
        message.ignored,
    )
