"""Random histories of an outbox: whatever happens, nothing is lost, none is sent twice, and the order is kept."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.alerts.deliveries import DeliveryLog
from dashboard.store import Fence
from tests.alerts.outbox_model import Box, Remembering, notice
from tests.background import World

CHANNELS = ("ops", "team")
KEYS = ("k", "l|m")
ALERTS = ("a", "b", "c")
LIMIT = 200

puts = st.tuples(
    st.just("put"), st.sampled_from(CHANNELS), st.sampled_from(KEYS), st.sampled_from(ALERTS),
    st.sampled_from(("firing", "resolved")), st.sampled_from((0.0, 10.0)),
)  # fmt: skip
others = st.one_of(
    st.tuples(st.just("deliver")), st.tuples(st.just("die")), st.tuples(st.just("replay")),
    st.tuples(st.just("wait"), st.sampled_from((1.0, 30.0, 4_000.0))),
    st.tuples(st.just("answer"), st.sampled_from(CHANNELS), st.sampled_from(("fine", "500", "silent", "never"))),
)  # fmt: skip
ERRORS = {
    "500": DeliveryError("answered 500", status=500), "silent": DeliveryError("no answer"),
    "never": DeliveryError("no", permanent=True, status=400),
}  # fmt: skip
ANSWERS = {"fine": lambda _: None} | {name: lambda _, wrong=error: wrong for name, error in ERRORS.items()}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.one_of(puts, others), max_size=40))
def test_nothing_is_lost_or_sent_twice_and_the_order_is_kept(world: World, fence: Fence, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    client = world.store.client
    for name in client.scan_iter("*outbox*"):
        client.delete(name)
    for name in (world.store.deliveries, world.store.dead_deliveries):
        client.delete(name)
    box = Box(world.store, fence, world.clock, {name: Remembering(name) for name in CHANNELS})
    log = DeliveryLog(box.store, box.clock)
    latest: dict[tuple[str, str], int] = {}  # the last word on an alert, by channel and alert
    replayed: set[str] = set()

    def replay() -> None:
        replayed.update(each.id for each in log.page(result="gave up", limit=LIMIT).items)
        assert log.retry_all() <= LIMIT

    for number, (what, *rest) in enumerate(steps, 1):
        if what == "put":
            channel, key, alert, type, wait = rest
            box.put(notice(channel, key, f"{alert} of {key}", type, number, wait))
            latest[channel, f"{alert} of {key}"] = number
        elif what == "deliver":
            box.outbox().deliver()
        elif what == "die":
            box.outbox()._claim(32.0)  # a sender that took a message and was killed
        elif what == "replay":
            replay()
        elif what == "wait":
            box.clock.forward(rest[0])
        else:
            box.channels[rest[0]].answer = ANSWERS[rest[1]]
    for channel in box.channels.values():
        channel.answer = lambda _: None
    box.drain()
    replay()
    box.drain()
    for name, channel in box.channels.items():
        ids = [message.id for message in channel.taken]
        assert len(ids) == len(set(ids)), "sent twice"
        _same_at_every_try(channel.tried)
        told = {(e.fingerprint, int(e.summary)) for message in channel.taken for e in message.events}
        assert {(alert, number) for (of, alert), number in latest.items() if of == name} <= told, "lost"
        _in_order([message for message in channel.taken if message.id not in replayed])
    assert log.dead() == 0


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
