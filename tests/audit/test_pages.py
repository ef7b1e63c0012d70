"""The audit log as a page and over the API."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard import audit_words
from dashboard.audit.log import Entry
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import form_to, words

PRODUCT = Path(audit_words.__file__).parent


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


@pytest.mark.parametrize(
    ("change", "said", "link"),
    [
        (Entry("add channel", "channel", target="ops"), "Add channel", "/alerts#ch-ops"),
        (Entry("change channel", "channel", target="ops"), "Change channel", "/alerts#ch-ops"),
        (Entry("remove channel", "channel", target="ops"), "Remove channel", "/alerts#ch-h"),
        (Entry("enable channel", "channel", target="ops"), "Enable channel", "/alerts#ch-ops"),
        (Entry("test channel", "channel", target="ops"), "Test channel", "/alerts#ch-ops"),
        (Entry("retry message", "delivery", target="msg_1"), "Send message again", "/alerts/deliveries/msg_1"),
        (Entry("retry messages", "delivery", count=1), "Send 1 message again", "/alerts/deliveries"),
        (Entry("retry messages", "delivery", count=3), "Send 3 messages again", "/alerts/deliveries"),
        (Entry("edit", "rule", target="slow"), "Edit rule", "/alerts/rules/slow"),
        (Entry("edit silence", "alert", target="s1"), "Edit silence", "/alerts/silences"),
    ],
)
def test_a_change_of_alerts_is_said_in_words_and_leads_to_what_was_changed(
    client: FlaskClient, bundle: Services, change: Entry, said: str, link: str
) -> None:
    bundle.audit.record(change)
    page = client.get("/audit").text
    assert f'<a class="err" href="{link}">{said}</a>' in page


def test_every_change_that_is_recorded_has_words_and_can_be_chosen_in_the_filter(client: FlaskClient) -> None:
    calls = [node for path in sorted(PRODUCT.rglob("*.py")) for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Entry"]  # fmt: skip
    named = [[arg.value for arg in call.args[:2] if isinstance(arg, ast.Constant)] for call in calls]
    recorded = {pair[0]: pair[1] for pair in named if len(pair) == 2 and pair[1] in audit_words.KINDS}
    assert {"test channel", "retry message", "sign in", "silence"} <= recorded.keys()
    page = client.get("/audit").text
    for action in recorded:
        assert f'<option value="{action}">{audit_words.action(action)}</option>' in page
        assert action in audit_words.KNOWN


def test_markup_in_a_change_is_text(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    hostile = "<script>alert(1)</script>"
    bundle.audit.record(Entry(hostile, hostile, target=hostile, detail=hostile, result=hostile, actor=hostile))
    page = client.get("/audit")
    assert page.status_code == 200
    assert hostile not in page.text


def test_before_the_first_change_the_page_says_what_will_be_here(client: FlaskClient) -> None:
    assert "No changes yet" in words(client.get("/audit"))
