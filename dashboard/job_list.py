"""What a list of jobs shows, wherever it stands: the jobs page, a queue's jobs and a group's jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from flask import url_for

from dashboard import paging, selectors, state_words
from dashboard.adapters.contract import (
    AdapterError,
    InvalidRequest,
    Job,
    NotFound,
    Page,
    Selector,
    SourceUnavailable,
    State,
)
from dashboard.adapters.snapshot import Snapshot
from dashboard.chosen import key
from dashboard.language import N_, gettext
from dashboard.once import shared_here
from dashboard.search import bar as filter_bar
from dashboard.search.bar import Bar, since_choices
from dashboard.search.nearest import nearest
from dashboard.search.results import Result, result
from dashboard.services import Services

__all__ = ["counts", "job_key", "read", "readable", "refused", "since_choices"]

T = TypeVar("T")

STATES = (
    State.PENDING, State.PROCESSING, State.SCHEDULED, State.RETRYING, State.FAILED, State.SUCCEEDED, State.CANCELLED,
)  # fmt: skip
TIMES = {
    "pending": (N_("Enqueued"), "enqueued_at"),
    "processing": (N_("Started"), "started_at"),
    "scheduled": (N_("Runs"), "scheduled_for"),
    "retrying": (N_("Next try"), "scheduled_for"),
    "failed": (N_("Failed"), "finished_at"),
    "succeeded": (N_("Finished"), "finished_at"),
    "cancelled": (N_("Cancelled"), "finished_at"),
}
EMPTY = {
    "pending": N_("Nothing waits. New jobs show here until a worker takes them."),
    "processing": N_("No worker is running a job at this moment."),
    "scheduled": N_("Jobs that are to run later wait here."),
    "retrying": N_("Jobs whose attempt failed wait here for the next one."),
    "failed": N_("Jobs that use up all their attempts land here."),
    "succeeded": N_("Finished jobs are kept here for a while."),
    "cancelled": N_("Cancelled jobs are kept here for a while."),
}
EXPORTS = (("csv", N_("All jobs as CSV")), ("jsonl", N_("All jobs as JSON lines")))
_NEWEST_FIRST = (State.FAILED, State.SUCCEEDED, State.CANCELLED)


def counts(snapshot: Snapshot, selector: Selector) -> dict[State, int | None]:
    """Jobs by state in the selected queues; None where a number is not known, or where the filter narrows further."""
    if selector.narrowed(source="", queue="", state=None) != Selector():
        return dict.fromkeys(STATES)
    queues = [q for q in snapshot.queues if selector.source in ("", q.source) and selector.queue in ("", q.name)]
    numbers = {state: [queue.count(state) for queue in queues] for state in STATES}
    return {s: sum(n or 0 for n in each) if each and None not in each else None for s, each in numbers.items()}


def read(
    services: Services,
    selector: Selector,
    query: Mapping[str, str],
    *,
    here: str,
    fixed: tuple[str, ...] = (),
    controls: Collection[str] = ("state",),
    only: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """The template context of `jobs/_jobs.html`.

    Args:
        selector: what the address means, with its state.
        query: the query string, kept in every link.
        here: address of the page without its query.
        fixed: names of selector fields that the address itself holds.
        controls: fields that a control of the filter bar shows.
        only: the source and queue that all of these jobs are known to be in, so that no other one is asked.
    """
    cursor = query.get("cursor", "")
    asked = selector.narrowed(source=only[0], queue=only[1]) if only[1] else selector
    limit = services.settings.limits.page_size
    page, unread = readable("jobs", lambda: services.sources.jobs(asked, cursor=cursor, limit=limit))
    held = {name: str(getattr(selector, name)) for name in fixed}
    bar = filter_bar.bar_of(query, selectors.read(query, held), here, fixed=fixed, controls=controls)
    narrowing = selector.narrowed(state=None, **dict.fromkeys(fixed, ""))
    snapshot = services.sources.snapshot()
    state = selector.state or State.FAILED
    untold = _untold(page, state, selector, snapshot)
    return {
        **shared(services, bar, state),
        **paging.links(bar.url, query, page.next_cursor),
        "jobs": page.items,
        "counts": counts(snapshot, selector),
        "filtered": narrowing != Selector(),
        "selected_words": selectors.described(narrowing),
        "selector_query": selectors.to_query(selector),
        "untold": untold,
        "result": Result("") if unread or untold else _result(page, state, selector, snapshot, first=not cursor),
        "total": page.total if page.searched is None else None,
        "suggestions": [] if unread or page.items or page.next_cursor else nearest(services.sources, bar),
        "problem": "",
        "unread": unread,
        "unread_queues": page.unread,
        "exports": _exports(bar, held, state),
    }


def readable(name: str, fetch: Callable[[], Page[T]]) -> tuple[Page[T], str]:
    """A list, and why it cannot be read: keys that are damaged must not take the rest of the page along."""
    try:
        return shared_here(name, fetch), ""
    except (InvalidRequest, NotFound, SourceUnavailable):
        raise
    except AdapterError as error:
        return Page(items=(), total=None), str(error)


def _exports(bar: Bar, held: Mapping[str, str], state: State) -> list[tuple[str, str]]:
    """Downloads of the list: what the menu says, and the address."""
    page = "exports.group" if "fingerprint" in held else "exports.queue" if held else "exports.jobs"
    query: dict[str, Any] = bar.query(**held, state=state.value)
    if page == "exports.group":
        del query["state"]
    return [(gettext(words), url_for(page, kind=kind, **query)) for kind, words in EXPORTS]


def refused(
    services: Services, error: Exception, query: Mapping[str, str], *, here: str, fixed: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The same context for a filter that is not understood, or names what there is not: no jobs, and why."""
    try:
        state = selectors.state(query.get("state", "")) or State.FAILED
    except InvalidRequest:
        state = State.FAILED
    try:
        held = dict.fromkeys(fixed, "")
        bar = filter_bar.bar_of(query, selectors.read(query, held), here, fixed=fixed)
        box = bar.box
    except InvalidRequest:
        bar, box = filter_bar.refused(query, here, fixed=fixed), query.get("q", "")
    return {
        **shared(services, bar, state),
        "box": box,
        "here_full": filter_bar.address(here, dict(query)),
        "jobs": (),
        "counts": dict.fromkeys(STATES),
        "filtered": True,
        "selected_words": "",
        "selector_query": {},
        "result": Result(""),
        "total": None,
        "next_url": "",
        "previous_url": "",
        "first_url": "",
        "suggestions": nearest(services.sources, bar),
        "problem": str(error),
        "problem_title": gettext("This filter finds nothing")
        if isinstance(error, NotFound)
        else gettext("This filter is not understood"),
    }


