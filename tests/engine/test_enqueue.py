"""What a producer may rely on."""

from __future__ import annotations

import pytest

from tests.engine.queue_under_test import QueueUnderTest

DAY = 86_400_000_000


def test_a_repeated_enqueue_changes_nothing(queue: QueueUnderTest) -> None:
    jobs = [queue.new(), queue.new()]
    assert queue.engine.enqueue(jobs) == [(1, jobs[0].id), (1, jobs[1].id)]
    assert queue.engine.enqueue(jobs) == [(0, jobs[0].id), (0, jobs[1].id)]
    assert queue.waiting() == [job.id for job in jobs]


def test_an_id_is_not_taken_again_just_after_its_job_ended(queue: QueueUnderTest) -> None:
    queue.engine.configure(ok_cap=0)
    job = queue.new()
    queue.engine.enqueue([job])
    queue.run("s")
    assert queue.record(job.id) == {}
    assert queue.engine.enqueue([job]) == [(0, job.id)]
    assert 0 < queue.client.pttl(queue.keys.tombstone(job.id)) <= 15_000


def test_the_record_holds_what_was_given(queue: QueueUnderTest) -> None:
    job = queue.enqueue(
        type="report", version=3, priority=2, max_retries=7, timeout=5_000, traceparent="00-ab-cd-01", backoff=100,
        expires_at=queue.now() + 60_000, payload=b"\x00\xff",
    )  # fmt: skip
    record = queue.record(job)
    given = {"st": "p", "ty": "report", "v": "3", "pr": "2", "mr": "7", "to": "5000", "tp": "00-ab-cd-01", "bk": "100"}
    assert given.items() <= record.items()
    assert queue.client.get(queue.keys.payload(job)) == b"\x00\xff"
    assert all(len(value) <= 64 for value in record.values())


def test_a_unique_key_is_refused_while_its_job_is_unfinished_and_names_the_holder(queue: QueueUnderTest) -> None:
    first = queue.enqueue(unique_key="k", unique_mode="end")
    assert queue.engine.enqueue([queue.new(unique_key="k", unique_mode="end")]) == [(-1, first)]
    queue.claim()
    assert queue.engine.enqueue([queue.new(unique_key="k", unique_mode="end")]) == [(-1, first)]
    queue.settle("s", first)
    queue.enqueue(unique_key="k", unique_mode="end")
    assert queue.problems() == []


def test_a_key_unique_until_the_start_is_free_once_claimed(queue: QueueUnderTest) -> None:
    first = queue.enqueue(unique_key="k", unique_mode="start")
    assert queue.engine.enqueue([queue.new(unique_key="k", unique_mode="start")]) == [(-1, first)]
    queue.claim()
    queue.enqueue(unique_key="k", unique_mode="start")
    assert queue.problems() == []


def test_a_key_unique_for_a_window_outlives_its_job(queue: QueueUnderTest) -> None:
    queue.enqueue(unique_key="k", unique_mode="win", unique_window=50_000)
    queue.run("s")
    assert queue.engine.enqueue([queue.new(unique_key="k", unique_mode="win", unique_window=50_000)])[0][0] == -1
    assert 0 < queue.client.pttl(queue.keys.unique("k")) <= 50_000
    assert queue.problems() == []


def test_a_batch_with_one_refused_job_adds_the_others(queue: QueueUnderTest) -> None:
    queue.enqueue(unique_key="k", unique_mode="end")
    codes = queue.engine.enqueue([queue.new(), queue.new(unique_key="k", unique_mode="end"), queue.new()])
    assert [code for code, _ in codes] == [1, -1, 1]


def test_a_full_queue_refuses_and_has_room_again_after_a_claim(queue: QueueUnderTest) -> None:
    queue.engine.configure(maxlen=2)
    assert [code for code, _ in queue.engine.enqueue([queue.new() for _ in range(3)])] == [1, 1, -2]
    queue.claim()
    queue.enqueue()
    assert queue.problems() == []


def test_a_batch_of_five_hundred_is_taken_whole_and_in_order(queue: QueueUnderTest) -> None:
    assert queue.enqueue(500) == queue.waiting()


def test_a_job_for_later_waits_and_one_for_a_past_time_does_not(queue: QueueUnderTest) -> None:
    at = queue.now() + 60_000
    later, now = queue.enqueue(run_at=at), queue.enqueue(run_at=queue.now() - 60_000)
    assert queue.waiting() == [now]
    assert queue.client.zscore(queue.keys.scheduled, later) == at
    assert queue.claim(5)[0].id == now
    assert queue.engine.settle("worker").next_due == at


def test_the_earliest_job_for_later_wakes_a_sleeper(queue: QueueUnderTest) -> None:
    queue.enqueue(run_at=queue.now() + 60_000)
    assert queue.client.llen(queue.keys.wake) == 1


def test_higher_priority_goes_first_and_equal_priority_in_order(queue: QueueUnderTest) -> None:
    low = queue.enqueue(2)
    high = queue.enqueue(2, priority=5)
    assert [claim.id for claim in queue.claim(4)] == [*high, *low]


@pytest.mark.parametrize(("hours", "first"), [(25, "old"), (23, "urgent")])
def test_one_step_of_priority_is_a_head_start_of_a_day(queue: QueueUnderTest, hours: int, first: str) -> None:
    queue.enqueue(id="old")
    queue.enqueue(id="urgent", priority=1)
    queue.client.zincrby(queue.keys.pending, -hours * DAY / 24, "old")
    assert queue.waiting()[0] == first


def test_a_job_put_in_front_is_next(queue: QueueUnderTest) -> None:
    queue.enqueue(2, priority=3)
    front = queue.enqueue(front=True)
    assert queue.claim()[0].id == front


def test_the_clock_of_a_queue_never_steps_back(queue: QueueUnderTest) -> None:
    queue.engine.configure(seq=(queue.now() + 60_000) * 1000)
    ids = queue.enqueue(3)
    assert queue.waiting() == ids
    scores = [queue.client.zscore(queue.keys.pending, job) for job in ids]
    assert scores == [scores[0], scores[0] + 1, scores[0] + 2]
