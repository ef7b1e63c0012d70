"""Names of queues that one process found, for all others and for the next start: kept in the dashboard's store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dashboard.adapters.celery.names import raw, text
from dashboard.adapters.contract import AdapterError
from dashboard.adapters.server import Server

PACKAGE = "dashboard.adapters.celery"
MOST = 4_000
KEPT_SECONDS = 86_400
"""Without being seen again."""
AGAIN_SECONDS = 300.0
"""After which a process says anew that it sees a name."""
LONGEST = 1_000
LEFT_ALONE_SECONDS = 15.0
"""For which nobody waits again for a store that did not answer."""
OVERLAP_SECONDS = 1
"""Of one reading and the next: times in the store are whole seconds."""


class What(StrEnum):
    """What a name stands for; the first letter of what is kept."""

    EXCHANGE = "e"
    QUEUE = "q"
    IGNORES = "i"
    """A queue with tasks whose results are ignored."""
    LOOKED = "l"
    """All keys were looked at."""


@dataclass(frozen=True, slots=True)
class Name:
    """One that is remembered; seconds since it was last seen."""

    what: What
    name: str
    age: float


class Memory:
    """What is remembered of one source; a store that does not answer remembers nothing, and is left alone for a while.

    Args:
        source: the source's name.
        url: of the store.
        timeout: seconds for connecting and for each reply.
        monotonic: seconds on a clock that only goes forward.
    """

    def __init__(
        self, source: str, url: str, timeout: float = 3.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._server = Server(source, url, timeout, PACKAGE)
        self._monotonic = monotonic
        self._key = f"{{redrive}}:mirror:{source}:known"
        self._said: dict[bytes, float] = {}
        self._read_at = 0
        self._alone_until = 0.0

    def new(self) -> list[Name]:
        """What was seen since the last call; at the first one, all there is."""
        if self._monotonic() < self._alone_until:
            return []
        try:
            now, rows = self._server.run("recall", [self._key], [self._read_at, MOST])
        except AdapterError:
            self._leave_alone()
            return []
        self._read_at = int(now) - OVERLAP_SECONDS
        return list(_names(rows, float(now)))

    def see(self, what: What, names: Iterable[str]) -> None:
        """Remember names, unless this process has just done so."""
        now = self._monotonic()
        stored = [what.encode() + raw(name) for name in names]
        due = [each for each in stored if len(each) <= LONGEST and now - self._said.get(each, -1e9) > AGAIN_SECONDS]
        if not due or now < self._alone_until:
            return
        if len(self._said) > 2 * MOST:
            self._said.clear()
        self._said.update(dict.fromkeys(due, now))
        try:
            self._server.run("remember", [self._key], [MOST, KEPT_SECONDS, *due[:MOST]])
        except AdapterError:
            self._leave_alone()
            self._said.clear()

    def forget(self, what: What, names: Iterable[str]) -> None:
        """They are there no more."""
        gone = [what.encode() + raw(name) for name in names]
        for each in gone:
            self._said.pop(each, None)
        if not gone or self._monotonic() < self._alone_until:
            return
        try:
            with self._server.errors():
                self._server.client.zrem(self._key, *gone)
        except AdapterError:
            self._leave_alone()

    def _leave_alone(self) -> None:
        self._alone_until = self._monotonic() + LEFT_ALONE_SECONDS


def _names(rows: list[Any], now: float) -> Iterator[Name]:
    for stored, seen in zip(rows[::2], rows[1::2], strict=True):
        what = text(stored[:1])
        if what in set(What):
            yield Name(What(what), text(stored[1:]), max(0.0, now - float(seen)))
