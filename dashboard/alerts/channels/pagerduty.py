"""PagerDuty, by its Events API v2: an alert triggers an incident, and resolves it."""

from __future__ import annotations

from typing import Any

from dashboard.alerts.channels import wording
from dashboard.alerts.channels.contract import Message
from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.posting import Poster
from dashboard.alerts.channels.reach import Reach
from dashboard.settings import ChannelSettings, SettingsError

KIND = "pagerduty"
GROUP_BY = "none"
REPEAT_SECONDS = 0.0
TARGET_CHECKED = True
URL = "https://events.pagerduty.com/v2/enqueue"
SEVERITIES = {"page": "critical", "ticket": "warning", "info": "info"}
HOPELESS = (400,)
MOST_SUMMARY = 1_024


class PagerDutyChannel:
    """Sends one event for each alert; its incident is the same from firing to resolved.

    Args:
        settings: `secret` is the integration's routing key; `url` for accounts of the EU.
        reach: makes the connections.

    Raises:
        SettingsError: there is no routing key, or messages are to be grouped, which PagerDuty does itself.
    """

    spacing = 0.5
    keeps_alive = False

    def __init__(self, settings: ChannelSettings, reach: Reach) -> None:
        if not settings.secret:
            raise SettingsError(f"channel {settings.name}: secret must be the routing key of a PagerDuty integration")
        if settings.group_by not in ("", "none"):
            raise SettingsError(f"channel {settings.name}: leave group_by out; PagerDuty groups incidents itself")
        self.name = settings.name
        self.timeout = settings.timeout
        self._key = settings.secret
        self._poster = Poster(settings, reach, url=URL, hopeless=HOPELESS)

    def send(self, message: Message, now: float) -> int:
        """Send each alert of the message; PagerDuty knows again those it had. A test is over at once."""
        bodies = [payload(event, self._key) for event in message.events]
        bodies += [_over(event, self._key) for event in message.events if event.type == "alert.test"]
        return [self._poster.post_json(body, now) for body in bodies][-1]


def create(settings: ChannelSettings, reach: Reach) -> PagerDutyChannel:
    """Make a PagerDuty channel. Raises SettingsError."""
    return PagerDutyChannel(settings, reach)


def payload(event: Event, routing_key: str) -> dict[str, Any]:
    """The event as PagerDuty wants it."""
    if event.resolved:
        return _over(event, routing_key)
    shown = {
        "summary": wording.cut(event.summary or event.rule, MOST_SUMMARY),
        "source": f"{event.source}/{event.queue}" if event.queue else event.source or "redrive",
        "severity": SEVERITIES.get(event.severity, "error"),
        "component": event.queue or event.source,
        "group": event.source,
        "class": event.rule,
        "custom_details": _details(event),
    }
    links = [{"href": event.url, "text": "Open in Redrive"}] if event.url else []
    known = _over(event, routing_key) | {"event_action": "trigger"}
    return known | {"payload": shown, "client": "Redrive", "client_url": event.url, "links": links}


def _over(event: Event, routing_key: str) -> dict[str, Any]:
    """What resolves the alert's incident."""
    return {"routing_key": routing_key, "event_action": "resolve", "dedup_key": f"redrive-{event.fingerprint}"}


def _details(event: Event) -> dict[str, Any]:
    found = {"state": wording.state(event.type), "value": event.value, "threshold": event.threshold}
    return found | {"since": event.starts_at, "errors": wording.errors(event)}
