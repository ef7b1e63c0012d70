"""Which entry of which stream a task came from: streams keep messages of tasks that ran, results do not name them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.taskiq.access import Access, Line, message_of

MOST_KNOWN = 50_000
AT_ONCE = 500
BACKWARDS = 20_000
"""Newest messages of a stream that are read when it is first met."""

STREAMS_A_TURN = 12
MOST_PARTS = 6
"""Times AT_ONCE messages of a stream that came since are read in one turn."""


@dataclass(slots=True)
class Front:
    """How far a stream was read: from `oldest` backwards until `left` is 0, from `newest` on."""

    oldest: str = "+"
    newest: str = ""
    left: int = BACKWARDS


class Sent:
    """The newest messages of one source's streams, by the ids of their tasks.

    Args:
        access: where they are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._fronts: dict[str, Front] = {}
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._turn = 0

    def read_on(self, lines: Sequence[Line]) -> bool:
        """Read some more; whether all streams were read back far enough, and those whose turn it is to their end."""
        streams = [each.name for each in lines if each.is_stream]
        behind = [name for name in streams if self._front(name).left]
        start = self._turn % max(1, len(streams))
        self._turn = start + STREAMS_A_TURN
        for name in behind[:STREAMS_A_TURN]:
            self._backwards(name)
        if behind:
            return False
        ended = [self._onwards(name) for name in streams[start : start + STREAMS_A_TURN]]
        return all(ended)

    def place(self, task_id: str) -> tuple[str, str] | None:
        """Stream and entry of a task's last message; None for one that is not among the newest."""
        return self._known.get(task_id)

    def _front(self, name: str) -> Front:
        return self._fronts.setdefault(name, Front())

    def _backwards(self, name: str) -> None:
        front = self._front(name)
        rows = self._asked(name, front.oldest, back=True)
        if rows and not front.newest:
            front.newest = rows[0][0]
        for entry, fields in rows:
            self._known.setdefault(message_of(fields).id, (name, entry))
        front.oldest = f"({rows[-1][0]}" if rows else front.oldest
        front.left = max(0, front.left - len(rows)) if len(rows) == AT_ONCE else 0

    def _onwards(self, name: str) -> bool:
        front, whole = self._front(name), False
        for _ in range(MOST_PARTS):
            rows = self._asked(name, f"({front.newest}" if front.newest else "-", back=False)
            for entry, fields in rows:
                self._known.pop(task_id := message_of(fields).id, None)
                self._known[task_id] = (name, entry)
                front.newest = entry
            if whole := len(rows) < AT_ONCE:
                break
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return whole

    def _asked(self, name: str, place: str, *, back: bool) -> list[tuple[str, dict[bytes, bytes]]]:
        pipeline = self._access.server.pipeline()
        if back:
            pipeline.xrevrange(name, place, "-", count=AT_ONCE)
        else:
            pipeline.xrange(name, place, "+", count=AT_ONCE)
        (reply,) = self._access.server.replies(pipeline)
        rows: list[Any] = reply if isinstance(reply, list) else []
        return [(entry.decode(), fields or {}) for entry, fields in rows]
