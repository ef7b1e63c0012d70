"""What readings make of an alert, one after the other, and what a channel hears of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.alerts.judgement import judged, standing
from dashboard.alerts.metrics.contract import Sample, Target
from dashboard.alerts.notices import Listener, plan
from dashboard.alerts.records import Alert, AlertState, Rule
from dashboard.alerts.states import DARK, Decision, Reason, Standing, evaluate, failed, gone, withdrawn

Q, P, F, C, R, N, E = (
    AlertState.INACTIVE, AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING, AlertState.RESOLVED,
    AlertState.NO_DATA, AlertState.ERROR,
)  # fmt: skip
AT_ONCE = Rule("r", "failed", above=100)
SLOW = Rule("r", "failed", above=100, for_seconds=60)
STICKY = Rule("r", "failed", above=100, clear=80, keep_firing_seconds=30)
NOTHING = Sample(None)
FEW = Sample(None, enough=False)
BROKEN = None
LONG_AGO = 60.0
Step = tuple[float, Sample | None]


def decided(rule: Rule, reading: Sample | None, before: Standing, now: float) -> Decision:
    return failed(before, now) if reading is BROKEN else evaluate(rule, reading, before, now)


def told(rule: Rule, readings: list[Step]) -> tuple[list[AlertState], list[str]]:
    """The states after each reading, and what one channel hears each time."""
    alert: Alert | None = None
    seen, heard = [], []
    for now, reading in readings:
        decision = decided(rule, reading, standing(alert), now)
        alert = judged(rule, Target("main"), reading or NOTHING, decision, alert)
        planned = plan(alert, [Listener("ops")], now)
        alert = replace(alert, told=planned.told)
        seen.append(alert.state)
        heard.append(" ".join(kind.removeprefix("alert.") for _, kind in planned.messages))
    return seen, heard


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
        (AT_ONCE, [(0, Sample(101)), (5, NOTHING), (5 + LONG_AGO, NOTHING), (90, NOTHING), (99, Sample(101))],
         [F, N, N, N, F], ["firing", "", "nodata", "", "firing"]),
        (AT_ONCE, [(0, Sample(101)), (5, NOTHING), (9, Sample(1))], [F, N, R], ["firing", "", "resolved"]),
        (AT_ONCE, [(0, Sample(101)), (5, NOTHING), (70, NOTHING), (75, Sample(1))], [F, N, N, R],
         ["firing", "", "nodata", "resolved"]),
        (SLOW, [(0, Sample(101)), (60, Sample(101)), (65, NOTHING), (70, Sample(101))], [P, F, N, F],
         ["", "firing", "", ""]),
        (SLOW, [(0, Sample(101)), (30, NOTHING), (70, Sample(101)), (90, Sample(101))], [P, N, P, P], [""] * 4),
        (STICKY, [(0, Sample(90)), (5, Sample(101)), (10, Sample(90)), (15, Sample(81)), (20, Sample(101))],
         [Q, F, F, F, F], ["", "firing", "", "", ""]),
        (STICKY, [(0, Sample(101)), (5, Sample(80)), (34, Sample(9)), (35, Sample(9))], [F, C, C, R],
         ["firing", "", "", "resolved"]),
        (STICKY, [(0, Sample(101)), (5, Sample(80)), (30, Sample(90)), (40, Sample(80)), (69, Sample(80)),
                  (70, Sample(80))], [F, C, F, C, C, R], ["firing", "", "", "", "", "resolved"]),
        (STICKY, [(0, Sample(101)), (5, Sample(1)), (30, Sample(101))], [F, C, F], ["firing", "", ""]),
        (STICKY, [(0, Sample(101)), (5, Sample(1)), (30, NOTHING), (40, Sample(1)), (70, Sample(1))], [F, C, N, C, R],
         ["firing", "", "", "", "resolved"]),
        (AT_ONCE, [(0, Sample(101)), (5, BROKEN), (64, BROKEN), (65, BROKEN), (70, Sample(101))], [F, E, E, E, F],
         ["firing", "", "", "error", "firing"]),
        (AT_ONCE, [(0, BROKEN), (90, BROKEN), (95, Sample(1))], [E, E, Q], [""] * 3),
        (AT_ONCE, [(0, Sample(101)), (5, NOTHING), (40, BROKEN), (65, NOTHING)], [F, N, E, N],
         ["firing", "", "", "nodata"]),
    ],
)  # fmt: skip
def test_readings_lead_to_states_and_messages(
    rule: Rule, readings: list[Step], states: list[AlertState], messages: list[str]
) -> None:
    assert told(rule, readings) == (states, messages)


def test_an_alert_remembers_when_it_began_and_ended() -> None:
    firing = evaluate(AT_ONCE, Sample(200), Standing(), 10).standing
    dark = evaluate(AT_ONCE, NOTHING, firing, 20).standing
    again = evaluate(AT_ONCE, Sample(200), dark, 30).standing
    over = evaluate(AT_ONCE, Sample(0), again, 40).standing
    assert (firing.starts_at, again.starts_at, over.starts_at, over.ends_at) == (10, 10, 10, 40)


@pytest.mark.parametrize(
    ("reading", "before", "reason"),
    [
        (Sample(9), Standing(), Reason.BELOW),
        (FEW, Standing(), Reason.TOO_LITTLE),
        (Sample(101), Standing(), Reason.WAITING),
        (Sample(101), Standing(P, -60), Reason.ABOVE),
        (Sample(90), Standing(F, 0, 0), Reason.BETWEEN),
        (Sample(80), Standing(F, 0, 0), Reason.BELOW),
        (NOTHING, Standing(F, 0, 0), Reason.NO_READING),
        (BROKEN, Standing(F, 0, 0), Reason.FAILED),
    ],
)
def test_every_decision_says_why(reading: Sample | None, before: Standing, reason: Reason) -> None:
    assert decided(replace(SLOW, clear=80), reading, before, 0).reason == reason


@pytest.mark.parametrize("reason", [Reason.DELETED, Reason.TURNED_OFF])
@pytest.mark.parametrize("state", [F, C, N, E])
def test_what_fires_is_resolved_at_once_when_its_rule_goes(state: AlertState, reason: Reason) -> None:
    decision = withdrawn(Standing(state, 5, 1), 9, reason)
    assert decision == Decision(Standing(R, 9, 1, 9), reason)
    assert withdrawn(Standing(N, 5), 9, reason).standing.state == Q


def test_what_is_gone_recovers_before_it_is_resolved() -> None:
    first = gone(STICKY, Standing(F, 0, 0), 5)
    assert (first.standing.state, first.reason) == (C, Reason.GONE)
    assert gone(STICKY, first.standing, 35).standing.state == R


_reading = st.one_of(
    st.just(BROKEN),
    st.just(NOTHING),
    st.just(FEW),
    st.floats(0, 200).map(Sample),
    st.sampled_from([80.0, 100.0]).map(Sample),
)
_steps = st.lists(st.tuples(st.floats(0, 100), _reading), max_size=60)
_rules = st.builds(
    Rule, st.just("r"), st.just("failed"), st.just(100.0), st.sampled_from([0.0, 30.0, 60.0]),
    clear=st.sampled_from([None, 80.0]), keep_firing_seconds=st.sampled_from([0.0, 45.0]),
)  # fmt: skip


@given(_rules, _steps)
def test_whatever_is_read_the_states_follow_each_other_as_they_may(rule: Rule, steps: list[Step]) -> None:
    before, now, above_since = Standing(), 1_000.0, None
    for wait, reading in steps:
        now += wait
        after = decided(rule, reading, before, now).standing
        above = reading is not BROKEN and reading.value is not None and reading.value > rule.above
        above_since = (now if above_since is None else above_since) if above else None
        if after.state == F and not before.unresolved:
            assert above_since is not None
            assert now - above_since >= rule.for_seconds
            assert after.starts_at == now
        if before.unresolved:
            assert after.state in (F, C, R, N, E)
            assert after.starts_at == before.starts_at
        if after.state == R and before.state != R:
            assert before.starts_at is not None
            assert not above
        assert after.unresolved == (after.starts_at is not None and after.ends_at is None)
        assert not (after.state in (F, C) and not after.unresolved)
        assert not (after.state in (Q, P, R) and after.unresolved)
        assert (after.state in DARK) == (reading is BROKEN or (reading.value is None and reading.enough))
        assert after.since <= now
        assert after.ends_at is None or after.starts_at is None or after.ends_at >= after.starts_at
        before = after


@given(st.lists(st.tuples(st.floats(0, 29), st.floats(80.001, 200)), max_size=60))
def test_a_value_that_swings_around_the_threshold_gives_one_message(steps: list[tuple[float, float]]) -> None:
    now, readings = 0.0, [(0.0, Sample(101.0))]
    for wait, value in steps:
        now += wait
        readings.append((now, Sample(value)))
    assert [heard for heard in told(STICKY, readings)[1] if heard] == ["firing"]


@given(_rules, st.lists(st.tuples(st.floats(-500, 500), _reading), max_size=40))
def test_a_clock_that_is_set_back_breaks_nothing(rule: Rule, steps: list[Step]) -> None:
    before, now = Standing(), 1_000.0
    for move, reading in steps:
        now += move
        after = decided(rule, reading, before, now).standing
        assert not (before.unresolved and after.state in (Q, P))
        assert after.ends_at is None or after.starts_at is None or after.ends_at >= after.starts_at
        before = after
