"""Lists of jobs: over all queues, and of one queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import job_list, selectors
from dashboard.adapters.contract import State
from dashboard.navigation import Entry
from dashboard.services import Services
from dashboard.web import render, services

blueprint = Blueprint("jobs", __name__)
navigation = Entry("jobs.index", "Jobs", "list", 30, pages=("job", "job_actions"))
blueprint.add_app_template_filter(job_list.job_key, "job_key")
REGIONS = {"jobs": "jobs/_jobs.html"}


@blueprint.get("/jobs")
def index() -> ResponseReturnValue:
    """Search over all queues, one state at a time."""
    bundle = services()
    selector = selectors.parse(request.args, bundle.clock(), default_state=State.FAILED)
    context = job_list.read(bundle, selector, request.args, here=url_for("jobs.index"))
    names = sorted({queue.name for queue in bundle.sources.snapshot().queues})
    return _page(bundle, context, queues=names, show_queue=True, types=(), source_name="", queue_name="")


@blueprint.get("/queues/<source>/<queue>/jobs")
def queue(source: str, queue: str) -> ResponseReturnValue:
    """All jobs of one queue, one state at a time."""
    bundle = services()
    found = bundle.sources.get(source).queue(queue)
    selector = selectors.parse({**request.args, "source": source, "queue": queue}, bundle.clock(),
                               default_state=State.FAILED)  # fmt: skip
    here = url_for("jobs.queue", source=source, queue=queue)
    context = job_list.read(bundle, selector, request.args, here=here, fixed=("source", "queue"))
    types = sorted(found.by_type)
    return _page(bundle, context, queues=None, types=types, show_queue=False, source_name=source, queue_name=queue)


def _page(bundle: Services, context: dict[str, Any], **more: Any) -> ResponseReturnValue:
    selectable = context["state"] == State.FAILED and not bundle.settings.read_only
    return render("jobs/page.html", regions=REGIONS, selectable=selectable, **context, **more)
