"""What every alert channel offers; a channel is added by adding a file to this folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.reach import Reach
from dashboard.settings import ChannelSettings

_GRAVEST = ("alert.firing", "alert.error", "alert.nodata", "alert.resolved")


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    id: the same at every try, so that a receiver knows it again. type: that of its gravest event. events: at least
    one, the longest running first. created: unix seconds.
    """

    id: str
    type: str
    events: tuple[Event, ...]
    created: float = 0.0

    @classmethod
    def of(cls, message_id: str, events: tuple[Event, ...], created: float) -> Message:
        """A message of events in whatever order."""
        ordered = tuple(sorted(events, key=lambda event: (event.starts_at or event.timestamp, event.fingerprint)))
        found = {event.type for event in ordered}
        gravest = next((type for type in _GRAVEST if type in found), ordered[0].type if ordered else "")
        return cls(message_id, gravest, ordered, created)


class DeliveryError(Exception):
    """The message was not taken.

    Args:
        message: what went wrong, for people.
        permanent: trying again is useless.
        gone: the receiver wants no messages ever again; the channel is disabled.
        status: the receiver's status code, if it answered.
        retry_after: seconds the receiver asked to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent or gone
        self.gone = gone
        self.status = status
        self.retry_after = retry_after


class Channel(Protocol):
    """Where messages go. timeout: seconds one try may take. spacing: seconds from one message to the next, so that the
    receiver's limit is kept. keeps_alive: what fires is said again so often that the log keeps only the first and the
    last time.
    """

    name: str
    timeout: float
    spacing: float
    keeps_alive: bool

    def send(self, message: Message, now: float) -> int | None:
        """Send one message; returns the receiver's status code if there is such a thing.

        Args:
            message: what to send.
            now: unix seconds, for signatures.

        Raises:
            DeliveryError: it was not taken.
        """


class ChannelFactory(Protocol):
    """A module of this folder offers this function, named `create`."""

    def __call__(self, settings: ChannelSettings, reach: Reach) -> Channel:
        """Make a channel; opens no connection. Raises SettingsError."""


class ChannelKind(Protocol):
    """What a module of this folder offers.

    GROUP_BY: what shares one message unless the settings say otherwise: alerts of a `rule`, of a `source`, or `none`.
    REPEAT_SECONDS: a firing alert is told again so often unless the settings say otherwise; 0: never.
    TARGET_CHECKED: every connection is made through `reach`, so that such a channel may be made on a page.
    """

    KIND: str
    GROUP_BY: str
    REPEAT_SECONDS: float
    TARGET_CHECKED: bool
    create: ChannelFactory
