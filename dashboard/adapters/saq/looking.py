"""SAQ's failures, of which it has no list: found among its jobs in bounded turns, and soon among those that end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.adapters.mirrored import values
from dashboard.adapters.mirrored.finding import literal
from dashboard.adapters.mirrored.portions import MOST_BYTES, Portions
from dashboard.adapters.mirrored.product import DeadLetter, Sighting
from dashboard.adapters.saq import messages
from dashboard.adapters.saq.access import Access
from dashboard.adapters.saq.messages import LARGEST

KEYS_AT_ONCE = 1_000
WATCHED = 200
QUEUES_A_TURN = 10


class Looking:
    """Looks at the jobs of one source.

    Args:
        access: where they are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._watched: dict[str, frozenset[bytes]] = {}
        self._turn = 0
        self._portions = Portions()

    def look(self, place: str) -> Sighting:
        """Failures among the next keys, and among jobs that ran or waited at the last look and no longer do."""
        seen = self._portions.turn(place, lambda: self._scan(place), self._read, first=self._ended())
        letters = [self._letter(key, raw) for key, raw in seen.found]
        found = tuple(each for each in letters if each is not None)
        return Sighting(found, seen.place, whole=seen.done and not seen.place)

    def _scan(self, place: str) -> tuple[str, list[bytes]]:
        names, client = self._access.names, self._access.server.client
        start = int(place) if place.isdigit() and len(place) < 20 else 0
        with self._access.server.errors():
            reply: Any = client.scan(start, match=f"{literal(names.prefix)}:job:*", count=KEYS_AT_ONCE)
        return str(int(reply[0]) or ""), list(reply[1])

    def _ended(self) -> list[bytes]:
        queues = self._access.queues()
        start = self._turn % max(1, len(queues))
        self._turn = start + QUEUES_A_TURN
        names, pipeline = self._access.names, self._access.server.pipeline()
        meant = queues[start : start + QUEUES_A_TURN]
        for queue in meant:
            pipeline.lrange(names.active(queue), 0, WATCHED - 1)
            pipeline.lrange(names.queued(queue), 0, WATCHED - 1)
        replies = self._access.server.replies(pipeline) if meant else []
        ended: list[bytes] = []
        for queue, active, queued in zip(meant, replies[::2], replies[1::2], strict=True):
            now = frozenset(_listed(active)) | frozenset(_listed(queued))
            ended += self._watched.get(queue, frozenset()) - now
            self._watched[queue] = now
        return ended

    def _read(self, keys: Sequence[bytes]) -> Any:
        return self._access.server.run("failures", keys, [LARGEST, MOST_BYTES])

    def _letter(self, key: bytes, raw: bytes) -> DeadLetter | None:
        """The queue is what the job says, where its key agrees."""
        names, name = self._access.names, values.text(key)
        queue = values.text(values.record(raw).get("queue"))
        if not queue or not name.startswith(names.job(queue, "")):
            return None
        self._access.found.remember(queue)
        return messages.letter(queue, names.key_of(queue, name), raw)


def _listed(reply: Any) -> Iterable[bytes]:
    return reply if isinstance(reply, list) else ()
