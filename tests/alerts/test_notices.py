"""Whom an alert is told what, from what was told before."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.alerts.judgement import judged, standing
from dashboard.alerts.metrics.contract import Sample, Target
from dashboard.alerts.notices import Habits, Listener, listeners, notified, plan
from dashboard.alerts.records import Alert, AlertState, Rule, Told
from dashboard.alerts.states import evaluate, failed
from dashboard.settings import ChannelSettings

RULE = Rule("r", "failed", above=100, clear=80, keep_firing_seconds=20)
OPS, NIGHT = Listener("ops"), Listener("night")
FIRES = Sample(101)
CALM = Sample(1)


class Watch:
    """One alert over time, and what its channels hear."""

    def __init__(self, rule: Rule = RULE) -> None:
        self.rule = rule
        self.alert: Alert | None = None
        self.heard: list[tuple[str, str]] = []

    def at(
        self,
        now: float,
        reading: Sample | None,
        *channels: Listener,
        silenced: bool = False,
        chosen: tuple[str, ...] | None = None,
    ) -> list[tuple[str, str]]:
        """One evaluation; (channel, type) of what is told."""
        before = standing(self.alert)
        decision = failed(before, now) if reading is None else evaluate(self.rule, reading, before, now)
        alert = judged(self.rule, Target("main"), reading or Sample(None), decision, self.alert)
        planned = plan(alert, channels, now, chosen=chosen, silenced=silenced)
        self.alert = replace(alert, told=planned.told)
        new = [(channel.name, kind.removeprefix("alert.")) for channel, kind in planned.messages]
        self.heard += new
        return new


def test_every_channel_is_told_once() -> None:
    watch = Watch()
    assert watch.at(0, FIRES, OPS, NIGHT) == [("ops", "firing"), ("night", "firing")]
    assert watch.at(5, FIRES, OPS, NIGHT) == []


def test_it_is_told_again_after_the_repeat_interval_of_each_channel() -> None:
    watch, often = Watch(), Listener("often", repeat=60)
    heard = [watch.at(now, FIRES, OPS, often) for now in (0, 59, 60, 119, 120)]
    again = [("often", "firing")]
    assert heard == [[("ops", "firing"), ("often", "firing")], [], again, [], again]


def test_it_is_told_again_while_it_recovers_and_while_there_is_no_data() -> None:
    watch, often = Watch(), Listener("often", repeat=60)
    watch.at(0, FIRES, often)
    assert watch.at(59, CALM, often) == []
    assert watch.at(70, CALM, often) == [("often", "firing")]
    watch.at(80, Sample(None), often)
    assert watch.at(135, Sample(None), often) == [("often", "firing")]
    assert watch.at(140, Sample(None), often) == [("often", "nodata")]
    assert watch.at(200, Sample(None), often) == [("often", "nodata")]


def test_a_silenced_alert_tells_nobody_until_the_silence_ends() -> None:
    watch = Watch()
    assert watch.at(0, FIRES, OPS, silenced=True) == []
    assert watch.alert is not None
    assert watch.alert.state == AlertState.FIRING
    assert watch.at(60, FIRES, OPS) == [("ops", "firing")]


def test_who_was_told_hears_of_the_end_through_a_silence() -> None:
    watch = Watch()
    watch.at(0, FIRES, OPS)
    watch.at(30, CALM, OPS, NIGHT, silenced=True)
    assert watch.at(60, CALM, OPS, NIGHT, silenced=True) == [("ops", "resolved")]


def test_an_alert_that_began_and_ended_in_silence_is_told_to_nobody() -> None:
    watch = Watch()
    watch.at(0, FIRES, OPS, silenced=True)
    watch.at(30, CALM, OPS, silenced=True)
    watch.at(60, CALM, OPS)
    assert watch.heard == []


def test_one_that_is_nearly_over_when_the_silence_ends_is_told_only_when_it_fires_again() -> None:
    watch = Watch()
    watch.at(0, FIRES, OPS, silenced=True)
    assert watch.at(30, CALM, OPS) == []
    assert watch.at(35, FIRES, OPS) == [("ops", "firing")]


def test_a_channel_that_is_added_later_is_told_of_what_fires() -> None:
    watch = Watch()
    watch.at(0, FIRES, OPS)
    assert watch.at(5, FIRES, OPS, NIGHT) == [("night", "firing")]


def test_a_channel_taken_out_of_the_rule_hears_of_the_end_and_of_nothing_else() -> None:
    watch, often = Watch(), Listener("often", repeat=10)
    watch.at(0, FIRES, often)
    assert watch.at(60, FIRES, often, chosen=()) == []
    watch.at(65, CALM, often, chosen=())
    assert watch.at(90, CALM, often, chosen=()) == [("often", "resolved")]


def test_a_channel_that_is_gone_is_forgotten() -> None:
    watch = Watch()
    watch.at(0, FIRES, OPS)
    watch.at(5, FIRES)
    assert watch.alert is not None
    assert watch.alert.told == {}


def test_a_channel_that_wants_no_end_is_told_anew_the_next_time() -> None:
    watch, curt = Watch(), Listener("curt", send_resolved=False)
    watch.at(0, FIRES, curt)
    watch.at(5, CALM, curt)
    assert watch.at(30, CALM, curt) == []
    assert watch.at(35, FIRES, curt) == [("curt", "firing")]


def test_no_data_is_told_after_a_while_and_only_to_those_who_know() -> None:
    watch = Watch()
    watch.at(0, FIRES, OPS)
    assert watch.at(5, Sample(None), OPS, NIGHT) == []
    assert watch.at(65, Sample(None), OPS, NIGHT) == [("ops", "nodata")]
    assert watch.at(70, FIRES, OPS, NIGHT) == [("ops", "firing"), ("night", "firing")]


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({}, Listener("c", 3600.0, True, "rule", 10.0)),
        ({"repeat": "0s"}, Listener("c", 0.0, True, "rule", 10.0)),
        ({"repeat": "5m", "group_by": "none", "send_resolved": False}, Listener("c", 300.0, False, "none", 0.0)),
        ({"kind": "unheard-of"}, Listener("c", 0.0, True, "none", 0.0)),
    ],
)
def test_what_a_channel_leaves_open_its_kind_decides(given_: dict[str, object], expected: Listener) -> None:
    channel = ChannelSettings.model_validate({"name": "c", "kind": "chat"} | given_)
    assert listeners([channel], {"chat": Habits("rule", 3600.0)}) == [expected]


def test_alerts_are_grouped_as_the_channel_wants() -> None:
    watch = Watch()
    watch.at(0, FIRES)
    assert watch.alert is not None
    keys = [Listener("c", group_by=by).key(watch.alert) for by in ("none", "rule", "source")]
    assert keys == [watch.alert.fingerprint, "rule:r:main", "source:main"]


def test_receivers_last_heard_what_was_told_last() -> None:
    assert notified({}) == AlertState.INACTIVE
    assert notified({"a": Told(AlertState.FIRING, 5), "b": Told(AlertState.RESOLVED, 3)}) == AlertState.FIRING


_reading = st.sampled_from([None, Sample(None), Sample(None, enough=False), CALM, Sample(90), FIRES])
_present = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3).map(tuple)
_steps = st.lists(st.tuples(st.sampled_from([1.0, 7.0, 30.0, 70.0]), _reading, st.booleans(), _present), max_size=80)
_LETTERS = {"firing": "f", "nodata": "n", "error": "e", "resolved": "r"}
_LEGAL = re.compile(r"(f[fne]*r)*(f[fne]*)?")


@given(_steps)
def test_whatever_happens_every_channel_hears_a_story_that_makes_sense(
    steps: list[tuple[float, Sample | None, bool, tuple[str, ...]]],
) -> None:
    channels = [Listener("a"), Listener("b", repeat=60), Listener("c", repeat=10)]
    watch, now = Watch(), 0.0
    for wait, reading, silenced, chosen in steps:
        now += wait
        new = watch.at(now, reading, *channels, silenced=silenced, chosen=chosen)
        assert watch.alert is not None
        for name, kind in new:
            assert kind == "resolved" or (not silenced and name in chosen)
            assert (kind == "resolved") == (not watch.alert.unresolved)
        for channel in channels:
            knows = watch.alert.told.get(channel.name, Told(AlertState.RESOLVED, 0)).state != AlertState.RESOLVED
            assert not (knows and not watch.alert.unresolved)
            due = watch.alert.state == AlertState.FIRING and not silenced and channel.name in chosen
            assert knows or not due
    for channel in channels:
        word = "".join(_LETTERS[kind] for name, kind in watch.heard if name == channel.name)
        assert _LEGAL.fullmatch(word), word
