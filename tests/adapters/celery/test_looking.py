"""Queues, workers and tasks as they are shown, with real workers and real messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.adapters.contract import Action, ActionRefused, Queue, State, UnknownJob, UnknownQueue
from tests.adapters.celery.running import Shop
from tests.waiting import until


def queue(shop: Shop, name: str) -> Queue:
    return next(each for each in shop.product.queues() if each.name == name)


def seen(shop: Shop) -> Shop:
    shop.product._application.roster.refresh()
    return shop


def test_pending_messages_of_all_priorities_are_counted_and_listed_in_the_order_in_which_they_run(shop: Shop) -> None:
    ids = {priority: shop.send("add", 1, priority, queue="nobody", priority=priority) for priority in (9, 0, 4)}
    later = shop.send("add", 2, 0, queue="nobody", priority=0)
    page = shop.product.page("nobody", State.PENDING)
    assert [job.id for job in page.items] == [ids[0], later, ids[4], ids[9]]
    assert (page.total, queue(shop, "nobody").pending) == (4, 4)
    first = shop.product.page("nobody", State.PENDING, limit=3)
    rest = shop.product.page("nobody", State.PENDING, cursor=first.next_cursor or "", limit=3)
    assert [job.id for job in (*first.items, *rest.items)] == [job.id for job in page.items]
    assert rest.next_cursor is None
    for job in page.items:
        shop.product.discard("nobody", job.id)
    assert queue(shop, "nobody").pending == 0


def test_one_waiting_task_is_shown_with_its_arguments_and_what_can_be_done(shop: Shop) -> None:
    task_id = shop.send("charge", 7, queue="nobody", kwargs={"password": "hunter2"}, countdown=600)
    job = shop.product.job("nobody", task_id)
    assert (job.type, job.state) == ("shop.charge", State.PENDING)
    assert job.payload.data == {"args": [7], "kwargs": {"password": "hunter2"}}  # hidden by the mirror
    assert job.scheduled_for is not None
    assert job.can(Action.CANCEL)
    assert job.can(Action.PURGE)
    shop.product.discard("nobody", task_id)
    with pytest.raises(UnknownJob):
        shop.product.job("nobody", task_id)


def test_a_running_task_is_shown_with_its_worker_though_redis_holds_nothing_of_it(shop: Shop) -> None:
    task_id = shop.send("hold", 60)
    until(lambda: shop.state(task_id) == "STARTED")
    seen(shop)
    (worker,) = shop.product.workers()
    assert (worker.id, worker.host, worker.slots, worker.busy, worker.lost) == ("main@host", "host", 2, 1, False)
    assert [job.id for job in worker.jobs] == [task_id]
    assert set(worker.queues) == {"celery", "mail", "orders"}
    assert queue(shop, "celery").processing == 1
    assert [job.id for job in shop.product.page("celery", State.PROCESSING).items] == [task_id]
    assert shop.product.job("celery", task_id).state == State.PROCESSING
    shop.broker.set(f"test:over:{task_id}", 1)
    shop.ended(task_id)


def test_a_task_with_late_acknowledgement_is_running_not_waiting(shop: Shop) -> None:
    task_id = shop.send("late", 60)
    until(lambda: shop.state(task_id) == "STARTED")
    job = seen(shop).product.job("celery", task_id)
    assert (job.state, job.payload.data) == (State.PROCESSING, {"args": [60], "kwargs": {}})
    shop.broker.set(f"test:over:{task_id}", 1)
    shop.ended(task_id)


def test_tasks_for_later_that_a_worker_holds_are_scheduled_and_retries_are_retrying(shop: Shop) -> None:
    later = shop.send("add", 1, 2, eta=datetime.now(UTC) + timedelta(hours=1))
    retried = shop.send("again")
    until(lambda: shop.state(retried) == "RETRY" and shop.broker.hlen("unacked") >= 2)
    seen(shop)
    assert [job.id for job in shop.product.page("celery", State.SCHEDULED).items] == [later]
    assert [job.id for job in shop.product.page("celery", State.RETRYING).items] == [retried]
    assert (queue(shop, "celery").scheduled, queue(shop, "celery").retrying) == (1, 1)
    assert shop.product.job("celery", later).state == State.SCHEDULED
    with pytest.raises(ActionRefused):
        shop.product.discard("celery", later)
    for each in (later, retried):
        assert shop.product.cancel("celery", each) == State.CANCELLED


def test_a_waiting_task_that_was_cancelled_is_not_run(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.worker(pool="threads", slots=1)
    blocking = shop.send("hold", 60)
    until(lambda: shop.state(blocking) == "STARTED")
    before = [shop.send("add", 1, number) for number in range(5)]  # a worker does not hand the last one to its pool yet
    task_id = shop.send("add", 1, 2)
    assert shop.product.cancel("celery", task_id) == State.CANCELLED
    shop.broker.set(f"test:over:{blocking}", 1)
    shop.ended(*before)
    until(lambda: shop.state(task_id) == "REVOKED")
    assert shop.runs(task_id) == 0
    assert shop.product.job("celery", task_id).state == State.CANCELLED
    with pytest.raises(ActionRefused):
        shop.product.cancel("celery", task_id)


def test_a_running_task_that_was_cancelled_is_ended(shop: Shop) -> None:
    task_id = shop.send("hold", 60)
    until(lambda: shop.state(task_id) == "STARTED")
    assert shop.product.cancel("celery", task_id) == State.PROCESSING
    until(lambda: shop.state(task_id) == "REVOKED")


def test_a_paused_queue_hands_out_nothing_until_it_is_resumed(shop: Shop) -> None:
    shop.product.pause("mail")
    assert queue(shop, "mail").paused is True
    task_id = shop.send("add", 1, 2, queue="mail")
    shop.ended(shop.send("add", 3, 4))
    assert queue(shop, "mail").pending == 1
    shop.product.resume("mail")
    shop.ended(task_id)
    assert queue(shop, "mail").paused is False


def test_what_nobody_hears_is_refused(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    task_id = shop.send("add", 1, 2)
    with pytest.raises(ActionRefused, match="no worker"):
        shop.product.pause("celery")
    with pytest.raises(ActionRefused, match="no worker"):
        shop.product.cancel("celery", task_id)
    assert shop.product.job("celery", task_id).state == State.PENDING


def test_a_worker_that_was_killed_is_lost_and_what_it_runs_is_not_known(make_shop: Callable[..., Shop]) -> None:
    now = [1_000_000.0]
    shop = make_shop()
    shop.worker(pool="threads")
    product = shop.new_product()
    product._application.roster._clock = lambda: now[0]
    product._application.clock = lambda: now[0]
    task_id = shop.send("late", 60)
    until(lambda: shop.state(task_id) == "STARTED")
    product._application.roster.refresh()
    assert next(each for each in product.queues() if each.name == "celery").stalled is None
    shop.close()
    now[0] += 61
    product._application.roster.refresh()
    (worker,) = product.workers()
    assert (worker.lost, worker.busy) == (True, None)
    left = next(each for each in product.queues() if each.name == "celery")
    assert (left.processing, left.workers, left.stalled) == (None, 0, 1)


def test_who_looks_after_a_long_time_waits_for_a_new_answer(shop: Shop) -> None:
    product = shop.new_product()
    product.workers()
    later = product._application.clock() + 3_600
    product._application.clock = product._application.roster._clock = lambda: later
    product._application.roster.forget()
    (worker,) = product.workers()
    assert worker.heartbeat_at == later
    assert next(each for each in product.queues() if each.name == "celery").processing is not None


def test_what_was_asked_leaves_nothing_behind_that_stays(shop: Shop) -> None:
    seen(shop)
    replies = list(shop.broker.scan_iter("*reply.celery.pidbox"))
    own = [key for key in replies if key.startswith(b"redrive-")]
    assert all(0 < shop.broker.ttl(key) <= 20 for key in own)
    members = shop.broker.smembers("_kombu.binding.reply.celery.pidbox")
    assert not [member for member in members if member.startswith(b"redrive-")]


def test_an_asker_that_was_killed_while_it_waited_is_swept(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    binding, left = "_kombu.binding.reply.celery.pidbox", b"redrive-1000-x\x06\x16\x06\x16redrive-1000-x.reply"
    shop.broker.sadd(binding, left)
    seen(shop)
    assert shop.broker.sismember(binding, left) == 0


def test_a_queue_that_is_not_there_is_unknown_and_one_that_was_named_is_there(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    with pytest.raises(UnknownQueue):
        shop.product.page("celery", State.PENDING)
    assert shop.product.queues() == []
    named = shop.new_product(queues=["reports"])
    assert [each.name for each in named.queues()] == ["reports"]
    assert named.page("reports", State.PENDING).items == ()


def test_transport_options_of_the_application_are_followed(make_shop: Callable[..., Shop]) -> None:
    options = {"sep": ":", "priority_steps": [0, 5], "unacked_key": "taken", "unacked_index_key": "taken_index"}
    shop = make_shop(transport=options)
    ids = [shop.send("add", 1, 1, queue="nobody", priority=priority) for priority in (5, 0)]
    product = shop.new_product(**options)
    assert [job.id for job in product.page("nobody", State.PENDING).items] == list(reversed(ids))
    assert shop.broker.exists("nobody:5")
    shop.worker(pool="threads")
    shop.send("add", 1, 1, countdown=3_600)
    until(lambda: shop.broker.hlen("taken"))
    product._application.roster.refresh()
    assert product.page("celery", State.SCHEDULED).total == 1


def test_ended_tasks_are_shown_from_their_results(shop: Shop) -> None:
    good, (bad,) = shop.send("add", 2, 3), shop.fail()
    shop.ended(good)
    done = shop.product.job("celery", good)
    assert (done.state, done.result, done.payload.data) == (State.SUCCEEDED, "5", {"args": [2, 3], "kwargs": {}})
    failed = shop.product.job("celery", bad)
    assert failed.error is not None
    assert (failed.state, failed.error.type) == (State.FAILED, "ValueError")
    assert failed.can(Action.REQUEUE)
