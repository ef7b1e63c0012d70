"""Why an alert is in its state, as people read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.alert_reasons import reason
from dashboard.alerts.judgement import judged, standing
from dashboard.alerts.metrics.contract import Sample, Target
from dashboard.alerts.records import Alert, AlertState, Rule
from dashboard.alerts.states import Reason, evaluate, failed, gone, withdrawn

RULE = Rule("r", "failed", above=100, for_seconds=300, clear=80, keep_firing_seconds=120)
NOTHING = Sample(None)


def after(*values: float | None) -> Alert:
    """The alert after readings five minutes from each other."""
    alert: Alert | None = None
    for number, value in enumerate(values):
        read = Sample(value)
        decision = evaluate(RULE, read, standing(alert), number * 300.0)
        alert = judged(RULE, Target("main"), read, decision, alert)
    assert alert is not None
    return alert


@pytest.mark.parametrize(
    ("values", "state", "words"),
    [
        ([1], AlertState.INACTIVE, "At or below 100"),
        ([101], AlertState.PENDING, "Above 100; fires once that has lasted 5 min"),
        ([101, 101], AlertState.FIRING, "Above 100"),
        ([101, 101, 90], AlertState.FIRING, "No longer above 100; fires until it is at or below 80"),
        ([101, 101, 9], AlertState.RECOVERING, "At or below 80; resolved once that has lasted 2 min"),
        ([101, 101, 9, 9], AlertState.RESOLVED, "At or below 80"),
        ([None], AlertState.NO_DATA, "The value cannot be read"),
        ([101, 101, None], AlertState.NO_DATA, "The value cannot be read; it fired when it was last read"),
    ],
)
def test_every_state_says_why(values: list[float | None], state: AlertState, words: str) -> None:
    alert = after(*values)
    assert (alert.state, reason(alert)) == (state, words)


def test_an_error_an_absence_and_a_rule_that_is_gone_say_why() -> None:
    fires = after(101, 101)
    broken = judged(RULE, Target("main"), NOTHING, failed(standing(fires), 900), fires, error="KeyError: 'mail'")
    away = judged(RULE, Target("main"), NOTHING, gone(RULE, standing(fires), 900), fires)
    assert reason(broken) == "The rule cannot be evaluated: KeyError: 'mail'"
    assert reason(away) == "What it is about is gone; resolved once that has lasted 2 min"
    assert reason(replace(fires, reason=Reason.DELETED)) == "Its rule was deleted"
    assert (
        reason(replace(fires, reason=withdrawn(standing(fires), 9, Reason.TURNED_OFF).reason))
        == "Its rule is turned off"
    )
    assert reason(replace(fires, reason="")) == ""
