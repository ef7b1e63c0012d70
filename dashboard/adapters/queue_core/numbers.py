"""Queues with their numbers at one instant, and what their jobs did by type: one script for many queues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import Capability, JobType, JobTypes, Queue, Worker
from dashboard.adapters.queue_core.access import Access
from queue_core.job_types import STRETCHES, parse_types
from queue_core.stats import QueueStats, parse_stats

MINUTES_FOR_RATES = 3
READ_BESIDES = 20
AT_ONCE = 1_500
"""Reads of one script, about: a minute of a queue is one."""

CAPABILITIES = (
    Capability.REQUEUE
    | Capability.PURGE
    | Capability.RESTORE
    | Capability.CANCEL
    | Capability.EDIT
    | Capability.PAUSE
    | Capability.GROUPS
    | Capability.WORKERS
    | Capability.HISTORY
    | Capability.SCHEDULES
    | Capability.SCHEDULE_PAUSE
    | Capability.SCHEDULE_RUN
    | Capability.SCHEDULE_DELETE
    | Capability.MOVE
    | Capability.PURGE_WAITING
)

_TOTALS = {
    "enqueued": "e",
    "claimed": "c",
    "succeeded": "s",
    "failed": "d",
    "failed_attempts": "f",
    "cancelled": "x",
    "retries": "r",
    "requeued": "dq",
    "purged": "dp",
}


def queues(access: Access, kind: str, workers: Sequence[Worker] | None) -> list[Queue]:
    """All queues by name; one whose keys are damaged has a problem and no numbers. workers: None when not readable."""
    names = access.names()
    return [
        _queue(access.source, kind, name, found, workers) for name, found in _read(access, names, MINUTES_FOR_RATES)
    ]


def queue(access: Access, kind: str, name: str, workers: Sequence[Worker] | None) -> Queue:
    """One queue. Raises UnknownQueue."""
    access.engine(name)
    ((_, found),) = _read(access, (name,), MINUTES_FOR_RATES)
    return _queue(access.source, kind, name, found, workers)


def types(access: Access, name: str) -> JobTypes:
    """What the jobs of one queue did in the last hour by type. Raises UnknownQueue."""
    (reply,) = access.ask("types", [(access.engine(name).name, (STRETCHES,))])
    found = parse_types(reply)
    rows = [
        JobType(type_, stats.succeeded, stats.failed_attempts, stats.run_time.cumulative())
        for type_, stats in found.types.items()
    ]
    return JobTypes(found.since, tuple(sorted(rows, key=lambda row: (-row.attempts, row.name))))


def _read(access: Access, names: Sequence[str], minutes: int) -> list[tuple[str, QueueStats | str]]:
    calls = [(name, (minutes,)) for name in names]
    replies = access.ask("stats", calls, costs=[READ_BESIDES + minutes] * len(names), at_once=AT_ONCE, alone=True)
    return [(name, _parsed(name, reply)) for name, reply in zip(names, replies, strict=True)]


def _parsed(name: str, reply: Any) -> QueueStats | str:
    """A queue's numbers, or why there are none: somebody else wrote into its keys."""
    if isinstance(reply, Exception):
        return str(reply)
    try:
        return parse_stats(name, reply)
    except (ValueError, TypeError) as error:
        return str(error) or type(error).__name__


def _queue(source: str, kind: str, name: str, found: QueueStats | str, workers: Sequence[Worker] | None) -> Queue:
    if isinstance(found, str):
        return Queue(source, name, kind, capabilities=CAPABILITIES, problem=found)
    serving = [worker for worker in workers or () if name in worker.queues and not worker.lost]
    return Queue(
        source=source,
        name=name,
        kind=kind,
        pending=found.pending,
        processing=found.processing,
        scheduled=found.scheduled,
        retrying=found.retrying,
        failed=found.failed,
        succeeded=found.succeeded,
        cancelled=found.cancelled,
        paused=found.paused,
        oldest_pending_seconds=found.oldest_pending_seconds,
        stalled=found.stalled,
        workers=None if workers is None else len(serving),
        slots=None if workers is None else sum(worker.slots or 0 for worker in serving),
        enqueued_per_minute=_rate(found, "enqueued"),
        succeeded_per_minute=_rate(found, "succeeded"),
        failed_per_minute=_rate(found, "failed_attempts"),
        dead_per_minute=_rate(found, "dead"),
        schedules=found.schedules,
        schedules_late=found.schedules_late,
        next_schedule_at=found.next_schedule,
        scheduler_heard_at=found.scheduler_heard,
        totals={ours: found.counters.get(theirs, 0) for ours, theirs in _TOTALS.items()},
        run_seconds=found.run_time.cumulative(),
        run_seconds_sum=found.run_time.sum_seconds,
        wait_seconds=found.wait_time.cumulative(),
        wait_seconds_sum=found.wait_time.sum_seconds,
        by_type=found.by_type,
        types_ever=tuple(JobType(name, done, failed) for name, (done, failed) in found.types_ever.items()),
        capabilities=CAPABILITIES,
    )


def _rate(found: QueueStats, name: str) -> float | None:
    """Per minute over the last 60 seconds: the present minute, and of the one before the part that still counts."""
    values = found.minutes.get(name, ())
    if len(values) < 2:
        return None
    passed = found.taken_at % 60 / 60
    return round((values[-1] or 0) + (values[-2] or 0) * (1 - passed), 2)
