"""The schedules of one queue as they lie in Redis, and what can be done to one of them; each is one atomic script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from queue_core import tracing, triggers
from queue_core.connection import mapped_errors
from queue_core.engine import Engine, NewJob
from queue_core.errors import InvalidJob
from queue_core.job import new_id
from queue_core.keys import check_job_id
from queue_core.replies import pairs, text
from queue_core.schedule import TEMPLATE
from queue_core.triggers import Trigger

RUNS_KEPT = 20
NEVER = 9_000_000_000_000_000
"""The next instant of a schedule that has none; that of a paused one is 0."""
REGISTERED_MS = 60_000
"""An application that was heard of within this time still has the schedule: schedulers report four times in it."""
AT_ONCE = 200
"""Schedules that one script reads."""

_RUN = re.compile(r"(\d{1,16}) (\d{1,16}) ([sn])(?: ([sdx]) (\d{1,16}))?\Z")


@dataclass(frozen=True, slots=True)
class Run:
    """One job of a schedule; times in unix ms.

    instant: for which it was fired. state: letter of the job's state now; the one in which it ended when its record is
    gone; empty when that is not known.
    """

    job_id: str
    instant: int
    at: int
    by_hand: bool
    state: str
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class StoredSchedule:
    """One schedule; times in unix ms, None when it did not happen.

    next: None while it is paused, or when it has ended. trigger: as `queue_core.triggers` describes it, empty when it
    is damaged. definition: as `Schedule.definition` has it. seen: when an application last registered it.
    fields: of docs/redis-data.md. payload: as much of it as was asked for. runs: the newest first.
    """

    name: str
    next: int | None
    trigger: Mapping[str, Any]
    definition: Mapping[str, Any]
    fields: Mapping[str, str]
    payload_size: int = 0
    payload: bytes = b""
    runs: tuple[Run, ...] = ()

    def time(self, field: str) -> int | None:
        """A time of `fields`, such as `seen`, `paused` or `last_at`."""
        return _number(self.fields.get(field)) or None

    def count(self, field: str) -> int:
        """A count of `fields`: `n` fired, `missed`, `skipped`."""
        return _number(self.fields.get(field))


@dataclass(frozen=True, slots=True)
class Page:
    """Schedules of one queue, read at one instant; heard: when a scheduler of the queue was last heard of (unix ms)."""

    now: int
    heard: int | None
    schedules: tuple[StoredSchedule, ...]


RunNow = tuple[Literal["enqueued", "exists", "held", "missing"], str]


class Schedules:
    """The schedules of one queue.

    Every method raises ServerUnavailable when Redis does not answer, and InvalidJob for a name that is none.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read(self, names: Sequence[str], *, runs: int = RUNS_KEPT, payload_bytes: int = 0) -> Page:
        """Schedules by name, at most 200; unknown ones are left out. Payloads are cut to the bytes asked for."""
        return page(self.engine.call("schedules", runs, payload_bytes, *map(check_job_id, names[:AT_ONCE])))

    def pause(self, name: str) -> str:
        """Fire it no more; `paused`, `missing`, or `already` when it was."""
        changed, state = self.engine.call("schedule_pause", check_job_id(name))
        return text(state) if changed or state == b"missing" else "already"

    def resume(self, name: str) -> str:
        """Fire it again, from its next instant after now on; `active`, `missing`, or `already` when it was not paused.

        When only its application can compute its instants, a scheduler gives it the next one within seconds.
        """
        (found,) = self.read([name], runs=0).schedules or (None,)
        upcoming = found and _next(triggers.parse(found.trigger), self._now())
        changed, state = self.engine.call("schedule_resume", check_job_id(name), upcoming or 0)
        return text(state) if changed or state == b"missing" else "already"

    def run_now(self, name: str) -> RunNow:
        """Enqueue its job at once, besides its instants; also while it is paused.

        Returns:
            (`enqueued`, the job's id), (`held`, the job that holds its unique key), or (`missing`, "").

        Raises:
            InvalidJob: what is stored of it is damaged. ServerFull: Redis is at its memory limit.
        """
        (found,) = self.read([name], runs=0, payload_bytes=2**30).schedules or (None,)
        if found is None:
            return "missing", ""
        fired = tracing.firing(self.engine.name, template(found, new_id()), name)
        code, who = self.engine.call("schedule_run", name, *fired.job.argv())
        if int(code) == 1:
            fired.made()
        outcomes: dict[int, Literal["enqueued", "exists", "held", "missing"]] = {
            1: "enqueued", 0: "exists", -1: "held", -2: "missing",
        }  # fmt: skip
        return outcomes[int(code)], text(who)

    def delete(self, name: str, *, unseen_ms: int = REGISTERED_MS) -> str:
        """Forget one that no application registers any more; `deleted`, `missing`, or `registered`, which it stays."""
        return text(self.engine.call("schedule_delete", check_job_id(name), unseen_ms)[1])

    def _now(self) -> datetime:
        with mapped_errors():
            seconds, micros = self.engine.client.time()
        return datetime.fromtimestamp(seconds + micros / 1e6, UTC)


def template(found: StoredSchedule, job_id: str) -> NewJob:
    """A job of a stored schedule.

    Raises:
        InvalidJob: its definition or its payload is damaged or missing.
    """
    known = {name: found.definition[name] for name in TEMPLATE if name in found.definition}
    whole = all(isinstance(value, str if name in ("type", "unique_key", "unique_mode") else int | None)
                for name, value in known.items())  # fmt: skip
    if not whole or not known.get("type") or not 0 < found.payload_size == len(found.payload):
        raise InvalidJob(f"schedule {found.name}: what is stored of it is damaged; start its scheduler to mend it")
    return NewJob(id=job_id, payload=found.payload, **known)


def page(reply: Sequence[Any]) -> Page:
    """Reply of the `schedules` script."""
    now, heard, rows = reply
    return Page(int(now), _number(text(heard)) or None, tuple(map(_row, rows)))


def _row(reply: Sequence[Any]) -> StoredSchedule:
    name, at, flat, size, payload, runs = reply
    fields = pairs(flat)
    upcoming = float(at)
    return StoredSchedule(
        text(name),
        int(upcoming) if 0 < upcoming < NEVER else None,
        triggers.read(fields.get("trg", "")),
        _definition(fields.get("def", "")),
        {key: value for key, value in fields.items() if key not in ("trg", "def")},
        int(size),
        bytes(payload),
        tuple(run for run in (_run(*each) for each in runs) if run),
    )


def _run(job_id: Any, remembered: Any, state: Any) -> Run | None:
    found = _RUN.match(text(remembered))
    if found is None:
        return None
    instant, at, how, end, ended = found.groups()
    now = "" if state == b"t" else text(state)
    ended_at = int(ended) if ended and now in ("", end) else None
    return Run(text(job_id), int(instant), int(at), how == "n", now or end or "", ended_at)


def _definition(stored: str) -> dict[str, Any]:
    try:
        found = json.loads(stored)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _next(trigger: Trigger | None, now: datetime) -> int | None:
    upcoming = trigger.after(now) if trigger else None
    return round(upcoming.timestamp() * 1000) if upcoming else None


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= 16 else 0
