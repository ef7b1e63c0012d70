"""An application that captures its failures has them put back without `result_extended`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from redrive.contrib.celery import capture_failures
from tests.adapters.celery.running import Shop, kept
from tests.adapters.celery.shop import configured
from tests.waiting import until


def test_a_captured_failure_knows_what_was_called_and_is_put_back(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(extended=False, captured=True)
    shop.worker("celery,mail", slots=1, pool="solo")
    (task_id,) = shop.fail(queue="mail")
    until(lambda: shop.broker.exists(f"redrive:captured:celery:{task_id}"))
    (letter,) = shop.letters(task_id)
    assert (letter.type, letter.queue, letter.data) == ("shop.charge", "mail", {"args": [0], "kwargs": {}})
    assert (letter.version, letter.requeueable) == ("shop 4.2.0", "")
    shop.mend()
    assert shop.product.requeue("mail", kept(letter), "") == [True]
    until(lambda: shop.state(task_id) == "SUCCESS")
    assert shop.runs(task_id) == 2


def test_a_failure_of_an_earlier_run_completes_no_later_one(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(extended=False, captured=True)
    shop.worker("celery,mail", slots=1, pool="solo")
    (task_id,) = shop.fail(queue="mail")
    key = f"redrive:captured:celery:{task_id}"
    until(lambda: shop.broker.exists(key))
    recorded = bytes(shop.broker.lindex(key, -1) or b"")  # type: ignore[arg-type]
    shop.broker.lset(key, -1, recorded.replace(b'"failed_at":', b'"failed_at":1'))
    (letter,) = shop.letters(task_id)
    assert "result_extended" in letter.requeueable


def test_a_broker_that_is_no_redis_needs_an_address() -> None:
    app = configured({"broker": "memory://"})
    with pytest.raises(ValueError, match="is no Redis"):
        capture_failures(app)
