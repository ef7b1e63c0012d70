"""Messages reach their receiver, signed, under one id, until it takes them or it is hopeless."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.outbox import MISSING_TRIES, MOST_TRIES, Outbox
from dashboard.store import Fence
from tests.alerts.receiver import Receiver
from tests.background import World


@pytest.fixture(autouse=True)
def present_time(world: World) -> None:
    """The receiver's library checks timestamps against the real time."""
    import time  # noqa: PLC0415

    world.clock.now = time.time()


def outbox(world: World) -> Outbox:
    return Outbox(world.store, open_channels(world.settings.channels), world.clock, jitter=lambda: 1.0)


def fire(world: World, fence: Fence) -> None:
    world.jobs.dead(101)
    Evaluator(world.store, world.services.sources, world.settings, world.clock).evaluate(fence)


def test_a_receiver_gets_a_message_whose_signature_it_can_verify(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    fire(world, fence)
    outbox(world).deliver()
    (request,) = receiver.requests
    body = request.verified()
    assert (body["type"], body["data"]["rule"]) == ("alert.firing", "too-many-failed")
    assert request.headers["content-type"] == "application/json"
    (delivery,) = world.book.deliveries()
    assert (delivery.id, delivery.result, delivery.status, delivery.attempts) == (request.id, "sent", 204, 1)
    assert world.book.delivery_totals() == {("ops", "sent"): 1}


def test_a_receiver_that_fails_and_recovers_gets_the_same_id_again(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    receiver.answers = [(500, {}), (503, {"retry-after": "90"})]
    fire(world, fence)
    sender = outbox(world)
    waits = []
    for _ in range(3):
        sender.deliver()
        (delivery,) = world.book.deliveries()
        waits.append((delivery.result, delivery.next_attempt_at and round(delivery.next_attempt_at - world.clock())))
        world.clock.forward((delivery.next_attempt_at or world.clock()) - world.clock() + 0.01)
    assert waits == [("retrying", 5), ("retrying", 90), ("sent", None)]
    assert len(receiver.requests) == 3
    assert len({request.id for request in receiver.requests}) == 1
    assert len({request.body for request in receiver.requests}) == 1


def test_a_receiver_that_fails_five_times_gets_the_message_once_it_recovers(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    receiver.answers = [(500, {})] * 5
    fire(world, fence)
    sender, waits = outbox(world), []
    for _ in range(6):
        sender.deliver()
        (delivery,) = world.book.deliveries()
        waits.append(delivery.next_attempt_at and round(delivery.next_attempt_at - world.clock()))
        world.clock.forward((delivery.next_attempt_at or world.clock()) - world.clock() + 0.01)
    sender.deliver()
    assert waits == [5, 10, 20, 40, 80, None]
    assert [request.status for request in receiver.requests] == [500] * 5 + [204]
    assert len({request.id for request in receiver.requests}) == 1


def test_nothing_is_sent_before_its_time(world: World, fence: Fence, receiver: Receiver) -> None:
    receiver.answers = [(500, {})]
    fire(world, fence)
    sender = outbox(world)
    sender.deliver()
    world.clock.forward(4)
    sender.deliver()
    assert len(receiver.requests) == 1


def test_a_receiver_that_is_gone_is_left_in_peace(world: World, fence: Fence, receiver: Receiver) -> None:
    receiver.answers = [(410, {})]
    fire(world, fence)
    sender = outbox(world)
    sender.deliver()
    world.clock.forward(86_400)
    sender.deliver()
    (delivery,) = world.book.deliveries()
    assert (delivery.result, delivery.status, len(receiver.requests)) == ("gave up", 410, 1)


def test_a_redirect_is_not_followed(world: World, fence: Fence, receiver: Receiver) -> None:
    receiver.answers = [(302, {"location": receiver.url})]
    fire(world, fence)
    outbox(world).deliver()
    (delivery,) = world.book.deliveries()
    assert (delivery.result, len(receiver.requests)) == ("retrying", 1)
    assert "redirects are not followed" in delivery.error


def test_it_gives_up_after_the_last_try_and_says_so(world: World, fence: Fence, receiver: Receiver) -> None:
    receiver.answers = [(500, {})] * 50
    fire(world, fence)
    sender = outbox(world)
    for _ in range(MOST_TRIES + 3):
        sender.deliver()
        world.clock.forward(4_000)
    (delivery,) = world.book.deliveries()
    assert (delivery.result, delivery.attempts, delivery.error) == ("gave up", MOST_TRIES, "answered 500")
    assert len(receiver.requests) == MOST_TRIES


def test_a_receiver_that_is_not_there_is_tried_again_without_telling_its_address(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    fire(world, fence)
    receiver.server.server_close()
    outbox(world).deliver()
    (delivery,) = world.book.deliveries()
    assert (delivery.result, delivery.status) == ("retrying", None)
    assert "127.0.0.1" not in delivery.error


def test_two_collectors_never_send_a_message_at_the_same_time(world: World, fence: Fence, receiver: Receiver) -> None:
    fire(world, fence)
    senders = [outbox(world) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(Outbox.deliver, senders))
    assert len(receiver.requests) == 1


def test_a_sender_that_died_in_between_is_replaced_under_the_same_id(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    fire(world, fence)
    dead, alive = outbox(world), outbox(world)
    claimed = dead._claim(60)
    assert claimed is not None
    alive.deliver()
    assert receiver.requests == []
    world.clock.forward(120)
    alive.deliver()
    assert [request.id for request in receiver.requests] == [claimed.id]


def test_a_message_to_a_channel_that_was_removed_is_given_up_soon(world: World, fence: Fence) -> None:
    fire(world, fence)
    results = []
    for _ in range(MISSING_TRIES):
        Outbox(world.store, {}, world.clock).deliver()
        (delivery,) = world.book.deliveries()
        results.append(delivery.result)
        world.clock.forward(5)
    assert results == ["retrying", "retrying", "gave up"]
    assert "no channel is called ops" in delivery.error


def test_a_channel_that_a_sender_does_not_know_yet_loses_no_message(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    fire(world, fence)
    known = [{}, {}, open_channels(world.settings.channels)]
    box = Outbox(world.store, lambda: known.pop(0) if len(known) > 1 else known[0], world.clock)
    box.deliver()
    assert receiver.requests == []
    world.clock.forward(5)
    box.deliver()
    assert len(receiver.requests) == 1


def test_what_a_channel_fails_with_is_told_by_its_name_alone(world: World, fence: Fence) -> None:
    class Broken:
        name, timeout, spacing, keeps_alive = "ops", 1.0, 0.0, False

        def send(self, message: object, now: float) -> None:
            raise RuntimeError("https://hooks.example.com/T0KEN")

    fire(world, fence)
    Outbox(world.store, {"ops": Broken()}, world.clock).deliver()
    (delivery,) = world.book.deliveries()
    assert (delivery.result, delivery.error) == ("retrying", "the channel failed: RuntimeError")


def test_a_channel_without_a_secret_sends_unsigned(redis_url: str, receiver: Receiver, fence: Fence) -> None:
    world = World(redis_url, {"channels": [receiver.settings("ops", secret="")]})
    fire(world, fence)
    outbox(world).deliver()
    (request,) = receiver.requests
    assert "webhook-signature" not in request.headers
    assert request.id.startswith("msg_")
