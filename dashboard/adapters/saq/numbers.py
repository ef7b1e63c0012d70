"""Numbers of SAQ's queues, and its workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import Capability, CurrentJob, Queue, Worker
from dashboard.adapters.mirrored import values
from dashboard.adapters.saq.access import Access

SHOWN_QUEUES = 50
SHOWN_WORKERS = 100
READ = 16_384


def queues(access: Access, now: float, able: Capability) -> list[Queue]:
    """All queues, in one script; `scheduled` is what is to run later, retries among them."""
    known, names = access.queues(), access.names
    if not known:
        access.server.ping()
        return []
    keys = [
        key
        for name in known
        for key in (names.queued(name), names.active(name), names.incomplete(name), names.stats(name))
    ]
    counted = access.server.run("counts", keys, [round(now * 1000), READ])
    return [_queue(access, name, row, now, able) for name, row in zip(known, counted, strict=True)]


def _queue(access: Access, name: str, row: Sequence[Any], now: float, able: Capability) -> Queue:
    waiting, running, unfinished, workers = (int(each) if int(each) >= 0 else None for each in row[:4])
    later = None
    if waiting is not None and running is not None and unfinished is not None:
        later = max(0, unfinished - waiting - running)
    since = values.seconds(values.record(row[4]).get("queued"))
    return Queue(
        access.server.source, name, "saq", pending=waiting, processing=running, scheduled=later, paused=False,
        oldest_pending_seconds=None if since is None else max(0.0, now - since), workers=workers, capabilities=able,
    )  # fmt: skip


def workers(access: Access, now: float) -> list[Worker]:
    """Workers of at most SHOWN_QUEUES queues, lost ones first."""
    known, names = access.queues()[:SHOWN_QUEUES], access.names
    if not known:
        access.server.ping()
        return []
    keys = [key for name in known for key in (names.stats(name), names.active(name))]
    found: list[Worker] = []
    for queue, (told, running) in zip(known, access.server.run("workers", keys, [SHOWN_WORKERS, READ]), strict=True):
        ids = [names.key_of(queue, values.text(each)) for each in running]
        busy = _running(access, queue, ids)
        rows = [told[i : i + 3] for i in range(0, len(told), 3)]
        found += [_worker(access.server.source, queue, row, busy, now) for row in rows]
    return sorted(found, key=lambda each: (not each.lost, each.id))


def _running(access: Access, queue: str, ids: Sequence[str]) -> dict[str, list[CurrentJob]]:
    jobs: dict[str, list[CurrentJob]] = defaultdict(list)
    for key, read in zip(ids, access.read(queue, ids), strict=True):
        record = values.record(read[1]) if read else {}
        worker = values.text(record.get("worker_id"))
        if worker:
            type_, started = values.text(record.get("function")), values.seconds(record.get("started"))
            jobs[worker].append(CurrentJob(key, queue, type_, started))
    return jobs


def _worker(source: str, queue: str, row: Sequence[Any], busy: dict[str, list[CurrentJob]], now: float) -> Worker:
    worker_id = values.text(row[0]).rpartition(":")[2]
    until = values.seconds(row[1])
    told = values.record(row[2]).get("stats")
    stats = told if isinstance(told, dict) else {}
    uptime = values.number(stats.get("uptime"))
    jobs = tuple(busy.get(worker_id, ()))
    return Worker(
        worker_id, source, "", None, "", (queue,), None, len(jobs), None if uptime is None else now - uptime / 1000,
        None, lost=until is None or until < now, jobs=jobs, succeeded=_count(stats, "complete"),
        failed_attempts=_count(stats, "failed"),
    )  # fmt: skip


def _count(stats: dict[str, Any], name: str) -> int | None:
    value = values.number(stats.get(name))
    return None if value is None else int(value)
