"""Jobs that schedules make have a producer's span: one for each job that was made, and none for others."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from queue_core.connection import Client
from queue_core.engine import Engine
from queue_core.schedule import Schedule, every
from queue_core.scheduler import Scheduler
from queue_core.schedules import Schedules
from queue_core.tracing import traceparent

QUEUE, NAME = "reports", "nightly"


def scheduler(client: Client, ago: float = 0.0) -> Scheduler:
    seconds, micros = client.time()
    now = seconds + micros / 1e6 - ago
    return Scheduler(client, [Schedule(NAME, QUEUE, "reports.nightly", every(60), {})], clock=lambda: now)


def traces(client: Client) -> list[bytes | None]:
    """The traceparent of each pending job."""
    at = Engine(client, QUEUE).keys
    return [client.hget(at.job(each.decode()), "tp") for each in client.zrange(at.pending, 0, -1)]


def traced_as(span: ReadableSpan) -> bytes:
    return traceparent(span.context).encode()


def test_a_job_of_a_schedule_has_a_producers_span_with_the_schedules_name(
    redis_client: Client, spans: InMemorySpanExporter
) -> None:
    scheduler(redis_client, ago=120).register()
    assert scheduler(redis_client).fire_due() == 1
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind, span.parent) == (f"send {QUEUE}", SpanKind.PRODUCER, None)
    assert span.attributes
    assert span.attributes["queue_core.schedule.name"] == NAME
    assert str(span.attributes["messaging.message.id"]).startswith(f"cron:{NAME}:")
    assert traces(redis_client) == [traced_as(span)]


def test_a_scheduler_that_lost_the_race_sends_no_span(redis_client: Client, spans: InMemorySpanExporter) -> None:
    scheduler(redis_client, ago=120).register()
    first, second = scheduler(redis_client), scheduler(redis_client)
    engine = Engine(redis_client, QUEUE)
    ((_, expected),) = redis_client.zrange(engine.keys.schedules, 0, -1, withscores=True)
    schedule = first._schedules[NAME]
    fired = [each._fire(engine, schedule, int(expected), each._now()) for each in (first, second)]
    assert fired == [1, 0]
    assert len(spans.get_finished_spans()) == 1


def test_a_job_that_is_run_now_has_one_too(redis_client: Client, spans: InMemorySpanExporter) -> None:
    scheduler(redis_client).register()
    assert Schedules(Engine(redis_client, QUEUE)).run_now(NAME)[0] == "enqueued"
    (span,) = spans.get_finished_spans()
    assert traces(redis_client) == [traced_as(span)]


def test_who_runs_it_is_given_the_span_to_link_to(redis_client: Client, spans: InMemorySpanExporter) -> None:
    scheduler(redis_client, ago=120).register()
    scheduler(redis_client).fire_due()
    (sent,) = spans.get_finished_spans()
    (claimed,) = Engine(redis_client, QUEUE).settle("w", claim=1).claims
    assert claimed.traceparent == traceparent(sent.context)


class Raising(SpanProcessor):
    def on_start(self, span: Any, parent_context: Any = None) -> None:
        raise RuntimeError("no exporter")


def test_a_span_that_fails_costs_no_job(redis_client: Client, provider: TracerProvider) -> None:
    provider.add_span_processor(Raising())
    scheduler(redis_client, ago=120).register()
    assert scheduler(redis_client).fire_due() == 1
    assert traces(redis_client) in ([b""], [None])


def test_an_application_that_does_not_trace_makes_its_jobs_as_before(redis_client: Client) -> None:
    scheduler(redis_client, ago=120).register()
    assert scheduler(redis_client).fire_due() == 1
    assert traces(redis_client) in ([b""], [None])
