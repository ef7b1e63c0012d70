"""Recurring jobs: each instant of a schedule fires once, however many schedulers run.

Triggers are APScheduler's, used only to compute instants. A scheduler reads which schedules are due and lets the `cron`
script compare, enqueue and advance in one step.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from queue_core.connection import Client, mapped_errors
from queue_core.engine import Engine, NewJob
from queue_core.errors import InvalidJob, ServerFull, ServerUnavailable
from queue_core.keys import check_job_id
from queue_core.message import encode

CatchUp = Literal["skip", "one", "all"]
COUNTED = 10_000
"""Missed instants counted at most; beyond, the schedule jumps to the present."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One recurring job.

    catch_up: after downtime `skip` runs only an instant less than `grace` seconds ago, `one` runs the latest,
    `all` runs each, oldest first, at most `max_catch_up`. timeout in seconds.
    """

    name: str
    queue: str
    type: str
    trigger: BaseTrigger
    data: dict[str, Any] = field(default_factory=dict)
    catch_up: CatchUp = "one"
    grace: float = 300.0
    max_catch_up: int = 24
    priority: int = 0
    max_retries: int = 3
    timeout: float = 300.0

    def definition(self) -> str:
        """A text that changes when the schedule does."""
        return json.dumps([self.type, str(self.trigger), str(getattr(self.trigger, "timezone", "")), self.data])

    def after(self, instant: datetime) -> datetime | None:
        """The first instant after the given one; None when the schedule has ended.

        In the night when clocks go back, a fixed hour comes twice; the second is left out.
        """
        found = cast("datetime | None", self.trigger.get_next_fire_time(instant, instant))
        if found is not None and found <= instant:
            found = self.trigger.get_next_fire_time(instant, instant + timedelta(microseconds=1))
        if (
            found is not None
            and _fixed_hour(self.trigger)
            and _wall(found, self.trigger) == _wall(instant, self.trigger)
        ):
            return self.after(found)
        return found


def _fixed_hour(trigger: BaseTrigger) -> bool:
    fields = {f.name: str(f) for f in getattr(trigger, "fields", ())}
    return fields.get("hour", "*").isdigit()


def _wall(instant: datetime, trigger: BaseTrigger) -> datetime:
    return instant.astimezone(cast("tzinfo", getattr(trigger, "timezone", UTC))).replace(tzinfo=None)


def cron(expression: str, zone: str = "UTC") -> BaseTrigger:
    """A trigger from five crontab fields.

    Raises:
        InvalidJob: the expression or the time zone is not understood.
    """
    try:
        minute, hour, day, month, weekday = expression.split()
        return CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=ZoneInfo(zone)
        )
    except ZoneInfoNotFoundError as error:
        raise InvalidJob(f"time zone {zone!r} is not known; use a name such as Europe/Berlin") from error
    except ValueError as error:
        raise InvalidJob(
            f"cron expression {expression!r}: {error}; five fields such as '0 2 * * *' are meant"
        ) from error


_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


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


def every(seconds: float) -> BaseTrigger:
    """A trigger that fires each so many seconds, counted from the epoch, so that all schedulers agree."""
    if seconds < 1:
        raise InvalidJob(f"an interval of {seconds} s: one second is the least")
    return IntervalTrigger(seconds=seconds, start_date=datetime(2020, 1, 1, tzinfo=UTC), timezone=UTC)


@dataclass(frozen=True, slots=True)
class _Due:
    fired_for: datetime | None
    next: datetime | None
    missed: int


def due(schedule: Schedule, expected: datetime, now: datetime) -> _Due:
    """What to do about a schedule whose stored next instant has come."""
    instants = [expected]
    following = schedule.after(expected)
    while following is not None and following <= now and len(instants) < COUNTED:
        instants.append(following)
        following = schedule.after(following)
    if following is not None and following <= now:
        following = schedule.after(now)
    if schedule.catch_up == "all" and len(instants) > 1:
        kept = instants[-schedule.max_catch_up :]
        return _Due(kept[0], kept[1] if len(kept) > 1 else following, len(instants) - len(kept))
    latest = instants[-1]
    if schedule.catch_up == "skip" and (now - latest).total_seconds() > schedule.grace:
        return _Due(None, following, len(instants))
    return _Due(latest, following, len(instants) - 1)


class Scheduler:
    """Fires schedules; run any number of them.

    Args:
        client: a client that returns bytes.
        schedules: what to fire; their names must differ.
        namespace: prefix before every key.
        clock: unix seconds; by default the server's, so that this machine's clock does not matter.
    """

    def __init__(
        self,
        client: Client,
        schedules: Iterable[Schedule],
        *,
        namespace: str = "",
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._schedules = {_checked(schedule.name): schedule for schedule in schedules}
        self._engines = {s.queue: Engine(client, s.queue, namespace) for s in self._schedules.values()}

    def register(self) -> None:
        """Store every schedule's next instant; one that is stored already and has not changed keeps its own."""
        now = self._now()
        for schedule in self._schedules.values():
            first = schedule.after(now)
            if first is not None:
                engine = self._engines[schedule.queue]
                engine.call("schedule", schedule.name, _ms(first), schedule.definition())

    def fire_due(self) -> int:
        """Enqueue what is due; returns the number of jobs this scheduler enqueued."""
        now = self._now()
        fired = 0
        for engine in self._engines.values():
            with mapped_errors():
                rows = self._client.zrangebyscore(
                    engine.keys.schedules, "-inf", _ms(now), start=0, num=100, withscores=True
                )
            for name, expected in cast("list[tuple[bytes, float]]", rows):
                schedule = self._schedules.get(name.decode("utf-8", "replace"))
                if schedule is not None:
                    fired += self._fire(engine, schedule, int(expected), now)
        return fired

    def run(self, stop: threading.Event, *, pause: float = 1.0) -> None:
        """Register and fire until `stop` is set; a Redis that does not answer, or is full, is waited for."""
        registered = False
        while not stop.is_set():
            try:
                if not registered:
                    self.register()
                    registered = True
                while self.fire_due():
                    pass
            except (ServerUnavailable, ServerFull):
                registered = False
            stop.wait(pause)

    def _fire(self, engine: Engine, schedule: Schedule, expected: int, now: datetime) -> int:
        todo = due(schedule, datetime.fromtimestamp(expected / 1000, UTC), now)
        instant = _ms(todo.fired_for) if todo.fired_for else 0
        job = NewJob(
            id=f"cron:{schedule.name}:{instant}",
            type=schedule.type,
            payload=encode(schedule.data),
            priority=schedule.priority,
            max_retries=schedule.max_retries,
            timeout=int(schedule.timeout * 1000),
        )
        following = _ms(todo.next) if todo.next else -1
        code, _ = engine.call("cron", schedule.name, expected, following, *job.argv(), instant, todo.missed)
        return int(code == 1)

    def _now(self) -> datetime:
        if self._clock is not None:
            return datetime.fromtimestamp(self._clock(), UTC)
        with mapped_errors():
            seconds, micros = self._client.time()
        return datetime.fromtimestamp(seconds + micros / 1e6, UTC)


def _checked(name: str) -> str:
    if len(name) > 40:
        raise InvalidJob(f"schedule name {name!r}: at most 40 characters, since job ids are made of it")
    return check_job_id(name)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
