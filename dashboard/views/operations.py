"""Operations: the list, one with its progress and outcome, and pause, resume, cancel and undo."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from dashboard import operation_words
from dashboard.navigation import Entry
from dashboard.operations.records import Operation
from dashboard.web import Toast, changed, render, services

blueprint = Blueprint("operations", __name__)
navigation = Entry(
    "operations.index",
    "Operations",
    "requeue",
    60,
    count=lambda bundle: len(bundle.operations.running()),
    count_words="in progress",
    pages=("plans",),
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
    by_queue: Counter[tuple[str, str]] = Counter()
    for part in operation.parts:
        by_queue[part.source, part.queue] += part.matched
    return render(
        "operations/show.html", regions={"operation": "operations/_operation.html"}, operation=operation,
        here_full=url_for("operations.show", operation_id=operation_id), figures=_figures(operation),
        by_queue=[(source, queue, matched) for (source, queue), matched in by_queue.items()],
        outcome_rows=_outcome(operation), undoable=operation.undoable(bundle.clock()),
    )  # fmt: skip


@blueprint.post("/operations/<operation_id>/<verb>")
def control(operation_id: str, verb: str) -> ResponseReturnValue:
    """Pause, resume, cancel or undo."""
    bundle = services()
    here = url_for("operations.show", operation_id=operation_id)
    if verb == "undo":
        undo = bundle.operations.undo(operation_id)
        there = url_for("operations.show", operation_id=undo.id)
        return changed(Toast("Undo started", link=there, link_words="Follow"), there)
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


def _outcome(operation: Operation) -> list[tuple[str, int, str, str]]:
    outcome = operation.outcome
    return [
        ("Succeeded", outcome.succeeded, "good", ""),
        ("Failed again", outcome.refailed_same, "bad", "the same error as before"),
        ("Failed in a new way", outcome.refailed_new, "bad", "another error than before"),
        ("Cancelled", outcome.cancelled, "off", ""),
        ("Processing", outcome.processing, "info", "running, or between attempts"),
        ("Still waiting", outcome.pending, "", "not started yet"),
    ]
