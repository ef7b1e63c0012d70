"""What an operation that requeued a job, and the job's history, know afterwards."""

from __future__ import annotations

from queue_core.invariants import audit
from tests.engine.queue_under_test import QueueUnderTest


def _requeue_group(queue: QueueUnderTest, operation: str = "again") -> None:
    queue.engine.bulk_start(operation, "requeue", "df:f1", fingerprint="f1")
    assert queue.engine.bulk(operation).state == "done"


def _outcome(queue: QueueUnderTest, field: str, operation: str = "again") -> int:
    return int(queue.client.hget(queue.keys.operation(operation), field) or 0)


def test_the_next_run_gets_the_history_of_the_runs_before_the_requeue(queue: QueueUnderTest) -> None:
    queue.enqueue()
    queue.run("p", fingerprint="f1", blob=b"first failure")
    _requeue_group(queue)
    assert [claim.error for claim in queue.claim()] == [b"first failure"]


def test_a_requeued_job_purged_before_it_ran_is_counted_as_ended(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    queue.run("p", fingerprint="f1")
    _requeue_group(queue)
    assert queue.engine.control_job("purge", job) == (True, "t")
    assert _outcome(queue, "o_x") == 1
    assert queue.client.zcard(queue.keys.requeued("again")) == 0
    assert audit(queue.client, queue.engine.name) == []


def test_a_requeue_under_way_can_be_undone_however_long_it_takes(queue: QueueUnderTest) -> None:
    queue.enqueue(2)
    for _ in range(2):
        queue.run("p", fingerprint="f1")
    queue.engine.bulk_start("slow", "requeue", "df:f1", fingerprint="f1")
    queue.engine.bulk("slow", 1)
    _hours_later(queue, "slow")
    assert queue.client.zcard(queue.keys.requeued("slow")) == 1
    queue.engine.bulk("slow")
    queue.engine.bulk("slow")
    _hours_later(queue, "slow")
    assert queue.client.zcard(queue.keys.requeued("slow")) == 2
    assert audit(queue.client, queue.engine.name) == []


def test_nothing_is_kept_of_a_requeue_whose_jobs_have_all_started(queue: QueueUnderTest) -> None:
    queue.enqueue()
    queue.run("p", fingerprint="f1")
    _requeue_group(queue)
    queue.run("s")
    _hours_later(queue, "again")
    assert queue.client.zcard(queue.keys.requeues) == 0
    assert audit(queue.client, queue.engine.name) == []


def _hours_later(queue: QueueUnderTest, operation: str) -> None:
    queue.client.zincrby(queue.keys.requeues, -7_200_000, operation)
    queue.engine.tick()


def test_a_unique_window_of_no_length_changes_nothing_half_way(queue: QueueUnderTest) -> None:
    queue.enqueue(unique_key="only", unique_mode="win", unique_window=0)
    assert queue.client.zcard(queue.keys.pending) == 1
    assert audit(queue.client, queue.engine.name) == []
