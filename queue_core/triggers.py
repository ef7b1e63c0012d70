"""When a schedule is due: cron expressions, intervals, and any trigger of APScheduler, used only to compute instants.

A trigger is stored as JSON, so that others than the application can show it and compute its instants.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from queue_core.errors import InvalidJob

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""Intervals are counted from here, so that all schedulers agree."""
MOST_STEPS = 10_000
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Trigger(Protocol):
    """Gives instants, and a description of itself as JSON."""

    def after(self, instant: datetime) -> datetime | None:
        """The first instant after the given one; None when there is none."""

    def described(self) -> dict[str, Any]:
        """What `parse` makes the trigger of again."""


@dataclass(frozen=True, slots=True)
class Cron:
    """Five crontab fields, meant in a time zone.

    As cron has it, a day is due when it matches the day of the month *or* the day of the week, if both are narrowed.
    """

    expression: str
    zone: str = "UTC"
    _parts: tuple[CronTrigger, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parts", _cron_triggers(self.expression, self.zone))

    def after(self, instant: datetime) -> datetime | None:
        """In the night when clocks go back, a fixed hour comes twice; the second is left out."""
        found = _earliest(_following(part, instant) for part in self._parts)
        if found is not None and self.expression.split()[1].isdigit() and self._wall(found) == self._wall(instant):
            return self.after(found)
        return found

    def _wall(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def described(self) -> dict[str, Any]:
        """`{"cron": …, "zone": …}`."""
        return {"cron": self.expression, "zone": self.zone}


@dataclass(frozen=True, slots=True)
class Every:
    """Each so many seconds, counted from `EPOCH`."""

    seconds: float

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= 10 * 366 * 86_400:
            raise InvalidJob(f"an interval of {self.seconds} s: from one second to ten years")

    def after(self, instant: datetime) -> datetime | None:
        """Computed, not counted, however long ago the last one was."""
        return _first(IntervalTrigger(seconds=self.seconds, start_date=EPOCH, timezone=UTC), instant)

    def described(self) -> dict[str, Any]:
        """`{"every": seconds}`."""
        return {"every": self.seconds}


@dataclass(frozen=True, slots=True)
class Other:
    """A trigger of APScheduler; only the application that has it can compute its instants."""

    trigger: BaseTrigger

    def after(self, instant: datetime) -> datetime | None:
        """As the trigger says; some count from their start, others from the instant before."""
        found = _first(self.trigger, instant)
        for _ in range(MOST_STEPS):
            if found is None or found > instant:
                return found
            found = self.trigger.get_next_fire_time(found, found)
        return _following(self.trigger, instant)

    def described(self) -> dict[str, Any]:
        """`{"other": text, "zone": …}`."""
        return {"other": str(self.trigger)[:500], "zone": str(getattr(self.trigger, "timezone", ""))}


def of(trigger: Trigger | BaseTrigger) -> Trigger:
    """The same, with APScheduler's own triggers made into one of ours."""
    return Other(trigger) if isinstance(trigger, BaseTrigger) else trigger


def text(trigger: Trigger) -> str:
    """A trigger as it is stored."""
    return json.dumps(trigger.described(), sort_keys=True)


def read(stored: str) -> dict[str, Any]:
    """The description in a stored text; empty when it is none of ours."""
    try:
        found = json.loads(stored)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def parse(description: Mapping[str, Any]) -> Trigger | None:
    """The trigger of a description; None when it is unknown, or its application alone can compute it."""
    try:
        if isinstance(description.get("cron"), str):
            return Cron(description["cron"], str(description.get("zone", "UTC")))
        if isinstance(description.get("every"), int | float):
            return Every(description["every"])
    except InvalidJob:
        return None
    return None


def instants(trigger: Trigger, after: datetime, count: int) -> list[datetime]:
    """The next instants, at most `count`."""
    found: list[datetime] = []
    at: datetime | None = after
    while len(found) < count and at is not None and (at := trigger.after(at)) is not None:
        found.append(at)
    return found


def _first(trigger: BaseTrigger, instant: datetime) -> datetime | None:
    """The first instant after one that need not be an instant of the trigger."""
    return cast("datetime | None", trigger.get_next_fire_time(None, instant + timedelta(microseconds=1)))


def _following(trigger: BaseTrigger, instant: datetime) -> datetime | None:
    """The instant after one that was run; this alone knows the two equal hours when clocks go back."""
    found = cast("datetime | None", trigger.get_next_fire_time(instant, instant))
    if found is not None and found <= instant:
        found = trigger.get_next_fire_time(instant, instant + timedelta(microseconds=1))
    return found


def _earliest(found: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in found if each is not None), default=None)


def _cron_triggers(expression: str, zone: str) -> tuple[CronTrigger, ...]:
    """One trigger, or two of which either may be due: one for days of the month, one for days of the week."""
    known = _zone(zone)
    try:
        minute, hour, day, month, weekday = expression.split()
        named = _weekdays(weekday)
        both = not day.startswith("*") and not weekday.startswith("*")
        days = ((day, "*"), ("*", named)) if both else ((day, named),)
        return tuple(
            CronTrigger(minute=minute, hour=hour, day=each, month=month, day_of_week=of_week, timezone=known)
            for each, of_week in days
        )
    except ValueError as error:
        raise InvalidJob(
            f"cron expression {expression!r}: {error}; five fields such as '0 2 * * *' are meant"
        ) from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:  # unknown, a folder, a path out of the folder
        raise InvalidJob(f"time zone {name!r} is not known; use a name such as Europe/Berlin") from error


def _weekdays(field: str) -> str:
    """A weekday field as names, one by one: cron counts from Sunday (0 and 7), APScheduler from Monday."""
    if field == "*":
        return field
    found: set[str] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = ("0", "-", "6") if span == "*" else span.partition("-")
        low = _weekday(first)
        high = _weekday(last) if dash else 6 if step else low
        found.update(_DAYS[number % 7] for number in range(low, high + (7 if high < low else 0) + 1, int(step or 1)))
    return ",".join(sorted(found))


def _weekday(text: str) -> int:
    if text.isdigit() and int(text) <= 7:
        return int(text)
    if text in _DAYS:
        return _DAYS.index(text)
    raise ValueError(f"{text!r} is no day of the week, use 0 to 7 or sun to sat")
