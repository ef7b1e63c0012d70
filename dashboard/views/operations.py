"""Operations: the list, one with its progress and outcome, and pause, resume, cancel and undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from dashboard import operation_words, outcome_page, paging
from dashboard.language import N_, gettext, ngettext, number
from dashboard.navigation import Entry
from dashboard.once import once, shared_here
from dashboard.operations.operations import UnknownOperation
from dashboard.operations.records import Operation
from dashboard.search.bar import address
from dashboard.services import Services
from dashboard.web import Toast, changed, is_fragment, render, services, target

blueprint = Blueprint("operations", __name__)
navigation = Entry(
    "operations.index",
    N_("Operations"),
    "requeue",
    60,
    count=lambda bundle: sum(each.open for each in once("running", bundle.operations.running)),
    count_words=N_("in progress"),
    pages=("plans",),
    key="p",
)
for _name, _filter in operation_words.FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)
_VERBS: dict[str, Callable[[int, str], str]] = {
    "pause": lambda n, what: ngettext(
        "Paused the %(action)s of %(num)s job", "Paused the %(action)s of %(num)s jobs", n, action=what
    ),
    "resume": lambda n, what: ngettext(
        "Resumed the %(action)s of %(num)s job", "Resumed the %(action)s of %(num)s jobs", n, action=what
    ),
    "cancel": lambda n, what: ngettext(
        "Cancelled the %(action)s of %(num)s job", "Cancelled the %(action)s of %(num)s jobs", n, action=what
    ),
}


@blueprint.get("/operations")
def index() -> ResponseReturnValue:
    """All operations, newest first."""
    cursor = request.args.get("cursor", "")
    page = shared_here("operations", lambda: services().operations.list(cursor=cursor))
    here = url_for("operations.index")
    return render(
        "operations/page.html", regions={"operations": "operations/_operations.html"}, operations=page.items,
        **paging.links(lambda **place: address(here, place), request.args, page.next_cursor),
    )  # fmt: skip


@blueprint.get("/operations/<operation_id>")
def show(operation_id: str) -> ResponseReturnValue:
    """One operation."""
    bundle = services()
    operation = shared_here("operation", lambda: bundle.operations.get(operation_id))
    if is_fragment() and target() == "toasts":
        return _told(operation)
    if is_fragment() and target() == f"op-{operation.id}":  # asked every second, so nothing but the strip is read
        return render("operations/show.html", {target(): "operations/_strip.html"}, operation=operation)
    by_queue: Counter[tuple[str, str]] = Counter()
    for part in operation.parts:
        by_queue[part.source, part.queue] += part.matched
    return render(
        "operations/show.html", operation=operation,
        regions={"operation": "operations/_operation.html"},
        here_full=url_for("operations.show", operation_id=operation_id),
        figures=outcome_page.figures(operation, bundle.clock()),
        by_queue=[(source, queue, matched) for (source, queue), matched in by_queue.items()],
        outcome_rows=outcome_page.rows(operation), new_errors=outcome_page.new_errors(bundle, operation),
        undoable=operation.undoable(bundle.clock()), undo=_undo_of(bundle, operation),
        untaken=operation.untaken(bundle.clock()), many_sources=len(bundle.sources.names()) > 1,
        arrived=operation_words.arrived_words(bundle.operations.arrived_since(operation)),
    )  # fmt: skip


def _told(operation: Operation) -> ResponseReturnValue:
    """How it ended, for who started it or saw it move: a message when jobs were left out, else nothing."""
    if operation.open:
        return Response(status=204)
    text, note = operation_words.partial(operation)
    if not operation.skipped or not text:
        return Response(status=204, headers={"Live-Ended": "1"})
    there = url_for("operations.show", operation_id=operation.id)
    toast = Toast(text, note, kind="warn", link=there, link_words=gettext("See the operation"))
    return render("operations/show.html", {"toasts": "operations/_ended.html"}, message=toast)


@blueprint.post("/operations/<operation_id>/<verb>")
def control(operation_id: str, verb: str) -> ResponseReturnValue:
    """Pause, resume, cancel or undo."""
    bundle = services()
    here = url_for("operations.show", operation_id=operation_id)
    if verb == "undo":
        undo = bundle.operations.undo(operation_id)
        there = url_for("operations.show", operation_id=undo.id)
        possible = sum(part.matched for part in undo.parts)
        late = operation_words.too_late_words(undo, max(0, undo.matched - possible))
        toast = Toast(
            gettext(
                "Undo started: %(part)s of %(whole)s can be reversed",
                part=number(possible), whole=number(undo.matched),
            ),
            note=late,
        )  # fmt: skip
        return changed(replace(toast, link=there, link_words=gettext("Follow")), there)
    if verb not in _VERBS:
        known = ", ".join(_VERBS)
        raise PageNotFound(
            gettext("%(verb)s is nothing an operation can do; use %(verbs)s or undo", verb=verb, verbs=known)
        )
    operation = getattr(bundle.operations, verb)(operation_id)
    return changed(Toast(_VERBS[verb](operation.matched, operation_words.action_noun(operation.action))), here)


def _undo_of(bundle: Services, operation: Operation) -> Operation | None:
    """The operation that takes this one back; None when there is none, or it is no longer kept."""
    try:
        return bundle.operations.get(operation.undone_by) if operation.undone_by else None
    except UnknownOperation:
        return None
