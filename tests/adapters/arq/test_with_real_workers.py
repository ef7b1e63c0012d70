"""What arq's own worker leaves behind is shown, and what is put back it runs once."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dashboard.adapters.arq.product import ArqProduct
from dashboard.adapters.contract import ActionRefused, State, UnknownJob
from dashboard.adapters.mirrored.moves import trash_key
from dashboard.adapters.mirrored.product import Fate
from tests.adapters.arq.real import QUEUE, Application, Thing, failures, kept

pytest.importorskip("arq")
pytestmark = pytest.mark.adapters


def stored(application: Application) -> dict[str, Any]:
    """Everything of arq's that belongs to jobs."""
    client = application.client
    keys = [key for part in ("job", "result", "retry", "in-progress") for key in client.keys(f"arq:{part}:*")]
    return {"keys": {key: client.get(key) for key in keys}, "queue": client.zrange(QUEUE, 0, -1, withscores=True)}


def test_a_failure_is_found_with_its_arguments_and_error(application: Application, product: ArqProduct) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    assert (letter.queue, letter.id, letter.type, letter.attempts) == (QUEUE, "b1", "send", 1)
    assert letter.data == {"args": [3], "kwargs": {"to": "ann"}}
    assert (letter.error_type, letter.message) == ("ValueError", "bad address ann")
    assert letter.requeueable == ""
    assert letter.enqueued_at is not None
    assert letter.enqueued_at <= letter.failed_at <= time.time()
    job = product.job(QUEUE, "b1")
    assert (job.state, job.payload.data, job.finished_at, job.attempts) == (
        State.FAILED,
        letter.data,
        letter.failed_at,
        1,
    )
    (queue,) = product.queues()
    assert (queue.name, queue.pending, queue.processing, queue.scheduled, queue.failed) == (QUEUE, 0, 0, 0, None)


def test_a_requeued_failure_runs_once_and_the_same_move_again_does_nothing(
    application: Application, product: ArqProduct
) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    application.broken = False
    assert product.requeue(QUEUE, [kept(letter)], "op") == [True]
    assert product.still_failed(QUEUE, ["b1"]) == [False]
    assert product.fates(QUEUE, [kept(letter)]) == [Fate.WAITING]
    assert product.requeue(QUEUE, [kept(letter)], "op") == [True]
    assert product.requeue(QUEUE, [kept(letter)], "other") == [False]
    assert application.client.zcard(QUEUE) == 1
    application.work()
    assert application.ran == [("b1", 3, "ann")]
    assert product.fates(QUEUE, [kept(letter)]) == [Fate.SUCCEEDED]
    assert product.requeue(QUEUE, [kept(letter)], "op") == [True]
    application.work()
    assert application.ran == [("b1", 3, "ann")]
    job = product.job(QUEUE, "b1")
    assert (job.state, job.result) == (State.SUCCEEDED, "'sent'")
    assert failures(product) == []


def test_a_requeued_failure_that_fails_again_is_found_again(application: Application, product: ArqProduct) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    product.requeue(QUEUE, [kept(letter)], "op")
    application.work()
    assert product.fates(QUEUE, [kept(letter)]) == [Fate.FAILED]
    (again,) = failures(product)
    assert again.failed_at > letter.failed_at
    assert (again.data, again.attempts) == (letter.data, 1)


@pytest.mark.parametrize("forever", [False, True])
def test_a_purged_failure_is_restored_and_a_requeued_one_taken_back_as_it_was(
    application: Application, product: ArqProduct, forever: bool
) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    if forever:
        application.client.persist("arq:result:b1")
    before = stored(application)
    assert product.purge(QUEUE, [kept(letter)], "op", 60) == [True]
    assert product.purge(QUEUE, [kept(letter)], "op", 60) == [True]
    assert stored(application)["keys"] == {}
    assert 0 < application.client.ttl(trash_key("main", QUEUE, "b1")) <= 60
    assert product.restore(QUEUE, [kept(letter)], "back") == [True]
    assert product.restore(QUEUE, [kept(letter)], "back") == [True]
    assert product.restore(QUEUE, [kept(letter)], "other") == [False]
    assert stored(application) == before
    assert product.requeue(QUEUE, [kept(letter)], "again") == [True]
    assert product.take_back(QUEUE, [kept(letter)], "undo") == [True]
    assert product.take_back(QUEUE, [kept(letter)], "undo") == [True]
    assert product.take_back(QUEUE, [kept(letter)], "other") == [False]
    assert stored(application) == before
    left = application.client.ttl("arq:result:b1")
    assert left == -1 if forever else 3_500 < left <= 3_600


def test_a_job_with_objects_of_the_application_is_shown_and_cannot_be_put_back(
    application: Application, product: ArqProduct
) -> None:
    application.enqueue("b1", to=Thing())
    application.work()
    (letter,) = failures(product)
    assert "objects" in letter.requeueable
    assert "Thing" in str(letter.data)
    assert product.requeue(QUEUE, [kept(letter)], "op") == [False]
    assert not any(offer.exactness.value == "exact" for offer in product.job(QUEUE, "b1").actions[:1])


def test_a_running_job_is_shown_and_is_asked_to_stop(application: Application, product: ArqProduct) -> None:
    application.enqueue("b1", function="wait")
    application.enqueue("w1", function="wait", _defer_by=3_600)

    def meanwhile() -> None:
        assert [job.id for job in product.page(QUEUE, State.PROCESSING).items] == ["b1"]
        assert product.page(QUEUE, State.PENDING).items == ()
        assert product.job(QUEUE, "b1").state == State.PROCESSING
        (queue,) = product.queues()
        assert (queue.pending, queue.processing, queue.scheduled) == (0, 1, 1)
        with pytest.raises(ActionRefused):
            product.discard(QUEUE, "b1")
        assert product.cancel(QUEUE, "w1") == State.CANCELLED
        assert product.cancel(QUEUE, "b1") == State.PROCESSING

    application.while_it_runs(meanwhile)
    assert product.job(QUEUE, "b1").state == State.CANCELLED
    assert failures(product) == []


def test_a_waiting_job_is_deleted_and_does_not_run(application: Application, product: ArqProduct) -> None:
    application.broken = False
    application.enqueue("w1", "w2")
    application.enqueue("later", _defer_by=3_600)
    assert sorted(job.id for job in product.page(QUEUE, State.PENDING).items) == ["w1", "w2"]
    (job,) = product.page(QUEUE, State.SCHEDULED).items
    assert (job.id, product.job(QUEUE, "later").state) == ("later", State.SCHEDULED)
    assert product.page(QUEUE, State.RETRYING).items == ()
    product.discard(QUEUE, "later")
    product.discard(QUEUE, "w2")
    with pytest.raises(UnknownJob):
        product.job(QUEUE, "w2")
    application.work()
    assert [each[0] for each in application.ran] == ["w1"]
