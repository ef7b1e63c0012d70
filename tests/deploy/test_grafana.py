"""The Grafana dashboard asks for metrics that Redrive gives, through a data source that is chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from dashboard.adapters.contract import Action, Selector
from dashboard.alerts.evaluator import Evaluator
from dashboard.app import create_app
from dashboard.collector.lease import Lease
from dashboard.services import build_services
from dashboard.settings import ChannelSettings, MetricsSettings, Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder

FOLDER = Path(__file__).parents[2] / "deploy"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana/redrive.json").read_text())
_METRIC = re.compile(r"\bredrive_[a-z_]+")


def expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (
        variable["query"]["query"] for variable in DASHBOARD["templating"]["list"] if variable["type"] == "query"
    )
    yield from (each["expr"] for each in DASHBOARD["annotations"]["list"])


@pytest.fixture
def given(redis_url: str) -> dict[str, set[str]]:
    """Names of the samples that a scrape gives, with their labels: every metric there is, since all of it happened."""
    seeder = Seeder(redis_url)
    seeder.failed("mail", 120)
    seeder.succeeded("mail", 2)
    settings = Settings(
        sources=(SourceSettings(name="main", url=redis_url),), metrics=MetricsSettings(job_types=True),
        channels=(ChannelSettings(name="ops", url="http://127.0.0.1:1/"),),
    )  # fmt: skip
    bundle = build_services(settings)
    lease = Lease(bundle.store)
    assert lease.renew()
    fence = lease.fence()
    assert fence
    Evaluator(bundle.store, bundle.sources, settings, bundle.clock).evaluate(fence)
    bundle.operations.start(action=Action.PURGE, selector=Selector(source="main", queue="mail"), reason="a test")
    text = create_app(settings, bundle).test_client().get("/metrics").get_data(as_text=True)
    found: dict[str, set[str]] = {}
    for family in parse(text):
        found.setdefault(family.name, set())
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def unknown(expression: str, given: dict[str, set[str]]) -> list[str]:
    """Metrics that are not given, and labels that a metric does not have."""
    names = [name for name in _METRIC.findall(expression) if name not in given]
    narrowed = re.findall(r"\b(redrive_[a-z_]+)\{([^}]*)\}", expression)
    labels = [(name, label) for name, inside in narrowed for label in re.findall(r"(\w+)=", inside)]
    return names + [f"{name}{{{label}}}" for name, label in labels if label not in given.get(name, {label})]


def test_every_query_names_an_existing_metric_and_its_labels(given: dict[str, set[str]]) -> None:
    asked = list(expressions())
    assert len({name for expression in asked for name in _METRIC.findall(expression)}) > 15
    assert [problem for expression in asked for problem in unknown(expression, given)] == []


def test_every_rule_names_an_existing_metric_and_its_labels(given: dict[str, set[str]]) -> None:
    rules = (FOLDER / "prometheus/redrive.rules.yml").read_text()
    recorded = {f":{name}:" for name in re.findall(r":(redrive_[a-z_]+):", rules)}
    for each in recorded:
        rules = rules.replace(each, ":recorded:")
    assert unknown(rules, given) == []


def test_a_query_that_names_nothing_would_be_noticed(given: dict[str, set[str]]) -> None:
    assert unknown('sum(redrive_nothing) / redrive_jobs{queues="x"}', given) == [
        "redrive_nothing",
        "redrive_jobs{queues}",
    ]


def test_every_panel_and_variable_uses_the_chosen_data_source() -> None:
    found = re.findall(r'"uid": "([^"]*)"', json.dumps(DASHBOARD["panels"]) + json.dumps(DASHBOARD["templating"]))
    assert found
    assert set(found) == {"${datasource}"}


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not taken & cells, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
