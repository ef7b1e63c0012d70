"""`/metrics`: one collector reads every source at the scrape; counters live in Redis, so any process answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder

from dashboard import __version__
from dashboard.adapters.contract import AdapterError, Queue, State
from dashboard.adapters.snapshot import Snapshot
from dashboard.services import Services
from dashboard.web import services

blueprint = Blueprint("metrics", __name__)

LABELS = ("source", "queue")
STATES = (
    State.PENDING,
    State.PROCESSING,
    State.SCHEDULED,
    State.RETRYING,
    State.FAILED,
    State.SUCCEEDED,
    State.CANCELLED,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Gauge:
    name: str
    help: str
    value: Callable[[Queue], float | None]


_GAUGES = (
    _Gauge(
        "redrive_queue_oldest_pending_seconds",
        "How long the longest waiting pending job has been pending; 0 when none is.",
        lambda queue: 0.0 if queue.pending == 0 else queue.oldest_pending_seconds,
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


@blueprint.get("/metrics")
def metrics() -> Response:
    """All metrics, in the format the scraper prefers."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector(services()))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), content_type=content_type)


class Collector:
    """Everything known at one instant. A source that does not answer has no series but `redrive_source_up` 0."""

    def __init__(self, bundle: Services) -> None:
        self.bundle = bundle

    def describe(self) -> list[Metric]:
        """Nothing: registering must read nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All metric families."""
        started = time.perf_counter()
        snapshot = self.bundle.sources.snapshot()
        up = GaugeMetricFamily("redrive_source_up", "1 while the source answers.", labels=["source"])
        for source in snapshot.sources:
            up.add_metric([source.name], float(source.up))
        yield up
        queues = [queue for source in snapshot.sources if source.up for queue in source.scheduling]
        yield from _queue_gauges(queues)
        yield from _queue_totals(queues)
        yield _histogram("redrive_job_duration_seconds", "Run time of successful runs.", queues, "run_seconds")
        yield _histogram("redrive_job_wait_seconds", "Time from pending to start.", queues, "wait_seconds")
        yield from self._operations()
        yield from self._alerts()
        yield from _about(snapshot, started)

    def _operations(self) -> Iterator[Metric]:
        counts = _read(self.bundle.operations.counts)
        if counts is not None:
            family = GaugeMetricFamily("redrive_operations", "Operations by state.", labels=["action", "state"])
            for labels, count in counts.items():
                family.add_metric(labels, count)
            yield family

    def _alerts(self) -> Iterator[Metric]:
        book = self.bundle.alerts
        alerts, totals, last_run = _read(book.alerts), _read(book.delivery_totals), _read(book.last_run)
        if alerts is not None:
            states: dict[tuple[str, str], int] = {}
            for alert in alerts:
                key = (alert.rule, alert.state.value)
                states[key] = states.get(key, 0) + 1
            family = GaugeMetricFamily("redrive_alerts", "Alerts by rule and state.", labels=["rule", "state"])
            for labels, count in states.items():
                family.add_metric(labels, count)
            yield family
        if totals is not None:
            sent = CounterMetricFamily("redrive_alert_deliveries", "Messages by result.", labels=["channel", "result"])
            for labels, count in totals.items():
                sent.add_metric(labels, count)
            yield sent
        if last_run is not None:
            yield GaugeMetricFamily(
                "redrive_alert_evaluator_last_run_timestamp_seconds", "When rules were last evaluated.", value=last_run
            )


def _queue_gauges(queues: list[Queue]) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("redrive_jobs", "Jobs by state.", labels=[*LABELS, "state"])
    for queue in queues:
        for state in State:
            count = queue.count(state)
            if count is not None:
                jobs.add_metric([queue.source, queue.name, state.value], count)
    yield jobs
    for gauge in _GAUGES:
        family = GaugeMetricFamily(gauge.name, gauge.help, labels=LABELS)
        for queue in queues:
            value = gauge.value(queue)
            if value is not None:
                family.add_metric([queue.source, queue.name], value)
        yield family


def _queue_totals(queues: list[Queue]) -> Iterator[Metric]:
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


def _histogram(name: str, text: str, queues: list[Queue], field: str) -> Metric:
    family = HistogramMetricFamily(name, text, labels=LABELS)
    for queue in queues:
        rows: tuple[tuple[float, int], ...] = getattr(queue, field)
        if rows:
            buckets = [("+Inf" if bound == float("inf") else repr(float(bound)), float(count)) for bound, count in rows]
            family.add_metric([queue.source, queue.name], buckets, getattr(queue, f"{field}_sum"))
    return family


def _about(snapshot: Snapshot, started: float) -> Iterator[Metric]:
    yield GaugeMetricFamily("redrive_sources", "Configured sources.", value=len(snapshot.sources))
    build = GaugeMetricFamily("redrive_build_info", "Always 1.", labels=["version"])
    build.add_metric([__version__], 1)
    yield build
    taken = time.perf_counter() - started
    yield GaugeMetricFamily("redrive_scrape_duration_seconds", "How long reading all sources took.", value=taken)


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)


def _read(read: Callable[[], T]) -> T | None:
    """What the dashboard's store says, None when it does not answer."""
    with suppress(AdapterError):
        return read()
    return None
