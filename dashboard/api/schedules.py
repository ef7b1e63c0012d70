"""`/schedules`."""

from __future__ import annotations

from flask import Response, jsonify, request

from dashboard.adapters.contract import ActionRefused, Adapter, Capability
from dashboard.api import arguments, wire, wire_schedules
from dashboard.api.blueprints import area
from dashboard.web import services

blueprint = area("schedules")
_ONE = "/schedules/<source>/<schedule_id>"


@blueprint.get("/schedules")
def schedules() -> Response:
    """Paused ones first, then by their next instant, so that late ones lead; with their last runs."""
    arguments.allow("source", "queue", *arguments.PAGING)
    source, queue = request.args.get("source", ""), request.args.get("queue", "")
    sources = services().sources
    page = sources.schedules(source, queue, cursor=arguments.cursor(), limit=arguments.limit())
    return jsonify(wire.listed(page, wire_schedules.schedule) | {"missing": list(sources.snapshot().missing)})


@blueprint.get(_ONE)
def one(source: str, schedule_id: str) -> Response:
    """One schedule, complete."""
    arguments.allow()
    return jsonify(wire_schedules.whole(services().sources.get(source).schedule(schedule_id)))


@blueprint.post(f"{_ONE}/run")
def run(source: str, schedule_id: str) -> Response:
    """Enqueue one job of it at once; its next instant stays."""
    adapter = _adapter(source, Capability.SCHEDULE_RUN)
    queue = adapter.schedule(schedule_id).queue
    return jsonify(source=source, id=schedule_id, queue=queue, job=adapter.run_now(schedule_id))


@blueprint.post(f"{_ONE}/pause")
def pause(source: str, schedule_id: str) -> Response:
    """Run nothing of it until it is resumed."""
    _adapter(source, Capability.SCHEDULE_PAUSE).pause_schedule(schedule_id)
    return jsonify(source=source, id=schedule_id, paused=True)


@blueprint.delete(f"{_ONE}/pause")
def resume(source: str, schedule_id: str) -> Response:
    """Run it again, from its next instant on."""
    _adapter(source, Capability.SCHEDULE_PAUSE).resume_schedule(schedule_id)
    return jsonify(source=source, id=schedule_id, paused=False)


@blueprint.delete(_ONE)
def delete(source: str, schedule_id: str) -> Response:
    """Forget one that no application registers any more."""
    _adapter(source, Capability.SCHEDULE_DELETE).delete_schedule(schedule_id)
    return jsonify(source=source, id=schedule_id, deleted=True)


def _adapter(source: str, needed: Capability) -> Adapter:
    adapter = services().sources.get(source)
    if needed not in adapter.capabilities():
        raise ActionRefused(f"source {source} cannot do this to its schedules")
    return adapter
