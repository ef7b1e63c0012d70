"""What pages ask Redis for: never more than ten commands besides the jobs they show, however long the queue is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import PARTIAL
from tests.web.pages import FINGERPRINT, live_regions

MOST = 10
SAMPLE = 5  # the one job by which a group shows its error
SHOWN = {"/": 0, "/queues/main/mail": 0, "/dead": 0, f"/dead/{FINGERPRINT}": SAMPLE}
UNBOUNDED = {"KEYS", "SMEMBERS", "LRANGE", "FLUSHDB", "FLUSHALL", "SORT", "MONITOR"}


def forget(client: FlaskClient) -> None:
    client.application.extensions["redrive"].sources.forget()


@pytest.fixture(autouse=True)
def many_jobs(seeder: Seeder) -> None:
    seeder.failed("mail", 200, fingerprint=FINGERPRINT)
    seeder.pending("mail", 300)


@pytest.mark.parametrize(("path", "shown"), SHOWN.items())
def test_a_page_of_a_long_queue_asks_at_most_ten_times(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, shown: int
) -> None:
    assert client.get(path).status_code == 200  # connected, scripts loaded
    forget(client)
    sent = record_commands(monkeypatch)
    assert client.get(path).status_code == 200
    assert 0 < len(sent) <= MOST + shown, sent
    assert not UNBOUNDED & {name.upper() for name in sent}, sent


@pytest.mark.parametrize("path", SHOWN)
def test_a_live_region_asks_no_more_than_its_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    regions = live_regions(client.get(path).text)
    assert regions
    sent = record_commands(monkeypatch)
    for region, address in regions.items():
        forget(client)
        sent.clear()
        headers = {**PARTIAL, "HX-Target": f"div#{region}", "HX-Source": f"div#{region}"}
        assert client.get(address, headers=headers).status_code == 200
        assert len(sent) <= MOST + SHOWN[path], (region, sent)


def test_viewers_at_the_same_moment_share_what_was_read(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/")
    forget(client)
    sent = record_commands(monkeypatch)
    client.get("/queues")
    first = len(sent)
    sent.clear()
    client.get("/queues")
    assert len(sent) < first


def test_a_page_that_needs_no_redis_asks_none(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/")
    sent = record_commands(monkeypatch)
    assert client.get("/healthz").status_code == 200
    assert client.get("/static/x/css/app.css").status_code == 200
    assert sent == []
