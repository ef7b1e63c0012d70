"""The alerts page once a collector evaluates the rules."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.alerts import evaluator
from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.watchdog import Watchdog
from dashboard.app import create_app
from dashboard.collector.lease import Lease
from dashboard.services import Services, build_services
from dashboard.settings import AlertSettings, RuleSettings, Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import words


def evaluate(bundle: Services) -> None:
    lease = Lease(bundle.store)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    bundle.sources.forget()
    Evaluator(bundle.store, bundle.sources, bundle.settings, bundle.clock).evaluate(fence)
    lease.resign()


def test_a_rule_that_is_checked_and_quiet_is_ok(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    seeder.failed("mail", 2)
    evaluate(bundle)
    page = words(client.get("/alerts"))
    assert "Rules are not being checked." not in page
    assert "Nothing fires." in page
    assert "OK" in words(client.get("/alerts/rules/too-many-failed"))


def test_a_firing_rule_stands_first_with_its_queue_and_its_value(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    seeder.failed("mail", 101)
    evaluate(bundle)
    page = client.get("/alerts")
    assert "1 firing" in words(page)
    assert "(1 firing) Alerts" in page.text
    assert "101" in words(page)
    assert "Firing" in words(client.get("/alerts/rules/too-many-failed"))


def test_a_heartbeat_that_is_not_taken_is_said(redis_url: str) -> None:
    heartbeat = {"heartbeat_url": "http://127.0.0.1:1/secret"}
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), alerts=AlertSettings(**heartbeat))
    bundle = build_services(settings)
    evaluate(bundle)
    client = create_app(settings, bundle).test_client()
    assert "heartbeat" not in words(client.get("/alerts"))
    lease = Lease(bundle.store)
    bundle.store.client.delete(bundle.store.lease)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    Watchdog(bundle.store, bundle.alerts, settings.alerts, bundle.clock).beat(fence)
    page = words(client.get("/alerts"))
    assert "The heartbeat is not sent. No answer: it could not be reached. None was ever taken." in page
    assert "secret" not in page


def test_a_rule_that_is_turned_off_is_never_said_to_be_fine(redis_url: str) -> None:
    off = RuleSettings(name="mail-waits", metric="oldest_pending_seconds", above=9, queue="mail", enabled=False)
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), alerts=AlertSettings(rules=(off,)))
    bundle = build_services(settings)
    evaluate(bundle)
    page = words(create_app(settings, bundle).test_client().get("/alerts"))
    assert "Not checked" in page.partition("mail-waits")[2].partition("built in")[0]


def test_alerts_without_room_are_counted(
    client: FlaskClient, seeder: Seeder, bundle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluator, "MOST_ALERTS", 0)
    seeder.failed("mail", 101)
    evaluate(bundle)
    assert "1 more alert has no room, and nobody is told of it. 0 are kept" in words(client.get("/alerts"))
