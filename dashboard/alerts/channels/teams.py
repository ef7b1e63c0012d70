"""Microsoft Teams, by a webhook of Workflows that posts an Adaptive Card."""

from __future__ import annotations

import json
from typing import Any

from dashboard.alerts.channels import wording
from dashboard.alerts.channels.contract import Message
from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.posting import Chat
from dashboard.alerts.channels.reach import Reach
from dashboard.settings import ChannelSettings

KIND = "teams"
GROUP_BY = "rule"
REPEAT_SECONDS = 4 * 3600.0
TARGET_CHECKED = True
HOPELESS = (400, 401, 403, 404)
MOST_BYTES = 26_000
"""Of a message, which Teams allows 28 KB."""
_COLORS = {"alert.firing": "Attention", "alert.resolved": "Good", "alert.nodata": "Warning", "alert.error": "Warning"}


def create(settings: ChannelSettings, reach: Reach) -> Chat:
    """Posts one Adaptive Card to the webhook of a workflow. Raises SettingsError."""
    return Chat(settings, reach, payload, HOPELESS)


def payload(message: Message) -> dict[str, Any]:
    """The message with as many alerts as fit into it."""
    for shown in range(min(len(message.events), wording.MOST_EVENTS), 1, -1):
        made = _card(message, shown)
        if len(json.dumps(made, ensure_ascii=False).encode()) <= MOST_BYTES:
            return made
    return _card(message, 1)


def _card(message: Message, shown: int) -> dict[str, Any]:
    blocks = [block for event in message.events[:shown] for block in _blocks(event)]
    if len(message.events) > shown:
        blocks.append(_text(f"… and {len(message.events) - shown} more", subtle=True))
    url = message.events[0].url
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "fallbackText": wording.cut(wording.title(message), 500),
        "body": blocks,
        "actions": [{"type": "Action.OpenUrl", "title": "Open in Redrive", "url": url}] if url else [],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


def _blocks(event: Event) -> list[dict[str, Any]]:
    title = _text(wording.cut(wording.event_title(event), 500), color=_COLORS.get(event.type, "Default"))
    facts = "  ·  ".join(f"{name}: {wording.cut(value, 200)}" for name, value in wording.facts(event))
    errors = [_text(wording.cut(line, 300)) for line in wording.errors(event)]
    return [title, *errors, *([_text(facts, subtle=True)] if facts else [])]


def _text(text: str, *, color: str = "", subtle: bool = False) -> dict[str, Any]:
    """Text that is not read as Markdown, so that what jobs said shows no link of its own."""
    run: dict[str, Any] = {"type": "TextRun", "text": text, "isSubtle": subtle}
    if color:
        run |= {"weight": "Bolder", "size": "Medium", "color": color}
    return {"type": "RichTextBlock", "inlines": [run]}
