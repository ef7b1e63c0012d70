"""The list of all queues."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.language import N_
from dashboard.navigation import Entry
from dashboard.queue_list import ordered, sort_urls
from dashboard.web import render, services

blueprint = Blueprint("queues", __name__)
navigation = Entry(
    "queues.index",
    N_("Queues"),
    "layers",
    20,
    count=lambda bundle: len(bundle.sources.snapshot().queues) or None,
    pages=("queue",),
    key="q",
)


@blueprint.get("/queues")
def index() -> ResponseReturnValue:
    """Every queue of every source; narrowed by name and source."""
    snapshot = services().sources.snapshot()
    text = request.args.get("q", "").strip().lower()
    source = request.args.get("source", "")
    queues = [each for each in snapshot.queues if source in ("", each.source) and text in each.name.lower()]
    return render(
        "queues/page.html",
        regions={"queues": "queues/_queues.html"},
        queues=ordered(queues, request.args.get("sort", "")),
        queues_total=len(queues),
        filtered=bool(text or source),
        text=request.args.get("q", ""),
        sorts=sort_urls(url_for("queues.index"), request.args),
        many_sources=len(snapshot.sources) > 1,
        here_full=request.full_path.rstrip("?"),
    )
