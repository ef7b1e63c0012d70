"""A stored job as a schedule of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from dashboard.adapters.apscheduler import instants as computed
from dashboard.adapters.apscheduler import triggers
from dashboard.adapters.apscheduler.stored import BY_HAND, StoredJob, schedule_id
from dashboard.adapters.contract import Payload, Schedule, Timing
from dashboard.durations import length
from dashboard.language import N_, gettext
from dashboard.redaction import Redaction
from dashboard.safe_pickle import as_json
from queue_core.triggers import instants

UPCOMING = 5
LAST_INSTANT = 32_503_680_000.0
"""The year 3000; a time beyond is shown as none."""


def schedule(source: str, queue: str, job: StoredJob) -> Schedule:
    """One job, as lists have it."""
    trigger = job.state.get("trigger")
    due = None if job.due is None or not 0 <= job.due < LAST_INSTANT else job.due
    name = gettext("%(name)s, run by hand", name=job.name) if job.id.startswith(BY_HAND) else job.name
    return Schedule(
        id=schedule_id(job.id),
        source=source,
        name=name,
        queue=queue,
        type=job.text("func"),
        timing=Timing(triggers.UNREADABLE) if job.problem else triggers.timing(trigger),
        paused=job.due is None,
        next_at=due,
        catch_up=_catch_up(job.state.get("coalesce")),
        overlap={None: "", 1: "skip"}.get(job.number("max_instances"), "allow"),
        facts=tuple(_facts(job)),
    )


def upcoming(job: StoredJob, now: float) -> tuple[float, ...]:
    """Its next instants: the one that is stored, and those that follow it by its trigger."""
    start = datetime.fromtimestamp(now, UTC)
    known = computed.computable(job.state.get("trigger"), start)
    if job.due is None:
        found = instants(known, start, UPCOMING) if known else []
        return tuple(each.timestamp() for each in found)
    if not 0 <= job.due < LAST_INSTANT:
        return ()
    due = datetime.fromtimestamp(job.due, UTC)
    after = instants(known, max(due, start), UPCOMING - 1) if known else []
    return tuple(each.timestamp() for each in (due, *after))


def payload(job: StoredJob, redaction: Redaction) -> Payload:
    """What it is called with, secrets hidden."""
    if job.problem:
        return Payload(size=job.size, undecodable=job.problem)
    held: Any = {"args": job.state.get("args"), "kwargs": job.state.get("kwargs")}
    found = as_json(held)
    shown = redaction.value(found.value)
    return Payload(shown.value, job.size, truncated=shown.too_deep or not found.whole, redacted=shown.hidden)


def _catch_up(coalesce: Any) -> str:
    if not isinstance(coalesce, bool):
        return ""
    return "one" if coalesce else "all"


def _facts(job: StoredJob) -> Iterator[tuple[str, str]]:
    if "misfire_grace_time" in job.state:
        grace = job.number("misfire_grace_time")
        yield N_("Late by at most"), gettext("any time") if grace is None else length(grace)
    put_off = triggers.jitter(job.state.get("trigger"))
    if put_off:
        yield N_("Jitter"), length(put_off)
    if (job.number("max_instances") or 1) > 1:
        yield N_("At once at most"), str(job.number("max_instances"))
    if job.text("executor"):
        yield N_("Executor"), job.text("executor")
