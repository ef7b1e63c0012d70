"""What can be done to one schedule: run it now, pause, resume, and, after a question, delete it."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from dashboard.adapters.contract import ActionRefused, Adapter, Queue, Schedule
from dashboard.filters import date_time
from dashboard.language import gettext
from dashboard.schedule_words import timing_words
from dashboard.security import check_writable
from dashboard.views.schedules import able
from dashboard.web import Toast, changed, dialog, services

blueprint = Blueprint("schedule_actions", __name__)
_AT = "/schedules/<source>/<schedule_id>"
REGIONS = ("schedule", "schedule-acts")


@blueprint.post(f"{_AT}/run")
def run(source: str, schedule_id: str) -> ResponseReturnValue:
    """Enqueue one job of it at once."""
    adapter = _adapter(source, "run")
    schedule = adapter.schedule(schedule_id)
    job_id = adapter.run_now(schedule_id)
    queue = adapter.queue(schedule.queue)
    told = _enqueued(schedule, job_id) if queue.has_jobs else _asked(schedule, job_id, queue, services().clock())
    return changed(told, _back(source, schedule_id), regions=REGIONS)


@blueprint.post(f"{_AT}/pause")
def pause(source: str, schedule_id: str) -> ResponseReturnValue:
    """Run nothing of it until it is resumed."""
    adapter = _adapter(source, "pause")
    schedule = adapter.schedule(schedule_id)
    adapter.pause_schedule(schedule_id)
    undo = url_for("schedule_actions.resume", source=source, schedule_id=schedule_id)
    note = gettext("Nothing of it runs until it is resumed")
    told = Toast(gettext("Paused %(schedule)s.", schedule=schedule.name), note, undo=undo)
    return changed(told, _back(source, schedule_id), regions=REGIONS)


@blueprint.post(f"{_AT}/resume")
def resume(source: str, schedule_id: str) -> ResponseReturnValue:
    """Run it again."""
    adapter = _adapter(source, "pause")
    adapter.resume_schedule(schedule_id)
    schedule = adapter.schedule(schedule_id)
    undo = url_for("schedule_actions.pause", source=source, schedule_id=schedule_id)
    note = gettext("It goes on with its next run; what it missed is left out")
    told = Toast(gettext("Resumed %(schedule)s.", schedule=schedule.name), note, undo=undo)
    return changed(told, _back(source, schedule_id), regions=REGIONS)


@blueprint.get(f"{_AT}/delete")
def ask(source: str, schedule_id: str) -> ResponseReturnValue:
    """What deleting it means."""
    check_writable(services().settings)
    schedule = _adapter(source, "delete").schedule(schedule_id)
    return dialog(
        "schedules/delete.html",
        "schedules/_delete.html",
        schedule=schedule,
        timing=timing_words(schedule.timing),
        schedule_url=_page(source, schedule_id),
        problem="",
    )


@blueprint.post(f"{_AT}/delete")
def delete(source: str, schedule_id: str) -> ResponseReturnValue:
    """Forget it; its jobs stay."""
    adapter = _adapter(source, "delete")
    schedule = adapter.schedule(schedule_id)
    try:
        adapter.delete_schedule(schedule_id)
    except ActionRefused as refused:
        return dialog(
            "schedules/delete.html", "schedules/_delete.html", status=409, schedule=schedule,
            timing=timing_words(schedule.timing), schedule_url=_page(source, schedule_id), problem=str(refused),
        )  # fmt: skip
    note = gettext("The jobs it made stay")
    return changed(Toast(gettext("Deleted %(schedule)s.", schedule=schedule.name), note), url_for("schedules.index"))


def _enqueued(schedule: Schedule, job_id: str) -> Toast:
    link = url_for("job.show", source=schedule.source, queue=schedule.queue, job_id=job_id)
    text = gettext("Enqueued %(schedule)s.", schedule=schedule.name)
    return Toast(text, gettext("Its next run stays as it is"), link=link, link_words=gettext("See the job"))


def _asked(schedule: Schedule, job_id: str, queue: Queue, now: float) -> Toast:
    """It waits as a schedule of its own until a scheduler comes to it, which none can be woken for."""
    note = gettext("It runs when its scheduler next looks")
    if queue.next_schedule_at is not None and queue.next_schedule_at > now:
        note = gettext("Its scheduler looks at %(moment)s at the latest", moment=date_time(queue.next_schedule_at))
    elif queue.scheduler_heard_at is not None:
        note = gettext("It runs as soon as a scheduler starts")
    text = gettext("Asked for one run of %(schedule)s.", schedule=schedule.name)
    link = url_for("schedules.show", source=schedule.source, schedule_id=job_id)
    return Toast(text, note, link=link, link_words=gettext("See it wait"))


def _page(source: str, schedule_id: str) -> str:
    return url_for("schedules.show", source=source, schedule_id=schedule_id)


def _back(source: str, schedule_id: str) -> str:
    """The page that asked, if the form says it is the list."""
    return url_for("schedules.index") if request.form.get("from") == "list" else _page(source, schedule_id)


def _adapter(source: str, action: str) -> Adapter:
    adapter = services().sources.get(source)
    if not able(adapter, action):
        raise PageNotFound(gettext("The schedules of %(source)s cannot be changed from here.", source=source))
    return adapter
