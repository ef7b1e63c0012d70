"""`/stats` and `/queues`."""

from __future__ import annotations

from flask import Response, jsonify, request

from dashboard.adapters.contract import SourceUnavailable
from dashboard.adapters.snapshot import Snapshot
from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.web import services

blueprint = area("queues")


@blueprint.get("/stats")
def stats() -> Response:
    """Totals over the sources that answer, and every queue; `missing` names the sources that do not."""
    arguments.allow()
    snapshot = services().sources.snapshot()
    totals = snapshot.totals
    return jsonify(
        pending=totals.pending,
        processing=totals.processing,
        failed=totals.failed,
        total=totals.total,
        scheduled=totals.scheduled,
        retrying=totals.retrying,
        missing=list(totals.missing),
        as_of=wire.moment(snapshot.taken_at),
        queues=[wire.queue(queue, snapshot.source(queue.source)) for queue in snapshot.queues],
    )


@blueprint.get("/queues")
def queues() -> Response:
    """All queues by source and name."""
    arguments.allow("source", *arguments.PAGING)
    snapshot = services().sources.snapshot()
    wanted = request.args.get("source", "")
    if wanted:
        services().sources.get(wanted)
    page = arguments.sliced(
        (queue for queue in snapshot.queues if wanted in ("", queue.source)), lambda queue: (queue.source, queue.name)
    )
    return jsonify(wire.listed(page, lambda queue: wire.queue(queue, snapshot.source(queue.source))))


@blueprint.get("/queues/<source>/<queue>")
def one_queue(source: str, queue: str) -> Response:
    """One queue, also one that came up within this second."""
    arguments.allow()
    adapter = services().sources.get(source)
    snapshot = services().sources.snapshot()
    _check_answers(source, snapshot)
    known = (each for each in snapshot.queues if (each.source, each.name) == (source, queue))
    return jsonify(wire.queue(next(known, None) or adapter.queue(queue), snapshot.source(source)))


@blueprint.post("/queues/<source>/<queue>/pause")
def pause(source: str, queue: str) -> Response:
    """Stop handing out jobs of a queue; running ones go on."""
    services().sources.get(source).pause(queue)
    return jsonify(source=source, name=queue, paused=True)


@blueprint.delete("/queues/<source>/<queue>/pause")
def resume(source: str, queue: str) -> Response:
    """Hand out jobs of a queue again."""
    services().sources.get(source).resume(queue)
    return jsonify(source=source, name=queue, paused=False)


def _check_answers(source: str, snapshot: Snapshot) -> None:
    known = snapshot.source(source)
    if known is not None and not known.up:
        raise SourceUnavailable(known.error)
