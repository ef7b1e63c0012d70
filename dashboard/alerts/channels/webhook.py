"""Webhooks, signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp`, `webhook-signature`."""

from __future__ import annotations

import binascii
import json
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from dashboard.alerts.channels.contract import Message
from dashboard.alerts.channels.posting import Poster
from dashboard.alerts.channels.reach import Reach
from dashboard.settings import ChannelSettings, SettingsError

KIND = "webhook"
GROUP_BY = "none"
REPEAT_SECONDS = 0.0
TARGET_CHECKED = True


class WebhookChannel:
    """Posts to one address. Without a secret the message is not signed.

    Args:
        settings: address, secrets (`whsec_…`, those that went before sign too) and timeout.
        reach: makes the connections.

    Raises:
        SettingsError: the address or a secret is not one.
    """

    spacing = 0.0
    keeps_alive = False

    def __init__(self, settings: ChannelSettings, reach: Reach) -> None:
        self.name = settings.name
        self.timeout = settings.timeout
        self._poster = Poster(settings, reach)
        given = (settings.secret, *settings.previous_secrets)
        self._signers = tuple(_signer(settings, secret) for secret in given if secret)

    def send(self, message: Message, now: float) -> int:
        """Post one message; 2xx means taken, 410 means never again, everything else is tried again."""
        body = _body(message)
        return self._poster.post(body.encode(), self._headers(message, body, now), now)

    def _headers(self, message: Message, body: str, now: float) -> dict[str, str]:
        headers = {"webhook-id": message.id, "webhook-timestamp": str(int(now))}
        if self._signers:
            at = datetime.fromtimestamp(int(now), UTC)
            headers["webhook-signature"] = " ".join(each.sign(message.id, at, body) for each in self._signers)
        return headers


def create(settings: ChannelSettings, reach: Reach) -> WebhookChannel:
    """Make a webhook channel. Raises SettingsError."""
    return WebhookChannel(settings, reach)


def _body(message: Message) -> str:
    """One event as it was written; of several the first, with all of them in `data.alerts`."""
    if len(message.events) == 1:
        return message.events[0].text
    bodies = [json.loads(event.text) for event in message.events]
    alerts = [{"type": each.get("type")} | each["data"] for each in bodies]
    first = next(each for each in bodies if each.get("type") == message.type)
    return json.dumps(first | {"data": first["data"] | {"alerts": alerts}}, ensure_ascii=False)


def _signer(settings: ChannelSettings, secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (binascii.Error, ValueError, EmptyWebhookSecretError) as error:
        raise SettingsError(
            f"channel {settings.name}: secret must be whsec_ and base64; make one with: openssl rand -base64 32"
        ) from error
