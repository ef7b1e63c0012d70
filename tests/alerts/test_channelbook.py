"""Channels of the file and of pages: listed without secrets, changed, tested, enabled again, and used at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.adapters.contract import ActionRefused
from dashboard.alerts import page_channels
from dashboard.alerts.channelbook import MOST_CHANNELS, ChannelBook, UnknownChannel
from dashboard.alerts.channels import reach
from dashboard.alerts.channels.unread import Unread
from dashboard.alerts.deliveries import DeliveryLog
from dashboard.alerts.outbox import MISSING_TRIES, Outbox
from dashboard.alerts.page_channels import InvalidChannel
from dashboard.alerts.records import Origin
from dashboard.audit.log import Wanted
from dashboard.store import Fence
from tests.alerts.outbox_model import Box, notice
from tests.alerts.receiver import SECRET, Receiver
from tests.background import World

TEAM = {"name": "team", "kind": "slack", "url": "https://hooks.slack.example/services/T000/B000/sEcReTpArT"}
HOOK = {"name": "hook", "kind": "webhook", "url": "https://user:hidden@a.example:8443/path?key=1", "secret": SECRET}


@pytest.fixture
def book(world: World) -> ChannelBook:
    return world.services.channels


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Channels of pages may reach this machine, where the receiver of the test is."""
    near = reach.Reach(public_only=True, allow_loopback=True)
    for module in (page_channels, __import__("dashboard.alerts.channelbook", fromlist=["PUBLIC"])):
        monkeypatch.setattr(module, "PUBLIC", near)


def everything_shown(book: ChannelBook) -> str:
    return repr(book.channels()) + repr([book.entered(c.name) for c in book.channels() if c.origin == Origin.PAGE])


def test_channels_of_file_and_page_are_listed_without_secrets(book: ChannelBook, world: World) -> None:
    added = book.add(TEAM)
    book.add(HOOK)
    assert (added.name, added.kind, added.origin) == ("team", "slack", Origin.PAGE)
    assert [(c.name, c.origin, c.address) for c in book.channels()] == [
        ("ops", Origin.FILE, world.settings.channels[0].url.rpartition("/")[0] + "/…"),
        ("hook", Origin.PAGE, "https://a.example:8443/…"),
        ("team", Origin.PAGE, "https://hooks.slack.example/…"),
    ]  # fmt: skip
    for secret in ("sEcReTpArT", "hidden", SECRET, "key=1"):
        assert secret not in everything_shown(book)
        assert secret not in repr(world.services.audit.page(Wanted()).items)


@pytest.mark.parametrize(("given", "field"), [
    ({"name": "bad name"}, "name"), ({"name": "ops"}, "name"), ({"kind": "carrier-pigeon"}, "kind"),
    ({"url": "ftp://x/"}, "url"), ({"url": ""}, "url"), ({"timeout": 600}, "timeout"),
    ({"group_wait": "soon"}, "group_wait"), ({"kind": "pagerduty", "secret": "k", "group_by": "rule"}, "group_by"),
    ({"colour": "red"}, "colour"), ({"kind": "webhook", "secret": "whsec_a"}, "secret"),
    ({"kind": "pagerduty", "secret": ""}, "secret"),
    ({"kind": "alertmanager", "options": {"x": "y"}}, "options"),
])  # fmt: skip
def test_what_cannot_work_is_refused_and_says_where(book: ChannelBook, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidChannel) as caught:
        book.add(TEAM | given)
    assert caught.value.field == field
    assert [channel.name for channel in book.channels()] == ["ops"]


def test_a_change_needs_the_revision_that_was_read_and_keeps_what_is_never_shown(book: ChannelBook) -> None:
    first = book.add(HOOK)
    second = book.update("hook", {"kind": "webhook", "url": "", "secret": "", "repeat": "1h"}, first.revision)
    assert second.revision != first.revision
    (stored,) = [channel for channel in book.settings() if channel.name == "hook"]
    assert (stored.url, stored.secret, stored.repeat) == (HOOK["url"], SECRET, "1h")
    for change in (lambda: book.update("hook", HOOK, first.revision), lambda: book.remove("hook", first.revision)):
        with pytest.raises(ActionRefused, match="somebody else"):
            change()
    book.remove("hook", second.revision)
    with pytest.raises(UnknownChannel):
        book.update("hook", HOOK, second.revision)


def test_a_replaced_secret_goes_on_signing_until_it_is_dropped(book: ChannelBook) -> None:
    def secrets() -> tuple[str, tuple[str, ...]]:
        (found,) = [channel for channel in book.settings() if channel.name == "hook"]
        return found.secret, found.previous_secrets

    new = "whsec_" + "bmV3" * 8
    first = book.add(HOOK)
    second = book.update("hook", {"kind": "webhook", "secret": new}, first.revision)
    assert secrets() == (new, (SECRET,))
    third = book.update("hook", {"kind": "webhook", "repeat": "1h"}, second.revision)
    assert secrets() == (new, (SECRET,))
    book.update("hook", {"kind": "webhook", "previous_secrets": []}, third.revision)
    assert secrets() == (new, ())


