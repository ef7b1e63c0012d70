"""Messages as the outbox hands them to channels."""

from __future__ import annotations

import json
from typing import Any

from dashboard.alerts.channels.contract import Channel, Message
from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.channels.event import Event
from dashboard.settings import ChannelSettings

NOW = 1_900_000_000.0
URL = "https://ops.example/dead/f1?source=main&queue=mail"


def event(type: str = "firing", **changed: Any) -> Event:
    """One event; changed: what differs in its data."""
    data = {
        "rule": "too-many-failed", "severity": "page", "source": "main", "queue": "mail", "value": 101.0,
        "threshold": 100.0, "for_seconds": 0.0, "starts_at": "2030-03-17T17:40:00.000Z",
        "ends_at": "2030-03-17T17:46:40.000Z" if type == "resolved" else None,
        "summary": "main/mail: 101 failed jobs, limit 100", "fingerprint": "aaaa1111bbbb2222", "url": URL,
        "groups": [{"fingerprint": "f1", "error_type": "ValueError", "message": "no such user", "count": 90}],
    }  # fmt: skip
    body = {"type": f"alert.{type}", "timestamp": "2030-03-17T17:46:40.000Z", "data": data | changed}
    return Event.parse(json.dumps(body))


def message(*events: Event, id: str = "msg_1") -> Message:
    """A message of these events, or of one that fires."""
    return Message.of(id, events or (event(),), NOW)


def channel(**settings: Any) -> Channel:
    """A channel named `ops`."""
    (made,) = open_channels([ChannelSettings(**({"name": "ops"} | settings))]).values()
    return made
