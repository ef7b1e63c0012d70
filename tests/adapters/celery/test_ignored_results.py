"""Failures of tasks whose results are ignored: Celery stores nothing of them, the application captures them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.adapters.celery import queues, results
from dashboard.adapters.celery.product import CeleryProduct
from dashboard.adapters.contract import Action, State
from dashboard.adapters.mirrored.product import Fate
from tests.adapters.celery.running import Shop, kept, until
from tests.adapters.celery.test_requeue_from_the_page import Desk
from tests.conftest import RealServer

IGNORE = {"task_ignore_result": True}
KEY = "redrive:captured:celery:{}"


def failed(shop: Shop, queue: str = "mail") -> str:
    """A task that failed, of which no result is stored."""
    task_id = shop.send("charge", 7, queue=queue, kwargs={"note": "ann"}, ignore_result=True)
    until(lambda: shop.broker.exists(KEY.format(task_id)))
    assert shop.backend.get(f"celery-task-meta-{task_id}") is None
    return task_id


@pytest.fixture(params=["together", "results in another database", "results at another server"])
def careless(
    request: pytest.FixtureRequest, make_shop: Callable[..., Shop], other_database: str, make_server: type[RealServer]
) -> Shop:
    """A shop that ignores its results and captures its failures."""
    apart = {} if request.param == "together" else {"backend": other_database}
    if "server" in request.param:
        apart = {"backend": make_server().start().url}
    shop = make_shop(conf=IGNORE, captured=True, **apart)
    shop.worker("celery,mail", slots=1, pool="threads")
    return shop


def test_a_captured_failure_without_a_result_is_found_whole_and_put_back(careless: Shop) -> None:
    task_id = failed(careless)
    (letter,) = careless.letters(task_id)
    assert (letter.type, letter.queue, letter.requeueable) == ("shop.charge", "mail", "")
    assert (letter.error_type, letter.message) == ("ValueError", "card declined for order 7")
    assert letter.traceback.startswith("Traceback (most recent call last):")
    assert letter.data == {"args": [7], "kwargs": {"note": "ann"}}
    assert (letter.attempts, letter.worker, letter.version) == (1, "main@host", "shop 4.2.0")
    assert careless.product.still_failed("mail", [task_id]) == [True]
    job = careless.product.job("mail", task_id)
    assert (job.state, job.can(Action.REQUEUE), job.can(Action.EDIT)) == (State.FAILED, True, True)
    careless.mend()
    assert careless.product.requeue("mail", kept(letter), "op-1") == [True]
    until(lambda: careless.runs(task_id) == 2)
    assert careless.product.requeue("mail", kept(letter), "op-1") == [True]
    assert careless.product.requeue("mail", kept(letter), "op-2") == [False]
    assert careless.product.still_failed("mail", [task_id]) == [False]
    assert careless.runs(task_id) == 2


def test_one_that_fails_again_is_a_new_failure(careless: Shop) -> None:
    task_id = failed(careless)
    (letter,) = careless.letters(task_id)
    careless.product.requeue("mail", kept(letter), "")
    until(lambda: careless.runs(task_id) == 2)
    until(lambda: careless.product.fates("mail", kept(letter)) == [Fate.FAILED])
    (again,) = until(lambda: careless.product.look("rest", 50).letters)
    assert again.id == task_id
    assert again.failed_at > letter.failed_at


def test_a_requeue_is_taken_back_while_it_waits(careless: Shop) -> None:
    task_id = failed(careless)
    (letter,) = careless.letters(task_id)
    before = careless.broker.lrange(KEY.format(task_id), 0, -1)
    careless.close()
    assert careless.product.requeue("mail", kept(letter), "op-1") == [True]
    assert not careless.broker.exists(KEY.format(task_id))
    assert careless.product.job("mail", task_id).state == State.PENDING
    assert careless.product.take_back("mail", kept(letter), "op-2") == [True]
    assert careless.product.take_back("mail", kept(letter), "op-2") == [True]
    assert careless.broker.llen("mail") == 0
    assert careless.broker.lrange(KEY.format(task_id), 0, -1) == before
    assert 0 < careless.broker.ttl(KEY.format(task_id)) <= 7 * 86_400


def test_it_is_purged_and_restored_as_it_was(careless: Shop) -> None:
    task_id = failed(careless)
    (letter,) = careless.letters(task_id)
    before = careless.broker.lrange(KEY.format(task_id), 0, -1)
    for mark in ("op-1", ""):
        assert careless.product.purge("mail", kept(letter), mark, 60) == [True]
        assert careless.product.purge("mail", kept(letter), mark, 60) == [bool(mark)]
        assert careless.product.still_failed("mail", [task_id]) == [False]
        assert careless.new_product().look("", 50).letters == ()
        assert careless.product.restore("mail", kept(letter), mark and f"{mark}-back") == [True]
        assert careless.broker.lrange(KEY.format(task_id), 0, -1) == before


def test_both_kinds_of_failures_are_moved_together(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(captured=True)
    shop.worker("celery,mail", slots=1, pool="threads")
    (stored,) = shop.fail(queue="mail")
    until(lambda: shop.broker.exists(KEY.format(stored)))
    shop.close()
    record = json.loads(shop.broker.lindex(KEY.format(stored), -1) or b"")  # type: ignore[arg-type]
    shop.broker.rpush(KEY.format("other"), json.dumps({**record, "id": "other", "ignored": True}))
    shop.broker.xadd("redrive:captured:celery", {"id": "other"})
    letters = kept(*shop.letters(stored, "other"))
    assert shop.product.purge("mail", letters, "op-1", 60) == [True, True]
    assert shop.product.restore("mail", letters, "op-2") == [True, True]
    assert shop.product.requeue("mail", letters, "op-3") == [True, True]
    assert shop.product.take_back("mail", letters, "op-4") == [True, True]
    assert shop.product.still_failed("mail", [stored, "other"]) == [True, True]


def test_a_failure_whose_result_was_purged_does_not_come_back_from_what_was_captured(
    make_shop: Callable[..., Shop],
) -> None:
    shop = make_shop(captured=True)
    shop.worker("celery,mail", slots=1, pool="threads")
    (task_id,) = shop.fail(queue="mail")
    until(lambda: shop.broker.exists(KEY.format(task_id)))
    (letter,) = shop.letters(task_id)
    assert shop.product.purge("mail", kept(letter), "op-1", 60) == [True]
    assert shop.product.still_failed("mail", [task_id]) == [False]
    assert shop.new_product().look("", 50).letters == ()


@pytest.mark.parametrize(
    "record",
    [
        b"", b"[]", b"{}", b"[" * 10_000, b'{"ignored": true, "final": true, "failed_at": 1e300}',
        b'{"ignored": true, "final": true, "failed_at": 5, "args": 3, "type": {}, "queue": [], "traceback": 7}',
    ],
)  # fmt: skip
def test_whatever_lies_where_failures_are_captured_breaks_nothing(
    make_shop: Callable[..., Shop], record: bytes
) -> None:
    shop = make_shop()
    shop.broker.rpush(KEY.format("odd"), record)
    shop.broker.set(KEY.format("text"), "x")
    for task_id in ("odd", "text", "none"):
        shop.broker.xadd("redrive:captured:celery", {"id": task_id})
    letters = shop.product.look("", 50).letters
    assert {letter.id for letter in letters} <= {"odd"}
    assert all(letter.requeueable for letter in letters)
    shop.broker.delete("redrive:captured:celery")
    shop.broker.set("redrive:captured:celery", "x")
    assert shop.new_product().look("", 50).letters is not None


def test_arguments_that_were_not_captured_cannot_be_put_back(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    record = {"ignored": True, "final": True, "failed_at": 5.0, "args": None, "type": "shop.charge", "queue": "mail"}
    shop.broker.rpush(KEY.format("odd"), json.dumps(record))
    shop.broker.xadd("redrive:captured:celery", {"id": "odd"})
    shop.product._application.bindings.learn(["mail"])
    (letter,) = shop.letters("odd")
    assert letter.requeueable == letter.undecodable == results.NOT_CAPTURED


@pytest.mark.parametrize("captured", [False, True])
def test_the_page_of_a_queue_says_why_failures_may_be_missing_and_what_to_do(
    make_shop: Callable[..., Shop], captured: bool
) -> None:
    shop = make_shop(conf=IGNORE, captured=captured)
    shop.worker("celery", slots=1, pool="threads")
    task_id = shop.send("charge", 7, ignore_result=True)
    until(lambda: shop.runs(task_id))
    if captured:
        until(lambda: shop.broker.exists("redrive:captured:celery"))
    shop.send("add", 1, 2, queue="celery", ignore_result=True, countdown=600)
    until(lambda: shop.broker.hlen("unacked"))
    desk = Desk(shop)
    product: CeleryProduct = desk.adapter._product  # type: ignore[attr-defined]
    product._application._look_further(product._application.roster.refresh())
    page = desk.client.get("/queues/jobs/celery").text
    assert ("redrive.contrib.celery" in page) is not captured
    hint: Any = next(each for each in product.queues() if each.name == "celery").hint
    assert hint == ("" if captured else queues.IGNORED)


def test_another_process_knows_which_queues_ignore_results(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.send("add", 1, 2, queue="nobody", ignore_result=True)
    shop.product.page("nobody", State.PENDING)
    assert [each.hint for each in shop.product.queues() if each.name == "nobody"] == [queues.IGNORED]
    assert [each.hint for each in shop.new_product().queues() if each.name == "nobody"] == [queues.IGNORED]
