"""The list of all queues."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import first_run
from dashboard.adapters.contract import Queue
from dashboard.language import N_, gettext
from dashboard.navigation import Entry
from dashboard.queue_list import ordered, sort_urls, table
from dashboard.web import notice, render, services

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
MATTERS: dict[str, Callable[[Queue], bool]] = {
    "": lambda _: True,
    "waiting": lambda queue: bool(queue.pending),
    "dead": lambda queue: bool(queue.failed),
    "paused": lambda queue: bool(queue.paused),
    "unserved": lambda queue: queue.workers == 0,
}
WORDS = {
    "": N_("All queues"),
    "waiting": N_("With pending jobs"),
    "dead": N_("With dead letters"),
    "paused": N_("Paused"),
    "unserved": N_("Served by no worker"),
}


@blueprint.get("/queues")
def index() -> ResponseReturnValue:
    """Every queue of every source; narrowed by name, source and what is the matter with it."""
    if (waiting := first_run.instead(navigation)) is not None:
        return waiting
    bundle = services()
    snapshot = bundle.sources.snapshot()
    text, source = request.args.get("q", ""), request.args.get("source", "")
    matter = request.args.get("show", "")
    if matter not in MATTERS:
        known = ", ".join(filter(None, MATTERS))
        notice(gettext("show %(text)s is not known, so all queues are shown; there are %(known)s.",
                       text=repr(matter[:20]), known=known))  # fmt: skip
        matter = ""
    chosen = [
        each
        for each in snapshot.queues
        if source in ("", each.source) and text.strip().lower() in each.name.lower() and MATTERS[matter](each)
    ]
    return render(
        "queues/page.html",
        regions={"queues": "queues/_queues.html", **first_run.OVER},
        content="queues/_main.html",
        **table(bundle, ordered(chosen, request.args.get("sort", ""))),
        queues_total=len(chosen),
        filtered=bool(text.strip() or source or matter),
        text=text,
        source=source,
        sources=bundle.sources.names(),
        matter=matter,
        matters=[(name, gettext(words)) for name, words in WORDS.items()],
        sort=request.args.get("sort", ""),
        sorts=sort_urls(url_for("queues.index"), request.args),
        many_sources=len(snapshot.sources) > 1,
        here_full=request.full_path.rstrip("?"),
    )
