"""Lists of jobs in one state, page by page, in the order in which they run or ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rq import Retry  # type: ignore[import-untyped]

from dashboard.adapters.contract import InvalidRequest, Job, State, UnknownQueue
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks
from tests.adapters.rq.processes import worker
from tests.adapters.rq.real import RealRQ
from tests.waiting import until


def all_pages(product: RQProduct, state: State, limit: int = 3, queue: str = "mail") -> list[Job]:
    found: list[Job] = []
    cursor = ""
    for _ in range(100):
        page = product.page(queue, state, cursor=cursor, limit=limit)
        assert len(page.items) == len(page.cursors) <= limit
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor
    raise AssertionError("the list does not end")


def test_waiting_jobs_are_listed_next_to_run_first(product: RQProduct, real: RealRQ) -> None:
    ids = [real.add(tasks.send, i) for i in range(10)]
    front = real.add(tasks.send, at_front=True)
    jobs = all_pages(product, State.PENDING)
    assert [job.id for job in jobs] == [front, *ids]
    assert {(job.type, job.state) for job in jobs} == {("tests.adapters.rq.tasks.send", State.PENDING)}
    assert all(job.enqueued_at for job in jobs)


def test_no_waiting_job_is_left_out_when_others_are_taken_meanwhile(product: RQProduct, real: RealRQ) -> None:
    ids = [real.add(tasks.send, i) for i in range(10)]
    page = product.page("mail", State.PENDING, limit=4)
    real.connection.lpop("rq:queue:mail", 2)
    rest = product.page("mail", State.PENDING, cursor=page.next_cursor or "", limit=20)
    assert [job.id for job in rest.items] == ids[4:]
    real.connection.lpop("rq:queue:mail", 4)
    rest = product.page("mail", State.PENDING, cursor=page.next_cursor or "", limit=20)
    assert [job.id for job in rest.items] == ids[6:]


def test_each_job_has_a_cursor_that_goes_on_after_it(product: RQProduct, real: RealRQ) -> None:
    ids = [real.add(tasks.send, i) for i in range(5)]
    page = product.page("mail", State.PENDING, limit=5)
    assert page.next_cursor is None
    after = product.page("mail", State.PENDING, cursor=page.cursors[1], limit=5)
    assert [job.id for job in after.items] == ids[2:]


def test_scheduled_jobs_come_by_time_then_those_that_wait_for_others(product: RQProduct, real: RealRQ) -> None:
    (failed,) = real.failed(1)
    later = [real.queue().enqueue_in(timedelta(hours=hours), tasks.send).id for hours in (3, 1, 2)]
    deferred = [real.add(tasks.send, depends_on=failed) for _ in range(2)]
    jobs = all_pages(product, State.SCHEDULED, 2)
    assert [job.id for job in jobs[:3]] == [later[1], later[2], later[0]]
    assert {job.id for job in jobs[3:]} == set(deferred)
    assert all(job.scheduled_for for job in jobs[:3])
    assert not any(job.scheduled_for for job in jobs[3:])


def test_jobs_that_wait_for_their_next_try_are_listed_apart(product: RQProduct, real: RealRQ) -> None:
    retried = [real.add(tasks.fail, retry=Retry(max=3, interval=600)) for _ in range(4)]
    real.work()
    later = [real.queue().enqueue_in(timedelta(hours=1), tasks.send).id for _ in range(4)]
    assert {job.id for job in all_pages(product, State.RETRYING)} == set(retried)
    assert {job.id for job in all_pages(product, State.SCHEDULED)} == set(later)


def test_finished_and_canceled_jobs_are_listed_newest_first(product: RQProduct, real: RealRQ) -> None:
    done = [real.add(tasks.send, result_ttl=500 + i) for i in range(4)]
    real.work()
    canceled = []
    for i in range(4):
        job = real.queue().enqueue(tasks.send)
        job.cancel()
        real.connection.zadd("rq:canceled:mail", {job.id: 1_000 + i})
        canceled.append(job.id)
    assert [job.id for job in all_pages(product, State.SUCCEEDED)] == done[::-1]
    assert [job.id for job in all_pages(product, State.CANCELLED)] == canceled[::-1]
    assert all_pages(product, State.CANCELLED)[0].finished_at == 1_003


def test_a_running_job_is_listed_with_its_worker(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.hold, 600)
    with worker(real.url, "w1", "mail"):
        until(lambda: real.status(job_id) == "started", "the job runs")
        (job,) = all_pages(product, State.PROCESSING)
    assert (job.id, job.worker, job.timeout) == (job_id, "w1", 180)
    assert job.started_at is not None


def test_ids_without_a_record_are_passed_over(product: RQProduct, real: RealRQ) -> None:
    ids = [real.add(tasks.send, i) for i in range(3)]
    real.connection.lpush("rq:queue:mail", *[f"deleted-{i}" for i in range(20)])
    assert [job.id for job in all_pages(product, State.PENDING, 2)] == ids


def test_an_unknown_queue_and_a_foreign_cursor_are_refused(product: RQProduct, real: RealRQ) -> None:
    real.add(tasks.send)
    with pytest.raises(UnknownQueue):
        product.page("nothing", State.PENDING)
    for cursor in ("x", "W10", "WzEsMiwzXQ"):
        with pytest.raises(InvalidRequest):
            product.page("mail", State.PENDING, cursor=cursor)
    assert product.page("mail", State.FAILED).items == ()
