"""`/workers`."""

from __future__ import annotations

from flask import Response, jsonify

from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.web import services

blueprint = area("workers")


@blueprint.get("/workers")
def workers() -> Response:
    """All workers of the sources that answer, lost ones first."""
    arguments.allow(*arguments.PAGING)
    snapshot = services().sources.snapshot()
    found = [worker for source in snapshot.sources if source.up for worker in source.workers]
    page = arguments.sliced(found, lambda worker: (not worker.lost, worker.source, worker.id))
    return jsonify(wire.listed(page, wire.worker) | {"missing": list(snapshot.missing)})
