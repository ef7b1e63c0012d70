"""Failures as they come: the channel of results, and a slow look at all results for what came while nobody listened."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import redis

from dashboard.adapters.celery import results
from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.bindings import Bindings
from dashboard.adapters.celery.results import Result
from dashboard.adapters.celery.successes import Success, Successes
from dashboard.adapters.mirrored.product import DeadLetter, Sighting

MESSAGES_AT_ONCE = 2_000
KEYS_AT_ONCE = 500
BINDING_STEPS = 3
MOST_READY = 5_000
MOST_HEARD = 20_000
"""Tasks that are still to be read; beyond, all results are looked at instead."""
SUCCESSES_HEARD = 40
SUCCESSES_SCANNED = 5
"""Of one turn, tasks that succeeded whose results are read."""
SUCCESS_BYTES = 16_384
AGAIN_SECONDS = 3_600.0
"""After which all results are looked at again, in case that something was missed."""
SOONEST_SECONDS = 60.0
"""Between two such looks, however often the connection is lost."""
CAPTURED_SECONDS = 2.0
"""Between two looks at what the application captured."""
REST = "rest"


class Channel:
    """The channel to which every result is published as it is stored; one connection, read without waiting.

    Args:
        access: the application.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._pubsub: Any = None
        self.good: deque[tuple[str, bytes]] = deque(maxlen=SUCCESSES_HEARD)
        """The last results of tasks that succeeded, as they were published."""

    def open(self) -> bool:
        """Subscribe, unless that is so; whether it was not, so that something may have been missed."""
        if self._pubsub is not None:
            return False
        with self._access.errors():
            pubsub: Any = self._access.backend.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            pubsub.psubscribe(self._access.names.results)
        self._pubsub = pubsub
        return True

    def drain(self, most: int) -> list[str]:
        """Tasks that may have failed. A lost connection is closed, so that `open` says so."""
        found: list[str] = []
        try:
            self._pubsub.check_health()
            connection = self._pubsub.connection
            for _ in range(most):
                if not connection.can_read(timeout=0):
                    break
                message = self._pubsub.get_message(timeout=connection.socket_timeout)  # half of it may be on its way
                value = message["data"] if message else b""
                if not isinstance(value, bytes) or not value:
                    continue
                status, task_id = results.status_of(value[:96]), self._access.names.task_of(message["channel"])
                if status in ("", "FAILURE"):
                    found.append(task_id)  # without what may be megabytes: it is read anew
                elif status == "SUCCESS" and len(value) <= SUCCESS_BYTES:
                    self.good.append((task_id, value))
        except (redis.RedisError, OSError):
            self.close()
        return found

    def close(self) -> None:
        """Subscribe anew at the next occasion."""
        pubsub, self._pubsub = self._pubsub, None
        if pubsub is not None:
            pubsub.close()


