"""`/metrics` gives the engine's own numbers in both formats, and nothing for a source that does not answer."""

from __future__ import annotations

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from pydantic import TypeAdapter

from dashboard.alerts.records import Evaluation
from dashboard.metrics.stored import RESULTS
from dashboard.store import Store
from queue_core.stats import queue_stats
from tests.conftest import RealServer
from tests.contract.seeders.queue_core import Seeder
from tests.metrics.conftest import client_of, samples, value

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
FORMATS = {"text/plain; version=0.0.4; charset=utf-8", "application/openmetrics-text; version=1.0.0; charset=utf-8"}
QUEUE = {"source": "main", "queue": "mail"}


def test_every_number_is_the_engines(seeder: Seeder, redis_url: str) -> None:
    seeder.failed("mail", 4)
    seeder.succeeded("mail", 3)
    seeder.retrying("mail", 2)
    seeder.cancelled("mail", 1)
    seeder.pending("mail", 5)
    seeder.schedule("mail", ago=600)
    client = client_of(redis_url)
    stats = queue_stats(seeder.client, "mail")
    for state in ("pending", "processing", "scheduled", "retrying", "failed", "succeeded", "cancelled"):
        assert value(client, "redrive_jobs", **QUEUE, state=state) == getattr(stats, state)
    assert value(client, "redrive_jobs_enqueued_total", **QUEUE) == stats.enqueued_total == 15
    assert value(client, "redrive_jobs_finished_total", **QUEUE, outcome="succeeded") == 3
    assert value(client, "redrive_jobs_finished_total", **QUEUE, outcome="failed") == 4
    assert value(client, "redrive_jobs_finished_total", **QUEUE, outcome="cancelled") == 1
    assert value(client, "redrive_job_retries_total", **QUEUE) == 2
    assert value(client, "redrive_queue_paused", **QUEUE) == 0
    assert value(client, "redrive_workers", **QUEUE) == 0
    assert value(client, "redrive_stalled_jobs", **QUEUE) == 0
    assert value(client, "redrive_schedules_late", **QUEUE) == 1
    assert (value(client, "redrive_queue_oldest_pending_seconds", **QUEUE) or 0) > 0


def test_histograms_are_cumulative_and_complete(seeder: Seeder, redis_url: str) -> None:
    seeder.succeeded("mail", 3)
    seeder.failed("mail", 2)
    client = client_of(redis_url)
    for name, count in (("redrive_job_duration_seconds", 3), ("redrive_job_wait_seconds", 5)):
        buckets = [sample.value for sample in samples(client) if sample.name == f"{name}_bucket"]
        assert buckets == sorted(buckets)
        assert buckets[-1] == count == value(client, f"{name}_count", **QUEUE)
        assert value(client, f"{name}_sum", **QUEUE) is not None


def test_a_source_that_does_not_answer_is_down_and_has_no_other_series(
    seeder: Seeder, redis_url: str, make_server: type[RealServer]
) -> None:
    other = make_server().start()
    Seeder(other.url).failed("bills", 1)
    seeder.failed("mail", 1)
    client = client_of(redis_url, other.url)
    assert value(client, "redrive_jobs", source="other", queue="bills", state="failed") == 1
    other.kill()
    client.application.extensions["redrive"].sources.forget()
    found = list(samples(client))
    assert [sample.name for sample in found if sample.labels.get("source") == "other"] == ["redrive_source_up"]
    assert value(client, "redrive_source_up", source="other") == 0
    assert value(client, "redrive_source_up", source="main") == 1
    assert value(client, "redrive_jobs", **QUEUE, state="failed") == 1


def test_the_page_answers_while_every_server_is_down() -> None:
    client = client_of("redis://127.0.0.1:1/0")
    assert client.get("/metrics").status_code == 200
    assert value(client, "redrive_source_up", source="main") == 0
    assert (value(client, "redrive_scrape_duration_seconds") or 0) > 0


