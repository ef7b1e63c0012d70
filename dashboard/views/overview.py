"""The overview: is something wrong, where, and how much goes through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import first_run
from dashboard.adapters.contract import AdapterError, Selector, Worker
from dashboard.adapters.snapshot import Snapshot
from dashboard.alerts.records import Rule
from dashboard.attention import notes
from dashboard.figures import Figures, of_queues
from dashboard.language import N_, gettext
from dashboard.limits import rules_here, tightest
from dashboard.navigation import Entry
from dashboard.once import shared
from dashboard.queue_list import ordered, sort_urls, table
from dashboard.services import Services
from dashboard.traffic import csv_file
from dashboard.traffic.annotations import ahead
from dashboard.traffic.links import shown
from dashboard.traffic.panel import of_all, read
from dashboard.traffic.ranges import asked
from dashboard.trends import trends
from dashboard.web import attachment, parts_of, render, services

blueprint = Blueprint("overview", __name__)
navigation = Entry("overview.index", N_("Overview"), "overview", 10, key="o")
REGIONS = {
    "attention": "overview/_attention.html",
    "figures": "overview/_figures.html",
    "traffic": "charts/_panel.html",
    "queues": "queues/_queues.html",
    "top": "overview/_top.html",
    "workers": "overview/_workers.html",
    **first_run.OVER,
}
QUEUES_SHOWN = 25
GROUPS_SHOWN = 5


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Everything at one glance, worst first."""
    if (waiting := first_run.instead(navigation)) is not None:
        return waiting
    bundle = services()
    snapshot = bundle.sources.snapshot()
    ahead(bundle, request.args)
    figures = of_queues(snapshot.queues, snapshot.workers, missing=snapshot.missing)
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "attention": lambda: {"notes": notes(bundle, snapshot)},
        "figures": lambda: {"trends": trends(bundle, bundle.sources.names(), ""), "limit": _limit(bundle, figures)},
        "traffic": lambda: shown(
            of_all(bundle, request.args), url_for("overview.index"), request.args, url_for("overview.as_csv")
        ),
        "queues": lambda: _queues(bundle, snapshot),
        "top": lambda: _top_groups(bundle),
        "workers": lambda: {"served": served(snapshot.workers)},
    }
    return render(
        "overview/page.html",
        regions=REGIONS,
        content="overview/_main.html",
        figures=figures,
        many_sources=len(snapshot.sources) > 1,
        here_full=request.full_path.rstrip("?"),
        **parts_of(parts),
    )


@blueprint.get("/overview.csv")
def as_csv() -> ResponseReturnValue:
    """What went through all queues, bucket by bucket."""
    bundle = services()
    chosen, past = read(bundle, bundle.sources.names(), "", asked(request.args.get("range", "")))
    return attachment(csv_file.as_csv(past), f"overview-{chosen.name}.csv")


def _limit(bundle: Services, figures: Figures) -> Rule | None:
    """The limit of the longest wait, in the queue that has it."""
    return tightest(rules_here(bundle), "oldest_pending_seconds", figures.longest_source, figures.longest_in)


def _queues(bundle: Services, snapshot: Snapshot) -> dict[str, Any]:
    queues = ordered(snapshot.queues, request.args.get("sort", ""))
    return {
        **table(bundle, queues[:QUEUES_SHOWN]),
        "queues_total": len(queues),
        "sorts": sort_urls(url_for("overview.index"), request.args),
    }


def _top_groups(bundle: Services) -> dict[str, Any]:
    try:
        page = shared("top groups", lambda: bundle.sources.groups(Selector(), order="count", limit=GROUPS_SHOWN))
    except AdapterError as error:
        return {"groups": (), "groups_total": None, "groups_problem": str(error), "groups_unread": ()}
    return {"groups": page.items, "groups_total": page.total, "groups_problem": "", "groups_unread": page.unread}


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
