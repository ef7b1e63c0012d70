"""Workers, lost ones first."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from dashboard.language import N_
from dashboard.navigation import Entry
from dashboard.web import render, services

blueprint = Blueprint("workers", __name__)
navigation = Entry(
    "workers.index",
    N_("Workers"),
    "cpu",
    45,
    count=lambda bundle: sum(not worker.lost for worker in bundle.sources.snapshot().workers),
    key="w",
)


@blueprint.get("/workers")
def index() -> ResponseReturnValue:
    """Every worker with its heartbeat, slots and current jobs."""
    snapshot = services().sources.snapshot()
    alive = [worker for worker in snapshot.workers if not worker.lost]
    known = [worker for worker in alive if worker.slots is not None and worker.busy is not None]
    return render(
        "workers/page.html", regions={"workers": "workers/_workers.html"}, workers=snapshot.workers,
        lost=len(snapshot.workers) - len(alive), busy=sum(worker.busy or 0 for worker in known),
        slots=sum(worker.slots or 0 for worker in known) if known else None, pending=snapshot.totals.pending,
        many_sources=len(snapshot.sources) > 1, here_full=url_for("workers.index"),
    )  # fmt: skip
