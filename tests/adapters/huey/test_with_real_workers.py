"""What Huey's own consumer leaves behind is shown, and what is deleted it does not run."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.adapters.contract import Action, Exactness, Selector, State, UnknownJob
from dashboard.adapters.discovery import create
from dashboard.adapters.huey.product import HueyProduct
from dashboard.adapters.mirrored.moves import trash_key
from dashboard.finding import Finder
from tests.adapters.huey.real import QUEUE, Application, failures, kept

pytest.importorskip("huey")
pytestmark = pytest.mark.adapters


def stored(application: Application) -> dict[bytes, Any]:
    """Everything of Huey's."""
    client = application.client
    return {key: client.dump(key) for key in client.keys("huey.*")}


def test_a_failure_is_found_with_its_error(application: Application, product: HueyProduct) -> None:
    task = application.send(3, to="ann")
    application.work(1)
    (letter,) = failures(product)
    assert (letter.queue, letter.id, letter.type, letter.attempts) == (QUEUE, task.id, "_send", 1)
    assert "ValueError: bad address ann" in letter.traceback
    assert "arguments" in letter.requeueable
    job = product.job(QUEUE, task.id)
    assert (job.state, job.type) == (State.FAILED, "_send")
    assert "arguments" in job.payload.undecodable
    assert [(offer.action, offer.exactness) for offer in job.actions] == [
        (Action.REQUEUE, Exactness.IMPOSSIBLE), (Action.PURGE, Exactness.EXACT),
    ]  # fmt: skip
    (queue,) = product.queues()
    assert (queue.name, queue.pending, queue.processing, queue.scheduled, queue.failed) == (QUEUE, 0, None, 0, None)
    assert [each.kind for each in Finder(application.client).look()] == ["huey"]


def test_what_the_application_reads_is_no_failure_any_more(redis_url: str, product: HueyProduct) -> None:
    application = Application(redis_url)
    task = application.send(3)
    application.work(1)
    assert product.still_failed(QUEUE, [task.id]) == [True]
    with pytest.raises(Exception, match="bad address"):
        task()
    assert product.still_failed(QUEUE, [task.id]) == [False]
    assert failures(product) == []


def test_waiting_tasks_are_listed_in_the_order_in_which_they_run(
    application: Application, product: HueyProduct
) -> None:
    ids = [application.send(number, to="<b>").id for number in range(5)]
    assert [job.id for job in product.page(QUEUE, State.PENDING).items] == ids
    first = product.page(QUEUE, State.PENDING, limit=2)
    assert [job.id for job in product.page(QUEUE, State.PENDING, cursor=first.next_cursor or "").items] == ids[2:]
    job = product.job(QUEUE, ids[3])
    assert (job.state, job.payload.data) == (State.PENDING, {"args": [3], "kwargs": {"to": "<b>"}})
    assert job.type == "tests.adapters.huey.real.send"
    assert product.queues()[0].pending == 5


def test_tasks_with_a_higher_priority_come_first(redis_url: str, product: HueyProduct) -> None:
    application = Application(redis_url, "PriorityRedisHuey")
    application.send(1)
    urgent = application.send.s(2, priority=9)
    application.huey.enqueue(urgent)
    (first, _) = product.page(QUEUE, State.PENDING).items
    assert (first.id, first.priority) == (urgent.id, 9)


def test_a_scheduled_task_is_shown_and_deleted(application: Application, product: HueyProduct) -> None:
    application.broken = False
    later = application.send.schedule((1,), delay=3_600)
    assert [job.id for job in product.page(QUEUE, State.PENDING).items] == [later.id]
    application.work(1)
    soon = application.send(2)
    (job,) = product.page(QUEUE, State.SCHEDULED).items
    whole = product.job(QUEUE, later.id)
    assert (job.id, whole.state) == (later.id, State.SCHEDULED)
    assert job.scheduled_for is not None
    assert abs(job.scheduled_for - product.server.client.time()[0] - 3_600) < 60
    other = application.send(3)
    product.discard(QUEUE, other.id)
    product.discard(QUEUE, later.id)
    with pytest.raises(UnknownJob):
        product.discard(QUEUE, later.id)
    assert product.queues()[0].scheduled == 0
    application.work(1)
    assert application.ran == [(2, "")]
    done = product.job(QUEUE, soon.id)
    assert (done.state, done.result) == (State.SUCCEEDED, "'sent'")


