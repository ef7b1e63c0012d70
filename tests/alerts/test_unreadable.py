"""Rules and channels that another version stored, or nobody: named, never taken for deleted, and in nobody's way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.adapters.contract import ActionRefused
from dashboard.alerts.channelbook import ChannelBook
from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.deliveries import DeliveryLog
from dashboard.alerts.outbox import MOST_TRIES, Outbox
from dashboard.alerts.records import Alert, AlertState, Origin
from dashboard.alerts.rulebook import InvalidRule, RuleBook
from dashboard.collector.collector import Collector
from dashboard.store import Fence
from tests.alerts.evaluating import bodies
from tests.alerts.outbox_model import Remembering
from tests.background import World

MANY = {"name": "many", "metric": "failed", "above": 5, "source": "main", "queue": "mail"}
OTHER = {"rule": MANY | {"metric": "of_tomorrow"}, "author": "ann", "written_at": 1.0}
STORED = {
    "{": "damaged", "[]": "damaged", "[" * 100_000: "damaged", json.dumps({"rule": {}}): "missing",
    json.dumps(OTHER): "no metric is called of_tomorrow",
    json.dumps({**OTHER, "rule": MANY | {"colour": "red"}}): "colour: there is no such field",
    json.dumps({**OTHER, "rule": MANY | {"name": "else"}}): "calls itself else",
}  # fmt: skip


@pytest.fixture
def book(world: World) -> RuleBook:
    return world.services.rulebook


def store_rule(world: World, name: str, text: str) -> None:
    world.store.client.hset(world.store.page_rules, name, text)
    world.services.rulebook._read_at = None


def evaluate(world: World, fence: Fence) -> None:
    world.services.sources.forget()
    Collector(world.services)._evaluator.evaluate(fence)
    world.clock.forward(5)


def of_rule(world: World, name: str = "many") -> list[Alert]:
    return [alert for alert in world.book.alerts() if alert.rule == name]


@pytest.mark.parametrize("text", STORED, ids=lambda text: text[:20])
def test_a_rule_that_cannot_be_read_is_named_with_the_reason(world: World, book: RuleBook, text: str) -> None:
    book.add(MANY | {"name": "fine"})
    store_rule(world, "many", text)
    (found,) = book.unreadable()
    assert found.name == "many"
    assert STORED[text] in found.english
    assert set(book.made()) == {"fine"}
    with pytest.raises(ActionRefused, match="cannot be read"):
        book.one("many")
    with pytest.raises(InvalidRule, match="delete it first"):
        book.add(MANY)
    with pytest.raises(ActionRefused, match="meanwhile"):
        book.delete("many", "another")
    book.delete("many", found.revision)
    assert book.unreadable() == []
    (entry,) = world.services.audit.page().items[:1]
    assert (entry.action, entry.target) == ("delete", "many")


def test_what_a_rule_fired_stays_an_error_and_is_not_told_as_over(world: World, fence: Fence, book: RuleBook) -> None:
    book.add(MANY)
    world.jobs.dead(6)
    evaluate(world, fence)
    assert [alert.state for alert in of_rule(world)] == [AlertState.FIRING]
    good = world.store.client.hget(world.store.page_rules, "many")
    store_rule(world, "many", json.dumps(OTHER))
    for _ in range(2):
        evaluate(world, fence)
    (alert,) = of_rule(world)
    assert (alert.state, alert.unresolved, alert.queue) == (AlertState.ERROR, True, "mail")
    assert "cannot be read: metric: no metric is called of_tomorrow" in alert.error
    evaluation = world.book.evaluation()
    assert evaluation is not None
    assert "many" in evaluation.errors
    assert [body["type"] for body in bodies(world)] == ["alert.firing"]
    assert isinstance(good, bytes)
    store_rule(world, "many", good.decode())
    evaluate(world, fence)
    (alert,) = of_rule(world)
    assert (alert.state, alert.error) == (AlertState.FIRING, "")
    assert [body["type"] for body in bodies(world)] == ["alert.firing"]


def test_who_knows_of_it_is_told_once_that_it_cannot_be_evaluated_and_at_last_that_it_is_over(
    world: World, fence: Fence, book: RuleBook
) -> None:
    book.add(MANY)
    world.jobs.dead(6)
    evaluate(world, fence)
    Outbox(world.store, {"ops": Remembering("ops")}, world.clock).deliver()
    store_rule(world, "many", "{")
    for _ in range(16):
        evaluate(world, fence)
    assert [body["type"] for body in bodies(world)] == ["alert.firing", "alert.error"]
    Outbox(world.store, {"ops": Remembering("ops")}, world.clock).deliver()
    book.delete("many", book.unreadable()[0].revision)
    evaluate(world, fence)
    assert [body["type"] for body in bodies(world)] == ["alert.firing", "alert.error", "alert.resolved"]


def test_one_that_did_not_fire_is_an_error_too_until_it_is_deleted(world: World, fence: Fence, book: RuleBook) -> None:
    store_rule(world, "many", "{")
    for _ in range(2):
        evaluate(world, fence)
    (alert,) = of_rule(world)
    assert (alert.state, alert.summary) == (AlertState.ERROR, "many cannot be evaluated")
    assert bodies(world) == []
    book.delete("many", book.unreadable()[0].revision)
    evaluate(world, fence)
    assert of_rule(world) == []


def test_what_is_over_stays_over(world: World, fence: Fence, book: RuleBook) -> None:
    book.add(MANY)
    world.jobs.dead(6)
    evaluate(world, fence)
    world.start()
    world.drive()
    evaluate(world, fence)
    store_rule(world, "many", "{")
    evaluate(world, fence)
    assert sorted(alert.state for alert in of_rule(world)) == [AlertState.ERROR, AlertState.RESOLVED]


def test_a_built_in_rule_does_not_stand_in_for_one_that_cannot_be_read(world: World, fence: Fence) -> None:
    store_rule(world, "too-many-failed", "{")
    world.jobs.dead(101)
    evaluate(world, fence)
    assert "too-many-failed" not in {rule.name for rule in world.book.rules()}
    assert [alert.state for alert in of_rule(world, "too-many-failed")] == [AlertState.ERROR]
    with pytest.raises(ActionRefused, match="cannot be read"):
        world.book.rule("too-many-failed")


def test_a_rule_of_the_file_is_checked_whatever_is_stored_under_its_name(redis_url: str) -> None:
    world = World(redis_url, {"alerts": {"rules": [{"name": "many", "metric": "failed", "above": 5}]}})
    store_rule(world, "many", "{")
    assert [rule.origin for rule in world.book.rules() if rule.name == "many"] == [Origin.FILE]


@pytest.mark.parametrize(
    "text", ["{", '{"channel": {"name": "team", "kind": "fax"}}', '{"channel": []}', "[" * 100_000]
)
def test_a_channel_that_cannot_be_read_is_named_and_only_removed(world: World, text: str) -> None:
    book = world.services.channels
    world.store.client.hset(world.store.channels, "team", text)
    ops, team = book.channels()
    assert (ops.unreadable, team.name) == ("", "team")
    assert team.unreadable
    assert [each.name for each in book.settings()] == ["ops"]
    for change in (lambda: book.update("team", {}, team.revision), lambda: book.entered("team")):
        with pytest.raises(ActionRefused, match="Remove it"):
            change()
    with pytest.raises(ActionRefused, match="somebody else"):
        book.remove("team", "another")
    book.remove("team", team.revision)
    assert [each.name for each in book.channels()] == ["ops"]


def test_a_channel_whose_name_is_no_text_is_named_too(world: World) -> None:
    world.store.client.hset(world.store.channels, b"\xff", "{")
    assert [each.name for each in world.services.channels.channels()] == ["ops", "\ufffd"]


def test_what_a_channel_heard_is_remembered_until_it_can_be_read_again(world: World, fence: Fence) -> None:
    book: ChannelBook = world.services.channels
    opened: dict[str, Any] = {"ops": Remembering("ops"), "team": Remembering("team")}

    def round() -> None:
        evaluate(world, fence)
        world.clock.forward(11)
        while Outbox(world.store, opened, world.clock).deliver():
            pass

    book.add({"name": "team", "kind": "slack", "url": "https://hooks.slack.example/services/T/B/x"})
    world.services.rulebook.add(MANY | {"channels": ["team"]})
    good = world.store.client.hget(world.store.channels, "team")
    assert isinstance(good, bytes)
    world.jobs.dead(6)
    round()
    world.store.client.hset(world.store.channels, "team", "{")
    round()
    world.start()
    world.drive()
    round()
    assert [event.type for each in opened["team"].taken for event in each.events] == ["alert.firing"]
    world.store.client.hset(world.store.channels, "team", good)
    round()
    told = [event.type for each in opened["team"].taken for event in each.events]
    assert told == ["alert.firing", "alert.resolved"]


def test_what_waits_for_a_channel_that_cannot_be_read_is_not_given_up(world: World, fence: Fence) -> None:
    book = world.services.channels
    book.add({"name": "team", "kind": "slack", "url": "https://hooks.slack.example/services/T/B/x"})
    world.jobs.dead(101)
    evaluate(world, fence)
    world.store.client.hset(world.store.channels, "team", "{")
    world.clock.forward(30)
    for _ in range(3 * MOST_TRIES):
        Outbox(world.store, book.open, world.clock).deliver()
        world.clock.forward(60)
    waiting = [each for each in DeliveryLog(world.store, world.clock).page().items if each.channel == "team"]
    assert [(each.result, "cannot be read" in each.error) for each in waiting] == [("retrying", True)]
    errors = [DeliveryError("busy", status=503)]
    again = Remembering("team", lambda _: errors.pop() if errors else None)
    for _ in range(2):
        Outbox(world.store, {"ops": Remembering("ops"), "team": again}, world.clock).deliver()
        world.clock.forward(60)
    assert [message.id for message in again.taken] == [waiting[0].id], "its tries begin to count now"
