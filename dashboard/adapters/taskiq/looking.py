"""taskiq's failures, of which it has no list: found among all results in bounded turns, with their messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.mirrored import values
from dashboard.adapters.mirrored.moves import digest
from dashboard.adapters.mirrored.portions import MOST_BYTES, Portions
from dashboard.adapters.mirrored.product import DeadLetter, Sighting
from dashboard.adapters.taskiq import messages
from dashboard.adapters.taskiq.access import USUAL, Access, Line
from dashboard.adapters.taskiq.messages import LARGEST, UNKEPT, Message, Result
from dashboard.adapters.taskiq.sent import Sent

KEYS_AT_ONCE = 1_000


class Looking:
    """Looks at the results of one source.

    Args:
        access: where they are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._sent = Sent(access)
        self._portions = Portions()

    def look(self, place: str) -> Sighting:
        """Failures among the next results, once the newest messages of all streams are known: a failure that is found
        before its message would be taken for one that cannot be put back."""
        lines = self._access.lines()
        seen = self._portions.turn(place, lambda: self._scan(place), self._read)
        if not self._sent.read_on(lines):
            self._portions.forget()
            return Sighting((), place)
        results = [(self._access.task_of(key), messages.result(raw)) for key, raw in seen.found]
        found = self._letters([each for each in results if each[1].failed], lines)
        return Sighting(tuple(found), seen.place, whole=seen.done and not seen.place and self._access.found.whole)

    def _scan(self, place: str) -> tuple[str, list[bytes]]:
        """The next results; they are read before the streams, whose messages were there earlier."""
        start = int(place) if place.isdigit() and len(place) < 21 else 0
        with self._access.server.errors():
            reply: Any = self._access.server.client.scan(start, match=self._access.results, count=KEYS_AT_ONCE)
        return str(int(reply[0]) or ""), list(reply[1])

    def _read(self, keys: Sequence[bytes]) -> Any:
        return self._access.server.run("failures", keys, [LARGEST, MOST_BYTES])

    def _letters(self, failed: Sequence[tuple[str, Result]], lines: Sequence[Line]) -> list[DeadLetter]:
        places = [self._sent.place(task_id) for task_id, _ in failed]
        sent = iter(self._access.entries([each for each in places if each is not None]))
        return [
            letter(task_id, result, place, next(sent) if place else None, lines)
            for (task_id, result), place in zip(failed, places, strict=True)
        ]


def letter(
    task_id: str, result: Result, place: tuple[str, str] | None, sent: Message | None, lines: Sequence[Line]
) -> DeadLetter:
    """A failure as a dead letter; taskiq does not say when it was. `sent`: its message, where it is known."""
    error = result.error()
    known = place is not None and sent is not None
    stream, entry = place if place is not None and known else (_queue(result, lines), "")
    return DeadLetter(
        stream, task_id, (sent.name if sent else "") or "unknown", failed_at=0.0, error_type=error.type,
        message=error.message, data=sent.data if sent and not sent.undecodable else None,
        undecodable=sent.undecodable if sent else UNKEPT, attempts=result.attempts,
        max_retries=values.told(result.labels.get("max_retries")),
        enqueued_at=values.seconds(entry.partition("-")[0]), requeueable="" if known else UNKEPT,
        memo={"entry": entry}, sign=digest(result.raw),
    )  # fmt: skip


def _queue(result: Result, lines: Sequence[Line]) -> str:
    """Where a task came from whose message is not known: as it says itself, or the only queue that there is."""
    told = values.text(result.labels.get("queue_name"))[:200]
    return told or (lines[0].name if len(lines) == 1 else USUAL)
