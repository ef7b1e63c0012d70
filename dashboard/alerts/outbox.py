"""The outbox: messages stored with the alert's change, sent until a receiver takes them or it is hopeless."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from dashboard.alerts.channels.contract import Channel, DeliveryError, Message
from dashboard.alerts.channels.event import Event
from dashboard.store import Store

MOST_TRIES = 12
FIRST_BACKOFF = 5.0
LONGEST_BACKOFF = 3600.0
MESSAGES_A_ROUND = 10

log = structlog.get_logger("redrive.alerts")


@dataclass(frozen=True, slots=True)
class _Try:
    """How one try ended; wait: seconds until the next one."""

    result: str
    status: int | None
    error: str = ""
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class _Claimed:
    message: Message
    attempt: int
    channel: str


class Outbox:
    """Sends what is due.

    A message is claimed for a time, so that two senders never send it at once; when a sender dies in between, the
    message is sent again under the same id after that time.

    Args:
        store: where the messages lie.
        channels: by name.
        clock: gives unix seconds.
        jitter: gives the factor of each backoff.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Callable[[], float],
        jitter: Callable[[], float] = lambda: random.uniform(0.75, 1.25),
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._jitter = jitter
        self._claim_seconds = 30.0 + 2 * max((channel.timeout for channel in channels.values()), default=0.0)

    def deliver(self) -> bool:
        """Send what is due, at most 10 messages; True when there may be more. Raises StoreUnavailable."""
        for _ in range(MESSAGES_A_ROUND):
            claimed = self._claim()
            if claimed is None:
                return False
            self._send(claimed)
        return True

    def _claim(self) -> _Claimed | None:
        now = self._clock()
        argv = (round(now * 1000), round((now + self._claim_seconds) * 1000), self._store.delivery(""))
        row = self._store.run("alerts", "claim", (self._store.outbox,), argv)
        if not row:
            return None
        delivery_id, attempt, channel, kind, body = row
        message = Message(delivery_id.decode(), kind.decode(), (Event.parse(body.decode()),))
        return _Claimed(message, int(attempt), channel.decode())

    def _send(self, claimed: _Claimed) -> None:
        started = time.monotonic()
        try:
            tried = _Try("sent", self._channel(claimed.channel).send(claimed.message, self._clock()))
        except DeliveryError as error:
            tried = self._not_taken(claimed, error)
        except Exception as error:
            log.exception("a channel failed", channel=claimed.channel)
            tried = self._not_taken(claimed, DeliveryError(f"{type(error).__name__}: {error}"))
        self._settle(claimed, tried, time.monotonic() - started)

    def _channel(self, name: str) -> Channel:
        if name not in self._channels:
            raise DeliveryError(f"no channel is called {name} any more", permanent=True)
        return self._channels[name]

    def _not_taken(self, claimed: _Claimed, error: DeliveryError) -> _Try:
        if error.permanent or claimed.attempt >= MOST_TRIES:
            log.warning("gave up a message", channel=claimed.channel, type=claimed.message.type, error=str(error))
            return _Try("gave up", error.status, str(error))
        wait = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (claimed.attempt - 1)) * self._jitter()
        wait = max(wait, min(LONGEST_BACKOFF, error.retry_after or 0.0))
        return _Try("retrying", error.status, str(error), wait)

    def _settle(self, claimed: _Claimed, tried: _Try, seconds: float) -> None:
        now, store, delivery_id = self._clock(), self._store, claimed.message.id
        keys = (store.outbox, store.delivery(delivery_id), store.delivery_totals)
        argv = (
            delivery_id, claimed.attempt, tried.result, repr(now), repr(now + tried.wait),
            "" if tried.status is None else tried.status, tried.error, f"{seconds:.3f}",
        )  # fmt: skip
        store.run("alerts", "settle", keys, argv)
