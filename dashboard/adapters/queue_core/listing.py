"""Lists of jobs, page by page, by place: cursors hold when jobs come and go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dashboard.adapters import merge
from dashboard.adapters.contract import InvalidRequest, Job, Page, Selector, State
from dashboard.adapters.queue_core import filters, records
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.groups import Groups
from dashboard.redaction import Redaction
from queue_core.engine import Engine
from queue_core.replies import Row, job_page, row

CHUNK = 100

_RESIDENCES = {
    State.PENDING: ("pend", "asc"),
    State.PROCESSING: ("lease", "asc"),
    State.SCHEDULED: ("sch", "asc"),
    State.RETRYING: ("rty", "asc"),
    State.SUCCEEDED: ("ok", "desc"),
    State.CANCELLED: ("cx", "desc"),
}
_SCORE = re.compile(r"-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: after this score and id."""

    score: str = ""
    id: str = ""

    def cursor(self) -> str:
        """The place as a cursor."""
        return merge.encode_cursor([self.score, self.id])

    @classmethod
    def of(cls, cursor: str) -> Place:
        """The place of a cursor; an empty one is the start. Raises InvalidRequest."""
        if not cursor:
            return cls()
        value = merge.decode_cursor(cursor)
        if isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value):
            score, name = value
            if _SCORE.match(score) and len(name) <= 200:
                return cls(score, name)
        raise InvalidRequest("cursor is not one of this list; start again without a cursor")


class Listing:
    """Lists of jobs.

    Args:
        access: the source.
        groups: where more of an error's text is found than a job's record holds.
        redaction: what is hidden.
        scan: how many jobs a filter that no index describes may look at for one page.
    """

    def __init__(self, access: Access, groups: Groups, redaction: Redaction, scan: int) -> None:
        self.access = access
        self.groups = groups
        self.redaction = redaction
        self.scan = scan

    def jobs(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        """Jobs of one state, over one queue or all."""
        state = selector.state or State.FAILED
        names = [self.access.engine(selector.queue).name] if selector.queue else list(self.access.names())
        scan = max(CHUNK, self.scan // max(1, len(names)))

        def fetch(name: str, at: str, size: int) -> Page[Job]:
            return self._page(self.access.engine(name), selector, Place.of(at), size, scan)

        return merge.pages(names, fetch, merge.job_order(state), cursor, limit)

    def _page(self, engine: Engine, selector: Selector, start: Place, limit: int, scan: int) -> Page[Job]:
        state = selector.state or State.FAILED
        found: list[tuple[Job, Place]] = []
        read, place, complete = 0, start, True
        filtered = filters.needs_scan(selector, state)
        for rows in self._chunks(engine, selector, start, limit):
            jobs = [(self._job(engine, each, state), Place(each.score, each.id)) for each in rows]
            texts = self._texts(engine, selector, [job for job, _ in jobs]) if filtered else {}
            for job, place in jobs:
                read += 1
                described = texts.get(job.error.fingerprint, "") if job.error else ""
                if not filtered or filters.matches(selector, job, described):
                    found.append((job, place))
            if len(found) > limit:
                break
            if read >= scan:
                complete = False
                break
        shown = found[:limit]
        further = shown[-1][1] if len(found) > limit else place
        return Page(
            tuple(job for job, _ in shown),
            further.cursor() if len(found) > limit or not complete else None,
            searched=read if filtered else None,
            complete=complete,
            cursors=tuple(at.cursor() for _, at in shown),
        )

    def _chunks(self, engine: Engine, selector: Selector, place: Place, limit: int) -> Iterator[tuple[Row, ...]]:
        state = selector.state or State.FAILED
        size = CHUNK if filters.needs_scan(selector, state) else min(CHUNK, limit + 1)
        while True:
            rows = self._rows(engine, selector, place, size)
            if rows:
                yield rows
            if len(rows) < size:
                return
            place = Place(rows[-1].score, rows[-1].id)

    def _rows(self, engine: Engine, selector: Selector, place: Place, size: int) -> tuple[Row, ...]:
        state = selector.state or State.FAILED
        low, high = filters.clock_bounds(selector)
        if state == State.FAILED:
            if not selector.fingerprint:
                return self._dead(engine, selector, place, size)
            residence, direction = f"df:{selector.fingerprint}", "desc"
        else:
            residence, direction = _RESIDENCES[state]
        if state in (State.PENDING, State.PROCESSING):
            low, high = "-inf", "+inf"
        elif state in (State.SCHEDULED, State.RETRYING):
            low, high = (bound if bound.endswith("inf") else bound[:-3] or "0" for bound in (low, high))
        with self.access.errors():
            reply = engine.call("page", residence, direction, size, place.score, place.id, low, high, 0)
        return job_page(reply).rows

    def _dead(self, engine: Engine, selector: Selector, place: Place, size: int) -> tuple[Row, ...]:
        """Dead letters of all groups, newest first, within the selector's times."""
        low, high = filters.clock_bounds(selector)
        before = place.score or ("+inf" if high == "+inf" else str(int(high) + 1))
        with self.access.errors():
            listed = engine.dead_page(before, size, selector.type)
            wanted = [each for each in listed if low == "-inf" or float(each.score) >= float(low)]
            if not wanted:
                return ()
            rows = {each.id: each for each in map(row, engine.call("jobs", 0, *[each.id for each in wanted]))}
        return tuple(
            Row(each.id, str(each.score), rows[each.id].record, rows[each.id].size, b"")
            if each.id in rows
            else Row(each.id, str(each.score), {"st": "d"}, 0, b"")
            for each in wanted
        )

    def _job(self, engine: Engine, found: Row, state: State) -> Job:
        record = {"st": records.letter(state), **found.record}
        return records.job(self.access.source, engine.name, found.id, record, self.redaction)

    def _texts(self, engine: Engine, selector: Selector, jobs: Iterable[Job]) -> dict[str, str]:
        if not selector.error and not selector.q:
            return {}
        fingerprints = sorted({job.error.fingerprint for job in jobs if job.error and job.error.fingerprint})
        return {each.fingerprint: each.detail.get("em", "") for each in self.groups.these(engine, fingerprints)}
