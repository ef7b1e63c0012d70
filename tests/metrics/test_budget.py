"""A scrape waits for Redis no longer than its budget, whoever hangs, and leaves out that alone.

The servers that hang here never answer while a test runs, and Redis' own timeout is a minute, longer than a test may
take: a scrape that waited for them would not end in time.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from dashboard.metrics.collector import Collector
from dashboard.settings import LimitSettings
from dashboard.store import Store
from tests.conftest import RealServer
from tests.contract.seeders.queue_core import Seeder
from tests.metrics.conftest import client_of, samples, value
from tests.sent_commands import record_commands

pytestmark = pytest.mark.timeout(50)
PATIENT = LimitSettings(redis_timeout=60)
QUEUE = {"source": "main", "queue": "mail"}


def hurried(*urls: str, store: str = "") -> FlaskClient:
    """A dashboard whose scrapes wait for Redis for a second and a half."""
    client = client_of(*urls, store=store, limits=PATIENT)
    bundle = client.application.extensions["redrive"]
    client.application.extensions["metrics"] = Collector(bundle, budget=1.5)
    return client


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A socket that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield server


@pytest.fixture
def frozen(make_server: type[RealServer]) -> Iterator[RealServer]:
    """A Valkey with a failed job that is stopped in its tracks; it is continued at the end."""
    server = make_server().start()
    Seeder(server.url).failed("bills", 1)
    assert server.process
    os.kill(server.process.pid, signal.SIGSTOP)
    yield server
    os.kill(server.process.pid, signal.SIGCONT)


def address(server: socket.socket) -> str:
    return f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def down(client: FlaskClient, source: str) -> bool:
    """Whether a source has the one series that says so, and no other."""
    found = [(sample.name, sample.value) for sample in samples(client) if sample.labels.get("source") == source]
    return found == [("redrive_source_up", 0.0)]


def test_a_server_that_accepts_and_never_answers_holds_up_no_scrape(
    seeder: Seeder, redis_url: str, silent: socket.socket
) -> None:
    seeder.failed("mail", 2)
    client = hurried(redis_url, address(silent))
    assert down(client, "other")
    assert value(client, "redrive_source_up", source="main") == 1
    assert value(client, "redrive_jobs", **QUEUE, state="failed") == 2


def test_a_stopped_server_holds_up_no_scrape_and_is_back_when_it_goes_on(
    seeder: Seeder, redis_url: str, frozen: RealServer
) -> None:
    seeder.failed("mail", 2)
    client = hurried(redis_url, frozen.url)
    for _ in range(3):
        assert down(client, "other")
        assert value(client, "redrive_jobs", **QUEUE, state="failed") == 2
    assert frozen.process
    os.kill(frozen.process.pid, signal.SIGCONT)
    while not value(client, "redrive_source_up", source="other"):
        client.application.extensions["redrive"].sources.forget_lists()
    assert value(client, "redrive_jobs", source="other", queue="bills", state="failed") == 1


def test_a_store_that_hangs_takes_away_what_it_holds_and_no_source(
    seeder: Seeder, redis_url: str, silent: socket.socket
) -> None:
    seeder.failed("mail", 2)
    client = hurried(redis_url, store=address(silent))
    names = {sample.name for sample in samples(client)}
    assert value(client, "redrive_jobs", **QUEUE, state="failed") == 2
    assert names & {"redrive_alerts", "redrive_operations", "redrive_alert_deliveries_total"} == set()
    assert "redrive_build_info" in names


def test_scrapes_of_a_server_that_hangs_do_not_pile_up(redis_url: str, silent: socket.socket) -> None:
    client = hurried(redis_url, address(silent))
    for _ in range(5):
        assert down(client, "other")
        client.application.extensions["redrive"].sources.forget()
    reading = [each for each in threading.enumerate() if each.name == "reading"]
    assert len(reading) <= 3  # the one that hangs, at most one behind it, and one that is about to end


def test_who_scrapes_at_the_same_time_shares_one_reading(
    seeder: Seeder, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeder.failed("mail", 2)
    client = client_of(redis_url)
    sent = record_commands(monkeypatch)
    client.get("/metrics")
    alone = len(sent)
    client.application.extensions["redrive"].sources.forget()
    sent.clear()
    start = threading.Barrier(8)

    def scrape(_: int) -> bytes:
        start.wait()
        return client.application.test_client().get("/metrics").data

    with ThreadPoolExecutor(8) as pool:
        texts = set(pool.map(scrape, range(8)))
    assert len(texts) == 1
    assert len(sent) <= alone


def test_a_part_of_the_store_that_is_damaged_takes_no_other_along(seeder: Seeder, redis_url: str) -> None:
    seeder.failed("mail", 2)
    store = Store(redis_url)
    store.client.set(store.alerts, "no hash")
    store.client.hset(store.delivery_totals, "ops|sent", 3)
    client = client_of(redis_url)
    names = {sample.name for sample in samples(client)}
    assert "redrive_alerts" not in names
    assert value(client, "redrive_alert_deliveries_total", channel="ops", result="sent") == 3
    assert value(client, "redrive_jobs", **QUEUE, state="failed") == 2


def test_an_alert_that_cannot_be_understood_takes_nothing_else_along(seeder: Seeder, redis_url: str) -> None:
    seeder.failed("mail", 2)
    store = Store(redis_url)
    store.client.hset(store.alerts, "broken", "{")
    client = client_of(redis_url)
    assert value(client, "redrive_jobs", **QUEUE, state="failed") == 2


def test_an_adapter_that_breaks_takes_no_other_source_along(
    seeder: Seeder, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeder.failed("mail", 2)
    client = client_of(redis_url, redis_url)
    reader = client.application.extensions["redrive"].sources._readers["other"]
    monkeypatch.setattr(reader.adapter, "queues", lambda: int("no number"))
    assert down(client, "other")
    assert value(client, "redrive_jobs", **QUEUE, state="failed") == 2
