"""Failed jobs: their groups, and one job moved by hand."""

from __future__ import annotations

import pytest

from tests.engine.queue_under_test import QueueUnderTest


def test_a_dead_letter_keeps_payload_error_and_group(queue: QueueUnderTest) -> None:
    (job,) = queue.dead(type="report")
    assert queue.client.get(queue.keys.payload(job)) == f"payload of {job}".encode()
    assert queue.client.get(queue.keys.error(job)) == b"detail"
    detail = queue.client.hgetall(queue.keys.group_detail("broken"))
    assert (detail[b"ty"], detail[b"rs"], detail[b"em"]) == (b"report", b"permanent", b"ValueError: broken")
    assert (detail[b"n"], detail[b"ex"]) == (b"1", job.encode())


def test_equal_failures_are_one_group_counted_exactly(queue: QueueUnderTest) -> None:
    queue.dead(3)
    queue.dead(2, fingerprint="other")
    assert dict(queue.client.zrange(queue.keys.group_counts, 0, -1, withscores=True)) == {b"broken": 3, b"other": 2}
    assert queue.problems() == []


def test_a_failure_without_a_fingerprint_is_grouped_by_type_and_reason(queue: QueueUnderTest) -> None:
    ids = queue.dead(2, fingerprint="", type="a") + queue.dead(1, fingerprint="", type="b")
    groups = [queue.record(job)["fp"] for job in ids]
    assert groups[0] == groups[1] != groups[2]


def test_beyond_a_thousand_groups_failures_go_to_one_group_of_their_type(queue: QueueUnderTest) -> None:
    for _ in range(3):
        queue.enqueue(334)
    while claims := queue.claim(64):
        queue.engine.settle("worker", [queue.outcome("p", claim.id, fingerprint=claim.id) for claim in claims])
    counts = dict(queue.client.zrange(queue.keys.group_counts, 0, -1, withscores=True))
    assert len(counts) == 1_001
    assert max(counts.values()) == 2
    assert queue.problems() == []


def test_details_of_an_empty_group_are_kept_for_thirty_days_and_for_good_once_it_fills_again(
    queue: QueueUnderTest,
) -> None:
    (job,) = queue.dead()
    queue.engine.control_job("requeue", job)
    assert 0 < queue.client.ttl(queue.keys.group_detail("broken")) <= 30 * 86_400
    queue.claim()
    queue.settle("p", job, fingerprint="broken")
    assert queue.client.ttl(queue.keys.group_detail("broken")) == -1
    assert queue.client.hget(queue.keys.group_detail("broken"), "n") == b"2"


def test_a_requeued_job_begins_a_new_life_at_the_end_of_the_queue(queue: QueueUnderTest) -> None:
    (job,) = queue.dead(max_retries=1)
    waiting = queue.enqueue()
    assert queue.engine.control_job("requeue", job) == (True, "p")
    assert queue.waiting() == [waiting, job]
    record = queue.record(job)
    assert (record["at"], record["cr"], record["rq"], record["rn"]) == ("0", "0", "1", "1")
    (_, again) = queue.claim(2)
    assert (again.attempt, again.requeues) == (1, 1)
    assert queue.problems() == []


def test_a_requeue_is_refused_while_another_job_holds_the_unique_key(queue: QueueUnderTest) -> None:
    (job,) = queue.dead(unique_key="k", unique_mode="end")
    holder = queue.enqueue(unique_key="k", unique_mode="end")
    assert queue.engine.control_job("requeue", job) == (False, "conflict")
    assert queue.state(job) == "d"
    queue.engine.control_job("cancel", holder)
    assert queue.engine.control_job("requeue", job) == (True, "p")
    assert queue.problems() == []


