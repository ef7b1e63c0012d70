"""Families about queues: jobs by state, waits, workers, totals, histograms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from dashboard.adapters.contract import Queue, State

LABELS = ("source", "queue")


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


def families(queues: Sequence[Queue]) -> Iterator[Metric]:
    """All of them; a value that was not read has no series."""
    yield from _gauges(queues)
    yield from _totals(queues)
    yield _histogram("redrive_job_duration_seconds", "Run time of successful runs.", queues, "run_seconds")
    yield _histogram("redrive_job_wait_seconds", "Time from pending to start.", queues, "wait_seconds")


def _gauges(queues: Sequence[Queue]) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("redrive_jobs", "Jobs by state.", labels=[*LABELS, "state"])
    for queue in queues:
        for state in State:
            count = queue.count(state)
            if count is not None:
                jobs.add_metric([queue.source, queue.name, state.value], count)
    yield jobs
    for gauge in _GAUGES:
        family = GaugeMetricFamily(gauge.name, gauge.help, labels=LABELS, unit=gauge.unit)
        for queue in queues:
            value = gauge.value(queue)
            if value is not None:
                family.add_metric([queue.source, queue.name], value)
        yield family


def _totals(queues: Sequence[Queue]) -> Iterator[Metric]:
    enqueued = CounterMetricFamily("redrive_jobs_enqueued", "Jobs ever enqueued.", labels=LABELS)
    finished = CounterMetricFamily("redrive_jobs_finished", "Jobs ever finished.", labels=[*LABELS, "outcome"])
    retries = CounterMetricFamily("redrive_job_retries", "Failed attempts that were to be retried.", labels=LABELS)
    for queue in queues:
        labels, totals = [queue.source, queue.name], queue.totals
        if "enqueued" in totals:
            enqueued.add_metric(labels, totals["enqueued"])
        if "retries" in totals:
            retries.add_metric(labels, totals["retries"])
        for outcome in ("succeeded", "failed", "cancelled"):
            if outcome in totals:
                finished.add_metric([*labels, outcome], totals[outcome])
    yield from (enqueued, finished, retries)


def _histogram(name: str, text: str, queues: Sequence[Queue], field: str) -> Metric:
    family = HistogramMetricFamily(name, text, labels=LABELS, unit="seconds")
    for queue in queues:
        rows: tuple[tuple[float, int], ...] = getattr(queue, field)
        if rows:
            buckets = [("+Inf" if bound == float("inf") else repr(float(bound)), float(count)) for bound, count in rows]
            family.add_metric([queue.source, queue.name], buckets, getattr(queue, f"{field}_sum"))
    return family


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)
