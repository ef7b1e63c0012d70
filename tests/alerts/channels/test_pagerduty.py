"""PagerDuty gets events as its Events API v2 documents them."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.channels.pagerduty import URL
from dashboard.settings import SettingsError
from tests.alerts.channels.events import NOW, channel, event, message
from tests.alerts.channels.events import URL as VIEW
from tests.alerts.receiver import Receiver

KEY = "R0UT1NGK3Y" * 3 + "ab"
MOST_SUMMARY = 1_024


def sent(receiver: Receiver, *events: Any) -> Any:
    channel(name="ops", kind="pagerduty", url=receiver.url, secret=KEY).send(message(*events), NOW)
    return receiver.requests[-1].json()


def test_a_firing_alert_triggers_an_incident(receiver: Receiver) -> None:
    body = sent(receiver)
    assert (body["routing_key"], body["event_action"], body["dedup_key"]) == (
        KEY,
        "trigger",
        "redrive-aaaa1111bbbb2222",
    )
    assert (body["client_url"], body["links"]) == (VIEW, [{"href": VIEW, "text": "Open in Redrive"}])
    payload = body["payload"]
    assert {name: payload[name] for name in ("summary", "source", "severity")} == {
        "summary": "main/mail: 101 failed jobs, limit 100", "source": "main/mail", "severity": "critical",
    }  # fmt: skip
    assert payload["custom_details"]["errors"] == ["90 × ValueError: no such user"]


def test_the_same_incident_is_resolved(receiver: Receiver) -> None:
    keys = [sent(receiver, event(type))["dedup_key"] for type in ("firing", "nodata", "firing", "resolved")]
    assert len(set(keys)) == 1
    assert receiver.requests[-1].json() == {
        "routing_key": KEY, "event_action": "resolve", "dedup_key": "redrive-aaaa1111bbbb2222",
    }  # fmt: skip
    assert sent(receiver, event(fingerprint="another"))["dedup_key"] not in keys


@pytest.mark.parametrize(("ours", "theirs"), [
    ("page", "critical"), ("ticket", "warning"), ("info", "info"), ("", "error"),
])  # fmt: skip
def test_severities_are_those_of_pagerduty(receiver: Receiver, ours: str, theirs: str) -> None:
    assert sent(receiver, event(severity=ours))["payload"]["severity"] == theirs


def test_a_long_summary_is_shortened_to_what_is_taken(receiver: Receiver) -> None:
    assert len(sent(receiver, event(summary="x" * 3_000))["payload"]["summary"]) == MOST_SUMMARY


def test_an_invalid_event_is_not_tried_again_and_its_key_not_told(receiver: Receiver) -> None:
    receiver.answers = [(400, {}, b'{"status":"invalid event","errors":["bad routing_key ' + KEY.encode() + b'"]}')]
    with pytest.raises(DeliveryError, match="invalid event") as caught:
        sent(receiver)
    assert caught.value.permanent
    assert KEY not in str(caught.value)


def test_without_an_address_it_is_pagerdutys_own() -> None:
    assert channel(kind="pagerduty", secret=KEY)._poster._url == URL  # type: ignore[attr-defined]


@pytest.mark.parametrize(("settings", "words"), [
    ({}, "routing key"), ({"secret": KEY, "group_by": "source"}, "leave group_by out"),
])  # fmt: skip
def test_a_channel_that_could_not_work_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        channel(kind="pagerduty", **settings)
