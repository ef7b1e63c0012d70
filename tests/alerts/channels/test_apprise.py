"""Apprise hands messages to what its address names; without the extra the settings say what to install."""

from __future__ import annotations

import sys

import pytest

from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.page_channels import InvalidChannel, checked, shown_address
from dashboard.settings import ChannelSettings, SettingsError
from tests.alerts.channels.events import NOW, URL, channel, event, message
from tests.alerts.receiver import Receiver


def test_a_message_goes_where_the_address_says(receiver: Receiver) -> None:
    ops = channel(kind="apprise", url=receiver.url.replace("http://", "json://"))
    ops.send(message(), NOW)
    ops.send(message(event("resolved")), NOW)
    fired, over = (request.json() for request in receiver.requests)
    assert (fired["title"], fired["type"]) == ("Firing: main/mail: 101 failed jobs, limit 100", "failure")
    assert "90 × ValueError: no such user" in fired["message"]
    assert URL in fired["message"]
    assert over["type"] == "success"


def test_what_is_not_taken_is_tried_again(receiver: Receiver) -> None:
    receiver.answers = [(500, {})] * 5
    with pytest.raises(DeliveryError, match="could not deliver") as caught:
        channel(kind="apprise", secret=receiver.url.replace("http://", "json://")).send(message(), NOW)
    assert not caught.value.permanent


def test_an_address_that_apprise_does_not_know_is_refused() -> None:
    with pytest.raises(SettingsError, match="none that Apprise knows"):
        channel(kind="apprise", url="pigeon://x")


def test_without_apprise_the_settings_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(SettingsError, match=r"pip install 'redrive\[notify\]'"):
        channel(kind="apprise", url="json://localhost")


def test_its_address_is_not_shown_since_its_host_may_be_a_token() -> None:
    assert shown_address(ChannelSettings(name="x", kind="apprise", url="tgram://t0ken/chat")) == "tgram://…"


def test_it_cannot_be_made_on_a_page() -> None:
    with pytest.raises(InvalidChannel, match="name it in the file") as caught:
        checked({"name": "x", "kind": "apprise", "url": "json://10.0.0.1"})
    assert caught.value.field == "kind"
