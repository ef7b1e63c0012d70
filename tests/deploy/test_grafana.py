"""The Grafana dashboard asks for metrics that Redrive gives, through a data source that is chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from dashboard.app import create_app
from dashboard.settings import Settings, SourceSettings
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
def given(redis_url: str) -> set[str]:
    """Names of the families and samples that a scrape gives."""
    seeder = Seeder(redis_url)
    seeder.failed("mail", 2)
    seeder.succeeded("mail", 2)
    client = create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),))).test_client()
    families = list(parse(client.get("/metrics").get_data(as_text=True)))
    return {family.name for family in families} | {sample.name for family in families for sample in family.samples}


ONLY_WHEN_THEY_EXIST = {
    "redrive_alerts", "redrive_alert_deliveries_total", "redrive_operations",
    "redrive_alert_evaluator_last_run_timestamp_seconds",
}  # fmt: skip


def test_every_query_names_an_existing_metric(given: set[str]) -> None:
    asked = {name for expression in expressions() for name in _METRIC.findall(expression)}
    assert len(asked) > 10
    assert asked - given - ONLY_WHEN_THEY_EXIST == set()
    documented = (FOLDER.parent / "docs/metrics.md").read_text()
    assert [name for name in ONLY_WHEN_THEY_EXIST if f"`{name}`" not in documented] == []


def test_every_rule_names_an_existing_metric(given: set[str]) -> None:
    rules = (FOLDER / "prometheus/redrive.rules.yml").read_text()
    asked = {name for name in _METRIC.findall(rules) if not re.search(rf":{name}:", rules)}
    assert asked - given - ONLY_WHEN_THEY_EXIST == set()


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
