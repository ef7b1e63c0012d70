"""Prometheus' Alertmanager, by its API v2; it groups, silences and routes what it is told."""

from __future__ import annotations

import base64
from typing import Any

from dashboard.alerts.channels.contract import Message
from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.posting import Poster
from dashboard.alerts.channels.reach import Reach
from dashboard.alerts.rules import seconds
from dashboard.moments import moment
from dashboard.settings import ChannelSettings, SettingsError

KIND = "alertmanager"
GROUP_BY = "source"
REPEAT_SECONDS = 60.0
TARGET_CHECKED = True
PATH = "/api/v2/alerts"
SHORTEST_LIFE = 300.0
TEST_LIFE = 60.0
HOPELESS = (400, 404)


class AlertmanagerChannel:
    """Posts lists of alerts. What fires is said to end some time ahead, and said again before: when nobody says it
    any more, because all collectors are gone, it ends there by itself.

    Args:
        settings: `url` is Alertmanager's address. Options: `username` for basic authentication with the secret as
            password; without it a secret is sent as bearer token.
        reach: makes the connections.

    Raises:
        SettingsError: the address is none, or an option is unknown.
    """

    spacing = 0.0
    keeps_alive = True

    def __init__(self, settings: ChannelSettings, reach: Reach) -> None:
        unknown = settings.options.keys() - {"username"}
        if unknown:
            raise SettingsError(f"channel {settings.name}: unknown option {min(unknown)}; alertmanager has: username")
        self.name = settings.name
        self.timeout = settings.timeout
        self._headers = _authorization(str(settings.options.get("username", "")), settings.secret)
        repeat = seconds(settings.repeat) if settings.repeat else REPEAT_SECONDS
        self._life = max(SHORTEST_LIFE, 4 * repeat)
        base = settings.url.rstrip("/").removesuffix(PATH)
        self._poster = Poster(settings.model_copy(update={"url": base + PATH}), reach, hopeless=HOPELESS)

    def send(self, message: Message, now: float) -> int:
        """Post all alerts of the message."""
        life = TEST_LIFE if message.type == "alert.test" else self._life
        ends = moment(now + life) or ""
        return self._poster.post_json([payload(event, ends) for event in message.events], now, self._headers)


def create(settings: ChannelSettings, reach: Reach) -> AlertmanagerChannel:
    """Make an Alertmanager channel. Raises SettingsError."""
    return AlertmanagerChannel(settings, reach)


def payload(event: Event, ends: str) -> dict[str, Any]:
    """The alert as Alertmanager wants it; its labels stay the same as long as it lives."""
    labels = {
        "alertname": event.rule, "severity": event.severity, "source": event.source, "queue": event.queue,
        "redrive_alert": event.fingerprint,
    }  # fmt: skip
    notes = {"summary": event.summary, "state": event.type.removeprefix("alert.")}
    notes |= {name: f"{value:g}" for name, value in (("value", event.value), ("threshold", event.threshold))
              if value is not None}  # fmt: skip
    return {
        "labels": {name: value for name, value in labels.items() if value},
        "annotations": {name: value for name, value in notes.items() if value},
        "startsAt": event.starts_at or event.timestamp,
        "endsAt": (event.ends_at or event.timestamp) if event.resolved else ends,
        "generatorURL": event.url,
    }


def _authorization(username: str, secret: str) -> dict[str, str]:
    if username:
        return {"authorization": "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()}
    return {"authorization": f"Bearer {secret}"} if secret else {}
