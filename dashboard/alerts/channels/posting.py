"""Posting to a receiver over HTTP: what its answer means, and errors in words that give no secret away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from requests_hardened.ip_filter import InvalidIPAddress

from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.alerts.channels.reach import Reach
from dashboard.settings import ChannelSettings, SettingsError

GONE = 410
MOST_READ = 4_096
MOST_QUOTED = 160


class Poster:
    """Posts to the one address of a channel; redirects are not followed.

    Args:
        settings: address, timeout; secrets are kept out of errors.
        reach: makes the connections.
        url: the address when the settings name none.
        hopeless: statuses after which trying again is useless, besides 410.

    Raises:
        SettingsError: the address is none.
    """

    def __init__(
        self, settings: ChannelSettings, reach: Reach, *, url: str = "", hopeless: Collection[int] = ()
    ) -> None:
        self._url = checked_url(settings, url)
        self._timeout = settings.timeout
        self._reach = reach
        self._hopeless = hopeless
        parts = urlsplit(self._url)
        told = (settings.secret, *settings.previous_secrets, *parts.path.split("/"), parts.query, parts.password or "")
        self._secrets = tuple(word for word in told if len(word) > 5)

    def post(self, body: bytes, headers: Mapping[str, str], now: float) -> int:
        """Post once; the receiver's status.

        Args:
            body: what to send.
            headers: besides `content-type: application/json` and the user agent.
            now: unix seconds, to understand a date in `Retry-After`.

        Raises:
            DeliveryError: it was not taken.
        """
        sent = {"content-type": "application/json", **headers}
        try:
            with self._reach.session(self._timeout) as session, session.post(
                self._url, data=body, headers=sent, timeout=(self._timeout, self._timeout), allow_redirects=False,
                stream=True,
            ) as response:  # fmt: skip
                return self._judged(response, now)
        except requests.RequestException as error:
            raise DeliveryError(_in_words(error), permanent=isinstance(error, InvalidIPAddress)) from error

    def post_json(self, payload: object, now: float, headers: Mapping[str, str] | None = None) -> int:
        """The same with a body of JSON."""
        return self.post(json.dumps(payload, ensure_ascii=False).encode(), headers or {}, now)

    def _judged(self, response: requests.Response, now: float) -> int:
        status = response.status_code
        if 200 <= status < 300:
            return status
        if status == GONE:
            raise DeliveryError("the receiver wants no more messages (410)", gone=True, status=status)
        if 300 <= status < 400:
            raise DeliveryError(f"answered {status}; redirects are not followed, give the final address", status=status)
        answer = _beginning(response, self._timeout)
        raise DeliveryError(
            f"answered {status}{self._quoted(answer)}", status=status, permanent=status in self._hopeless,
            retry_after=_retry_after(response, answer, now),
        )  # fmt: skip

    def _quoted(self, answer: bytes) -> str:
        """What the receiver said, as `: …`, on one line and without what is secret."""
        said = " ".join("".join(c if c.isprintable() else " " for c in answer.decode(errors="replace")).split())
        for word in self._secrets:
            said = said.replace(word, "…")
        if not said or said.startswith("<"):
            return ""
        return f": {said}" if len(said) <= MOST_QUOTED else f": {said[:MOST_QUOTED]}…"


class Chat:
    """A channel that posts JSON to the webhook of a chat, at most a message a second.

    Args:
        settings: the address.
        reach: makes the connections.
        payload: the message as the chat wants it.
        hopeless: statuses after which trying again is useless, besides 410.

    Raises:
        SettingsError: the address is none.
    """

    spacing = 1.0
    keeps_alive = False

    def __init__(
        self,
        settings: ChannelSettings,
        reach: Reach,
        payload: Callable[[Message], Mapping[str, object]],
        hopeless: Collection[int],
    ) -> None:
        self.name = settings.name
        self.timeout = settings.timeout
        self._payload = payload
        self._poster = Poster(settings, reach, hopeless=hopeless)

    def send(self, message: Message, now: float) -> int:
        """Post one message."""
        return self._poster.post_json(self._payload(message), now)


def checked_url(settings: ChannelSettings, default: str = "") -> str:
    """The address of a channel. Raises SettingsError."""
    url = settings.url or default
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise SettingsError(f"channel {settings.name}: url must be an http:// or https:// address")
    return url


def _beginning(response: requests.Response, seconds: float) -> bytes:
    """The first bytes of the answer, as far as they come in time."""
    read, until = b"", time.monotonic() + seconds
    try:
        for part in response.iter_content(1_024):
            read += part
            if len(read) >= MOST_READ or time.monotonic() > until:
                break
    except requests.RequestException:
        pass  # the status says enough
    return read[:MOST_READ]


def _retry_after(response: requests.Response, answer: bytes, now: float) -> float | None:
    """Seconds, from the header (a number or a date) or from `retry_after` of a JSON answer."""
    value = response.headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value) if value[:1].isdigit() else parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        pass
    try:
        said = json.loads(answer)["retry_after"]
        return max(0.0, float(said)) if isinstance(said, int | float) else None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _in_words(error: requests.RequestException) -> str:
    """What went wrong without the address, which may hold a secret."""
    if isinstance(error, InvalidIPAddress):
        return "its address is in a private network; only the file of settings may name such a receiver"
    if isinstance(error, requests.Timeout):
        return "no answer: it took too long"
    if isinstance(error, requests.exceptions.SSLError):
        return "no answer: its certificate was not accepted"
    if isinstance(error, requests.ConnectionError):
        return "no answer: it could not be reached"
    return f"no answer: {type(error).__name__}"
