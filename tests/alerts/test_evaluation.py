"""Rules that break, silences, firing periods, and more alerts than there is room for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from dashboard.alerts import evaluator as evaluator_module
from dashboard.alerts import storing
from dashboard.alerts.matchers import Matcher
from dashboard.alerts.metrics.contract import Sample, Target
from dashboard.alerts.metrics.discovery import built_in_rules, metrics
from dashboard.alerts.muting import muted_at
from dashboard.alerts.records import AlertState, Period, Rule, Told
from dashboard.alerts.states import Reason
from dashboard.store import Fence
from tests.alerts.evaluating import bodies, evaluate, send
from tests.background import World

BUILT_IN = next(rule for rule in built_in_rules() if rule.name == "too-many-failed")


def break_metric(patch: pytest.MonkeyPatch, metric: str, part: str, error: Exception) -> None:
    """Let one part of a metric raise."""

    def broken(*_: Any) -> Any:
        raise error

    patch.setattr(type(metrics()[metric]), part, broken)


def muted(world: World) -> Any:
    return partial(muted_at, world.services.silences, world.services.windows)


def test_a_silenced_alert_fires_visibly_and_tells_nobody_before_the_silence_ends(world: World, fence: Fence) -> None:
    matcher = Matcher("rule", "=", "too-many-failed")
    silence = world.services.silences.create([matcher], "known", ends_at=world.clock() + 60)
    world.jobs.dead(101)
    evaluate(world, fence, muted_at=muted(world))
    (alert,) = world.book.firing()
    assert (alert.silenced_by, alert.told, world.book.deliveries()) == (silence.id, {}, [])
    world.clock.forward(60)
    evaluate(world, fence, muted_at=muted(world))
    (alert,) = world.book.firing()
    assert (alert.silenced_by, [body["type"] for body in bodies(world)]) == ("", ["alert.firing"])
    assert alert.told == {"ops": Told(AlertState.FIRING, world.clock())}


def test_a_rule_whose_channels_were_all_removed_tells_the_others_rather_than_nobody(world: World, fence: Fence) -> None:
    lonely = replace(BUILT_IN, channels=("removed",))
    world.jobs.dead(101)
    evaluate(world, fence, rules=lambda: [lonely])
    assert [each.channel for each in world.book.deliveries()] == ["ops"]


def test_a_rule_for_nobody_tells_nobody(world: World, fence: Fence) -> None:
    world.jobs.dead(101)
    evaluate(world, fence, rules=lambda: [replace(BUILT_IN, channels=())])
    assert (len(world.book.firing()), world.book.deliveries()) == (1, [])


def test_a_queue_whose_name_is_no_text_stops_no_alert(
    world: World, fence: Fence, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.jobs.dead(101)
    targets = (Target("main", "q\udcff"), Target("main", "q\udcfe"))
    monkeypatch.setattr(type(metrics()["failure_rate"]), "targets", lambda *_: iter(targets))
    monkeypatch.setattr(type(metrics()["failure_rate"]), "sample", lambda *_: Sample(99.0))
    strange = Rule("strange", "failure_rate", above=1)
    evaluate(world, fence, rules=lambda: [strange, BUILT_IN])
    told = [(alert.rule, alert.queue) for alert in world.book.firing()]
    assert sorted(told) == [("strange", "q?"), ("strange", "q?"), ("too-many-failed", "")]
    assert len(bodies(world)) == 3


def test_a_rule_that_cannot_be_evaluated_is_an_error_and_stops_no_other(
    world: World, fence: Fence, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(BUILT_IN, name="broken", metric="failure_rate", queue="mail")
    world.jobs.dead(101)
    break_metric(monkeypatch, "failure_rate", "sample", ZeroDivisionError("by nought"))
    evaluate(world, fence, rules=lambda: [broken, BUILT_IN])
    states = {alert.rule: (alert.state, alert.error) for alert in world.book.alerts()}
    assert states == {
        "broken": (AlertState.ERROR, "ZeroDivisionError: by nought"), "too-many-failed": (AlertState.FIRING, ""),
    }  # fmt: skip
    evaluation = world.book.evaluation()
    assert evaluation is not None
    assert (evaluation.at, evaluation.alerts, evaluation.left_out) == (world.clock(), 2, 0)
    assert evaluation.errors == ("broken",)


def test_a_rule_whose_targets_cannot_be_found_is_an_error_until_they_can(
    world: World, fence: Fence, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.jobs.dead(101)
    evaluate(world, fence)
    send(world)
    with monkeypatch.context() as patch:
        break_metric(patch, "failed", "targets", KeyError("mail"))
        evaluate(world, fence)
        assert {alert.state for alert in world.book.alerts()} == {AlertState.ERROR}
        world.clock.forward(60)
        evaluate(world, fence)
    send(world)
    evaluate(world, fence)
    (alert,) = world.book.alerts()
    assert (alert.state, alert.starts_at, alert.error) == (AlertState.FIRING, world.clock() - 60, "")
    assert [body["type"] for body in bodies(world)] == ["alert.firing", "alert.error", "alert.firing"]


def test_an_unknown_metric_is_an_error(world: World, fence: Fence) -> None:
    evaluate(world, fence, rules=lambda: [Rule("r", "unheard-of", 1.0)])
    assert [(alert.rule, alert.state) for alert in world.book.alerts()] == [("r", AlertState.ERROR)]


@pytest.mark.parametrize(
    ("rules", "reason"), [([], Reason.DELETED), ([replace(BUILT_IN, enabled=False)], Reason.TURNED_OFF)]
)
def test_a_rule_deleted_or_turned_off_while_it_fires_is_resolved_and_says_why(
    world: World, fence: Fence, rules: list[Rule], reason: Reason
) -> None:
    world.jobs.dead(101)
    evaluate(world, fence)
    send(world)
    evaluate(world, fence, rules=lambda: rules)
    (alert,) = world.book.alerts()
    assert (alert.state, alert.reason) == (AlertState.RESOLVED, reason)
    assert [body["type"] for body in bodies(world)] == ["alert.firing", "alert.resolved"]


def test_the_times_at_which_it_fired_are_kept_with_the_worst_value(world: World, fence: Fence) -> None:
    began = world.clock()
    world.jobs.dead(101)
    evaluate(world, fence)
    world.jobs.dead(20)
    world.clock.forward(10)
    evaluate(world, fence)
    (lasting,) = world.book.periods(0)
    assert (lasting.started, lasting.ended, lasting.worst) == (began, None, 121)
    assert world.book.firing()[0].value_at_start == 101
    world.start()
    world.drive()
    world.clock.forward(10)
    evaluate(world, fence)
    (over,) = world.book.periods(0)
    assert (over.rule, over.source, over.started, over.ended, over.worst) == (
        "too-many-failed", "main", began, began + 20, 121,
    )  # fmt: skip
    assert world.book.periods(began + 21) == []
    assert world.book.periods(0, began - 1) == []
    assert world.book.periods(0, source="other") == []
    assert world.book.periods(0, queue="mail") == []
    assert len(world.book.periods(began + 15, began + 16, source="main", queue="", rule="too-many-failed")) == 1


def test_firing_periods_older_than_the_charts_are_forgotten_and_their_number_is_bounded(
    world: World, fence: Fence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "PERIODS_KEPT", 3)
    now = world.clock()
    periods = [Period("r", "page", "failed", "main", "", "f", now - n - 5, now - n) for n in range(5)]
    old = Period("r", "page", "failed", "main", "", "f", 1, now - storing.PERIODS_SECONDS - 1)
    storing.store(world.store, fence, now, {}, periods=[old])
    assert world.book.periods(0) == []
    storing.store(world.store, fence, now, {}, periods=periods)
    assert world.book.periods(0) == sorted(periods, key=lambda each: each.started)[2:]


def test_alerts_for_which_there_is_no_room_are_counted(
    world: World, fence: Fence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluator_module, "MOST_ALERTS", 2)
    pending = [replace(BUILT_IN, name=f"later-{n}", for_seconds=60) for n in range(2)]
    world.jobs.dead(101)
    evaluate(world, fence, rules=lambda: [*pending, BUILT_IN, replace(BUILT_IN, name="second")])
    assert sorted(alert.rule for alert in world.book.alerts()) == ["second", "too-many-failed"]
    evaluation = world.book.evaluation()
    assert evaluation is not None
    assert (evaluation.alerts, evaluation.left_out) == (2, 2)


def test_only_alerts_that_changed_are_written(world: World, fence: Fence) -> None:
    world.jobs.dead(101)
    evaluate(world, fence)
    (name,) = world.book.stored()
    world.store.client.hset(world.store.alerts, name, world.store.client.hget(world.store.alerts, name) + b" ")
    evaluate(world, fence)
    assert (world.store.client.hget(world.store.alerts, name) or b"").endswith(b" ")


def test_a_stored_alert_that_is_not_readable_stops_nothing(world: World, fence: Fence) -> None:
    world.store.client.hset(world.store.alerts, "x", "{}")
    world.jobs.dead(101)
    evaluate(world, fence)
    assert [alert.rule for alert in world.book.firing()] == ["too-many-failed"]
