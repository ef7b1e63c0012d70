"""One list over many queues, with a cursor that is one place however many queues there are."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Generic, Literal, TypeAlias, TypeVar

from dashboard.adapters import merge
from dashboard.adapters.contract import InvalidRequest, Page, Unread
from dashboard.language import N_
from queue_core.replies import Place

T = TypeVar("T")
Direction = Literal["asc", "desc"]

AFTER_ALL = "\uffff"
"""An id behind every id, so that a place stands behind all members of one score."""

_SCORE = re.compile(r"-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?\Z")


Asked: TypeAlias = tuple[str, Place, int]
"""A queue, the place behind which it is read, and how many members."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What one queue gave: rows with their places.

    looked: the places of everything that was looked at to find them; of a list that is not searched, the last alone.
    ended: whether nothing follows the last of these.
    total, jobs: of the queue's whole list, when known. broken: why the queue could not be read, empty when it was.
    """

    rows: tuple[tuple[T, Place], ...] = ()
    looked: tuple[Place, ...] = ()
    ended: bool = True
    total: int | None = None
    jobs: int | None = None
    broken: str = ""


Read: TypeAlias = Callable[[Sequence[Asked]], Sequence[Found[T]]]
_Key: TypeAlias = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is read: of every queue first, then of the one that is behind the others; in all (None: no bound)."""

    first: int
    further: int
    most: int | None = None


@dataclass
class _List(Generic[T]):
    """What was read of one queue so far."""

    until: Place
    rows: list[tuple[_Key, Place, T]] = field(default_factory=list)
    looked: list[_Key] = field(default_factory=list)
    last: Found[T] = field(default_factory=Found)


def page(
    names: Sequence[str], direction: Direction, read: Read[T], cursor: str, sizes: Sizes, *, limit: int
) -> Page[T]:
    """One page over several queues.

    Args:
        names: the queues, sorted.
        direction: how the scores of each queue's list run.
        read: what queues have behind places.
        cursor: as a page before gave it; raises InvalidRequest when it is none.
        sizes: with a bound in all, the page says how much was searched.
    """
    at = _decoded(cursor)
    lists: dict[str, _List[T]] = {name: _List(_start(name, at, direction)) for name in names}
    _go_on(lists, direction, read, sizes.first, names)
    while True:
        stop = min(((_key(each.until, direction), name) for name, each in lists.items() if not each.last.ended),
                   default=None)  # fmt: skip
        # Beyond the queue that was read the least, rows of another may be missing.
        read_rows = (row for each in lists.values() for row in each.rows)
        rows = sorted((row for row in read_rows if stop is None or row[0] <= stop), key=itemgetter(0))
        looked = sum(len(each.looked) for each in lists.values())
        if stop is None or len(rows) > limit or (sizes.most is not None and looked >= sizes.most):
            break
        _go_on(lists, direction, read, sizes.further, _behind(lists, direction, limit, stop[1], sizes))
    return _page(lists, rows, stop, limit, scanned=sizes.most is not None)


def _behind(lists: dict[str, _List[T]], direction: Direction, limit: int, last: str, sizes: Sizes) -> list[str]:
    """The queues to read on: in a scan the one that is behind all others, else all that may have rows of this page."""
    keys = heapq.nsmallest(limit + 1, (row[0] for each in lists.values() for row in each.rows))
    if sizes.most is not None or len(keys) <= limit:
        return [last]
    unread = ((name, (_key(each.until, direction), name)) for name, each in lists.items() if not each.last.ended)
    return [name for name, until in unread if until <= keys[-1]]


def _go_on(lists: dict[str, _List[T]], direction: Direction, read: Read[T], size: int, names: Sequence[str]) -> None:
    asked = [(name, lists[name].until, size) for name in names]
    for (name, _, _), found in zip(asked, read(asked), strict=True):
        each = lists[name]
        each.rows += [((_key(place, direction), name), place, item) for item, place in found.rows]
        each.looked += [(_key(place, direction), name) for place in found.looked]
        each.until = found.looked[-1] if found.looked else each.until
        each.last = found


def _page(
    lists: dict[str, _List[T]], rows: Sequence[tuple[_Key, Place, T]], stop: _Key | None, limit: int, *, scanned: bool
) -> Page[T]:
    shown = rows[:limit]
    cursors = tuple(merge.encode_cursor([place.score, name, place.id]) for (_, name), place, _ in shown)
    full = len(rows) > limit
    further: str | None = None
    if full:
        further = cursors[-1]
    elif stop is not None:
        until = lists[stop[1]].until
        further = merge.encode_cursor([until.score, stop[1], until.id])
    cut = shown[-1][0] if full else stop
    searched = sum(cut is None or key <= cut for each in lists.values() for key in each.looked)
    return Page(
        tuple(item for _, _, item in shown),
        further,
        total=_sum([each.last.total for each in lists.values()]),
        searched=searched if scanned else None,
        complete=(stop is None or full) and not any(each.last.broken for each in lists.values()),
        cursors=cursors,
        jobs=_sum([each.last.jobs for each in lists.values()]),
        unread=tuple(Unread("", name, each.last.broken) for name, each in lists.items() if each.last.broken),
    )


def _key(place: Place, direction: Direction) -> float:
    if not place.score:
        return float("-inf")
    return float(place.score) if direction == "asc" else -float(place.score)


def _start(name: str, at: tuple[str, str, str] | None, direction: Direction) -> Place:
    """A queue before the cursor's has shown its members of that score, one behind it has not."""
    if at is None:
        return Place()
    score, queue, member = at
    if name == queue:
        return Place(member, score)
    return Place(AFTER_ALL if (name < queue) == (direction == "asc") else "", score)


def _decoded(cursor: str) -> tuple[str, str, str] | None:
    if not cursor:
        return None
    value = merge.decode_cursor(cursor)
    if isinstance(value, list) and len(value) == 3 and all(isinstance(part, str) for part in value):
        score, queue, member = value
        if _SCORE.match(score) and len(member) <= 200:
            return score, queue, member
    raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
