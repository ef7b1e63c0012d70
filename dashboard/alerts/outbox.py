"""The outbox: messages stored with the alert's change, sent until a receiver takes them or it is hopeless."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from dashboard.alerts.channels.contract import Channel, DeliveryError, Message
from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.sending import tried
from dashboard.alerts.channels.unread import Unread
from dashboard.alerts.deliveries import MOST_DEAD
from dashboard.store import Fence, StaleLeader, Store

MOST_TRIES = 12
MISSING_TRIES = 3
FIRST_BACKOFF = 5.0
LONGEST_BACKOFF = 3600.0
LONGEST_HOLD = 60.0
"""A channel that does not answer is left alone for at most so long before its next message is tried."""
MESSAGES_A_ROUND = 10
STANDSTILL = 30.0
"""Seconds for which a sender may stand still before its message is sent again."""
SETTLING = 5.0
"""Seconds in which a sender that does not stand still has noted what became of a message."""

log = structlog.get_logger("redrive.alerts")


@dataclass(frozen=True, slots=True)
class _Try:
    """How one try ended.

    wait: seconds until the next one. hold: seconds until anything else goes to the channel. disable: why it gets no
    more messages. sent: False when nothing was sent at all. unheard: the channel is disabled by now. counts: whether it
    is one of the tries after which a message is given up.
    """

    result: str
    status: int | None = None
    error: str = ""
    wait: float = 0.0
    hold: float = 0.0
    disable: str = ""
    sent: bool = True
    repeats: bool = False
    unheard: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class _Claimed:
    """attempt: counts all tries. tried: those that count, this one among them. disabled: why the channel is."""

    id: str
    attempt: int
    tried: int
    channel: str
    disabled: str
    fields: Mapping[str, bytes]

    def message(self) -> Message:
        """The message; the same at every try. Raises DeliveryError when it is not readable."""
        try:
            events = tuple(Event.parse(value.decode()) for name, value in self.fields.items() if name.startswith("e:"))
            return Message.of(self.id, events, float(self.fields["created"]))
        except (ValueError, LookupError, TypeError) as error:
            raise DeliveryError("the message is damaged", permanent=True) from error


def _missing(claimed: _Claimed) -> _Try:
    """A channel that was made just now may not be known here yet; one that stays away was removed."""
    error = f"no channel is called {claimed.channel} any more"
    if claimed.tried < MISSING_TRIES:
        return _Try("retrying", error=error, wait=FIRST_BACKOFF, sent=False)
    return _Try("gave up", error=error, sent=False)


def _unread(channel: Unread) -> _Try:
    """It can be read again once the version is there that wrote it, however long that takes."""
    return _Try("retrying", error=channel.words, wait=LONGEST_HOLD, hold=LONGEST_HOLD, sent=False, counts=False)


class Outbox:
    """Sends what is due.

    A message is claimed for a time, and with it its channel: two senders never serve one channel at once, so that a
    slow receiver takes one of them at most, and messages arrive one after another. When a sender dies in between, the
    message is sent again under the same id after that time; by a new leader as soon as it must have been sent.

    Args:
        store: where the messages lie.
        channels: by name, or what gives them; asked for each message.
        clock: gives unix seconds.
        jitter: gives the factor of each backoff.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel] | Callable[[], Mapping[str, Channel]],
        clock: Callable[[], float],
        jitter: Callable[[], float] = lambda: random.uniform(0.75, 1.25),
    ) -> None:
        self._store = store
        self._channels = channels if callable(channels) else lambda: channels
        self._clock = clock
        self._jitter = jitter
        self._epoch = 0

    def deliver(self, fence: Fence | None = None) -> bool:
        """Send what is due, at most 10 messages; True when there may be more.

        Args:
            fence: proof of leading; without it, what another leader took is waited for in full.

        Raises:
            StoreUnavailable: the store does not answer. StaleLeader: another collector leads.
        """
        if fence and fence.epoch != self._epoch:
            self._take_over(fence)
        for _ in range(MESSAGES_A_ROUND):
            longest = max((channel.timeout for channel in self._channels().values()), default=0.0)
            claimed = self._claim(STANDSTILL + 2 * longest, SETTLING + 2 * longest)
            if claimed is None:
                return False
            started = time.monotonic()
            self._settle(claimed, self._send(claimed), time.monotonic() - started)
        return True

    def _take_over(self, fence: Fence) -> None:
        keys = (self._store.outbox, self._store.lease)
        if not self._store.run("alerts", "lines+takeover", keys, (fence.holder, fence.epoch)):
            raise StaleLeader("another collector leads by now; it sends the messages")
        self._epoch = fence.epoch

    def _claim(self, seconds: float, sending: float | None = None) -> _Claimed | None:
        """seconds: for which it is this sender's. sending: after which a new leader may have it."""
        now, store = self._clock(), self._store
        argv = (
            round(now * 1000), round((now + seconds) * 1000), store.delivery(""), self._epoch,
            round((now + (seconds if sending is None else sending)) * 1000),
        )  # fmt: skip
        row = store.run("alerts", "lines+claim", (store.outbox,), argv)
        if not row:
            return None
        delivery_id, attempt, uncounted, channel, disabled, flat = row
        fields = {name.decode(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
        tried = int(attempt) - int(uncounted)
        return _Claimed(delivery_id.decode(), int(attempt), tried, channel.decode(), disabled.decode(), fields)

    def _send(self, claimed: _Claimed) -> _Try:
        channel = self._channels().get(claimed.channel)
        if channel is None:
            return _missing(claimed)
        if claimed.disabled:
            return _Try("gave up", error=f"the channel is disabled: {claimed.disabled}", sent=False, unheard=True)
        if isinstance(channel, Unread):
            return _unread(channel)
        try:
            status = tried(channel, claimed.message(), self._clock())
            return _Try("sent", status, hold=channel.spacing, repeats=channel.keeps_alive)
        except DeliveryError as error:
            return self._not_taken(claimed, error, channel.spacing)

    def _not_taken(self, claimed: _Claimed, error: DeliveryError, spacing: float) -> _Try:
        wait = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (claimed.tried - 1)) * self._jitter()
        asked = min(LONGEST_BACKOFF, error.retry_after or 0.0)
        silent = min(wait, LONGEST_HOLD) if error.status is None and not error.permanent else 0.0
        hold = max(spacing, asked, silent)
        if error.permanent or claimed.tried >= MOST_TRIES:
            log.warning("gave up a message", channel=claimed.channel, rule=claimed.fields.get("rule"), error=str(error))
            disable = str(error) if error.gone else ""
            return _Try("gave up", error.status, str(error), hold=hold, disable=disable, unheard=error.gone)
        return _Try("retrying", error.status, str(error), max(wait, asked), hold)

    def _settle(self, claimed: _Claimed, tried: _Try, seconds: float) -> None:
        now, store = self._clock(), self._store
        keys = (store.outbox, store.deliveries, store.dead_deliveries, store.delivery_totals)
        entry = {"at": now, "result": tried.result, "status": tried.status, "error": tried.error, "seconds": seconds}
        argv = (
            store.delivery(""), claimed.id, claimed.attempt, tried.result, repr(now), repr(now + tried.wait),
            "" if tried.status is None else tried.status, tried.error, f"{seconds:.3f}" if tried.sent else "",
            json.dumps(entry), round((now + tried.hold) * 1000), MOST_DEAD, tried.disable,
            int(tried.repeats), int(tried.unheard), int(not tried.counts),
        )  # fmt: skip
        store.run("alerts", "lines+unheard+settle", keys, argv)
