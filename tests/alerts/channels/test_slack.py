"""Slack gets what its documentation of incoming webhooks, blocks and escaping asks for."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.channels.wording import MOST_EVENTS
from tests.alerts.channels.events import NOW, channel, event, message
from tests.alerts.receiver import Receiver

MOST_OF_A_SECTION, MOST_BLOCKS = 3_000, 50


def sent(receiver: Receiver, *events: Any) -> Any:
    channel(name="ops", kind="slack", url=receiver.url).send(message(*events), NOW)
    return receiver.requests[-1].json()


def texts(payload: Any) -> list[str]:
    blocks = [block for each in payload["attachments"] for block in each["blocks"]]
    return [part["text"] for block in blocks for part in block.get("elements", [block.get("text")])]


def test_an_alert_is_told_with_its_errors_and_a_link(receiver: Receiver) -> None:
    payload = sent(receiver)
    (attachment,) = payload["attachments"]
    assert payload["text"] == "Firing: main/mail: 101 failed jobs, limit 100"
    section, context = attachment["blocks"]
    assert section["text"]["text"].splitlines() == [
        "*Firing: main/mail: 101 failed jobs, limit 100*", "• 90 × ValueError: no such user",
        "<https://ops.example/dead/f1?source=main&amp;queue=mail|Open in Redrive>",
    ]  # fmt: skip
    assert context["elements"][0]["text"].startswith("Rule: too-many-failed  ·  Severity: page")


def test_what_is_over_is_green_and_what_fires_is_red(receiver: Receiver) -> None:
    colors = [sent(receiver, event(type))["attachments"][0]["color"] for type in ("firing", "resolved")]
    assert colors == ["#C42B1C", "#1A7F37"]


def test_hostile_text_calls_nobody_and_shows_no_link_of_its_own(receiver: Receiver) -> None:
    bad = "<!channel> <https://evil.example|click> & more"
    payload = sent(receiver, event(summary=bad, rule=bad, url="https://ops.example/a|b>c", groups=[{
        "fingerprint": "f", "error_type": bad, "message": bad, "count": 1,
    }]))  # fmt: skip
    for text in (payload["text"], *texts(payload)):
        assert text.replace("<https://ops.example/a%7Cb%3Ec|Open in Redrive>", "").count("<") == 0
        assert "&lt;!channel&gt;" in text


def test_many_alerts_and_long_texts_stay_within_the_limits(receiver: Receiver) -> None:
    long = "<" * 5_000
    groups = [{"fingerprint": "f", "error_type": long, "message": long, "count": 1}] * 9
    many = [event(fingerprint=str(number), summary=long, groups=groups, queue=long) for number in range(40)]
    payload = sent(receiver, *many)
    assert len(payload["attachments"]) == MOST_EVENTS
    assert sum(len(each["blocks"]) for each in payload["attachments"]) <= MOST_BLOCKS
    assert max(len(text) for text in texts(payload)) <= MOST_OF_A_SECTION
    assert texts(payload)[-1] == "… and 30 more"


@pytest.mark.parametrize(("status", "said", "hopeless"), [
    (404, b"no_service", True), (403, b"action_prohibited", True), (400, b"invalid_payload", True),
    (500, b"rollup_error", False), (429, b"rate_limited", False),
])  # fmt: skip
def test_what_slack_will_never_take_is_not_tried_again(
    receiver: Receiver, status: int, said: bytes, hopeless: bool
) -> None:
    receiver.answers = [(status, {}, said)]
    with pytest.raises(DeliveryError, match=said.decode()) as caught:
        sent(receiver)
    assert caught.value.permanent is hopeless
