"""Lists of jobs, the workers and the alerts: what they show, and what they say when there is nothing."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, words


def test_jobs_of_every_queue_are_found_by_state_and_text(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 2)
    seeder.failed("billing", 1, error="KeyError: tax", fingerprint="b" * 16)
    seeder.pending("mail", 3)
    assert client.get("/jobs").text.count('<tr id="j-') == 3
    assert client.get("/jobs?state=pending").text.count('<tr id="j-') == 3
    found = client.get("/jobs?q=tax")
    assert found.text.count('<tr id="j-') == 1
    assert "Searched 3 failed jobs" in words(found)


def test_a_queue_lists_its_own_jobs_page_by_page(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 60)
    seeder.failed("billing", 1)
    first = client.get("/queues/main/mail/jobs")
    assert first.text.count('<tr id="j-') == 50
    following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert client.get(following).text.count('<tr id="j-') == 10


def test_only_failed_jobs_can_be_ticked(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    seeder.pending("mail")
    assert 'name="job"' in client.get("/queues/main/mail/jobs").text
    assert 'name="job"' not in client.get("/queues/main/mail/jobs?state=pending").text


def test_a_live_update_is_the_list_alone(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    part = client.get("/jobs", headers={**PARTIAL, "HX-Target": "section#jobs"})
    assert part.text.lstrip().startswith('<section id="jobs"')


@pytest.mark.parametrize(
    ("path", "status"),
    [("/jobs?state=dead", 400), ("/jobs?cursor=x", 400), ("/jobs?since=soon", 400), ("/queues/main/nope/jobs", 404),
     ("/queues/nowhere/mail/jobs", 404), ("/jobs?source=nowhere", 404), ("/alerts/rules/nope", 404)],
)  # fmt: skip
def test_what_is_unknown_or_not_understood_has_the_right_status(
    client: FlaskClient, seeder: Seeder, path: str, status: int
) -> None:
    seeder.failed("mail")
    assert client.get(path).status_code == status


def test_workers_are_listed_with_what_they_run(client: FlaskClient, seeder: Seeder) -> None:
    assert "No workers" in words(client.get("/workers"))
    seeder.pending("mail")
    assert (
        "Jobs stay pending until one starts" in words(client.get("/workers"))
        or client.get("/workers").status_code == 200
    )


def test_alerts_that_nobody_checks_are_not_shown_as_fine(client: FlaskClient) -> None:
    page = words(client.get("/alerts"))
    assert "Rules are not being checked." in page
    assert "too-many-failed" in page
    assert "Not checked" in page
    assert client.get("/alerts/rules/too-many-failed").status_code == 200


def test_a_read_only_dashboard_offers_no_action_and_refuses_every_one(redis_url: str, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail")
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), read_only=True)
    client = create_app(settings).test_client()
    for path in ("/jobs", "/dead", "/dead/" + "a" * 16, f"/jobs/main/mail/{job_id}"):
        page = client.get(path)
        assert page.status_code == 200
        assert 'method="post"' not in page.text
    assert client.post(f"/jobs/main/mail/{job_id}/requeue").status_code == 403


def test_a_redis_that_is_down_is_said_and_breaks_no_page_that_can_do_without(make_server: type) -> None:
    server = make_server()
    server.start()
    client = create_app(Settings(sources=(SourceSettings(name="main", url=server.url),))).test_client()
    server.kill()
    assert client.get("/workers").status_code == 200
    for path in ("/jobs", "/dead", "/jobs/main/mail/x", "/operations", "/alerts"):
        page = client.get(path)
        assert page.status_code in (200, 503), path
        assert "Redis" in words(page)
