"""What is done to one task: cancelled, deleted where it waits, put back with other arguments."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.celery import building, listing, results, revoked, whole
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.messages import UNKNOWN_TYPE
from dashboard.adapters.celery.moves import DEPTH, Moves
from dashboard.adapters.contract import ActionRefused, State
from dashboard.adapters.mirrored.product import Kept
from dashboard.language import N_

SECONDS = 2.0
"""For which workers are waited for."""

NOBODY = N_("no worker answers, so nobody can be told to leave job %(job)s out; delete it where it waits")
ENDED = N_("job %(job)s has ended; nothing was changed")
HELD = N_("a worker has job %(job)s; it can be cancelled, not deleted")
LARGE = N_("job %(job)s is too large to be deleted from here; cancel it")


def cancel(application: Application, queue: str, job_id: str) -> State:
    """Tell workers to leave a task out, or to end the process that runs it. Raises UnknownJob, ActionRefused."""
    (result,) = results.read_all(application.access, [job_id])
    if result is not None and result.status in results.FINAL:
        raise ActionRefused(ENDED, job=job_id)
    application.roster.refresh()
    runs = any(task.id == job_id for task in listing.running(application, queue))
    runs = runs or (result is not None and result.status == "STARTED")
    if not runs:
        whole.job(application, queue, job_id)
    arguments = {"task_id": job_id, "terminate": runs, "signal": "SIGTERM"}
    told = application.control.ask({"revoke": arguments}, seconds=SECONDS)
    if not told.to("revoke"):
        raise ActionRefused(NOBODY, job=job_id)
    revoked.note(application.access, job_id, application.clock())
    application.roster.forget()
    return State.PROCESSING if runs else State.CANCELLED


def discard(application: Application, queue: str, job_id: str) -> None:
    """Delete a message that waits in a list. Raises UnknownJob, ActionRefused."""
    access = application.access
    found = whole.place(application, queue, job_id)
    if found is None:
        whole.job(application, queue, job_id)
        raise ActionRefused(HELD, job=job_id)
    if not found.message.whole:
        raise ActionRefused(LARGE, job=job_id)
    gone = access.ask(access.broker, "withdraw", ["", found.key], ["", 0, found.message.stored, DEPTH, 0])
    if not gone:
        raise ActionRefused(HELD, job=job_id)


def enqueue_edited(application: Application, moves: Moves, queue: str, letter: Kept, data: Any) -> None:
    """Put a failure back with other arguments. Raises UnknownJob, ActionRefused, InvalidRequest."""
    args, kwargs = building.checked(data)
    (result,) = results.read_all(application.access, [letter.id])
    if result is None or not result.failed:
        raise whole.unknown(queue, letter.id)
    known = queue if queue != UNKNOWN_TYPE or application.bindings.probe(queue) else None
    if reason := results.refusal(result, known):
        raise ActionRefused(reason)
    if not moves.resend(queue, letter, args, kwargs):
        raise whole.unknown(queue, letter.id)
