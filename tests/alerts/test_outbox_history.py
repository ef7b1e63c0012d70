"""Random histories of an outbox: whatever happens, nothing is lost, none is sent twice, and the order is kept."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.alerts.deliveries import DeliveryLog
from dashboard.store import Fence
from tests.alerts.outbox_model import Box, Remembering, notice
from tests.background import World

CHANNELS = ("ops", "team")
KEYS = ("k", "l|m")
ALERTS = ("a", "b")
LIMIT = 200
CLAIM_SECONDS = 32.0
ERRORS = {
    "500": DeliveryError("answered 500", status=500), "silent": DeliveryError("no answer"),
    "never": DeliveryError("no", permanent=True, status=400),
}  # fmt: skip

puts = st.tuples(
    st.just("put"), st.sampled_from(CHANNELS), st.sampled_from(KEYS), st.sampled_from(ALERTS),
    st.sampled_from(("firing", "resolved")), st.sampled_from((0.0, 0.0, 10.0)),
)  # fmt: skip
delivers = st.tuples(st.just("deliver"), st.sampled_from(("fine", "fine", "500", "500", "silent", "never")))
waits = st.tuples(st.just("wait"), st.sampled_from((1.0, 6.0, 30.0, 4_000.0)))
others = st.sampled_from([("die",), ("replay",)])


class History:
    """What was done, what is expected of it, and what became of it."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.log = DeliveryLog(box.store, box.clock)
        self.latest: dict[tuple[str, str], int] = {}  # the last word on an alert, by channel and alert
        self.replayed: set[str] = set()
        self.held: dict[str, float] = {}  # until when a message is a dead sender's

    def do(self, number: int, what: str, *rest: Any) -> None:
        """One step."""
        if what == "put":
            channel, key, alert, type, wait = rest
            self.box.put(notice(channel, key, f"{alert} of {key}", type, number, wait))
            self.latest[channel, f"{alert} of {key}"] = number
        elif what == "deliver":
            self.deliver(rest[0])
        elif what == "die":  # a sender takes a message and is killed
            claimed = self.box.outbox()._claim(CLAIM_SECONDS)
            if claimed:
                self.held[claimed.id] = self.box.clock() + CLAIM_SECONDS
        elif what == "replay":
            self.replay()
        else:
            self.box.clock.forward(rest[0])

    def deliver(self, answer: str) -> None:
        """One round in which every receiver answers so."""
        tried = []
        for channel in self.box.channels.values():
            channel.answer = lambda message: tried.append(message.id) or ERRORS.get(answer)  # type: ignore[func-returns-value]
        self.box.outbox().deliver()
        for message_id in tried:
            assert self.held.get(message_id, 0) <= self.box.clock(), "sent while another sender has it"

    def replay(self) -> None:
        """Send all again that were given up."""
        self.replayed.update(each.id for each in self.log.page(result="gave up", limit=LIMIT).items)
        assert self.log.retry_all() <= LIMIT

    def end(self) -> None:
        """Let everything arrive."""
        for channel in self.box.channels.values():
            channel.answer = lambda _: None
        self.box.drain()
        self.replay()
        self.box.drain()


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.one_of(puts, puts, delivers, delivers, waits, others), min_size=5, max_size=50))
def test_nothing_is_lost_or_sent_twice_and_the_order_is_kept(
    world: World, fence: Fence, steps: list[tuple[Any, ...]]
) -> None:
    client = world.store.client
    for name in client.scan_iter("*outbox*"):
        client.delete(name)
    client.delete(world.store.deliveries, world.store.dead_deliveries)
    history = History(Box(world.store, fence, world.clock, {name: Remembering(name) for name in CHANNELS}))
    for number, step in enumerate(steps, 1):
        history.do(number, *step)
    history.end()
    for name, channel in history.box.channels.items():
        ids = [message.id for message in channel.taken]
        assert len(ids) == len(set(ids)), "sent twice"
        _same_at_every_try(channel.tried)
        told = {(e.fingerprint, int(e.summary)) for message in channel.taken for e in message.events}
        wanted = {(alert, number) for (of, alert), number in history.latest.items() if of == name}
        assert wanted <= told, "lost"
        _in_order([message for message in channel.taken if message.id not in history.replayed])
    assert history.log.dead() == 0


def _same_at_every_try(tried: list[Message]) -> None:
    known: dict[str, Message] = {}
    for message in tried:
        assert known.setdefault(message.id, message) == message, "changed between two tries"


def _in_order(taken: list[Message]) -> None:
    """What is told of one alert comes in the order in which it happened."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for message in taken:
        for event in message.events:
            numbers[event.fingerprint].append(int(event.summary))
    for of_one in numbers.values():
        assert of_one == sorted(of_one)
