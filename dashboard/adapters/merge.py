"""Lists of several sources made into one, with cursors that neither repeat nor skip."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from dashboard.adapters.contract import (
    Adapter,
    ErrorGroup,
    InvalidRequest,
    Job,
    Page,
    Schedule,
    SourceUnavailable,
    State,
)
from dashboard.language import N_

T = TypeVar("T")
Fetch = Callable[[str, str, int], Page[T]]
Order = Callable[[T], tuple[Any, ...]]

_COMPACT = json.JSONEncoder(separators=(",", ":"))
_CHANGES = frozenset({
    "pause", "resume", "act", "edit", "move", "begin", "step", "reverse",
    "pause_schedule", "resume_schedule", "run_now", "delete_schedule",
})  # fmt: skip


def watched(adapter: Adapter, changed: Callable[[], None]) -> Adapter:
    """The same adapter; `changed` is called after each call that may have changed the source."""

    class Watched:
        def __getattr__(self, name: str) -> Any:
            value = getattr(adapter, name)
            if name not in _CHANGES:
                return value

            def call(*args: Any, **kwargs: Any) -> Any:
                try:
                    return value(*args, **kwargs)
                finally:
                    changed()

            return call

    return cast("Adapter", Watched())


def encode_cursor(value: Any) -> str:
    """Make an opaque cursor of a JSON value."""
    return base64.urlsafe_b64encode(_COMPACT.encode(value).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Any:
    """The value of a cursor.

    Raises:
        InvalidRequest: it is none of ours.
    """
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor")) from error


def pages(names: Sequence[str], fetch: Fetch[T], order: Order[T], cursor: str, limit: int) -> Page[T]:
    """One page of the ordered lists of several sources.

    Args:
        names: the sources, which each page of one list must be given in the same way.
        fetch: gives a page of one source from a cursor, with `Page.cursors` filled.
        order: sort key, ascending, by which each source's list is sorted.
    """
    if len(names) == 1:
        return _named(names[0], fetch(names[0], cursor, limit))
    at = _positions(names, cursor)
    fetched, missing, failure = _fetch_all(at, fetch, limit)
    if failure is not None and not fetched:
        raise failure
    merged = heapq.merge(
        *([(order(item), name, i, item) for i, item in enumerate(page.items)] for name, page in fetched.items()),
        key=lambda row: (row[0], row[1]),
    )
    taken = [row for row, _ in zip(merged, range(limit), strict=False)]
    after = _after(at, fetched, taken)
    return Page(
        tuple(row[3] for row in taken),
        encode_cursor(after) if after else None,
        total=_total([page.total for page in fetched.values()], missing),
        jobs=_total([page.jobs for page in fetched.values()], missing),
        searched=sum(page.searched or 0 for page in fetched.values()) or None,
        complete=not missing and all(page.complete for page in fetched.values()),
        unread=tuple(each for name, page in fetched.items() for each in _named(name, page).unread),
    )


def _named(source: str, page: Page[T]) -> Page[T]:
    """The page with its source's name at what could not be read."""
    return replace(page, unread=tuple(replace(each, source=source) for each in page.unread)) if page.unread else page


def _positions(names: Sequence[str], cursor: str) -> dict[str, str]:
    if not cursor:
        return dict.fromkeys(names, "")
    value = decode_cursor(cursor)
    if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
        raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
    return {name: value[name] for name in names if name in value}


def _fetch_all(
    at: dict[str, str], fetch: Fetch[T], limit: int
) -> tuple[dict[str, Page[T]], bool, SourceUnavailable | None]:
    fetched: dict[str, Page[T]] = {}
    failure: SourceUnavailable | None = None
    for name, position in at.items():
        try:
            fetched[name] = fetch(name, position, limit)
        except SourceUnavailable as error:
            failure = error
    return fetched, failure is not None, failure


def _after(at: dict[str, str], fetched: dict[str, Page[T]], taken: Sequence[tuple[Any, str, int, T]]) -> dict[str, str]:
    """Where each source goes on; sources that are read to their end are left out."""
    used: dict[str, int] = {}
    for _, name, index, _ in taken:
        used[name] = index + 1
    after: dict[str, str] = {}
    for name, position in at.items():
        page, count = fetched.get(name), used.get(name, 0)
        if page is None or (count == 0 and page.items):
            after[name] = position
        elif count < len(page.items):
            after[name] = page.cursors[count - 1]
        elif page.next_cursor is not None:
            after[name] = page.next_cursor
    return after


def _total(totals: Sequence[int | None], missing: bool) -> int | None:
    if missing or any(total is None for total in totals):
        return None
    return sum(total for total in totals if total is not None)


def samples(pages: Sequence[Page[Job]], limit: int, *, missing: bool = False) -> Page[Job]:
    """One sample of several: each source gives as many jobs as its list has of the whole, evenly spread.

    Args:
        pages: one sample of each source.
        limit: how many jobs are wanted.
        missing: whether a source did not answer.
    """
    if len(pages) == 1 and not missing:
        return pages[0]
    total = _total([page.total for page in pages], missing)
    whole = sum(page.total or len(page.items) for page in pages)
    jobs: list[Job] = []
    for page in pages:
        share = max(1, round(limit * (page.total or len(page.items)) / whole)) if whole else 0
        step = max(1.0, len(page.items) / share) if share else 1.0
        jobs += [page.items[int(at * step)] for at in range(min(share, len(page.items)))]
    searched = sum(page.searched or 0 for page in pages)
    complete = not missing and len(jobs) >= sum(len(page.items) for page in pages) and all(p.complete for p in pages)
    why = "" if jobs else next((page.why for page in pages if page.why), "")
    return Page(tuple(jobs), total=total, searched=searched, complete=complete, why=why)


def job_order(state: State | None) -> Order[Job]:
    """Sort key of a list of jobs in one state: next to run first, or newest first."""
    if state in (State.SCHEDULED, State.RETRYING):
        return lambda job: (job.scheduled_for or 0.0, job.id)
    if state == State.PENDING:
        return lambda job: (-job.priority, job.enqueued_at or job.created_at or 0.0, job.id)
    if state == State.PROCESSING:
        return lambda job: (job.started_at or 0.0, job.id)
    return lambda job: (-(job.finished_at or 0.0), job.id)


def trash_order(job: Job) -> tuple[Any, ...]:
    """Sort key of purged jobs, the last purged first."""
    return (-(job.purged_at or 0.0), job.id)


def group_order(order: str) -> Order[ErrorGroup]:
    """Sort key of groups, `last` or `count`, descending."""
    if order == "count":
        return lambda group: (-group.count, group.queue, group.fingerprint)
    return lambda group: (-group.last_seen, group.queue, group.fingerprint)


def schedule_order(schedule: Schedule) -> tuple[Any, ...]:
    """Sort key of schedules: paused ones, then by next instant, those that have none last."""
    at = 0.0 if schedule.paused else float("inf") if schedule.next_at is None else schedule.next_at
    return at, schedule.queue, schedule.name
