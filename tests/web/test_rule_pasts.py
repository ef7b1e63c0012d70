"""Rules on how queues and sources stand: their page charts the past, and their editor previews it, with its gaps."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.collector.lease import Lease
from dashboard.history.recorder import Recorder
from dashboard.services import Services, build_services
from dashboard.settings import Settings, SourceSettings
from tests.background import Clock
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import PARTIAL, words

MOST = 10
LEVELS = ("no_workers", "stalled", "schedules_late", "new_group", "redis_memory", "redis_eviction", "source_down")
RULE = {"name": "mine", "above": "0", "for": "0s", "severity": "page", "tell": "all"}


def recorded(bundle: Services, minutes: int, silent: range = range(0)) -> None:
    """What a collector would have recorded until now, but for some minutes."""
    lease = Lease(bundle.store, seconds=600)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    times = Clock(bundle.clock() - 60 * minutes)
    begun, recorder = times.now, Recorder(bundle.store, bundle.sources, times)
    while times.now <= bundle.clock():
        if (times.now - begun) // 60 not in silent:
            bundle.sources.forget()
            recorder.record(fence)
        times.forward(10)
    lease.resign()
    bundle.history.forget()


def previewed(client: FlaskClient, **given: str) -> str:
    headers = PARTIAL | {"HX-Target": "section#preview"}
    return words(client.post("/alerts/rules/preview", data=RULE | given, headers=headers))


def test_a_preview_tells_a_gap_of_the_collector_from_nothing_being_wrong(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    seeder.pending("mail", 3)
    recorded(bundle, 40, silent=range(10, 25))
    shown = previewed(client, metric="no_workers")
    assert "mail would have fired once" in shown
    assert "Highest: 3" in shown
    assert "No data for 1" in shown, "fifteen minutes"
    calm = previewed(client, metric="stalled")
    assert "mail would not have fired" in calm
    assert "No data for 1" in calm


@pytest.mark.parametrize("metric", LEVELS)
def test_every_metric_is_charted_and_previewed_in_few_commands_before_any_rule_was_there(
    client: FlaskClient, seeder: Seeder, bundle: Services, metric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeder.failed("mail", 2)
    recorded(bundle, 10)
    client.post("/alerts/rules", data=RULE | {"metric": metric, "above": "90"})
    for look in (lambda: words(client.get("/alerts/rules/mine")), lambda: previewed(client, metric=metric)):
        look()  # connected, scripts loaded
        bundle.sources.forget()
        bundle.history.forget()
        with monkeypatch.context() as patch:
            sent = record_commands(patch)
            shown = look()
        assert 0 < len(sent) <= MOST, " ".join(sent)
        assert "are not kept" not in shown
        assert "limit" in shown
    assert "would not have fired" in shown


def test_a_source_that_is_down_and_was_never_there_is_charted(redis_url: str) -> None:
    sources = (SourceSettings(name="gone", url="redis://127.0.0.1:1/0"),)
    bundle = build_services(Settings(sources=sources, store=redis_url))
    recorded(bundle, 20)
    client = create_app(bundle.settings, bundle).test_client()
    page = client.get("/alerts/rules/source-down")
    assert "Does not answer 1 now" in words(page)
    assert "gone would have fired once" in previewed(client, metric="source_down")
    assert "Nothing was read in this time" in words(client.get("/")) or "No history" in words(client.get("/"))


def test_memory_without_a_limit_has_nothing_to_be_judged_by(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    seeder.pending("mail", 1)
    recorded(bundle, 5)
    assert "nothing to judge by" in words(client.get("/alerts/rules/redis-memory"))
