"""A real Prometheus reads the metrics, and its own tool finds nothing wrong with them or with the rules."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server as serve

from dashboard.app import create_app
from dashboard.settings import ChannelSettings, MetricsSettings, Settings, SourceSettings
from queue_core.connection import connect
from tests.contract.seeders.queue_core import Seeder
from tests.deploy import alertmanager, prometheus

RULES = Path(__file__).parents[2] / "deploy/prometheus"


@pytest.fixture
def seeder(redis_url: str) -> Seeder:
    seeder = Seeder(redis_url)
    seeder.failed("mail", 120)
    seeder.succeeded("mail", 30)
    seeder.pending("mail", 7)
    seeder.schedule("mail", ago=600)
    return seeder


@pytest.fixture
def target(redis_url: str, seeder: Seeder) -> Iterator[str]:
    """Address of a dashboard over the seeded queue."""
    app = create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),)))
    server = serve("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def test_the_rules_are_valid_and_fire_when_they_should() -> None:
    for words in (("check", "rules", "redrive.rules.yml"), ("test", "rules", "redrive.rules.test.yml")):
        done = prometheus.promtool(*words, folder=RULES)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "SUCCESS" in done.stdout


def test_promtool_finds_nothing_wrong_with_the_metrics(redis_url: str, seeder: Seeder) -> None:
    settings = Settings(
        sources=(SourceSettings(name="main", url=redis_url),), metrics=MetricsSettings(job_types=True),
        channels=(ChannelSettings(name="ops", url="http://127.0.0.1:1/"),),
    )  # fmt: skip
    client = create_app(settings).test_client()
    text = client.get("/metrics").get_data(as_text=True)
    for name in ("redrive_jobs{", "redrive_job_type_attempts_total{", "redrive_alert_deliveries_total{"):
        assert name in text
    done = prometheus.promtool("check", "metrics", stdin=text)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_prometheus_scrapes_every_number_and_its_rules_see_them(target: str, tmp_path: Path) -> None:
    with prometheus.running(tmp_path, target, RULES / "redrive.rules.yml") as address:
        (failed,) = prometheus.query(address, 'redrive_jobs{source="main",queue="mail",state="failed"}')
        assert failed["value"][1] == "120"
        (buckets,) = prometheus.query(address, 'redrive_job_duration_seconds_bucket{queue="mail",le="+Inf"}')
        assert buckets["value"][1] == "30"
        (pending,) = prometheus.query(address, 'ALERTS{alertname="RedriveTooManyFailed"}')
        assert pending["metric"]["alertstate"] == "pending"
        (up,) = prometheus.query(address, 'up{job="redrive"}')
        assert up["value"][1] == "1"
        assert prometheus.unit(address, "redrive_job_duration_seconds") == "seconds"  # it asked for OpenMetrics


def test_a_rule_that_fires_reaches_alertmanager_and_resolves(
    target: str, seeder: Seeder, redis_url: str, tmp_path: Path
) -> None:
    quick = tmp_path / "rules.yml"  # the same rules without their waiting times
    quick.write_text(re.sub(r"for: \w+", "for: 0s", (RULES / "redrive.rules.yml").read_text()))
    rule = "alertname=RedriveTooManyFailed"
    with alertmanager.running(tmp_path) as there, prometheus.running(tmp_path, target, quick, there):
        (shown,) = alertmanager.until(there, rule, wanted=bool)
        assert (shown["labels"]["severity"], shown["labels"]["queue"]) == ("ticket", "mail")
        connect(redis_url).flushdb()
        Seeder(redis_url).failed("mail", 3)
        assert alertmanager.until(there, rule, wanted=lambda found: not found) == []
