"""What SAQ's own worker leaves behind is shown, and what is put back it runs once."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from dashboard.adapters.contract import ActionRefused, State, UnknownJob
from dashboard.adapters.mirrored.moves import trash_key
from dashboard.adapters.mirrored.product import Fate
from dashboard.adapters.saq.product import SaqProduct
from tests.adapters.saq.real import Application, failures, kept

pytest.importorskip("saq")
pytestmark = pytest.mark.adapters


def stored(application: Application) -> dict[str, Any]:
    """Everything of SAQ's that belongs to the jobs."""
    client = application.client
    return {
        "jobs": {key: json.loads(client.get(key)) for key in client.keys("saq:job:*")},
        "queued": client.lrange("saq:mailq:queued", 0, -1),
        "active": client.lrange("saq:mailq:active", 0, -1),
        "incomplete": client.zrange("saq:mailq:incomplete", 0, -1, withscores=True),
    }


def test_a_failure_is_found_with_its_arguments_and_error(application: Application, product: SaqProduct) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    assert (letter.queue, letter.id, letter.attempts) == ("mailq", "b1", 1)
    assert letter.data == {"args": [], "kwargs": {"to": "ann"}}
    assert "ValueError: bad address ann" in letter.traceback
    assert letter.enqueued_at is not None
    assert letter.enqueued_at <= letter.failed_at <= time.time()
    job = product.job("mailq", "b1")
    assert (job.state, job.payload.data, job.finished_at) == (State.FAILED, letter.data, letter.failed_at)
    (queue,) = product.queues()
    assert (queue.pending, queue.processing, queue.scheduled, queue.failed) == (0, 0, 0, None)


def test_a_requeued_failure_runs_once_and_the_same_move_again_does_nothing(
    application: Application, product: SaqProduct
) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    application.broken = False
    assert product.requeue("mailq", [kept(letter)], "op") == [True]
    assert product.still_failed("mailq", ["b1"]) == [False]
    assert product.fates("mailq", [kept(letter)]) == [Fate.WAITING]
    assert product.requeue("mailq", [kept(letter)], "op") == [True]
    assert application.client.llen("saq:mailq:queued") == 1
    assert product.requeue("mailq", [kept(letter)], "other") == [False]
    application.work()
    assert application.ran == ["b1"]
    assert product.fates("mailq", [kept(letter)]) == [Fate.SUCCEEDED]
    assert product.requeue("mailq", [kept(letter)], "op") == [True]
    assert (stored(application)["queued"], stored(application)["incomplete"]) == ([], [])
    job = product.job("mailq", "b1")
    assert (job.state, job.attempts, job.result) == (State.SUCCEEDED, 1, '"sent"')


def test_a_requeued_failure_that_fails_again_is_found_again(application: Application, product: SaqProduct) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    product.requeue("mailq", [kept(letter)], "op")
    application.work()
    assert product.fates("mailq", [kept(letter)]) == [Fate.FAILED]
    (again,) = failures(product)
    assert again.failed_at > letter.failed_at
    assert again.attempts == 1


def test_a_purged_failure_is_restored_as_it_was(application: Application, product: SaqProduct) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    before = stored(application)
    raw = application.client.get("saq:job:mailq:b1")
    assert product.purge("mailq", [kept(letter)], "op", 60) == [True]
    assert product.purge("mailq", [kept(letter)], "op", 60) == [True]
    assert stored(application)["jobs"] == {}
    assert 0 < application.client.ttl(trash_key("main", "mailq", "b1")) <= 60
    assert product.restore("mailq", [kept(letter)], "back") == [True]
    assert product.restore("mailq", [kept(letter)], "back") == [True]
    assert product.restore("mailq", [kept(letter)], "other") == [False]
    assert stored(application) == before
    assert application.client.get("saq:job:mailq:b1") == raw
    assert 500 < application.client.ttl("saq:job:mailq:b1") <= 600


def test_a_requeued_failure_is_taken_back_as_it_was(application: Application, product: SaqProduct) -> None:
    application.enqueue("b1")
    application.work()
    (letter,) = failures(product)
    before = stored(application)
    product.requeue("mailq", [kept(letter)], "op")
    assert product.take_back("mailq", [kept(letter)], "undo") == [True]
    assert product.take_back("mailq", [kept(letter)], "undo") == [True]
    assert product.take_back("mailq", [kept(letter)], "other") == [False]
    assert stored(application) == before
    application.work()
    assert stored(application) == before


def test_a_running_job_is_shown_with_its_worker_and_is_asked_to_stop(
    application: Application, product: SaqProduct
) -> None:
    application.enqueue("b1", timeout=0)

    def meanwhile() -> None:
        (job,) = product.page("mailq", State.PROCESSING).items
        assert product.job("mailq", job.id).state == State.PROCESSING
        while not product.workers():
            pass
        (worker,) = product.workers()
        assert (worker.lost, worker.busy, [each.id for each in worker.jobs]) == (False, 1, ["b1"])
        assert worker.id == job.worker
        (queue,) = product.queues()
        assert (queue.processing, queue.pending, queue.workers) == (1, 0, 1)
        with pytest.raises(ActionRefused):
            product.discard("mailq", "b1")
        assert product.cancel("mailq", "b1") == State.PROCESSING

    application.while_it_runs(meanwhile)
    assert product.job("mailq", "b1").state == State.CANCELLED
    assert stored(application)["incomplete"] == []


def test_a_waiting_job_is_cancelled_or_deleted_and_does_not_run(application: Application, product: SaqProduct) -> None:
    application.broken = False
    application.enqueue("w1", "w2", "w3")
    application.enqueue("later", scheduled=int(time.time()) + 3_600)
    assert [job.id for job in product.page("mailq", State.PENDING).items] == ["w1", "w2", "w3"]
    (job,) = product.page("mailq", State.SCHEDULED).items
    assert (job.id, product.job("mailq", "later").state) == ("later", State.SCHEDULED)
    assert product.queues()[0].scheduled == 1
    assert product.cancel("mailq", "w2") == State.CANCELLED
    assert product.cancel("mailq", "later") == State.CANCELLED
    product.discard("mailq", "w3")
    with pytest.raises(UnknownJob):
        product.job("mailq", "w3")
    with pytest.raises(ActionRefused):
        product.cancel("mailq", "w2")
    application.work()
    assert application.ran == ["w1"]
    assert product.job("mailq", "w2").state == product.job("mailq", "later").state == State.CANCELLED
    assert stored(application)["incomplete"] == []


def test_a_retrying_job_is_told_from_a_scheduled_one(application: Application, product: SaqProduct) -> None:
    application.enqueue("r1", retries=3, retry_delay=600)
    application.work()
    (job,) = product.page("mailq", State.RETRYING).items
    assert job.scheduled_for is not None
    assert job.scheduled_for > time.time() + 500
    assert product.job("mailq", "r1").state == State.RETRYING
    assert failures(product) == []


def test_a_failure_of_a_job_that_was_seen_running_is_found_without_looking_at_all_keys(
    application: Application, product: SaqProduct
) -> None:
    application.client.mset({f"saq:job:mailq:other{number}": "{}" for number in range(3_000)})
    application.enqueue("b1")
    place = product.look("", 200).place
    application.work()
    found: list[str] = []
    for _ in range(2):
        seen = product.look(place, 200)
        found += [letter.id for letter in seen.letters]
    assert "b1" in found
