"""Pages of products that tell less than our own queues show no figure that was not read, and say what is not told."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from flask.testing import FlaskClient

from dashboard.adapters.taskiq import pages as taskiq_pages
from dashboard.app import create_app
from dashboard.services import build_services
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders import arq, dramatiq, huey
from tests.web.conftest import words


def pages(redis_url: str, kind: str, **options: Any) -> FlaskClient:
    """Pages of one source of that kind, named `shop`."""
    settings = Settings(sources=(SourceSettings(name="shop", kind=kind, url=redis_url, options=options),))
    services = build_services(settings)
    adapter: Any = services.sources.get("shop")
    for _ in range(5):
        adapter.maintain()
    return create_app(settings, services).test_client()


def group(page: FlaskClient) -> str:
    (found,) = page.get("/api/v1/dead/groups").get_json()["items"]
    return f"/dead/{found['fingerprint']}"


def test_attempts_are_not_of_a_number_that_the_product_does_not_tell(redis_url: str) -> None:
    seeder = arq.Seeder(redis_url)
    (job_id,) = seeder.failed("mail")
    page = pages(redis_url, "arq", queues=["mail"])
    for place in ("/queues/shop/mail", f"/jobs/shop/mail/{job_id}", "/jobs?state=failed", group(page)):
        shown = words(page.get(place))
        assert job_id in shown
        assert "1 of 1" not in shown
    (listed,) = page.get("/api/v1/jobs?state=failed").get_json()["items"]
    assert listed["max_retries"] is None


def test_an_error_without_a_type_is_not_told_with_a_colon(redis_url: str) -> None:
    seeder = dramatiq.Seeder(redis_url)
    (job_id,) = seeder.failed("mail")
    stored: Any = redis.Redis.from_url(redis_url)
    raw = stored.hget("dramatiq:mail.XQ.msgs", job_id)
    stored.hset("dramatiq:mail.XQ.msgs", job_id, raw.replace(b'"traceback"', b'"other"'))
    shown = words(pages(redis_url, "dramatiq").get("/jobs?state=failed"))
    assert "Dramatiq stores what was raised with a retry only" in shown
    assert ": Dramatiq" not in shown


def test_a_group_of_a_product_that_tells_no_workers_does_not_say_that_there_are_none(redis_url: str) -> None:
    dramatiq.Seeder(redis_url).failed("mail")
    page = pages(redis_url, "dramatiq")
    shown = words(page.get(group(page)))
    assert "Which workers serve mail is not reported." in shown
    assert "No worker serves" not in shown


def test_arguments_that_are_not_kept_have_no_size_and_are_not_copied(redis_url: str) -> None:
    (job_id,) = huey.Seeder(redis_url).failed("mail")
    page = pages(redis_url, "huey")
    shown = words(page.get(f"/jobs/shop/mail/{job_id}"))
    assert "Huey keeps neither the name nor the arguments" in shown
    assert "0 B" not in shown
    assert f"/jobs/shop/mail/{job_id}/arguments" not in page.get(f"/jobs/shop/mail/{job_id}").text
    assert "failed –" not in words(page.get(group(page)))


@pytest.mark.parametrize("pending", [0, 2])
def test_a_lost_worker_is_called_by_its_id_and_nothing_is_promised_for_its_jobs(
    redis_url: str, pending: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = redis.Redis.from_url(redis_url)
    client.xgroup_create("taskiq", "taskiq", id="0", mkstream=True)
    client.xgroup_createconsumer("taskiq", "taskiq", "worker-<7>")
    for _ in range(pending):
        client.xadd("taskiq", {"data": '{"task_id": "a", "task_name": "f", "args": [], "kwargs": {}, "labels": {}}'})
    if pending:
        client.xreadgroup("taskiq", "worker-<7>", {"taskiq": ">"})
    monkeypatch.setattr(taskiq_pages, "LOST_SECONDS", -1.0)
    page = pages(redis_url, "taskiq", queues=["taskiq"])
    overview = words(page.get("/"))
    assert "No heartbeat from worker-<7>." in overview
    assert "went back" not in overview
    told = "It held 2 jobs; whether they run again is up to their product." if pending else "It held no job."
    assert told in words(page.get("/workers"))


def test_jobs_that_a_queue_does_not_report_are_not_said_to_be_none(redis_url: str) -> None:
    dramatiq.Seeder(redis_url).failed("mail")
    page = pages(redis_url, "dramatiq")
    shown = words(page.get("/queues/shop/mail?state=succeeded"))
    assert "This queue does not report them." in shown
    assert "No succeeded jobs" not in shown
    assert "0 succeeded" not in shown
    assert "Not every queue reports them." in words(page.get("/jobs?state=succeeded"))
    assert "Nothing waits." in words(page.get("/queues/shop/mail?state=pending"))
