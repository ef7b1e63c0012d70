"""A message is handed out again only from where it was, and only to where somebody takes it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from dashboard.adapters.celery import redelivery
from dashboard.adapters.celery.held import HeldTask
from dashboard.adapters.celery.orphans import Orphan
from dashboard.adapters.mirrored.product import Kept
from tests.adapters.celery.running import Shop
from tests.adapters.celery.test_hostile import envelope

FETCHED = 1_234_567_890.123457


def bereft(shop: Shop, queue: str, exchange: str = "") -> Orphan:
    """An orphan as it is known, and its message where a worker left it."""
    message = envelope(headers={"task": "shop.add", "id": "id-1", "redelivered": True})
    shop.broker.hset("unacked", "t-1", json.dumps([message, exchange, queue]))
    shop.broker.zadd("unacked_index", {"t-1": FETCHED})
    orphan = Orphan(HeldTask("id-1", queue, "shop.add", "t-1"), FETCHED, FETCHED + 3_600)
    orphans = shop.product._application.orphans
    orphans._known, orphans._known_at = (orphan,), time.time()
    return orphan


def test_one_that_another_worker_was_handed_meanwhile_stays_with_it(
    make_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_shop()
    application = shop.product._application
    orphan = bereft(shop, "celery")

    def handed_out_just_behind(_: Orphan) -> bool:
        shop.broker.zadd("unacked_index", {"t-1": FETCHED + 3_601})
        return True

    with monkeypatch.context() as patch:
        patch.setattr(application.orphans, "still", handed_out_just_behind)
        assert redelivery.redeliver(application, orphan) is False
    assert (shop.broker.llen("celery"), shop.broker.hlen("unacked"), shop.broker.zcard("unacked_index")) == (0, 1, 1)
    shop.broker.zadd("unacked_index", {"t-1": FETCHED})
    assert redelivery.redeliver(application, orphan) is True
    assert (shop.broker.llen("celery"), shop.broker.hlen("unacked"), shop.broker.zcard("unacked_index")) == (1, 0, 0)


def test_one_whose_queue_is_told_by_a_pattern_is_not_put_where_nobody_takes_from(
    make_shop: Callable[..., Shop],
) -> None:
    shop = make_shop()
    shop.broker.sadd("_kombu.binding.events", b"order.*\x06\x16order.*\x06\x16orders")
    shop.product._application.bindings.learn(["orders"], ["events"])
    bereft(shop, "order.created", "events")
    assert shop.product.requeue("order.created", [Kept("id-1", "", 0.0, None, {})], "") == [False]
    assert (shop.broker.exists("order.created"), shop.broker.hlen("unacked")) == (0, 1)
