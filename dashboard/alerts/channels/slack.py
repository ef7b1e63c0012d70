"""Slack, by an incoming webhook."""

from __future__ import annotations

from typing import Any

from dashboard.alerts.channels import wording
from dashboard.alerts.channels.contract import Message
from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.posting import Chat
from dashboard.alerts.channels.reach import Reach
from dashboard.settings import ChannelSettings

KIND = "slack"
GROUP_BY = "rule"
REPEAT_SECONDS = 4 * 3600.0
TARGET_CHECKED = True
HOPELESS = (400, 403, 404)
"""The payload is not taken, posting is not allowed, the webhook or its channel is not there."""
MOST_CHARACTERS = 2_900
"""Of a section, which Slack allows 3,000."""


def create(settings: ChannelSettings, reach: Reach) -> Chat:
    """Posts blocks with a bar in the state's colour. Raises SettingsError."""
    return Chat(settings, reach, payload, HOPELESS)


def payload(message: Message) -> dict[str, Any]:
    """The message as Slack wants it; `text` is what notifications show."""
    events, more = wording.shown(message)
    attachments: list[dict[str, Any]] = []
    attachments += ({"color": wording.color(event.type), "blocks": _blocks(event)} for event in events)
    if more:
        attachments[-1]["blocks"].append(_small(f"… and {more} more"))
    return {"text": _escaped(wording.cut(wording.title(message), MOST_CHARACTERS)), "attachments": attachments}


def _blocks(event: Event) -> list[dict[str, Any]]:
    lines = [f"*{_escaped(wording.event_title(event))}*", *(f"• {_escaped(line)}" for line in wording.errors(event))]
    text = "\n".join(wording.cut(line, 700) for line in lines)
    if event.url:
        text += f"\n<{_address(event.url)}|Open in Redrive>"
    facts = "  ·  ".join(f"{name}: {_escaped(value)}" for name, value in wording.facts(event))
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    return [section, _small(facts)] if facts else [section]


def _small(text: str) -> dict[str, Any]:
    words = {"type": "mrkdwn", "text": wording.cut(text, MOST_CHARACTERS), "verbatim": True}
    return {"type": "context", "elements": [words]}


def _escaped(text: str) -> str:
    """Slack's three control characters, so that hostile text can neither call people nor show a false link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _address(url: str) -> str:
    return _escaped(url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E"))
