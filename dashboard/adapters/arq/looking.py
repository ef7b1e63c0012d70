"""arq's failures, of which it has no list: found among all results in bounded turns, and soon where a job ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.adapters.arq import calls, names
from dashboard.adapters.arq.access import Access
from dashboard.adapters.arq.calls import LARGEST
from dashboard.adapters.mirrored.portions import MOST_BYTES, Portions
from dashboard.adapters.mirrored.product import DeadLetter, Sighting

KEYS_AT_ONCE = 500
WATCHED = 200
QUEUES_A_TURN = 10


class Looking:
    """Looks at the results of one source.

    Args:
        access: where they are.
        clock: gives unix seconds.
    """

    def __init__(self, access: Access, clock: Callable[[], float]) -> None:
        self._access = access
        self._clock = clock
        self._watched: dict[str, frozenset[bytes]] = {}
        self._turn = 0
        self._portions = Portions()

    def look(self, place: str) -> Sighting:
        """Failures among the next results, and of jobs that were due at the last look and no longer are."""
        seen = self._portions.turn(place, lambda: self._scan(place), self._read, first=self._ended())
        return Sighting(tuple(self._letters(seen.found)), seen.place, whole=seen.done and not seen.place)

    def _scan(self, place: str) -> tuple[str, list[bytes]]:
        start = int(place) if place.isdigit() and len(place) < 20 else 0
        with self._access.server.errors():
            reply: Any = self._access.server.client.scan(start, match=f"{names.RESULT}*", count=KEYS_AT_ONCE)
        return str(int(reply[0]) or ""), list(reply[1])

    def _ended(self) -> list[bytes]:
        queues = self._access.queues()
        start = self._turn % max(1, len(queues))
        self._turn = start + QUEUES_A_TURN
        meant = queues[start : start + QUEUES_A_TURN]
        pipeline = self._access.server.pipeline()
        for queue in meant:
            pipeline.zrangebyscore(queue, "-inf", round(self._clock() * 1000), start=0, num=WATCHED)
        ended: list[bytes] = []
        for queue, reply in zip(meant, self._access.server.replies(pipeline) if meant else [], strict=True):
            now = frozenset(reply if isinstance(reply, list) else ())
            ended += [names.RESULT.encode() + each for each in self._watched.get(queue, frozenset()) - now]
            self._watched[queue] = now
        return ended

    def _read(self, keys: Sequence[bytes]) -> Any:
        return self._access.server.run("failures", keys, [LARGEST, MOST_BYTES])

    def _letters(self, results: Sequence[tuple[bytes, bytes]]) -> list[DeadLetter]:
        found = []
        for key, raw in results:
            letter = calls.letter(key.decode("utf-8", "replace").removeprefix(names.RESULT), raw)
            if letter is not None:
                self._access.found.remember(letter.queue)
                found.append(letter)
        return found
