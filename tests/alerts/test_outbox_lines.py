"""Messages of one key are joined and keep their order; channels do not wait for each other; nothing is lost."""

from __future__ import annotations

import threading

import pytest

from dashboard.adapters.contract import InvalidRequest
from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.alerts.deliveries import MOST_DEAD, DeliveryLog, UnknownDelivery
from dashboard.alerts.outbox import MOST_TRIES
from dashboard.alerts.storing import DELIVERIES_KEPT, MOST_EVENTS
from dashboard.store import Fence
from tests.alerts.outbox_model import Box, Remembering, notice
from tests.background import World
from tests.waiting import PATIENCE


@pytest.fixture
def box(world: World, fence: Fence) -> Box:
    return Box(world.store, fence, world.clock, {name: Remembering(name) for name in ("ops", "team")})


@pytest.fixture
def log(box: Box) -> DeliveryLog:
    return DeliveryLog(box.store, box.clock)


def failing(**how: object) -> object:
    return lambda _: DeliveryError("answered 500", **({"status": 500} | how))  # type: ignore[arg-type]


def test_what_waits_for_others_goes_out_as_one_message(box: Box) -> None:
    box.put(notice("ops", alert="a", number=1, wait=10))
    box.clock.forward(6)
    box.put(notice("ops", alert="b", number=2, wait=10), notice("ops", key="other", number=3))
    box.outbox().deliver()
    assert box.channels["ops"].told() == ["firing 3"]
    box.clock.forward(4)
    box.outbox().deliver()
    assert [len(message.events) for message in box.channels["ops"].taken] == [1, 2]
    assert box.channels["ops"].told() == ["firing 3", "firing 1", "firing 2"]


def test_messages_are_found_by_the_alerts_that_they_tell_of(box: Box, log: DeliveryLog) -> None:
    box.put(notice("ops", alert="a", number=1, wait=10), notice("ops", alert="b", number=2, wait=10))
    box.put(notice("ops", alert="c", key="other", number=3))
    both, other = log.page(alert="a").items, log.page(alert="c").items
    assert [each.alerts for each in both] == [2]
    assert both == log.page(alert="b").items
    assert {both[0].id, other[0].id} == {each.id for each in log.page().items}
    assert not log.page(alert="d").items


def test_the_latest_word_on_an_alert_wins_before_the_first_try(box: Box) -> None:
    box.put(notice("ops", number=1), notice("ops", type="resolved", number=2))
    box.drain()
    assert box.channels["ops"].told() == ["resolved 2"]


def test_a_message_that_was_tried_stays_as_it_is_and_the_next_waits_for_it(box: Box) -> None:
    ops = box.channels["ops"]
    ops.answer = failing()  # type: ignore[assignment]
    box.put(notice("ops", number=1))
    box.outbox().deliver()
    box.put(notice("ops", type="resolved", number=2), notice("ops", key="other", number=3))
    ops.answer = lambda _: None
    box.outbox().deliver()
    assert ops.told() == ["firing 3"]
    box.drain(step=5)
    assert ops.told() == ["firing 3", "firing 1", "resolved 2"]
    assert ops.tried[0] == ops.taken[1]


def test_more_alerts_than_a_message_may_have_make_another(box: Box) -> None:
    box.put(*(notice("ops", alert=str(number), number=number) for number in range(MOST_EVENTS + 5)))
    box.drain()
    assert [len(message.events) for message in box.channels["ops"].taken] == [MOST_EVENTS, 5]


def test_a_receiver_that_hangs_keeps_one_sender_and_delays_no_other_channel(box: Box) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(_: Message) -> None:
        entered.set()
        assert release.wait(PATIENCE)

    box.channels["ops"].answer = hang
    box.put(*(notice("ops", key=str(number), number=number) for number in range(20)))
    thread = threading.Thread(target=box.outbox().deliver)
    thread.start()
    try:
        assert entered.wait(PATIENCE)
        box.put(notice("team", number=1))
        assert box.outbox().deliver() is False
        assert box.channels["team"].told() == ["firing 1"]
        assert len(box.channels["ops"].tried) == 1
    finally:
        release.set()
        thread.join()