class Watch:
    """Finds failures; what it has found and not given yet stays with it.

    Args:
        access: the application.
        bindings: tell the queue of a failure.
        successes: keep some of the tasks that succeeded.
        listens: whether results are listened to as they are published.
        monotonic: seconds on a clock that only goes forward.
    """

    def __init__(
        self, access: Access, bindings: Bindings, successes: Successes, *, listens: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._access = access
        self._bindings = bindings
        self._successes = successes
        self._listens = listens
        self._monotonic = monotonic
        self._channel = Channel(access)
        self._captured_at, self._captured_looked, self._captured_all = "", -CAPTURED_SECONDS, False
        self._cursor: int | None = None
        self._begun: float | None = None
        self._asked = True
        self._through = False
        self._heard: deque[str] = deque()
        self._ready: deque[Result] = deque()

    def look(self, place: str, limit: int) -> Sighting:
        """At most `limit` failures; see `Product.look`."""
        missed = self._listens and self._channel.open()
        if not place:
            self._begin()
        elif missed or self._due():
            self._asked = True
        placed = self._bindings.search(BINDING_STEPS)
        self._hear()
        captured = self._hear_captured()
        if self._asked and self._cursor is None and self._may_begin():
            self._begin()
        if len(self._ready) < limit and self._cursor is not None:
            self._scan()
        letters = self._give(limit, placed=placed)
        whole = self._through and captured and not self._ready
        self._through = self._through and not whole
        return Sighting(letters, REST if self._cursor is None else f"at {self._cursor}", whole)

    def _begin(self) -> None:
        self._cursor, self._begun, self._asked, self._through = 0, self._monotonic(), False, False

    def _may_begin(self) -> bool:
        return self._begun is None or self._monotonic() - self._begun >= SOONEST_SECONDS

    def _due(self) -> bool:
        again = AGAIN_SECONDS if self._listens else SOONEST_SECONDS
        return self._begun is None or self._monotonic() - self._begun >= again

    def _hear(self) -> None:
        """Take what was published; another database's result is none of ours."""
        if not self._listens:
            return
        self._heard.extend(task_id for task_id in dict.fromkeys(self._channel.drain(MESSAGES_AT_ONCE)) if task_id)
        if len(self._heard) > MOST_HEARD:  # the server has not told of them for long
            self._heard.clear()
            self._asked = True
        while self._heard:
            ids = list(islice(self._heard, KEYS_AT_ONCE))
            self._keep(results.read_all(self._access, ids, only_failures=True))
            for _ in ids:  # not before they were read: a server that does not answer now may answer the next time
                self._heard.popleft()
        good = {task_id: value for task_id, value in self._channel.good if task_id}
        self._channel.good.clear()
        if good and self._successes.wanted:
            self._keep_good(good)

    def _hear_captured(self) -> bool:
        """Take failures that the application captured and whose results it ignores; whether all were looked at."""
        if self._monotonic() - self._captured_looked < CAPTURED_SECONDS and self._captured_all:
            return True
        self._captured_looked = self._monotonic()
        with self._access.errors():
            ids, place = self._access.captured.new(self._captured_at, KEYS_AT_ONCE)
        new = [task_id for task_id in ids if task_id]
        found = results.read_all(self._access, new, only_failures=True) if new else []
        self._captured_at = place
        self._keep([each for each in found if each is not None and each.captured])
        self._captured_all = not new
        return self._captured_all

    def _keep_good(self, heard: dict[str, bytes]) -> None:
        """Tasks that succeeded, as long as they did so in this database."""
        known = results.statuses(self._access, list(heard))
        self._sample([
            results.parse(task_id, value, len(value))
            for (task_id, value), status in zip(heard.items(), known, strict=True) if status == "SUCCESS"
        ])  # fmt: skip

    def _sample(self, found: Sequence[Result | None]) -> None:
        read = [each for each in found if each is not None and each.plain and not each.unreadable]
        queues = [(each, self._bindings.queue_of(each.routing_key) or each.routing_key) for each in read]
        self._successes.keep(Success(each, queue) for each, queue in queues)

    def _scan(self) -> None:
        """Look at some more results."""
        names = self._access.names
        with self._access.errors():
            reply: Any = self._access.backend.scan(
                self._cursor or 0, match=names.results, count=KEYS_AT_ONCE, _type="STRING"
            )
        following, keys = int(reply[0]), [names.task_of(key) for key in reply[1]]
        found = results.read_all(self._access, [key for key in keys if key], only_failures=True)
        self._keep(found)
        good = [each.id for each in found if each and each.status == "SUCCESS" and each.size <= SUCCESS_BYTES]
        if good and self._successes.wanted:
            self._sample(results.read_all(self._access, good[:SUCCESSES_SCANNED]))
        self._cursor, self._through = following or None, not following

    def _keep(self, found: list[Result | None]) -> None:
        self._ready.extend(each for each in found if each is not None and each.failed)
        if len(self._ready) > MOST_READY:
            self._ready.clear()  # they are found again by looking at all results
            self._begin()

    def _give(self, limit: int, *, placed: bool) -> tuple[DeadLetter, ...]:
        """The next ones whose queue is known; placed: whether the search for queues has come to its end."""
        given: list[DeadLetter] = []
        while self._ready and len(given) < limit:
            key = self._ready[0].routing_key
            queue = self._bindings.queue_of(key) if key else None
            if key and queue is None:
                queue = key if self._bindings.probe(key) else None
            if key and queue is None and (not placed or self._bindings.again()):
                break  # the next look knows more
            given.append(results.letter(self._ready.popleft(), queue))
        return tuple(given)
