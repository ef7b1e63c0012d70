"""The rules of the settings, and the built-in ones."""

from __future__ import annotations

import pytest

from dashboard.alerts.metrics.discovery import built_in_rules, metrics
from dashboard.alerts.records import Origin
from dashboard.alerts.rules import rules_of, seconds, written
from dashboard.alerts.validation import check_rule
from dashboard.settings import AlertSettings, RuleSettings, SettingsError


def test_the_built_in_rules_are_on_from_the_start_the_gravest_first() -> None:
    rules = rules_of(AlertSettings())
    assert rules == built_in_rules()
    assert {(rule.name, rule.severity, rule.above, rule.for_seconds) for rule in rules} == {
        ("too-many-failed", "page", 100, 0), ("source-down", "page", 0, 30), ("no-workers", "page", 0, 120),
        ("queue-falling-behind", "ticket", 300, 300), ("stalled-jobs", "ticket", 0, 120),
        ("schedule-missed", "ticket", 0, 120), ("redis-memory", "ticket", 85, 0), ("redis-eviction", "ticket", 0, 0),
        ("new-error-group", "info", 0, 0),
    }  # fmt: skip
    assert [rule.severity for rule in rules] == ["page"] * 3 + ["ticket"] * 5 + ["info"]
    assert all(rule.built_in and rule.enabled and rule.origin == Origin.BUILT_IN for rule in rules)
    assert [metrics()[rule.metric].problem(rule) for rule in rules] == [None] * len(rules)


def test_a_rule_of_the_settings_takes_the_place_of_the_built_in_one_of_its_name() -> None:
    own = RuleSettings(name="too-many-failed", metric="failed", above=5, **{"for": "2m"})
    other = RuleSettings(name="slow", metric="oldest_pending_seconds", above=60)
    rules = {rule.name: rule for rule in rules_of(AlertSettings(rules=(own, other)))}
    assert len(rules) == len(built_in_rules()) + 1
    replaced = rules["too-many-failed"]
    assert (replaced.above, replaced.for_seconds, replaced.built_in) == (5, 120.0, False)


def test_a_built_in_rule_without_a_metric_is_changed_only_in_what_is_written() -> None:
    off = RuleSettings(name="redis-memory", enabled=False)
    slower = RuleSettings(name="queue-falling-behind", channels=("night",), **{"for": "10m"})
    rules = {rule.name: rule for rule in rules_of(AlertSettings(rules=(off, slower)))}
    assert (rules["redis-memory"].enabled, rules["redis-memory"].above, rules["redis-memory"].clear) == (False, 85, 80)
    changed = rules["queue-falling-behind"]
    assert (changed.above, changed.for_seconds, changed.channels) == (300, 600.0, ("night",))
    assert (changed.severity, changed.origin, changed.built_in) == ("ticket", Origin.FILE, True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "mine"}, "metric: this is missing"),
        ({"metric": "faild"}, "did you mean failed"),
        ({"metric": "stalled", "type": "send"}, "narrowed by it; metrics that take a type: failed, failure_rate"),
        ({"metric": "redis_memory", "queue": "mail"}, "queue: redis_memory cannot be narrowed"),
        ({"metric": "oldest_pending_seconds", "fingerprint": "f"}, "take a fingerprint: failed, failed_per_minute"),
        ({"metric": "failure_rate", "type": "send"}, "queue: a job type is judged in one queue alone"),
        ({"metric": "failed", "type": "send", "fingerprint": "f"}, "the job type or the error group, not both"),
        ({"metric": "backlog_growth", "window": "2h"}, "1 to 59 minutes"),
        ({"metric": "burn_rate", "window": "5m"}, "window: must be 12m to 24h"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_judged_is_refused_and_says_why(given: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        check_rule(RuleSettings(**({"name": "r"} | given)), channels=(), sources=())


def test_durations_have_units() -> None:
    assert [seconds(text) for text in ("0s", "250ms", "90s", "5m", "1.5h", "2d")] == [0, 0.25, 90, 300, 5400, 172_800]
    with pytest.raises(ValueError, match="write a number and"):
        seconds("soon")


@pytest.mark.parametrize(
    ("length", "said"), [(90, "90s"), (120, "2m"), (86_400, "1d"), (0.5, "0.5s"), (1_230_001, "1230001s"), (0, "0s")]
)
def test_a_duration_is_written_so_that_it_is_read_again(length: float, said: str) -> None:
    assert written(length) == said
    assert seconds(said) == length
