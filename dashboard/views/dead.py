"""Dead letters: the groups of failed jobs, and one group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from dashboard import arrivals, first_run, group_words, job_list, paging, selectors, state_words
from dashboard.adapters.contract import (
    AdapterError,
    ErrorGroup,
    InvalidRequest,
    NotFound,
    Selector,
    State,
    UnknownGroup,
)
from dashboard.addresses import url_for
from dashboard.chosen import key
from dashboard.freshness import stale
from dashboard.group_page import GroupPage
from dashboard.language import N_, gettext, ngettext
from dashboard.navigation import Entry
from dashboard.once import once
from dashboard.operations.records import Operation
from dashboard.search.bar import bar_of
from dashboard.search.nearest import nearest
from dashboard.search.results import result
from dashboard.services import Services
from dashboard.views.job import reason_words
from dashboard.web import is_fragment, render, services, target

blueprint = Blueprint("dead", __name__)
navigation = Entry(
    "dead.index",
    N_("Dead letters"),
    "mail-x",
    40,
    count=lambda bundle: bundle.sources.snapshot().totals.failed,
    pages=("trash",),
    key="d",
)
_DAY = 86_400
_GROUP_FILES = (("csv", N_("Groups as CSV")), ("jsonl", N_("Groups as JSON lines")))
_JOB_FILES = (("csv", N_("Dead letters as CSV")), ("jsonl", N_("Dead letters as JSON lines")))
ORDERS = ("count", "last")
GROUP_REGIONS = {
    "group": "dead/_group.html",
    "sample": "dead/_sample.html",
    "contrast": "dead/_contrast.html",
    "splits": "dead/_splits.html",
    "jobs": "jobs/_jobs.html",
    "running": "operations/_running.html",
}
blueprint.add_app_template_filter(group_words.share, "share")


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
    return arrivals.growing(group.trend)


@blueprint.get("/dead")
def index() -> ResponseReturnValue:
    """All groups that match the filter; one that is not understood keeps its bar and says so."""
    if (waiting := first_run.instead(navigation)) is not None:
        return waiting
    bundle, here = services(), url_for("dead.index")
    try:
        context, status = _groups(bundle, request.args, here), 200
    except (InvalidRequest, NotFound) as error:
        context = {
            **job_list.refused(bundle, error, request.args, here=here),
            "groups": (),
            "jobs": None,
            "order": "count",
        }
        status = 200 if is_fragment() else 404 if isinstance(error, NotFound) else 400
    snapshot = bundle.sources.snapshot()
    return render(
        "dead/page.html",
        regions={"groups": "dead/_groups.html", "running": "operations/_running.html", **first_run.OVER},
        content="dead/_main.html",
        status=status,
        **context,
        running=running(bundle),
        queues=sorted({queue.name for queue in snapshot.queues}),
        dead_total=snapshot.totals.failed,
        old=[each.said(bundle.clock()) for each in stale(snapshot, bundle.clock(), request.args.get("source", ""))],
    )


def _groups(bundle: Services, query: Mapping[str, str], here: str) -> dict[str, Any]:
    selector = selectors.parse(query, bundle.clock())
    if selector.state not in (None, State.FAILED):
        raise InvalidRequest(
            N_("state %(state)s: dead letters are failed jobs; see Jobs for the other states"), state=selector.state
        )
    order = query.get("sort", "").lstrip("-") or "count"
    if order not in ORDERS:
        raise InvalidRequest(N_("sort %(text)s: use one of %(known)s"), text=repr(order[:40]), known=", ".join(ORDERS))
    cursor = query.get("cursor", "")
    limit = bundle.settings.limits.page_size
    groups = bundle.sources.groups
    page, unread = job_list.readable("groups", lambda: groups(selector, order=order, cursor=cursor, limit=limit))
    bar = bar_of(query, selectors.read(query), here, controls=("state", "queue", "since"))
    shown = replace(selector, state=None)
    whole = job_list.counts(bundle.sources.snapshot(), Selector(source=shown.source, queue=shown.queue))[State.FAILED]
    return {
        **job_list.shared(bundle, bar, State.FAILED),
        "groups": page.items,
        "total": page.total,
        "jobs": page.jobs,
        "order": order,
        **paging.links(bar.url, query, page.next_cursor),
        "filtered": shown != Selector(),
        "selected_words": selectors.described(shown),
        "selector_query": selectors.to_query(shown),
        "result": result(page, groups_words, first=not cursor, whole=whole, of=state_words.jobs(State.FAILED)),
        "all_groups_words": all_groups_words,
        "whole_url": group_words.jobs_url(Selector(source=shown.source, queue=shown.queue)),
        "found_url": group_words.jobs_url(shown),
        "group_url": lambda group: _group_url(group, query),
        "recent_url": lambda group: group_words.jobs_url(_only(group), since="5m"),
        "with_queue": lambda group: group_words.address(here, selectors.to_query(replace(shown, queue=group.queue))),
        "sort_url": lambda name: bar.url(sort=name),
        "plan_url": lambda action, group: plan_url(action, shown, group),
        "suggestions": [] if page.items or page.next_cursor else nearest(bundle.sources, bar),
        "problem": "",
        "unread": unread,
        "unread_queues": page.unread,
        "exports": _exports(bar.query(sort=order), selectors.to_query(shown.narrowed(state=State.FAILED))),
    }


def groups_words(count: int) -> str:
    """`11 groups`."""
    return ngettext("%(num)s group", "%(num)s groups", count)


def all_groups_words(groups: int | None, jobs: int | None, matching: str) -> str:
    """What the bulk bar offers besides the ticked ones: `All 11 groups (3,209 jobs) matching queue:billing`."""
    words = gettext("All groups")
    if groups is not None:
        words = ngettext("All %(num)s groups", "All %(num)s groups", groups)
    if jobs is not None:
        count = ngettext("%(num)s job", "%(num)s jobs", jobs)
        words = gettext("%(groups)s (%(jobs)s)", groups=words, jobs=count)
    return gettext("%(all)s matching %(filter)s", all=words, filter=matching) if matching else words


def _exports(groups: dict[str, Any], jobs: dict[str, Any]) -> list[tuple[str, str]]:
    """Downloads of the groups, and of the dead letters in them."""
    return [
        *((gettext(words), url_for("exports.groups", kind=kind, **groups)) for kind, words in _GROUP_FILES),
        *((gettext(words), url_for("exports.jobs", kind=kind, **jobs)) for kind, words in _JOB_FILES),
    ]


@blueprint.get("/dead/<fingerprint>")
def group(fingerprint: str) -> ResponseReturnValue:
    """One group over all queues it occurs in: its error, its arrivals, what its jobs have in common, and its jobs."""
    bundle, query = services(), request.args
    page = GroupPage(bundle, fingerprint, query)
    here = url_for("dead.group", fingerprint=fingerprint)
    kept = {name: value for name, value in query.items() if value}
    region = target() if is_fragment() else ""
    if region == "running":
        return render("dead/group.html", regions=GROUP_REGIONS, running=running(bundle), here_full=_url(here, kept))
    if not page.rows:
        return _gone(page, region)
    paged = {name: value for name, value in kept.items() if name not in group_words.OF_THE_PAGE}
    fixed = ("fingerprint",)
    only = page.only_place if len(bundle.sources.names()) == 1 else ("", "")
    wanted = region in ("", "jobs")
    listed = job_list.read(bundle, page.selector, paged, here=here, fixed=fixed, only=only) if wanted else {}
    return render(
        "dead/group.html",
        regions=GROUP_REGIONS,
        **{
            "many_sources": len(bundle.sources.names()) > 1,
            **listed,
            **group_words.group_words(page, kept),
            "here": here,
            "here_full": _url(here, kept),
        },
        running=running(bundle) if not region else (),
        whole=lambda action: plan_url(action, page.about),
        show_queue=len(page.rows) > 1,
        selectable=not bundle.settings.read_only,
        tabs=False,
        reason_words=reason_words,
    )


@blueprint.get("/dead/<fingerprint>/arrivals.csv")
def arrivals_csv(fingerprint: str) -> ResponseReturnValue:
    """The chart of arrivals as CSV: hour_start, dead_letters, versions_started."""
    page = GroupPage(services(), fingerprint, request.args)
    if not page.rows:
        raise UnknownGroup(N_("no dead letter has the fingerprint %(fingerprint)s"), fingerprint=fingerprint[:64])
    name = "".join(letter for letter in fingerprint if letter.isascii() and letter.isalnum())[:64]
    headers = {"Content-Disposition": f'attachment; filename="arrivals-{name}.csv"', "Cache-Control": "no-store"}
    return Response(arrivals.as_csv(page.arrivals), mimetype="text/csv", headers=headers)


def _gone(page: GroupPage, region: str) -> ResponseReturnValue:
    """The page of a group without dead letters, when it is known where they went.

    A page that was open when the group vanished says so where the group was; its other parts wait for it to come back.

    Raises:
        UnknownGroup: nothing is known of it.
    """
    if not region and not (page.elsewhere or page.emptied_by):
        raise UnknownGroup(
            N_(
                "no dead letter has the fingerprint %(fingerprint)s, or no longer: they may have been requeued or"
                " purged; see Operations"
            ),
            fingerprint=page.fingerprint[:64],
        )
    return render(
        "dead/gone.html",
        regions=dict.fromkeys(GROUP_REGIONS, "dead/_gone_part.html") | {"group": "dead/_gone.html"},
        status=200 if is_fragment() else 404,
        group=page,
        region=region,
        narrowed_words=selectors.described(replace(page.about, fingerprint="")),
        running=running(page.bundle),
        here_full=_url(url_for("dead.group", fingerprint=page.fingerprint), dict(request.args)),
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
        return once("running", bundle.operations.running)
    except AdapterError:
        return ()


def _only(group: ErrorGroup) -> Selector:
    return Selector(source=group.source, queue=group.queue, fingerprint=group.fingerprint)


def _group_url(group: ErrorGroup, query: Mapping[str, str]) -> str:
    """The group's page with what its count was counted within."""
    times = {name: query.get(name, "") for name in ("since", "until")}
    page = url_for("dead.group", fingerprint=group.fingerprint)
    return _url(page, {"source": group.source, "queue": group.queue, **times})


def _url(here: str, query: Mapping[str, str | None]) -> str:
    text = urlencode({name: value for name, value in query.items() if value})
    return f"{here}?{text}" if text else here