def shared(services: Services, bar: Bar, state: State) -> dict[str, Any]:
    """What a list shows whether or not its filter is understood."""
    return {
        "here": bar.here,
        "bar": bar,
        "box": bar.box,
        "search_help": filter_bar.help_words(),
        "state": state,
        "states": STATES,
        "job_times": TIMES,
        "empty_words": EMPTY,
        "since_choices": since_choices(bar.value("since")),
        "clear_url": bar.clear_url,
        "whole_url": bar.whole_url,
        "exports": (),
        "unread": "",
        "untold": "",
        "unread_queues": (),
        "tab_url": lambda each: filter_bar.address(
            bar.here,
            {**selectors.address([term for term in bar.terms if term.name != "state"]), **bar.others, "state": each},
        ),
        "many_sources": len(services.sources.names()) > 1,
    }


def _result(page: Page[Job], state: State, selector: Selector, snapshot: Snapshot, *, first: bool) -> Result:
    whole = counts(snapshot, Selector(source=selector.source, queue=selector.queue))[state]
    newest = state in _NEWEST_FIRST
    return result(page, state_words.jobs(state), first=first, newest=newest, whole=whole)


def _untold(page: Page[Job], state: State, selector: Selector, snapshot: Snapshot) -> str:
    """Why there are no jobs where there may be some: queues do not tell of that state; empty when they do."""
    place = Selector(source=selector.source, queue=selector.queue)
    if page.items or page.next_cursor or selector.narrowed(source="", queue="", state=None) != Selector():
        return ""
    there = [q for q in snapshot.queues if place.source in ("", q.source) and place.queue in ("", q.name)]
    if not there or counts(snapshot, place)[state] is not None:
        return ""
    return gettext("This queue does not report them.") if place.queue else gettext("Not every queue reports them.")


def job_key(job: Job) -> str:
    """A job as a form value."""
    return key(job.source, job.queue, job.id)
