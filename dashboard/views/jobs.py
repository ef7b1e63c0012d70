"""Lists of jobs: over all queues, and of one queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import first_run, job_list, selectors
from dashboard.adapters.contract import InvalidRequest, NotFound, State
from dashboard.language import N_
from dashboard.navigation import Entry
from dashboard.once import shared_here
from dashboard.services import Services
from dashboard.tries import tries
from dashboard.web import is_fragment, render, services

blueprint = Blueprint("jobs", __name__)
navigation = Entry("jobs.index", N_("Jobs"), "list", 30, pages=("job", "job_actions"), key="j")
blueprint.add_app_template_filter(job_list.job_key, "job_key")
blueprint.add_app_template_filter(tries)
REGIONS = {"jobs": "jobs/_jobs.html", **first_run.OVER}


@blueprint.get("/jobs")
def index() -> ResponseReturnValue:
    """Search over all queues, one state at a time."""
    if (waiting := first_run.instead(navigation)) is not None:
        return waiting
    bundle = services()
    names = sorted({queue.name for queue in bundle.sources.snapshot().queues})
    return _list(bundle, url_for("jobs.index"), {}, queues=names, types=(), show_queue=True)


@blueprint.get("/queues/<source>/<queue>/jobs")
def queue(source: str, queue: str) -> ResponseReturnValue:
    """All jobs of one queue, one state at a time."""
    bundle = services()
    adapter = bundle.sources.get(source)
    types = sorted(shared_here("queue", lambda: adapter.queue(queue)).by_type)
    here = url_for("jobs.queue", source=source, queue=queue)
    return _list(bundle, here, {"source": source, "queue": queue}, queues=None, types=types, show_queue=False)


def _list(bundle: Services, here: str, fixed: dict[str, str], **more: Any) -> ResponseReturnValue:
    """The list; a filter that is not understood, or names what there is not, keeps its bar and says so."""
    status, names = 200, tuple(fixed)
    controls = ("state", "since", "queue" if not fixed else "type")
    try:
        selector = selectors.parse(request.args, bundle.clock(), default_state=State.FAILED, fixed=fixed)
        context = job_list.read(bundle, selector, request.args, here=here, fixed=names, controls=controls)
    except (InvalidRequest, NotFound) as error:
        context = job_list.refused(bundle, error, request.args, here=here, fixed=names)
        status = 200 if is_fragment() else 404 if isinstance(error, NotFound) else 400
    more |= {"content": "jobs/_main.html", "source_name": fixed.get("source", ""), "queue_name": fixed.get("queue", "")}
    selectable = context["state"] == State.FAILED and not bundle.settings.read_only
    return render("jobs/page.html", regions=REGIONS, status=status, selectable=selectable, **context, **more)
