"""A source that has schedules and no jobs, beside one that has both: shown where it belongs, and nowhere as zeros."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.apscheduler import OPTIONS
from tests.contract.seeders.apscheduler import Seeder as Scheduling
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import form_to, words

ONE = "/schedules/cron/nightly"


@pytest.fixture
def jobs(redis_url: str) -> Scheduling:
    return Scheduling(redis_url)


@pytest.fixture
def both(redis_url: str, jobs: Scheduling) -> FlaskClient:
    Seeder(redis_url).failed("mail", 3)
    jobs.schedule(cron="0 2 * * *", data={"to": "ann", "password": "hunter2"})
    sources = (
        SourceSettings(name="main", url=redis_url),
        SourceSettings(name="cron", kind="apscheduler", url=redis_url, options=dict(OPTIONS)),
    )
    return create_app(Settings(sources=sources)).test_client()


def test_it_is_in_no_list_and_no_sum_of_queues(both: FlaskClient) -> None:
    page = both.get("/queues")
    assert "/queues/main/mail" in page.text
    assert "/queues/cron/mail" not in page.text
    queues = both.get("/api/v1/queues").get_json()["items"]
    assert [each["source"] for each in queues] == ["main"]
    overview = words(both.get("/"))
    assert "Dead letters 3" in overview
    assert "not read" not in overview


def test_its_schedules_are_listed_with_those_of_others(both: FlaskClient) -> None:
    shown = words(both.get("/schedules"))
    assert "Every day at 02:00 UTC" in shown
    assert "1 schedule" in shown
    assert both.get("/queues/cron/mail").location == "/schedules?source=cron&queue=mail"
    assert "nightly" in words(both.get("/schedules?source=cron&queue=mail"))


def test_a_schedule_tells_what_is_known_and_what_is_not(both: FlaskClient) -> None:
    shown = words(both.get(ONE))
    assert "Last run not told by this kind of source" in shown
    assert "This kind of source keeps no list of runs." in shown
    assert "Late by at most 1 s" in shown
    assert "one run for all missed instants" in shown
    assert "hunter2" not in shown
    facts = both.get("/api/v1/schedules/cron/nightly").get_json()
    assert facts["facts"]["Executor"] == "default"
    assert (facts["runs"], facts["last_at"], facts["cron"]) == (None, None, "0 2 * * *")


def test_run_now_says_when_its_scheduler_looks(both: FlaskClient, jobs: Scheduling) -> None:
    form = form_to(both.get(ONE), "/run")
    told = both.post(form.action, data=dict(form.fields), follow_redirects=True)
    assert "Asked for one run of nightly." in words(told)
    assert "Its scheduler looks at" in words(told)
    assert "nightly, run by hand" in words(both.get("/schedules"))
    again = both.post(form.action, data=dict(form.fields), follow_redirects=True)
    assert "was asked to run by hand before" in words(again)
    assert both.post("/api/v1/schedules/cron/nightly/run").status_code == 409


def test_pause_resume_and_delete_are_offered_and_done(both: FlaskClient, jobs: Scheduling) -> None:
    both.post(f"{ONE}/pause")
    assert jobs.client.zcard("mail.run_times") == 0
    assert "Paused" in words(both.get(ONE))
    both.post(f"{ONE}/resume")
    assert jobs.client.zcard("mail.run_times") == 1
    both.post(f"{ONE}/delete")
    assert jobs.client.hlen("mail.jobs") == 0
    assert both.get(ONE).status_code == 404


def test_without_a_scheduler_the_overview_says_so(both: FlaskClient, jobs: Scheduling) -> None:
    jobs.client.zadd("mail.run_times", {"nightly": jobs.now() - 600})
    assert "1 schedule is late" in words(both.get("/"))
    assert "No scheduler has been heard of" in words(both.get("/schedules"))
    assert 'redrive_schedules_late{queue="mail",source="cron"} 1\n' in both.get("/metrics").text


@pytest.mark.parametrize("path", ["/", "/queues", "/schedules", "/jobs", "/dead", "/workers", "/settings", "/alerts"])
def test_every_page_works_with_such_a_source_alone(redis_url: str, jobs: Scheduling, path: str) -> None:
    jobs.schedule()
    source = SourceSettings(name="cron", kind="apscheduler", url=redis_url, options=dict(OPTIONS))
    client = create_app(Settings(sources=(source,))).test_client()
    assert client.get(path).status_code == 200
