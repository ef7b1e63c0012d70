"""Huey's failures, of which it has no list: found among all results in bounded turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.huey import names, tasks
from dashboard.adapters.huey.access import Access
from dashboard.adapters.huey.tasks import LARGEST
from dashboard.adapters.mirrored.portions import MOST_BYTES, Portions
from dashboard.adapters.mirrored.product import DeadLetter, Sighting

RESULTS_AT_ONCE = 1_000
KEYS_AT_ONCE = 1_000
QUEUES_A_TURN = 8


class Looking:
    """Looks at the results of one source.

    Args:
        access: where they are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._portions = Portions()

    def look(self, place: str) -> Sighting:
        """Failures among the next results: first those in the hashes of the queues, then those that expire."""
        cursor, queue = _place(place)
        letters: list[DeadLetter] = []
        if queue is not None:
            todo = [each for each in self._access.queues() if each >= queue]
            for name in todo[:QUEUES_A_TURN]:
                following, found = self._hashed(name, cursor if name == queue else 0)
                letters += found
                if following:
                    return Sighting(tuple(letters), following)
            if len(todo) > QUEUES_A_TURN:
                return Sighting(tuple(letters), f"0 {todo[QUEUES_A_TURN]}")
            cursor = 0
        following, found = self._expiring(cursor)
        whole = not following and self._access.found.whole
        return Sighting((*letters, *found), following, whole=whole)

    def _hashed(self, queue: str, cursor: int) -> tuple[str, list[DeadLetter]]:
        """Some failures, and where the others of the queue are, empty at its end."""
        key = names.results(queue)

        def scan() -> tuple[str, Sequence[bytes]]:
            following, *fields = self._access.server.run("fields", [key], [cursor, RESULTS_AT_ONCE])
            return f"{int(following)} {queue}" if int(following) else "", fields

        def read(fields: Sequence[bytes]) -> Any:
            return self._access.server.run("failures", [key], [LARGEST, MOST_BYTES, *fields])

        seen = self._portions.turn(f"{cursor} {queue}", scan, read)
        found = [_letter(queue, field, raw) for field, raw in seen.found]
        return seen.place, [each for each in found if each is not None]

    def _expiring(self, cursor: int) -> tuple[str, list[DeadLetter]]:
        seen = self._portions.turn(f"{cursor}", lambda: self._scan(cursor), self._read)
        letters = []
        for key, raw in seen.found:
            queue = self._queue(key.decode("utf-8", "replace"))
            letter = _letter(queue, key[len(names.result(queue, "").encode()) :], raw) if queue else None
            if letter is not None:
                letters.append(letter)
        return seen.place, letters

    def _scan(self, cursor: int) -> tuple[str, Sequence[bytes]]:
        server = self._access.server
        with server.errors():
            reply: Any = server.client.scan(cursor, match=f"{names.EXPIRING}*", count=KEYS_AT_ONCE)
        return str(int(reply[0]) or ""), reply[1]

    def _read(self, keys: Sequence[bytes]) -> Any:
        return self._access.server.run("expiring", keys, [LARGEST, MOST_BYTES])

    def _queue(self, key: str) -> str:
        """The queue of a result that expires: of those that are known the longest, since names may have dots."""
        known = [each for each in self._access.queues() if key.startswith(names.result(each, ""))]
        queue = max(known, key=len) if known else names.queue_of(key) or ""
        self._access.found.remember(queue)
        return queue


def _letter(queue: str, field: bytes, raw: bytes) -> DeadLetter | None:
    task_id = field.decode("utf-8", "replace")
    outcome = tasks.outcome(raw, task_id)
    return outcome.letter(queue, task_id) if outcome.failed else None


def _place(place: str) -> tuple[int, str | None]:
    """Cursor and queue; no queue among what expires."""
    cursor, named, queue = place.partition(" ")
    at = int(cursor) if cursor.isdigit() and len(cursor) < 21 else 0
    return at, queue if named or not place else None
