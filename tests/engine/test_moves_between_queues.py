"""A dead letter taken, whole, to another queue: both queues stay true."""

from __future__ import annotations

import pytest

from queue_core.connection import Client
from queue_core.errors import InvalidJob, OtherSlot
from queue_core.keys import QueueKeys
from tests.engine.queue_under_test import QueueUnderTest


@pytest.fixture
def other(redis_client: Client) -> QueueUnderTest:
    return QueueUnderTest(redis_client, "other")


def assert_whole(*queues: QueueUnderTest) -> None:
    assert [problem for queue in queues for problem in queue.problems()] == []


def test_it_is_pending_there_with_everything_that_was_kept_of_it(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    (job,) = queue.dead(priority=7, max_retries=5)
    queue.engine.control_job("edit", job, b"mended")
    queue.claim()
    queue.settle("p", job, fingerprint="broken", message="ValueError: again", blob=b"two failures")
    queue.client.set(queue.keys.checkpoint(job), b"cursor")
    waiting = other.enqueue(id="waiting", priority=7)
    before = queue.record(job)
    assert queue.engine.move(job, "other") == (True, "p")
    assert other.waiting() == [waiting, job]
    after = other.record(job)
    kept = before.keys() - {"st", "at", "cr", "rq", "sc", "rr", "tok", "dl", "fa", "ch"}
    assert {field: after.get(field) for field in kept} == {field: before[field] for field in kept}
    assert (after["at"], after["rq"]) == ("0", "2")
    assert other.client.get(other.keys.edits(job)).endswith(f"payload of {job}".encode())
    (_, claim) = other.claim(2)
    assert (claim.payload, claim.error, claim.checkpoint) == (b"mended", b"two failures", b"cursor")
    assert (claim.priority, claim.max_retries, claim.attempt, claim.requeues) == (7, 5, 1, 2)
    assert_whole(queue, other)


def test_nothing_of_it_stays_behind(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.move(job, "other")
    assert not list(queue.client.scan_iter(match=f"{queue.keys.prefix}[jperkb]:{job}"))
    assert queue.client.zcard(queue.keys.group_counts) == 0
    assert_whole(queue, other)


def test_an_enqueue_that_is_repeated_in_its_old_queue_does_not_double_it(
    queue: QueueUnderTest, other: QueueUnderTest
) -> None:
    (job,) = queue.dead()
    queue.engine.move(job, "other")
    assert queue.engine.enqueue([queue.new(id=job)]) == [(0, job)]
    assert_whole(queue, other)


def test_it_can_die_there_and_come_back(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.move(job, "other")
    other.claim()
    other.settle("p", job, fingerprint="elsewhere")
    assert other.engine.move(job, "under-test") == (True, "p")
    assert queue.waiting() == [job]
    assert_whole(queue, other)


def test_a_worker_that_waits_there_is_woken(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.move(job, "other")
    assert other.client.llen(other.keys.wake) == 1


def test_its_unique_key_is_taken_there(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    (job,) = queue.dead(unique_key="k", unique_mode="end")
    queue.engine.move(job, "other")
    assert other.client.get(other.keys.unique("k")) == job.encode()
    assert_whole(queue, other)


def test_it_stays_while_another_job_holds_its_key_there(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    (job,) = queue.dead(unique_key="k", unique_mode="end")
    other.enqueue(id="holder", unique_key="k", unique_mode="end")
    assert queue.engine.move(job, "other") == (False, "conflict")
    assert queue.state(job) == "d"
    assert_whole(queue, other)


def test_it_stays_when_its_id_is_used_there(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    (job,) = queue.dead()
    other.enqueue(id=job)
    assert queue.engine.move(job, "other") == (False, "exists")
    assert queue.state(job) == "d"
    assert_whole(queue, other)


def test_only_a_dead_letter_moves_and_only_to_another_queue(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    job = queue.enqueue()
    assert queue.engine.move(job, "other") == (False, "p")
    assert queue.engine.move("no-job", "other") == (False, "missing")
    assert queue.engine.move(job, "under-test") == (False, "same")
    with pytest.raises(InvalidJob):
        queue.engine.move(job, "no queue")
    assert_whole(queue, other)


def test_its_requeue_cannot_be_taken_back_there(queue: QueueUnderTest, other: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.control_job("requeue", job)
    queue.engine.control_job("undo", job)
    queue.engine.move(job, "other")
    assert other.engine.control_job("undo", job) == (False, "never")


def test_on_a_cluster_it_is_refused_when_the_queues_lie_in_different_slots(clustered: Client) -> None:
    queue = QueueUnderTest(clustered)
    (job,) = queue.dead()
    with pytest.raises(OtherSlot, match="different slots"):
        queue.engine.move(job, "other")
    assert queue.state(job) == "d"
    assert not clustered.exists(QueueKeys.of("other").job(job))
