"""What Dramatiq's own workers leave behind is shown, and what is put back they run once."""

from __future__ import annotations

import json

import pytest

from dashboard.adapters.contract import ActionRefused, State, UnknownJob
from dashboard.adapters.dramatiq.product import DramatiqProduct
from dashboard.adapters.mirrored.moves import trash_key
from dashboard.adapters.mirrored.product import Fate
from tests.adapters.dramatiq.real import Application, failures, kept

pytest.importorskip("dramatiq")
pytestmark = pytest.mark.adapters


def stored(application: Application) -> dict[str, object]:
    """Everything of Dramatiq's that belongs to the queue."""
    client = application.client
    messages = {key: json.loads(value) for key, value in client.hgetall("dramatiq:mail.XQ.msgs").items()}
    return {
        "dead": client.zrange("dramatiq:mail.XQ", 0, -1, withscores=True), "messages": messages,
        "waiting": client.lrange("dramatiq:mail", 0, -1), "kept": client.hgetall("dramatiq:mail.msgs"),
    }  # fmt: skip


def test_a_failure_is_found_with_its_arguments(application: Application, product: DramatiqProduct) -> None:
    sent = application.send.send(3, to="ann")
    application.work()
    (letter,) = failures(product)
    assert (letter.queue, letter.type, letter.attempts) == ("mail", "send", 1)
    assert letter.data == {"args": [3], "kwargs": {"to": "ann"}, "message_id": sent.message_id}
    assert "not retried" in letter.message
    job = product.job("mail", letter.id)
    assert job.state == State.FAILED
    assert job.finished_at == letter.failed_at
    assert job.enqueued_at is not None
    assert job.payload.data == letter.data
    (queue,) = product.queues()
    assert (queue.name, queue.pending, queue.processing, queue.scheduled, queue.failed) == ("mail", 0, 0, 0, 1)


def test_a_failure_that_was_retried_has_its_traceback(application: Application, product: DramatiqProduct) -> None:
    application.retried.send(4)
    application.work()
    (letter,) = failures(product)
    assert (letter.type, letter.attempts) == ("retried", 2)
    assert "ValueError: bad address 4" in letter.traceback


def test_a_requeued_failure_runs_once_and_the_same_move_again_does_nothing(
    application: Application, product: DramatiqProduct
) -> None:
    application.retried.send(5)
    application.work()
    (letter,) = failures(product)
    application.broken = False
    assert product.requeue("mail", [kept(letter)], "op") == [True]
    assert product.still_failed("mail", [letter.id]) == [False]
    assert product.fates("mail", [kept(letter)]) == [Fate.WAITING]
    assert product.requeue("mail", [kept(letter)], "op") == [True]
    assert application.client.llen("dramatiq:mail") == 1
    assert product.requeue("mail", [kept(letter)], "other") == [False]
    application.work()
    assert application.ran == [5]
    assert product.fates("mail", [kept(letter)]) == [Fate.GONE]
    assert product.requeue("mail", [kept(letter)], "op") == [True]
    assert stored(application) == {"dead": [], "messages": {}, "waiting": [], "kept": {}}


def test_a_requeued_failure_gets_its_retries_anew(application: Application, product: DramatiqProduct) -> None:
    application.retried.send(6)
    application.work()
    (letter,) = failures(product)
    product.requeue("mail", [kept(letter)], "")
    application.work()
    (again,) = failures(product)
    assert again.attempts == 2
    assert again.data == letter.data


def test_a_purged_failure_is_restored_as_it_was(application: Application, product: DramatiqProduct) -> None:
    application.retried.send(7)
    application.work()
    (letter,) = failures(product)
    before = stored(application)
    assert product.purge("mail", [kept(letter)], "op", 60) == [True]
    assert product.purge("mail", [kept(letter)], "op", 60) == [True]
    assert stored(application)["dead"] == []
    assert 0 < application.client.ttl(trash_key("main", "mail", letter.id)) <= 60
    assert product.restore("mail", [kept(letter)], "back") == [True]
    assert product.restore("mail", [kept(letter)], "back") == [True]
    assert product.restore("mail", [kept(letter)], "other") == [False]
    assert stored(application) == before


def test_a_requeued_failure_is_taken_back_as_it_was(application: Application, product: DramatiqProduct) -> None:
    application.retried.send(8)
    application.work()
    (letter,) = failures(product)
    before = stored(application)
    product.requeue("mail", [kept(letter)], "op")
    assert product.take_back("mail", [kept(letter)], "undo") == [True]
    assert product.take_back("mail", [kept(letter)], "undo") == [True]
    assert product.take_back("mail", [kept(letter)], "other") == [False]
    assert stored(application) == before


def test_what_a_worker_holds_is_processing_and_cannot_be_taken_back(
    application: Application, product: DramatiqProduct
) -> None:
    application.send.send(9)
    application.work()
    (letter,) = failures(product)
    product.requeue("mail", [kept(letter)], "op")
    application.gate.clear()
    application.start()
    while product.fates("mail", [kept(letter)]) == [Fate.WAITING]:
        pass
    assert product.fates("mail", [kept(letter)]) == [Fate.RUNNING]
    assert product.take_back("mail", [kept(letter)], "undo") == [False]
    (job,) = product.page("mail", State.PROCESSING).items
    assert (job.id, job.worker) == (letter.id, application.broker.broker_id)
    assert product.job("mail", letter.id).state == State.PROCESSING
    assert product.queues()[0].processing == 1
    with pytest.raises(ActionRefused):
        product.discard("mail", letter.id)


def test_what_waits_is_listed_in_order_and_can_be_deleted(application: Application, product: DramatiqProduct) -> None:
    for number in range(5):
        application.send.send(number)
    application.broken = False
    first = product.page("mail", State.PENDING, limit=2)
    second = product.page("mail", State.PENDING, cursor=first.next_cursor or "", limit=50)
    ids = [job.id for job in (*first.items, *second.items)]
    assert [product.job("mail", each).payload.data["args"][0] for each in ids] == [0, 1, 2, 3, 4]
    assert product.queues()[0].oldest_pending_seconds is not None
    product.discard("mail", ids[2])
    with pytest.raises(UnknownJob):
        product.job("mail", ids[2])
    application.work()
    assert application.ran == [0, 1, 3, 4]


def test_a_delayed_message_is_scheduled_and_is_not_deleted(application: Application, product: DramatiqProduct) -> None:
    application.send.send_with_options(args=(1,), delay=3_600_000)
    application.send.send_with_options(args=(2,), delay=1_800_000)
    jobs = product.page("mail", State.SCHEDULED).items
    assert [job.scheduled_for is not None for job in jobs] == [True, True]
    assert jobs[0].scheduled_for < jobs[1].scheduled_for  # type: ignore[operator]
    assert product.queues()[0].scheduled == 2
    assert product.page("mail", State.RETRYING).items == ()
    with pytest.raises(ActionRefused, match="memory"):
        product.discard("mail", jobs[0].id)
