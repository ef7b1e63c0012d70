"""Failures are put back, taken away, restored and taken back: atomically, once for a mark, and then really executed."""

from __future__ import annotations

import time

import pytest

from dashboard.adapters.mirrored import moves as names
from dashboard.adapters.mirrored.product import Fate
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks
from tests.adapters.rq.real import VERSION, RealRQ, everything, kept


def test_a_requeued_job_is_executed_once_by_a_real_worker(product: RQProduct, real: RealRQ) -> None:
    ids = real.failed(3)
    letters = [kept(letter) for letter in everything(product)]
    real.mend()
    assert list(product.requeue("mail", letters, "op")) == [True] * 3
    assert set(product.fates("mail", letters)) == {Fate.WAITING}
    real.work()
    assert real.ran() == dict.fromkeys(ids, 1)
    assert set(product.fates("mail", letters)) == {Fate.SUCCEEDED}


def test_a_requeue_repeated_with_its_mark_moves_nothing_again(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    letters = [kept(letter) for letter in everything(product)]
    product.requeue("mail", letters, "op")
    real.work()  # it fails again
    assert real.status(job_id) == "failed"
    assert list(product.requeue("mail", letters, "op")) == [True]
    assert real.status(job_id) == "failed"
    assert list(product.requeue("mail", letters, "another")) == [True]
    assert real.status(job_id) == "queued"
    assert 0 < real.connection.ttl(names.mark_key("op")) <= names.MARK_SECONDS


def test_without_a_mark_a_second_requeue_finds_nothing_to_move(product: RQProduct, real: RealRQ) -> None:
    real.failed(1)
    letters = [kept(letter) for letter in everything(product)]
    assert list(product.requeue("mail", letters, "")) == [True]
    assert list(product.requeue("mail", letters, "")) == [False]
    assert real.connection.llen("rq:queue:mail") == 1
    assert not list(real.connection.scan_iter(names.PREFIX + "*"))


def test_a_requeued_job_goes_to_the_end_and_does_not_expire_while_it_waits(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1, failure_ttl=60)
    waiting = real.add(tasks.send)
    product.requeue("mail", [kept(letter) for letter in everything(product)], "op")
    assert real.connection.lrange("rq:queue:mail", 0, -1) == [waiting.encode(), job_id.encode()]
    assert real.connection.ttl(f"rq:job:{job_id}") == -1


def test_a_job_that_may_wait_for_a_time_only_has_that_time_again(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1, ttl=90)
    product.requeue("mail", [kept(letter) for letter in everything(product)], "op")
    assert 80 < real.connection.ttl(f"rq:job:{job_id}") <= 90


def test_a_stopped_job_can_be_requeued(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    real.connection.hset(f"rq:job:{job_id}", "status", "stopped")
    real.mend()
    assert list(product.requeue("mail", [kept(letter) for letter in everything(product)], "op")) == [True]
    real.work()
    assert real.ran() == {job_id: 1}


def test_what_is_no_failure_any_more_is_not_moved(product: RQProduct, real: RealRQ) -> None:
    gone, running, again = real.failed(3)
    letters = {letter.id: kept(letter) for letter in everything(product)}
    real.connection.delete(f"rq:job:{gone}")
    real.connection.hset(f"rq:job:{running}", "status", "started")
    real.connection.zrem("rq:failed:mail", again)
    asked = [letters[gone], letters[running], letters[again]]
    assert list(product.requeue("mail", asked, "op")) == [False] * 3
    assert list(product.purge("mail", asked, "op2", 60)) == [False] * 3
    assert real.connection.llen("rq:queue:mail") == 0
    assert real.connection.zscore("rq:failed:mail", gone) is None  # its registry is tidied, as RQ does


def test_a_job_that_waits_for_a_failure_runs_when_that_was_requeued(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    dependent = real.add(tasks.send, depends_on=job_id)
    real.mend()
    product.requeue("mail", [kept(letter) for letter in everything(product)], "op")
    real.work()
    assert real.ran() == {job_id: 1, dependent: 1}


def test_a_rate_limited_job_is_requeued_within_its_limit(product: RQProduct, real: RealRQ) -> None:
    rate_limit = pytest.importorskip("rq.rate_limit", reason="RQ has rate limits from 3.0 on")
    limit = rate_limit.RateLimit("partner", 1)
    ids = [real.add(tasks.fail, rate_limit=limit) for _ in range(3)]
    real.work()
    assert [real.status(job_id) for job_id in ids] == ["failed"] * 3
    letters = [kept(letter) for letter in everything(product)]
    assert list(product.requeue("mail", letters, "op")) == [True] * 3
    assert real.connection.llen("rq:queue:mail") == 1
    assert sorted(real.status(job_id) for job_id in ids) == ["queued", "rate_limited", "rate_limited"]
    real.mend()
    real.work()
    assert real.ran() == dict.fromkeys(ids, 1)


def test_a_purged_job_is_restored_exactly(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1, failure_ttl=7_200, meta={"tenant": "acme"})
    dependent = real.add(tasks.send, depends_on=job_id)
    before = real.snapshot(job_id)
    letters = [kept(letter) for letter in everything(product)]
    assert list(product.purge("mail", letters, "op", 600)) == [True]
    assert real.status(job_id) == ""
    assert real.connection.zcard("rq:failed:mail") == 0
    trash = list(real.connection.scan_iter(names.PREFIX + "trash:*"))
    assert trash
    assert all(0 < real.connection.ttl(key) <= 600 for key in trash)
    assert list(product.restore("mail", letters, "back")) == [True]
    assert real.snapshot(job_id) == before
    assert not list(real.connection.scan_iter(names.PREFIX + "trash:*"))
    real.mend()
    product.requeue("mail", letters, "again")
    real.work()
    assert real.ran() == {job_id: 1, dependent: 1}


def test_a_purge_and_a_restore_are_not_repeated(product: RQProduct, real: RealRQ) -> None:
    real.failed(2)
    letters = [kept(letter) for letter in everything(product)]
    assert list(product.purge("mail", letters, "op", 600)) == [True, True]
    assert list(product.purge("mail", letters, "op", 600)) == [True, True]
    assert list(product.purge("mail", letters, "other", 600)) == [False, False]
    assert list(product.restore("mail", letters, "back")) == [True, True]
    assert list(product.restore("mail", letters, "back")) == [True, True]
    assert list(product.restore("mail", letters, "other")) == [False, False]
    assert real.connection.zcard("rq:failed:mail") == 2


def test_a_job_purged_from_a_group_comes_back_into_it(product: RQProduct, real: RealRQ) -> None:
    group = pytest.importorskip("rq.group", reason="RQ has groups from 2.0 on")
    if VERSION < (2, 6):
        pytest.skip("RQ 2.0 does not write a job's group into its record")
    made = group.Group.create(connection=real.connection, name="batch")
    queue = real.queue()
    (job,) = made.enqueue_many(queue, [queue.prepare_data(tasks.fail, args=("x",))])
    real.work()
    letters = [kept(letter) for letter in everything(product)]
    product.purge("mail", letters, "op", 600)
    assert real.connection.smembers("rq:group:batch") == set()
    product.restore("mail", letters, "back")
    assert real.connection.smembers("rq:group:batch") == {job.id.encode()}


def test_nothing_is_restored_over_a_new_job_of_the_same_id(product: RQProduct, real: RealRQ) -> None:
    real.add(tasks.fail, "old", job_id="nightly")
    real.work()
    letters = [kept(letter) for letter in everything(product)]
    product.purge("mail", letters, "op", 600)
    real.add(tasks.send, "new", job_id="nightly")
    assert list(product.restore("mail", letters, "back")) == [False]
    assert real.status("nightly") == "queued"


def test_a_requeue_is_taken_back_as_if_it_had_not_been(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1, failure_ttl=7_200)
    before, fields = real.snapshot(job_id), real.connection.hgetall(f"rq:job:{job_id}")
    letters = [kept(letter) for letter in everything(product)]
    product.requeue("mail", letters, "op")
    assert list(product.take_back("mail", letters, "undo")) == [True]
    after = real.snapshot(job_id)
    assert real.connection.hgetall(f"rq:job:{job_id}") == fields
    assert (after["score"], after["waiting"]) == (before["score"], None)
    assert abs(after[f"rq:job:{job_id}"][1] - before[f"rq:job:{job_id}"][1]) <= 1  # a time to live is in whole seconds
    real.mend()
    real.work()
    assert real.ran() == {}
    assert list(product.take_back("mail", letters, "undo")) == [True]
    assert list(product.take_back("mail", letters, "other")) == [False]


def test_a_requeue_of_a_job_that_has_started_is_not_taken_back(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    letters = [kept(letter) for letter in everything(product)]
    product.requeue("mail", letters, "op")
    real.connection.hset(f"rq:job:{job_id}", "status", "started")
    assert list(product.take_back("mail", letters, "undo")) == [False]
    real.connection.hset(f"rq:job:{job_id}", mapping={"status": "queued", "started_at": "2026-11-24T20:46:48Z"})
    assert list(product.take_back("mail", letters, "undo")) == [False]  # it ran, and waits for another try


def test_a_job_deep_in_a_long_queue_is_left_where_it_is(product: RQProduct, real: RealRQ) -> None:
    real.failed(1)
    letters = [kept(letter) for letter in everything(product)]
    product.requeue("mail", letters, "op")
    filler = [f"filler-{i}" for i in range(25_000)]
    real.connection.rpush("rq:queue:mail", *filler)
    real.connection.lpush("rq:queue:mail", *filler)
    assert list(product.take_back("mail", letters, "undo")) == [False]
    real.connection.ltrim("rq:queue:mail", 24_000, -1)
    assert list(product.take_back("mail", letters, "undo")) == [True]


def test_a_damaged_key_leaves_its_job_alone_and_moves_the_others(product: RQProduct, real: RealRQ) -> None:
    first, second, third = sorted(real.failed(3))
    letters = sorted((kept(letter) for letter in everything(product)), key=lambda each: each.id)
    real.connection.delete(f"rq:job:{second}")
    real.connection.set(f"rq:job:{second}", "no hash")
    assert list(product.requeue("mail", letters, "op")) == [True, False, True]
    assert real.connection.zscore("rq:failed:mail", second) is not None
    assert (real.status(first), real.status(third)) == ("queued", "queued")


def test_a_queue_that_is_no_list_keeps_its_failures(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    real.connection.set("rq:queue:mail", "no list")
    assert list(product.requeue("mail", [kept(letter) for letter in everything(product)], "op")) == [False]
    assert real.status(job_id) == "failed"
    assert real.connection.zscore("rq:failed:mail", job_id) is not None


def test_a_thousand_requeued_jobs_are_executed_once_each(product: RQProduct, real: RealRQ) -> None:
    pipeline = real.connection.pipeline()
    (template,) = real.failed(1)
    fields = real.connection.hgetall(f"rq:job:{template}")
    ids = [f"job-{i}" for i in range(1_000)]
    for job_id in ids:
        pipeline.hset(f"rq:job:{job_id}", mapping=fields)
        pipeline.zadd("rq:failed:mail", {job_id: time.time() + 3_600})
    pipeline.delete(f"rq:job:{template}")
    pipeline.execute()
    letters = [kept(letter) for letter in everything(product)]
    real.mend()
    for start in range(0, 1_000, 64):
        chunk = letters[start : start + 64]
        assert all(product.requeue("mail", chunk, "op"))
        assert all(product.requeue("mail", chunk, "op"))
    real.work()
    assert real.ran() == dict.fromkeys(ids, 1)
