"""Webhooks carry exactly the contract's body, and signatures that the reference library accepts."""

from __future__ import annotations

import base64
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from dashboard.alerts.channels.event import Event
from dashboard.settings import SettingsError
from tests.alerts.channels.events import channel, event, message
from tests.alerts.receiver import SECRET, Receiver

OLD = "whsec_" + base64.b64encode(b"an older secret of the tests....").decode()


def test_one_alert_is_sent_exactly_as_it_was_written(receiver: Receiver) -> None:
    fired = event()
    assert channel(**receiver.settings("ops")).send(message(fired), time.time()) == 204
    (request,) = receiver.requests
    assert request.body.decode() == fired.text
    assert request.verified() == request.json()


def test_of_several_alerts_the_first_stands_in_front_and_all_are_listed(receiver: Receiver) -> None:
    early = event("resolved", fingerprint="x", starts_at="2030-03-17T10:00:00.000Z")
    late = event("firing", fingerprint="y", starts_at="2030-03-17T11:00:00.000Z")
    channel(**receiver.settings("ops")).send(message(late, early), time.time())
    body = receiver.requests[0].verified()
    assert (body["type"], body["data"]["fingerprint"]) == ("alert.firing", "y")
    assert [(each["type"], each["fingerprint"]) for each in body["data"]["alerts"]] == [
        ("alert.resolved", "x"), ("alert.firing", "y"),
    ]  # fmt: skip


def test_while_a_secret_is_changed_receivers_with_either_accept_the_message(receiver: Receiver) -> None:
    channel(**receiver.settings("ops", previous_secrets=[OLD])).send(message(), time.time())
    (request,) = receiver.requests
    assert len(request.headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OLD):
        assert Webhook(secret).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + base64.b64encode(b"never a secret of anybody.......").decode()).verify(
            request.body, request.headers
        )


def test_an_older_secret_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="openssl rand"):
        channel(url="http://localhost/", secret=SECRET, previous_secrets=["whsec_a"])


@pytest.mark.parametrize("text", ["[]", "null", '{"type": "alert.firing"}', '{"data": 3}', "not JSON"])
def test_what_is_no_event_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError):
        Event.parse(text)
