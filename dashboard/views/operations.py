"""Operations: the list, one with its progress and outcome, and pause, resume, cancel and undo."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from dashboard import operation_words, outcome_page
from dashboard.navigation import Entry
from dashboard.once import once
from dashboard.operations.operations import UnknownOperation
from dashboard.operations.records import Operation
from dashboard.services import Services
from dashboard.web import Toast, changed, is_fragment, render, services, target

blueprint = Blueprint("operations", __name__)
navigation = Entry(
    "operations.index",
    "Operations",
    "requeue",
    60,
    count=lambda bundle: len(once("running", bundle.operations.running)),
    count_words="in progress",
    pages=("plans",),
    key="p",
)
for _name, _filter in operation_words.FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)
_VERBS = {"pause": "Paused", "resume": "Resumed", "cancel": "Cancelled"}


@blueprint.get("/operations")
def index() -> ResponseReturnValue:
    """All operations, newest first."""
    cursor = request.args.get("cursor", "")
    page = services().operations.list(cursor=cursor)
    here = url_for("operations.index")
    return render(
        "operations/page.html", regions={"operations": "operations/_operations.html"}, operations=page.items,
        here_full=url_for("operations.index", cursor=cursor or None), first_url=here if cursor else "",
        next_url=url_for("operations.index", cursor=page.next_cursor) if page.next_cursor else "",
    )  # fmt: skip


@blueprint.get("/operations/<operation_id>")
def show(operation_id: str) -> ResponseReturnValue:
    """One operation."""
    bundle = services()
    operation = bundle.operations.get(operation_id)
    if is_fragment() and target() == f"op-{operation.id}":  # asked every second, so nothing but the strip is read
        return render("operations/show.html", {target(): "operations/_strip.html"}, operation=operation)
    by_queue: Counter[tuple[str, str]] = Counter()
    for part in operation.parts:
        by_queue[part.source, part.queue] += part.matched
    return render(
        "operations/show.html", operation=operation,
        regions={"operation": "operations/_operation.html"},
        here_full=url_for("operations.show", operation_id=operation_id), figures=_figures(operation),
        by_queue=[(source, queue, matched) for (source, queue), matched in by_queue.items()],
        outcome_rows=outcome_page.rows(operation), new_errors=outcome_page.new_errors(bundle, operation),
        undoable=operation.undoable(bundle.clock()), undo=_undo_of(bundle, operation),
        arrived=operation_words.arrived_words(bundle.operations.arrived_since(operation)),
    )  # fmt: skip


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
        toast = Toast(f"Undo started: {possible:,} of {undo.matched:,} can be reversed", note=late)
        return changed(replace(toast, link=there, link_words="Follow"), there)
    if verb not in _VERBS:
        raise PageNotFound(f"{verb} is nothing an operation can do; use {', '.join(_VERBS)} or undo")
    operation = getattr(bundle.operations, verb)(operation_id)
    return changed(Toast(f"{_VERBS[verb]} the {operation.action} of {operation.matched:,} jobs"), here)


def _figures(operation: Operation) -> list[tuple[str, int, str]]:
    left = max(operation.matched - operation.handled, 0)
    return [
        ("Selected", operation.matched, ""),
        (operation_words.done_word(operation).capitalize(), operation.done, ""),
        ("Skipped", operation.skipped, "already moved by someone else" if operation.skipped else ""),
        ("Not possible", operation.failed, ""),
        ("Untouched", left, "so far" if left and operation.open else ""),
    ]


def _undo_of(bundle: Services, operation: Operation) -> Operation | None:
    """The operation that takes this one back; None when there is none, or it is no longer kept."""
    try:
        return bundle.operations.get(operation.undone_by) if operation.undone_by else None
    except UnknownOperation:
        return None
