"""The audit log as a page and over the API."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from dashboard.audit.log import Entry
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import form_to, words


def test_what_was_done_on_a_page_is_listed_with_its_actor(client: FlaskClient, seeder: Seeder) -> None:
    job_id = seeder.failed("mail", 1)[0]
    client.post(f"/jobs/main/mail/{job_id}/requeue")
    client.post("/queues/main/mail/pause")
    page = words(client.get("/audit"))
    assert "Requeue job" in page
    assert "Pause queue" in page
    assert "operator" in page
    assert job_id in page


def test_what_was_done_over_the_api_says_so(client: FlaskClient, seeder: Seeder) -> None:
    job_id = seeder.failed("mail", 1)[0]
    client.post(f"/api/v1/jobs/main/mail/{job_id}/requeue")
    answer = client.get("/api/v1/audit?target=" + job_id).json
    assert answer is not None
    (entry,) = answer["items"]
    assert (entry["actor"], entry["action"], entry["queue"], entry["result"]) == ("api", "requeue", "mail", "done")


def test_an_operation_is_undone_from_the_log_while_it_can_be(
    client: FlaskClient, seeder: Seeder, drive: Callable[[], None]
) -> None:
    seeder.failed("mail", 2)
    asked = form_to(client.get("/operations/new?action=purge&queue=mail"), "/operations")
    client.post(asked.action, data={**dict(asked.fields), "typed": "2"})
    drive()
    undo = form_to(client.get("/audit"), "/undo")
    assert client.post(undo.action, data=dict(undo.fields)).status_code == 303
    drive()
    assert "Undo 2 jobs" in words(client.get("/audit"))
    assert not [form for form in client.get("/audit").text.split("<form") if "/undo" in form]


def test_a_filter_narrows_and_says_when_nothing_matches(client: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail", 1)
    client.post("/queues/main/mail/pause")
    assert "Pause queue" in words(client.get("/audit?action=pause"))
    assert "No change matches" in words(client.get("/audit?action=purge"))


def test_markup_in_a_change_is_text(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    hostile = "<script>alert(1)</script>"
    bundle.audit.record(Entry(hostile, hostile, target=hostile, detail=hostile, result=hostile, actor=hostile))
    page = client.get("/audit")
    assert page.status_code == 200
    assert hostile not in page.text


def test_before_the_first_change_the_page_says_what_will_be_here(client: FlaskClient) -> None:
    assert "No changes yet" in words(client.get("/audit"))
