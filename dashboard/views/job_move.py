"""One failed job to another queue of its source: which there are, what that means, and the move."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import state_words
from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    AdapterError,
    InvalidRequest,
    Job,
    Queue,
    SourceUnavailable,
)
from dashboard.language import gettext, ngettext, number
from dashboard.security import check_writable
from dashboard.web import Toast, changed, dialog, services

blueprint = Blueprint("job_move", __name__)
_AT = "/jobs/<source>/<queue>/<job_id>/move"


@dataclass(frozen=True, slots=True)
class Target:
    """A queue that the job could go to; facts is what it is like now, warning why the job might not run there."""

    name: str
    facts: str
    warning: str = ""


@blueprint.get(_AT)
def ask(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """The queues to choose from."""
    check_writable(services().settings)
    job = services().sources.get(source).job(queue, job_id)
    if not job.can(Action.REQUEUE):
        raise ActionRefused(
            gettext(
                "job %(id)s is %(state)s: only a failed job can be requeued to another queue",
                id=job_id, state=state_words.within(job.state),
            )
        )  # fmt: skip
    return _question(job)


@blueprint.post(_AT)
def move(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """Move the job, and show it in its new queue."""
    adapter = services().sources.get(source)
    job = adapter.job(queue, job_id)
    target = request.form.get("target", "")
    try:
        if not target:
            raise InvalidRequest(gettext("Choose a queue."))
        adapter.move(queue, job_id, target)
    except SourceUnavailable:
        raise
    except AdapterError as problem:
        return _question(job, str(problem), status=422 if isinstance(problem, InvalidRequest) else 409)
    there = url_for("job.show", source=source, queue=target, job_id=job_id)
    return changed(
        Toast(
            gettext("Requeued %(job)s to %(queue)s.", job=job.type or gettext("the job"), queue=target),
            gettext("It waits at the end of %(queue)s", queue=target),
        ),
        there,
    )


def targets(queues: list[Queue], job: Job) -> list[Target]:
    """The other queues of a job's source, those that workers serve first."""
    others = [each for each in queues if each.source == job.source and each.name != job.queue]
    return [_target(each) for each in sorted(others, key=lambda each: (not each.workers, each.name))]


def _target(queue: Queue) -> Target:
    workers = "" if queue.workers is None else ngettext("%(num)s worker", "%(num)s workers", queue.workers)
    pending = "" if queue.pending is None else gettext("%(num)s pending", num=number(queue.pending))
    warning = gettext("No worker serves it: the job waits until one does.") if queue.workers == 0 else ""
    if queue.paused:
        warning = gettext("It is paused: the job waits until it is resumed.")
    return Target(queue.name, " · ".join(filter(None, (workers, pending))), warning)


def _question(job: Job, problem: str = "", status: int = 200) -> ResponseReturnValue:
    return dialog(
        "job/move.html",
        "job/_move.html",
        status=status,
        job=job,
        problem=problem,
        chosen=request.form.get("target", ""),
        targets=targets(list(services().sources.snapshot().queues), job),
        job_url=url_for("job.show", source=job.source, queue=job.queue, job_id=job.id),
    )
