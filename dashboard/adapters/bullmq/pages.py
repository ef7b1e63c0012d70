"""Lists of a queue's jobs in one state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import InvalidRequest, State
from dashboard.adapters.mirrored.values import text
from dashboard.adapters.server import Server
from dashboard.language import N_


@dataclass(frozen=True, slots=True)
class Key:
    """One list or sorted set of a state, and which end comes first; `score` in ms is the instant of a delayed job."""

    name: str
    ordered: bool
    backwards: bool


KEYS: dict[State, tuple[Key, ...]] = {
    State.PENDING: (Key("wait", False, True), Key("paused", False, True), Key("prioritized", True, False)),
    State.PROCESSING: (Key("active", False, True),),
    State.SCHEDULED: (Key("delayed", True, False),),
    State.SUCCEEDED: (Key("completed", True, True),),
}
"""Which keys hold the jobs of a state; those that wait without a priority run first."""

_CURSOR = re.compile(r"[0-9]\.[0-9]{1,15}")

Listed = tuple[str, str, float | None]
"""Id, cursor that goes on after it, score."""


def listed(server: Server, base: str, state: State, cursor: str, limit: int) -> tuple[list[Listed], int | None]:
    """Ids of a state from a cursor on, one more than `limit` when there are more, and how many there are in all.

    Raises:
        InvalidRequest: the cursor is none of this list.
    """
    keys = KEYS.get(state, ())
    at, start = _place(cursor, len(keys))
    pipeline = server.pipeline()
    for key in keys:
        (pipeline.zcard if key.ordered else pipeline.llen)(base + key.name)
    sizes = server.replies(pipeline) if keys else []
    found: list[Listed] = []
    for number in range(at, len(keys)):
        begin, wanted = (start if number == at else 0), limit + 1 - len(found)
        if wanted > 0 and isinstance(sizes[number], int):
            rows = _read(server, base + keys[number].name, keys[number], (begin, begin + wanted - 1), sizes[number])
            found += [(each, f"{number}.{begin + i + 1}", score) for i, (each, score) in enumerate(rows)]
    known = all(isinstance(size, int) for size in sizes)
    return found, sum(sizes) if known else None


def _read(server: Server, key: str, kind: Key, window: tuple[int, int], size: int) -> list[tuple[str, float | None]]:
    """Members from the first to the last place of a window, counted from the end that comes first."""
    begin, end = window
    with server.errors():
        if kind.ordered:
            rows: Any = server.client.zrange(key, begin, end, kind.backwards, withscores=True)
            return [(text(each), score) for each, score in rows]
        raw: Any = server.client.lrange(key, max(0, size - 1 - end), size - 1 - begin) if begin < size else []
    return [(text(each), None) for each in reversed(raw)]


def _place(cursor: str, keys: int) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    at, _, start = cursor.partition(".")
    if (
        not (at.isascii() and at.isdigit() and start.isascii() and start.isdigit())
        or len(cursor) > 24
        or int(at) >= keys
    ):
        raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
    return int(at), int(start)
