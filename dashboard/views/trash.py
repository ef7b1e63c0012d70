"""The trash: purged jobs that can still be restored."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import job_list, paging, selectors
from dashboard.adapters.contract import InvalidRequest, NotFound, Selector, State
from dashboard.language import ngettext
from dashboard.search.bar import bar_of
from dashboard.search.nearest import nearest
from dashboard.search.results import result
from dashboard.services import Services
from dashboard.views.dead import running
from dashboard.web import is_fragment, render, services

blueprint = Blueprint("trash", __name__)
REGIONS = {"jobs": "trash/_jobs.html", "running": "operations/_running.html"}


@blueprint.get("/trash")
def index() -> ResponseReturnValue:
    """Purged jobs of all queues, the last purged first; a filter that is not understood keeps its bar and says so."""
    bundle, here, status = services(), url_for("trash.index"), 200
    try:
        context = _listed(bundle, here)
    except (InvalidRequest, NotFound) as error:
        context = job_list.refused(bundle, error, request.args, here=here)
        status = 200 if is_fragment() else 404 if isinstance(error, NotFound) else 400
    return render(
        "trash/page.html", regions=REGIONS, status=status, **context, running=running(bundle),
        trash_minutes=bundle.settings.retention.trash_minutes,
        queues=sorted({queue.name for queue in bundle.sources.snapshot().queues}),
    )  # fmt: skip


def _listed(bundle: Services, here: str) -> dict[str, Any]:
    selector = selectors.parse(request.args, bundle.clock())
    cursor = request.args.get("cursor", "")
    limit = bundle.settings.limits.page_size
    page, unread = job_list.readable("trash", lambda: bundle.sources.trash(selector, cursor=cursor, limit=limit))
    bar = bar_of(request.args, selectors.read(request.args), here, controls=("queue",))
    return {
        **job_list.shared(bundle, bar, State.FAILED),
        **paging.links(bar.url, request.args, page.next_cursor),
        "clear_url": here,
        "jobs": page.items,
        "filtered": selector != Selector(),
        "selected_words": selectors.described(selector),
        "selector_query": selectors.to_query(selector),
        "total": page.total if page.searched is None else None,
        "result": result(page, _counted, first=not cursor),
        "suggestions": [] if page.items or page.next_cursor else nearest(bundle.sources, bar),
        "problem": "",
        "unread": unread,
        "unread_queues": page.unread,
    }


def _counted(count: int) -> str:
    return ngettext("%(num)s purged job", "%(num)s purged jobs", count)
