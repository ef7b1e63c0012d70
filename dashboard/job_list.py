"""What a list of jobs shows, wherever it stands: the jobs page, a queue's jobs and a group's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dashboard import selectors
from dashboard.adapters.contract import Job, Page, Selector, State
from dashboard.adapters.snapshot import Snapshot
from dashboard.chosen import key
from dashboard.services import Services

SINCE_CHOICES = (("", "Any time"), ("1h", "Last hour"), ("24h", "Last 24 hours"), ("7d", "Last 7 days"))
STATES = (
    State.PENDING, State.PROCESSING, State.SCHEDULED, State.RETRYING, State.FAILED, State.SUCCEEDED, State.CANCELLED,
)  # fmt: skip
TIMES = {
    "pending": ("Enqueued", "enqueued_at"),
    "processing": ("Started", "started_at"),
    "scheduled": ("Runs", "scheduled_for"),
    "retrying": ("Next try", "scheduled_for"),
    "failed": ("Failed", "finished_at"),
    "succeeded": ("Finished", "finished_at"),
    "cancelled": ("Cancelled", "finished_at"),
}
EMPTY = {
    "pending": "Nothing waits. New jobs show here until a worker takes them.",
    "processing": "No worker is running a job at this moment.",
    "scheduled": "Jobs that are to run later wait here.",
    "retrying": "Jobs whose attempt failed wait here for the next one.",
    "failed": "Jobs that use up all their attempts land here.",
    "succeeded": "Finished jobs are kept here for a while.",
    "cancelled": "Cancelled jobs are kept here for a while.",
}


def counts(snapshot: Snapshot, selector: Selector) -> dict[State, int | None]:
    """Jobs by state in the selected queues; None where a number is not known, or where the filter narrows further."""
    queues = [q for q in snapshot.queues if selector.source in ("", q.source) and selector.queue in ("", q.name)]
    numbers = {state: [queue.count(state) for queue in queues] for state in STATES}
    return {s: sum(n or 0 for n in each) if each and None not in each else None for s, each in numbers.items()}


def found_words(page: Page[Any], one: str, many: str) -> str:
    """How much was found, and how much was read to find it."""
    shown = len(page.items)
    if page.total is not None:
        words = f"{page.total:,} {one if page.total == 1 else many}"
    else:
        words = f"{shown:,} {one if shown == 1 else many} on this page"
    if page.searched is not None:
        words += f" · searched {'the newest ' if not page.complete else ''}{page.searched:,} jobs"
    if not page.complete:
        words += ", there may be more"
    return words


def read(
    services: Services, selector: Selector, query: Mapping[str, str], *, here: str, fixed: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The template context of `jobs/_jobs.html`.

    Args:
        selector: what the address means, with its state.
        query: the query string, kept in every link.
        here: address of the page without its query.
        fixed: names of selector fields that the address itself holds.
    """
    cursor = query.get("cursor", "")
    page = services.sources.jobs(selector, cursor=cursor, limit=services.settings.limits.page_size)
    kept = {name: value for name, value in query.items() if value and name not in ("cursor", *fixed)}
    shown = selectors.to_query(selector)
    narrowing = selector.narrowed(state=None, **dict.fromkeys(fixed, ""))
    snapshot = services.sources.snapshot()
    return {
        "here": here,
        "here_full": _url(here, {**kept, "cursor": cursor}),
        "jobs": page.items,
        "state": selector.state,
        "states": STATES,
        "counts": counts(snapshot, selector),
        "query": {**dict.fromkeys((*selectors.TEXT_FIELDS, "q", "since", "until"), ""), **kept},
        "tabs_url": here,
        "job_times": TIMES,
        "empty_words": EMPTY,
        "since_choices": since_choices(query.get("since", "")),
        "filtered": narrowing != Selector(),
        "selected_words": selectors.described(narrowing),
        "selector_query": shown,
        "found_words": found_words(page, "job", "jobs"),
        "total": page.total,
        "next_url": _url(here, {**kept, "cursor": page.next_cursor}) if page.next_cursor else "",
        "first_url": _url(here, kept) if cursor else "",
        "many_sources": len(services.sources.names()) > 1,
    }


def since_choices(value: str) -> list[tuple[str, str]]:
    """The choices of the time filter, with the one in use among them."""
    known = list(SINCE_CHOICES)
    return known if value in dict(known) else [*known, (value, f"Since {value[:25]}")]


def job_key(job: Job) -> str:
    """A job as a form value."""
    return key(job.source, job.queue, job.id)


def _url(here: str, query: Mapping[str, str | None]) -> str:
    text = urlencode({name: value for name, value in query.items() if value})
    return f"{here}?{text}" if text else here
