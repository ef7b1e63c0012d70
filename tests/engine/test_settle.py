"""How runs end."""

from __future__ import annotations

import pytest

from queue_core.engine import Outcome, OutcomeKind
from tests.engine.queue_under_test import QueueUnderTest

ENDS: list[tuple[OutcomeKind, int, str, str]] = [
    ("s", 3, "s", ""),
    ("f", 3, "r", ""),
    ("t", 3, "r", ""),
    ("k", 3, "r", ""),
    ("p", 3, "d", "permanent"),
    ("f", 0, "d", "exhausted"),
    ("t", 0, "d", "timeout"),
    ("k", 0, "d", "crash"),
    ("r", 3, "p", ""),
    ("x", 3, "x", ""),
]


@pytest.mark.parametrize(("kind", "retries", "state", "reason"), ENDS)
def test_every_kind_of_end_has_its_state(
    queue: QueueUnderTest, kind: OutcomeKind, retries: int, state: str, reason: str
) -> None:
    job = queue.enqueue(max_retries=retries)
    queue.claim()
    assert queue.settle(kind, job).codes == (state,)
    assert queue.state(job) == state
    assert queue.record(job).get("rs", "") == reason
    assert queue.problems({job: f"payload of {job}".encode()}) == []


def test_the_old_token_or_another_worker_changes_nothing(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    (claim,) = queue.claim()
    before = queue.record(job)
    for worker, token in (("other", claim.token), ("worker", claim.token + 1)):
        assert queue.engine.settle(worker, [Outcome("s", job, token)]).codes == ("stale",)
    assert queue.engine.settle("worker", [Outcome("s", "no-job", 1)]).codes == ("stale",)
    assert queue.record(job) == before
    assert queue.counter("stale") == 3


@pytest.mark.parametrize("kind", ["s", "f", "p", "x"])
def test_a_repeated_report_is_told_as_done(queue: QueueUnderTest, kind: OutcomeKind) -> None:
    job = queue.enqueue()
    queue.claim()
    queue.settle(kind, job)
    before = queue.record(job)
    assert queue.settle(kind, job).codes == ("done",)
    assert queue.record(job) == before
    assert queue.problems() == []


def test_several_outcomes_and_the_next_claim_are_one_step(queue: QueueUnderTest) -> None:
    ids = queue.enqueue(5)
    queue.claim(3)
    kinds: list[OutcomeKind] = ["s", "f", "p"]
    outcomes = [queue.outcome(kind, job) for kind, job in zip(kinds, ids, strict=False)]
    reply = queue.engine.settle("worker", outcomes, claim=5)
    assert reply.codes == ("s", "r", "d")
    assert [claim.id for claim in reply.claims] == ids[3:]
    assert reply.left == 0


def test_a_released_job_goes_back_to_its_old_place_and_counts_no_attempt(queue: QueueUnderTest) -> None:
    ids = queue.enqueue(3)
    queue.claim()
    queue.settle("r", ids[0])
    assert queue.waiting() == ids
    assert (queue.record(ids[0])["at"], queue.record(ids[0])["rn"]) == ("0", "1")


@pytest.mark.parametrize("kind", ["f", "t", "r"])
def test_a_job_asked_to_cancel_is_cancelled_however_its_run_ends(queue: QueueUnderTest, kind: OutcomeKind) -> None:
    job = queue.enqueue(unique_key="k", unique_mode="end")
    queue.claim()
    queue.engine.control_job("cancel", job)
    assert queue.settle(kind, job).codes == ("x",)
    assert queue.problems() == []


def test_a_job_asked_to_cancel_that_succeeds_has_succeeded(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    queue.claim()
    queue.engine.control_job("cancel", job)
    assert queue.settle("s", job).codes == ("s",)


def test_a_result_is_kept_an_hour_longer_than_the_job(queue: QueueUnderTest) -> None:
    queue.engine.configure(ok_age=60_000)
    job = queue.enqueue()
    queue.run("s", blob=b"42")
    assert queue.client.get(queue.keys.result(job)) == b"42"
    assert 3_600_000 < queue.client.pttl(queue.keys.result(job)) <= 3_660_000


def test_a_large_payload_is_dropped_at_success_and_kept_at_death(queue: QueueUnderTest) -> None:
    done = queue.enqueue(payload=b"x" * 3_000)
    queue.run("s")
    dead = queue.enqueue(payload=b"x" * 3_000)
    queue.run("p")
    assert queue.client.exists(queue.keys.payload(done)) == 0
    assert queue.client.strlen(queue.keys.payload(dead)) == 3_000
    assert queue.problems() == []


def test_only_the_newest_finished_jobs_are_kept(queue: QueueUnderTest) -> None:
    queue.engine.configure(ok_cap=2)
    ids = [(queue.enqueue(), queue.run("s"))[0] for _ in range(4)]
    assert [queue.state(job) for job in ids] == ["", "", "s", "s"]
    assert queue.counter("s") == 4
    assert queue.problems() == []


def test_the_delay_of_a_retry_doubles_between_half_and_whole_and_is_capped(queue: QueueUnderTest) -> None:
    queue.engine.configure(bk_base=1_000, bk_cap=5_000)
    job = queue.enqueue(max_retries=9)
    for full in (1_000, 2_000, 4_000, 5_000, 5_000):
        queue.claim()
        reply = queue.settle("f", job)
        delay = queue.client.zscore(queue.keys.retrying, job) - reply.now
        assert full / 2 <= delay <= full
        queue.let_come_due(job)


def test_a_retry_may_set_its_own_delay_and_a_job_its_own_backoff(queue: QueueUnderTest) -> None:
    job = queue.enqueue(backoff=10_000)
    queue.claim()
    reply = queue.settle("f", job, delay=77)
    assert queue.client.zscore(queue.keys.retrying, job) == reply.now + 77
    queue.let_come_due(job)
    queue.claim()
    reply = queue.settle("f", job)
    assert 10_000 <= queue.client.zscore(queue.keys.retrying, job) - reply.now <= 20_000


def test_a_retried_job_goes_behind_those_that_wait(queue: QueueUnderTest) -> None:
    failing, other = queue.enqueue(), queue.enqueue()
    queue.claim()
    queue.settle("f", failing)
    queue.let_come_due(failing)
    assert [claim.id for claim in queue.claim(2)] == [other, failing]


def test_a_job_that_kills_its_workers_fails_as_poison_with_its_payload(queue: QueueUnderTest) -> None:
    job = queue.enqueue(max_retries=99)
    for crash in (1, 2, 3):
        queue.claim()
        assert queue.settle("k", job, message="killed by signal 9").codes == ("r" if crash < 3 else "d",)
        if crash < 3:
            queue.let_come_due(job)
    assert (queue.record(job)["rs"], queue.record(job)["cr"]) == ("poison", "3")
    assert queue.problems({job: f"payload of {job}".encode()}) == []
