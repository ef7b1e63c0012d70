"""Queues with their numbers and workers with what they run, beside real workers of RQ."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from rq import Retry  # type: ignore[import-untyped]

from dashboard.adapters.contract import Queue, UnknownQueue
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks
from tests.adapters.rq.processes import children, kill, worker
from tests.adapters.rq.real import RealRQ
from tests.waiting import until


def queue(product: RQProduct, name: str = "mail") -> Queue:
    return next(each for each in product.queues() if each.name == name)


def test_every_state_is_counted(product: RQProduct, real: RealRQ) -> None:
    failed = real.failed(2)
    real.add(tasks.send)
    real.add(tasks.fail, retry=Retry(max=2, interval=600))
    real.work()
    real.queue().enqueue_in(timedelta(hours=1), tasks.send)
    real.add(tasks.send, depends_on=failed[0])
    canceled = real.queue().enqueue(tasks.send)
    canceled.cancel()
    real.add(tasks.send)
    found = queue(product)
    assert (found.pending, found.processing, found.stalled) == (1, 0, 0)
    assert (found.scheduled, found.retrying) == (2, 1)
    assert (found.failed, found.succeeded, found.cancelled) == (2, 1, 1)
    assert found.oldest_pending_seconds is not None
    assert 0 <= found.oldest_pending_seconds < 60
    assert found.paused is False


def test_queues_come_by_name_whatever_their_names_hold(product: RQProduct, real: RealRQ) -> None:
    for name in ("b", "<b>x</b>", "a:b c", "ü"):
        real.add(tasks.send, queue=name)
    assert [each.name for each in product.queues()] == ["<b>x</b>", "a:b c", "b", "ü"]
    assert {each.pending for each in product.queues()} == {1}


def test_an_empty_queue_has_no_oldest_job_and_expired_failures_are_not_counted(
    product: RQProduct, real: RealRQ
) -> None:
    first, _ = real.failed(2, failure_ttl=-1)
    real.failed(1)
    real.connection.zadd("rq:failed:mail", {first: 1_000})
    assert (queue(product).failed, queue(product).oldest_pending_seconds) == (2, 0.0)


def test_how_long_a_job_waits_that_a_worker_left_half_taken_is_not_known(product: RQProduct, real: RealRQ) -> None:
    real.add(tasks.send)
    real.connection.lmove("rq:queue:mail", "rq:queue:mail:intermediate")
    found = queue(product)
    assert (found.pending, found.oldest_pending_seconds) == (1, None)


def test_retries_of_very_many_scheduled_jobs_are_not_told_apart(product: RQProduct, real: RealRQ) -> None:
    real.add(tasks.send)
    real.connection.zadd("rq:scheduled:mail", {f"later-{i}": 4e9 for i in range(51)})
    assert (queue(product).scheduled, queue(product).retrying) == (51, None)


def test_a_pause_stops_the_workers_of_all_queues_until_it_is_taken_back(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.send)
    real.add(tasks.send, queue="bills")
    product.pause("mail")
    assert {each.paused for each in product.queues()} == {True}
    real.work()
    assert real.status(job_id) == "queued"
    product.resume("mail")
    real.work()
    assert real.ran() == {job_id: 1}
    with pytest.raises(UnknownQueue):
        product.pause("nothing")


def test_a_worker_is_shown_with_the_job_that_it_runs(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.hold, 600)
    with worker(real.url, "w1", "bills", "mail") as process:
        until(lambda: real.status(job_id) == "started", "the job runs")
        (found,) = product.workers()
        assert (found.id, found.pid, found.queues) == ("w1", process.pid, ("bills", "mail"))
        assert (found.slots, found.busy, found.lost) == (1, 1, False)
        (job,) = found.jobs
        assert (job.id, job.queue, job.type) == (job_id, "mail", "tests.adapters.rq.tasks.hold")
        assert job.started_at is not None
        assert found.heartbeat_at is not None
        assert (queue(product).workers, queue(product).processing) == (1, 1)


def test_a_killed_worker_is_lost_and_its_job_stalled(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.hold, 600)
    with worker(real.url, "w1", "mail") as process:
        until(lambda: real.status(job_id) == "started", "the job runs")
        for horse in children(process):
            kill(horse)
        process.kill()
        process.wait()
    # What Redis would do by itself in one and a half minutes.
    real.connection.delete("rq:worker:w1", "rq:worker:w1:executions", *real.connection.scan_iter("rq:execution:*"))
    for member in real.connection.zrange("rq:wip:mail", 0, -1):
        real.connection.zadd("rq:wip:mail", {member: time.time() - 1})
    (found,) = product.workers()
    assert (found.id, found.lost, [job.id for job in found.jobs]) == ("w1", True, [job_id])
    assert found.queues == ("mail",)
    assert (queue(product).stalled, queue(product).processing, queue(product).workers) == (1, 1, 0)


def test_a_worker_that_does_not_renew_its_report_is_lost_before_the_report_is_gone(
    product: RQProduct, real: RealRQ
) -> None:
    now = time.time()
    beat = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(now - 80))
    real.connection.sadd("rq:workers", "rq:worker:late", "rq:worker:ended")
    real.connection.hset("rq:worker:late", mapping={"last_heartbeat": beat, "state": "busy", "queues": "mail"})
    real.connection.expire("rq:worker:late", 10)
    real.connection.hset("rq:worker:ended", mapping={"last_heartbeat": beat, "death": beat})
    (found,) = product.workers()
    assert (found.id, found.lost) == ("late", True)


def test_the_current_job_of_an_older_worker_is_shown_too(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.send)
    real.connection.sadd("rq:workers", "rq:worker:old")
    beat = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
    fields = {"last_heartbeat": beat, "state": "busy", "queues": "mail", "pid": str(os.getpid()), "current_job": job_id}
    real.connection.hset("rq:worker:old", mapping=fields)
    (found,) = product.workers()
    assert [job.id for job in found.jobs] == [job_id]


def test_a_damaged_key_costs_the_number_that_it_holds(product: RQProduct, real: RealRQ) -> None:
    real.failed(1)
    real.connection.set("rq:wip:mail", "no set")
    real.connection.set("rq:finished:mail", "no set")
    found = queue(product)
    assert (found.processing, found.stalled, found.succeeded) == (None, None, None)
    assert (found.failed, found.pending) == (1, 0)
