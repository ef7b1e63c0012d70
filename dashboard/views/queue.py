"""One queue: its attention line, figures, charts, jobs by state and job types; pause and resume."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import job_list, selectors
from dashboard.adapters.contract import Capability, Queue, State, UnknownQueue
from dashboard.attention import notes
from dashboard.figures import of_queues
from dashboard.job_types import types_of
from dashboard.language import gettext, ngettext
from dashboard.limits import rules_here, tightest
from dashboard.services import Services
from dashboard.traffic import csv_file
from dashboard.traffic.annotations import ahead
from dashboard.traffic.links import shown
from dashboard.traffic.panel import of_queue, read
from dashboard.traffic.ranges import asked
from dashboard.trends import trends
from dashboard.web import Toast, attachment, changed, parts_of, render, services

blueprint = Blueprint("queue", __name__)
REGIONS = {
    "state": "queue/_state.html",
    "attention": "overview/_attention.html",
    "figures": "overview/_figures.html",
    "traffic": "charts/_panel.html",
    "jobs": "jobs/_jobs.html",
    "types": "queue/_types.html",
}


@blueprint.get("/queues/<source>/<queue>")
def show(source: str, queue: str) -> ResponseReturnValue:
    """The queue's page; its jobs are the first page of the queue's list."""
    bundle = services()
    snapshot = bundle.sources.snapshot()
    found = _found(bundle, source, queue)
    if not found.has_jobs:
        return redirect(url_for("schedules.index", source=source, queue=queue))
    ahead(bundle, request.args)
    serving = [worker for worker in snapshot.workers if worker.source == source and queue in worker.queues]
    rules = rules_here(bundle)
    parts: dict[str, Callable[[], Mapping[str, Any]]] = {
        "state": lambda: {
            "may_pause": Capability.PAUSE in found.capabilities,
            "may_purge": Capability.PURGE_WAITING in found.capabilities,
        },
        "attention": lambda: {"notes": notes(bundle, snapshot, source, queue)},
        "figures": lambda: {
            "figures": of_queues([found], serving),
            "trends": trends(bundle, [source], queue),
            "limit": tightest(rules, "oldest_pending_seconds", source, queue),
        },
        "traffic": lambda: shown(
            of_queue(bundle, request.args, source, queue),
            url_for("queue.show", source=source, queue=queue),
            request.args,
            url_for("queue.as_csv", source=source, queue=queue),
        ),
        "jobs": lambda: _jobs(bundle, found),
        "types": lambda: types_of(bundle, found),
    }
    context: dict[str, Any] = {"queue": found, "here_full": request.full_path.rstrip("?")} | parts_of(parts)
    return render("queue/page.html", regions=REGIONS, **context)


@blueprint.get("/queues/<source>/<queue>.csv")
def as_csv(source: str, queue: str) -> ResponseReturnValue:
    """The past of one queue, bucket by bucket; a queue whose name ends so has its page here."""
    bundle = services()
    named = f"{queue}.csv"
    if any(each.source == source and each.name == named for each in bundle.sources.snapshot().queues):
        return show(source, named)
    found = _found(bundle, source, queue)
    chosen, past = read(bundle, [source], found.name, asked(request.args.get("range", "")))
    return attachment(csv_file.as_csv(past), f"{found.name}-{chosen.name}.csv")


def _found(bundle: Services, source: str, queue: str) -> Queue:
    """The queue; it may be younger than the snapshot. Raises UnknownSource, UnknownQueue."""
    adapter = bundle.sources.get(source)
    try:
        return bundle.sources.snapshot().queue(source, queue)
    except UnknownQueue:
        return adapter.queue(queue)


def _jobs(bundle: Services, queue: Queue) -> dict[str, Any]:
    default_state = State.FAILED if queue.failed else State.PENDING
    fixed = {"source": queue.source, "queue": queue.name}
    selector = selectors.parse(request.args, bundle.clock(), default_state=default_state, fixed=fixed)
    here = url_for("queue.show", source=queue.source, queue=queue.name)
    return {
        **job_list.read(bundle, selector, request.args, here=here, fixed=("source", "queue")),
        "selectable": selector.state == State.FAILED and not bundle.settings.read_only,
        "show_queue": False,
    }


@blueprint.post("/queues/<source>/<queue>/pause")
def pause(source: str, queue: str) -> ResponseReturnValue:
    """Stop handing out jobs; `_method=delete` from a form resumes."""
    if request.form.get("_method") == "delete":
        return resume(source, queue)
    bundle = services()
    bundle.sources.get(source).pause(queue)
    found = bundle.sources.get(source).queue(queue)
    rest = ""
    if found.processing:
        rest = ngettext(
            "%(num)s job in progress will finish.", "%(num)s jobs in progress will finish.", found.processing
        )
    words = gettext("Paused %(queue)s.", queue=queue)
    if found.pauses_source:
        words = gettext("Paused all queues of %(source)s.", source=source)
        rest = gettext("A worker that is idle may take one more job.")
    back = url_for("queue.show", source=source, queue=queue)
    undo = url_for("queue.resume", source=source, queue=queue)
    return changed(Toast(words, rest, undo=undo), _back(back))


@blueprint.delete("/queues/<source>/<queue>/pause")
def unpause(source: str, queue: str) -> ResponseReturnValue:
    """Hand out jobs again."""
    return resume(source, queue)


@blueprint.post("/queues/<source>/<queue>/resume")
def resume(source: str, queue: str) -> ResponseReturnValue:
    """Hand out jobs again."""
    bundle = services()
    bundle.sources.get(source).resume(queue)
    words = gettext("Resumed %(queue)s.", queue=queue)
    if bundle.sources.get(source).queue(queue).pauses_source:
        words = gettext("Resumed all queues of %(source)s.", source=source)
    return changed(Toast(words), _back(url_for("queue.show", source=source, queue=queue)))


def _back(page: str) -> str:
    """The page that asked, if the form says it is the overview."""
    return url_for("overview.index") if request.form.get("from") == "overview" else page
