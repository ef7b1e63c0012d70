"""The past over the API."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.history.recorder import Recorder
from tests.history.conftest import Recording


@pytest.fixture
def client(recording: Recording) -> FlaskClient:
    return create_app(recording.world.settings, recording.world.services).test_client()


def test_points_are_times_and_values_and_unknown_ones_are_null(client: FlaskClient, recording: Recording) -> None:
    recording.tick()
    recording.world.jobs.pending(4)
    recording.tick()
    answer = client.get("/api/v1/history?source=main&queue=mail&metric=enqueued&range=15m").json
    assert answer is not None
    assert answer["bucket_seconds"] == 10
    values = [value for _, value in answer["points"]]
    assert values.count(4) == 1
    assert None in values
    assert [at for at, _ in answer["points"]] == sorted(at for at, _ in answer["points"])


@pytest.mark.parametrize("metric", ["run_seconds_p95", "wait_seconds_p50", "oldest_pending_seconds", "pending"])
def test_every_metric_of_everything_is_offered(client: FlaskClient, recording: Recording, metric: str) -> None:
    recording.tick()
    recording.world.jobs.pending(2)
    recording.world.jobs.run("s", 1)
    recording.tick()
    answer = client.get(f"/api/v1/history?metric={metric}&range=1h").json
    assert answer is not None
    assert any(value is not None for _, value in answer["points"])


def test_how_a_source_stood_is_offered_and_what_is_not_told_is_null(client: FlaskClient, recording: Recording) -> None:
    def values(metric: str) -> set[float | None]:
        answer = client.get(f"/api/v1/history?source=main&metric={metric}&range=15m").json
        assert answer is not None
        return {value for _, value in answer["points"]}

    server = recording.world.jobs.client
    recording.tick()
    assert values("redis_memory_percent") == {None}, "without a limit there is no share of it"
    for metric in ("source_down", "stalled", "schedules_late", "no_workers", "redis_eviction"):
        assert values(metric) == {None, 0}, metric
    server.config_set("maxmemory", 2**30)
    try:
        recording.recorder = Recorder(recording.world.store, recording.world.services.sources, recording.world.clock)
        recording.tick()
    finally:
        server.config_set("maxmemory", 0)
    recording.history.forget()
    recording.world.services.history.forget()
    (full,) = values("redis_memory_percent") - {None}
    assert full is not None
    assert 0 < full < 100


@pytest.mark.parametrize(
    ("query", "status"),
    [("metric=nonsense", 400), ("range=1y", 400), ("colour=red", 400), ("source=other", 404),
     ("source=main&queue=other", 404)],
)  # fmt: skip
def test_what_is_not_known_is_said(client: FlaskClient, recording: Recording, query: str, status: int) -> None:
    recording.tick()
    assert client.get(f"/api/v1/history?{query}").status_code == status
