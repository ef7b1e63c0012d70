"""A channel of a page that is stored and cannot be read: what is to go there waits until it can be."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.alerts.channels.contract import DeliveryError, Message


@dataclass(slots=True)
class Unread:
    """Takes nothing. why: what is wrong with what is stored."""

    name: str
    why: str
    timeout: float = 1.0
    spacing: float = 0.0
    keeps_alive: bool = False

    @property
    def words(self) -> str:
        """Why nothing is sent."""
        return f"the stored channel cannot be read: {self.why}"

    def send(self, message: Message, now: float) -> int | None:  # noqa: ARG002 - there is nothing to send it with
        """Always raises DeliveryError."""
        raise DeliveryError(self.words)
