"""JSON can hold half a character, which is no UTF-8: a task that tells such things hides no other."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.adapters.celery.names import raw
from dashboard.adapters.contract import Selector, State
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from tests.adapters.celery.running import Shop, kept
from tests.adapters.celery.test_hostile import envelope

HALF = "caf\udce9 \ud800"
FAILURE: dict[str, Any] = {
    "status": "FAILURE", "result": {"exc_type": "ValueError", "exc_message": ["bad"], "exc_module": "builtins"},
    "traceback": "", "children": [], "name": "shop.add", "args": [1], "kwargs": {}, "worker": "main@host",
    "retries": 0, "queue": "celery",
}  # fmt: skip


@pytest.fixture
def quiet_shop(make_shop: Callable[..., Shop]) -> Shop:
    """A shop without workers, with a queue."""
    shop = make_shop()
    shop.product._application.bindings.learn(["celery"])
    return shop


@pytest.mark.parametrize(
    "told",
    [
        {"result": {"exc_type": HALF, "exc_message": [f"no file {HALF}"], "exc_module": HALF}}, {"traceback": HALF},
        {"name": HALF}, {"worker": HALF}, {"queue": HALF}, {"args": [HALF], "kwargs": {HALF: HALF}}, {"version": HALF},
        {"parent_id": HALF},
    ],
    ids=lambda told: next(iter(told)),
)  # fmt: skip
def test_a_failure_that_tells_them_is_recorded_with_the_others(quiet_shop: Shop, told: dict[str, Any]) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    for task_id, more in (("odd", told), ("plain", {})):
        quiet_shop.backend.set(f"celery-task-meta-{task_id}", json.dumps({**FAILURE, "date_done": at, **more}))
    adapter = MirroredAdapter(quiet_shop.product, quiet_shop.settings["broker"], {})
    for _ in range(4):
        adapter.maintain()
    assert {job.id for job in adapter.jobs(Selector()).items} == {"odd", "plain"}


def test_a_task_that_is_called_so_is_listed_and_put_back(quiet_shop: Shop) -> None:
    result = {**FAILURE, "name": HALF, "args": [HALF], "date_done": "2026-01-01T00:00:00"}
    quiet_shop.backend.set("celery-task-meta-odd", json.dumps(result))
    letters = kept(*quiet_shop.letters("odd"))
    assert quiet_shop.product.requeue("celery", letters, "op-1") == [True]
    (job,) = quiet_shop.product.page("celery", State.PENDING).items
    assert quiet_shop.product.job("celery", job.id).payload.data == {"args": [HALF], "kwargs": {}}
    assert quiet_shop.product.take_back("celery", letters, "op-2") == [True]


def test_messages_with_them_are_listed_and_asked_for(quiet_shop: Shop) -> None:
    odd = envelope(headers={"task": HALF, "id": HALF, "ignore_result": True})
    quiet_shop.broker.lpush("celery", json.dumps(odd))
    quiet_shop.broker.hset("unacked", "tag", json.dumps([odd, HALF, HALF]))
    (job,) = quiet_shop.product.page("celery", State.PENDING).items
    assert quiet_shop.product.job("celery", job.id).id == HALF
    assert quiet_shop.product.still_failed("celery", [HALF]) == [False]
    quiet_shop.product._application.roster.refresh()
    assert [queue.name for queue in quiet_shop.product.queues()] == ["celery"]


def test_a_worker_that_names_its_queues_so_is_shown(quiet_shop: Shop) -> None:
    bindings = quiet_shop.product._application.bindings
    bindings.learn([HALF], [HALF])
    assert HALF in [queue.name for queue in quiet_shop.product.queues()]
    others = quiet_shop.new_product()._application.bindings.queues()
    assert raw(HALF) in map(raw, others)


def test_a_failure_whose_id_is_no_utf_8_is_moved_like_others(quiet_shop: Shop) -> None:
    for key in (b"celery-task-meta-\xff", b"celery-task-meta-plain"):
        quiet_shop.backend.set(key, json.dumps({**FAILURE, "date_done": "2026-01-01T00:00:00"}))
    letters = kept(*quiet_shop.letters("\udcff", "plain"))
    product = quiet_shop.product
    for mark in ("op-1", ""):
        assert product.purge("celery", letters, mark, 60) == [True, True]
        assert product.purge("celery", letters, mark, 60) == [bool(mark)] * 2
        assert product.restore("celery", letters, mark and f"{mark}-back") == [True, True]
    assert product.requeue("celery", letters, "op-3") == [True, True]
    assert {job.id for job in product.page("celery", State.PENDING).items} == {"\udcff", "plain"}
    assert len(product.fates("celery", letters)) == 2
    assert product.take_back("celery", letters, "op-4") == [True, True]
    assert product.still_failed("celery", ["\udcff", "plain"]) == [True, True]
