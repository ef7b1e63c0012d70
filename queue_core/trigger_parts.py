"""Triggers of APScheduler made of plain values, used only to compute the instants of other applications' jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from queue_core.triggers import Other, Trigger

HORIZON = timedelta(days=20 * 366)
"""Nothing later than this is looked for, since fields that never agree would be looked for until the year 9999."""

MOST_OF_A_STEP = (50, 600, 5_200, 36_500)
"""Years, months, weeks, days; more would lead past the last year that there is."""

_UNUSABLE = (ValueError, TypeError, OverflowError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class Either:
    """Due whenever one of several triggers is."""

    parts: tuple[Trigger, ...]

    def after(self, instant: datetime) -> datetime | None:
        """The first instant of any part after the given one."""
        return min((each for each in (part.after(instant) for part in self.parts) if each is not None), default=None)

    def described(self) -> dict[str, Any]:
        """`{"other": text}`."""
        return {"other": " or ".join(str(part.described()) for part in self.parts)}


def cron(
    fields: Mapping[str, str], zone: tzinfo, start: datetime | None, end: datetime | None, now: datetime
) -> Trigger | None:
    """Fields such as `day_of_week` to expressions, as APScheduler writes them; None when they are none of its."""
    limit = now + HORIZON
    last = limit if end is None else min(end, limit)
    try:
        return Other(CronTrigger(**dict(fields), timezone=zone, start_date=start, end_date=last))
    except _UNUSABLE:
        return None


def interval(length: timedelta, start: datetime, end: datetime | None) -> Trigger | None:
    """Each so much time, counted from a start."""
    try:
        return Other(
            IntervalTrigger(
                seconds=length.total_seconds(), start_date=start, end_date=end, timezone=start.tzinfo or UTC
            )
        )
    except _UNUSABLE:
        return None


def calendar(
    steps: Sequence[int], clock: Sequence[int], span: tuple[date, date | None], zone: tzinfo, now: datetime
) -> Trigger | None:
    """Each so many years, months, weeks and days, at an hour, minute and second; None when that is not usual.

    span: the first date, and the last.
    """
    start, end = span
    if not all(0 <= step <= most for step, most in zip(steps, MOST_OF_A_STEP, strict=False)) or start.year < 1900:
        return None
    limit = (now + HORIZON).date()
    try:
        (years, months, weeks, days), (hour, minute, second) = steps, clock
        return Other(
            CalendarIntervalTrigger(
                years=years, months=months, weeks=weeks, days=days, hour=hour, minute=minute, second=second,
                start_date=start, end_date=limit if end is None else min(end, limit), timezone=zone,
            )
        )  # fmt: skip
    except _UNUSABLE:
        return None


def once(at: datetime) -> Trigger:
    """A single instant."""
    return Other(DateTrigger(at, UTC))
