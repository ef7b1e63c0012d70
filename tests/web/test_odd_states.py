"""What lies in a queue may be odd, and what a page shows may go while someone looks at it."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Action, Selector
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import form_to, words

Drive = Callable[[], None]
TYPES = ("billing/issue/invoice", "почта.отправить", "日本語", "a b?c=d&e#f", '<i>"type"</i>', "../../etc", "%2F%00")


@pytest.mark.parametrize("type_", TYPES)
def test_a_type_of_any_signs_is_shown_found_and_acted_on_alone(
    client: FlaskClient, seeder: Seeder, drive: Drive, bundle: Services, type_: str
) -> None:
    (odd,) = seeder.failed("mail", type=type_, fingerprint="b" * 16)
    seeder.failed("mail")
    for path in ("/dead", "/dead/" + "b" * 16, f"/jobs/main/mail/{odd}", "/jobs"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<i>" not in page.text
        assert type_ in " ".join(words(page).split()) or "<" in type_, path
    found = client.get("/jobs", query_string={"type": type_})
    assert found.text.count('name="job"') == 1
    question = client.get("/operations/new", query_string={"action": "requeue", "type": type_})
    assert "Requeue 1 job?" in words(question)
    ask = form_to(question, "/operations")
    client.post(ask.action, data={**dict(ask.fields), "rate_per_second": ""})
    drive()
    assert bundle.sources.get("main").job("mail", odd).state == "pending"
    assert bundle.sources.snapshot().queue("main", "mail").failed == 1


def test_a_message_of_twenty_thousand_letters_is_cut_everywhere(client: FlaskClient, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", error="ValueError: " + "long " * 4_000)
    own = ("/dead/" + "a" * 16, f"/jobs/main/mail/{job_id}", "/operations/new?action=purge&queue=mail")
    for path in ("/dead", "/jobs", *own):
        page = client.get(path)
        assert page.status_code == 200, path
        assert page.text.count("long ") < 600, path


def test_a_selection_that_became_empty_is_said_and_cannot_be_started(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.failed("mail")
    listed = form_to(client.get("/jobs"), "/operations/new")
    bundle.sources.get("main").act(Action.PURGE, "mail", job_id)
    question = client.post(listed.action, data={"action": "requeue", "job": f"main/mail/{job_id}"})
    assert "Nothing to requeue" in words(question)
    assert "1 of 1 chosen jobs are no longer failed" in words(question)
    assert "Requeue 0 jobs</button>" not in question.text
    assert 'type="submit"' not in question.text[question.text.index("dialog-h") :].partition("</form>")[0]


@pytest.mark.parametrize("path", ["/jobs", "/dead", "/dead/" + "a" * 16, "/operations", "/trash"])
def test_a_page_goes_on_behind_a_place_that_is_no_longer_there(
    client: FlaskClient, seeder: Seeder, bundle: Services, path: str
) -> None:
    others = seeder.failed("other", 60)
    for number in range(60):
        seeder.failed("mail", 1, fingerprint=f"{number:016x}")
    ids = seeder.failed("mail", 60)
    operations, one = bundle.operations, Selector(source="main", queue="mail", ids=(ids[0],))
    for _ in range(60):
        operations.start(action=Action.PURGE, selector=one)
    for job_id in others:
        bundle.sources.get("main").act(Action.PURGE, "other", job_id)
    page = client.get(path)
    following = page.text.rpartition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "cursor=" in following
    shown = seeder.engine("mail")
    for job_id in ids[::-1][:55]:
        shown.control_job("requeue", job_id)
    for each in operations.list(limit=55).items:
        operations.cancel(each.id)
        operations.ledger.forget(each.id)
    bundle.sources.forget()
    assert client.get(following).status_code == 200


@pytest.mark.parametrize("name", ["arguments", "call", "curl", "job.json"])
def test_what_is_copied_has_its_secrets_hidden(client: FlaskClient, seeder: Seeder, name: str) -> None:
    data = {"to": "ann", "password": "hunter2", "cards": [{"card_number": "4111111111111111"}]}
    (job_id,) = seeder.failed("mail", data=data, error="ValueError: password=hunter2 refused")
    page = client.get(f"/jobs/main/mail/{job_id}")
    assert f"/jobs/main/mail/{quote(job_id)}/{name}" in page.text
    copied = client.get(f"/jobs/main/mail/{job_id}/{name}")
    assert copied.status_code == 200
    assert "hunter2" not in copied.text
    assert "4111111111111111" not in copied.text
    assert name != "job.json" or json.loads(copied.text)["data"]["to"] == "ann"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "no such mailbox at example.com because the address was mistyped",
            "no such mailbox at example.com because the",
        ),
        ("届かないメールアドレスです。もう一度確かめてください。お願いします", "届かないメールアドレスです。もう"),
    ],
)
def test_a_message_that_is_cut_in_lists_says_so_and_ends_with_a_whole_letter(
    client: FlaskClient, seeder: Seeder, message: str, shown: str
) -> None:
    seeder.failed("mail", error=f"ValueError: {message}")
    seeder.failed("mail", error="ValueError: short", fingerprint="b" * 16)
    seeder.engine("mail").control_job("purge", seeder.failed("mail", error=f"ValueError: {message}")[0])
    for path in ("/jobs", "/trash"):
        listed = client.get(path).text.partition("<tbody>")[2]
        assert f"ValueError: {shown}" in listed
        assert "…</span>" in listed
        assert "\\x" not in listed
        assert "short…" not in listed
