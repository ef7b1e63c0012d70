"""What every alert channel offers; a channel is added by adding a file to this folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dashboard.settings import ChannelSettings


@dataclass(frozen=True, slots=True)
class Message:
    """One message. id: the same at every try, so that a receiver knows it again. body: JSON text."""

    id: str
    type: str
    body: str


class DeliveryError(Exception):
    """The message was not taken.

    Args:
        message: what went wrong, for people.
        permanent: trying again is useless.
        status: the receiver's status code, if it answered.
        retry_after: seconds the receiver asked to wait.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.status = status
        self.retry_after = retry_after


class Channel(Protocol):
    """Where messages go. timeout: seconds one try may take."""

    name: str
    timeout: float

    def send(self, message: Message, now: float) -> int | None:
        """Send one message; returns the receiver's status code if there is such a thing.

        Args:
            message: what to send.
            now: unix seconds, for signatures.

        Raises:
            DeliveryError: it was not taken.
        """


class ChannelFactory(Protocol):
    """A module of this folder offers `KIND` and this function, named `create`."""

    def __call__(self, settings: ChannelSettings) -> Channel:
        """Make a channel; opens no connection. Raises SettingsError."""
