"""What one reading makes of an alert."""

from __future__ import annotations

import pytest

from dashboard.alerts.records import AlertState, Rule
from dashboard.alerts.rules import BUILT_IN, NO_DATA_SECONDS, Sample, Standing, evaluate, rules_of, seconds
from dashboard.settings import AlertSettings, RuleSettings

Q, P, F, R, N = (
    AlertState.INACTIVE, AlertState.PENDING, AlertState.FIRING, AlertState.RESOLVED, AlertState.NO_DATA,
)  # fmt: skip
AT_ONCE = Rule("r", "failed", above=100)
SLOW = Rule("r", "failed", above=100, for_seconds=60)
NOTHING = Sample(None)
FEW = Sample(None, enough=False)


@pytest.mark.parametrize(
    ("rule", "readings", "states", "messages"),
    [
        (AT_ONCE, [(0, Sample(100))], [Q], [""]),
        (AT_ONCE, [(0, Sample(101)), (5, Sample(150)), (9, Sample(100))], [F, F, R], ["firing", "", "resolved"]),
        (AT_ONCE, [(0, Sample(101)), (5, Sample(1)), (9, Sample(1)), (12, Sample(101))], [F, R, R, F],
         ["firing", "resolved", "", "firing"]),
        (SLOW, [(0, Sample(101)), (59, Sample(101)), (60, Sample(101))], [P, P, F], ["", "", "firing"]),
        (SLOW, [(0, Sample(101)), (30, Sample(9)), (31, Sample(101)), (61, Sample(101))], [P, Q, P, P], [""] * 4),
        (AT_ONCE, [(0, FEW)], [Q], [""]),
        (AT_ONCE, [(0, Sample(101)), (5, FEW)], [F, R], ["firing", "resolved"]),
        (AT_ONCE, [(0, NOTHING), (200, NOTHING), (201, Sample(1))], [N, N, Q], ["", "", ""]),
        (AT_ONCE, [(0, NOTHING), (5, Sample(101))], [N, F], ["", "firing"]),
        (AT_ONCE, [(0, Sample(101)), (5, NOTHING), (9, Sample(101))], [F, N, F], ["firing", "", ""]),
        (AT_ONCE, [(0, Sample(101)), (5, NOTHING), (5 + NO_DATA_SECONDS, NOTHING), (90, NOTHING), (99, Sample(101))],
         [F, N, N, N, F], ["firing", "", "nodata", "", "firing"]),
        (AT_ONCE, [(0, Sample(101)), (5, NOTHING), (9, Sample(1))], [F, N, R], ["firing", "", "resolved"]),
        (SLOW, [(0, Sample(101)), (60, Sample(101)), (65, NOTHING), (70, Sample(101))], [P, F, N, F],
         ["", "firing", "", ""]),
        (SLOW, [(0, Sample(101)), (30, NOTHING), (70, Sample(101)), (90, Sample(101))], [P, N, P, P], [""] * 4),
    ],
)  # fmt: skip
def test_readings_lead_to_states_and_messages(
    rule: Rule, readings: list[tuple[float, Sample]], states: list[AlertState], messages: list[str]
) -> None:
    standing, seen, told = Standing(), [], []
    for now, reading in readings:
        decision = evaluate(rule, reading, standing, now)
        standing = decision.standing
        seen.append(standing.state)
        told.append(decision.message.removeprefix("alert."))
    assert (seen, told) == (states, messages)


def test_an_alert_remembers_when_it_began_and_ended() -> None:
    firing = evaluate(AT_ONCE, Sample(200), Standing(), 10).standing
    dark = evaluate(AT_ONCE, NOTHING, firing, 20).standing
    again = evaluate(AT_ONCE, Sample(200), dark, 30).standing
    over = evaluate(AT_ONCE, Sample(0), again, 40).standing
    assert (firing.starts_at, again.starts_at, over.starts_at, over.ends_at) == (10, 10, 10, 40)


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
