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
LONGEST_CHANGE = timedelta(hours=3)
"""Clocks go forward or back by less at once."""
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
    A named hour comes once in the night when clocks go back, though the wall clock shows it twice, and as much later
    in the night that leaves it out; `*` and `*/2` mean every hour that the wall clock shows.
    """

    expression: str
    zone: str = "UTC"
    _parts: tuple[CronTrigger, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parts", _cron_triggers(self.expression, self.zone))

    def after(self, instant: datetime) -> datetime | None:
        """Looked for on the wall clock, which the library is given as if it never changed: across a change it errs."""
        zone, instant = ZoneInfo(self.zone), instant.astimezone(UTC)
        wall: datetime | None = instant.astimezone(zone).replace(tzinfo=UTC, fold=0)
        if wall and _changes(instant, zone):
            wall -= LONGEST_CHANGE
        found, last = None, None
        while wall and (wall := self._next_on_the_wall(wall)) and (last is None or wall <= last):
            found = _earliest((found, *(each for each in self._moments(wall, zone) if each > instant)))
            if found and last is None:  # near a change a later time of the wall clock may come before
                last = wall + LONGEST_CHANGE if _changes(found, zone) else wall
        return found.astimezone(zone) if found else None

    def _next_on_the_wall(self, wall: datetime) -> datetime | None:
        return _earliest(_first(part, wall) for part in self._parts)

    def _moments(self, wall: datetime, zone: ZoneInfo) -> list[datetime]:
        """When the wall clock shows a time: once, twice, or never; of a named hour the first, or what stands for it."""
        shown = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        if "*" not in self.expression.split()[1]:
            return shown[:1]
        return [each for each in shown if each.astimezone(zone).replace(tzinfo=UTC, fold=0) == wall]

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


def _changes(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks change near an instant."""
    near = (instant - LONGEST_CHANGE, instant + LONGEST_CHANGE)
    return len({each.astimezone(zone).utcoffset() for each in near}) > 1


def _earliest(found: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in found if each is not None), default=None)


def _cron_triggers(expression: str, zone: str) -> tuple[CronTrigger, ...]:
    """One trigger of the wall clock, or two of which either may be due: for days of the month and days of the week."""
    _zone(zone)
    try:
        minute, hour, day, month, weekday = expression.split()
        named = _weekdays(weekday)
        both = not day.startswith("*") and not weekday.startswith("*")
        days = ((day, "*"), ("*", named)) if both else ((day, named),)
        return tuple(
            CronTrigger(minute=minute, hour=hour, day=each, month=month, day_of_week=of_week, timezone=UTC)
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
