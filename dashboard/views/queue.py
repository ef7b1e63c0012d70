"""One queue: its attention line, figures, charts, jobs by state and job types; pause and resume."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import job_list, selectors
from dashboard.adapters.contract import Capability, State, UnknownQueue
from dashboard.attention import notes
from dashboard.figures import of_queues
from dashboard.language import gettext, ngettext
from dashboard.traffic import range_minutes, read_series
from dashboard.web import Toast, changed, render, services

blueprint = Blueprint("queue", __name__)
REGIONS = {
    "state": "queue/_state.html",
    "attention": "overview/_attention.html",
    "figures": "overview/_figures.html",
    "traffic": "overview/_traffic.html",
    "jobs": "jobs/_jobs.html",
    "types": "queue/_types.html",
}


@blueprint.get("/queues/<source>/<queue>")
def show(source: str, queue: str) -> ResponseReturnValue:
    """The queue's page; its jobs are the first page of the queue's list."""
    bundle = services()
    adapter = bundle.sources.get(source)
    snapshot = bundle.sources.snapshot()
    try:
        found = snapshot.queue(source, queue)
    except UnknownQueue:  # it may be younger than the snapshot
        found = adapter.queue(queue)
    here = url_for("queue.show", source=source, queue=queue)
    default_state = State.FAILED if found.failed else State.PENDING
    fixed = {"source": source, "queue": queue}
    selector = selectors.parse(request.args, bundle.clock(), default_state=default_state, fixed=fixed)
    minutes, chosen = range_minutes(request.args.get("range", ""))
    serving = [worker for worker in snapshot.workers if worker.source == source and queue in worker.queues]
    return render(
        "queue/page.html",
        regions=REGIONS,
        queue=found,
        may_pause=Capability.PAUSE in found.capabilities,
        notes=notes(bundle, snapshot, source, queue),
        figures=of_queues([found], serving),
        series=read_series(bundle, minutes, source, queue),
        range_chosen=chosen,
        selectable=selector.state == State.FAILED and not bundle.settings.read_only,
        show_queue=False,
        **job_list.read(bundle, selector, request.args, here=here, fixed=("source", "queue")),
    )


@blueprint.post("/queues/<source>/<queue>/pause")
def pause(source: str, queue: str) -> ResponseReturnValue:
    """Stop handing out jobs; `_method=delete` from a form resumes."""
    if request.form.get("_method") == "delete":
        return resume(source, queue)
    bundle = services()
    bundle.sources.get(source).pause(queue)
    running = bundle.sources.get(source).queue(queue).processing
    rest = ""
    if running:
        rest = ngettext("%(num)s job in progress will finish.", "%(num)s jobs in progress will finish.", running)
    back = url_for("queue.show", source=source, queue=queue)
    undo = url_for("queue.resume", source=source, queue=queue)
    return changed(Toast(gettext("Paused %(queue)s.", queue=queue), rest, undo=undo), _back(back))


@blueprint.delete("/queues/<source>/<queue>/pause")
def unpause(source: str, queue: str) -> ResponseReturnValue:
    """Hand out jobs again."""
    return resume(source, queue)


@blueprint.post("/queues/<source>/<queue>/resume")
def resume(source: str, queue: str) -> ResponseReturnValue:
    """Hand out jobs again."""
    services().sources.get(source).resume(queue)
    return changed(
        Toast(gettext("Resumed %(queue)s.", queue=queue)), _back(url_for("queue.show", source=source, queue=queue))
    )


def _back(page: str) -> str:
    """The page that asked, if the form says it is the overview."""
    return url_for("overview.index") if request.form.get("from") == "overview" else page
