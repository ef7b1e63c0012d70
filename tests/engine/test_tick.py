"""Upkeep: what is due, what was abandoned, what is kept too long."""

from __future__ import annotations

import pytest

from tests.engine.queue_under_test import QueueUnderTest

HOUR = 3_600_000


def test_due_jobs_become_pending_and_others_wait(queue: QueueUnderTest) -> None:
    due, later = queue.enqueue(2, run_at=queue.now() + HOUR)
    queue.let_come_due(due)
    ticked = queue.engine.tick()
    assert (ticked.promoted, ticked.left) == (1, 1)
    assert ticked.next_due == queue.client.zscore(queue.keys.scheduled, later)
    assert queue.waiting() == [due]
    assert queue.problems() == []


def test_jobs_with_priority_keep_it_when_they_come_due(queue: QueueUnderTest) -> None:
    queue.enqueue()
    urgent = queue.enqueue(run_at=queue.now() + HOUR, priority=5)
    queue.let_come_due(urgent)
    queue.engine.tick()
    assert queue.waiting()[0] == urgent


def test_a_claim_promotes_due_jobs_too(queue: QueueUnderTest) -> None:
    job = queue.enqueue(run_at=queue.now() + HOUR)
    queue.let_come_due(job)
    assert [claim.id for claim in queue.claim()] == [job]


def test_an_abandoned_job_is_retried_and_counted_as_a_crash(queue: QueueUnderTest) -> None:
    job = queue.enqueue(timeout=0)
    queue.claim(worker="gone")
    queue.let_lease_end(job)
    assert queue.engine.tick().reaped == 1
    record = queue.record(job)
    assert (record["st"], record["cr"], record["em"]) == ("r", "1", "lease expired on gone")
    assert (queue.counter("lx"), queue.counter("k")) == (1, 1)
    assert queue.problems() == []


def test_an_abandoned_job_past_its_deadline_is_a_timeout_and_no_crash(queue: QueueUnderTest) -> None:
    job = queue.enqueue(timeout=1_000, max_retries=0)
    queue.claim()
    queue.client.hset(queue.keys.job(job), "dl", queue.now() - 1)
    queue.let_lease_end(job)
    queue.engine.tick()
    assert (queue.state(job), queue.record(job)["rs"], queue.counter("k")) == ("d", "timeout", 0)
    assert queue.problems() == []


def test_three_lost_workers_in_a_row_make_a_job_poison(queue: QueueUnderTest) -> None:
    job = queue.enqueue(max_retries=99, timeout=0)
    for _ in range(3):
        queue.claim()
        queue.let_lease_end(job)
        queue.engine.tick()
        if queue.state(job) == "r":
            queue.let_come_due(job)
    assert queue.record(job)["rs"] == "poison"
    assert queue.problems({job: f"payload of {job}".encode()}) == []


def test_an_abandoned_job_asked_to_cancel_is_cancelled(queue: QueueUnderTest) -> None:
    job = queue.enqueue(timeout=0)
    queue.claim()
    queue.engine.control_job("cancel", job)
    queue.let_lease_end(job)
    queue.engine.tick()
    assert queue.state(job) == "x"
    assert queue.problems() == []


def test_a_worker_that_is_alive_is_left_alone(queue: QueueUnderTest) -> None:
    queue.enqueue()
    queue.claim()
    assert queue.engine.tick().reaped == 0


def test_a_tick_moves_no_more_than_its_limit_and_says_that_there_is_more(queue: QueueUnderTest) -> None:
    for job in queue.enqueue(5, run_at=queue.now() + HOUR):
        queue.let_come_due(job)
    assert [(t.promoted, t.more) for t in (queue.engine.tick(3), queue.engine.tick(3))] == [(3, True), (2, False)]


def test_ticks_of_many_agents_are_one(queue: QueueUnderTest) -> None:
    queue.engine.tick()
    job = queue.enqueue(run_at=queue.now() + HOUR)
    queue.let_come_due(job)
    assert queue.engine.tick(100, min_gap=HOUR).promoted == 0
    assert queue.engine.tick(100, min_gap=0).promoted == 1


