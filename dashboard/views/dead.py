"""Dead letters: the groups of failed jobs, and one group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import job_list, selectors
from dashboard.adapters.contract import AdapterError, ErrorGroup, InvalidRequest, Job, Selector, State, UnknownGroup
from dashboard.chosen import key
from dashboard.filters import class_name
from dashboard.navigation import Entry
from dashboard.operations.records import Operation
from dashboard.services import Services
from dashboard.views.job import context as job_context
from dashboard.web import render, services

blueprint = Blueprint("dead", __name__)
navigation = Entry(
    "dead.index", "Dead letters", "mail-x", 40, count=lambda bundle: bundle.sources.snapshot().totals.failed
)
_DAY = 86_400
_TOKENS = ("source", "type", "fingerprint", "error", "until")
ORDERS = ("count", "last")


@blueprint.app_template_filter("group_key")
def group_key(group: ErrorGroup) -> str:
    """A group in one queue as a form value."""
    return key(group.source, group.queue, group.fingerprint)


@blueprint.app_template_test("new_today")
def new_today(group: ErrorGroup) -> bool:
    """Whether the error was first seen within a day."""
    return bool(group.first_seen) and services().clock() - group.first_seen < _DAY


@blueprint.app_template_test("growing")
def growing(group: ErrorGroup) -> bool:
    """Whether the last hour exceeds three times the day's mean: an error that grows, not one that is merely there."""
    return len(group.trend) > 1 and group.trend[-1] > 3 * max(sum(group.trend[:-1]) / (len(group.trend) - 1), 1)


@blueprint.get("/dead")
def index() -> ResponseReturnValue:
    """All groups that match the filter."""
    bundle, query = services(), request.args
    selector = selectors.parse(query, bundle.clock())
    if selector.state not in (None, State.FAILED):
        raise InvalidRequest(f"state {selector.state}: dead letters are failed jobs; see Jobs for the other states")
    order = query.get("sort", "").lstrip("-") or "count"
    if order not in ORDERS:
        raise InvalidRequest(f"sort {order[:40]!r}: use one of {', '.join(ORDERS)}")
    cursor = query.get("cursor", "")
    page = bundle.sources.groups(selector, order=order, cursor=cursor, limit=bundle.settings.limits.page_size)
    snapshot = bundle.sources.snapshot()
    here = url_for("dead.index")
    kept = {name: value for name, value in query.items() if value and name != "cursor"}
    shown = replace(selector, state=None)
    return render(
        "dead/page.html",
        regions={"groups": "dead/_groups.html", "running": "operations/_running.html"},
        groups=page.items,
        total=page.total,
        jobs=page.jobs,
        order=order,
        running=running(bundle),
        here=here,
        here_full=_url(here, {**kept, "cursor": cursor}),
        query={"q": query.get("q", ""), "queue": selector.queue, "since": query.get("since", "")},
        tokens=[(name, query[name]) for name in _TOKENS if query.get(name)],
        without=lambda name: _url(here, {key: value for key, value in kept.items() if key != name}),
        queues=sorted({queue.name for queue in snapshot.queues}),
        since_choices=job_list.since_choices(query.get("since", "")),
        filtered=shown != Selector(),
        selected_words=selectors.described(shown),
        selector_query=selectors.to_query(shown),
        found_words=_found(page),
        sort_url=lambda name: _url(here, {**kept, "sort": name}),
        plan_url=lambda action, group: plan_url(action, shown, group),
        next_url=_url(here, {**kept, "cursor": page.next_cursor}) if page.next_cursor else "",
        first_url=_url(here, kept) if cursor else "",
        dead_total=snapshot.totals.failed,
        many_sources=len(snapshot.sources) > 1,
    )


@blueprint.get("/dead/<fingerprint>")
def group(fingerprint: str) -> ResponseReturnValue:
    """One group over all queues it occurs in, its sample error, and its jobs."""
    bundle, query = services(), request.args
    selector = selectors.parse({**query, "fingerprint": fingerprint}, bundle.clock(), default_state=State.FAILED)
    rows = bundle.sources.groups(replace(selector, state=None), order="count", limit=50).items
    if not rows:
        raise UnknownGroup(
            f"no dead letter has the fingerprint {fingerprint[:64]}, or no longer: they may have been "
            "requeued or purged; see Operations"
        )
    here = url_for("dead.group", fingerprint=fingerprint)
    listed = job_list.read(bundle, selector, query, here=here, fixed=("fingerprint",))
    sample = _sample(bundle, rows)
    base = {**job_context(bundle, sample), "group": None} if sample else {}
    everything = replace(selector, state=None)
    return render(
        "dead/group.html",
        regions={"group": "dead/_group.html", "jobs": "jobs/_jobs.html", "running": "operations/_running.html"},
        **{**base, **listed},
        rows=rows,
        sample=sample,
        heading=class_name(rows[0].error_type) or rows[0].reason or "Unknown error",
        count=sum(row.count for row in rows),
        trend=[sum(hours) for hours in zip(*(row.trend for row in rows), strict=False)],
        first_seen=min(row.first_seen for row in rows),
        last_seen=max(row.last_seen for row in rows),
        whole=lambda action: plan_url(action, everything),
        running=running(bundle),
        show_queue=len(rows) > 1,
        selectable=not bundle.settings.read_only,
        tabs=False,
        raw=query.get("traceback") == "raw",
    )


def plan_url(action: str, selector: Selector, row: ErrorGroup | None = None) -> str:
    """Address of the dry run for a whole group within a filter."""
    if row:
        selector = replace(selector, source=row.source, queue=row.queue, fingerprint=row.fingerprint)
    values: dict[str, Any] = selectors.to_query(selector)
    return url_for("plans.new", action=action, **values)


def running(bundle: Services) -> Sequence[Operation]:
    """Operations under way; none when the store does not answer, since the list itself may still be read."""
    try:
        return bundle.operations.running()
    except AdapterError:
        return ()


def _sample(bundle: Services, rows: Sequence[ErrorGroup]) -> Job | None:
    """A job of the group to show its error by; None when it has just gone."""
    for row in rows:
        try:
            return bundle.sources.get(row.source).job(row.queue, row.sample_id)
        except AdapterError:
            continue
    return None


def _found(page: Any) -> str:
    words = job_list.found_words(page, "group", "groups")
    return f"{words}, {page.jobs:,} jobs" if page.jobs is not None else words


def _url(here: str, query: Mapping[str, str | None]) -> str:
    text = urlencode({name: value for name, value in query.items() if value})
    return f"{here}?{text}" if text else here
