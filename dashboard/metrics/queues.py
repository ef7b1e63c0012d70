"""Families about queues: jobs by state, waits, workers, totals, histograms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dashboard.adapters.contract import Queue, State
from dashboard.metrics.families import Family

LABELS = ("queue", "source")


@dataclass(frozen=True, slots=True)
class _Gauge:
    name: str
    help: str
    value: Callable[[Queue], float | None]
    unit: str = ""


_GAUGES = (
    _Gauge(
        "redrive_queue_oldest_pending_seconds",
        "How long the longest waiting pending job has been pending; 0 when none is.",
        lambda queue: 0.0 if queue.pending == 0 else queue.oldest_pending_seconds,
        unit="seconds",
    ),
    _Gauge("redrive_queue_paused", "1 while the queue is paused.", lambda queue: _number(queue.paused)),
    _Gauge("redrive_workers", "Living workers that serve the queue.", lambda queue: queue.workers),
    _Gauge(
        "redrive_schedules_late",
        "Schedules whose instant passed more than a minute ago.",
        lambda queue: queue.schedules_late,
    ),
    _Gauge("redrive_stalled_jobs", "Jobs whose worker let its lease end.", lambda queue: queue.stalled),
)


def families(queues: Sequence[Queue]) -> Iterator[Family]:
    """All of them; a value that was not read has no series."""
    yield from _gauges(queues)
    yield from _totals(queues)
    duration = Family(
        "histogram", "redrive_job_duration_seconds", "Run time of successful runs.", LABELS, unit="seconds"
    )
    wait = Family("histogram", "redrive_job_wait_seconds", "Time from pending to start.", LABELS, unit="seconds")
    for queue in queues:
        if queue.run_seconds:
            duration.add_histogram((queue.name, queue.source), queue.run_seconds, queue.run_seconds_sum)
        if queue.wait_seconds:
            wait.add_histogram((queue.name, queue.source), queue.wait_seconds, queue.wait_seconds_sum)
    yield from (duration, wait)


def _gauges(queues: Sequence[Queue]) -> Iterator[Family]:
    jobs = Family("gauge", "redrive_jobs", "Jobs by state.", (*LABELS, "state"))
    for queue in queues:
        for state in State:
            count = queue.count(state)
            if count is not None:
                jobs.add((queue.name, queue.source, state.value), count)
    yield jobs
    for gauge in _GAUGES:
        family = Family("gauge", gauge.name, gauge.help, LABELS, unit=gauge.unit)
        for queue in queues:
            value = gauge.value(queue)
            if value is not None:
                family.add((queue.name, queue.source), value)
        yield family


def _totals(queues: Sequence[Queue]) -> Iterator[Family]:
    enqueued = Family("counter", "redrive_jobs_enqueued", "Jobs ever enqueued.", LABELS)
    finished = Family("counter", "redrive_jobs_finished", "Jobs ever finished.", ("outcome", *LABELS))
    retries = Family("counter", "redrive_job_retries", "Failed attempts that were to be retried.", LABELS)
    for queue in queues:
        labels, totals = (queue.name, queue.source), queue.totals
        if "enqueued" in totals:
            enqueued.add(labels, totals["enqueued"])
        if "retries" in totals:
            retries.add(labels, totals["retries"])
        for outcome in ("succeeded", "failed", "cancelled"):
            if outcome in totals:
                finished.add((outcome, *labels), totals[outcome])
    yield from (enqueued, finished, retries)


def _number(value: bool | None) -> int | None:
    return None if value is None else int(value)
