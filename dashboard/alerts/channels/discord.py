"""Discord, by a webhook of a text channel."""

from __future__ import annotations

import re
from typing import Any

from dashboard.alerts.channels import wording
from dashboard.alerts.channels.contract import Message
from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.posting import Chat
from dashboard.alerts.channels.reach import Reach
from dashboard.settings import ChannelSettings

KIND = "discord"
GROUP_BY = "rule"
REPEAT_SECONDS = 4 * 3600.0
TARGET_CHECKED = True
HOPELESS = (400, 401, 403, 404)
MOST_EVENTS = 4
"""So that all embeds together stay below the 6,000 characters that Discord allows."""
_MARKS = re.compile(r"([\\*_~`|>\[\]()<#@-])")


def create(settings: ChannelSettings, reach: Reach) -> Chat:
    """Posts an embed for each alert; nobody is mentioned, whatever the text says. Raises SettingsError."""
    return Chat(settings, reach, payload, HOPELESS)


def payload(message: Message) -> dict[str, Any]:
    """The message as Discord wants it."""
    embeds = [_embed(event) for event in message.events[:MOST_EVENTS]]
    more = len(message.events) - len(embeds)
    if more > 0:
        embeds[-1]["footer"] = {"text": f"… and {more} more"}
    return {"username": "Redrive", "embeds": embeds, "allowed_mentions": {"parse": []}}


def _embed(event: Event) -> dict[str, Any]:
    facts = wording.facts(event)
    made: dict[str, Any] = {
        "title": wording.cut(wording.event_title(event), 200),
        "color": int(wording.color(event.type).removeprefix("#"), 16),
        "description": wording.cut("\n".join(_plain(wording.cut(line, 180)) for line in wording.errors(event)), 600),
        "fields": [{"name": name, "value": _plain(wording.cut(value, 40)), "inline": True} for name, value in facts],
        "timestamp": event.timestamp,
    }
    return made | ({"url": event.url} if event.url.startswith(("http://", "https://")) else {})


def _plain(text: str) -> str:
    """Text without a meaning in Markdown, so that what jobs said shows no link of its own."""
    return _MARKS.sub(r"\\\1", text)
