"""One job, complete, in each of its states: nothing is unpickled, whatever its arguments are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from rq import Retry  # type: ignore[import-untyped]
from rq.serializers import JSONSerializer  # type: ignore[import-untyped]

from dashboard.adapters.contract import Action, Exactness, Job, State, UnknownJob, UnknownQueue
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks
from tests.adapters.rq.processes import children, kill, worker
from tests.adapters.rq.real import VERSION, RealRQ, everything
from tests.waiting import until


def offered(job: Job) -> dict[Action, Exactness]:
    return {offer.action: offer.exactness for offer in job.actions}


def test_a_failed_job_is_shown_with_its_runs(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    real.queue().fetch_job(job_id).requeue()
    real.work()
    job = product.job("mail", job_id)
    assert (job.state, job.type, job.attempts) == (State.FAILED, "tests.adapters.rq.tasks.fail", 2)
    assert job.error is not None
    assert (job.error.type, job.error.message) == ("ValueError", "bad address u0@example.com")
    assert "in fail" in job.error.traceback
    assert [(run.number, run.outcome, run.error_type) for run in job.history] == [
        (1, "failed", "ValueError"), (2, "failed", "ValueError"),
    ]  # fmt: skip
    assert all(run.finished_at for run in job.history)
    if VERSION >= (2, 9):  # before, it does not keep who made a run, and when it began
        assert all(run.worker and run.started_at for run in job.history)
    assert offered(job) == dict.fromkeys((Action.REQUEUE, Action.EDIT, Action.PURGE), Exactness.EXACT)


def test_a_finished_job_is_shown_with_its_result(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.send, "ann", subject="Hi")
    real.work()
    job = product.job("mail", job_id)
    assert (job.state, job.history) == (State.SUCCEEDED, ())
    assert job.result.startswith("\"sent ('ann',)")
    assert job.payload.data == {"args": ["ann"], "kwargs": {"subject": "Hi"}}
    assert job.started_at is not None
    assert job.finished_at is not None


@pytest.mark.parametrize("serializer", [None, JSONSerializer], ids=["pickle", "json"])
def test_a_waiting_job_is_shown_with_its_arguments(product: RQProduct, real: RealRQ, serializer: Any) -> None:
    job_id = real.add(tasks.send, "ann", 3, serializer=serializer, deep={"a": [1.5, None, True]})
    job = product.job("mail", job_id)
    assert (job.state, job.type) == (State.PENDING, "tests.adapters.rq.tasks.send")
    assert job.payload.data == {"args": ["ann", 3], "kwargs": {"deep": {"a": [1.5, None, True]}}}
    assert offered(job) == {Action.CANCEL: Exactness.EXACT, Action.PURGE: Exactness.BEST_EFFORT}


def test_objects_of_the_application_are_described_and_never_built(product: RQProduct, real: RealRQ) -> None:
    money = tasks.Money(3, "EUR")
    job_id = real.add(tasks.send, money, dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    method = real.add(money.pay, "ann")
    shown = repr(product.job("mail", job_id).payload.data)
    assert "tests.adapters.rq.tasks.Money" in shown
    assert "EUR" in shown
    assert "2026-01-02" in shown
    job = product.job("mail", method)
    assert job.type == "pay"
    assert job.payload.data["args"] == ["ann"]
    assert "Money" in repr(job.payload.data["instance"])


def test_a_job_that_waits_for_its_next_try_says_when_and_that_its_error_is_not_kept(
    product: RQProduct, real: RealRQ
) -> None:
    job_id = real.add(tasks.fail, retry=Retry(max=3, interval=600))
    real.work()
    job = product.job("mail", job_id)
    assert job.state == State.RETRYING
    assert job.scheduled_for is not None
    assert job.error is not None
    assert "keeps no error" in job.error.message


def test_a_running_job_is_shown_with_its_worker_and_can_be_told_to_stop(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.hold, 600)
    with worker(real.url, "w1", "mail"):
        until(lambda: real.status(job_id) == "started", "the job runs")
        job = product.job("mail", job_id)
        assert (job.state, job.worker, offered(job)) == (
            State.PROCESSING, "w1", {Action.CANCEL: Exactness.BEST_EFFORT},
        )  # fmt: skip
        assert product.cancel("mail", job_id) == State.PROCESSING
        until(lambda: real.status(job_id) == "stopped", "the job is stopped")
    stopped = product.job("mail", job_id)
    assert stopped.state == State.FAILED
    assert stopped.error is not None
    assert "stopped by user" in stopped.error.message


def test_progress_is_read_from_the_meta_of_a_job(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.half_way)
    real.work()
    assert product.job("mail", job_id).progress == 0.4
    assert product.job("mail", real.add(tasks.send, meta={"progress": 0.25})).progress == 0.25
    assert product.job("mail", real.add(tasks.send, meta={"progress": "soon"})).progress is None


def test_a_failure_that_others_wait_for_is_purged_with_a_warning(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    real.add(tasks.send, depends_on=job_id)
    purge = next(offer for offer in product.job("mail", job_id).actions if offer.action == Action.PURGE)
    assert purge.exactness == Exactness.BEST_EFFORT
    assert "wait" in purge.reason


def test_what_is_not_there_is_said_to_be_unknown(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.send)
    real.add(tasks.send, queue="bills")
    with pytest.raises(UnknownQueue):
        product.job("nothing", job_id)
    with pytest.raises(UnknownJob):
        product.job("mail", "nothing")
    with pytest.raises(UnknownJob):
        product.job("bills", job_id)
    with pytest.raises(UnknownJob):
        product.job("mail", "not an\nid{}")


def test_attempts_are_told_as_far_as_rq_keeps_them(product: RQProduct, real: RealRQ) -> None:
    waiting = real.add(tasks.fail, retry=Retry(max=3, interval=[600, 700, 800]))
    exhausted = real.add(tasks.fail, retry=Retry(max=2, interval=[0, 0]))
    fresh = real.add(tasks.fail, retry=Retry(max=2, interval=600), queue="bills")
    plain = real.add(tasks.fail)
    real.work()
    shown = {job_id: product.job("mail", job_id) for job_id in (waiting, exhausted, plain)}
    shown[fresh] = product.job("bills", fresh)
    assert {job_id: (job.attempts, job.max_retries) for job_id, job in shown.items()} == {
        waiting: (1, 3), exhausted: (3, 2), plain: (1, 0), fresh: (0, 2),
    }  # fmt: skip
    letters = {letter.id: (letter.attempts, letter.max_retries) for letter in everything(product)}
    assert letters == {exhausted: (3, 2), plain: (1, 0)}


def test_what_rq_writes_when_nothing_was_raised_has_a_name(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.hold, 600)
    with worker(real.url, "w1", "mail") as process:
        until(lambda: real.status(job_id) == "started", "the job runs")
        kill(until(lambda: children(process), "there is a work horse")[0])
        until(lambda: real.status(job_id) == "failed", "its worker notices")
    (letter,) = everything(product)
    assert letter.error_type == "WorkHorseTerminated"
    assert letter.message.startswith("Work-horse terminated unexpectedly")
