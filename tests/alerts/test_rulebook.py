"""Rules made on pages: they are checked as those of the file, kept with a revision, and evaluated with the others."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.adapters.contract import ActionRefused
from dashboard.alerts.book import AlertBook
from dashboard.alerts.records import Origin
from dashboard.alerts.rulebook import InvalidRule, RuleBook, UnknownRule
from dashboard.alerts.stored_rules import Stored
from dashboard.audit.log import AuditLog
from dashboard.settings import Settings
from dashboard.store import StoreUnavailable
from tests.alerts.receiver import SECRET
from tests.background import World

MANY = {"name": "many", "metric": "failed", "above": 7, "for": "5m", "queue": "mail"}


@pytest.fixture
def world(redis_url: str) -> World:
    return World(redis_url, {"alerts": {"rules": [{"name": "of-file", "metric": "failed", "above": 3}]}})


@pytest.fixture
def book(world: World) -> RuleBook:
    return another(world)


def another(world: World) -> RuleBook:
    """The rules as another process sees them."""
    settings = Settings.model_validate(world.settings.model_dump(by_alias=True))
    return RuleBook(world.store, settings, world.clock, AuditLog(world.store, world.clock, 90))


def test_a_new_rule_stands_beside_the_others(world: World, book: RuleBook) -> None:
    made = book.add(MANY)
    assert (made.above, made.for_seconds, made.queue, made.origin) == (7.0, 300.0, "mail", Origin.PAGE)
    for each in (book, another(world)):
        names = {rule.name: rule.origin for rule in each.rules()}
        assert {"many", "of-file", "too-many-failed"} <= names.keys()
        assert names["many"] == Origin.PAGE


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"metric": "faild"}, "metric", "did you mean failed?"),
        ({"above": "many"}, "above", "write a number, such as 100"),
        ({"minimum": 2.5}, "minimum", "write a whole number"),
        ({"minimum": -1}, "minimum", "must be at least 0"),
        ({"objective": 100}, "objective", "must be less than 100"),
        ({"for": "5 minutes"}, "for", "such as 90s, 5m"),
        ({"name": "of file"}, "name", "letters, digits, dots"),
        ({"window": "5m", "metric": "burn_rate"}, "window", "must be 12m to 24h"),
        ({"queue": 5}, "queue", "write a text"),
        ({"name": "of-file"}, "name", "settings file"),
        ({"source": "mian"}, "source", "no source is called mian"),
        ({"channels": ["nobody"]}, "channels", "no channel is called nobody"),
        ({"severity": "huge"}, "severity", "must be one of 'page', 'ticket' or 'info'"),
        ({"colour": "red"}, "colour", "there is no such field"),
    ],
)
def test_a_rule_that_cannot_be_says_which_field_is_wrong_and_is_not_kept(
    book: RuleBook, values: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidRule) as raised:
        book.add({**MANY, **values})
    assert words in raised.value.problems[field]
    assert not book.made()


def test_a_rule_may_go_on_naming_a_source_and_a_channel_that_are_gone_and_take_no_others(world: World) -> None:
    channel = {"name": "night", "kind": "webhook", "url": "http://127.0.0.1:9/", "secret": SECRET}
    given = MANY | {"source": "main", "channels": ["night"]}
    with_channel = Settings.model_validate(world.settings.model_dump(by_alias=True) | {"channels": [channel]})
    audit = AuditLog(world.store, world.clock, 90)
    RuleBook(world.store, with_channel, world.clock, audit).add(given)
    elsewhere = [{"name": "other", "url": world.settings.sources[0].url}]
    without = Settings.model_validate(world.settings.model_dump(by_alias=True) | {"sources": elsewhere})
    book = RuleBook(world.store, without, world.clock, audit)
    book.change("many", given | {"above": 8}, book.one("many").revision)
    assert (book.one("many").rule.source, book.one("many").rule.channels) == ("main", ("night",))
    for wrong in ({"source": "third"}, {"channels": ["night", "day"]}):
        with pytest.raises(InvalidRule):
            book.change("many", given | wrong, book.one("many").revision)


def test_a_name_is_given_once(book: RuleBook) -> None:
    book.add(MANY)
    with pytest.raises(InvalidRule) as raised:
        book.add({**MANY, "above": 9})
    assert "name" in raised.value.problems
    assert book.one("many").given.above == 7


def test_of_two_who_give_the_same_name_at_once_the_second_is_told_that_it_is_taken(
    world: World, book: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_read", Stored)  # what both had read before either was kept
    book.add(MANY)
    with pytest.raises(InvalidRule, match="there is a rule of this name"):
        book.add(MANY)


def test_of_two_changes_of_what_both_have_read_one_is_refused(world: World, book: RuleBook) -> None:
    book.add(MANY)
    other = another(world)
    seen = other.one("many").revision
    book.change("many", {**MANY, "above": 8}, seen)
    with pytest.raises(ActionRefused):
        other.change("many", {**MANY, "above": 9}, seen)
    with pytest.raises(ActionRefused):
        other.delete("many", seen)
    assert other.one("many").given.above == 8


def test_a_deleted_rule_is_gone_everywhere(world: World, book: RuleBook) -> None:
    book.add(MANY)
    book.delete("many", book.one("many").revision)
    assert "many" not in {rule.name for rule in another(world).rules()}
    with pytest.raises(UnknownRule):
        book.one("many")


def test_a_rule_of_a_page_takes_the_place_of_a_built_in_one_until_it_is_deleted(book: RuleBook) -> None:
    book.add({"name": "too-many-failed", "metric": "failed", "above": 5_000})
    (replaced,) = (rule for rule in book.rules() if rule.name == "too-many-failed")
    assert (replaced.above, replaced.origin, replaced.built_in) == (5_000.0, Origin.PAGE, True)
    book.delete("too-many-failed", book.one("too-many-failed").revision)
    (again,) = (rule for rule in book.rules() if rule.name == "too-many-failed")
    assert (again.above, again.origin) == (100.0, Origin.BUILT_IN)


def test_a_stored_rule_that_cannot_be_read_hides_no_other(world: World, book: RuleBook) -> None:
    book.add(MANY)
    for name, text in (
        ("broken", "{"),
        ("list", "[]"),
        ("old", '{"rule":{"name":"old","metric":"gone"},"author":"a"}'),
    ):
        world.store.client.hset(world.store.page_rules, name, text)
    assert set(another(world).made()) == {"many"}


def test_who_reads_the_alerts_has_read_the_rules(world: World, book: RuleBook) -> None:
    other = another(world)
    assert not other.made()
    book.add(MANY)
    AlertBook(world.store, world.services.sources, world.settings, world.clock, other).alerts()
    assert set(other.made()) == {"many"}


def test_there_is_a_bound_to_the_number_of_rules(book: RuleBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.alerts.rulebook.MOST_RULES", 1)
    book.add(MANY)
    with pytest.raises(ActionRefused, match="1 rules"):
        book.add({**MANY, "name": "more"})


def test_every_change_is_in_the_audit_log(world: World, book: RuleBook) -> None:
    book.add(MANY)
    book.change("many", {**MANY, "above": 8}, book.one("many").revision)
    book.delete("many", book.one("many").revision)
    changes = AuditLog(world.store, world.clock, 90).page().items
    assert [(each.action, each.kind, each.target) for each in changes] == [
        ("delete", "rule", "many"), ("edit", "rule", "many"), ("add", "rule", "many"),
    ]  # fmt: skip


def test_rules_are_as_last_read_while_the_store_does_not_answer(
    book: RuleBook, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.add(MANY)
    assert "many" in {rule.name for rule in book.rules()}
    monkeypatch.setattr("dashboard.alerts.rulebook.REMEMBERED_SECONDS", -1.0)
    monkeypatch.setattr(world.store, "client", another_client())
    assert "many" in {rule.name for rule in book.rules()}


def test_the_parts_of_a_page_ask_a_silent_store_for_rules_once(
    book: RuleBook, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def silent(*_: object, **__: object) -> None:
        asked.append("rules")
        raise StoreUnavailable("no answer within 3 s")

    monkeypatch.setattr(world.store.client, "hscan_iter", silent)
    for _ in range(3):
        assert "too-many-failed" in {rule.name for rule in book.rules()}
    assert asked == ["rules"]


def another_client() -> Any:
    from queue_core.connection import connect  # noqa: PLC0415 - this test alone needs a server that is not there

    return connect("redis://127.0.0.1:1/0", timeout=0.2)
