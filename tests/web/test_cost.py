"""What pages ask Redis for: never more than ten commands besides the jobs they show, however long the queue is."""

from __future__ import annotations

import gc
import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.memo import Memo
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.shared_reading import SharedReading
from dashboard.adapters.sources import Sources
from dashboard.history.history import History
from dashboard.services import Services
from queue_core import keys
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import PARTIAL, remember
from tests.web.pages import FINGERPRINT, INCIDENT, furnish, live_regions

MOST = 10
SHOWN = ("/", "/queues/main/mail", "/dead", f"/dead/{FINGERPRINT}")
INCIDENT_PAGE = f"/alerts/incidents/{INCIDENT}"
LISTED = {INCIDENT_PAGE: 1}
"""Jobs that a page lists, each of which is read by a command of its own."""
EVERY_PAGE = (
    "/", "/queues", "/dead", f"/dead/{FINGERPRINT}", "/jobs", "/jobs?state=pending", "/queues/main/mail",
    "/queues/main/mail/jobs", "/jobs/main/mail/mail-1", "/workers", "/schedules",
    "/schedules/main/mail:nightly", "/operations", "/operations/{operation}", "/alerts",
    "/alerts/rules/too-many-failed", "/settings", "/alerts/rules/new", "/alerts/rules/too-many-failed/edit",
    "/alerts/rules/new?metric=failure_rate", INCIDENT_PAGE, "/alerts/deliveries",
    "/alerts/deliveries?result=gave%20up&channel=ops", "/alerts/channels/new", "/alerts/silences",
    f"/alerts/silences/new?alert={INCIDENT}", "/alerts/windows/new",
)  # fmt: skip
UNBOUNDED = {"KEYS", "SMEMBERS", "LRANGE", "FLUSHDB", "FLUSHALL", "SORT", "MONITOR"}


def forget(client: FlaskClient) -> None:
    client.application.extensions["redrive"].sources.forget()


def held(part: Sources | Access | History) -> list[object]:
    """What a part keeps in its fields, and in the dictionaries among them."""
    return [each for value in vars(part).values() for each in (value.values() if isinstance(value, dict) else [value])]


def asked(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str) -> list[str]:
    """What a page asks when no reading of the sources is left; connections are open, scripts loaded, samples shared."""
    assert client.get(path).status_code == 200, path
    kept = [value for each in gc.get_objects() if isinstance(each, Sources | Access | History) for value in held(each)]
    with monkeypatch.context() as patch:
        for memo in kept:
            if isinstance(memo, Memo | SharedReading):
                memo.forget()
                patch.setattr(memo, "_monotonic", lambda: 0.0)  # however slow this machine is
        for memo in vars(client.application.extensions["redrive"].samples).values():
            if isinstance(memo, Memo):
                patch.setattr(memo, "_monotonic", lambda: 0.0)  # a sample is shared for ten seconds, and not read anew
        sent = record_commands(patch)
        assert client.get(path).status_code == 200, path
    return sent


def workers(seeder: Seeder, count: int, queues: list[str]) -> None:
    report: dict[Any, Any] = {
        "host": "here",
        "queues": json.dumps(queues),
        "slots": 4,
        "busy": 1,
        "heartbeat": time.time(),
    }
    for number in range(count):
        seeder.client.zadd(keys.workers(), {f"worker-{number}": time.time() + 600})
        seeder.client.hset(keys.worker(f"worker-{number}"), mapping=report | {"pid": number})


@pytest.mark.parametrize("queues", [1, 13, 60])
def test_a_page_costs_at_most_ten_commands_for_any_number_of_queues(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch, queues: int
) -> None:
    operation = furnish(client, seeder)
    names = ["mail", *(f"queue-{number}" for number in range(queues - 1))]
    for number, name in enumerate(names):
        seeder.failed(name, 3, fingerprint=FINGERPRINT)
        seeder.failed(name, 3, fingerprint=f"{number:016x}")
        seeder.pending(name, 2)
        seeder.schedule(name, ago=60 * (number % 3))
    workers(seeder, 8, names)
    for path in EVERY_PAGE:
        sent = asked(client, monkeypatch, path.format(operation=operation))
        assert 0 < len(sent) <= MOST + LISTED.get(path, 0), (path, " ".join(sent))


