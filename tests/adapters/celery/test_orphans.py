"""Messages that a dead worker had fetched, while other workers take from the same queue."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.orphans import LOOKED_SECONDS, OLD_SECONDS
from dashboard.adapters.contract import Action, ActionRefused, Exactness, Queue, State, UnknownJob
from dashboard.adapters.mirrored.product import Kept
from tests.adapters.celery.running import Shop, until
from tests.adapters.celery.test_requeue_from_the_page import Desk


def fetched(shop: Shop, count: int = 3, task: str = "add") -> list[str]:
    """Messages that a worker with one thread holds while it runs something else."""
    running = shop.send("hold", 60)
    until(lambda: shop.state(running) == "STARTED")
    ids = [shop.send(task, 1, number) for number in range(count)]
    until(lambda: shop.broker.hlen("unacked") == count)
    return ids


@pytest.fixture
def bereft(make_shop: Callable[..., Shop]) -> Shop:
    """A shop one of whose workers was killed with messages in its hands; another one takes from the same queue."""
    shop = make_shop(prefetch=4)
    shop.worker("celery", name="dead", pool="threads", slots=1)
    shop.ids = fetched(shop)  # type: ignore[attr-defined]
    shop.close()
    shop.worker("celery", name="alive", pool="threads", slots=1)
    return shop


def looked(application: Application, times: int = 2) -> None:
    """Ask the workers some times, the first time as soon as messages are old enough."""
    begun = application.clock() + OLD_SECONDS + 1
    for turn in range(times):
        application.orphans._clock = lambda turn=turn: begun + turn * LOOKED_SECONDS
        application.orphans.look(application.roster.refresh())


def queue(shop: Shop) -> Queue:
    return next(each for each in shop.product.queues() if each.name == "celery")


def test_messages_that_no_worker_has_are_stalled_though_others_take_from_the_queue(bereft: Shop) -> None:
    looked(bereft.product._application)
    assert (queue(bereft).stalled, queue(bereft).processing) == (3, 3)
    page = bereft.product.page("celery", State.PROCESSING)
    assert {job.id for job in page.items} == set(bereft.ids)  # type: ignore[attr-defined]
    for job in page.items:
        score = bereft.broker.zscore("unacked_index", bereft.product._application.orphans.of("celery")[0].task.tag)
        assert job.started_at == pytest.approx(score, abs=10)
        assert job.back_at == pytest.approx((job.started_at or 0) + 3_600)
        assert job.worker == ""
    whole = bereft.product.job("celery", page.items[0].id)
    assert (whole.state, whole.back_at) == (State.PROCESSING, page.items[0].back_at)
    assert whole.payload.data["args"][0] == 1
    assert not whole.can(Action.PURGE)


def test_one_look_is_not_enough_and_nothing_is_changed(bereft: Shop) -> None:
    before = bereft.broker.hgetall("unacked"), bereft.broker.zrange("unacked_index", 0, -1, withscores=True)
    looked(bereft.product._application, 1)
    assert queue(bereft).stalled == 0
    looked(bereft.product._application)
    assert before == (
        bereft.broker.hgetall("unacked"), bereft.broker.zrange("unacked_index", 0, -1, withscores=True)
    )  # fmt: skip


def test_what_was_handed_out_again_is_no_orphan_any_more(bereft: Shop) -> None:
    application = bereft.product._application
    looked(application)
    bereft.broker.delete("unacked", "unacked_index")
    application.orphans._looked = None
    looked(application, 1)
    assert queue(bereft).stalled == 0
    assert bereft.product.page("celery", State.PROCESSING).items == ()


def test_when_it_is_handed_out_again_the_workers_say_or_the_source(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(prefetch=4, transport={"visibility_timeout": 7_200})
    shop.worker("celery", name="dead", pool="threads", slots=1)
    fetched(shop, 1)
    shop.close()
    shop.worker("celery", name="alive", pool="threads", slots=1)
    for product, seconds in ((shop.product, 7_200), (shop.new_product(visibility_timeout=60), 60)):
        product._application.bindings.learn(["celery"])
        looked(product._application)
        (orphan,) = product._application.orphans.of("celery")
        assert orphan.back_at - orphan.fetched_at == seconds


def test_what_a_living_worker_holds_is_no_orphan(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(prefetch=4)
    shop.worker("celery", pool="threads", slots=1)
    fetched(shop)
    looked(shop.product._application, 3)
    assert (queue(shop).stalled, queue(shop).processing) == (0, 1)


def test_what_waits_for_its_rate_limit_in_a_worker_is_no_orphan(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(prefetch=4)
    shop.worker("celery", pool="threads", slots=1)
    shop.app.control.rate_limit("shop.add", "1/h", reply=True)
    ids = [shop.send("add", 1, number) for number in range(3)]
    until(lambda: any(shop.runs(each) for each in ids) and shop.broker.hlen("unacked") == 2)
    looked(shop.product._application, 3)
    assert queue(shop).stalled == 0


def test_a_late_task_that_runs_long_is_no_orphan(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.worker("celery", pool="threads", slots=1)
    task_id = shop.send("late", 60)
    until(lambda: shop.state(task_id) == "STARTED")
    looked(shop.product._application, 3)
    assert (queue(shop).stalled, queue(shop).processing) == (0, 1)


def test_while_a_worker_does_not_answer_it_is_not_known(bereft: Shop) -> None:
    os.kill(bereft.processes[-1].pid, signal.SIGSTOP)
    try:
        looked(bereft.product._application, 3)
        assert queue(bereft).stalled is None
    finally:
        os.kill(bereft.processes[-1].pid, signal.SIGCONT)


def test_a_page_says_that_no_worker_has_it_and_when_it_is_handed_out_again(bereft: Shop) -> None:
    desk = Desk(bereft)
    application = desk.adapter._product._application  # type: ignore[attr-defined]
    now = time.time()
    application.clock = lambda: now
    looked(application)
    task_id = bereft.ids[0]  # type: ignore[attr-defined]
    page = desk.client.get(f"/jobs/jobs/celery/{task_id}").text
    assert "No worker that answers has it any more." in page
    assert "handed out again at about" in page
    assert "none any more" in desk.client.get("/jobs?state=processing&source=jobs&queue=celery").text


def test_a_message_that_no_worker_has_is_handed_out_again_at_once_and_runs_once(bereft: Shop) -> None:
    desk = Desk(bereft)
    application = desk.adapter._product._application  # type: ignore[attr-defined]
    looked(application)
    task_id = bereft.ids[1]  # type: ignore[attr-defined]
    job = desk.adapter.job("celery", task_id)
    assert [offer.exactness for offer in job.actions if offer.action == Action.REQUEUE] == [Exactness.BEST_EFFORT]
    assert desk.adapter.act(Action.REQUEUE, "celery", task_id) == State.PENDING
    assert task_id not in [each.task.id for each in application.orphans.of("celery")]
    bereft.ended(task_id)
    assert bereft.runs(task_id) == 1
    assert bereft.broker.hlen("unacked") == bereft.broker.zcard("unacked_index") == 2
    with pytest.raises((ActionRefused, UnknownJob)):
        desk.adapter.act(Action.REQUEUE, "celery", task_id)
    assert bereft.runs(task_id) == 1


def test_it_is_not_handed_out_again_while_a_worker_does_not_answer_or_has_it(bereft: Shop) -> None:
    application = bereft.product._application
    looked(application)
    before = bereft.broker.hgetall("unacked")
    letter = Kept(bereft.ids[0], "", 0.0, None, {})  # type: ignore[attr-defined]
    os.kill(bereft.processes[-1].pid, signal.SIGSTOP)
    with pytest.raises(ActionRefused, match="does not answer"):
        bereft.product.requeue("celery", [letter], "")
    os.kill(bereft.processes[-1].pid, signal.SIGCONT)
    (orphan,) = [each for each in application.orphans.of("celery") if each.task.id == letter.id]
    bereft.broker.zadd("unacked_index", {orphan.task.tag: time.time()})
    with pytest.raises(ActionRefused):
        bereft.product.requeue("celery", [letter], "")
    assert bereft.broker.hgetall("unacked") == before


def test_a_message_that_no_worker_could_run_is_left_where_it_is(bereft: Shop) -> None:
    application = bereft.product._application
    looked(application)
    orphan = application.orphans.of("celery")[0]
    bereft.broker.hset(
        "unacked", orphan.task.tag, b'[{"headers": {"id": "x"}, "properties": 5, "body": 3}, "", "celery"]'
    )
    with pytest.raises(ActionRefused, match="cannot be read"):
        bereft.product.requeue("celery", [Kept(orphan.task.id, "", 0.0, None, {})], "")
    assert bereft.broker.hexists("unacked", orphan.task.tag)
