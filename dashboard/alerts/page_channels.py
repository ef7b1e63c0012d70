"""Channels made on a page: how they are checked, and the form in which they are stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from dashboard.adapters.contract import InvalidRequest
from dashboard.alerts.channels.discovery import kind_of, open_channels
from dashboard.alerts.channels.reach import PUBLIC
from dashboard.alerts.problems import problem_of
from dashboard.alerts.unreadable import READING, Unreadable, another_name, why
from dashboard.language import N_
from dashboard.settings import ChannelSettings, SettingsError

_KEPT_WHEN_EMPTY = ("url", "secret")
_PUBLIC_HOSTS = ("http", "https", "smtp", "smtps")


class InvalidChannel(InvalidRequest):
    """What was entered cannot be a channel. field: which entry is wrong, empty when it is none alone."""

    field: str = ""


@dataclass(frozen=True, slots=True)
class PageChannel:
    """A channel of a page, as it was stored; revision: changes with every change."""

    settings: ChannelSettings
    stored: bytes

    @property
    def revision(self) -> str:
        """Tells one version from another."""
        return hashlib.sha256(self.stored).hexdigest()[:16]


def checked(given: Mapping[str, Any], old: ChannelSettings | None = None) -> ChannelSettings:
    """What was entered, as a channel.

    Args:
        given: fields of ChannelSettings.
        old: what it was before: an empty address or secret, which is never shown, stays; a replaced secret of a
            webhook goes on signing until `previous_secrets` is given, so that its receivers have time to change.

    Raises:
        InvalidChannel: a value is not possible, or the kind may only stand in the file.
    """
    entered = dict(given)
    if old:
        entered |= {name: getattr(old, name) for name in _KEPT_WHEN_EMPTY if not entered.get(name)}
        _not_elsewhere(given, old, str(entered["url"]))
        entered.setdefault("previous_secrets", _older_secrets(entered, old))
    try:
        channel = ChannelSettings(**entered)
        if not kind_of(channel).TARGET_CHECKED:
            raise _wrong("kind", N_("%(kind)s reaches its receivers by itself; name it in the file of settings"),
                         kind=channel.kind)  # fmt: skip
        open_channels([channel], PUBLIC)
    except ValidationError as error:
        problem = problem_of(error.errors()[0])
        raise _wrong(problem.field, problem.text, **problem.values) from error
    except SettingsError as error:
        text = str(error).removeprefix(f"channel {entered.get('name')}: ")
        fields = (*ChannelSettings.model_fields, "kind", "option")
        field = next((name for name in fields if name in text.split()), "")
        raise _wrong("options" if field == "option" else field, text) from error
    return channel


def to_json(channel: ChannelSettings, revised: int = 0) -> str:
    """The stored form, secrets and all."""
    return json.dumps({"revised": revised, "channel": channel.model_dump()})


def from_json(name: str, text: bytes) -> PageChannel | Unreadable:
    """A stored channel, or why it is none: it is damaged, of another version, or its kind is no longer there."""
    revision = hashlib.sha256(text).hexdigest()[:16]
    try:
        channel = ChannelSettings(**json.loads(text)["channel"])
        open_channels([channel], PUBLIC)
    except READING as error:
        return Unreadable(name, why(error), revision)
    if channel.name != name:
        return Unreadable(name, another_name(channel.name), revision)
    return PageChannel(channel, text)


def shown_address(channel: ChannelSettings) -> str:
    """Where messages go, as it may be shown: scheme and host of an address whose path may be a secret; of an address
    of Apprise the scheme alone, since its host may be a token.
    """
    try:
        parts = urlsplit(channel.url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.hostname and parts.scheme not in _PUBLIC_HOSTS:
        return f"{parts.scheme}://…"
    return f"{parts.scheme}://{parts.hostname}{port}/…" if parts.hostname else ""


def _not_elsewhere(given: Mapping[str, Any], old: ChannelSettings, url: str) -> None:
    """A kept secret must not go to another host than the one it was entered for."""
    if old.secret and not given.get("secret") and _host(url) != _host(old.url):
        raise _wrong("secret", N_("the address is another one; enter the secret again"))


def _older_secrets(entered: Mapping[str, Any], old: ChannelSettings) -> tuple[str, ...]:
    if old.kind != "webhook" or _host(str(entered["url"])) != _host(old.url):
        return ()
    if entered["secret"] == old.secret or not old.secret:
        return old.previous_secrets
    return (old.secret,)


def _host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url
    return parts.scheme, parts.netloc.rpartition("@")[2]


def _wrong(field: str, message: str, **values: object) -> InvalidChannel:
    error = InvalidChannel(message, **values)
    error.field = field
    return error
