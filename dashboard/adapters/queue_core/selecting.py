"""Freezes what a bulk action would act on; a filter that cannot be kept exactly is refused, never dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dashboard.adapters.contract import Action, InvalidRequest, Job, Page, Part, Selection, Selector, State
from dashboard.adapters.queue_core import filters, records, residences
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.bulk import chosen_origin
from dashboard.adapters.queue_core.heads import Heads
from dashboard.adapters.queue_core.listing import Listing, group, without_payload
from dashboard.adapters.queue_core.rows import Rows
from dashboard.adapters.queue_core.trashes import Trashes
from dashboard.language import N_, gettext, number

MOST_IDS = 10_000
SCANS = 10
"""How many times as many jobs a selection may look at as a page of a list may."""
SAMPLE = 5

_RESIDENCES = {
    State.PENDING: ("pend", "pending"),
    State.SCHEDULED: ("sch", "scheduled"),
    State.RETRYING: ("rty", "retrying"),
}


class Selecting:
    """Makes selections of one source."""

    def __init__(self, access: Access, heads: Heads, rows: Rows, listing: Listing) -> None:
        self.access = access
        self.heads = heads
        self.rows = rows
        self.listing = listing
        self.trashes = Trashes(access, rows)
        self.most = SCANS * listing.scan

    def select(self, action: Action, selector: Selector) -> Selection:
        """Freeze it; changes nothing."""
        filters.check(selector)
        state = self._state(action, selector)
        now = self._now()
        warnings: list[str] = []
        if selector.ids:
            return self._of_jobs(self._by_ids(action, selector, state, warnings), now, warnings)
        if action == Action.RESTORE:
            if _whole_queues(selector.narrowed(state=None)) and selector.state is None:
                return Selection(tuple(self.trashes.parts(selector)), now)
            return self._of_jobs(self._restored(selector, warnings), now, warnings)
        failed = state == State.FAILED
        if filters.needs_scan(selector, state) or (not failed and not _whole_queues(selector)):
            return self._of_jobs(self._scanned(selector, state, now, warnings), now, warnings)
        parts = self._dead(selector, now) if failed else self._waiting(selector, state, now)
        return self._selection(parts, now, self.listing.jobs(selector, limit=SAMPLE).items, warnings)

    def _state(self, action: Action, selector: Selector) -> State:
        if action not in (Action.REQUEUE, Action.PURGE, Action.RESTORE):
            raise InvalidRequest(f"{action} is no bulk action; use requeue, purge or restore")
        state = selector.state or State.FAILED
        if state == State.FAILED or (action != Action.REQUEUE and state in _RESIDENCES):
            return state
        allowed = "failed" if action == Action.REQUEUE else "failed, pending, scheduled or retrying"
        raise InvalidRequest(f"{action.value} is possible for jobs that are {allowed}, not for {state.value} ones")

    def _now(self) -> float:
        with self.access.errors():
            seconds, micros = self.access.client.time()
        return float(seconds + micros / 1e6)

    def _dead(self, selector: Selector, now: float) -> list[Part]:
        until = now if selector.until is None else min(now, selector.until)
        frozen = selector.narrowed(until=until)
        low = "0" if selector.since is None else str(max(0, int(selector.since * 1e6) - 1))
        high = residences.clock_bounds(frozen)[1]
        meant = self.heads.meant(self.access.selected(selector), frozen)
        return [
            Part(self.access.source, queue, f"df:{each.fingerprint}", each.fingerprint, each.type, low, high,
                 matched=each.matched, as_of=now)
            for queue, heads in meant.items()
            for each in heads
        ]  # fmt: skip

    def _waiting(self, selector: Selector, state: State, now: float) -> list[Part]:
        """All waiting jobs of a state; `low` is when they were looked at (unix ms), later ones are left alone."""
        residence, key = _RESIDENCES[state]
        engines = [self.access.engine(name) for name in self.access.selected(selector)]
        pipeline = self.access.pipeline()
        for engine in engines:
            pipeline.zcard(getattr(engine.keys, key))
        counts = self.access.replies(pipeline) if engines else []
        return [
            Part(self.access.source, engine.name, residence, low=str(int(now * 1000)), high="+inf", matched=count)
            for engine, count in zip(engines, counts, strict=True)
            if isinstance(count, int) and count
        ]

    def _by_ids(self, action: Action, selector: Selector, state: State, warnings: list[str]) -> list[Job]:
        if not selector.queue:
            raise InvalidRequest("ids are given without a queue; name the source and the queue they are in")
        ids = list(dict.fromkeys(selector.ids))
        if len(ids) > MOST_IDS:
            raise InvalidRequest(f"{len(ids):,} ids are given; at most {MOST_IDS:,} at once")
        restore = action == Action.RESTORE
        (queue,) = self.access.selected(selector) or ("",)
        read = self.rows.read({queue: ids}, payloads=filters.by_arguments(selector)) if queue else {}
        states = set(State) if restore and selector.state is None else {state}
        found = [job for job in read.values() if job.in_trash == restore and job.state in states]
        texts = self.heads.texts({queue: {group(job)[1] for job in found}}) if filters.by_text(selector) else {}
        meant = [without_payload(job) for job in found if filters.matches(selector, job, texts.get(group(job), ""))]
        if len(meant) < len(ids):
            place = N_("in the trash") if restore else state.value
            warnings.append(
                gettext(
                    "%(num)s of %(whole)s chosen jobs are no longer %(place)s",
                    num=number(len(ids) - len(meant)), whole=number(len(ids)), place=gettext(place),
                )
            )  # fmt: skip
        return meant

    def _scanned(self, selector: Selector, state: State, now: float, warnings: list[str]) -> list[Job]:
        """All jobs that match, within stated bounds; later arrivals are left out."""
        chosen = selector.narrowed(state=state)
        if state == State.FAILED:
            chosen = chosen.narrowed(until=now if selector.until is None else min(now, selector.until))
        page = self.listing.jobs(chosen, limit=MOST_IDS, scan=self.most)
        if page.next_cursor is not None or not page.complete:
            warnings += _bounds(len(page.items), page.searched or 0, self._total(page, chosen), full=page.complete)
        return list(page.items)

    def _total(self, page: Page[Job], selector: Selector) -> int | None:
        """How many jobs the list holds that was looked through; within times, groups have to be asked."""
        if page.total is not None or selector.state != State.FAILED:
            return page.total
        meant = self.heads.meant(self.access.selected(selector), selector, free_text=False)
        return sum(head.matched for heads in meant.values() for head in heads)

    def _restored(self, selector: Selector, warnings: list[str]) -> list[Job]:
        search = self.trashes.find(selector, looked=self.most, jobs=MOST_IDS)
        jobs = search.jobs[:MOST_IDS]
        if search.looked < search.total:
            warnings += _bounds(len(jobs), search.looked, search.total, full=len(search.jobs) >= MOST_IDS)
        return jobs

    def _of_jobs(self, jobs: Sequence[Job], now: float, warnings: list[str]) -> Selection:
        by_place: dict[tuple[str, str, str], list[str]] = {}
        for job in jobs:
            origin = chosen_origin("t" if job.in_trash else records.letter(job.state))
            by_place.setdefault((job.queue, origin, job.type), []).append(job.id)
        parts = [
            Part(self.access.source, queue, origin, type=type_, ids=tuple(ids), matched=len(ids), as_of=now)
            for (queue, origin, type_), ids in by_place.items()
        ]
        return self._selection(parts, now, jobs[:SAMPLE], warnings)

    def _selection(self, parts: Sequence[Part], now: float, sample: Sequence[Job], warnings: list[str]) -> Selection:
        by_type: Counter[str] = Counter()
        for part in parts:
            by_type[part.type] += part.matched
        known = {} if "" in by_type else dict(by_type)
        return Selection(tuple(parts), now, tuple(sample) if parts else (), tuple(warnings), known)


def _whole_queues(selector: Selector) -> bool:
    """Whether nothing but source, queue and state narrows a selector."""
    left_out = tuple(each for each in selector.excluded if each[0] in ("source", "queue"))
    return selector == Selector(source=selector.source, queue=selector.queue, state=selector.state, excluded=left_out)


def _bounds(found: int, looked: int, total: int | None, *, full: bool) -> Iterator[str]:
    """What of all jobs that match a selection does not cover."""
    if full:
        yield gettext(
            "more than %(most)s jobs match; only the newest %(num)s are selected, so repeat it for the rest",
            most=number(MOST_IDS), num=number(found),
        )  # fmt: skip
    elif total is None:
        yield gettext(
            "only %(looked)s jobs were looked at; %(num)s of them match, and more may",
            looked=number(looked), num=number(found),
        )  # fmt: skip
    else:
        yield gettext(
            "only %(looked)s of %(total)s jobs were looked at; %(num)s of them match, and more may",
            looked=number(looked), total=number(total), num=number(found),
        )  # fmt: skip
