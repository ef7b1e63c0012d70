"""The table of rules: the value of each now, and a small picture of its last hour against the limit."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from dashboard.alerts.evaluator import Evaluator
from dashboard.app import create_app
from dashboard.charts.small import limited_spark
from dashboard.collector.lease import Lease
from dashboard.services import Services, build_services
from dashboard.settings import AlertSettings, RuleSettings, Settings, SourceSettings
from tests.background import Clock
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import words


def evaluated(bundle: Services, clock: Clock, minutes: int) -> None:
    """Evaluations as time passes, until a moment after the last minute."""
    lease = Lease(bundle.store, seconds=600)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    evaluator = Evaluator(bundle.store, bundle.sources, bundle.settings, clock, book=bundle.alerts)
    for _ in range(minutes + 1):
        clock.forward(60)
        bundle.sources.forget()
        evaluator.evaluate(fence)
    clock.forward(20)
    lease.resign()


def row(client: FlaskClient, name: str) -> str:
    """One row of the table."""
    page = client.get("/alerts").text
    return page.partition(f'id="r-{name}"')[2].partition("</tr>")[0]


def test_the_last_hour_stands_beside_every_rule_with_its_limit_and_in_words(redis_url: str, seeder: Seeder) -> None:
    clock = Clock()
    clock.now = clock.now // 60 * 60
    bundle = build_services(Settings(sources=(SourceSettings(name="main", url=redis_url),)), clock)
    client = create_app(bundle.settings, bundle).test_client()
    seeder.failed("mail", 70)
    assert "<svg" not in row(client, "too-many-failed")
    evaluated(bundle, clock, 3)
    quiet = row(client, "too-many-failed")
    assert 'role="img" aria-label="Last hour: highest 70, limit 100. No data for 57 min"' in quiet
    assert 'class="limit"' in quiet
    assert "70" in re.findall(r"<td[^>]*>([^<]*)</td>", quiet), "what is fine has a value too"
    seeder.failed("mail", 70, fingerprint="e" * 16)
    evaluated(bundle, clock, 60)
    firing = row(client, "too-many-failed")
    assert 'aria-label="Last hour: highest 140, limit 100"' in firing
    assert 'class="ln bad"' in firing
    assert "140" in words(client.get("/alerts"))


def test_the_table_costs_as_many_commands_for_one_rule_as_for_many(
    redis_url: str, seeder: Seeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for many in (0, 40):
        rules = tuple(RuleSettings(name=f"r{number}", metric="failed", above=number) for number in range(many))
        settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), alerts=AlertSettings(rules=rules))
        clock = Clock()
        bundle = build_services(settings, clock)
        client = create_app(settings, bundle).test_client()
        evaluated(bundle, clock, 2)
        assert client.get("/alerts").status_code == 200
        bundle.sources.forget()
        with monkeypatch.context() as patch:
            sent = record_commands(patch)
            assert client.get("/alerts").text.count('class="limit"') >= many
            counts.append(len(sent))
    assert counts[0] == counts[1] <= 10


def test_pages_do_without_what_is_stored_of_an_evaluation_and_cannot_be_read(
    client: FlaskClient, bundle: Services
) -> None:
    for key in (bundle.store.evaluation, bundle.store.alerts_run):
        bundle.store.client.set(key, "{")
    for path in ("/alerts", "/alerts/rules/source-down", "/api/v1/alerts", "/"):
        assert client.get(path).status_code == 200, path
    assert "Nothing was firing at the last check" in words(client.get("/alerts")), "not: nothing fires"


def test_a_limit_far_above_the_values_is_within_the_picture_and_a_hostile_label_is_text() -> None:
    drawn = limited_spark((1.0, None, 2.0), 100.0, '"><script>', "bad")
    assert "<script" not in drawn
    assert '<path class="limit" d="M0 3H3"/>' in drawn
    assert drawn.count('class="ln bad"') == 2, "a gap stays a gap"
    assert '<path class="limit" d="M0 40H3"/>' in limited_spark((0.0, 0.0, 0.0), 0.0, "nothing")
