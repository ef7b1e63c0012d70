"""Workers, lost ones first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.adapters.contract import Worker
from dashboard.durations import length
from dashboard.language import N_, gettext, ngettext
from dashboard.navigation import Entry
from dashboard.versions import outdated
from dashboard.web import page_number, render, services

blueprint = Blueprint("workers", __name__)
navigation = Entry(
    "workers.index",
    N_("Workers"),
    "cpu",
    45,
    count=lambda bundle: sum(not worker.lost for worker in bundle.sources.snapshot().workers),
    key="w",
)
ROWS = 100
MOST_PAGES = 1_000


@blueprint.get("/workers")
def index() -> ResponseReturnValue:
    """Every worker with its heartbeat, slots and current jobs; of one queue when it is named."""
    bundle = services()
    snapshot = bundle.sources.snapshot()
    queue = request.args.get("queue", "").strip()[:100]
    number = page_number("page", 1, MOST_PAGES)
    old = outdated(snapshot.workers)
    meant = _ordered([worker for worker in snapshot.workers if not queue or queue in worker.queues], old)
    alive = [worker for worker in meant if not worker.lost]
    known = [worker for worker in alive if worker.slots is not None and worker.busy is not None]

    def address(to: int) -> str:
        return url_for("workers.index", queue=queue or None, page=to if to > 1 else None)

    return render(
        "workers/page.html",
        regions={"workers": "workers/_workers.html"},
        workers=meant[(number - 1) * ROWS : number * ROWS],
        total=len(meant),
        outdated=old,
        now=bundle.clock(),
        lost=len(meant) - len(alive),
        busy=sum(worker.busy or 0 for worker in known),
        slots=sum(worker.slots or 0 for worker in known) if known else None,
        pending=snapshot.totals.pending,
        many_sources=len(snapshot.sources) > 1,
        queue=queue,
        queues=_served(snapshot.workers),
        here_full=address(number),
        previous_url=address(number - 1) if number > 1 else "",
        next_url=address(number + 1) if number * ROWS < len(meant) else "",
        clear_url=url_for("workers.index"),
    )


@blueprint.app_template_filter()
def jobs_of_lost(worker: Worker, now: float) -> str:
    """What becomes of the jobs of a lost worker, as a sentence."""
    held = max(len(worker.jobs), worker.busy or 0)
    if worker.jobs_after and (held or worker.busy is None):
        return gettext(worker.jobs_after)
    if not held:
        return gettext("It held no job.") if worker.busy is not None else gettext("What it held is not known.")
    if worker.jobs_back_at is None:
        return ngettext(
            "It held %(num)s job; whether that runs again is up to its product.",
            "It held %(num)s jobs; whether they run again is up to their product.", held,
        )  # fmt: skip
    if worker.jobs_back_at > now:
        return ngettext(
            "Its job goes back to its queue in %(time)s.", "Its %(num)s jobs go back to their queues in %(time)s.",
            held, time=length(worker.jobs_back_at - now),
        )  # fmt: skip
    return ngettext(
        "Its job went back to its queue; that counts as a crash.",
        "Its %(num)s jobs went back to their queues; that counts as a crash of each.", held,
    )  # fmt: skip


def _ordered(workers: Sequence[Worker], old: dict[tuple[str, str], str]) -> list[Worker]:
    """Lost ones, then those with an older version, then by queues and name, so that rows stay where they are."""
    return sorted(
        workers, key=lambda worker: (not worker.lost, (worker.source, worker.id) not in old, worker.queues, worker.id)
    )


def _served(workers: Iterable[Worker]) -> list[tuple[str, int]]:
    """Every queue that workers serve, with how many alive ones do."""
    counts: dict[str, Any] = {}
    for worker in workers:
        for name in worker.queues:
            counts[name] = counts.get(name, 0) + (not worker.lost)
    return sorted(counts.items())
