"""Lists of jobs, page by page, by place: cursors hold when jobs come and go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dashboard.adapters.contract import Job, Page, Selector, State
from dashboard.adapters.queue_core import across, filters, records
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.across import AFTER_ALL, Direction, Found, Place
from dashboard.adapters.queue_core.groups import Groups
from dashboard.redaction import Redaction
from queue_core.engine import Engine
from queue_core.replies import Row, job_page, row

CHUNK = 200

_RESIDENCES: dict[State, tuple[str, Direction]] = {
    State.PENDING: ("pend", "asc"),
    State.PROCESSING: ("lease", "asc"),
    State.SCHEDULED: ("sch", "asc"),
    State.RETRYING: ("rty", "asc"),
    State.SUCCEEDED: ("ok", "desc"),
    State.CANCELLED: ("cx", "desc"),
}


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
        direction = _RESIDENCES[state][1] if state in _RESIDENCES else "desc"

        def read(name: str, place: Place, size: int) -> Found[Job]:
            return self._found(self.access.engine(name), selector, place, size, scan)

        return across.page(names, direction, read, cursor, limit)

    def _found(self, engine: Engine, selector: Selector, place: Place, limit: int, scan: int) -> Found[Job]:
        state = selector.state or State.FAILED
        found: list[tuple[Job, Place]] = []
        looked = 0
        filtered = filters.needs_scan(selector, state)
        for rows in self._chunks(engine, selector, place, limit):
            jobs = [self._job(engine, each, state) for each in rows]
            texts = self._texts(engine, selector, jobs) if filtered else {}
            for job, each in zip(jobs, rows, strict=True):
                described = texts.get(job.error.fingerprint, "") if job.error else ""
                if not filtered or filters.matches(selector, job, described):
                    found.append((job, Place(each.score, each.id)))
            looked += len(rows)
            place = Place(rows[-1].score, rows[-1].id)
            if len(found) > limit or looked >= scan:
                break
        stopped = looked >= scan and len(found) <= limit
        searched = looked if filtered else None
        return Found(tuple(found), len(found) > limit, place, complete=not stopped, searched=searched)

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
        before = "+inf" if high == "+inf" else str(int(high) + 1)
        if place.score:
            before = str(int(float(place.score)) + 1) if place.id == AFTER_ALL else place.score
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
