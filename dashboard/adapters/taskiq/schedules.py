"""What taskiq's `ListRedisScheduleSource` keeps: tasks by crontab, by interval and at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard import safe_pickle
from dashboard.adapters.contract import Payload, Schedule, Timing
from dashboard.adapters.mirrored import portions, values
from dashboard.adapters.mirrored.finding import Finding, literal
from dashboard.adapters.mirrored.moves import digest
from dashboard.adapters.server import Server
from dashboard.adapters.taskiq import messages
from dashboard.adapters.taskiq.access import USUAL
from dashboard.adapters.taskiq.messages import LARGEST
from dashboard.redaction import Redaction
from queue_core.errors import InvalidJob
from queue_core.triggers import Cron

MOST = 500
_SECONDS = re.compile(r"P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?")


class Schedules:
    """Those of one source.

    Args:
        server: where they are.
        prefix: of the names of their keys.
        clock: gives unix seconds.
        redaction: what is hidden of their arguments.
    """

    def __init__(self, server: Server, prefix: str, clock: Callable[[], float], redaction: Redaction) -> None:
        self._redaction = redaction
        self._server = server
        self._prefix = prefix
        self._clock = clock
        self._found = Finding(server, f"{literal(prefix)}:data:*", lambda key: key.removeprefix(f"{prefix}:data:"))

    def all(self) -> list[Schedule]:
        """At most MOST of them, by their names."""
        pipeline = self._server.pipeline()
        for kind in ("cron", "interval"):
            pipeline.lrange(f"{self._prefix}:{kind}", 0, MOST - 1)
        listed = [
            values.text(each) for reply in self._server.replies(pipeline) if isinstance(reply, list) for each in reply
        ]
        ids = list(dict.fromkeys([*listed, *self._found.names()]))[:MOST]
        now = self._clock()
        found = [self._schedule(each, raw, now) for each, raw in zip(ids, self._stored(ids), strict=True) if raw]
        return sorted((each for each in found if each is not None), key=lambda each: (each.name, each.id))

    def delete(self, schedule_id: str) -> bool:
        """As its source does it; whether it was there."""
        (raw,) = self._stored([schedule_id])
        lists = [f"{self._prefix}:{kind}" for kind in ("cron", "interval")]
        at = _moment(messages.record(raw).get("time"))
        if at is not None:
            lists.append(f"{self._prefix}:time:{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M}")
        keys = [f"{self._prefix}:data:{schedule_id}", *lists]
        return bool(raw and self._server.run("forget", keys, [schedule_id, digest(raw)]))

    def _stored(self, ids: Sequence[str]) -> list[bytes]:
        keys = [f"{self._prefix}:data:{each}" for each in ids]
        return portions.stored(self._server, keys, LARGEST)

    def _schedule(self, schedule_id: str, raw: bytes, now: float) -> Schedule | None:
        told = messages.record(raw)
        if not told or "/" in schedule_id:
            return None
        labels = told.get("labels")
        queue = values.text(labels.get("queue_name")) if isinstance(labels, dict) else ""
        timing = _timing(told)
        plain = safe_pickle.plain
        safe = self._redaction.value({"args": plain(told.get("args")), "kwargs": plain(told.get("kwargs"))})
        return Schedule(
            schedule_id, self._server.source, values.text(told.get("task_name"))[:200], queue or USUAL,
            values.text(told.get("task_name"))[:200], timing, paused=False,
            next_at=timing.at if timing.at is not None else _next(timing, now),
            payload=Payload(safe.value, len(raw), redacted=safe.hidden),
        )  # fmt: skip


def _timing(told: dict[str, Any]) -> Timing:
    cron, zone = values.text(told.get("cron"))[:200], values.text(told.get("cron_offset"))
    if cron:
        known = not zone or (_zone(zone) and not zone.startswith(("P", "-P")))
        text = f"{cron} {zone}".strip()
        return Timing(text, expression=cron if known and len(cron.split()) == 5 else "", zone=zone or "UTC")
    at = _moment(told.get("time"))
    if at is not None:
        return Timing(f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}", at=at)
    interval = _interval(told.get("interval"))
    return Timing(f"every {interval:g} s", seconds=interval) if interval else Timing("–")


def _next(timing: Timing, now: float) -> float | None:
    """By a crontab; when an interval is next over, its scheduler alone knows."""
    if not timing.expression:
        return None
    try:
        found = Cron(timing.expression, timing.zone).after(datetime.fromtimestamp(now, UTC))
    except (InvalidJob, ValueError, KeyError):
        return None
    return found.timestamp() if found else None


def _zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):
        return False


def _moment(told: Any) -> float | None:
    """Unix seconds; None for what is no time, or none that can be written in UTC."""
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
        if at is None:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def _interval(told: Any) -> float | None:
    """Seconds, of a number or of a length of time as ISO 8601 writes it."""
    if not isinstance(told, str):
        return values.number(told)
    found = _SECONDS.fullmatch(told)
    if not found:
        return None
    days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return float(days * 86_400 + hours * 3_600 + minutes * 60 + seconds) or None
