"""`redrive alerts list`: what fires, and whether anybody looks."""

from __future__ import annotations

from dashboard.alerts.evaluator import Evaluator
from dashboard.collector.lease import Lease
from dashboard.services import Services, build_services
from dashboard.settings import Settings, SourceSettings
from tests.cli.test_looking import Shown, read, run
from tests.contract.seeders.queue_core import Seeder


def evaluate(bundle: Services) -> None:
    lease = Lease(bundle.store)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    Evaluator(bundle.store, bundle.sources, bundle.settings, bundle.clock, book=bundle.alerts).evaluate(fence)
    lease.resign()


def test_that_nothing_fires_is_told_from_that_nobody_looks(redis_url: str, capsys: Shown) -> None:
    bundle = build_services(Settings(sources=(SourceSettings(name="main", url=redis_url),)))
    assert run(redis_url, "alerts", "list") == 0
    shown = capsys.readouterr()
    assert "No rule was checked yet." in shown.out
    assert "redrive collector" in shown.err
    evaluate(bundle)
    assert run(redis_url, "alerts", "list") == 0
    assert tuple(capsys.readouterr()) == ("Nothing fires.\n", "")
    assert read(redis_url, capsys, "alerts", "list")["evaluating"] is True
    bundle.store.client.set(bundle.store.alerts_run, bundle.clock() - 3_600)
    assert run(redis_url, "alerts", "list") == 0
    shown = capsys.readouterr()
    assert ("Nothing was firing at the last check." in shown.out, "were not checked since" in shown.err) == (True, True)


def test_what_fires_is_listed_also_when_nobody_looks_any_more(redis_url: str, capsys: Shown) -> None:
    bundle = build_services(Settings(sources=(SourceSettings(name="main", url=redis_url),)))
    Seeder(redis_url).failed("mail", 101)
    evaluate(bundle)
    bundle.store.client.delete(bundle.store.alerts_run)
    assert run(redis_url, "alerts", "list") == 0
    shown = capsys.readouterr()
    assert "too-many-failed" in shown.out
    assert "redrive collector" in shown.err
