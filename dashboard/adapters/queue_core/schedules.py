"""Schedules of all queues: a page of them, one whole, and what can be done to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dashboard.adapters.contract import (
    ActionRefused,
    Page,
    Schedule,
    ScheduledRun,
    Timing,
    UnknownSchedule,
    Unread,
)
from dashboard.adapters.queue_core import across, payloads
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.across import Asked, Found, Sizes
from dashboard.adapters.queue_core.records import STATES
from dashboard.language import N_
from dashboard.redaction import Redaction
from queue_core import keys, replies, triggers
from queue_core import schedules as stored
from queue_core.errors import InvalidJob
from queue_core.schedules import Run, Schedules, StoredSchedule

RUNS_OF_A_LIST = 10
UPCOMING = 5
AT_ONCE = 1_500
"""Reads of one script, about."""
PLACES_AT_ONCE = 13_000
FIELDS = 4

Named = tuple[str, str]
"""A schedule by its queue and name."""


class ScheduleList:
    """The schedules of a source; an id is `<queue>:<name>`."""

    def __init__(self, access: Access, redaction: Redaction) -> None:
        self.access = access
        self.redaction = redaction

    def page(self, queue: str, cursor: str, limit: int) -> Page[Schedule]:
        """Paused ones first, then by their next instant, those that have none last."""
        names = (self.access.engine(queue).name,) if queue else self.access.names()
        share = min(limit + 1, -(-2 * (limit + 1) // max(1, len(names))) + 4)
        found = across.page(names, "asc", self._places, cursor, Sizes(share, min(limit + 1, 3 * share)), limit=limit)
        known, unread = self._whole(found.items)
        rows = [(known[each], at) for each, at in zip(found.items, found.cursors, strict=True) if each in known]
        return Page(
            tuple(row for row, _ in rows), found.next_cursor, total=found.total, complete=found.complete,
            cursors=tuple(at for _, at in rows), unread=found.unread + unread,
        )  # fmt: skip

    def one(self, schedule_id: str) -> Schedule:
        """One schedule with its arguments, its runs and its next instants. Raises UnknownSchedule."""
        queue, name = self._split(schedule_id)
        (reply,) = self.access.ask("schedules", [(queue, (stored.RUNS_KEPT, payloads.READ_BYTES, name))])
        page = stored.page(reply)
        if not page.schedules:
            raise self._unknown(schedule_id)
        found = page.schedules[0]
        return replace(
            self._schedule(queue, found, page.heard),
            payload=payloads.decode(found.payload, found.payload_size, self.redaction),
            upcoming=_upcoming(found.trigger, page.now),
        )

    def pause(self, schedule_id: str) -> None:
        """Raises UnknownSchedule, ActionRefused."""
        name, schedules = self._schedules(schedule_id)
        with self.access.errors():
            outcome = schedules.pause(name)
        self._check(schedule_id, outcome, N_("schedule %(name)s is paused already"), name)

    def resume(self, schedule_id: str) -> None:
        """Raises UnknownSchedule, ActionRefused."""
        name, schedules = self._schedules(schedule_id)
        with self.access.errors():
            outcome = schedules.resume(name)
        self._check(schedule_id, outcome, N_("schedule %(name)s is not paused"), name)

    def run_now(self, schedule_id: str) -> str:
        """The id of the job. Raises UnknownSchedule, ActionRefused."""
        name, schedules = self._schedules(schedule_id)
        try:
            with self.access.errors():
                outcome, who = schedules.run_now(name)
        except InvalidJob as error:
            raise ActionRefused(str(error)) from error
        if outcome == "held":
            raise ActionRefused(
                N_("job %(job)s holds the unique key of schedule %(name)s and has not ended; nothing was enqueued"),
                job=who, name=name,
            )  # fmt: skip
        self._check(schedule_id, outcome, N_("schedule %(name)s was not run"), name)
        return who

    def delete(self, schedule_id: str) -> None:
        """Raises UnknownSchedule, ActionRefused."""
        name, schedules = self._schedules(schedule_id)
        with self.access.errors():
            outcome = schedules.delete(name)
        if outcome == "registered":
            raise ActionRefused(
                N_(
                    "an application still registers schedule %(name)s and would bring it back: take it out of the"
                    " application first, or pause it"
                ),
                name=name,
            )
        self._check(schedule_id, outcome, "", name)

    def _check(self, schedule_id: str, outcome: str, already: str, name: str) -> None:
        if outcome == "missing":
            raise self._unknown(schedule_id)
        if outcome in ("already", "exists"):
            raise ActionRefused(already, name=name)

    def _schedules(self, schedule_id: str) -> tuple[str, Schedules]:
        queue, name = self._split(schedule_id)
        return name, Schedules(self.access.engine(queue))

    def _split(self, schedule_id: str) -> Named:
        queue, _, name = schedule_id.partition(":")
        if not keys.QUEUE_NAME.match(queue) or not keys.JOB_ID.match(name):
            raise self._unknown(schedule_id)
        return self.access.engine(queue).name, name

    def _unknown(self, schedule_id: str) -> UnknownSchedule:
        return UnknownSchedule(
            N_("source %(source)s has no schedule %(id)s"), source=self.access.source, id=schedule_id[:120]
        )

    def _places(self, asked: Sequence[Asked]) -> list[Found[Named]]:
        """Where the next schedules of several queues stand."""
        calls = [(name, ("cr", "asc", size, at.score, at.id, "-inf", "+inf", "")) for name, at, size in asked]
        found = self.access.ask("page", calls, costs=[size for _, _, size in asked], at_once=PLACES_AT_ONCE)
        return [
            Found(broken=str(reply)) if isinstance(reply, Exception) else _found(each, replies.places(reply))
            for each, reply in zip(asked, found, strict=True)
        ]

    def _whole(self, wanted: Sequence[Named]) -> tuple[dict[Named, Schedule], tuple[Unread, ...]]:
        """Schedules by queue and name, and the queues whose schedules cannot be read."""
        by_queue: dict[str, list[str]] = {}
        for queue, name in wanted:
            by_queue.setdefault(queue, []).append(name)
        calls = [(queue, (RUNS_OF_A_LIST, 0, *names)) for queue, names in by_queue.items()]
        costs = [(FIELDS + RUNS_OF_A_LIST) * len(names) for names in by_queue.values()]
        answers = self.access.ask("schedules", calls, costs=costs, at_once=AT_ONCE, alone=True)
        found: dict[Named, Schedule] = {}
        unread: list[Unread] = []
        for queue, reply in zip(by_queue, answers, strict=True):
            if isinstance(reply, Exception):
                unread.append(Unread("", queue, str(reply)))
                continue
            page = stored.page(reply)
            found |= {(queue, each.name): self._schedule(queue, each, page.heard) for each in page.schedules}
        return found, tuple(unread)

    def _schedule(self, queue: str, found: StoredSchedule, heard: int | None) -> Schedule:
        paused, definition = found.time("paused"), found.definition
        return Schedule(
            id=f"{queue}:{found.name}", source=self.access.source, name=found.name, queue=queue,
            type=_text(definition.get("type")), timing=_timing(found.trigger), paused=paused is not None,
            paused_at=_seconds(paused), next_at=_seconds(found.next), last_instant=_seconds(found.time("last")),
            last_at=_seconds(found.time("last_at")), count=found.count("n"), missed=found.count("missed"),
            missed_at=_seconds(found.time("missed_at")), skipped=found.count("skipped"),
            skipped_at=_seconds(found.time("skip_at")), seen_at=_seconds(found.time("seen")), heard_at=_seconds(heard),
            catch_up=_text(definition.get("catch_up")), overlap=_text(definition.get("overlap")),
            priority=_whole(definition.get("priority")), max_retries=_whole(definition.get("max_retries")),
            timeout=_seconds(_whole(definition.get("timeout"))), runs=tuple(map(_run, found.runs)),
        )  # fmt: skip


def _found(asked: Asked, page: replies.Places) -> Found[Named]:
    name, _, size = asked
    at = page.places
    rows = tuple(((name, place.id), place) for place in at if keys.JOB_ID.match(place.id))
    return Found(rows, at[-1:], ended=len(at) < size, total=page.total)


def _run(run: Run) -> ScheduledRun:
    instant = None if run.by_hand else run.instant
    state = STATES.get(run.state)
    return ScheduledRun(run.job_id, _seconds(run.at), _seconds(instant), run.by_hand, state, _seconds(run.ended_at))


def _timing(trigger: Mapping[str, Any]) -> Timing:
    zone = _text(trigger.get("zone"))
    if triggers.parse(trigger) is None:
        return Timing(_text(trigger.get("other") or trigger.get("cron")) or "not readable", zone=zone)
    if "cron" in trigger:
        return Timing(trigger["cron"], expression=trigger["cron"], zone=zone or "UTC")
    return Timing(f"every {trigger['every']:g} s", seconds=float(trigger["every"]))


def _upcoming(trigger: Mapping[str, Any], now: int) -> tuple[float, ...]:
    parsed = triggers.parse(trigger)
    start = datetime.fromtimestamp(now / 1000, UTC)
    return tuple(each.timestamp() for each in triggers.instants(parsed, start, UPCOMING)) if parsed else ()


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
