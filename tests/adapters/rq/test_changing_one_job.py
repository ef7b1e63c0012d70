"""One job is cancelled, deleted, edited or taken from a lost worker, and real workers do what follows from it."""

from __future__ import annotations

import datetime as dt
import time
from datetime import timedelta
from typing import Any

import pytest
from rq.serializers import JSONSerializer  # type: ignore[import-untyped]

from dashboard.adapters.contract import Action, ActionRefused, Exactness, InvalidRequest, State, UnknownJob
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.mirrored.product import Kept
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks
from tests.adapters.rq.processes import children, kill, worker
from tests.adapters.rq.real import RealRQ, everything, kept
from tests.waiting import until


def test_a_waiting_job_is_cancelled_and_never_runs(product: RQProduct, real: RealRQ) -> None:
    job_id, other = real.add(tasks.send), real.add(tasks.send)
    assert product.cancel("mail", job_id) == State.CANCELLED
    assert product.job("mail", job_id).state == State.CANCELLED
    assert real.connection.zscore("rq:canceled:mail", job_id) is not None
    real.work()
    assert real.ran() == {other: 1}
    with pytest.raises(ActionRefused, match="cancelled"):
        product.cancel("mail", job_id)
    with pytest.raises(UnknownJob):
        product.cancel("mail", "nothing")


def test_a_job_that_is_due_later_or_waits_for_another_is_cancelled(product: RQProduct, real: RealRQ) -> None:
    first = real.add(tasks.send)
    later = real.queue().enqueue_in(timedelta(hours=1), tasks.send).id
    deferred = real.add(tasks.send, depends_on=first)
    for job_id in (later, deferred):
        assert product.cancel("mail", job_id) == State.CANCELLED
    assert real.connection.zcard("rq:scheduled:mail") == real.connection.zcard("rq:deferred:mail") == 0
    real.work()
    assert real.ran() == {first: 1}


def test_a_deleted_job_leaves_nothing_and_never_runs(product: RQProduct, real: RealRQ) -> None:
    first = real.add(tasks.send)
    deferred = real.add(tasks.send, depends_on=first)
    waiting = real.add(tasks.send)
    for job_id in (deferred, waiting):
        product.discard("mail", job_id)
    assert not list(real.connection.scan_iter(f"*{deferred}*"))
    assert not list(real.connection.scan_iter(f"*{waiting}*"))
    real.work()
    assert real.ran() == {first: 1}
    with pytest.raises(UnknownJob):
        product.discard("mail", waiting)


def test_failures_and_running_jobs_are_not_deleted_so(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    with pytest.raises(ActionRefused, match="failed"):
        product.discard("mail", job_id)
    real.connection.hset(f"rq:job:{job_id}", "status", "started")
    with pytest.raises(ActionRefused, match="processing"):
        product.discard("mail", job_id)
    assert real.connection.exists(f"rq:job:{job_id}")


@pytest.mark.parametrize("serializer", [None, JSONSerializer], ids=["pickle", "json"])
def test_an_edited_job_runs_with_its_new_arguments(product: RQProduct, real: RealRQ, serializer: Any) -> None:
    job_id = real.add(tasks.fail, "ann", serializer=serializer, subject="Hi")
    real.work(serializer=serializer)
    (letter,) = everything(product)
    real.mend()
    product.enqueue_edited("mail", kept(letter), {"args": ["bob", [1, 2]], "kwargs": {"subject": "Hello"}})
    assert product.job("mail", job_id).payload.data == {"args": ["bob", [1, 2]], "kwargs": {"subject": "Hello"}}
    real.work(serializer=serializer)
    assert real.ran() == {job_id: 1}
    description = real.connection.hget(f"rq:job:{job_id}", "description") or b""
    assert description == b"tests.adapters.rq.tasks.fail('bob', [1, 2], subject='Hello')"


def test_what_is_left_as_it_is_shown_stays_what_it_was(product: RQProduct, real: RealRQ) -> None:
    when = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
    job_id = real.add(tasks.fail, "ann", (1, 2), when=when, raw=b"\x00")
    real.work()
    (letter,) = everything(product)
    product.enqueue_edited("mail", kept(letter), {**letter.data, "args": ["bob", letter.data["args"][1]]})
    job = real.queue().fetch_job(job_id)
    assert job.args == ("bob", (1, 2))
    assert job.kwargs == {"when": when, "raw": b"\x00"}


def test_objects_and_methods_cannot_be_edited_and_say_why(product: RQProduct, real: RealRQ) -> None:
    with_object = real.add(tasks.fail, tasks.Money(1, "EUR"))
    real.work()
    job = product.job("mail", with_object)
    edit = next(offer for offer in job.actions if offer.action == Action.EDIT)
    assert edit.exactness == Exactness.IMPOSSIBLE
    assert edit.reason == "its arguments hold objects that are not rebuilt here"
    with pytest.raises(ActionRefused, match="objects"):
        product.enqueue_edited("mail", Kept(with_object, "", 0, None, {}), {"args": [], "kwargs": {}})
    assert real.status(with_object) == "failed"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"args": 1, "kwargs": {}},
        {"args": [], "kwargs": {}, "more": 1},
        {"args": ["x" * 300_000], "kwargs": {}},
        {"args": [], "kwargs": {1: 2}},
    ],
)
def test_arguments_of_another_form_change_nothing(product: RQProduct, real: RealRQ, data: Any) -> None:
    (job_id,) = real.failed(1)
    before = real.snapshot(job_id)
    with pytest.raises(InvalidRequest):
        product.enqueue_edited("mail", Kept(job_id, "", 0, None, {}), data)
    assert real.snapshot(job_id) == before


def test_a_job_of_a_lost_worker_is_put_back_only_when_nothing_is_heard_of_it(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.hold, 600)
    unknown = [Kept(job_id, "", 0, None, {})]
    with worker(real.url, "w1", "mail") as process:
        until(lambda: real.status(job_id) == "started", "the job runs")
        assert list(product.requeue("mail", unknown, "")) == [False]
        for horse in children(process):
            kill(horse)
        process.kill()
        process.wait()
    assert list(product.requeue("mail", unknown, "")) == [False]  # its heartbeat is not overdue yet
    for member in real.connection.zrange("rq:wip:mail", 0, -1):
        real.connection.zadd("rq:wip:mail", {member: time.time() - 1})
    assert list(product.requeue("mail", unknown, "")) == [False]
    real.connection.delete(*real.connection.scan_iter("rq:execution:*"))  # as its time to live does
    requeue = next(offer for offer in product.job("mail", job_id).actions if offer.action == Action.REQUEUE)
    assert requeue.exactness == Exactness.BEST_EFFORT
    assert "twice" in requeue.reason
    adapter = MirroredAdapter(product, real.url, {})
    assert adapter.act(Action.REQUEUE, "mail", job_id) == State.PENDING
    assert (real.status(job_id), real.connection.zcard("rq:wip:mail")) == ("queued", 0)
    assert list(product.requeue("mail", unknown, "")) == [False]