def test_a_lost_wake_token_is_put_back(queue: QueueUnderTest) -> None:
    queue.enqueue()
    queue.client.delete(queue.keys.wake)
    queue.engine.tick()
    assert queue.client.llen(queue.keys.wake) == 1


@pytest.mark.parametrize("kind", ["s", "x"])
def test_finished_jobs_are_dropped_after_their_time(queue: QueueUnderTest, kind: str) -> None:
    job = queue.enqueue()
    queue.run("s") if kind == "s" else queue.engine.control_job("cancel", job)
    queue.engine.tick()
    assert queue.state(job) == kind
    queue.client.zincrby(queue.keys.succeeded if kind == "s" else queue.keys.cancelled, -25 * HOUR * 1_000, job)
    assert queue.engine.tick().trimmed == 1
    assert queue.record(job) == {}
    assert queue.counter("gc") == 1
    assert queue.problems() == []


def test_a_purged_job_is_gone_after_an_hour(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.operate("op", "purge", "df:broken")
    assert queue.engine.tick().trimmed == 0
    _age(queue, "op", job)
    assert queue.engine.tick().trimmed == 1
    assert queue.record(job) == {}
    assert not queue.client.exists(queue.keys.payload(job), queue.keys.error(job), queue.keys.trash("op"))
    assert queue.client.zcard(queue.keys.trashes) == 0
    assert queue.counter("tp") == 1
    assert queue.problems() == []


def test_jobs_purged_one_by_one_are_each_kept_for_their_hour(queue: QueueUnderTest) -> None:
    old, young = queue.enqueue(2)
    queue.engine.control_job("purge", old)
    _age(queue, "one", old)
    queue.engine.control_job("purge", young)
    assert queue.engine.tick().trimmed == 1
    assert (queue.state(old), queue.state(young)) == ("", "t")
    assert queue.client.zscore(queue.keys.trashes, "one") >= queue.now() - HOUR
    assert queue.engine.control_job("restore", young) == (True, "p")
    assert queue.problems() == []


def test_an_empty_trash_is_forgotten(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    queue.engine.control_job("purge", job)
    queue.engine.control_job("restore", job)
    queue.client.zadd(queue.keys.trashes, {"one": queue.now() - 2 * HOUR})
    queue.engine.tick()
    assert queue.client.zcard(queue.keys.trashes) == 0
    assert queue.problems() == []


def test_a_large_trash_is_emptied_in_bounded_steps(queue: QueueUnderTest) -> None:
    ids = queue.enqueue(5)
    queue.operate("op", "purge", "pend")
    for job in ids:
        _age(queue, "op", job)
    assert [queue.engine.tick(2).trimmed for _ in range(4)] == [2, 2, 1, 0]
    assert queue.problems() == []


def test_a_requeue_can_be_undone_while_its_jobs_wait_and_its_record_is_kept(queue: QueueUnderTest) -> None:
    queue.dead(2)
    queue.operate("op", "requeue", "df:broken")
    queue.client.zadd(queue.keys.requeues, {"op": queue.now() - 2 * HOUR})
    queue.engine.tick()
    assert queue.operate("back", "undo", "oq:op") == (2, 0)
    queue.operate("forgotten", "requeue", "df:broken")
    queue.client.delete(queue.keys.operation("forgotten"))
    queue.client.zadd(queue.keys.requeues, {"forgotten": queue.now() - 2 * HOUR})
    queue.engine.tick()
    assert not queue.client.exists(queue.keys.requeued("forgotten"))
    assert queue.problems() == []


def _age(queue: QueueUnderTest, trash: str, job: str) -> None:
    """As if it had been purged two hours ago."""
    assert queue.client.zincrby(queue.keys.trash(trash), -2 * HOUR * 1_000, job) > 0
    queue.client.zadd(queue.keys.trashes, {trash: queue.now() - 2 * HOUR})
