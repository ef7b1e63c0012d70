"""Failures are put back, taken away, restored and taken back; real workers run what was put back, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.adapters.celery.revoked import note
from dashboard.adapters.contract import ActionRefused, InvalidRequest, UnknownJob
from dashboard.adapters.mirrored.product import Fate
from tests.adapters.celery.running import Shop, kept
from tests.conftest import RealServer
from tests.waiting import until


@pytest.fixture
def still_shop(make_shop: Callable[..., Shop]) -> Shop:
    """A shop whose worker can be stopped."""
    shop = make_shop()
    shop.worker(pool="threads")
    return shop


def test_a_failure_that_was_put_back_is_run_once_by_a_worker_under_its_id(shop: Shop) -> None:
    (task_id,) = shop.fail()
    letters = kept(*shop.letters(task_id))
    shop.mend()
    assert shop.product.requeue("celery", letters, "op-1") == [True]
    until(lambda: shop.state(task_id) == "SUCCESS")
    assert shop.runs(task_id) == 2
    assert shop.product.fates("celery", letters) == [Fate.SUCCEEDED]


def test_the_same_move_repeated_does_nothing_again_and_answers_the_same(shop: Shop) -> None:
    ids = shop.fail(3)
    letters = kept(*shop.letters(*ids))
    shop.mend()
    assert shop.product.requeue("celery", letters, "op-2") == [True] * 3
    until(lambda: all(shop.state(each) == "SUCCESS" for each in ids))
    assert shop.product.requeue("celery", letters, "op-2") == [True] * 3
    assert shop.product.requeue("celery", letters, "op-3") == [False] * 3
    shop.ended(shop.send("add", 1, 2))
    assert [shop.runs(each) for each in ids] == [2, 2, 2]


def test_what_failed_again_is_a_failure_anew(shop: Shop) -> None:
    (task_id,) = shop.fail()
    (letter,) = shop.letters(task_id)
    assert shop.product.requeue("celery", kept(letter), "") == [True]
    until(lambda: shop.state(task_id) == "FAILURE")
    assert shop.letters(task_id, product=shop.new_product())[0].failed_at > letter.failed_at
    assert shop.product.fates("celery", kept(letter)) == [Fate.FAILED]
    assert shop.product.still_failed("celery", [task_id, "never-was"]) == [True, False]


def test_a_purged_failure_is_gone_for_celery_and_comes_back_as_it_was(shop: Shop) -> None:
    (task_id,) = shop.fail()
    letters, key = kept(*shop.letters(task_id)), f"celery-task-meta-{task_id}"
    before, left = shop.backend.get(key), shop.backend.ttl(key)
    assert shop.product.purge("celery", letters, "op-4", 600) == [True]
    assert shop.product.purge("celery", letters, "op-4", 600) == [True]
    assert shop.state(task_id) == "PENDING"
    assert shop.product.restore("celery", letters, "op-5") == [True]
    assert shop.product.restore("celery", letters, "op-6") == [False]
    assert shop.backend.get(key) == before
    assert left - 30 < shop.backend.ttl(key) <= left


def test_what_is_kept_of_a_purge_goes_after_its_time(shop: Shop) -> None:
    (task_id,) = shop.fail()
    shop.product.purge("celery", kept(*shop.letters(task_id)), "", 600)
    own = [key for key in shop.backend.scan_iter("redrive:moves:trash:*") if task_id.encode() in key]
    assert len(own) == 2
    assert all(0 < shop.backend.ttl(key) <= 600 for key in own)


def test_a_requeue_is_taken_back_while_its_message_waits(still_shop: Shop) -> None:
    shop = still_shop
    ids = shop.fail(2)
    letters = kept(*shop.letters(*ids))
    before = [shop.backend.get(f"celery-task-meta-{each}") for each in ids]
    shop.close()
    shop.product.requeue("celery", letters, "op-7")
    assert shop.product.fates("celery", letters) == [Fate.WAITING] * 2
    assert [shop.state(each) for each in ids] == ["PENDING"] * 2
    assert shop.product.take_back("celery", letters, "op-8") == [True] * 2
    assert shop.product.take_back("celery", letters, "op-8") == [True] * 2
    assert shop.broker.llen("celery") == 0
    assert [shop.backend.get(f"celery-task-meta-{each}") for each in ids] == before


def test_a_requeue_that_a_worker_has_run_is_not_taken_back(shop: Shop) -> None:
    (task_id,) = shop.fail()
    letters = kept(*shop.letters(task_id))
    shop.mend()
    shop.product.requeue("celery", letters, "op-9")
    until(lambda: shop.state(task_id) == "SUCCESS")
    assert shop.product.take_back("celery", letters, "op-10") == [False]


def test_a_failure_goes_back_with_other_arguments(shop: Shop) -> None:
    (task_id,) = shop.fail()
    (letter,) = kept(*shop.letters(task_id))
    shop.mend()
    shop.product.enqueue_edited("celery", letter, {"args": [7, 2.5], "kwargs": {"note": "ok"}})
    until(lambda: shop.state(task_id) == "SUCCESS")
    assert shop.app.backend.get_result(task_id) == "charged 7 2.5 ['note']"


@pytest.mark.parametrize(
    "data",
    [[1, 2], {"args": {}}, {"args": [], "kwargs": []}, {"args": [], "more": 1}, None, {"args": ["x" * 2_000_000]}],
)
def test_arguments_that_a_worker_could_not_read_are_refused(shop: Shop, data: Any) -> None:
    (task_id,) = shop.fail()
    (letter,) = kept(*shop.letters(task_id))
    with pytest.raises(InvalidRequest):
        shop.product.enqueue_edited("celery", letter, data)
    assert shop.state(task_id) == "FAILURE"


def test_a_failure_that_is_gone_is_not_edited(shop: Shop) -> None:
    (task_id,) = shop.fail()
    (letter,) = kept(*shop.letters(task_id))
    shop.backend.delete(f"celery-task-meta-{task_id}")
    with pytest.raises(UnknownJob):
        shop.product.enqueue_edited("celery", letter, {"args": [1]})


def test_a_task_that_was_revoked_goes_back_under_a_new_id(shop: Shop) -> None:
    (task_id,) = shop.fail()
    letters = kept(*shop.letters(task_id))
    shop.app.control.revoke(task_id)
    note(shop.product._application.access, task_id, shop.product._application.clock())
    shop.mend()
    assert shop.product.requeue("celery", letters, "op-11") == [True]
    until(lambda: shop.product.fates("celery", letters) == [Fate.SUCCEEDED])
    assert shop.runs(task_id) == 1


def test_a_failure_without_its_arguments_is_not_put_back_and_stays(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(extended=False)
    shop.worker(pool="threads")
    (task_id,) = shop.fail()
    (letter,) = shop.letters(task_id)
    assert shop.product.requeue(letter.queue, kept(letter), "op-12") == [False]
    with pytest.raises(ActionRefused, match="result_extended"):
        shop.product.enqueue_edited(letter.queue, kept(letter)[0], {"args": []})
    assert shop.state(task_id) == "FAILURE"
    assert shop.product.purge(letter.queue, kept(letter), "", 60) == [True]


def test_one_server_with_results_in_another_database_moves_in_one_step(
    make_shop: Callable[..., Shop], other_database: str
) -> None:
    shop = make_shop(backend=other_database, prefix="acme:")
    shop.worker(pool="threads")
    ids = shop.fail(2)
    letters = kept(*shop.letters(*ids))
    shop.mend()
    assert shop.product.requeue("celery", letters[:1], "op-13") == [True]
    until(lambda: shop.state(ids[0]) == "SUCCESS")
    shop.close()
    assert shop.product.requeue("celery", letters[1:], "op-13") == [True]
    assert shop.broker.llen("acme:celery") == 1
    assert shop.product.take_back("celery", letters[1:], "op-14") == [True]
    assert (shop.broker.llen("acme:celery"), shop.state(ids[1])) == (0, "FAILURE")


def test_with_two_servers_a_move_that_broke_off_between_them_is_completed_by_its_repetition(
    make_shop: Callable[..., Shop], make_server: type[RealServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_shop(backend=make_server().start().url)
    shop.worker(pool="threads")
    ids = shop.fail(2)
    letters = kept(*shop.letters(*ids))
    shop.mend()
    with monkeypatch.context() as broken:
        _breaks_at_broker(shop, broken)
        with pytest.raises(KeyboardInterrupt):
            shop.product.requeue("celery", letters, "op-15")
    assert [shop.state(each) for each in ids] == ["PENDING"] * 2
    assert shop.product.requeue("celery", letters, "op-15") == [True] * 2
    assert shop.product.requeue("celery", letters, "op-15") == [True] * 2
    until(lambda: all(shop.state(each) == "SUCCESS" for each in ids))
    assert [shop.runs(each) for each in ids] == [2, 2]


def test_with_two_servers_a_requeue_is_taken_back_too(
    make_shop: Callable[..., Shop], make_server: type[RealServer]
) -> None:
    shop = make_shop(backend=make_server().start().url)
    shop.worker(pool="threads")
    (task_id,) = shop.fail()
    letters = kept(*shop.letters(task_id))
    shop.close()
    assert shop.product.requeue("celery", letters, "op-16") == [True]
    assert shop.product.take_back("celery", letters, "op-17") == [True]
    assert (shop.broker.llen("celery"), shop.state(task_id)) == (0, "FAILURE")


def _breaks_at_broker(shop: Shop, broken: pytest.MonkeyPatch) -> None:
    access = shop.product._application.access
    ask_each = access.ask_each

    def run(client: Any, name: str, calls: Any) -> list[Any]:
        if name == "send":
            raise KeyboardInterrupt
        return ask_each(client, name, calls)

    broken.setattr(access, "ask_each", run)


def test_a_message_that_was_put_back_has_all_that_a_worker_needs(still_shop: Shop) -> None:
    shop = still_shop
    (task_id,) = shop.fail(queue="mail")
    letters = kept(*shop.letters(task_id))
    shop.close()
    shop.product.requeue("mail", letters, "")
    envelope = json.loads(shop.broker.lindex("mail", 0))  # type: ignore[arg-type]
    assert envelope["headers"]["id"] == envelope["properties"]["correlation_id"] == task_id
    assert envelope["properties"]["delivery_info"] == {"exchange": "", "routing_key": "mail"}
    assert envelope["content-type"] == "application/json"
