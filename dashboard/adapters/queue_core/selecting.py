"""Freezes what a bulk action would act on; a filter that cannot be kept exactly is refused, never dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dashboard.adapters.contract import Action, InvalidRequest, Job, Part, Selection, Selector, State
from dashboard.adapters.queue_core import filters, records
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.bulk import chosen_origin
from dashboard.adapters.queue_core.groups import Groups
from dashboard.adapters.queue_core.listing import Listing
from dashboard.redaction import Redaction
from queue_core.engine import Engine
from queue_core.replies import row, text

MOST_IDS = 10_000
MOST_TRASHES = 1_000
CHUNK = 200
SAMPLE = 5

_RESIDENCES = {
    State.PENDING: ("pend", "pending"),
    State.SCHEDULED: ("sch", "scheduled"),
    State.RETRYING: ("rty", "retrying"),
}


class Selecting:
    """Makes selections of one source."""

    def __init__(self, access: Access, groups: Groups, listing: Listing, redaction: Redaction) -> None:
        self.access = access
        self.groups = groups
        self.listing = listing
        self.redaction = redaction

    def select(self, action: Action, selector: Selector) -> Selection:
        """Freeze it; changes nothing."""
        state = self._state(action, selector)
        now = self._now()
        warnings: list[str] = []
        if action == Action.RESTORE and not selector.ids:
            return Selection(tuple(self._trashes(selector)), now)
        if selector.ids:
            jobs = self._by_ids(action, selector, state, warnings)
            return self._of_jobs(jobs, now, warnings)
        if selector.q or (state != State.FAILED and filters.needs_scan(selector, state)):
            return self._of_jobs(self._scanned(selector, state, warnings), now, warnings)
        failed = state == State.FAILED
        parts = self._dead(selector, now) if failed else self._waiting(selector, state, now)
        return self._selection(parts, now, self.listing.jobs(selector, limit=SAMPLE).items, warnings)

    def _state(self, action: Action, selector: Selector) -> State:
        if action not in (Action.REQUEUE, Action.PURGE, Action.RESTORE):
            raise InvalidRequest(f"{action} is no bulk action; use requeue, purge or restore")
        state = selector.state or State.FAILED
        if state == State.FAILED or (action == Action.PURGE and state in _RESIDENCES):
            return state
        allowed = "failed, pending, scheduled or retrying" if action == Action.PURGE else "failed"
        raise InvalidRequest(f"{action.value} is possible for jobs that are {allowed}, not for {state.value} ones")

    def _now(self) -> float:
        with self.access.errors():
            seconds, micros = self.access.client.time()
        return float(seconds + micros / 1e6)

    def _dead(self, selector: Selector, now: float) -> list[Part]:
        until = now if selector.until is None else min(now, selector.until)
        frozen = selector.narrowed(until=until)
        low = "0" if selector.since is None else str(max(0, int(selector.since * 1e6) - 1))
        high = filters.clock_bounds(frozen)[1]
        return [
            Part(self.access.source, engine.name, f"df:{each.fingerprint}", each.fingerprint,
                 each.detail.get("ty", ""), low, high, matched=each.matched)
            for engine in self.access.engines(selector.queue)
            for each in self.groups.matching(engine, frozen)
        ]  # fmt: skip

    def _waiting(self, selector: Selector, state: State, now: float) -> list[Part]:
        """All waiting jobs of a state; `low` is when they were looked at (unix ms), later ones are left alone."""
        residence, key = _RESIDENCES[state]
        engines = self.access.engines(selector.queue)
        pipeline = self.access.pipeline()
        for engine in engines:
            pipeline.zcard(getattr(engine.keys, key))
        counts = self.access.replies(pipeline) if engines else []
        return [
            Part(self.access.source, engine.name, residence, low=str(int(now * 1000)), high="+inf", matched=count)
            for engine, count in zip(engines, counts, strict=True)
            if isinstance(count, int) and count
        ]

    def _trashes(self, selector: Selector) -> Iterable[Part]:
        if selector != Selector(source=selector.source, queue=selector.queue, state=selector.state):
            raise InvalidRequest(
                "restore takes whole trashes of a queue; restore single jobs on their page, or undo the purge"
            )
        for engine in self.access.engines(selector.queue):
            with self.access.errors():
                names = [text(name) for name in self.access.client.zrange(engine.keys.trashes, 0, MOST_TRASHES - 1)]
            for name in names:
                with self.access.errors():
                    count = int(self.access.client.zcard(engine.keys.trash(name)))
                if count:
                    yield Part(self.access.source, engine.name, f"tr:{name}", matched=count)

    def _by_ids(self, action: Action, selector: Selector, state: State, warnings: list[str]) -> list[Job]:
        if not selector.queue:
            raise InvalidRequest("ids are given without a queue; name the source and the queue they are in")
        ids = list(dict.fromkeys(selector.ids))
        if len(ids) > MOST_IDS:
            raise InvalidRequest(f"{len(ids):,} ids are given; at most {MOST_IDS:,} at once")
        restore = action == Action.RESTORE
        found = [job for job in self._jobs(self.access.engine(selector.queue), ids) if job.in_trash == restore]
        meant = [job for job in found if (restore or job.state == state) and filters.matches(selector, job)]
        if len(meant) < len(ids):
            place = "in the trash" if restore else state.value
            warnings.append(f"{len(ids) - len(meant):,} of {len(ids):,} chosen jobs are no longer {place}")
        return meant

    def _jobs(self, engine: Engine, ids: Sequence[str]) -> Iterable[Job]:
        for start in range(0, len(ids), CHUNK):
            with self.access.errors():
                rows = engine.call("jobs", 0, *ids[start : start + CHUNK])
            for each in map(row, rows):
                yield records.job(self.access.source, engine.name, each.id, each.record, self.redaction)

    def _scanned(self, selector: Selector, state: State, warnings: list[str]) -> list[Job]:
        jobs: list[Job] = []
        looked, cursor = 0, ""
        while True:
            page = self.listing.jobs(selector.narrowed(state=state), cursor=cursor, limit=CHUNK)
            jobs += page.items
            looked += page.searched or 0
            cursor = page.next_cursor or ""
            if not cursor:
                return jobs
            if looked >= self.listing.scan or len(jobs) >= MOST_IDS:
                warnings.append(f"only the first {looked:,} jobs were looked at; {len(jobs):,} of them match")
                return jobs[:MOST_IDS]

    def _of_jobs(self, jobs: Sequence[Job], now: float, warnings: list[str]) -> Selection:
        by_place: dict[tuple[str, str, str], list[str]] = {}
        for job in jobs:
            origin = chosen_origin("t" if job.in_trash else records.letter(job.state))
            by_place.setdefault((job.queue, origin, job.type), []).append(job.id)
        parts = [
            Part(self.access.source, queue, origin, type=type_, ids=tuple(ids), matched=len(ids))
            for (queue, origin, type_), ids in by_place.items()
        ]
        return self._selection(parts, now, jobs[:SAMPLE], warnings)

    def _selection(self, parts: Sequence[Part], now: float, sample: Sequence[Job], warnings: list[str]) -> Selection:
        by_type: Counter[str] = Counter()
        for part in parts:
            by_type[part.type] += part.matched
        known = {} if "" in by_type else dict(by_type)
        return Selection(tuple(parts), now, tuple(sample) if parts else (), tuple(warnings), known)
