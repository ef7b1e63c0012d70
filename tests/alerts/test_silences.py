"""Silences: what they mean, how long they hold, and how they are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.adapters.contract import ActionRefused, InvalidRequest
from dashboard.alerts import silences as module
from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.matchers import InvalidMatcher, all_match, exactly, parse, parse_all
from dashboard.alerts.muting import muted_at
from dashboard.alerts.records import Alert, AlertState
from dashboard.alerts.silences import KEPT_SECONDS, Silences, UnknownSilence, match
from dashboard.audit.actor import act_as
from dashboard.store import Fence
from tests.background import World

ALERT = Alert(
    "too-many-failed", "page", "failed", AlertState.FIRING, "main", "billing", 412.0, 100.0, 0.0, "a1", 1_000.0,
    starts_at=1_000.0, type="billing.capture", group="7c02",
)  # fmt: skip


@pytest.fixture
def silences(world: World) -> Silences:
    act_as("ann")
    return world.services.silences


@pytest.mark.parametrize(
    "matchers",
    [[], [{"name": "team", "operator": "=", "value": "a"}], [{"name": "queue", "operator": "=~", "value": ".*"}]],
)
def test_conditions_that_another_version_stored_mean_nothing_and_stop_no_alert(
    world: World, fence: Fence, silences: Silences, matchers: list[object]
) -> None:
    silence = {"id": "s", "matchers": matchers, "author": "ann", "comment": "", "starts_at": 0, "ends_at": 9e9,
               "created_at": 0}  # fmt: skip
    window = {"name": "w", "matchers": matchers, "cron": "* * * * *", "seconds": 3_600}
    world.store.client.hset(world.store.silences, "s", json.dumps(silence))
    world.store.client.hset(world.store.windows, "w", json.dumps(window))
    world.jobs.dead(101)
    muted = partial(muted_at, silences, world.services.windows)
    Evaluator(
        world.store, world.services.sources, world.settings, world.clock, book=world.book, muted_at=muted
    ).evaluate(fence)
    assert [(alert.rule, alert.silenced_by) for alert in world.book.firing()] == [("too-many-failed", "")]
    assert (silences.listed(), world.services.windows.listed()) == ([], [])


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("queue=billing", True), ("queue=bill", False), ("queue~bill*", True), ("queue~*ing", True),
        ("queue!=billing", False), ("queue!~mail*", True), ("rule~too-?any-*", True), ("source=main", True),
        ("type=billing.capture", True), ("fingerprint=7c02", True), ("severity=ticket", False), ("queue=", False),
    ],
)  # fmt: skip
def test_a_condition_is_exact_or_a_pattern_or_the_contrary(text: str, holds: bool) -> None:
    assert parse(text).matches(ALERT) is holds


@given(st.text(max_size=60))
def test_a_pattern_of_stars_and_letters_means_what_it_says(value: str) -> None:
    literal = "".join(sign for sign in value if sign not in "*?[")
    assert parse(f"queue={literal}").matches(replace(ALERT, queue=literal.strip()))
    assert parse(f"queue~{literal.strip()}*").matches(replace(ALERT, queue=literal.strip() + "-tail"))


def test_a_hostile_pattern_is_judged_in_bounded_steps() -> None:
    assert not parse("queue~" + "*a" * 90 + "b").matches(replace(ALERT, queue="a" * 200))


@pytest.mark.parametrize("text", ["", "queue", "colour=red", "queue>1", "queue=" + "x" * 201])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(InvalidMatcher):
        parse_all([text])


def test_every_condition_must_hold() -> None:
    assert all_match(parse_all(["queue=billing", "source=main"]), ALERT)
    assert not all_match(parse_all(["queue=billing", "source=other"]), ALERT)


def test_an_alert_is_meant_exactly_by_its_own_conditions() -> None:
    whole = replace(ALERT, queue="", type="", group="")
    assert all_match(exactly(ALERT), ALERT)
    assert all_match(exactly(whole), whole)
    assert not all_match(exactly(whole), ALERT), "the source's total is another alert than one of its queues"


def test_a_silence_holds_from_its_begin_to_its_end(world: World, silences: Silences) -> None:
    now = world.clock()
    made = silences.create(parse_all(["queue=billing"]), "restore", ends_at=now + 1_800)
    assert (made.author, made.comment) == ("ann", "restore")
    assert match(silences.active(now), ALERT) == made.id
    assert silences.active(now + 1_800) == []
    later = silences.create(parse_all(["queue=mail"]), "", ends_at=now + 900, starts_at=now + 600)
    assert later.id not in {each.id for each in silences.active(now)}
    assert later.id in {each.id for each in silences.active(now + 600)}


def test_a_silence_until_resolved_means_what_has_begun_and_not_what_begins_anew(
    world: World, silences: Silences
) -> None:
    now = world.clock()
    silences.create(parse_all(["queue=billing"]), "", ends_at=None)
    old, anew = replace(ALERT, starts_at=now - 60), replace(ALERT, starts_at=now + 60)
    world.clock.forward(120)
    muted = muted_at(silences, world.services.windows, world.clock())
    assert muted(old)
    assert not muted(anew)


def test_one_that_is_ended_says_by_whom_and_stays_ended(world: World, silences: Silences) -> None:
    made = silences.create(parse_all(["queue=billing"]), "", ends_at=world.clock() + 1_800)
    world.clock.forward(60)
    act_as("bob")
    assert silences.end(made.id).ended_by == "bob"
    act_as("eve")
    world.clock.forward(60)
    assert silences.end(made.id).ended_by == "bob"
    assert silences.active(world.clock()) == []
    with pytest.raises(UnknownSilence):
        silences.end("01NOSUCH")


def test_ended_silences_are_forgotten_after_five_days(world: World, silences: Silences) -> None:
    first = silences.create(parse_all(["queue=billing"]), "", ends_at=world.clock() + 60)
    world.clock.forward(KEPT_SECONDS)
    silences.create(parse_all(["queue=mail"]), "", ends_at=world.clock() + 60)
    assert first.id in {each.id for each in silences.listed()}
    world.clock.forward(61)
    silences.create(parse_all(["queue=mail"]), "", ends_at=world.clock() + 60)
    assert first.id not in {each.id for each in silences.listed()}


def test_there_is_room_for_so_many(world: World, silences: Silences, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SILENCES", 3)
    for _ in range(3):
        silences.create(parse_all(["queue=mail"]), "", ends_at=world.clock() + 60)
    with pytest.raises(ActionRefused):
        silences.create(parse_all(["queue=mail"]), "", ends_at=world.clock() + 60)


def test_impossible_times_and_reasons_are_refused(world: World, silences: Silences) -> None:
    now = world.clock()
    for ends, comment in ((now - 1, ""), (now + 400 * 86_400, ""), (now + 60, "x" * 301)):
        with pytest.raises(InvalidRequest):
            silences.create(parse_all(["queue=mail"]), comment, ends_at=ends)
    with pytest.raises(InvalidRequest):
        silences.create((), "", ends_at=now + 60)
    assert silences.listed() == []


def test_a_damaged_record_hides_none_of_the_others(world: World, silences: Silences) -> None:
    made = silences.create(parse_all(["queue=mail"]), "", ends_at=world.clock() + 60)
    world.store.client.hset(world.store.silences, "broken", "{}")
    assert [each.id for each in silences.listed()] == [made.id]
    silences.create(parse_all(["queue=mail"]), "", ends_at=world.clock() + 60)


def test_one_holds_an_hour_more_by_the_first_of_two_who_saw_the_same(world: World, silences: Silences) -> None:
    now = world.clock()
    made = silences.create(parse_all(["queue=billing"]), "", ends_at=now + 60)
    act_as("bob")
    longer = silences.extend(made.id, 3_600, made.revision)
    assert (longer.ends_at, longer.author) == (now + 3_660, "ann")
    with pytest.raises(ActionRefused, match="somebody else"):
        silences.extend(made.id, 3_600, made.revision)
    assert silences.get(made.id) == longer
    with pytest.raises(InvalidRequest, match="a year"):
        silences.extend(made.id, 366 * 86_400)
    assert next((each.action, each.actor) for each in world.services.audit.page().items) == ("edit silence", "bob")


def test_one_that_has_ended_is_not_begun_again(world: World, silences: Silences) -> None:
    made = silences.create(parse_all(["queue=billing"]), "", ends_at=world.clock() + 60)
    world.clock.forward(60)
    with pytest.raises(ActionRefused, match="has ended"):
        silences.extend(made.id, 3_600)
    with pytest.raises(ActionRefused, match="has ended"):
        silences.change(made.id, "", ends_at=world.clock() + 60)
    assert silences.active(world.clock()) == []


def test_one_gets_another_end_and_reason_and_means_what_it_meant(world: World, silences: Silences) -> None:
    now = world.clock()
    made = silences.create(parse_all(["queue=billing"]), "", ends_at=now + 60)
    changed = silences.change(made.id, " restore ", ends_at=now + 30, seen=made.revision)
    assert (changed.comment, changed.ends_at, changed.matchers) == ("restore", now + 30, made.matchers)
    for ends_at in (now - 1, now + 400 * 86_400):
        with pytest.raises(InvalidRequest):
            silences.change(made.id, "", ends_at=ends_at)
    with pytest.raises(ActionRefused, match="somebody else"):
        silences.change(made.id, "", ends_at=now + 90, seen=made.revision)
    assert silences.get(made.id) == changed


def test_one_that_is_to_hold_until_resolved_means_what_has_begun_by_then(world: World, silences: Silences) -> None:
    made = silences.create(parse_all(["queue=billing"]), "", ends_at=world.clock() + 600)
    world.clock.forward(300)
    begun = replace(ALERT, starts_at=world.clock() - 100)
    changed = silences.change(made.id, "", ends_at=None)
    assert changed.means(begun)
    assert not changed.means(replace(ALERT, starts_at=world.clock() + 1))
    with pytest.raises(InvalidRequest, match="resolved"):
        silences.extend(made.id, 60)
    again = silences.change(made.id, "x", ends_at=None)
    assert (again.starts_at, again.ends_at) == (changed.starts_at, changed.ends_at)


def test_making_and_ending_one_is_in_the_audit_log(world: World, silences: Silences) -> None:
    made = silences.create(parse_all(["queue=billing"]), "restore", ends_at=world.clock() + 60)
    silences.end(made.id)
    entries = world.services.audit.page().items
    assert [(each.action, each.target, each.actor) for each in entries] == [
        ("end silence", made.id, "ann"),
        ("silence", made.id, "ann"),
    ]
    assert "queue=billing" in entries[0].detail


def test_a_silenced_alert_is_evaluated_and_told_to_nobody_until_the_silence_ends(
    world: World, silences: Silences, fence: Fence
) -> None:
    def evaluator() -> Evaluator:
        muted = partial(muted_at, silences, world.services.windows)
        return Evaluator(world.store, world.services.sources, world.settings, world.clock, muted_at=muted)

    made = silences.create(parse_all(["rule=too-many-failed"]), "", ends_at=world.clock() + 600)
    world.jobs.dead(101)
    evaluator().evaluate(fence)
    (alert,) = world.book.firing()
    assert alert.silenced_by == made.id
    assert world.book.deliveries() == []
    silences.end(made.id)
    world.clock.forward(5)
    world.services.sources.forget()
    evaluator().evaluate(fence)
    assert [delivery.type for delivery in world.book.deliveries()] == ["alert.firing"]
