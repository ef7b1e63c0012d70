"""Notices put into a real outbox, and channels that remember what they were sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from dashboard.alerts import storing
from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.alerts.outbox import Outbox
from dashboard.alerts.records import Notice
from dashboard.store import Fence, Store
from tests.background import Clock


@dataclass
class Remembering:
    """A channel. answer: says for a message what goes wrong, None: nothing."""

    name: str
    answer: Callable[[Message], DeliveryError | None] = lambda _: None
    timeout: float = 1.0
    spacing: float = 0.0
    keeps_alive: bool = False
    tried: list[Message] = field(default_factory=list)
    taken: list[Message] = field(default_factory=list)

    def send(self, message: Message, now: float) -> int:
        self.tried.append(message)
        wrong = self.answer(message)
        if wrong:
            raise wrong
        self.taken.append(message)
        return 200

    def told(self) -> list[str]:
        """What was taken, as `type number`."""
        return [f"{event.type.removeprefix('alert.')} {event.summary}" for each in self.taken for event in each.events]


def notice(
    channel: str, key: str = "k", alert: str = "a", type: str = "firing", number: int = 0, wait: float = 0.0
) -> Notice:
    """A notice whose event carries a number of its own."""
    data = {"fingerprint": alert, "summary": str(number), "rule": "r", "starts_at": f"2030-01-01T00:00:{number:06d}Z"}
    body = {"type": f"alert.{type}", "timestamp": "2030-01-01T00:00:00Z", "data": data}
    return Notice(channel, "r", f"alert.{type}", key, alert, json.dumps(body), wait)


@dataclass
class Box:
    """An outbox over some channels."""

    store: Store
    fence: Fence
    clock: Clock
    channels: dict[str, Remembering]

    def outbox(self) -> Outbox:
        return Outbox(self.store, self.channels, self.clock, jitter=lambda: 1.0)

    def put(self, *notices: Notice) -> None:
        storing.store(self.store, self.fence, self.clock(), {}, notices=notices)

    def drain(self, rounds: int = 500, step: float = 300.0) -> None:
        """Go on until nothing is left to send."""
        for _ in range(rounds):
            while self.outbox().deliver():
                pass
            if not self.store.client.exists(self.store.outbox):
                return
            self.clock.forward(step)
        raise AssertionError("messages are left over")
