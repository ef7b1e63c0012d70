"""Whatever Apprise reaches: more than a hundred services, each by an address of its own; needs the extra `notify`."""

from __future__ import annotations

import importlib
from typing import Any

from dashboard.alerts.channels import wording
from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.alerts.channels.reach import Reach
from dashboard.settings import ChannelSettings, SettingsError

KIND = "apprise"
GROUP_BY = "rule"
REPEAT_SECONDS = 4 * 3600.0
TARGET_CHECKED = False
"""It makes its connections by itself, so only the file may have such a channel."""
_TYPES = {"alert.firing": "failure", "alert.resolved": "success", "alert.nodata": "warning", "alert.error": "warning"}


class AppriseChannel:
    """Hands messages to Apprise.

    Args:
        settings: `url` is an address as Apprise documents them, such as `tgram://token/chat`; `secret` may hold it
            instead.

    Raises:
        SettingsError: Apprise is not installed, or does not know the address.
    """

    spacing = 1.0
    keeps_alive = False

    def __init__(self, settings: ChannelSettings) -> None:
        try:
            apprise: Any = importlib.import_module("apprise")
        except ImportError as error:
            raise SettingsError(
                f"channel {settings.name}: Apprise is not installed; install it with: pip install 'redrive[notify]'"
            ) from error
        self.name = settings.name
        self.timeout = settings.timeout
        self._apprise = apprise.Apprise()
        if not self._apprise.add(settings.url or settings.secret):
            raise SettingsError(f"channel {settings.name}: url is none that Apprise knows")

    def send(self, message: Message, now: float) -> None:  # noqa: ARG002 - Apprise signs nothing
        """Hand over one message."""
        events, more = wording.shown(message)
        lines = [line for event in events for line in (wording.event_title(event), *wording.errors(event), event.url)]
        body = "\n".join([*filter(None, lines), *([f"… and {more} more"] if more else [])])
        kind = _TYPES.get(message.type, "info")
        taken = self._apprise.notify(body=body, title=wording.title(message), notify_type=kind, body_format="text")
        if not taken:
            raise DeliveryError("Apprise could not deliver it")


def create(settings: ChannelSettings, reach: Reach) -> AppriseChannel:  # noqa: ARG001 - it reaches by itself
    """Make an Apprise channel. Raises SettingsError."""
    return AppriseChannel(settings)
