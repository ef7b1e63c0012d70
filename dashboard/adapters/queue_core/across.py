"""One list over many queues, with a cursor that is one place however many queues there are."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from dashboard.adapters import merge
from dashboard.adapters.contract import InvalidRequest, Page

T = TypeVar("T")
Direction = Literal["asc", "desc"]

AFTER_ALL = "\uffff"
"""An id behind every id, so that a place stands behind all members of one score."""

_SCORE = re.compile(r"-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list of one queue goes on: after this score and id; both empty at its start."""

    score: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What one queue gave: rows with their places, and how far it was read.

    more: whether rows may follow `until`, the place up to which the queue was read.
    """

    rows: tuple[tuple[T, Place], ...]
    more: bool
    until: Place
    complete: bool = True
    searched: int | None = None
    total: int | None = None
    jobs: int | None = None


def page(
    names: Sequence[str], direction: Direction, read: Callable[[str, Place, int], Found[T]], cursor: str, limit: int
) -> Page[T]:
    """One page over several queues.

    Args:
        names: the queues, sorted.
        direction: how the scores of each queue's list run.
        read: gives what a queue has after a place: `limit` + 1 rows, or all it could find.
        cursor: as a page before gave it; raises InvalidRequest when it is none.
    """
    at = _decoded(cursor)
    found = {name: read(name, _start(name, at, direction), limit) for name in names}
    ordered = _merged(found, direction)
    # Where a scan stopped early nothing further may be shown, else the rest of that queue would be skipped.
    stops = [((_key(each.until, direction), name), each.until) for name, each in found.items() if not each.complete]
    stop = min(stops) if stops else None
    rows = [row for row in ordered if stop is None or row[0] <= stop[0]]
    shown = rows[:limit]
    cursors = tuple(merge.encode_cursor([place.score, name, place.id]) for (_, name), place, _ in shown)
    further: str | None = None
    if len(rows) > limit:
        further = cursors[-1]
    elif stop is not None:
        further = merge.encode_cursor([stop[1].score, stop[0][1], stop[1].id])
    return Page(
        tuple(item for _, _, item in shown),
        further,
        total=_sum([each.total for each in found.values()]),
        searched=_sum([each.searched for each in found.values()]) if found else None,
        complete=stop is None,
        cursors=cursors,
        jobs=_sum([each.jobs for each in found.values()]),
    )


def _merged(found: dict[str, Found[T]], direction: Direction) -> Iterator[tuple[tuple[float, str], Place, T]]:
    lists = [
        [((_key(place, direction), name), place, item) for item, place in each.rows] for name, each in found.items()
    ]
    return heapq.merge(*lists, key=lambda row: row[0])


def _key(place: Place, direction: Direction) -> float:
    return float(place.score) if direction == "asc" else -float(place.score)


def _start(name: str, at: tuple[str, str, str] | None, direction: Direction) -> Place:
    """A queue before the cursor's has shown its members of that score, one behind it has not."""
    if at is None:
        return Place()
    score, queue, member = at
    if name == queue:
        return Place(score, member)
    return Place(score, AFTER_ALL if (name < queue) == (direction == "asc") else "")


def _decoded(cursor: str) -> tuple[str, str, str] | None:
    if not cursor:
        return None
    value = merge.decode_cursor(cursor)
    if isinstance(value, list) and len(value) == 3 and all(isinstance(part, str) for part in value):
        score, queue, member = value
        if _SCORE.match(score) and len(member) <= 200:
            return score, queue, member
    raise InvalidRequest("cursor is not one of this list; start again without a cursor")


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