def test_a_channel_that_does_not_answer_is_left_alone_for_a_while(box: Box) -> None:
    box.channels["ops"].answer = lambda _: DeliveryError("no answer")
    box.put(*(notice("ops", key=str(number)) for number in range(5)))
    box.outbox().deliver()
    assert len(box.channels["ops"].tried) == 1
    box.clock.forward(5)
    box.outbox().deliver()
    assert len(box.channels["ops"].tried) == 2


def test_a_wait_the_receiver_asks_for_holds_for_all_of_its_channel(box: Box) -> None:
    answers = [DeliveryError("answered 429", status=429, retry_after=90)]
    box.channels["ops"].answer = lambda _: answers.pop() if answers else None
    box.put(notice("ops", key="a", number=1), notice("ops", key="b", number=2))
    box.outbox().deliver()
    box.clock.forward(89)
    box.outbox().deliver()
    assert len(box.channels["ops"].tried) == 1
    box.clock.forward(1)
    box.outbox().deliver()
    assert sorted(box.channels["ops"].told()) == ["firing 1", "firing 2"]


def test_messages_to_one_channel_are_spaced(box: Box) -> None:
    box.channels["ops"].spacing = 2.0
    box.put(*(notice("ops", key=str(number)) for number in range(3)))
    counts = []
    for _ in range(5):
        box.outbox().deliver()
        counts.append(len(box.channels["ops"].taken))
        box.clock.forward(1)
    assert counts == [1, 1, 2, 2, 3]


def test_410_disables_the_channel_and_its_messages_are_kept_as_dead(box: Box, log: DeliveryLog) -> None:
    box.channels["ops"].answer = lambda _: DeliveryError("wants no more", gone=True, status=410)
    box.put(*(notice("ops", key=str(number)) for number in range(3)), notice("team"))
    box.drain()
    assert len(box.channels["ops"].tried) == 1
    assert box.store.client.hget(box.store.channel_state("ops"), "disabled") == b"wants no more"
    given_up = log.page(result="gave up").items
    assert [each.channel for each in given_up] == ["ops"] * 3
    assert {each.error for each in given_up} == {"wants no more", "the channel is disabled: wants no more"}
    assert len(box.channels["team"].taken) == 1


def test_every_try_is_in_the_log_and_the_id_stays_the_same(box: Box, log: DeliveryLog) -> None:
    box.channels["ops"].answer = failing()  # type: ignore[assignment]
    box.put(notice("ops"))
    box.drain()
    (dead,) = log.page(result="gave up").items
    found = log.get(dead.id)
    assert (found.attempts, [each.number for each in found.tries]) == (MOST_TRIES, list(range(1, MOST_TRIES + 1)))
    assert {(each.result, each.status, each.error) for each in found.tries[:-1]} == {("retrying", 500, "answered 500")}
    assert found.tries[0].at < found.tries[-1].at
    assert {message.id for message in box.channels["ops"].tried} == {dead.id}


def test_a_dead_message_is_sent_again_under_its_id_and_as_it_was(box: Box, log: DeliveryLog) -> None:
    ops = box.channels["ops"]
    ops.answer = failing(permanent=True)  # type: ignore[assignment]
    box.put(notice("ops", number=1))
    box.drain()
    (dead,) = log.page(result="gave up").items
    ops.answer = lambda _: None
    again = log.retry(dead.id)
    assert (again.id, again.result, log.dead()) == (dead.id, "waiting", 0)
    box.put(notice("ops", type="resolved", number=2))
    box.drain()
    assert ops.told() == ["firing 1", "resolved 2"]
    assert ops.taken[0] == ops.tried[0]
    with pytest.raises(InvalidRequest, match="not given up: sent"):
        log.retry(dead.id)
    with pytest.raises(UnknownDelivery):
        log.retry("msg_none")


