"""The requeue of one job taken back, as long as it has not started."""

from __future__ import annotations

import pytest

from tests.engine.queue_under_test import QueueUnderTest


def _outcome(queue: QueueUnderTest, field: str) -> int:
    return int(queue.client.hget(queue.keys.operation("again"), field) or 0)


def test_a_requeued_job_goes_back_to_its_old_place_among_the_dead_letters(queue: QueueUnderTest) -> None:
    ids = queue.dead(3)
    place = queue.client.zscore(queue.keys.group("broken"), ids[1])
    queue.engine.control_job("requeue", ids[1])
    assert queue.engine.control_job("undo", ids[1]) == (True, "d")
    assert queue.client.zrange(queue.keys.group("broken"), 0, -1) == [job.encode() for job in ids]
    assert queue.client.zscore(queue.keys.group("broken"), ids[1]) == place
    assert queue.record(ids[1])["rq"] == "0"
    assert queue.problems({job: f"payload of {job}".encode() for job in ids}) == []


def test_the_last_job_of_a_group_brings_its_group_back(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.control_job("requeue", job)
    queue.engine.control_job("undo", job)
    assert queue.client.ttl(queue.keys.group_detail("broken")) == -1
    assert queue.problems() == []


def test_its_unique_key_is_free_again(queue: QueueUnderTest) -> None:
    (job,) = queue.dead(unique_key="k", unique_mode="end")
    queue.engine.control_job("requeue", job)
    assert queue.engine.control_job("undo", job) == (True, "d")
    queue.enqueue(unique_key="k", unique_mode="end")
    assert queue.problems() == []


def test_one_that_started_is_left_alone_even_when_it_waits_again(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.control_job("requeue", job)
    queue.claim()
    assert queue.engine.control_job("undo", job) == (False, "a")
    queue.settle("r", job)
    assert queue.engine.control_job("undo", job) == (False, "started")
    assert queue.state(job) == "p"
    assert queue.problems() == []


def test_one_that_was_never_requeued_is_left_alone(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    assert queue.engine.control_job("undo", job) == (False, "never")
    assert queue.engine.control_job("undo", "no-job") == (False, "missing")
    (dead,) = queue.dead(priority=1)
    assert queue.engine.control_job("undo", dead) == (False, "d")
    assert queue.problems() == []


def test_it_can_be_requeued_and_taken_back_again(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    for _ in range(2):
        assert queue.engine.control_job("requeue", job) == (True, "p")
        assert queue.engine.control_job("undo", job) == (True, "d")
        assert queue.engine.control_job("undo", job) == (False, "d")
    assert queue.problems() == []


def test_a_purge_and_a_restore_in_between_change_nothing(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    for verb in ("requeue", "purge", "restore"):
        assert queue.engine.control_job(verb, job)[0]
    assert queue.engine.control_job("undo", job) == (True, "d")
    assert queue.problems() == []


def test_the_operation_that_requeued_it_counts_it_as_taken_back(queue: QueueUnderTest) -> None:
    ids = queue.dead(2)
    queue.operate("again", "requeue", "df:broken", fingerprint="broken")
    assert queue.engine.control_job("undo", ids[0]) == (True, "d")
    assert _outcome(queue, "o_u") == 1
    assert queue.client.zcard(queue.keys.requeued("again")) == 1
    assert queue.operate("back", "undo", "oq:again") == (1, 0)
    assert _outcome(queue, "o_u") == 2
    assert queue.problems() == []


@pytest.mark.parametrize("verb", ["nothing", "settle", ""])
def test_what_is_no_verb_is_refused(queue: QueueUnderTest, verb: str) -> None:
    with pytest.raises(ValueError, match="use cancel"):
        queue.engine.control_job(verb, "job")
