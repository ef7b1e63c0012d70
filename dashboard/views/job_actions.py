"""What can be done to one job; nothing is asked, everything says how to take it back."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from dashboard.adapters.contract import Action, Job, State
from dashboard.services import Services
from dashboard.web import Toast, changed, services

blueprint = Blueprint("job_actions", __name__)
_ACTIONS = (Action.REQUEUE, Action.PURGE, Action.CANCEL, Action.RESTORE)
_DONE = {Action.REQUEUE: "Requeued", Action.PURGE: "Purged", Action.CANCEL: "Cancelled", Action.RESTORE: "Restored"}


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


def _toast(bundle: Services, job: Job, action: Action, state: State | None) -> Toast:
    name = f"{job.type or 'the job'}"
    if action == Action.PURGE:
        minutes = bundle.settings.retention.trash_minutes
        undo = url_for("job_actions.act", action=Action.RESTORE, source=job.source, queue=job.queue, job_id=job.id)
        return Toast(f"Purged {name}.", f"Kept for undo for {minutes} minutes", undo=undo)
    if action == Action.CANCEL and state == State.PROCESSING:
        return Toast(f"Asked {name} to stop.", "Its worker is told at its next heartbeat", kind="warn")
    return Toast(f"{_DONE[action]} {name}.", f"It is {state} now" if state else "")
