"""What can be done to one job; nothing is asked, everything says how to take it back."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from dashboard import state_words
from dashboard.adapters.contract import Action, ActionRefused, Job, State
from dashboard.language import N_, gettext, ngettext
from dashboard.services import Services
from dashboard.web import Toast, changed, services

blueprint = Blueprint("job_actions", __name__)
_ACTIONS = (Action.REQUEUE, Action.PURGE, Action.CANCEL, Action.RESTORE, Action.UNDO)
_DONE = {
    Action.REQUEUE: N_("Requeued %(job)s."), Action.CANCEL: N_("Cancelled %(job)s."),
    Action.RESTORE: N_("Restored %(job)s."),
}  # fmt: skip
_STARTED = (State.PROCESSING, State.SUCCEEDED, State.RETRYING, State.FAILED)


@blueprint.post("/jobs/<source>/<queue>/<job_id>/<action>")
def act(source: str, queue: str, job_id: str, action: str) -> ResponseReturnValue:
    """Requeue, purge, cancel or restore one job, or take its requeue back, at once."""
    if action not in _ACTIONS:
        raise PageNotFound(
            gettext(
                "%(action)s is no action on a job; use one of %(actions)s", action=action, actions=", ".join(_ACTIONS)
            )
        )
    bundle = services()
    done = Action(action)
    adapter = bundle.sources.get(source)
    job = adapter.job(queue, job_id)
    back = url_for("job.show", source=source, queue=queue, job_id=job_id)
    try:
        state = adapter.act(done, queue, job_id)
    except ActionRefused:
        now = adapter.job(queue, job_id)
        if done != Action.UNDO or now.state not in _STARTED:
            raise
        late = Toast(
            gettext("Too late, %(job)s has started.", job=_name(job)),
            gettext("It is %(state)s now. Nothing was changed", state=state_words.within(now.state)),
            kind="warn",
        )
        return changed(late, back, regions=("job", "job-acts"))
    return changed(_toast(bundle, job, done, state), back, regions=("job", "job-acts"))


def _toast(bundle: Services, job: Job, action: Action, state: State | None) -> Toast:
    name = _name(job)

    def address(other: Action) -> str:
        return url_for("job_actions.act", action=other, source=job.source, queue=job.queue, job_id=job.id)

    if action == Action.PURGE:
        minutes = bundle.settings.retention.trash_minutes
        return Toast(
            gettext("Purged %(job)s.", job=name),
            ngettext("Kept for undo for %(num)s minute", "Kept for undo for %(num)s minutes", minutes),
            undo=address(Action.RESTORE),
        )
    if action == Action.CANCEL and state == State.PROCESSING:
        return Toast(
            gettext("Asked %(job)s to stop.", job=name),
            gettext("Its worker is told at its next heartbeat"),
            kind="warn",
        )
    if action == Action.UNDO:
        return Toast(
            gettext("Took back %(job)s.", job=name), gettext("It is among the dead letters again, in its old place")
        )
    undo = address(Action.UNDO) if action == Action.REQUEUE else ""
    note = gettext("It is %(state)s now", state=state_words.within(state)) if state else ""
    return Toast(gettext(_DONE[action], job=name), note, undo=undo)


def _name(job: Job) -> str:
    return job.type or gettext("the job")
