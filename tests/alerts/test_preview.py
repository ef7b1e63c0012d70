"""What a rule would have done: the recorded past, replayed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Point, Sample, Target
from dashboard.alerts.preview import Fired, previews, replayed
from dashboard.alerts.records import AlertState, Rule
from dashboard.alerts.states import Standing, evaluate
from dashboard.history.recorder import Recorder
from dashboard.store import Fence
from tests.background import World

MAIL = Target("main", "mail")
SAMPLES = st.one_of(st.just(UNREAD), st.just(NOT_JUDGED), st.integers(0, 20).map(lambda n: Sample(float(n))))
RULES = st.builds(
    Rule,
    name=st.just("r"),
    metric=st.just("failed"),
    above=st.integers(0, 20).map(float),
    for_seconds=st.sampled_from((0.0, 60.0, 150.0)),
    clear=st.one_of(st.none(), st.integers(0, 5).map(float)),
    keep_firing_seconds=st.sampled_from((0.0, 60.0, 200.0)),
)


def minutes(*samples: Sample) -> list[Point]:
    return [(60.0 * at, sample) for at, sample in enumerate(samples, 1)]


@given(RULES, st.lists(SAMPLES, max_size=60))
def test_a_preview_says_what_evaluating_step_by_step_says(rule: Rule, samples: list[Sample]) -> None:
    points = minutes(*samples)
    found = replayed(rule, MAIL, points)
    standing, begins, ends = Standing(), [], []
    for at, sample in points:
        after = evaluate(rule, sample, standing, at).standing
        if after.starts_at != standing.starts_at:
            begins.append(at)
        if standing.unresolved and not after.unresolved:
            ends.append(at)
        standing = after
    assert (found.states[-1:] or (AlertState.INACTIVE,)) == (standing.state,)
    assert [each.starts_at for each in found.fired] == begins
    assert [each.ends_at for each in found.fired if each.ends_at is not None] == ends
    assert found.told == len(begins) + len(ends)
    assert len(begins) - len(ends) == int(standing.unresolved)


def test_what_was_never_read_is_not_known_and_what_had_too_little_to_judge_is() -> None:
    rule = Rule("r", "failed", above=5)
    assert not replayed(rule, MAIL, minutes(UNREAD, UNREAD)).known
    assert not replayed(rule, MAIL, ()).known
    assert replayed(rule, MAIL, minutes(UNREAD, NOT_JUDGED)).known


def test_it_names_when_it_would_have_fired_how_often_it_would_have_told_and_the_worst_value() -> None:
    rule = Rule("r", "failed", above=5, for_seconds=60)
    found = replayed(rule, MAIL, minutes(*(Sample(float(value)) for value in (1, 6, 9, 2, 6, 7, 8))))
    assert found.fired == (Fired(180.0, 240.0, 9.0), Fired(360.0, None, 8.0))
    assert (found.told, found.worst, found.unread_seconds) == (3, 9.0, 0.0)


def test_a_gap_is_no_data_and_is_not_taken_for_fine() -> None:
    found = replayed(Rule("r", "failed", above=5), MAIL, minutes(Sample(9.0), UNREAD, UNREAD, Sample(9.0)))
    assert found.states == (AlertState.FIRING, AlertState.NO_DATA, AlertState.NO_DATA, AlertState.FIRING)
    assert (found.unread_seconds, len(found.fired), found.points[1][1]) == (120.0, 1, None)


@pytest.mark.parametrize("narrowed", [{"type": "send"}, {"group": "f1"}])
def test_dead_letters_of_a_type_or_group_keep_no_past(world: World, narrowed: dict[str, str]) -> None:
    rule = Rule("r", "failed", 1, queue="mail", **narrowed)
    assert not previews(rule, [replace(MAIL, **narrowed)], world.services.history)[0].possible


def test_what_was_recorded_of_a_queue_is_replayed(world: World, fence: Fence) -> None:
    recorder = Recorder(world.store, world.services.sources, world.clock)
    world.clock.now = world.clock.now // 60 * 60
    rule = Rule("r", "failed_per_minute", above=2)
    for step in range(60):
        if step == 30:
            world.jobs.dead(5)
        world.clock.forward(10)
        world.services.sources.forget()
        recorder.record(fence)
    world.services.history.forget()
    found = previews(rule, [MAIL], world.services.history)[0]
    assert [(each.worst, each.ends_at is not None) for each in found.fired] == [(5.0, True)]
    for stayed in previews(Rule("r", "failed", above=4), [Target("main"), MAIL], world.services.history):
        assert [(each.worst, each.ends_at) for each in stayed.fired] == [(5.0, None)]
    assert (found.told, found.worst) == (2, 5.0)
    assert len(found.points) <= 11
