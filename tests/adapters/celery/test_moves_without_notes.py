"""Captured failures come back to where they lay, also when nothing was noted of them: no look had found them yet."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dashboard.adapters.mirrored.product import Kept
from tests.adapters.celery.running import Shop
from tests.conftest import RealServer

KEY = "redrive:captured:celery:odd"
RECORD = {
    "scheme": 1, "id": "odd", "type": "shop.charge", "queue": "mail", "failed_at": 5.0, "error_type": "ValueError",
    "message": "bad", "final": True, "exact": True, "args": [7], "kwargs": {}, "ignored": True,
}  # fmt: skip
UNNOTED = [Kept("odd", "", 0.0, None, {})]


@pytest.fixture(params=["together", "results in another database", "results at another server"])
def silent(
    request: pytest.FixtureRequest, make_shop: Callable[..., Shop], other_database: str, make_server: type[RealServer]
) -> Shop:
    """A shop with one captured failure that has no result."""
    apart = {} if request.param == "together" else {"backend": other_database}
    if "server" in request.param:
        apart = {"backend": make_server().start().url}
    shop = make_shop(**apart)
    shop.broker.rpush(KEY, json.dumps(RECORD))
    return shop


def untouched(shop: Shop) -> None:
    assert [json.loads(each) for each in shop.broker.lrange(KEY, 0, -1)] == [RECORD]  # type: ignore[union-attr]
    assert not shop.backend.exists("celery-task-meta-odd"), "Celery could not read such a result"
    assert shop.product.still_failed("mail", ["odd"]) == [True]


@pytest.mark.parametrize("mark", ["", "op-2"])
def test_a_requeue_is_taken_back(silent: Shop, mark: str) -> None:
    assert silent.product.requeue("mail", UNNOTED, "") == [True]
    assert silent.product.take_back("mail", UNNOTED, mark) == [True]
    assert silent.broker.llen("mail") == 0
    untouched(silent)


@pytest.mark.parametrize("mark", ["", "op-2"])
def test_a_purge_is_restored(silent: Shop, mark: str) -> None:
    assert silent.product.purge("mail", UNNOTED, "", 60) == [True]
    assert silent.product.restore("mail", UNNOTED, mark) == [True]
    untouched(silent)
