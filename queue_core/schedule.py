"""Schedules: what recurs, and at which instants; APScheduler's triggers are used for the arithmetic alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from queue_core.errors import InvalidJob

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}\Z")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Trigger(Protocol):
    """What the arithmetic offers."""

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """The first instant at or after `now`, and after `previous`."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring job; see `App.schedule` for the fields."""

    name: str
    queue: str
    type: str
    data: Mapping[str, Any]
    cron: str | None = None
    every: float | None = None
    timezone: str = "UTC"
    catch_up: str = "one"
    grace: float = 300.0
    max_catch_up: int = 24
    overlap: str = "allow"
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def spec(self) -> str:
        """The trigger in words; a new one means that the next instant is computed anew."""
        return f"{self.cron} {self.timezone}" if self.cron else f"every {self.every} s"


def trigger(schedule: Schedule) -> Trigger:
    """The arithmetic of a schedule.

    Raises:
        InvalidJob: a field is not valid.
    """
    if not _NAME.match(schedule.name):
        raise InvalidJob(f"schedule name {schedule.name!r}: use 1 to 40 letters, digits, '_', '.' and '-'")
    for name, value, allowed in (
        ("catch_up", schedule.catch_up, ("one", "all", "skip")),
        ("overlap", schedule.overlap, ("allow", "skip")),
    ):
        if value not in allowed:
            raise InvalidJob(f"{name} is {value!r}: use one of {', '.join(allowed)}")
    if (schedule.cron is None) == (schedule.every is None):
        raise InvalidJob(f"schedule {schedule.name}: give cron or every, one of them")
    return _cron(schedule.cron, schedule.timezone) if schedule.cron is not None else _interval(schedule.every)


def _interval(every: float | None) -> Trigger:
    if isinstance(every, bool) or not isinstance(every, (int, float)) or every < 1 or every != int(every):
        raise InvalidJob(f"every is {every!r}: use whole seconds, at least 1")
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return cast("Trigger", IntervalTrigger(seconds=int(every), start_date=start, timezone=UTC))


def _cron(expression: str, timezone: str) -> Trigger:
    """Five fields as cron means them: 0 and 7 are Sunday, and day of month or day of week suffices."""
    fields = expression.split()
    if len(fields) != 5:
        raise InvalidJob(f"cron {expression!r}: five fields are needed: minute hour day month weekday")
    minute, hour, day, month, weekday = fields
    try:
        zone = ZoneInfo(timezone)
        common = {"minute": minute, "hour": hour, "month": month, "timezone": zone}
        days = CronTrigger(day=day, **common)
        if weekday == "*":
            return cast("Trigger", days)
        weekdays = CronTrigger(day_of_week=_weekdays(weekday), **common)
        return cast("Trigger", weekdays if day == "*" else OrTrigger([days, weekdays]))
    except (ZoneInfoNotFoundError, IsADirectoryError) as error:
        raise InvalidJob(f"time zone {timezone!r} is not known: use a name such as Europe/Berlin") from error
    except (ValueError, TypeError) as error:
        raise InvalidJob(f"cron {expression!r}: {error}") from error


def _weekdays(text: str) -> str:
    """A weekday field as names, one by one: cron counts from Sunday, APScheduler from Monday."""
    found: set[str] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        low, high = (0, 6) if span == "*" else (_weekday(first), _weekday(last) if dash else _weekday(first))
        if step and not dash and span != "*":
            high = 6
        if high < low:
            high += 7
        found.update(_DAYS[number % 7] for number in range(low, high + 1, int(step or 1)))
    return ",".join(sorted(found))


def _weekday(text: str) -> int:
    if text.isdigit() and int(text) <= 7:
        return int(text)
    if text in _DAYS:
        return _DAYS.index(text)
    raise ValueError(f"{text!r} is no day of the week: use 0 to 7 or sun to sat")


def instants(schedule: Schedule, after: float) -> Iterator[float]:
    """The schedule's instants after one, in unix seconds, without end unless the trigger ends.

    A daily time that a change of clocks repeats counts once; one that it skips counts at the first instant after.
    """
    arithmetic = trigger(schedule)
    zone = ZoneInfo(schedule.timezone)
    previous = datetime.fromtimestamp(after, zone)
    once = schedule.cron is not None and "*" not in schedule.cron.split()[1]
    while True:
        found = arithmetic.get_next_fire_time(None, datetime.fromtimestamp(previous.timestamp() + 0.001, zone))
        if found is None:
            return
        if not (once and found.replace(tzinfo=None, fold=0) == previous.replace(tzinfo=None, fold=0)):
            yield found.timestamp()
        previous = found
