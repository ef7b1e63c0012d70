"""Worker processes, as they report themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dashboard.adapters.contract import CurrentJob, Worker
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.records import decimal, whole
from queue_core import keys
from queue_core.replies import pairs, text

MOST_WORKERS = 2_000


def workers(access: Access) -> list[Worker]:
    """All workers, lost ones first; `lost` by the server's clock, three heartbeats after the last."""
    pipeline = access.pipeline()
    pipeline.time()
    pipeline.zrevrange(keys.workers(access.namespace), 0, MOST_WORKERS - 1, withscores=True)
    now, listed = access.replies(pipeline)
    if isinstance(now, Exception) or isinstance(listed, Exception) or not listed:
        return []
    names = [(text(name), float(until)) for name, until in listed]
    pipeline = access.pipeline()
    for name, _ in names:
        pipeline.hgetall(keys.worker(name, access.namespace))
    clock = now[0] + now[1] / 1e6
    found = [
        _worker(access.source, name, until < clock, _fields(reply))
        for (name, until), reply in zip(names, access.replies(pipeline), strict=True)
    ]
    return sorted(found, key=lambda worker: (not worker.lost, worker.id))


def _fields(reply: Any) -> dict[str, str]:
    if isinstance(reply, dict):
        return {text(name): text(value) for name, value in reply.items()}
    return pairs(reply) if isinstance(reply, list) else {}


def _worker(source: str, name: str, lost: bool, report: Mapping[str, str]) -> Worker:
    return Worker(
        id=name,
        source=source,
        host=report.get("host", ""),
        pid=whole(report.get("pid")),
        version=report.get("version", ""),
        queues=tuple(str(queue) for queue in _list(report.get("queues"))),
        slots=whole(report.get("slots")),
        busy=whole(report.get("busy")),
        started_at=decimal(report.get("started")),
        heartbeat_at=decimal(report.get("heartbeat")),
        lost=lost,
        memory_bytes=whole(report.get("rss")),
        jobs=tuple(_current(job) for job in _list(report.get("jobs")) if isinstance(job, dict)),
        stopping=report.get("stopping") == "1",
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
