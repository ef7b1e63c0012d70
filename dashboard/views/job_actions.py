"""What can be done to one job; nothing is asked, everything says how to take it back."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from dashboard import highlight
from dashboard.adapters.contract import Action, ActionRefused, InvalidRequest, Job, State
from dashboard.redaction import HIDDEN
from dashboard.security import check_writable
from dashboard.services import Services
from dashboard.web import Toast, changed, render, services

blueprint = Blueprint("job_actions", __name__)
_ACTIONS = (Action.REQUEUE, Action.PURGE, Action.CANCEL, Action.RESTORE)
_DONE = {Action.REQUEUE: "Requeued", Action.PURGE: "Purged", Action.CANCEL: "Cancelled", Action.RESTORE: "Restored"}
_MOST_TEXT = 4 * 1024 * 1024


@blueprint.post("/jobs/<source>/<queue>/<job_id>/<action>")
def act(source: str, queue: str, job_id: str, action: str) -> ResponseReturnValue:
    """Requeue, purge, cancel or restore one job at once."""
    if action not in _ACTIONS:
        raise PageNotFound(f"{action} is no action on a job; use one of {', '.join(_ACTIONS)}")
    bundle = services()
    done = Action(action)
    adapter = bundle.sources.get(source)
    job = adapter.job(queue, job_id)
    state = adapter.act(done, queue, job_id)
    back = url_for("job.show", source=source, queue=queue, job_id=job_id)
    return changed(_toast(bundle, job, done, state), back, regions=("job", "job-acts"))


@blueprint.get("/jobs/<source>/<queue>/<job_id>/edit")
def edit(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """The arguments as text to change."""
    bundle = services()
    check_writable(bundle.settings)
    job = bundle.sources.get(source).job(queue, job_id)
    if job.payload.undecodable:
        raise ActionRefused(f"these arguments cannot be edited as JSON: {job.payload.undecodable}")
    if not job.can(Action.EDIT):
        raise ActionRefused(f"job {job_id} is {job.state}: only a failed job can be edited and requeued")
    return _form(job, highlight.pretty(job.payload.data))


@blueprint.post("/jobs/<source>/<queue>/<job_id>/edit")
def edited(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """Requeue the job with other arguments; text that is not understood changes nothing and is asked for again."""
    adapter = services().sources.get(source)
    job = adapter.job(queue, job_id)
    text = request.form.get("data", "")
    try:
        adapter.edit(queue, job_id, _understood(text))
    except InvalidRequest as problem:
        return _form(job, text, str(problem), status=422)
    back = url_for("job.show", source=source, queue=queue, job_id=job_id)
    return changed(Toast(f"Requeued {job.type} with other arguments.", f"Job {job_id}"), back)


def _understood(text: str) -> Any:
    if len(text) > _MOST_TEXT:
        raise InvalidRequest(f"{len(text):,} characters; at most {_MOST_TEXT:,} are taken")
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise InvalidRequest("This is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise InvalidRequest(f"Line {error.lineno}, column {error.colno}: {error.msg}") from error
    except ValueError as error:
        raise InvalidRequest("A number has more digits than can be read; write it as text") from error
    if HIDDEN in json.dumps(data, ensure_ascii=False):
        raise InvalidRequest(f"{HIDDEN} still stands for a hidden value; type the value itself")
    return data


def _form(job: Job, text: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    job_url = url_for("job.show", source=job.source, queue=job.queue, job_id=job.id)
    return render("job/edit.html", status=status, job=job, job_url=job_url, text=text, problem=problem)


def _toast(bundle: Services, job: Job, action: Action, state: State | None) -> Toast:
    name = f"{job.type or 'the job'}"
    if action == Action.PURGE:
        minutes = bundle.settings.retention.trash_minutes
        undo = url_for("job_actions.act", action=Action.RESTORE, source=job.source, queue=job.queue, job_id=job.id)
        return Toast(f"Purged {name}.", f"Kept for undo for {minutes} minutes", undo=undo)
    if action == Action.CANCEL and state == State.PROCESSING:
        return Toast(f"Asked {name} to stop.", "Its worker is told at its next heartbeat", kind="warn")
    return Toast(f"{_DONE[action]} {name}.", f"It is {state} now" if state else "")
