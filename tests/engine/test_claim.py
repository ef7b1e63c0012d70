"""Handing out jobs: leases, limits, heartbeats."""

from __future__ import annotations

from tests.engine.queue_under_test import QueueUnderTest


def test_a_batch_is_claimed_with_rising_tokens_and_everything_a_run_needs(queue: QueueUnderTest) -> None:
    ids = queue.enqueue(3, type="report", version=2, priority=4, max_retries=5, timeout=9_000, traceparent="00-ab")
    claims = queue.claim(5)
    assert [claim.id for claim in claims] == ids
    assert [claim.token for claim in claims] == [1, 2, 3]
    first = claims[0]
    assert (first.type, first.version, first.priority, first.max_retries) == ("report", 2, 4, 5)
    assert (first.attempt, first.crashes, first.requeues, first.traceparent) == (1, 0, 0, "00-ab")
    assert first.payload == f"payload of {first.id}".encode()
    assert first.error == first.checkpoint == b""
    assert int(queue.record(first.id)["cl"]) + 9_000 == first.deadline


def test_a_job_is_handed_to_one_worker_only(queue: QueueUnderTest) -> None:
    queue.enqueue(3)
    first, second = queue.claim(2, worker="one"), queue.claim(2, worker="two")
    assert len({claim.id for claim in (*first, *second)}) == 3
    assert queue.claim(worker="three") == ()
    assert queue.problems() == []


def test_a_paused_queue_hands_out_nothing_but_takes_results(queue: QueueUnderTest) -> None:
    queue.enqueue(2)
    (claim,) = queue.claim()
    queue.engine.pause()
    assert queue.client.llen(queue.keys.wake) == 0
    reply = queue.engine.settle("worker", [queue.outcome("s", claim.id)], claim=5)
    assert (reply.codes, reply.claims, reply.why, reply.left) == (("s",), (), "paused", 1)
    queue.enqueue()
    assert queue.client.llen(queue.keys.wake) == 0
    queue.engine.resume()
    assert queue.client.llen(queue.keys.wake) == 2
    assert len(queue.claim(5)) == 2


def test_no_more_jobs_are_in_flight_than_allowed(queue: QueueUnderTest) -> None:
    queue.engine.configure(maxc=2)
    queue.enqueue(5)
    (first, _) = queue.claim(5)
    reply = queue.engine.settle("worker", claim=5)
    assert (reply.claims, reply.why) == ((), "maxc")
    assert len(queue.engine.settle("worker", [queue.outcome("s", first.id)], claim=5).claims) == 1


def test_no_more_jobs_are_claimed_than_the_rate_allows(queue: QueueUnderTest) -> None:
    queue.engine.configure(rate=1, burst=3)
    queue.enqueue(9)
    assert len(queue.claim(9)) == 3
    reply = queue.engine.settle("worker", claim=9)
    assert len(reply.claims) <= 1
    assert reply.why == "rate"


def test_rate_tokens_come_back_with_time(queue: QueueUnderTest) -> None:
    queue.engine.configure(rate=2, burst=3)
    queue.enqueue(9)
    queue.claim(9)
    queue.engine.configure(rtok=0, rts=queue.now() - 1_000)
    assert len(queue.claim(9)) == 2


def test_a_job_that_was_not_started_in_time_fails_as_expired(queue: QueueUnderTest) -> None:
    late = queue.enqueue(expires_at=1, unique_key="k", unique_mode="end")
    fresh = queue.enqueue(expires_at=queue.now() + 60_000)
    assert [claim.id for claim in queue.claim(5)] == [fresh]
    assert (queue.state(late), queue.record(late)["rs"]) == ("d", "expired")
    assert queue.problems() == []


def test_a_job_whose_payload_was_evicted_fails_as_lost_and_can_be_given_a_new_one(queue: QueueUnderTest) -> None:
    lost, whole = queue.enqueue(), queue.enqueue()
    queue.client.delete(queue.keys.payload(lost))
    assert [claim.id for claim in queue.claim(5)] == [whole]
    assert (queue.state(lost), queue.record(lost)["rs"]) == ("d", "lost")
    assert queue.problems() == [f"I5: job {lost} has no payload"]
    assert queue.engine.control_job("edit", lost, b"again", b"") == (True, "p")
    assert queue.claim()[0].payload == b"again"
    assert queue.problems() == []


def test_a_claim_leaves_a_wake_token_while_jobs_are_left_and_none_when_none_is(queue: QueueUnderTest) -> None:
    queue.enqueue(3)
    queue.client.delete(queue.keys.wake)
    queue.claim(2)
    assert queue.client.llen(queue.keys.wake) == 1
    queue.claim(2)
    assert queue.client.llen(queue.keys.wake) == 0


def test_at_most_eight_sleepers_are_woken(queue: QueueUnderTest) -> None:
    queue.enqueue(20)
    assert queue.client.llen(queue.keys.wake) == 8


def test_a_lease_ends_soon_after_the_deadline_of_the_job(queue: QueueUnderTest) -> None:
    job = queue.enqueue(timeout=1_000)
    (claim,) = queue.claim(lease=60_000)
    assert queue.client.zscore(queue.keys.leases, job) == claim.deadline + 2_000
    assert queue.engine.extend("worker", [(job, claim.token)], lease=60_000) == [1]
    assert queue.client.zscore(queue.keys.leases, job) == claim.deadline + 2_000


def test_a_heartbeat_extends_only_the_leases_of_its_worker(queue: QueueUnderTest) -> None:
    job = queue.enqueue(timeout=0)
    (claim,) = queue.claim(lease=1_000)
    before = queue.client.zscore(queue.keys.leases, job)
    assert queue.engine.extend("other", [(job, claim.token)], lease=60_000) == [0]
    assert queue.engine.extend("worker", [(job, claim.token + 1), ("no-job", 1)], lease=60_000) == [0, 0]
    assert queue.client.zscore(queue.keys.leases, job) == before
    assert queue.engine.extend("worker", [(job, claim.token)], lease=60_000) == [1]
    assert queue.client.zscore(queue.keys.leases, job) > before


def test_a_heartbeat_learns_of_a_cancel_and_of_the_deadline(queue: QueueUnderTest) -> None:
    cancelled, overdue = queue.enqueue(2)
    claims = {claim.id: claim for claim in queue.claim(2)}
    assert queue.engine.control_job("cancel", cancelled) == (True, "requested")
    queue.client.hset(queue.keys.job(overdue), "dl", queue.now() - 1)
    held = [(job, claims[job].token) for job in (cancelled, overdue)]
    assert queue.engine.extend("worker", held) == [2, 3]


def test_a_checkpoint_reaches_the_next_attempt_and_a_late_one_is_refused(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    (first,) = queue.claim()
    assert queue.engine.checkpoint("worker", job, first.token, b"page 7")
    assert not queue.engine.checkpoint("other", job, first.token, b"page 8")
    queue.settle("f", job, blob=b"why")
    assert not queue.engine.checkpoint("worker", job, first.token, b"page 9")
    queue.let_come_due(job)
    (second,) = queue.claim()
    assert (second.attempt, second.checkpoint, second.error) == (2, b"page 7", b"why")


def test_a_claim_whose_reply_was_lost_is_given_back_uncounted_and_to_its_place(queue: QueueUnderTest) -> None:
    ids = queue.enqueue(3)
    queue.engine.settle("worker", claim=2)
    assert queue.engine.release_lost("worker", [ids[0]]) == 1
    assert queue.waiting() == ids[1:]
    assert queue.record(ids[1])["at"] == "0"
    assert queue.engine.release_lost("other", []) == 0
    assert queue.problems() == []
