"""Teams gets an Adaptive Card and Discord embeds, as they document them and within their limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.alerts.channels.contract import DeliveryError
from tests.alerts.channels.events import NOW, URL, channel, event, message
from tests.alerts.receiver import Receiver

BAD = "[click](https://evil.example) @everyone <@1> **bold**"


def sent(receiver: Receiver, kind: str, *events: Any) -> Any:
    channel(name="ops", kind=kind, url=receiver.url).send(message(*events), NOW)
    return receiver.requests[-1].json()


def many(count: int = 40) -> list[Any]:
    long = "ü" * 9_000
    groups = [{"fingerprint": "f", "error_type": long, "message": long, "count": 1}] * 9
    return [
        event(fingerprint=str(number), summary=long, rule=long, queue=long, groups=groups) for number in range(count)
    ]


def test_teams_gets_a_card_with_the_errors_and_a_link(receiver: Receiver) -> None:
    body = sent(receiver, "teams")
    (attachment,) = body["attachments"]
    card = attachment["content"]
    assert (body["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open in Redrive", "url": URL}]
    runs = [block["inlines"][0] for block in card["body"]]
    assert (runs[0]["text"], runs[0]["color"]) == ("Firing: main/mail: 101 failed jobs, limit 100", "Attention")
    assert runs[1]["text"] == "90 × ValueError: no such user"


def test_teams_shows_what_is_over_as_good(receiver: Receiver) -> None:
    assert (
        sent(receiver, "teams", event("resolved"))["attachments"][0]["content"]["body"][0]["inlines"][0]["color"]
        == "Good"
    )


def test_no_text_of_teams_is_read_as_markdown(receiver: Receiver) -> None:
    card = sent(receiver, "teams", event(summary=BAD, queue=BAD))["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}


def test_a_message_to_teams_is_not_larger_than_it_takes(receiver: Receiver) -> None:
    sent(receiver, "teams", *many())
    assert len(receiver.requests[-1].body) < 28 * 1024
    assert "… and " in json.dumps(receiver.requests[-1].json(), ensure_ascii=False)


def test_discord_gets_an_embed_and_mentions_nobody(receiver: Receiver) -> None:
    body = sent(receiver, "discord")
    assert body["allowed_mentions"] == {"parse": []}
    (embed,) = body["embeds"]
    assert (embed["title"], embed["url"]) == ("Firing: main/mail: 101 failed jobs, limit 100", URL)
    assert (embed["color"], embed["timestamp"]) == (0xC42B1C, "2030-03-17T17:46:40.000Z")
    assert {"name": "Queue", "value": "mail", "inline": True} in embed["fields"]
    assert sent(receiver, "discord", event("resolved"))["embeds"][0]["color"] == 0x1A7F37


def test_no_text_of_discord_has_a_meaning(receiver: Receiver) -> None:
    groups = [{"fingerprint": "f", "error_type": BAD, "message": BAD, "count": 1}]
    (embed,) = sent(receiver, "discord", event(groups=groups, queue=BAD))["embeds"]
    assert r"\[click\]\(https" in embed["description"]
    assert "[click](" not in json.dumps(embed["fields"])


def test_embeds_stay_within_the_limits(receiver: Receiver) -> None:
    body = sent(receiver, "discord", *many())
    embeds = body["embeds"]
    assert len(embeds) <= 10
    assert embeds[-1]["footer"]["text"] == "… and 36 more"
    for embed in embeds:
        assert len(embed["title"]) <= 256
        assert len(embed["description"]) <= 4_096
        assert all(len(field["name"]) <= 256 and 0 < len(field["value"]) <= 1_024 for field in embed["fields"])
    everything = [text for e in embeds for text in (e["title"], e["description"], e.get("footer", {}).get("text", ""),
                  *(part for field in e["fields"] for part in (field["name"], field["value"])))]  # fmt: skip
    assert sum(map(len, everything)) <= 6_000


def test_discord_says_in_its_body_how_long_to_wait(receiver: Receiver) -> None:
    receiver.answers = [(429, {}, b'{"message": "You are being rate limited.", "retry_after": 0.65, "global": false}')]
    with pytest.raises(DeliveryError) as caught:
        sent(receiver, "discord")
    assert (caught.value.retry_after, caught.value.permanent) == (0.65, False)


@pytest.mark.parametrize("kind", ["teams", "discord"])
def test_a_webhook_that_is_gone_is_not_tried_again(receiver: Receiver, kind: str) -> None:
    receiver.answers = [(404, {}, b'{"message": "Unknown Webhook"}')]
    with pytest.raises(DeliveryError, match="Unknown Webhook") as caught:
        sent(receiver, kind)
    assert caught.value.permanent
