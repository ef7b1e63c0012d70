"""Webhooks, signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp`, `webhook-signature`."""

from __future__ import annotations

import binascii
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from dashboard import __version__
from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.settings import ChannelSettings, SettingsError

KIND = "webhook"
GONE = 410


class WebhookChannel:
    """Posts to one address. Without a secret the message is not signed.

    Args:
        settings: address, secret (`whsec_…`) and timeout.

    Raises:
        SettingsError: the address or the secret is not one.
    """

    def __init__(self, settings: ChannelSettings) -> None:
        self.name = settings.name
        self.timeout = settings.timeout
        self._url = _checked_url(settings)
        self._signer = _signer(settings)

    def send(self, message: Message, now: float) -> int:
        """Post one message; 2xx means taken, 410 means never again, everything else is tried again."""
        headers = self._headers(message, now)
        try:
            with requests.post(
                self._url, data=message.body.encode(), headers=headers, timeout=self.timeout, allow_redirects=False,
                stream=True,
            ) as response:  # fmt: skip
                return _judged(response, now)
        except requests.RequestException as error:
            raise DeliveryError(f"no answer: {_in_words(error)}") from error

    def _headers(self, message: Message, now: float) -> dict[str, str]:
        headers = {
            "content-type": "application/json",
            "user-agent": f"Redrive/{__version__}",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now)),
        }
        if self._signer:
            at = datetime.fromtimestamp(int(now), UTC)
            headers["webhook-signature"] = self._signer.sign(message.id, at, message.body)
        return headers


def create(settings: ChannelSettings) -> WebhookChannel:
    """Make a webhook channel. Raises SettingsError."""
    return WebhookChannel(settings)


def _judged(response: requests.Response, now: float) -> int:
    status = response.status_code
    if 200 <= status < 300:
        return status
    if status == GONE:
        raise DeliveryError("the receiver wants no more messages (410)", permanent=True, status=status)
    if 300 <= status < 400:
        raise DeliveryError(f"answered {status}; redirects are not followed, give the final address", status=status)
    raise DeliveryError(f"answered {status}", status=status, retry_after=_retry_after(response, now))


def _retry_after(response: requests.Response, now: float) -> float | None:
    value = response.headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return None


def _in_words(error: requests.RequestException) -> str:
    """What went wrong without the address, which may hold a secret."""
    if isinstance(error, requests.Timeout):
        return "it took too long"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate was not accepted"
    if isinstance(error, requests.ConnectionError):
        return "it could not be reached"
    return type(error).__name__


def _checked_url(settings: ChannelSettings) -> str:
    parts = urlsplit(settings.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"channel {settings.name}: url must be an http:// or https:// address")
    return settings.url


def _signer(settings: ChannelSettings) -> Webhook | None:
    if not settings.secret:
        return None
    try:
        return Webhook(settings.secret)
    except (binascii.Error, ValueError, EmptyWebhookSecretError) as error:
        raise SettingsError(
            f"channel {settings.name}: secret must be whsec_ and base64; make one with: openssl rand -base64 32"
        ) from error
