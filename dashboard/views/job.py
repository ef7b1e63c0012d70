"""One job: its error, arguments, attempts and history, and the same as text to copy."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from dashboard import highlight
from dashboard.adapters.contract import Action, AdapterError, Attempt, ErrorGroup, Frame, Job, Selector, State
from dashboard.durations import duration
from dashboard.filters import class_name
from dashboard.services import Services
from dashboard.web import render, services

blueprint = Blueprint("job", __name__)
REGIONS = {"job": "job/_job.html", "job-acts": "job/_actions.html"}
_MOST_FRAMES = 50
REASONS = {
    "exhausted": "All its attempts are used up.",
    "permanent": "The error says that trying again is useless.",
    "poison": "Its worker died each time it ran.",
    "crash": "Its worker died while it ran.",
    "timeout": "It ran longer than its time limit.",
    "expired": "It was not started before its deadline.",
    "lost": "Its payload is gone from Redis; edit it to run it again.",
}


_OUTCOMES = {"permanent": "failed for good", "timeout": "timed out", "crash": "crashed", "": "failed"}


@blueprint.app_template_filter("outcome_words")
def outcome_words(outcome: str) -> str:
    """How an attempt ended: `failed`, `timed out`."""
    return _OUTCOMES.get(outcome, outcome)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a job's history."""

    icon: str
    tone: str
    words: str
    at: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Arguments as HTML, cut to `limit` bytes."""

    shown: Markup
    cut: bool
    limit: int = highlight.LIMIT


@blueprint.get("/jobs/<source>/<queue>/<job_id>")
def show(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """The job's page."""
    bundle = services()
    job = bundle.sources.get(source).job(queue, job_id)
    here = url_for("job.show", source=source, queue=queue, job_id=job_id)
    raw = request.args.get("traceback") == "raw"
    shown = f"{here}?traceback=raw" if raw else here
    more = {**context(bundle, job), **_parent(job)}
    return render("job/page.html", regions=REGIONS, here=here, here_full=shown, raw=raw, **more)


def context(bundle: Services, job: Job) -> dict[str, Any]:
    """What the parts of the job's page need."""
    frames = job.error.frames[-_MOST_FRAMES:] if job.error else ()
    own = [frame for frame in frames if frame.own]
    return {
        "job": job,
        "may": lambda action: not bundle.settings.read_only and job.can(Action(action)),
        "group": _group(bundle, job),
        "frame_runs": frame_runs(frames),
        "innermost": (own or frames or (None,))[-1],
        "reason_words": REASONS,
        "arguments": _arguments(job),
        "times": _times(job),
        "events": _events(job),
        "ran_for": _ran_for,
        "trash_minutes": bundle.settings.retention.trash_minutes,
    }


def frame_runs(frames: tuple[Frame, ...]) -> list[tuple[bool, list[Frame]]]:
    """Frames, outermost first, as runs of own and library code, so that library code can be folded."""
    return [(own, list(run)) for own, run in groupby(frames, key=lambda frame: frame.own)]


@blueprint.get("/jobs/<source>/<queue>/<job_id>/arguments")
def arguments(source: str, queue: str, job_id: str) -> Response:
    """All arguments as plain text, redacted."""
    payload = services().sources.get(source).job(queue, job_id).payload
    return _text(payload.raw if payload.undecodable else highlight.pretty(payload.data))


@blueprint.get("/jobs/<source>/<queue>/<job_id>/call")
def call(source: str, queue: str, job_id: str) -> Response:
    """The Python call that would enqueue the job again, redacted."""
    job = services().sources.get(source).job(queue, job_id)
    return _text(highlight.python_call(job.type, job.payload.data))


@blueprint.get("/jobs/<source>/<queue>/<job_id>/job.json")
def as_json(source: str, queue: str, job_id: str) -> Response:
    """The job as JSON, redacted."""
    job = services().sources.get(source).job(queue, job_id)
    body = json.dumps(asdict(job), indent=2, ensure_ascii=False, default=str)
    return Response(body, mimetype="application/json")


def _text(body: str) -> Response:
    return Response(body + "\n", mimetype="text/plain")


def _parent(job: Job) -> dict[str, str]:
    if job.state == State.FAILED:
        return {"parent_url": url_for("dead.index"), "parent_words": "Dead letters"}
    return {"parent_url": url_for("jobs.queue", source=job.source, queue=job.queue, state=job.state),
            "parent_words": job.queue}  # fmt: skip


def _group(bundle: Services, job: Job) -> ErrorGroup | None:
    """The job's group in its own queue; None when it has none or it cannot be read."""
    if job.state != State.FAILED or not job.error or not job.error.fingerprint:
        return None
    wanted = Selector(source=job.source, queue=job.queue, fingerprint=job.error.fingerprint)
    try:
        return next(iter(bundle.sources.groups(wanted, limit=1).items), None)
    except AdapterError:
        return None


def _arguments(job: Job) -> Shown:
    if job.payload.undecodable:
        return Shown(escape(job.payload.raw[: highlight.LIMIT]), len(job.payload.raw) > highlight.LIMIT)
    text = highlight.pretty(job.payload.data)
    return Shown(highlight.highlighted(text[: highlight.LIMIT]), len(text) > highlight.LIMIT)


def _times(job: Job) -> list[tuple[str, float]]:
    ended = {State.FAILED: "Failed", State.SUCCEEDED: "Succeeded", State.CANCELLED: "Cancelled"}.get(job.state, "Ended")
    due = "Next try" if job.state == State.RETRYING else "Runs"
    times = (
        ("Created", job.created_at),
        ("Enqueued", job.enqueued_at if job.enqueued_at != job.created_at else None),
        (due, job.scheduled_for if job.state in (State.SCHEDULED, State.RETRYING) else None),
        ("Started", job.started_at),
        (ended, job.finished_at),
        ("Start by", job.deadline),
    )
    return [(label, value) for label, value in times if value]


def _ran_for(attempt: Attempt) -> str:
    if attempt.started_at is None or attempt.finished_at is None:
        return "–"
    return duration(attempt.finished_at - attempt.started_at)


def _events(job: Job) -> list[Event]:
    """Newest first."""
    events = [Event("plus", "mute-i", f"Enqueued on {job.queue}", job.created_at)]
    for attempt in sorted(job.history, key=lambda each: each.number):
        words = f"Attempt {attempt.number} {outcome_words(attempt.outcome)}"
        note = f"{class_name(attempt.error_type)}{' on ' + attempt.worker if attempt.worker else ''}".strip()
        events.append(Event("requeue", "mute-i", words, attempt.finished_at or attempt.started_at, note))
    if job.state == State.PROCESSING:
        words = f"Running on {job.worker}" if job.worker else "Running"
        events.append(Event("play", "info-i", words, job.started_at))
    last = {
        State.FAILED: Event("circle-x", "bad-i", "Moved to dead letters", job.finished_at),
        State.SUCCEEDED: Event("circle-check", "good-i", "Succeeded", job.finished_at),
        State.CANCELLED: Event("ban", "mute-i", "Cancelled", job.finished_at),
    }.get(job.state)
    return [*([last] if last else []), *reversed(events)]
