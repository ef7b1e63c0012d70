"""When a job is due: the decoded trigger of APScheduler as the contract has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.adapters.apscheduler import cron_fields
from dashboard.adapters.contract import Timing
from dashboard.safe_pickle import Opaque, Zoned, render, zone_name

UNREADABLE = "not readable"
DEEPEST = 3

State = Mapping[str, Any]


def timing(trigger: Any) -> Timing:
    """How a trigger is shown; one that is not known as its class is called."""
    kind, state = parts(trigger)
    try:
        return _timing(kind, state, DEEPEST)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, ArithmeticError):
        return Timing(kind or UNREADABLE)


def jitter(trigger: Any) -> int:
    """By how many seconds an instant is put off at most, by chance."""
    found = parts(trigger)[1].get("jitter")
    return found if type(found) is int and 0 < found < 2**31 else 0


def parts(trigger: Any) -> tuple[str, State]:
    """Its class, without the module, and its state."""
    if not isinstance(trigger, Opaque):
        return "", {}
    return trigger.name.rpartition(".")[2], _state(trigger.state)


def _state(state: Any) -> State:
    """Of a trigger; APScheduler 3.0 wrote it as the second of two."""
    found = state[1] if isinstance(state, tuple) and len(state) == 2 else state
    return found if isinstance(found, dict) else {}


def _timing(kind: str, state: State, depth: int) -> Timing:
    if kind == "DateTrigger":
        at = instant(state["run_date"])
        return Timing(f"date[{render(state['run_date'], characters=80)}]", at=None if at is None else at.timestamp())
    if kind == "IntervalTrigger":
        return Timing(
            f"interval[{state['interval']}]", zone=_zone_name(state), seconds=state["interval"].total_seconds()
        )
    if kind == "CronTrigger":
        fields = cron_fields.read(state["fields"])
        return Timing(cron_fields.text(fields), expression=cron_fields.expression(fields), zone=_zone_name(state))
    if kind == "CalendarIntervalTrigger":
        steps = zip(("years", "months", "weeks", "days"), state["interval"], strict=True)
        listed = ", ".join(f"{name}={int(count)}" for name, count in steps if count)
        hour, minute, second = map(int, state["time"])
        return Timing(f"calendarinterval[{listed}, {hour:02}:{minute:02}:{second:02}]", zone=_zone_name(state))
    if kind in ("AndTrigger", "OrTrigger") and depth:
        listed = ", ".join(_timing(name, part, depth - 1).text for name, part in children(state))
        return Timing(f"{kind.removesuffix('Trigger').lower()}[{listed}]"[:300])
    return Timing(kind or UNREADABLE)


def children(state: State) -> Iterable[tuple[str, State]]:
    """Those that a combined one is made of, ten at most."""
    for reference, part in state["triggers"][:10]:
        if isinstance(reference, str):
            yield reference.rpartition(":")[2][:60], _state(part)


def _zone_name(state: State) -> str:
    return zone_name(state.get("timezone"))


def instant(value: Any) -> datetime | None:
    """A decoded time, None when its zone is not known."""
    if isinstance(value, Zoned):
        known = zone(value.zone)
        return None if known is None else value.naive.replace(tzinfo=known)
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def zone(value: Any) -> tzinfo | None:
    """A decoded zone, None when there is none of its name."""
    if isinstance(value, timezone):
        return value
    name = zone_name(value)
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, LookupError):
        return None
