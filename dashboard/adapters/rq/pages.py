"""Jobs of a queue in one state, page by page: by rank, with cursors that find their place again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboard.adapters.contract import Job, Page, State
from dashboard.adapters.merge import decode_cursor, encode_cursor
from dashboard.adapters.rq import briefs
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.values import number, text
from dashboard.adapters.rq.workers import job_of
from dashboard.adapters.vocabulary import InvalidRequest
from dashboard.language import N_

SCANNED = 1_000
"""Jobs that a page looks at when not all of a registry are in its state."""

MORE = 200
"""Jobs that it looks at in one go when the first ones were not enough."""

AROUND = 200
"""Items of a list that are looked at for the one after which a page begins: those before it may have been taken."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A key of a queue that holds jobs of a state; `newest` when a page begins at its end."""

    name: str
    newest: bool = False


SHELVES: dict[State, tuple[Shelf, ...]] = {
    State.PENDING: (Shelf("queue"),),
    State.PROCESSING: (Shelf("wip"),),
    State.SCHEDULED: (Shelf("scheduled"), Shelf("deferred")),
    State.RETRYING: (Shelf("scheduled"),),
    State.SUCCEEDED: (Shelf("finished", newest=True),),
    State.CANCELLED: (Shelf("canceled", newest=True),),
}


@dataclass(frozen=True, slots=True)
class _Item:
    """An id at a rank of a shelf, with its score."""

    shelf: int
    rank: int
    member: str
    score: float | None = None

    def cursor(self) -> str:
        return encode_cursor([self.shelf, self.rank, self.member])


class Pages:
    """Lists of one source.

    Args:
        access: the source's server.
    """

    def __init__(self, access: Access) -> None:
        self.access = access

    def page(self, queue: str, state: State, cursor: str, limit: int) -> Page[Job]:
        """Jobs in one state other than failed; empty for a state that RQ has no list of. Raises UnknownQueue."""
        self.access.check_queue(queue)
        found: list[tuple[_Item, Job]] = []
        looked, ended = 0, False
        place = _place(cursor)
        while len(found) < limit and not ended and looked < SCANNED:
            items = self._items(queue, state, place, MORE if looked else limit + 1)
            ended = not items
            for item, job in self._jobs(queue, state, items):
                looked += 1
                place = (item.shelf, item.rank, item.member)
                if job is not None and len(found) < limit:
                    found.append((item, job))
                if len(found) == limit:
                    break
        more = not ended and bool(self._items(queue, state, place, 1))
        return Page(
            tuple(job for _, job in found),
            encode_cursor(list(place)) if more and place else None,
            total=None,
            searched=looked if looked > len(found) else None,
            complete=not more or len(found) == limit,
            cursors=tuple(item.cursor() for item, _ in found),
        )

    def _items(self, queue: str, state: State, place: tuple[int, int, str] | None, count: int) -> list[_Item]:
        """Ids that follow a place, at least one unless there is none."""
        shelves = SHELVES.get(state, ())
        first = place[0] if place else 0
        for number_, shelf in enumerate(shelves):
            if number_ < first:
                continue
            after = place if place and number_ == first else None
            items = self._listed(queue, number_, after, count) if shelf.name == "queue" else self._ranked(
                queue, number_, shelf, after, count
            )  # fmt: skip
            if items:
                return items
        return []

    def _listed(self, queue: str, shelf: int, after: tuple[int, int, str] | None, count: int) -> list[_Item]:
        """From the list of waiting jobs; an item that was taken since is passed over."""
        start = max(0, after[1] - AROUND) if after else 0
        stop = after[1] + count if after else count - 1
        with self.access.errors():
            raw = self.access.client.lrange(self.access.keys.queue(queue), start, stop)
        members = [text(each) or "" for each in raw]
        begin = members.index(after[2]) + 1 if after and after[2] in members else 0
        return [_Item(shelf, start + i, each) for i, each in enumerate(members) if i >= begin][:count]

    def _ranked(
        self, queue: str, number_: int, shelf: Shelf, after: tuple[int, int, str] | None, count: int
    ) -> list[_Item]:
        """From a sorted set; the rank of the last item is asked for anew."""
        key = self.access.keys.registry(shelf.name, queue)
        client = self.access.client
        with self.access.errors():
            start = 0
            if after:
                rank: Any = client.zrevrank(key, after[2]) if shelf.newest else client.zrank(key, after[2])
                start = after[1] if rank is None else int(rank) + 1
            raw: Any = client.zrange(key, start, start + count - 1, desc=shelf.newest, withscores=True)
        return [_Item(number_, start + i, text(member) or "", number(score)) for i, (member, score) in enumerate(raw)]

    def _jobs(self, queue: str, state: State, items: Sequence[_Item]) -> Iterator[tuple[_Item, Job | None]]:
        ids = [job_of(item.member) if state == State.PROCESSING else item.member for item in items]
        for item, brief in zip(items, briefs.read(self.access, ids), strict=True):
            yield item, None if brief is None else self._job(queue, state, brief, item)

    def _job(self, queue: str, state: State, brief: briefs.Brief, item: _Item) -> Job | None:
        actual = briefs.state(brief.fields)
        if state in (State.SCHEDULED, State.RETRYING) and actual != state:
            return None
        if state == State.PENDING and actual not in (State.PENDING, None):
            return None
        job = brief.job(self.access.source, queue, state)
        shelf = SHELVES[state][item.shelf]
        if shelf.name == "scheduled":
            return replace(job, scheduled_for=item.score)
        if shelf.name == "canceled":
            return replace(job, finished_at=item.score)
        return job


def _place(cursor: str) -> tuple[int, int, str] | None:
    if not cursor:
        return None
    value = decode_cursor(cursor)
    match value:
        case [int(shelf), int(rank), str(member)] if 0 <= shelf < 4 and 0 <= rank < 2**53:
            return shelf, rank, member
    raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