@pytest.mark.parametrize("queues", [1, 13, 60])
@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("compare", ["", "?compare=1"])
def test_a_group_costs_at_most_ten_commands_although_its_samples_are_not_shared_yet(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch, queues: int, everywhere: bool, compare: str
) -> None:
    names = ["mail", *(f"queue-{number}" for number in range(queues - 1))]
    for number, name in enumerate(names):
        seeder.failed(name, 3, fingerprint=FINGERPRINT if everywhere else f"{number:016x}")
    seeder.succeeded("mail", 20)
    client.get(f"/dead/{FINGERPRINT}{compare}")
    forget(client)
    client.application.extensions["redrive"].samples.forget()
    sent = record_commands(monkeypatch)
    assert client.get(f"/dead/{FINGERPRINT}{compare}").status_code == 200
    listed, succeeded = 1, 1 if compare else 0  # the jobs of the list, and the jobs that are compared with
    assert 0 < len(sent) <= MOST + listed + succeeded, " ".join(sent)


@pytest.mark.parametrize("path", ["/", "/queues", "/queues/main/mail", "/settings"])
@pytest.mark.parametrize("query", ["", "?range=15m", "?range=24h", "?range=30d&as=table"])
def test_a_page_with_a_history_costs_at_most_ten_commands_in_every_range(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch, bundle: Services, path: str, query: str
) -> None:
    for number in range(40):
        seeder.failed(f"queue-{number}", 1, fingerprint=f"{number:016x}")
    remember(bundle, minutes=20)
    sent = asked(client, monkeypatch, path + query)
    assert 0 < len(sent) <= MOST, (path, " ".join(sent))


@pytest.mark.parametrize("metric", ["oldest_pending_seconds", "burn_rate"])
def test_a_preview_costs_at_most_ten_commands_however_many_queues_a_rule_watches(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch, bundle: Services, metric: str
) -> None:
    for number in range(40):
        seeder.failed(f"queue-{number}", 1, fingerprint=f"{number:016x}")
    remember(bundle, minutes=20)
    form = {"name": "r", "metric": metric, "above": "1", "for": "0s", "severity": "page", "window": "24h"}
    client.post("/alerts/rules/preview", data=form)
    forget(client)
    bundle.history.forget()
    sent = record_commands(monkeypatch)
    assert 'class="chart"' in client.post("/alerts/rules/preview", data=form).text
    assert 0 < len(sent) <= MOST, " ".join(sent)


def test_a_page_costs_as_many_commands_with_ten_dead_letters_as_with_ten_thousand(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeder.failed("few", 10, fingerprint="f" * 16)
    paths = [path for path in EVERY_PAGE if "operation" not in path and INCIDENT not in path]
    few = {path: len(asked(client, monkeypatch, path)) for path in paths}
    for number in range(100):
        seeder.failed("few", 100, fingerprint=f"{number % 50:016x}")
    assert {path: len(asked(client, monkeypatch, path)) for path in paths} == few


@pytest.fixture(autouse=True)
def many_jobs(seeder: Seeder) -> None:
    seeder.failed("mail", 200, fingerprint=FINGERPRINT)
    seeder.pending("mail", 300)
    seeder.schedule("mail")


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_of_a_long_queue_asks_at_most_ten_times(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    assert client.get(path).status_code == 200  # connected, scripts loaded
    forget(client)
    sent = record_commands(monkeypatch)
    assert client.get(path).status_code == 200
    assert 0 < len(sent) <= MOST, sent
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
        assert len(sent) <= MOST, (region, sent)


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