def test_a_task_that_is_tried_again_is_retrying_with_its_error_and_no_failure(
    redis_url: str, product: HueyProduct
) -> None:
    application = Application(redis_url, store_intermediate_errors=True)
    application.send.schedule((1,), delay=3_600)
    task = application.retried(3, to="ann")
    application.work(3)
    assert [job.id for job in product.page(QUEUE, State.RETRYING).items] == [task.id]
    assert len(product.page(QUEUE, State.SCHEDULED).items) == 2
    job = product.job(QUEUE, task.id)
    assert (job.state, job.payload.data) == (State.RETRYING, {"args": [3], "kwargs": {"to": "ann"}})
    assert job.error is not None
    assert "bad address ann" in job.error.traceback
    assert failures(product) == []


def test_a_purged_failure_is_restored_as_it_was(application: Application, product: HueyProduct) -> None:
    application.send(3)
    application.work(1)
    (letter,) = failures(product)
    before = stored(application)
    assert product.purge(QUEUE, [kept(letter)], "op", 60) == [True]
    assert product.purge(QUEUE, [kept(letter)], "op", 60) == [True]
    assert product.purge(QUEUE, [kept(letter)], "other", 60) == [False]
    assert stored(application) == {}
    assert 0 < application.client.ttl(trash_key("main", QUEUE, letter.id)) <= 60
    assert product.restore(QUEUE, [kept(letter)], "back") == [True]
    assert product.restore(QUEUE, [kept(letter)], "back") == [True]
    assert product.restore(QUEUE, [kept(letter)], "other") == [False]
    assert stored(application) == before


def test_compressed_and_signed_tasks_are_read(redis_url: str, product: HueyProduct) -> None:
    from huey.serializer import SignedSerializer  # noqa: PLC0415 - only where it is installed

    for options in ({"compression": True}, {"compression": True, "use_zlib": True}, {}):
        application = Application(redis_url, serializer=SignedSerializer(secret="x", **options))
        task, failed = application.send.schedule((7,), delay=3_600), application.send(8)
        application.work(2)
        assert product.job(QUEUE, task.id).payload.data == {"args": [7], "kwargs": {}}
        assert product.job(QUEUE, failed.id).state == State.FAILED
        assert failed.id in [letter.id for letter in failures(product)]
        product.discard(QUEUE, task.id)


def test_the_error_of_a_pipeline_is_one_failure(redis_url: str, product: HueyProduct) -> None:
    application = Application(redis_url)
    first = application.send.s(1).then(application.send, to="bob")
    application.huey.enqueue(first)
    application.work(1)
    assert [letter.id for letter in failures(product)] == [first.id]


def test_the_mirror_knows_when_a_failure_was_first_seen_and_takes_it_for_no_other(redis_url: str) -> None:
    application = Application(redis_url)
    task = application.send(3, to="ann")
    application.work(1)
    adapter: Any = create("huey", "main", redis_url, {})
    for _ in range(3):
        while adapter.maintain():
            pass
    (job,) = adapter.jobs(Selector(source="main", queue=QUEUE)).items
    assert job.id == task.id
    assert abs(job.finished_at - application.client.time()[0]) < 60
    (group,) = adapter.groups(Selector(source="main")).items
    assert (group.count, group.error_type, group.message) == (1, "ValueError", "bad address ann")
    assert adapter.queue(QUEUE).failed == 1
    assert adapter.act(Action.PURGE, QUEUE, task.id) is None
    assert adapter.act(Action.RESTORE, QUEUE, task.id) == State.FAILED
