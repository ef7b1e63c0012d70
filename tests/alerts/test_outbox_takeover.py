"""A sender that is killed in the middle of a message: the next leader sends it again as soon as that is safe."""

from __future__ import annotations

import pytest

from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.deliveries import DeliveryLog
from dashboard.alerts.outbox import SETTLING, STANDSTILL, Outbox, _Try
from dashboard.collector.lease import Lease
from dashboard.store import Fence, StaleLeader
from tests.alerts.outbox_model import Box, Remembering, notice
from tests.background import World

TIMEOUT = 4.0
SENDING = SETTLING + 2 * TIMEOUT


@pytest.fixture
def box(world: World, fence: Fence) -> Box:
    return Box(world.store, fence, world.clock, {"ops": Remembering("ops", timeout=TIMEOUT)})


def next_leader(box: Box) -> Fence:
    """The lease ran out, and another collector has it."""
    box.store.client.delete(box.store.lease)
    box.store.client.hset(box.store.lease, "epoch", box.fence.epoch)
    lease = Lease(box.store)
    lease.renew()
    found = lease.fence()
    assert found is not None
    assert found.epoch > box.fence.epoch
    return found


def killed_while_sending(box: Box) -> Outbox:
    """A sender of the leader takes a message, and is heard of no more."""
    sender = box.outbox()
    sender._take_over(box.fence)
    assert sender._claim(STANDSTILL + 2 * TIMEOUT, SENDING) is not None
    return sender


def delivered_at(box: Box, fence: Fence | None) -> float:
    """Seconds until somebody sends it again."""
    outbox, start = box.outbox(), box.clock()
    for _ in range(100):
        outbox.deliver(fence)
        if box.channels["ops"].taken:
            return box.clock() - start
        box.clock.forward(1)
    raise AssertionError("nobody sends it")


def test_a_new_leader_sends_it_again_once_it_must_have_been_sent(box: Box) -> None:
    box.put(notice("ops"))
    killed_while_sending(box)
    assert delivered_at(box, next_leader(box)) == SENDING
    (message,) = box.channels["ops"].taken
    assert DeliveryLog(box.store, box.clock).get(message.id).attempts == 2, "it is the same message"


@pytest.mark.parametrize("fenced", [True, False])
def test_the_same_leader_and_one_without_proof_wait_in_full(box: Box, fenced: bool) -> None:
    box.put(notice("ops"))
    killed_while_sending(box)
    assert delivered_at(box, box.fence if fenced else None) == STANDSTILL + 2 * TIMEOUT


def test_a_sender_that_was_only_slow_changes_nothing_any_more(box: Box) -> None:
    box.put(notice("ops"))
    sender = box.outbox()
    sender._take_over(box.fence)
    claimed = sender._claim(STANDSTILL + 2 * TIMEOUT, SENDING)
    assert claimed is not None
    delivered_at(box, next_leader(box))
    sender._settle(claimed, _Try("retrying", error="no answer", wait=1.0), 1.0)
    assert DeliveryLog(box.store, box.clock).get(claimed.id).result == "sent"
    box.drain()
    assert len(box.channels["ops"].taken) == 1


def test_what_a_receiver_asked_to_wait_is_kept_by_the_next_leader(box: Box) -> None:
    errors = [DeliveryError("slow down", status=429, retry_after=300.0)]
    box.channels["ops"].answer = lambda _: errors.pop() if errors else None
    box.put(notice("ops"))
    box.outbox().deliver(box.fence)
    assert delivered_at_least(box, next_leader(box)) >= 300


def delivered_at_least(box: Box, fence: Fence) -> float:
    outbox, start = box.outbox(), box.clock()
    while not box.channels["ops"].taken:
        outbox.deliver(fence)
        box.clock.forward(10)
    return box.clock() - start


def test_a_leader_of_before_takes_nothing_over(box: Box) -> None:
    box.put(notice("ops"))
    killed_while_sending(box)
    next_leader(box)
    with pytest.raises(StaleLeader):
        box.outbox().deliver(box.fence)
    assert box.channels["ops"].tried == []
