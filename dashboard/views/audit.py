"""The audit log: who changed what, and how it ended."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import audit_words, paging
from dashboard.audit.log import Entry as Change
from dashboard.audit.log import Wanted
from dashboard.language import N_
from dashboard.navigation import Entry
from dashboard.once import shared_here
from dashboard.search.bar import address
from dashboard.services import Services
from dashboard.web import render, services

blueprint = Blueprint("audit", __name__)
navigation = Entry("audit.index", N_("Audit"), "scroll-text", 80, key="u")
for _name, _filter in audit_words.FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)
FIELDS = ("actor", "action", "source", "queue", "target")
_ACTIONS = (
    "requeue", "purge", "restore", "cancel", "edit", "undo", "move", "pause", "resume", "run", "add", "delete",
    "silence", "edit silence", "end silence", "add channel", "change channel", "remove channel", "enable channel",
    "test channel", "retry message", "retry messages", "sign in", "sign out", "add user", "remove user",
    "change password", "change role",
)  # fmt: skip
_OF_ALERTS = ("alert", "window", "channel", "delivery", "rule")
_NO_PERSONS = ("operator", "api", "command line")


@blueprint.get("/audit")
def index() -> ResponseReturnValue:
    """Newest first."""
    bundle = services()
    given: dict[str, Any] = {name: request.args.get(name, "").strip()[:200] for name in FIELDS}
    cursor = request.args.get("cursor", "")
    page = shared_here("changes", lambda: bundle.audit.page(Wanted(**given), cursor=cursor))
    kept = {name: value for name, value in given.items() if value}
    return render(
        "audit/page.html", regions={"audit": "audit/_audit.html"}, changes=page.items, wanted=given,
        filtered=bool(kept), actions=_ACTIONS,
        actors=_actors(page.items, given["actor"]), links={each.id: _link(each) for each in page.items},
        undoable=_undoable(bundle, page.items), searched=None if page.complete else page.searched,
        **paging.links(lambda **place: address(url_for("audit.index"), kept | place), request.args, page.next_cursor),
    )  # fmt: skip


def _actors(changes: tuple[Change, ...], wanted: str) -> list[str]:
    """Who can be chosen: those who are always there, and who is seen on this page."""
    seen = {wanted, *(change.actor for change in changes)} - {"", *_NO_PERSONS}
    return [*_NO_PERSONS, *sorted(seen)]


def _link(change: Change) -> str:
    """Where what was acted on is seen; empty for what is gone, and for users."""
    if change.kind in _OF_ALERTS:
        return _of_alerts(change)
    if change.kind == "operation":
        return url_for("operations.show", operation_id=change.target)
    if change.kind == "queue":
        return url_for("queue.show", source=change.source, queue=change.queue)
    if change.kind == "schedule" and change.action != "delete":
        return url_for("schedules.show", source=change.source, schedule_id=change.target)
    if change.kind == "job":
        return url_for("job.show", source=change.source, queue=change.queue, job_id=change.target)
    return ""


def _of_alerts(change: Change) -> str:
    if change.kind in ("alert", "window"):
        return url_for("silences.index")
    if change.kind == "channel":
        return url_for("alerts.index", _anchor="ch-h" if change.action == "remove channel" else f"ch-{change.target}")
    if change.kind == "delivery":
        one = change.target
        return url_for("deliveries.show", delivery=one) if one else url_for("deliveries.index")
    return "" if change.action == "delete" or not change.target else url_for("alerts.rule", name=change.target)


def _undoable(bundle: Services, changes: tuple[Change, ...]) -> frozenset[str]:
    """Operations on this page that can still be taken back."""
    started = {change.target for change in changes if change.kind == "operation" and change.done}
    now = bundle.clock()
    found = shared_here("undoable", lambda: bundle.operations.ledger.read(sorted(started)))
    return frozenset(each.id for each in found if each.undoable(now))
