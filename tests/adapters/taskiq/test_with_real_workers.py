"""What taskiq's own worker leaves behind is shown, and what is put back it runs once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.adapters.contract import ActionRefused, Exactness, State, UnknownJob, UnknownSchedule
from dashboard.adapters.discovery import create
from dashboard.adapters.mirrored.moves import trash_key
from dashboard.adapters.mirrored.product import Fate
from dashboard.adapters.taskiq.product import TaskiqProduct
from dashboard.finding import Finder
from tests.adapters.taskiq.real import QUEUE, Application, failures, kept

pytest.importorskip("taskiq_redis")
pytestmark = pytest.mark.adapters


def test_a_failure_of_a_stream_is_found_with_its_arguments_and_error(
    streamed: Application, product: TaskiqProduct
) -> None:
    (task_id,) = streamed.send(3, to="ann")
    streamed.work()
    (letter,) = failures(product)
    assert (letter.queue, letter.id, letter.type, letter.attempts) == (QUEUE, task_id, "send", 1)
    assert letter.data == {"args": [3], "kwargs": {"to": "ann"}}
    assert (letter.error_type, letter.message, letter.requeueable) == ("ValueError", "bad address ann", "")
    assert letter.enqueued_at is not None
    job = product.job(QUEUE, task_id)
    assert (job.state, job.attempts, job.error and job.error.message) == (State.FAILED, 1, "bad address ann")
    (queue,) = product.queues()
    assert (queue.name, queue.pending, queue.processing, queue.stalled) == (QUEUE, 0, 0, 0)
    adapter: Any = create("taskiq", "main", streamed.url, {})
    while adapter.maintain() or not adapter.queue(QUEUE).failed:
        pass
    assert adapter.job(QUEUE, task_id).payload.data == letter.data
    assert [each.kind for each in Finder(streamed.client).look()] == ["taskiq"]


def test_a_failure_of_a_list_is_found_and_says_that_it_cannot_be_put_back(
    redis_url: str, product: TaskiqProduct
) -> None:
    application = Application(redis_url, "ListQueueBroker")
    (task_id,) = application.send(3, to="ann")
    application.work()
    (letter,) = failures(product)
    assert (letter.queue, letter.id, letter.type, letter.data) == (QUEUE, task_id, "unknown", None)
    assert (letter.error_type, letter.message) == ("ValueError", "bad address ann")
    assert "streams" in letter.requeueable
    assert product.offers(letter.requeueable)[0].exactness == Exactness.IMPOSSIBLE
    assert product.requeue(QUEUE, [kept(letter)], "op") == [False]


def test_a_requeued_failure_runs_once_and_the_same_move_again_does_nothing(
    streamed: Application, product: TaskiqProduct
) -> None:
    streamed.send(3, to="ann")
    streamed.work()
    (letter,) = failures(product)
    streamed.broken = False
    assert product.requeue(QUEUE, [kept(letter)], "op") == [True]
    assert product.still_failed(QUEUE, [letter.id]) == [False]
    assert product.fates(QUEUE, [kept(letter)]) == [Fate.WAITING]
    assert product.job(QUEUE, letter.id).state == State.PENDING
    assert product.requeue(QUEUE, [kept(letter)], "op") == [True]
    assert product.requeue(QUEUE, [kept(letter)], "other") == [False]
    streamed.work()
    assert streamed.ran == [(3, "ann")]
    assert product.fates(QUEUE, [kept(letter)]) == [Fate.SUCCEEDED]
    job = product.job(QUEUE, letter.id)
    assert (job.state, job.result) == (State.SUCCEEDED, "'sent'")
    assert failures(product) == []


def test_a_requeued_failure_that_fails_again_is_found_again_as_another_one(
    streamed: Application, product: TaskiqProduct
) -> None:
    streamed.send(3, task="retried")
    streamed.work()
    (letter,) = failures(product)
    assert (letter.type, letter.attempts) == ("retried", 2)
    product.requeue(QUEUE, [kept(letter)], "op")
    streamed.work()
    assert product.fates(QUEUE, [kept(letter)]) == [Fate.FAILED]
    (again,) = failures(product)
    assert (again.data, again.attempts) == (letter.data, 2)
    assert again.memo != letter.memo


@pytest.mark.parametrize("prefix", [None, "mine"])
def test_a_purged_failure_is_restored_and_a_requeued_one_taken_back_as_it_was(
    redis_url: str, prefix: str | None
) -> None:
    streamed = Application(redis_url, "RedisStreamBroker", prefix)
    product = TaskiqProduct("main", redis_url, {"options": {"result_prefix": prefix or ""}})
    (task_id,) = streamed.send(3)
    streamed.work()
    key = f"{prefix}:{task_id}" if prefix else task_id
    (letter,) = failures(product)
    streamed.client.expire(key, 3_600)
    before = streamed.client.get(key)
    assert product.purge(QUEUE, [kept(letter)], "op", 60) == [True]
    assert product.purge(QUEUE, [kept(letter)], "op", 60) == [True]
    assert not streamed.client.exists(key)
    assert 0 < streamed.client.ttl(trash_key("main", QUEUE, task_id)) <= 60
    assert product.restore(QUEUE, [kept(letter)], "back") == [True]
    assert product.restore(QUEUE, [kept(letter)], "other") == [False]
    assert streamed.client.get(key) == before
    assert product.requeue(QUEUE, [kept(letter)], "again") == [True]
    assert product.take_back(QUEUE, [kept(letter)], "undo") == [True]
    assert product.take_back(QUEUE, [kept(letter)], "undo") == [True]
    assert product.take_back(QUEUE, [kept(letter)], "other") == [False]
    assert streamed.client.get(key) == before
    assert 3_500 < streamed.client.ttl(key) <= 3_600
    assert product.queues()[0].pending == 0
    streamed.work()
    assert streamed.client.get(key) == before


def test_what_a_worker_has_fetched_is_not_taken_back(streamed: Application, product: TaskiqProduct) -> None:
    streamed.send(3)
    streamed.work()
    (letter,) = failures(product)
    product.requeue(QUEUE, [kept(letter)], "op")
    streamed.work()
    assert product.take_back(QUEUE, [kept(letter)], "undo") == [False]


def test_a_running_task_of_a_stream_is_shown_with_its_worker(streamed: Application, product: TaskiqProduct) -> None:
    (task_id,) = streamed.send(1, task="wait", to="ann")

    def meanwhile() -> None:
        (job,) = product.page(QUEUE, State.PROCESSING).items
        whole = product.job(QUEUE, task_id)
        assert (job.id, whole.state) == (task_id, State.PROCESSING)
        assert whole.payload.data == {"args": [1], "kwargs": {"to": "ann"}}
        (worker,) = [each for each in product.workers() if each.busy]
        assert (worker.id, worker.lost, worker.queues) == (job.worker, False, (QUEUE,))
        (queue,) = product.queues()
        assert (queue.pending, queue.processing) == (0, 1)
        with pytest.raises(ActionRefused):
            product.discard(QUEUE, task_id)

    streamed.while_it_runs(meanwhile)
    assert product.job(QUEUE, task_id).state == State.SUCCEEDED


def test_waiting_tasks_are_listed_in_their_order_and_deleted(application: Application, product: TaskiqProduct) -> None:
    application.broken = False
    ids = application.send(*range(5), to="<b>")
    assert [job.id for job in product.page(QUEUE, State.PENDING).items] == ids
    first = product.page(QUEUE, State.PENDING, limit=2)
    assert first.total == 5
    assert [job.id for job in product.page(QUEUE, State.PENDING, cursor=first.next_cursor or "").items] == ids[2:]
    job = product.job(QUEUE, ids[3])
    assert (job.state, job.type, job.payload.data) == (State.PENDING, "send", {"args": [3], "kwargs": {"to": "<b>"}})
    assert product.queues()[0].pending == 5
    product.discard(QUEUE, ids[3])
    product.discard(QUEUE, ids[0])
    with pytest.raises(UnknownJob):
        product.job(QUEUE, ids[3])
    application.work()
    assert application.ran == [(number, "<b>") for number in (1, 2, 4)]


def test_other_queues_are_shown_once_they_are_named(redis_url: str) -> None:
    application = Application(redis_url, "ListQueueBroker")
    application.send(1, queue_name="other")
    assert TaskiqProduct("main", redis_url, {}).queues() == []
    product = TaskiqProduct("main", redis_url, {"options": {"queues": ["other"]}})
    assert [(each.name, each.pending) for each in product.queues()] == [("other", 1)]


def test_schedules_are_shown_and_deleted(redis_url: str, product: TaskiqProduct) -> None:
    application = Application(redis_url, "ListQueueBroker")
    now = datetime.now(UTC)

    async def add(source: Any, task: Any) -> list[str]:
        return [
            (await task.schedule_by_cron(source, "*/5 * * * *", 4, to="<b>")).schedule_id,
            (await task.schedule_by_interval(source, timedelta(minutes=2), 5)).schedule_id,
            (await task.schedule_by_time(source, now + timedelta(hours=1), 6)).schedule_id,
        ]

    async def left(source: Any, _: Any) -> set[str]:
        return {each.schedule_id for each in await source.get_schedules()}

    cron, interval, at = application.schedule(add)
    found = {each.id: each for each in product.schedules()}
    assert set(found) == {cron, interval, at}
    assert found[cron].timing.expression == "*/5 * * * *"
    assert found[cron].payload.data == {"args": [4], "kwargs": {"to": "<b>"}}
    assert 0 < (found[cron].next_at or 0) - now.timestamp() <= 302
    assert (found[interval].timing.seconds, found[interval].next_at) == (120.0, None)
    assert abs((found[at].next_at or 0) - now.timestamp() - 3_600) < 5
    for schedule_id in (cron, at):
        product.delete_schedule(schedule_id)
        with pytest.raises(UnknownSchedule):
            product.delete_schedule(schedule_id)
    assert [each.id for each in product.schedules()] == [interval]
    assert application.schedule(left) == {interval}
    assert not application.client.keys("schedule:time:*")
