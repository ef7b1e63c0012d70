"""Workers and the tasks they run, from what they told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.celery.bindings import Bindings
from dashboard.adapters.celery.results import said
from dashboard.adapters.celery.roster import FRESH_SECONDS, Seen, Told
from dashboard.adapters.contract import CurrentJob, Worker
from dashboard.language import N_

LOST_SECONDS = 60.0
"""Without an answer, a worker is lost; one that runs tasks in its only thread does not answer while it does."""
ONE_THREAD = "solo"
MOST_JOBS = 200
AFTER = N_("What it had acknowledged is lost; what it had not is delivered again after the visibility timeout.")


@dataclass(frozen=True, slots=True)
class Running:
    """A task that a worker runs; late: it is acknowledged only when it has ended."""

    id: str
    queue: str
    type: str
    worker: str
    started_at: float | None
    late: bool


def workers(source: str, seen: Seen, bindings: Bindings, now: float) -> list[Worker]:
    """All workers, lost ones first."""
    found = [_worker(source, each, bindings, now) for each in seen.workers]
    return sorted(found, key=lambda worker: (not worker.lost, worker.id))


def running(seen: Seen, bindings: Bindings, now: float) -> list[Running]:
    """All tasks that workers said lately they run, the newest first."""
    found = [task for worker in seen.alive(now) for task in _tasks(worker, bindings)]
    return sorted(found, key=lambda task: (-(task.started_at or 0.0), task.id))


def slots(told: Told) -> int | None:
    """How many tasks a worker runs at once."""
    return _whole(_dict(told.stats.get("pool")).get("max-concurrency"))


def _worker(source: str, told: Told, bindings: Bindings, now: float) -> Worker:
    pool, quiet = _dict(told.stats.get("pool")), now - told.heard_at
    heard = quiet <= FRESH_SECONDS
    uptime = _number(told.stats.get("uptime"))
    tasks = _tasks(told, bindings) if heard else []
    return Worker(
        id=told.name,
        source=source,
        host=told.name.partition("@")[2],
        pid=_whole(told.stats.get("pid")),
        version="",
        queues=told.queues or (),
        slots=slots(told),
        busy=len(told.active) if heard and told.active is not None else None,
        started_at=None if uptime is None else told.heard_at - uptime,
        heartbeat_at=told.heard_at,
        lost=quiet > LOST_SECONDS and ONE_THREAD not in said(pool.get("implementation")),
        jobs_after=AFTER,
        jobs=tuple(CurrentJob(task.id, task.queue, task.type, task.started_at) for task in tasks[:MOST_JOBS]),
    )


def _tasks(told: Told, bindings: Bindings) -> list[Running]:
    return [_task(each, told.name, bindings) for each in told.active or () if said(each.get("id"))]


def _task(each: Mapping[str, Any], worker: str, bindings: Bindings) -> Running:
    info = _dict(each.get("delivery_info"))
    key = said(info.get("routing_key"))
    return Running(
        id=said(each.get("id")),
        queue=bindings.queue_of(key, said(info.get("exchange"))) or key,
        type=said(each.get("name") or each.get("type")),
        worker=worker,
        started_at=_number(each.get("time_start")),
        late=each.get("acknowledged") is False,
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11
    return float(value) if fits else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
