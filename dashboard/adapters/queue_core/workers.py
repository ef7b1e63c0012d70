"""Worker processes, as they report themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dashboard.adapters.contract import AdapterError, CurrentJob, Worker
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.records import decimal, whole
from dashboard.language import N_
from queue_core import keys
from queue_core.roster import Report


def workers(access: Access) -> list[Worker]:
    """All workers, lost ones first; `lost` by the server's clock, three heartbeats after the last.

    Raises AdapterError when the key that lists them is damaged.
    """
    roll = access.roll()
    if roll.workers_problem:
        raise AdapterError(
            N_("source %(source)s: the key %(key)s cannot be read: %(problem)s"),
            source=access.source, key=keys.workers(access.namespace), problem=roll.workers_problem,
        )  # fmt: skip
    found = [_worker(access.source, each, each.alive_until < roll.taken_at) for each in roll.workers]
    return sorted(found, key=lambda worker: (not worker.lost, worker.id))


def _worker(source: str, found: Report, lost: bool) -> Worker:
    report = found.fields
    heartbeat, lease = decimal(report.get("heartbeat")), decimal(report.get("lease"))
    return Worker(
        id=found.id,
        source=source,
        host=report.get("host", ""),
        pid=whole(report.get("pid")),
        version=report.get("version", ""),
        queues=tuple(str(queue) for queue in _list(report.get("queues"))),
        slots=whole(report.get("slots")),
        busy=whole(report.get("busy")),
        started_at=decimal(report.get("started")),
        heartbeat_at=heartbeat,
        lost=lost,
        memory_bytes=whole(report.get("rss")),
        jobs=tuple(_current(job) for job in _list(report.get("jobs")) if isinstance(job, dict)),
        stopping=report.get("stopping") == "1",
        succeeded=whole(report.get("done")),
        failed_attempts=whole(report.get("failed")),
        jobs_back_at=heartbeat + lease if lost and heartbeat is not None and lease is not None else None,
        problem=found.problem,
    )


def _current(job: Mapping[str, Any]) -> CurrentJob:
    started = job.get("started")
    return CurrentJob(
        str(job.get("id", "")),
        str(job.get("queue", "")),
        str(job.get("type", "")),
        float(started) if isinstance(started, int | float) else None,
    )


def _list(value: str | None) -> list[Any]:
    try:
        found = json.loads(value or "[]")
    except (ValueError, RecursionError):
        return []
    return found[:200] if isinstance(found, list) else []
