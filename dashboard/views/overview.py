"""The overview: is something wrong, where, and how much goes through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.adapters.contract import AdapterError, ErrorGroup, Selector, Worker
from dashboard.attention import notes
from dashboard.figures import of_queues
from dashboard.language import N_, gettext
from dashboard.navigation import Entry
from dashboard.once import shared
from dashboard.queue_list import ordered, sort_urls
from dashboard.services import Services
from dashboard.traffic import range_minutes, read_series
from dashboard.web import render, services

blueprint = Blueprint("overview", __name__)
navigation = Entry("overview.index", N_("Overview"), "overview", 10, key="o")
REGIONS = {
    "attention": "overview/_attention.html",
    "figures": "overview/_figures.html",
    "traffic": "overview/_traffic.html",
    "queues": "queues/_queues.html",
    "top": "overview/_top.html",
    "workers": "overview/_workers.html",
}
QUEUES_SHOWN = 25
GROUPS_SHOWN = 5


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Everything at one glance, worst first."""
    bundle = services()
    snapshot = bundle.sources.snapshot()
    minutes, chosen = range_minutes(request.args.get("range", ""))
    series = read_series(bundle, minutes)
    queues = ordered(snapshot.queues, request.args.get("sort", ""))
    groups, groups_total, problem = _top_groups(bundle)
    return render(
        "overview/page.html",
        regions=REGIONS,
        notes=notes(bundle, snapshot),
        figures=of_queues(snapshot.queues, snapshot.workers, missing=snapshot.missing),
        series=series,
        range_chosen=chosen,
        queues=queues[:QUEUES_SHOWN],
        queues_total=len(queues),
        sorts=sort_urls(url_for("overview.index"), request.args),
        groups=groups,
        groups_total=groups_total,
        groups_problem=problem,
        served=served(snapshot.workers),
        many_sources=len(snapshot.sources) > 1,
        here_full=request.full_path.rstrip("?"),
    )


def _top_groups(bundle: Services) -> tuple[tuple[ErrorGroup, ...], int | None, str]:
    try:
        page = shared("top groups", lambda: bundle.sources.groups(Selector(), order="count", limit=GROUPS_SHOWN))
    except AdapterError as error:
        return (), None, str(error)
    return page.items, page.total, ""


def served(workers: Iterable[Worker]) -> list[dict[str, Any]]:
    """Workers by the queues they serve, with busy slots; those with lost workers first."""
    by_queues: dict[tuple[str, ...], list[Worker]] = {}
    for worker in workers:
        by_queues.setdefault(tuple(sorted(worker.queues)), []).append(worker)
    rows = []
    for queues, group in by_queues.items():
        alive = [worker for worker in group if not worker.lost]
        slots = [worker.slots for worker in alive]
        busy = [worker.busy for worker in alive]
        rows.append({
            "queues": ", ".join(queues) or gettext("no queue"),
            "workers": len(alive),
            "lost": len(group) - len(alive),
            "slots": None if None in slots else sum(slot or 0 for slot in slots),
            "busy": None if None in busy else sum(each or 0 for each in busy),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["lost"], row["queues"]))
