"""Lists of jobs, page by page, by place: cursors hold when jobs come and go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dashboard.adapters.contract import Job, Page, Payload, Selector, State
from dashboard.adapters.queue_core import across, filters, residences
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.across import AFTER_ALL, Asked, Found, Sizes
from dashboard.adapters.queue_core.heads import Heads
from dashboard.adapters.queue_core.rows import Rows
from queue_core import replies
from queue_core.replies import Place, Places

CHUNK = 200
"""Jobs that one step of a scan looks at."""
AT_ONCE = 160
"""Dead letters whose places one script finds, each by a search of its own."""
FEW = 450
"""Places that are asked for at once rather than again where the first did not suffice."""
PLACES_AT_ONCE = 13_000
"""Places in one list that one script gives."""

Named = tuple[str, Place]
"""A job by its queue and place."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists that are read: queues, and for dead letters the groups that are meant (None: all of them).

    total: dead letters in these groups, None when not known.
    """

    names: tuple[str, ...]
    groups: dict[str, tuple[str, ...]] | None = None
    total: int | None = None


class Listing:
    """Lists of jobs.

    Args:
        access: the source.
        heads: which error groups are meant.
        rows: reads the jobs found.
        scan: how many jobs a filter that no index describes may look at for one page.
    """

    def __init__(self, access: Access, heads: Heads, rows: Rows, scan: int) -> None:
        self.access = access
        self.heads = heads
        self.rows = rows
        self.scan = scan

    def jobs(self, selector: Selector, *, cursor: str = "", limit: int = 50, scan: int = 0) -> Page[Job]:
        """Jobs of one state, over one queue or all; `scan` is another bound than the usual one."""
        filters.check(selector)
        state = selector.state or State.FAILED
        lists = self._lists(selector, state)
        direction = residences.direction(state)
        if filters.needs_scan(selector, state):
            sizes = Sizes(max(20, CHUNK // max(1, len(lists.names))), CHUNK, scan or self.scan)

            def read(asked: Sequence[Asked]) -> list[Found[Job]]:
                return self._looked(selector, state, lists, asked)

            page = across.page(lists.names, direction, read, cursor, sizes, limit=limit)
            return replace(page, total=page.total if lists.total is None else lists.total)

        def places(asked: Sequence[Asked]) -> list[Found[Named]]:
            pages = self._places(selector, state, lists, asked)
            return [_placed(each, page) for each, page in zip(asked, pages, strict=True)]

        size = min(limit + 1, CHUNK)  # the scripts give no more at once
        # Of several queues, about its share first; the one that has more is asked again.
        queues = max(1, len(lists.names))
        share = size if size * queues <= FEW else min(size, -(-2 * size // queues) + 4)
        # Places of one list cost next to nothing; those of all groups are searched for one by one.
        further = size if residences.residence(selector) != residences.DEAD else min(size, 3 * share)
        found = across.page(lists.names, direction, places, cursor, Sizes(share, further), limit=limit)
        jobs = tuple(self.rows.jobs(found.items, state))
        total = found.total if lists.total is None else lists.total
        return Page(
            jobs, found.next_cursor, total=total, complete=found.complete, cursors=found.cursors, unread=found.unread
        )

    def _lists(self, selector: Selector, state: State) -> Lists:
        names = self.access.selected(selector)
        only = selector.fingerprint and not filters.by_group(selector.narrowed(fingerprint=""))
        if state != State.FAILED or only or not filters.by_group(selector):
            return Lists(names)
        meant = self.heads.meant(names, selector, free_text=False)
        groups = {name: tuple(head.fingerprint for head in heads) for name, heads in meant.items()}
        return Lists(tuple(groups), groups, sum(head.matched for heads in meant.values() for head in heads))

    def _places(
        self, selector: Selector, state: State, lists: Lists, asked: Sequence[Asked]
    ) -> list[Places | Exception]:
        """Where the next jobs of several queues stand; its error for a queue that cannot be read."""
        residence = residences.residence(selector)
        low, high = residences.score_bounds(selector, state)
        costs = [size for _, _, size in asked]
        if residence != residences.DEAD or lists.groups is None:
            order = residences.direction(state)
            rest = (low, high, "")
            named = [(name, (residence, order, size, at.score, at.id, *rest)) for name, at, size in asked]
            found = self.access.ask("page", named, costs=costs, at_once=PLACES_AT_ONCE)
            return [reply if isinstance(reply, Exception) else replies.places(reply) for reply in found]
        calls = [(name, (_before(at, high), size, "", low, *lists.groups.get(name, ()))) for name, at, size in asked]
        found = self.access.ask("dead_page", calls, costs=costs, at_once=AT_ONCE)
        return [
            reply if isinstance(reply, Exception) else Places(None, replies.dead_places(reply).places)
            for reply in found
        ]

    def _looked(self, selector: Selector, state: State, lists: Lists, asked: Sequence[Asked]) -> list[Found[Job]]:
        """What of the next jobs is meant."""
        pages = self._places(selector, state, lists, asked)
        named = [
            (name, each)
            for (name, _, _), page in zip(asked, pages, strict=True)
            if not isinstance(page, Exception)
            for each in page.places
        ]
        jobs = self.rows.jobs(named, state, payloads=filters.by_arguments(selector))
        texts = self._texts(selector, jobs)
        meant = iter([(job, filters.matches(selector, job, texts.get(group(job), ""))) for job in jobs])
        found: list[Found[Job]] = []
        for (_, _, size), page in zip(asked, pages, strict=True):
            if isinstance(page, Exception):
                found.append(Found(broken=str(page)))
                continue
            at = page.places
            judged = [(next(meant), place) for place in at]
            rows = tuple((without_payload(job), place) for (job, is_meant), place in judged if is_meant)
            found.append(Found(rows, at, ended=len(at) < size, total=page.total))
        return found

    def _texts(self, selector: Selector, jobs: Iterable[Job]) -> dict[tuple[str, str], str]:
        if not filters.by_text(selector):
            return {}
        wanted: dict[str, set[str]] = {}
        for queue, fingerprint in set(map(group, jobs)):
            if fingerprint:
                wanted.setdefault(queue, set()).add(fingerprint)
        return self.heads.texts(wanted)


def _placed(asked: Asked, page: Places | Exception) -> Found[Named]:
    name, _, size = asked
    if isinstance(page, Exception):
        return Found(broken=str(page))
    at = page.places
    return Found(tuple([((name, place), place) for place in at]), at[-1:], ended=len(at) < size, total=page.total)


def _before(place: Place, high: str) -> str:
    """The clock before which dead letters are read: behind a place, else within the upper bound."""
    if not place.score:
        return "+inf" if high == "+inf" else str(int(high) + 1)
    return str(int(float(place.score)) + 1) if place.id == AFTER_ALL else place.score


def group(job: Job) -> tuple[str, str]:
    """The error group a job belongs to, by queue and fingerprint; the fingerprint is empty when there is none."""
    return job.queue, job.error.fingerprint if job.error else ""


def without_payload(job: Job) -> Job:
    """As lists show it."""
    return replace(job, payload=Payload())