def test_a_dead_message_gets_all_its_tries_again(box: Box, log: DeliveryLog) -> None:
    box.channels["ops"].answer = failing()  # type: ignore[assignment]
    box.put(notice("ops"), notice("ops", key="other"))
    box.drain()
    assert log.retry_all() == 2
    box.drain()
    assert log.dead() == 2
    assert len(box.channels["ops"].tried) == 4 * MOST_TRIES
    assert len(log.get(log.page().items[0].id).tries) == 12


def test_one_that_waits_for_its_next_try_can_be_brought_forward(box: Box, log: DeliveryLog) -> None:
    answers = [DeliveryError("answered 500", status=500)]
    box.channels["ops"].answer = lambda _: answers.pop() if answers else None
    box.put(notice("ops"))
    box.outbox().deliver()
    log.retry(log.page().items[0].id)
    box.outbox().deliver()
    assert box.channels["ops"].told() == ["firing 0"]


def test_the_log_is_bounded_and_what_is_open_or_dead_stays(box: Box, log: DeliveryLog) -> None:
    box.channels["team"].answer = failing(permanent=True)  # type: ignore[assignment]
    box.put(notice("team"), notice("ops", key="late", wait=1e6))
    box.outbox().deliver()
    dead = log.page(result="gave up").items[0].id
    for start in range(0, DELIVERIES_KEPT + 100, 50):
        box.put(*(notice("ops", key=str(number)) for number in range(start, start + 50)))
        box.clock.forward(1)
        while box.outbox().deliver():
            pass
    box.put(notice("ops", key="last"))
    assert box.store.client.zcard(box.store.deliveries) <= DELIVERIES_KEPT + 50
    assert log.get(dead).result == "gave up"
    assert [each.result for each in log.page(result="waiting").items].count("waiting") == 2
    records = sum(1 for _ in box.store.client.scan_iter(box.store.delivery("*"), count=1000))
    assert records <= DELIVERIES_KEPT + 52


def test_dropped_dead_messages_are_counted(box: Box, log: DeliveryLog) -> None:
    box.channels["ops"].answer = failing(permanent=True)  # type: ignore[assignment]
    for start in range(0, MOST_DEAD + 30, 103):
        box.put(*(notice("ops", key=str(number)) for number in range(start, start + 103)))
        while box.outbox().deliver():
            pass
    made = log.totals()["ops", "gave up"]
    assert made > MOST_DEAD
    assert (log.dead(), log.totals()["ops", "dropped"]) == (MOST_DEAD, made - MOST_DEAD)


def test_what_is_said_again_and_again_does_not_fill_the_log(box: Box, log: DeliveryLog) -> None:
    box.channels["ops"].keeps_alive = True
    for number in range(9):
        for name in ("ops", "team"):
            box.put(notice(name, number=number))
        box.drain()
        box.clock.forward(60)
    box.put(notice("ops", type="resolved", number=9))
    box.drain()
    assert len(box.channels["ops"].taken) == 10
    kept = log.page(channel="ops").items
    assert [(each.type, each.created_at) for each in reversed(kept)] == [
        ("alert.firing", box.clock.now - 540), ("alert.firing", box.clock.now - 60), ("alert.resolved", box.clock.now),
    ]  # fmt: skip
    assert len(log.page(channel="team").items) == 9


def test_the_log_is_read_in_pages_and_narrowed(box: Box, log: DeliveryLog) -> None:
    for number in range(7):
        box.put(notice("ops" if number % 2 else "team", key=str(number), number=number))
        box.clock.forward(1)
    box.drain()
    first = log.page(limit=3)
    rest = log.page(limit=50, cursor=first.next_cursor or "")
    found = [each.id for each in (*first.items, *rest.items)]
    assert (len(found), len(set(found)), rest.next_cursor) == (7, 7, None)
    assert [each.created_at for each in first.items] == sorted((e.created_at for e in first.items), reverse=True)
    assert len(log.page(channel="ops").items) == 3
    assert log.page(channel="ops", result="retrying").items == ()
    with pytest.raises(InvalidRequest):
        log.page(result="lost")
