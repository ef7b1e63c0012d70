"""Schedules: all of them, the urgent ones first, and one with its runs and arguments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import paging, schedule_words, shown_arguments
from dashboard.adapters.contract import Adapter, Capability, Queue, Schedule
from dashboard.adapters.schedule_records import LATE_SECONDS
from dashboard.job_list import readable
from dashboard.language import N_, gettext
from dashboard.navigation import Entry
from dashboard.once import shared_here
from dashboard.scheduler_watch import watch
from dashboard.search.bar import address
from dashboard.services import Services
from dashboard.web import render, services

blueprint = Blueprint("schedules", __name__)
navigation = Entry(
    "schedules.index",
    N_("Schedules"),
    "calendar-clock",
    70,
    count=lambda bundle: watch(bundle.sources.snapshot().scheduling, bundle.clock()).schedules,
    key="s",
)
ROWS = 50
CATCH_UP = {
    "one": N_("one run for all missed instants"),
    "all": N_("one run for each missed instant"),
    "skip": N_("missed instants are left out"),
}
for _filter in (schedule_words.timing_words, schedule_words.outcome, schedule_words.outcomes_words):
    blueprint.add_app_template_filter(_filter)
blueprint.add_app_template_filter(schedule_words.in_zone)


@blueprint.get("/schedules")
def index() -> ResponseReturnValue:
    """Paused ones first, then late ones, then by the next run."""
    bundle = services()
    given = {name: request.args.get(name, "").strip()[:100] for name in ("source", "queue")}
    cursor = request.args.get("cursor", "")
    read = bundle.sources.schedules
    page, unread = readable("schedules", lambda: read(given["source"], given["queue"], cursor=cursor, limit=ROWS))
    kept: dict[str, Any] = {name: value for name, value in given.items() if value}
    snapshot = bundle.sources.snapshot()
    now = bundle.clock()
    return render(
        "schedules/page.html",
        regions={"schedules": "schedules/_schedules.html"},
        schedules=page.items,
        total=page.total,
        whole=page.complete,
        unread=unread,
        unread_queues=page.unread,
        now=now,
        watch=watch(_meant(snapshot.scheduling, **given), now),
        can=_can(bundle),
        filtered=kept,
        many_sources=len(snapshot.sources) > 1,
        **paging.links(
            lambda **place: address(url_for("schedules.index"), kept | place), request.args, page.next_cursor
        ),
        clear_url=url_for("schedules.index"),
    )


@blueprint.get("/schedules/<source>/<schedule_id>")
def show(source: str, schedule_id: str) -> ResponseReturnValue:
    """One schedule."""
    bundle = services()
    adapter = bundle.sources.get(source)
    schedule = shared_here("schedule", lambda: adapter.schedule(schedule_id))
    return render(
        "schedules/show.html",
        regions={"schedule": "schedules/_schedule.html", "schedule-acts": "schedules/_actions.html"},
        here_full=url_for("schedules.show", source=source, schedule_id=schedule_id),
        **context(bundle, schedule),
    )


def context(bundle: Services, schedule: Schedule) -> dict[str, Any]:
    """What the parts of a schedule's page need."""
    now = bundle.clock()
    heard = schedule.heard_at
    return {
        "schedule": schedule,
        "now": now,
        "can": _can(bundle),
        "arguments": shown_arguments.shown(schedule.payload),
        "catch_up_words": gettext(CATCH_UP[schedule.catch_up]) if schedule.catch_up in CATCH_UP else schedule.catch_up,
        "silent_since": heard if heard is not None and now - heard > LATE_SECONDS else None,
        "deletable": schedule.seen_at is None or now - schedule.seen_at > LATE_SECONDS,
    }


def able(adapter: Adapter, action: str) -> bool:
    """Whether a source offers `pause`, `run` or `delete` of a schedule."""
    return Capability[f"SCHEDULE_{action.upper()}"] in adapter.capabilities()


def _can(bundle: Services) -> Any:
    def offered(action: str, source: str) -> bool:
        return not bundle.settings.read_only and able(bundle.sources.get(source), action)

    return offered


def _meant(queues: tuple[Queue, ...], source: str, queue: str) -> list[Queue]:
    return [each for each in queues if source in ("", each.source) and queue in ("", each.name)]
