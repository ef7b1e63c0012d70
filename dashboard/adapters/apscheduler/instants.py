"""The next instants of a decoded trigger, as its scheduler would compute them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from dashboard.adapters.apscheduler import cron_fields, triggers
from dashboard.adapters.apscheduler.triggers import DEEPEST, State
from queue_core import trigger_parts
from queue_core.triggers import Trigger


def computable(trigger: Any, now: datetime) -> Trigger | None:
    """A trigger that gives the same instants, as far as they do not depend on chance; None when that is not known."""
    kind, state = triggers.parts(trigger)
    try:
        return _computable(kind, state, now, DEEPEST)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, ArithmeticError):
        return None


def next_instant(trigger: Any, now: float) -> float | None:
    """When it is due next, as if it had just been added; None when it never is, or when that is not known."""
    start = datetime.fromtimestamp(now, UTC)
    found = computable(trigger, start)
    upcoming = found.after(start - timedelta(microseconds=1)) if found else None
    return None if upcoming is None else upcoming.timestamp()


def _computable(kind: str, state: State, now: datetime, depth: int) -> Trigger | None:
    if kind == "DateTrigger":
        at = triggers.instant(state["run_date"])
        return None if at is None else trigger_parts.once(at)
    if kind == "OrTrigger" and depth:
        parts = [_computable(name, part, now, depth - 1) for name, part in triggers.children(state)]
        known = tuple(part for part in parts if part is not None)
        return trigger_parts.Either(known) if len(known) == len(parts) else None
    zone, make = triggers.zone(state.get("timezone")), _ZONED.get(kind)
    return make(state, zone, now) if make and zone is not None else None


def _interval(state: State, _zone: tzinfo, _now: datetime) -> Trigger | None:
    start, end = triggers.instant(state["start_date"]), triggers.instant(state["end_date"])
    return None if start is None else trigger_parts.interval(state["interval"], start, end)


def _cron(state: State, zone: tzinfo, now: datetime) -> Trigger | None:
    fields = {field.name: field.text for field in cron_fields.read(state["fields"])}
    start, end = triggers.instant(state["start_date"]), triggers.instant(state["end_date"])
    return trigger_parts.cron(fields, zone, start, end, now)


def _calendar(state: State, zone: tzinfo, now: datetime) -> Trigger | None:
    if not isinstance(state["start_date"], date):
        return None
    span = (state["start_date"], state["end_date"])
    return trigger_parts.calendar(state["interval"], state["time"], span, zone, now)


_ZONED: dict[str, Callable[[State, tzinfo, datetime], Trigger | None]] = {
    "IntervalTrigger": _interval,
    "CronTrigger": _cron,
    "CalendarIntervalTrigger": _calendar,
}