def test_the_scraper_chooses_the_format(seeder: Seeder, redis_url: str) -> None:
    seeder.failed("mail", 1)
    client = client_of(redis_url)
    plain = client.get("/metrics")
    assert plain.content_type.startswith("text/plain")
    chosen = client.get("/metrics", headers={"Accept": OPENMETRICS})
    assert chosen.content_type.startswith("application/openmetrics-text")
    text = chosen.get_data(as_text=True)
    assert text.endswith("# EOF\n")
    assert "# UNIT redrive_job_wait_seconds seconds\n" in text
    assert "# TYPE redrive_jobs_enqueued counter\n" in text
    assert 'redrive_jobs_enqueued_total{queue="mail",source="main"} 1\n' in text
    names = {family.name for family in parse_openmetrics(text)}
    assert {
        "redrive_jobs", "redrive_queue_oldest_pending_seconds", "redrive_queue_paused", "redrive_workers",
        "redrive_stalled_jobs", "redrive_schedules_late", "redrive_jobs_enqueued", "redrive_jobs_finished",
        "redrive_job_retries",
        "redrive_job_duration_seconds", "redrive_job_wait_seconds", "redrive_source_up",
        "redrive_scrape_duration_seconds", "redrive_alerts", "redrive_alert_deliveries", "redrive_operations",
        "redrive_build",
    } <= names  # fmt: skip


@pytest.mark.parametrize("version", ["abc", "1..0", "", "=", "9" * 5_000, "1.0.0-rc\u00e9"])
@pytest.mark.parametrize("kind", ["application/openmetrics-text", "text/plain"])
def test_a_version_that_is_none_is_answered(redis_url: str, kind: str, version: str) -> None:
    answer = client_of(redis_url).get("/metrics", headers={"Accept": f"{kind}; version={version}"})
    assert answer.status_code == 200
    assert answer.content_type in FORMATS


def test_there_are_two_formats_whatever_is_asked_for(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(redis_url)
    sources = client.application.extensions["redrive"].sources
    keys, shared = set(), sources.shared
    monkeypatch.setattr(sources, "shared", lambda key, read: keys.add(key) or shared(key, read))
    asked = [
        f"{kind};version={version};escaping={escaping}"
        for kind in ("application/openmetrics-text", "text/plain")
        for version in ("0.0.4", "1.0.0", "1.0.1", "77.7")
        for escaping in ("allow-utf-8", "underscores", "x")
    ]
    assert {client.get("/metrics", headers={"Accept": each}).content_type for each in asked} == FORMATS
    assert len(keys) == 2


def test_counters_are_the_same_from_every_process(seeder: Seeder, redis_url: str) -> None:
    seeder.succeeded("mail", 2)
    first, second = client_of(redis_url), client_of(redis_url)
    name = "redrive_jobs_finished_total"
    assert value(first, name, **QUEUE, outcome="succeeded") == value(second, name, **QUEUE, outcome="succeeded") == 2


def test_a_started_operation_is_counted(seeder: Seeder, redis_url: str) -> None:
    seeder.failed("mail", 1)
    client = client_of(redis_url)
    body = {"action": "purge", "selector": {"queue": "mail"}}
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/operations", json=body, headers=headers).status_code == 202
    assert value(client, "redrive_operations", action="purge", state="waiting") == 1


def test_messages_to_channels_of_pages_are_counted_from_0_too(seeder: Seeder, redis_url: str) -> None:
    seeder.failed("mail", 1)
    client = client_of(redis_url)
    channels = client.application.extensions["redrive"].channels
    channels.add({"name": "chat", "kind": "slack", "url": "https://hooks.example.com/services/T0/x"})
    counts = [value(client, "redrive_alert_deliveries_total", channel="chat", result=each) for each in RESULTS]
    assert counts == [0, 0]


def test_how_the_last_evaluation_went_is_told_once_there_was_one(seeder: Seeder, redis_url: str) -> None:
    seeder.failed("mail", 1)
    client = client_of(redis_url)
    run = "redrive_alert_evaluator_last_run"
    names = (f"{run}_end_timestamp_seconds", f"{run}_duration_seconds", "redrive_alert_evaluator_rules_in_error",
             "redrive_alert_evaluator_alerts_left_out")  # fmt: skip
    assert {value(client, name) for name in names} == {None}, "absent, never 0"
    evaluation = Evaluation(1_000.0, 0.25, 3, 2, ("broken", "too"))
    store = Store(redis_url)
    store.client.set(store.evaluation, TypeAdapter(Evaluation).dump_json(evaluation))
    client.application.extensions["redrive"].sources.forget()
    assert [value(client, name) for name in names] == [1_000.25, 0.25, 2, 2]
