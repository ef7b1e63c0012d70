"""Schedules of RedBeat, which keeps them at the broker, where celery beat has a file. Read, never changed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.names import DEFAULT_QUEUE
from dashboard.adapters.contract import ActionRefused, Payload, Schedule, Timing, UnknownSchedule
from dashboard.adapters.mirrored import values
from dashboard.language import N_
from dashboard.redaction import Redaction

PREFIX = "redbeat:"
MOST = 500
LARGEST = 65_536
READ_ONLY = N_("schedule %(schedule)s is RedBeat's; change it in the application, whose scheduler may be writing it")

_FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
_FIELD = re.compile(r"[\w*,/-]{1,100}")
_UNFIT = re.compile(r"[^\w.:-]")


class RedBeat:
    """Those of one source.

    Args:
        access: where they are.
        prefix: RedBeat's `redbeat_key_prefix`.
        redaction: what is hidden of their arguments.
    """

    def __init__(self, access: Access, prefix: str, redaction: Redaction) -> None:
        self._access = access
        self._prefix = prefix
        self._redaction = redaction

    def all(self) -> list[Schedule]:
        """At most MOST of them, the next ones first, those that are paused before all."""
        rows: Any = self._access.ask(self._access.broker, "redbeat", [f"{self._prefix}:schedule"], [MOST, LARGEST])
        found = [self._schedule(values.text(key), due, values.record(told), meta) for key, due, told, meta in rows]
        return sorted((each for each in found if each is not None), key=lambda each: not each.paused)

    def refusal(self, schedule_id: str) -> Exception:
        """Why nothing can be done to a schedule."""
        if any(each.id == schedule_id for each in self.all()):
            return ActionRefused(READ_ONLY, schedule=schedule_id)
        return UnknownSchedule(
            N_("source %(source)s has no schedule %(schedule)s, or no longer"),
            source=self._access.source, schedule=schedule_id,
        )  # fmt: skip

    def _schedule(self, key: str, due: bytes, told: dict[str, Any], meta: bytes) -> Schedule | None:
        task, noted, options = values.text(told.get("task"))[:200], values.record(meta), told.get("options")
        if not task:
            return None
        name = values.text(told.get("name")) or key.removeprefix(self._prefix)
        queue = values.text(options.get("queue")) if isinstance(options, dict) else ""
        paused = told.get("enabled") is False
        safe = self._redaction.value({"args": told.get("args") or [], "kwargs": told.get("kwargs") or {}})
        runs = noted.get("total_run_count")
        return Schedule(
            _UNFIT.sub("_", key.removeprefix(self._prefix))[:200], self._access.source, name[:200],
            queue or DEFAULT_QUEUE, task, _timing(told.get("schedule"), noted), paused=paused,
            next_at=None if paused else values.number(due), last_at=_moment(noted.get("last_run_at")) if runs else None,
            count=values.whole(runs), payload=Payload(safe.value, len(str(told)), redacted=safe.hidden),
        )  # fmt: skip


def _timing(told: Any, noted: dict[str, Any]) -> Timing:
    """When it is due. A crontab is meant in the application's time zone, which only its last run tells."""
    schedule = told if isinstance(told, dict) else {}
    kind = values.text(schedule.get("__type__"))
    every = values.number(schedule.get("every"))
    if kind == "interval" and every:
        return Timing(f"every {every:g} s", seconds=every)
    if kind == "crontab":
        fields = [str(schedule.get(name)) for name in _FIELDS]
        if all(_FIELD.fullmatch(each) for each in fields):
            last = noted.get("last_run_at")
            known = isinstance(last, dict) and last.get("timezone") == "UTC"
            text = " ".join(fields)
            return Timing(text, expression=text if known else "", zone="UTC" if known else "")
    return Timing(kind[:60] or "–")


def _moment(told: Any) -> float | None:
    """Unix seconds of a time as RedBeat writes it, in UTC."""
    if not isinstance(told, dict) or told.get("timezone") != "UTC":
        return None
    parts = [values.whole(told.get(name)) for name in ("year", "month", "day", "hour", "minute", "second")]
    try:
        return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]
    except (ValueError, OverflowError, TypeError):
        return None
