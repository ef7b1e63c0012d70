"""Values beyond all bounds, as damaged data or a slip of the pen have them: said, and in nobody's way."""

from __future__ import annotations

import pytest

from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Rule
from dashboard.language import number
from dashboard.store import Fence
from tests.background import World


@pytest.mark.parametrize("value", [1e40, -1e40, 1e300, 10**27, 10**300])
def test_every_metric_says_a_value_however_large(value: float) -> None:
    for name, metric in metrics().items():
        assert metric.said(value), name
        assert metric.amount(value), name
        assert metric.limit(value) or metric.unit == "yes", name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e40, "1e+40"),
        (10**400, "∞"),
        (-(10**400), "-∞"),
        (float("inf"), "∞"),
        (float("nan"), "–"),
        (1e20, "100,000,000,000,000,000,000"),
    ],
)
def test_a_number_beyond_all_bounds_is_written_short(value: float, text: str) -> None:
    assert number(value) == text


def test_a_rule_with_a_limit_beyond_all_bounds_stops_no_other(world: World, fence: Fence) -> None:
    world.jobs.dead(101)
    rules = [Rule("absurd", "failed", 1e40), Rule("below", "failed", -1e40), Rule("many", "failed", 100)]
    Evaluator(
        world.store, world.services.sources, world.settings, world.clock, book=world.book, rules=lambda: rules
    ).evaluate(fence)
    assert sorted(alert.rule for alert in world.book.firing()) == ["below", "many"]
