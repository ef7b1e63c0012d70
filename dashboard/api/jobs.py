"""`/jobs`: lists, one job, and what can be done to one."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from pydantic import BaseModel, ConfigDict

from dashboard.adapters.contract import Action, State
from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.web import services

blueprint = area("jobs")

_ONE = "/jobs/<source>/<queue>/<job_id>"


class Edit(BaseModel):
    """A failed job's new arguments; with `revision`, only if the job has not changed since that was read."""

    model_config = ConfigDict(extra="forbid")

    data: Any
    revision: str = ""


class Requeue(BaseModel):
    """Where a failed job goes; its own queue when none is named."""

    model_config = ConfigDict(extra="forbid")

    queue: str = ""


@blueprint.get("/jobs")
def jobs() -> Response:
    """Jobs of one state (default failed), newest or next to run first; arguments are left out."""
    arguments.allow("state", *arguments.FILTERS, *arguments.PAGING)
    selector = arguments.selector(services().clock())
    page = services().sources.jobs(selector, cursor=arguments.cursor(), limit=arguments.limit())
    return jsonify(wire.listed(page, wire.job))


@blueprint.get(_ONE)
def one_job(source: str, queue: str, job_id: str) -> Response:
    """One job, complete."""
    arguments.allow()
    return jsonify(wire.job(services().sources.get(source).job(queue, job_id)))


@blueprint.post(f"{_ONE}/requeue")
def requeue(source: str, queue: str, job_id: str) -> Response:
    """Make a failed job pending again, in its own queue or, with `{"queue": …}`, in another one of its source."""
    target = arguments.body(Requeue).queue if request.content_length else ""
    if not target or target == queue:
        return _act(Action.REQUEUE, source, queue, job_id)
    return _changed(source, target, job_id, services().sources.get(source).move(queue, job_id, target))


@blueprint.post(f"{_ONE}/undo")
def undo(source: str, queue: str, job_id: str) -> Response:
    """Take back the requeue of a job that has not started: to its old place among the dead letters."""
    return _act(Action.UNDO, source, queue, job_id)


@blueprint.delete(_ONE)
def purge(source: str, queue: str, job_id: str) -> Response:
    """Put a job into the trash, from where it can be restored for a time."""
    return _act(Action.PURGE, source, queue, job_id)


@blueprint.post(f"{_ONE}/restore")
def restore(source: str, queue: str, job_id: str) -> Response:
    """Take a job out of the trash."""
    return _act(Action.RESTORE, source, queue, job_id)


@blueprint.post(f"{_ONE}/cancel")
def cancel(source: str, queue: str, job_id: str) -> Response:
    """Cancel a waiting job, or ask a running one to stop."""
    return _act(Action.CANCEL, source, queue, job_id)


@blueprint.post(f"{_ONE}/edit")
def edit(source: str, queue: str, job_id: str) -> Response:
    """Requeue a failed job with other arguments."""
    new = arguments.body(Edit)
    return _changed(source, queue, job_id, services().sources.get(source).edit(queue, job_id, new.data, new.revision))


def _act(action: Action, source: str, queue: str, job_id: str) -> Response:
    return _changed(source, queue, job_id, services().sources.get(source).act(action, queue, job_id))


def _changed(source: str, queue: str, job_id: str, state: State | None) -> Response:
    return jsonify(id=job_id, source=source, queue=queue, state=None if state is None else state.value)
