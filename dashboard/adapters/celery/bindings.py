"""Which queues there are and what is sent to them: kombu's bindings, found step by step and remembered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import redis

from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.names import DEFAULT_QUEUE, text

KEYS_AT_ONCE = 3_000
MOST_MEMBERS = 1_000
"""Bindings of one exchange that are read."""
MOST_QUEUES = 2_000
AGAIN_SECONDS = 600.0
"""After which the bindings are looked for again; sooner when something is sent to a queue that is not known."""
SOONEST_SECONDS = 60.0


class Bindings:
    """What is known of an application's queues, shared by all threads of the process.

    Args:
        access: the application.
        monotonic: seconds on a clock that only goes forward.
    """

    def __init__(self, access: Access, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._access = access
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._routes: dict[tuple[str, str], set[str]] = {}
        self._queues: set[str] = set(access.names.queues)
        self._cursor: int | None = 0
        self._ended: float | None = None

    @property
    def complete(self) -> bool:
        """Whether all keys were looked at once."""
        return self._ended is not None

    def queues(self) -> list[str]:
        """All queues that are known, by name."""
        with self._lock:
            return sorted(self._queues)

    def learn(self, queues: Iterable[str]) -> None:
        """Queues that are known otherwise, from the workers that consume them."""
        with self._lock:
            for queue in queues:
                if queue and len(self._queues) < MOST_QUEUES:
                    self._queues.add(queue)

    def queue_of(self, routing_key: str, exchange: str = "") -> str | None:
        """The queue to which messages with a routing key go, as far as it is known."""
        with self._lock:
            if exchange and (exchange, routing_key) in self._routes:
                return min(self._routes[exchange, routing_key])
            if routing_key in self._queues:
                return routing_key
            found = {queue for (_, key), queues in self._routes.items() if key == routing_key for queue in queues}
        return min(found) if routing_key and found else None

    def probe(self, queue: str) -> bool:
        """Whether there is a queue of that name: it has messages, or a binding of its own exchange."""
        if queue in self._queues:
            return True
        names, broker = self._access.names, self._access.broker
        found = any(length > 0 for length in self._access.ask(broker, "lengths", names.lists(queue), []))
        if not found:
            with self._access.errors():
                found = bool(broker.exists(names.binding(queue))) and not names.own(queue)
        if found:
            self.learn([queue])
        return found

    def search(self, steps: int) -> bool:
        """Look at some more keys when that is due; whether the search has come to its end."""
        if self._cursor is None and not self._due(AGAIN_SECONDS):
            return True
        cursor = self._cursor or 0
        for _ in range(steps):
            cursor = self._step(cursor)
            self._cursor = cursor or None
            if not cursor:
                self._ended = self._monotonic()
                self.probe(DEFAULT_QUEUE)
                return True
        return False

    def again(self) -> bool:
        """Something goes to a queue that is not known: search anew, unless that was done just now; whether it is."""
        if self._cursor is None and not self._due(SOONEST_SECONDS):
            return False
        self._cursor = self._cursor or 0
        return True

    def _due(self, seconds: float) -> bool:
        return self._ended is None or self._monotonic() - self._ended > seconds

    def _step(self, cursor: int) -> int:
        names, broker = self._access.names, self._access.broker
        with self._access.errors():
            reply: Any = broker.scan(cursor, match=names.bindings, count=KEYS_AT_ONCE, _type="SET")
            following, keys = reply
            keys = [key for key in keys if not names.own(names.exchange_of(key))]
            pipeline = broker.pipeline(transaction=False)
            for key in keys:
                pipeline.sscan(key, 0, count=MOST_MEMBERS)
            for key, found in zip(keys, pipeline.execute(raise_on_error=False), strict=True):
                if not isinstance(found, redis.ResponseError):
                    self._take(names.exchange_of(key), found[1])
        return int(following)

    def _take(self, exchange: str, members: Iterable[bytes]) -> None:
        separator = self._access.names.separator
        with self._lock:
            for member in members:
                key, _, rest = member.partition(separator)
                queue = text(rest.partition(separator)[2])
                if queue and (queue in self._queues or len(self._queues) < MOST_QUEUES):
                    self._queues.add(queue)
                    self._routes.setdefault((exchange, text(key)), set()).add(queue)
