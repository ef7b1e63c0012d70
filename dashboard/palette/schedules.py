"""Schedules by name, job type or queue."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from dashboard.language import gettext
from dashboard.palette.contract import Asked, Command
from dashboard.schedule_words import timing_words

READ = 100


def entries(asked: Asked) -> Iterator[Command]:
    """One reading, whatever is typed, and none while no queue has a schedule."""
    snapshot = asked.services.sources.snapshot()
    if not asked.text or not any(queue.schedules for queue in snapshot.scheduling):
        return
    for each in asked.services.sources.schedules(limit=READ).items:
        note = gettext("paused") if each.paused else timing_words(each.timing)
        url = url_for("schedules.show", source=each.source, schedule_id=each.id)
        words = f"schedule cron {each.type} {each.queue}"
        yield Command(gettext("Schedules"), each.name, url, "calendar-clock", f"{note} · {each.queue}", words=words)
