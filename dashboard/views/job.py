"""One job: its error, arguments and everything that happened to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import action_limits, shown_arguments, state_words, trace_links
from dashboard.adapters.contract import Action, AdapterError, Capability, ErrorGroup, Job, Selector, State, Worker
from dashboard.language import N_, gettext
from dashboard.once import shared_here
from dashboard.services import Services
from dashboard.timeline import edits, timeline
from dashboard.web import render, services

blueprint = Blueprint("job", __name__)
REGIONS = {"job": "job/_job.html", "job-acts": "job/_actions.html"}
_MOST_FRAMES = 50
_ENDED = (State.FAILED, State.SUCCEEDED, State.CANCELLED)
REASONS = {
    "exhausted": N_("All its attempts are used up."),
    "permanent": N_("The error says that trying again is useless."),
    "poison": N_("Its worker died each time it ran."),
    "crash": N_("Its worker died while it ran."),
    "timeout": N_("It ran longer than its time limit."),
    "expired": N_("It was not started before its deadline."),
    "lost": N_("Its payload is gone from Redis; edit it to run it again."),
}


@blueprint.get("/jobs/<source>/<queue>/<job_id>")
def show(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """The job's page."""
    bundle = services()
    adapter = bundle.sources.get(source)
    job = shared_here("job", lambda: adapter.job(queue, job_id))
    here = url_for("job.show", source=source, queue=queue, job_id=job_id)
    raw = request.args.get("traceback") == "raw"
    shown = f"{here}?traceback=raw" if raw else here
    more = {**context(bundle, job), **_parent(job)}
    return render("job/page.html", regions=REGIONS, here=here, here_full=shown, raw=raw, **more)


def context(bundle: Services, job: Job) -> dict[str, Any]:
    """What the parts of the job's page need."""
    frames = job.error.frames[-_MOST_FRAMES:] if job.error else ()
    own = [frame for frame in frames if frame.own]
    reason = job.error.reason if job.error else ""
    return {
        "job": job,
        "may": lambda action: not bundle.settings.read_only and job.can(Action(action)),
        "group": _group(bundle, job),
        "inexact": action_limits.limits(job.actions, but=(Action.CANCEL,)),
        "lost": _lost(bundle, job),
        "now": bundle.clock(),
        "stopping": action_limits.reason(job.actions, Action.CANCEL),
        "frames": frames,
        "own_frames": own,
        "innermost": (own or frames or (None,))[-1],
        "reason_words": reason_words,
        "arguments": shown_arguments.shown(job.payload),
        "edits": edits(job),
        "may_move": _may_move(bundle, job),
        "times": _times(job),
        "trace_url": trace_links.link(bundle.settings.trace_url, job.trace_id),
        "timeline": timeline(job, reason_words(reason)),
        "trash_minutes": bundle.settings.retention.trash_minutes,
    }


def reason_words(reason: str) -> str:
    """Why a job failed for good, as a sentence."""
    return gettext(REASONS[reason]) if reason in REASONS else reason


def _parent(job: Job) -> dict[str, str]:
    if job.state == State.FAILED:
        return {"parent_url": url_for("dead.index"), "parent_words": gettext("Dead letters")}
    return {"parent_url": url_for("jobs.queue", source=job.source, queue=job.queue, state=job.state),
            "parent_words": job.queue}  # fmt: skip


def _may_move(bundle: Services, job: Job) -> bool:
    """Whether there is another queue that a failed job could go to."""
    if bundle.settings.read_only or not job.can(Action.REQUEUE):
        return False
    queues = bundle.sources.snapshot().queues
    own = [each for each in queues if each.source == job.source and Capability.MOVE in each.capabilities]
    return any(each.name != job.queue for each in own)


def _lost(bundle: Services, job: Job) -> Worker | None:
    """The worker that runs the job, when nothing is heard of it any more."""
    if job.state != State.PROCESSING or not job.worker:
        return None
    workers = bundle.sources.snapshot().workers
    return next((each for each in workers if each.lost and (each.source, each.id) == (job.source, job.worker)), None)


def _group(bundle: Services, job: Job) -> ErrorGroup | None:
    """The job's group in its own queue; None when it has none or it cannot be read."""
    if job.state != State.FAILED or not job.error or not job.error.fingerprint:
        return None
    wanted = Selector(source=job.source, queue=job.queue, fingerprint=job.error.fingerprint)
    try:
        return next(iter(shared_here("group", lambda: bundle.sources.groups(wanted, limit=1)).items), None)
    except AdapterError:
        return None


def _times(job: Job) -> list[tuple[str, float]]:
    ended = state_words.name(job.state) if job.state in _ENDED else gettext("Ended")
    due = gettext("Next try") if job.state == State.RETRYING else gettext("Runs")
    times = (
        (gettext("Created"), job.created_at),
        (gettext("Enqueued"), job.enqueued_at if job.enqueued_at != job.created_at else None),
        (due, job.scheduled_for if job.state in (State.SCHEDULED, State.RETRYING) else None),
        (gettext("Started"), None if job.back_at else job.started_at),
        (ended, job.finished_at),
        (gettext("Start by"), job.deadline),
    )
    return [(label, value) for label, value in times if value]
