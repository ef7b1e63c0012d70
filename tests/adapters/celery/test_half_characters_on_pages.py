"""Pages show a task whose names hold half a character, which is no UTF-8, and all others beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

from dashboard.names_in_addresses import written
from tests.adapters.celery.running import Shop
from tests.adapters.celery.test_half_characters import FAILURE, HALF
from tests.adapters.celery.test_hostile import envelope
from tests.adapters.celery.test_requeue_from_the_page import Desk


def test_every_page_of_such_tasks_is_answered(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    for job_id in (HALF, "plain"):
        shop.broker.lpush("celery", json.dumps(envelope(headers={"task": HALF, "id": job_id})))
    error = {"exc_type": HALF, "exc_message": [HALF], "exc_module": HALF}
    failure = {**FAILURE, "name": HALF, "worker": HALF, "args": [HALF], "traceback": HALF, "result": error}
    shop.backend.set("celery-task-meta-odd", json.dumps({**failure, "date_done": "2026-11-27T00:00:00"}))
    desk = Desk(shop)
    while desk.adapter.maintain():  # type: ignore[attr-defined]
        pass
    odd = quote(written(HALF))
    for address in (
        "/", "/queues/jobs/celery?state=pending", "/jobs?state=pending", "/jobs?state=failed", "/dead",
        "/jobs/jobs/celery/plain", "/jobs/jobs/celery/odd", f"/jobs/jobs/celery/{odd}",
    ):  # fmt: skip
        assert desk.client.get(address).status_code == 200, address
    page = desk.client.get("/jobs?state=pending").text
    assert "plain" in page
    assert "caf? ?" in page
    nothing = desk.client.get(f"/jobs/jobs/{odd}/nothing")
    assert nothing.status_code == 404
