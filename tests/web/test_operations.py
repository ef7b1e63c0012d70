"""From the question to the outcome, by forms alone and with htmx."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words

Drive = Callable[[], None]


def start(client: FlaskClient, query: str, **changes: str) -> str:
    """Follow the forms from the question to the operation's address."""
    form = form_to(client.get(f"/operations/new?{query}"), "/operations")
    answer = client.post(form.action, data={**dict(form.fields), "rate_per_second": "", "canary": "", **changes})
    assert answer.status_code == 303
    return answer.location


def test_the_question_changes_nothing_and_says_what_it_is_about(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    seeder.pending("mail", 2)
    page = client.get("/operations/new?action=requeue&queue=mail")
    assert "Requeue 3 jobs?" in words(page)
    assert "now 2 pending" in words(page)
    assert "Jobs that fail later are not included." in words(page)
    assert "No operations yet" in words(client.get("/operations"))


def test_with_htmx_the_question_is_the_dialog_alone(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    part = client.get(
        "/operations/new?action=purge&fingerprint=" + "a" * 16, headers={**PARTIAL, "HX-Target": "dialog#dialog"}
    )
    assert "<html" not in part.text
    assert 'id="dialog-h"' in part.text
    assert part.text.index("autofocus") < part.text.index("Purge 1 job</button>")


def test_requeued_jobs_are_followed_to_their_outcome(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    seeder.failed("mail", 3)
    there = start(client, "action=requeue&queue=mail", reason="mail server is back")
    drive()
    seeder.succeeded("mail", 0)
    page = words(client.get(there))
    assert "mail server is back" in page
    assert "3 of 3" in page
    listed = words(client.get("/operations"))
    assert "Requeue 3 jobs" in listed
    assert "Done" in listed


def test_a_purge_is_undone_from_its_page(client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive) -> None:
    seeder.failed("mail", 3)
    there = start(client, "action=purge&fingerprint=" + "a" * 16)
    drive()
    assert bundle.sources.snapshot().queue("main", "mail").failed == 0
    undo = client.post(form_to(client.get(there), "/undo").action)
    assert undo.status_code == 303
    drive()
    assert bundle.sources.snapshot().queue("main", "mail").failed == 3
    assert client.post(f"{there}/undo").status_code == 409


def test_an_operation_is_paused_resumed_and_cancelled(
    client: FlaskClient, seeder: Seeder, drive: Drive, bundle: Services
) -> None:
    seeder.failed("mail", 3)
    there = start(client, "action=requeue&queue=mail")
    assert client.post(form_to(client.get("/dead"), "/pause").action).status_code == 303
    drive()
    assert bundle.sources.snapshot().queue("main", "mail").failed == 3
    assert client.post(form_to(client.get(there), "/resume").action).status_code == 303
    assert client.post(form_to(client.get(there), "/cancel").action).status_code == 303
    assert client.post(f"{there}/pause").status_code == 409
    assert client.post(f"{there}/explode").status_code == 404


def test_purging_everything_that_matches_needs_the_number_typed(
    client: FlaskClient, seeder: Seeder, drive: Drive, bundle: Services
) -> None:
    seeder.failed("mail", 3)
    form = form_to(client.get("/operations/new?action=purge&queue=mail"), "/operations")
    again = client.post(form.action, data={**dict(form.fields), "typed": "2"})
    assert again.status_code == 422
    assert "Nothing was purged. Type 3" in words(again)
    assert not bundle.operations.list().items
    form = form_to(again, "/operations")
    assert client.post(form.action, data={**dict(form.fields), "typed": "3"}).status_code == 303


def test_a_second_click_starts_nothing_twice(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    form = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    first, second = (client.post(form.action, data=dict(form.fields)) for _ in range(2))
    assert first.location == second.location


def test_nothing_to_do_is_said_and_cannot_be_started(client: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail")
    page = client.get("/operations/new?action=requeue&queue=mail")
    assert "Nothing to requeue" in words(page)


@pytest.mark.parametrize(
    ("field", "value"),
    [("rate_per_second", "-1"), ("canary", "x"), ("stop_after_refailed", "1e9"), ("reason", "x" * 301)],
)
def test_a_pace_that_is_not_understood_starts_nothing(
    client: FlaskClient, seeder: Seeder, bundle: Services, field: str, value: str
) -> None:
    seeder.failed("mail", 3)
    form = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    answer = client.post(form.action, data={**dict(form.fields), field: value})
    assert answer.status_code == 400
    assert field in words(answer)
    assert not bundle.operations.list().items


def test_unknown_operations_plans_and_cursors_say_what_is_wrong(client: FlaskClient) -> None:
    assert client.get("/operations/gone").status_code == 404
    assert client.post("/operations", data={"plan_token": "gone"}).status_code == 404
    assert client.get("/operations?cursor=..").status_code == 400


def test_a_way_back_never_leaves_the_dashboard(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        page = client.get("/operations/new", query_string={"action": "requeue", "queue": "mail", "back": back})
        links = [part.partition('"')[0] for part in re.split(r'(?:href|action)="', page.text)[1:]]
        assert links
        # The palette's link carries the whole address of the page, as a value within its own query.
        assert all(re.match(r"/(?![/\\])|#", link) for link in links)
        assert form_to(page, "/operations").fields[1] == ("back", "/dead")
