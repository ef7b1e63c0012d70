"""Queues with their numbers, each read at one instant by one script for many queues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import Capability, Queue, Worker
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.values import moment, whole

AT_ONCE = 100
LOOKED_AT = 50
"""Scheduled jobs of a queue that are looked at to tell tries from first runs; of more, their number alone is known."""

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
)


def queues(access: Access, kind: str, workers: Sequence[Worker]) -> list[Queue]:
    """All queues by name; what is damaged or not kept is None."""
    names = access.names()
    chunks = [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]
    replies = access.run_many("queues", [(LOOKED_AT, *chunk) for chunk in chunks])
    found: list[Queue] = []
    for chunk, (at, suspended, rows) in zip(chunks, replies, strict=True):
        common = Queue(access.source, "", kind, paused=bool(suspended), pauses_source=True, capabilities=CAPABILITIES)
        found += [_queue(replace(common, name=name), float(at), row) for name, row in zip(chunk, rows, strict=True)]
    return [_served(queue, workers) for queue in found]


def _queue(queue: Queue, at: float, row: Sequence[Any]) -> Queue:
    waiting, between, running, abandoned, later, deferred, ready, failed, finished, canceled = map(whole, row[:10])
    enqueued, retrying, pending = moment(row[10]), whole(row[11]), _sum(waiting, between, ready)
    return replace(
        queue,
        pending=pending,
        processing=running,
        scheduled=_sum(None if later is None else later - (retrying or 0), deferred),
        retrying=retrying,
        failed=failed,
        succeeded=finished,
        cancelled=canceled,
        oldest_pending_seconds=0.0 if pending == 0 else None if enqueued is None else max(0.0, at - enqueued),
        stalled=abandoned,
    )


def _served(queue: Queue, workers: Sequence[Worker]) -> Queue:
    serving = [worker for worker in workers if queue.name in worker.queues and not worker.lost]
    return replace(queue, workers=len(serving), slots=sum(worker.slots or 0 for worker in serving))


def _sum(*values: int | None) -> int | None:
    return None if any(value is None for value in values) else sum(value or 0 for value in values)