def test_an_edit_replaces_payload_and_history_and_requeues(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    assert queue.engine.control_job("edit", job, b"mended", b"history") == (True, "p")
    (claim,) = queue.claim()
    assert (claim.payload, claim.error) == (b"mended", b"history")
    assert queue.record(job)["ed"] == "1"
    assert queue.problems({job: b"mended"}) == []


def test_an_edit_of_a_job_that_is_not_dead_changes_nothing(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    assert queue.engine.control_job("edit", job, b"mended", b"") == (False, "p")
    assert queue.client.get(queue.keys.payload(job)) == f"payload of {job}".encode()


@pytest.mark.parametrize("state", ["p", "s0", "r"])
def test_a_waiting_job_is_cancelled_at_once(queue: QueueUnderTest, state: str) -> None:
    job = _in_state(queue, state)
    assert queue.engine.control_job("cancel", job) == (True, "x")
    assert queue.client.zcard(queue.keys.cancelled) == 1
    assert not queue.client.exists(queue.keys.unique("k"))
    assert queue.problems() == []


@pytest.mark.parametrize("state", ["p", "s0", "r", "d"])
def test_a_purged_job_comes_back_to_the_exact_old_place(queue: QueueUnderTest, state: str) -> None:
    job = _in_state(queue, state)
    place, record = _place(queue, state, job), queue.record(job)
    assert queue.engine.control_job("purge", job) == (True, "t")
    assert _place(queue, state, job) is None
    assert queue.problems() == []
    assert queue.engine.control_job("restore", job) == (True, state)
    assert _place(queue, state, job) == place
    assert queue.record(job) | {"ba": ""} == record | {"ba": ""}, "but for when it was brought back"
    assert queue.problems({job: f"payload of {job}".encode()}) == []


def test_a_restore_is_refused_while_another_job_holds_the_unique_key(queue: QueueUnderTest) -> None:
    job = queue.enqueue(unique_key="k", unique_mode="end")
    queue.engine.control_job("purge", job)
    queue.enqueue(unique_key="k", unique_mode="end")
    assert queue.engine.control_job("restore", job) == (False, "conflict")
    assert queue.problems() == []


def test_a_restore_finds_the_trash_whatever_it_is_told(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.operate("op", "purge", "df:broken")
    assert queue.engine.control_job("restore", job, "another") == (True, "d")
    assert queue.problems() == []


@pytest.mark.parametrize("state", ["s0", "r"])
def test_a_job_is_promoted_by_hand(queue: QueueUnderTest, state: str) -> None:
    job = _in_state(queue, state)
    assert queue.engine.control_job("promote", job) == (True, "p")
    assert queue.claim()[0].id == job
    assert queue.problems() == []


@pytest.mark.parametrize("verb", ["requeue", "purge", "promote", "restore", "edit"])
def test_a_running_job_is_not_moved(queue: QueueUnderTest, verb: str) -> None:
    job = queue.enqueue()
    queue.claim()
    assert queue.engine.control_job(verb, job, b"x", b"y") == (False, "a")
    assert queue.problems() == []


@pytest.mark.parametrize("verb", ["cancel", "requeue", "purge", "promote", "restore", "edit"])
def test_an_unknown_job_is_missing(queue: QueueUnderTest, verb: str) -> None:
    assert queue.engine.control_job(verb, "no-job", b"x", b"y") == (False, "missing")


def test_dead_letters_of_all_groups_are_paged_newest_first(queue: QueueUnderTest) -> None:
    died = [queue.dead(fingerprint=f"group-{number % 3}", type="ab"[number % 2])[0] for number in range(10)]
    found, before = [], "+inf"
    while page := queue.engine.dead_page(before, 4):
        assert len(page) <= 4
        found += [row.id for row in page]
        before = str(page[-1].score)
    assert found == died[::-1]
    assert {queue.record(row.id)["ty"] for row in queue.engine.dead_page(limit=50, type="a")} <= {"a", "b"}


def _in_state(queue: QueueUnderTest, state: str) -> str:
    unique = {"unique_key": "k", "unique_mode": "end"}
    if state == "d":
        return queue.dead(**unique)[0]
    job: str = queue.enqueue(run_at=queue.now() + 60_000 if state == "s0" else 0, **unique)
    if state == "r":
        queue.claim()
        queue.settle("f", job)
    return job


def _place(queue: QueueUnderTest, state: str, job: str) -> float | None:
    keys = {"p": queue.keys.pending, "s0": queue.keys.scheduled, "r": queue.keys.retrying}
    score: float | None = queue.client.zscore(keys.get(state, queue.keys.group("broken")), job)
    return score
