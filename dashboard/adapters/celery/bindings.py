"""Which queues there are and what is sent to them: kombu's bindings, read by name where the exchange is known, the
others found step by step; what any process found is remembered for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.memory import Memory, Name, What
from dashboard.adapters.celery.names import DEFAULT_QUEUE, text

KEYS_AT_ONCE = 3_000
SETS_AT_ONCE = 200
MOST_MEMBERS = 1_000
"""Bindings of one exchange that are read."""
MOST_BYTES = 1_024
MOST_QUEUES = 2_000
MOST_ROUTES = 20_000
"""Exchanges with their routing keys that are remembered."""
AGAIN_SECONDS = 600.0
"""After which the bindings are looked for again; sooner when something is sent to a queue that is not known."""
SOONEST_SECONDS = 60.0
RECALLED_SECONDS = 5.0
"""After which it is asked again what other processes found."""


class Bindings:
    """What is known of an application's queues, shared by all threads of the process.

    Args:
        access: the application.
        memory: what other processes found.
        monotonic: seconds on a clock that only goes forward.
    """

    def __init__(self, access: Access, memory: Memory, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._access = access
        self._memory = memory
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._routes: dict[tuple[str, str], set[str]] = {}
        self._queues: set[str] = set(access.names.queues)
        self._exchanges: set[str] = set()
        self._ignoring: set[str] = set()
        self._cursor: int | None = 0
        self._ended: float | None = None
        self._recalled: float | None = None

    @property
    def complete(self) -> bool:
        """Whether all keys were looked at once, by this process or lately by another."""
        return self._ended is not None

    def queues(self) -> list[str]:
        """All queues that are known, by name."""
        if self._recalled is None:
            self._recall()
        with self._lock:
            return sorted(self._queues)

    def learn(self, queues: Iterable[str], exchanges: Iterable[str] = ()) -> None:
        """Queues that are known otherwise, from the workers that consume them; and their exchanges, to which others
        may be bound."""
        with self._lock:
            seen = [queue for queue in queues if self._add(queue)]
        self._memory.see(What.QUEUE, seen)
        self._read([*seen, *exchanges])

    @property
    def ignoring(self) -> frozenset[str]:
        """Queues to which tasks were sent whose results are ignored: Celery stores nothing of their failures."""
        with self._lock:
            return frozenset(self._ignoring)

    def see_ignoring(self, queues: Iterable[str]) -> None:
        """Such a task was seen in these queues."""
        with self._lock:
            seen = [queue for queue in dict.fromkeys(queues) if queue and len(self._ignoring) < MOST_QUEUES]
            self._ignoring.update(seen)
        self._memory.see(What.IGNORES, seen)

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

    def search(self, steps: int, again: float = AGAIN_SECONDS) -> bool:
        """Take up what others found, and look at some more keys when that is due (seconds `again` after the last time);
        whether the search has come to its end."""
        if self._recalled is None or self._monotonic() - self._recalled >= RECALLED_SECONDS:
            self._recall()
        if self._cursor is None and not self._due(again):
            return True
        cursor = self._cursor or 0
        for _ in range(steps):
            cursor = self._step(cursor)
            self._cursor = cursor or None
            if not cursor:
                self._ended = self._monotonic()
                self._memory.see(What.LOOKED, [""])
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

    def _recall(self) -> None:
        """What others found; exchanges are read by their names, which also tells whether they are still there."""
        first, self._recalled = self._recalled is None, self._monotonic()
        found = self._memory.new()
        with self._lock:
            for each in found:
                if each.what == What.QUEUE:
                    self._add(each.name)
                elif each.what == What.IGNORES and len(self._ignoring) < MOST_QUEUES:
                    self._ignoring.add(each.name)
        exchanges = [each.name for each in found if each.what == What.EXCHANGE]
        if first:
            exchanges += [*self._access.names.queues, DEFAULT_QUEUE]
        gone = self._read(exchanges)
        self._memory.forget(What.EXCHANGE, gone)
        self._note_end(found)

    def _note_end(self, found: Iterable[Name]) -> None:
        """Another process has looked at all keys: this one need not, for as long as that is worth something."""
        ages = [each.age for each in found if each.what == What.LOOKED and each.age < AGAIN_SECONDS]
        if ages:
            self._ended = max(self._ended or 0.0, self._monotonic() - min(ages))
            self._cursor = self._cursor or None

    def _step(self, cursor: int) -> int:
        names, broker = self._access.names, self._access.broker
        with self._access.errors():
            reply: Any = broker.scan(cursor, match=names.bindings, count=KEYS_AT_ONCE, _type="SET")
        found = [names.exchange_of(key) for key in reply[1]]
        self._exchanges.difference_update(found)  # read them anew
        self._read(found)
        return int(reply[0])

    def _read(self, exchanges: Sequence[str]) -> list[str]:
        """Take up the bindings of exchanges that were not read yet; those that are not there."""
        names = self._access.names
        gone: list[str] = []
        there: list[str] = []
        new = [each for each in dict.fromkeys(exchanges) if each not in self._exchanges and not names.own(each)]
        for start in range(0, len(new), SETS_AT_ONCE):
            some = new[start : start + SETS_AT_ONCE]
            sets = self._access.ask(
                self._access.broker, "bindings", list(map(names.binding, some)), [MOST_MEMBERS, MOST_BYTES]
            )
            for exchange, members in zip(some, sets, strict=True):
                self._take(exchange, members)
                (there if members else gone).append(exchange)
        self._exchanges.update(there[: max(0, MOST_ROUTES - len(self._exchanges))])
        self._memory.see(What.EXCHANGE, there)
        return gone

    def _take(self, exchange: str, members: Iterable[bytes]) -> None:
        separator = self._access.names.separator
        with self._lock:
            for member in members:
                key, _, rest = member.partition(separator)
                queue = text(rest.partition(separator)[2])
                route = exchange, text(key)
                if self._add(queue) and (route in self._routes or len(self._routes) < MOST_ROUTES):
                    self._routes.setdefault(route, set()).add(queue)

    def _add(self, queue: str) -> bool:
        """Whether it is among the known ones now."""
        if queue and (queue in self._queues or len(self._queues) < MOST_QUEUES):
            self._queues.add(queue)
            return True
        return False