def test_a_kept_secret_does_not_go_to_another_host(book: ChannelBook) -> None:
    revision = book.add(HOOK).revision
    with pytest.raises(InvalidChannel, match="enter the secret again") as caught:
        book.update("hook", {"kind": "webhook", "url": "https://evil.example/"}, revision)
    assert caught.value.field == "secret"
    book.update("hook", {"kind": "webhook", "url": "https://a.example:8443/other"}, revision)


def test_channels_of_the_file_are_not_changed_here(book: ChannelBook) -> None:
    for change in (lambda: book.update("ops", HOOK, ""), lambda: book.remove("ops", ""), lambda: book.entered("ops")):
        with pytest.raises(UnknownChannel):
            change()


def test_there_is_a_bound(book: ChannelBook) -> None:
    for number in range(MOST_CHANNELS):
        book.add(TEAM | {"name": f"c{number}"})
    with pytest.raises(ActionRefused, match="remove one first"):
        book.add(TEAM)


def test_a_receiver_of_a_page_must_be_public_when_it_is_reached(book: ChannelBook, receiver: Receiver) -> None:
    book.add({"name": "inside", "url": receiver.url})
    sent = book.test("inside")
    assert (sent.result, receiver.requests) == ("failed", [])
    assert "private network" in sent.error


def test_a_test_message_is_sent_at_once_and_stands_in_the_log(
    book: ChannelBook, world: World, receiver: Receiver
) -> None:
    sent = book.test("ops")
    (request,) = receiver.requests
    assert request.json()["type"] == "alert.test"
    assert (sent.id, sent.type, sent.result, sent.status, len(sent.tries)) == (request.id, "alert.test", "sent", 204, 1)
    assert [each.id for each in world.book.deliveries()] == [sent.id]
    ops = book.channel("ops")
    assert (ops.last_result, ops.last_status, ops.recent, ops.failures) == ("sent", 204, (True,), 0)
    assert [entry.action for entry in world.services.audit.page(Wanted()).items] == ["test channel"]
    receiver.answers = [(500, {}, b"broken")]
    assert book.test("ops").error == "answered 500: broken"
    assert (book.channel("ops").failures, book.channel("ops").last_error) == (1, "answered 500: broken")
    with pytest.raises(UnknownChannel):
        book.test("nobody")


def test_a_disabled_channel_says_why_and_can_be_enabled_again(
    book: ChannelBook, world: World, fence: Fence, receiver: Receiver
) -> None:
    receiver.answers = [(410, {})]
    box = Box(world.store, fence, world.clock, {})
    outbox = Outbox(world.store, book.open, world.clock)
    box.put(notice("ops"))
    outbox.deliver()
    ops = book.channel("ops")
    assert (ops.disabled, ops.disabled_at) == ("the receiver wants no more messages (410)", world.clock())
    assert book.enable("ops").disabled == ""
    assert DeliveryLog(world.store, world.clock).retry_all() == 1
    outbox.deliver()
    assert book.channel("ops").last_result == "sent"
    with pytest.raises(UnknownChannel):
        book.enable("nobody")


def test_collectors_use_a_channel_as_soon_as_it_is_there(
    book: ChannelBook, world: World, fence: Fence, receiver: Receiver, reachable: None
) -> None:
    elsewhere = ChannelBook(world.store, world.settings, world.clock, world.services.audit)
    box = Box(world.store, fence, world.clock, {})
    outbox = Outbox(world.store, elsewhere.open, world.clock)
    assert outbox.deliver() is False
    added = book.add({"name": "new", "url": receiver.url})
    world.clock.forward(1)
    box.put(notice("new"))
    outbox.deliver()
    assert len(receiver.requests) == 1
    book.remove("new", added.revision)
    box.put(notice("new"))
    for _ in range(MISSING_TRIES):
        world.clock.forward(6)
        outbox.deliver()
    (dead,) = DeliveryLog(world.store, world.clock).page(result="gave up").items
    assert dead.error == "no channel is called new any more"


def test_a_stored_channel_that_is_no_longer_possible_takes_no_other_away(book: ChannelBook, world: World) -> None:
    book.add(TEAM)
    bad = {
        "broken": "not JSON",
        "old": json.dumps({"channel": {"name": "old", "kind": "fax"}}),
        "ops": json.dumps({"channel": HOOK}),
    }
    world.store.client.hset(world.store.channels, mapping=bad)  # type: ignore[arg-type]
    world.clock.forward(2)
    opened = book.open()
    assert sorted(opened) == ["broken", "old", "ops", "team"]
    assert [name for name, each in sorted(opened.items()) if isinstance(each, Unread)] == ["broken", "old"]
    assert sorted(each.name for each in book.settings()) == ["ops", "team"]
