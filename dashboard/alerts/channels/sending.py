"""One try of a channel; whatever goes wrong in it is a message that was not taken."""

from __future__ import annotations

import structlog

from dashboard.alerts.channels.contract import Channel, DeliveryError, Message

log = structlog.get_logger("redrive.alerts")


def tried(channel: Channel, message: Message, now: float) -> int | None:
    """Send one message; the receiver's status if there is such a thing.

    Raises:
        DeliveryError: it was not taken. Of an error of another kind its name alone is told, since its text may hold an
            address or a secret; the log has all of it.
    """
    try:
        return channel.send(message, now)
    except DeliveryError:
        raise
    except Exception as error:
        log.exception("a channel failed", channel=channel.name)
        raise DeliveryError(f"the channel failed: {type(error).__name__}") from error
