"""The rules of the settings, and the built-in one."""

from __future__ import annotations

import pytest

from dashboard.alerts.rules import BUILT_IN, rules_of, seconds
from dashboard.settings import AlertSettings, RuleSettings


def test_the_built_in_rule_is_there_unless_the_settings_define_its_name() -> None:
    assert rules_of(AlertSettings()) == (BUILT_IN,)
    own = RuleSettings(name="too-many-failed", metric="failed", above=5, **{"for": "2m"})
    other = RuleSettings(name="slow", metric="oldest_pending_seconds", above=60)
    assert [(r.name, r.above, r.built_in) for r in rules_of(AlertSettings(rules=(other,)))] == [
        ("too-many-failed", 100, True), ("slow", 60, False),
    ]  # fmt: skip
    replaced = rules_of(AlertSettings(rules=(own,)))
    assert [(r.name, r.above, r.for_seconds, r.built_in) for r in replaced] == [("too-many-failed", 5, 120.0, False)]


def test_durations_have_units() -> None:
    assert [seconds(text) for text in ("0s", "250ms", "90s", "5m", "1.5h", "2d")] == [0, 0.25, 90, 300, 5400, 172_800]
    with pytest.raises(ValueError, match="write a number and"):
        seconds("soon")
