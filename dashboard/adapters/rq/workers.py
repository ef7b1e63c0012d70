"""Worker processes, as they report themselves: one of them runs one job at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import CurrentJob, Worker
from dashboard.adapters.rq import briefs
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.values import moment, shown, text, whole
from dashboard.language import N_

AT_ONCE = 100
LATE = 0.85
"""A worker that has used up this part of the time for which its report is kept is overdue: it renews it long before."""

UNTIMED_SECONDS = 480.0
MOST_ORPHANS = 20
"""Overdue jobs of a queue that are looked at to say which worker had them."""

AFTER = N_(
    "RQ fails its job, or tries it again, when a worker of the queue cleans up: at its start and every 10 minutes."
)

FIELDS = (
    "birth", "last_heartbeat", "queues", "pid", "hostname", "version", "state", "successful_job_count",
    "failed_job_count", "death", "current_job", "shutdown_requested_date",
)  # fmt: skip


def workers(access: Access) -> list[Worker]:
    """All workers, lost ones first; one that ended in good order is none any more."""
    names = access.workers()
    chunks = [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]
    found: list[tuple[str, float, int, dict[str, str], list[str]]] = []
    for chunk, (at, rows) in zip(chunks, access.run_many("workers", chunks), strict=True):
        for name, (left, values, members) in zip(chunk, rows, strict=True):
            fields = briefs.named(values, FIELDS)
            if not fields["death"]:
                found.append((name, float(at), int(left), fields, _running(fields, members)))
    current = _current(access, sorted({job_id for *_, ids in found for job_id in ids}))
    made = [_worker(access.source, *row[:4], jobs=_jobs(row[4], current)) for row in found]
    if any(worker.lost and not worker.jobs for worker in made):
        orphans = _orphans(access)
        made = [_with_orphans(worker, orphans) if worker.lost and not worker.jobs else worker for worker in made]
    return sorted(made, key=lambda worker: (not worker.lost, worker.id))


def job_of(member: str) -> str:
    """The job of a member of the registry of running jobs: `id:execution`, in RQ 1 the id alone."""
    return member.rpartition(":")[0] or member


def _orphans(access: Access) -> list[tuple[str, CurrentJob]]:
    """Overdue jobs with the name of the worker that had them, whose own report is gone."""
    names = access.names()
    chunks = [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]
    rows = [row for reply in access.run_many("orphans", [(MOST_ORPHANS, *chunk) for chunk in chunks]) for row in reply]
    found = [tuple(map(shown, row)) for row in rows]
    current = _current(access, [job_id for _, job_id, _ in found])
    return [(worker, current.get(job_id) or CurrentJob(job_id, queue, "", None)) for queue, job_id, worker in found]


def _with_orphans(worker: Worker, orphans: Sequence[tuple[str, CurrentJob]]) -> Worker:
    jobs = tuple(job for name, job in orphans if name == worker.id)
    queues = worker.queues or tuple(sorted({job.queue for job in jobs if job.queue}))
    return replace(worker, jobs=jobs, queues=queues)


def _running(fields: dict[str, str], members: Sequence[Any]) -> list[str]:
    ids = [job_of(each) for each in map(text, members) if each]
    return list(dict.fromkeys([*ids, *([fields["current_job"]] if fields["current_job"] else [])]))


def _current(access: Access, ids: Sequence[str]) -> dict[str, CurrentJob]:
    return {
        brief.id: CurrentJob(brief.id, brief.fields["origin"], brief.type, moment(brief.fields["started_at"]))
        for brief in briefs.read(access, ids)
        if brief is not None
    }


def _jobs(ids: Sequence[str], known: dict[str, CurrentJob]) -> tuple[CurrentJob, ...]:
    return tuple(known.get(job_id) or CurrentJob(job_id, "", "", None) for job_id in ids)


def _worker(
    source: str, name: str, at: float, left: int, fields: dict[str, str], *, jobs: tuple[CurrentJob, ...]
) -> Worker:
    heartbeat = moment(fields["last_heartbeat"])
    gone = left == -2
    return Worker(
        id=name,
        source=source,
        host=fields["hostname"],
        pid=whole(fields["pid"]),
        version="",
        queues=tuple(queue for queue in fields["queues"].split(",") if queue),
        slots=None if gone else 1,
        busy=None if gone else int(fields["state"] == "busy"),
        started_at=moment(fields["birth"]),
        heartbeat_at=heartbeat,
        lost=gone or _overdue(at, heartbeat, left),
        jobs=jobs,
        jobs_after=AFTER,
        stopping=bool(fields["shutdown_requested_date"]),
        succeeded=None if gone else whole(fields["successful_job_count"]) or 0,  # not written before the first one
        failed_attempts=None if gone else whole(fields["failed_job_count"]) or 0,
    )


def _overdue(at: float, heartbeat: float | None, left: int) -> bool:
    if heartbeat is None:
        return False
    silent = at - heartbeat
    return silent > (LATE * (silent + left / 1000) if left >= 0 else UNTIMED_SECONDS)
